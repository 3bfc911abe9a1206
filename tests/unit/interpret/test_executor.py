"""``map_batch`` on an executor: errors name the whole path, in threads and in processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from runlaw import Runnable, map_batch, pipe

Program = Runnable[Any, Any]  # Any: they fail


def read(program: Program) -> None:
    for _ in program.stream(["x"]):
        pass


@pytest.mark.parametrize("make", [ThreadPoolExecutor, ProcessPoolExecutor], ids=["threads", "processes"])
@pytest.mark.parametrize(
    "way",
    [lambda program: program.invoke(["x"]), read, lambda program: asyncio.run(program.ainvoke(["x"]))],
    ids=["invoke", "stream", "ainvoke"],
)
def test_an_error_names_the_path_from_the_root(make: Callable[[int], Executor], way: Callable[[Program], None]) -> None:
    with make(1) as executor:
        alone: Program = map_batch(int, executor=executor)
        inside: Program = pipe(list, map_batch(pipe(str, int), executor=executor))
        for program, path in ((alone, "RunnableEach<int> > int"), (inside, PATH)):
            with pytest.raises(ValueError, match="invalid literal") as raised:
                way(program)
            assert raised.value.__notes__ == [f"in step {path}"]


PATH = "RunnableSequence > 2: RunnableEach<RunnableSequence> > RunnableSequence > 2: int"
