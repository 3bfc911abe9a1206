"""The life of one watched run: one start, one end, nothing afterwards, whoever tells it, and from wherever."""

from __future__ import annotations

import asyncio
import random
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from runlaw import lift, pipe
from runlaw.events import Event, RunEnded, RunFailed, RunStarted
from runlaw.interpret.control import Stopped
from runlaw.interpret.guarded import Guarded, open_run
from runlaw.interpret.machine import Machine
from runlaw.interpret.watch import Watched, give_up
from runlaw.kernel.config import check_config
from runlaw.runnable import Runnable


class Heard(list[Event]):
    def kinds(self) -> list[tuple[str, str]]:
        return [(type(event).__name__, event.name) for event in self]


def double(value: int) -> int:
    return value * 2


def opened(heard: Heard, program: Runnable[Any, Any], guarded: bool = False) -> Watched:
    """The run of a program that a listener is told of, not yet started."""
    root = Machine.of(program.node).begin(check_config({"listeners": [heard.append]}), asynchronous=False)
    return open_run(root.program, root.run, guarded)


def inside(run: Watched, guarded: bool = False) -> Watched:
    """The run of its first step."""
    return open_run(run.program.step(0), run, guarded)


both = pytest.mark.parametrize("guarded", [False, True], ids=["in one thread", "guarded"])


@both
def test_a_run_is_told_to_start_once_and_to_end_once(guarded: bool) -> None:
    heard = Heard()
    run = opened(heard, lift(double), guarded)
    run.chunk(0)
    run.start(1)
    run.start(2)
    run.chunk(3)
    run.end(4)
    run.end(5)
    run.fail(ValueError())
    run.chunk(6)
    run.custom("late", None)
    assert heard.kinds() == [("RunStarted", "double"), ("RunStreamed", "double"), ("RunEnded", "double")]
    assert isinstance(heard[-1], RunEnded)
    assert (heard[-1].input, heard[-1].output) == (1, 4)


@both
def test_a_run_that_ended_before_it_started_is_not_told_of(guarded: bool) -> None:
    heard = Heard()
    run = opened(heard, lift(double), guarded)
    run.fail(ValueError())
    run.start(1)
    run.end(2)
    assert heard == []


@both
def test_an_input_that_is_known_at_the_end_only_is_told_then(guarded: bool) -> None:
    heard = Heard()
    run = opened(heard, lift(double), guarded)
    run.start()
    run.end(4, 2)
    start, end = heard
    assert isinstance(start, RunStarted)
    assert isinstance(end, RunEnded)
    assert not start.has_input
    assert end.input == 2


@both
@pytest.mark.parametrize("error", [Stopped(), GeneratorExit()])
def test_what_ends_an_abandoned_run_is_told_as_a_cancellation(guarded: bool, error: BaseException) -> None:
    heard = Heard()
    run = opened(heard, lift(double), guarded)
    run.start(1)
    run.fail(error)
    assert isinstance(heard[-1], RunFailed)
    assert type(heard[-1].error) is asyncio.CancelledError


def test_a_run_that_ends_gives_up_the_runs_inside_first() -> None:
    heard = Heard()
    run = opened(heard, pipe(double, double))
    child = inside(run, guarded=True)
    run.start(1)
    child.start(1)
    run.fail(ValueError("x"))
    child.chunk(1)
    child.end(2)
    assert heard.kinds() == [
        ("RunStarted", "RunnableSequence"),
        ("RunStarted", "double"),
        ("RunFailed", "double"),
        ("RunFailed", "RunnableSequence"),
    ]


def test_a_step_of_a_run_that_is_over_ends_before_it_is_told_of() -> None:
    heard = Heard()
    run = opened(heard, pipe(double, double))
    child = inside(run, guarded=True)
    run.start(1)
    run.end(1)
    with pytest.raises(Stopped):
        child.start(1)
    child.fail(Stopped())
    assert heard.kinds() == [("RunStarted", "RunnableSequence"), ("RunEnded", "RunnableSequence")]


@both
def test_a_run_starts_after_the_run_around_it(guarded: bool) -> None:
    heard = Heard()
    run = opened(heard, pipe(double, double))
    inside(run, guarded).start(1)
    assert heard.kinds() == [("RunStarted", "RunnableSequence"), ("RunStarted", "double")]


def test_an_alias_tells_as_the_run_itself() -> None:
    heard = Heard()
    run = opened(heard, pipe(double, double))
    run.start(1)
    alias = run.fork(None)
    assert alias.run_id == run.run_id
    assert alias.name == run.name
    alias.custom("note", 1)
    child = open_run(run.program.step(0), alias)
    assert child.info.parent_ids == (run.run_id,)
    run.end(1)
    alias.custom("late", 1)
    assert heard.kinds()[1:] == [("Custom", "note"), ("RunEnded", "RunnableSequence")]


def test_ids_are_of_version_4_and_differ() -> None:
    heard = Heard()
    runs = [opened(heard, lift(double)) for _ in range(1000)]
    assert len({run.run_id for run in runs}) == 1000
    assert {(run.run_id.version, run.run_id.variant) for run in runs} == {(4, "specified in RFC 4122")}


@pytest.fixture
def often_switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("often_switching")
@pytest.mark.parametrize("seed", range(10))
def test_threads_that_tell_of_one_tree_never_break_the_brackets(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(30):
        heard = Heard()
        run = opened(heard, pipe(double, double), guarded=chance.random() < 0.5)
        run.start(0)

        def child(chunks: int, run: Watched = run) -> None:
            inner = inside(run, guarded=True)
            with suppress(Stopped):
                inner.start(1)
            for number in range(chunks):
                inner.chunk(number)
                run.custom("note", number)
            inner.end(2)

        work: list[tuple[Callable[..., None], object]] = [(child, chance.randrange(5)) for _ in range(3)]
        work += [(run.fail, ValueError()), (run.end, 1)]
        chance.shuffle(work)
        threads = [threading.Thread(target=function, args=(value,)) for function, value in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check(heard)


def check(heard: Heard) -> None:
    going: list[object] = []
    for event in heard:
        assert set(event.parent_ids) <= set(going)
        if isinstance(event, RunStarted):
            going.append(event.run_id)
        else:
            assert event.run_id in going
            if isinstance(event, (RunEnded, RunFailed)):
                going.remove(event.run_id)
    assert going == []


def test_giving_up_ends_what_goes_on() -> None:
    heard = Heard()
    runs = {opened(heard, lift(double), guarded=True) for _ in range(3)}
    assert all(type(run) is Guarded for run in runs)
    for run in runs:
        run.start(1)
    next(iter(runs)).end(2)
    give_up(runs)
    kinds = [kind for kind, _ in heard.kinds()]
    assert kinds.count("RunEnded") == 1
    assert kinds.count("RunFailed") == 2
