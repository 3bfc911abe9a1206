"""Section 9: a ``run_id`` belongs to one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from runlaw import (
    Runnable,
    assign,
    branch,
    current_run,
    lift,
    map_batch,
    parallel,
    pipe,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
    with_validation,
)
from runlaw.events import Event
from runlaw.extend import Node

from .modes import Mode, both
from .support import wrong

ID = UUID("12345678-1234-4234-8234-123456789012")
OTHER = UUID("12345678-1234-4234-8234-123456789013")
Program = Runnable[Any, Any]  # Any: only their runs matter here


def same(value: Any) -> Any:  # Any: as above
    return value


def hear(event: Event) -> None:
    """A listener."""


@dataclass(frozen=True)
class Own(Node[Any, Any]):  # Any: as above
    """A kind of one's own."""

    inner: Program

    def lower(self) -> Program:
        return self.inner


given = with_config(same, run_id=ID)
also = with_config(lift(same, name="also"), run_id=ID)
TWICE: dict[str, Callable[[], Program]] = {
    "pipe": lambda: pipe(given, given),
    "|": lambda: given | also,
    "not neighbours": lambda: pipe(given, same, with_timeout(also, 60)),
    "parallel": lambda: parallel(given, also),
    "parallel, keyed": lambda: parallel(a=given, b=pipe(same, also)),
    "assign": lambda: assign(a=given, b=also),
    "with_fallbacks": lambda: with_fallbacks(given, also),
    "branch and condition": lambda: branch((given, same), default=also),
    "two conditions": lambda: branch((given, same), (also, same), default=same),
    "map_batch": lambda: map_batch(given),
    "inside map_batch": lambda: map_batch(pipe(same, with_retry(given))),
    "around and inside": lambda: with_config(pipe(given, same), run_id=ID),
    "around and inside, with types": lambda: with_config(with_types(pipe(given, same), input=int), run_id=ID),
    "a kind of one's own": lambda: pipe(Own(given), also),
}
ONCE: dict[str, Callable[[], Program]] = {
    "either branch": lambda: branch((same, given), default=also),
    "another id": lambda: pipe(given, with_config(same, run_id=OTHER)),
    "the outer one wins": lambda: pipe(with_config(with_listeners(given, on_start=hear), run_id=OTHER), also),
    "the same again": lambda: with_config(with_listeners(given, on_start=hear), run_id=ID),
    "retry": lambda: with_retry(given),
}


@pytest.mark.parametrize("build", list(TWICE.values()), ids=list(TWICE))
def test_a_program_that_gives_one_run_id_to_several_runs_is_refused_when_built(build: Callable[[], Program]) -> None:
    with pytest.raises(ValueError, match=f"run_id {ID}.* one run: "):
        build()


@pytest.mark.parametrize("build", list(ONCE.values()), ids=list(ONCE))
def test_a_program_that_gives_a_run_id_to_one_run_is_built(build: Callable[[], Program]) -> None:
    assert isinstance(build(), Runnable)


@both
@pytest.mark.parametrize("program", [given, pipe(same, given), with_retry(given)], ids=["itself", "step", "retried"])
def test_a_batch_of_several_refuses_a_program_with_a_run_id_anywhere(mode: Mode, program: Program) -> None:
    with pytest.raises(ValueError, match=f"run_id {ID}"):
        mode.batch(program, [1, 2])
    assert mode.batch(program, [1]) == [1]


RETRIED: dict[str, Callable[[Program], Program]] = {
    "itself": lambda program: program,
    "a step": lambda program: pipe(same, program),
    "typed": lambda program: with_types(program, input=int),
    "checked": lambda program: with_validation(pipe(same, program)),
    "in time": lambda program: with_timeout(program, 60),
    "a branch": lambda program: parallel(program, same),
    "a kind of one's own": lambda program: Own(pipe(same, program)),
    "retried": lambda program: with_retry(program, delays=[]),
}


@both
@pytest.mark.parametrize("listened", [False, True])
@pytest.mark.parametrize("around", list(RETRIED.values()), ids=list(RETRIED))
def test_a_further_try_has_an_id_of_its_own(mode: Mode, around: Callable[[Program], Program], listened: bool) -> None:
    seen: list[UUID] = []

    def third_time(value: int) -> int:
        seen.append(wrong(current_run()).run_id)
        if len(seen) < 3:
            raise ConnectionError
        return value

    program = with_retry(around(with_config(third_time, run_id=ID)), delays=[0, 0])
    for run in (mode.invoke, mode.stream):
        seen.clear()
        run(program, 1, {"listeners": [hear]} if listened else None)
        assert seen[0] == ID
        assert len(set(seen)) == 3
