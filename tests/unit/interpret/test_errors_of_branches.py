"""An error that comes out of one of several streams that are read together names the step that raised it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from runlaw import Runnable, assign, const, last, lift_stream, lift_transform, map_chunks, parallel, pick, pipe

Program = Runnable[Any, Any]  # Any: programs of all types
RECORD = {"k": 1}


class Numbers:
    """An iterator that is no generator, and breaks off."""

    def __init__(self, _: object) -> None:
        self.told = 0

    def __iter__(self) -> Numbers:
        return self

    def __next__(self) -> int:
        self.told += 1
        if self.told > 1:
            raise ValueError("no more")
        return self.told


def numbers(_: object) -> Iterator[int]:
    return Numbers(_)


def failing(_: object) -> Iterator[int]:
    yield 1
    raise ValueError("no more")


async def afailing(_: object) -> AsyncIterator[int]:
    yield 1
    raise ValueError("no more")


def slow(_: object) -> Iterator[int]:
    for number in range(3):
        time.sleep(0.005)
        yield number


def breaking(chunks: Iterator[Any]) -> Iterator[Any]:  # Any: chunks of all types
    yield from chunks
    raise ValueError("no more")


def refuse(chunk: object) -> int:
    raise ValueError("no more")


def refuse_to_start(_: object) -> Iterator[int]:
    raise ValueError("no more")


SLOW: Program = lift_stream(slow, monoid=last)
CASES: dict[str, tuple[Program, str]] = {
    "generator": (parallel(a=lift_stream(failing, monoid=last), b=SLOW), "RunnableParallel<a,b> > a: failing"),
    "the last": (parallel(a=SLOW, b=lift_stream(failing, monoid=last)), "RunnableParallel<a,b> > b: failing"),
    "iterator": (parallel(a=lift_stream(numbers, monoid=last), b=SLOW), "RunnableParallel<a,b> > a: numbers"),
    "async": (parallel(a=lift_stream(afailing, monoid=last), b=SLOW), "RunnableParallel<a,b> > a: afailing"),
    "a step of a branch": (
        parallel(a=pipe(SLOW, lift_transform(breaking, monoid=last)), b=SLOW),
        "RunnableParallel<a,b> > a: RunnableSequence > 2: breaking",
    ),
    "after a picked key": (
        parallel(a=pipe(const({"a": 1}), pick("a"), lift_transform(breaking, monoid=last)), b=SLOW),
        "RunnableParallel<a,b> > a: RunnableSequence > 3: breaking",
    ),
    "chunk by chunk": (
        parallel(a=map_chunks(refuse, monoid=last), b=SLOW), "RunnableParallel<a,b> > a: refuse"
    ),
    "at the start": (
        parallel(a=lift_stream(refuse_to_start, monoid=last), b=SLOW), "RunnableParallel<a,b> > a: refuse_to_start"
    ),
    "assign": (assign(a=lift_stream(failing, monoid=last), b=SLOW), "RunnableAssign<a,b> > a: failing"),
    "within": (
        parallel(a=parallel(c=lift_stream(failing, monoid=last), d=SLOW), b=SLOW),
        "RunnableParallel<a,b> > a: RunnableParallel<c,d> > c: failing",
    ),
}  # fmt: skip


def read(program: Program, config: Any) -> None:  # Any: a config
    list(program.stream(RECORD, config))


def aread(program: Program, config: Any) -> None:  # Any: as above
    async def scenario() -> None:
        async for _ in program.astream(RECORD, config):
            pass

    asyncio.run(scenario())


def watch(program: Program, config: Any) -> None:  # Any: as above
    list(program.stream_events(RECORD, config))


def invoke(program: Program, config: Any) -> None:  # Any: as above
    program.invoke(RECORD, config)


CONFIGS: dict[str, object] = {
    "plain": None,
    "one at a time": {"max_concurrency": 1},
    "two at a time": {"max_concurrency": 2},
    "listened to": {"listeners": [lambda event: None]},
}


@pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))
@pytest.mark.parametrize("way", [read, aread, watch, invoke])
@pytest.mark.parametrize(("program", "step"), CASES.values(), ids=list(CASES))
def test_the_step_is_named_once(
    program: Program,
    step: str,
    way: Callable[[Program, Any], None],  # Any: a config
    config: object,
) -> None:
    with pytest.raises(ValueError, match="no more") as raised:
        way(program, config)
    assert raised.value.__notes__ == [f"in step {step}"]
