"""Sections 3, 5 and 9: ``map_batch`` on an executor is part of the run where it can be, else by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from runlaw import RunConfig, Runnable, current_run, emit, lift, map_batch, parallel, pipe
from runlaw.events import Custom, Event, RunEnded

from .modes import Mode, both
from .support import Gauge, shout, within


@pytest.fixture
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(8) as executor:
        yield executor


def tell(text: str) -> tuple[str, tuple[str, ...]]:
    emit("told", text)
    run = current_run()
    assert run is not None
    return run.path, run.tags


def counted(number: int) -> int:
    return number + 1


async def acounted(number: int) -> int:
    return number + 1


@both
def test_an_item_in_a_thread_of_an_executor_is_part_of_the_run(mode: Mode, threads: Executor) -> None:
    heard: list[Event] = []
    config: RunConfig = {"tags": ["T"], "listeners": [heard.append]}
    expected = ("RunnableEach<RunnableSequence> > RunnableSequence > 2: tell", ("seq:step:2", "T"))
    told = within(lambda: mode.invoke(map_batch(pipe(shout, tell), executor=threads), ["a", "b"], config))
    assert told == [expected, expected]
    assert sorted(str(event.data) for event in heard if isinstance(event, Custom)) == ["A", "B"]
    ended = [event.name for event in heard if isinstance(event, RunEnded)]
    assert sorted(ended) == sorted([*["shout", "tell", "RunnableSequence"] * 2, "RunnableEach<RunnableSequence>"])


@both
def test_nobody_need_watch_for_it_to_know_its_place(mode: Mode, threads: Executor) -> None:
    (path, tags), _ = within(lambda: mode.invoke(map_batch(pipe(shout, tell), executor=threads), ["a", "b"]))
    assert path == "RunnableEach<RunnableSequence> > RunnableSequence > 2: tell"
    assert tags == ("seq:step:2",)


@both
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_limit_bounds_the_leaves_in_an_executor(mode: Mode, threads: Executor, limit: int) -> None:
    gauge = Gauge()

    def work(number: int) -> int:
        with gauge:
            time.sleep(0.002)
            return number

    config: RunConfig = {"max_concurrency": limit}
    twice: Runnable[int, tuple[int, int]] = parallel(work, work)
    program = map_batch(twice, executor=threads)
    assert within(lambda: mode.invoke(program, range(8), config)) == [(number, number) for number in range(8)]
    assert gauge.peak <= limit
    nested = map_batch(map_batch(work), executor=threads)
    assert within(lambda: mode.invoke(nested, [[1, 2, 3]] * 4, config)) == [[1, 2, 3]] * 4
    assert gauge.peak <= limit


@both
def test_async_steps_run_in_an_executor_too(mode: Mode, threads: Executor) -> None:
    program = map_batch(pipe(counted, lift(acounted)), executor=threads)
    assert within(lambda: mode.invoke(program, [1, 2])) == [3, 4]


@both
def test_a_process_runs_the_program_by_itself(mode: Mode) -> None:
    with ProcessPoolExecutor(1) as processes:
        program = map_batch(pipe(counted, counted), executor=processes)
        assert within(lambda: mode.invoke(program, [1, 2], {"tags": ["T"]})) == [3, 4]


def where(text: str) -> str:
    run = current_run()
    assert run is not None
    return run.path


@both
def test_nor_is_it_part_of_the_run_where_the_process_was_forked_in_it(mode: Mode) -> None:
    with ProcessPoolExecutor(1) as processes:
        program: Runnable[str, list[str]] = pipe(list[str], map_batch(pipe(shout, where), executor=processes))
        assert within(lambda: mode.invoke(program, "a", {"listeners": [print]})) == ["RunnableSequence > 2: where"]
