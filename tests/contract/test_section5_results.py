"""Sections 4 and 5: what is finished is handed on at once, however small the limit is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any

import pytest

from runlaw import Runnable, assign, lift, lift_stream, map_batch, parallel, pipe

from .support import PATIENCE, Gauge, run, until, within


class Turns:
    """Leaves that each wait until they are released: the one of a value, or the next that has started."""

    def __init__(self, *, by_value: bool = False) -> None:
        self.by_value = by_value
        self.gates: dict[object, threading.Event] = {}
        self.started = count()
        self.gauge = Gauge()

    def leaf(self, value: object) -> str:
        with self.gauge:
            assert self.gate(value).wait(PATIENCE)
            return "."

    async def aleaf(self, value: object) -> str:
        with self.gauge:
            await until(self.gate(value).is_set)
            return "."

    def chunks(self, value: object) -> Iterator[str]:
        for _ in range(2):
            yield self.leaf(value)

    def gate(self, value: object) -> threading.Event:
        return self.gates.setdefault(value if self.by_value else next(self.started), threading.Event())

    async def release(self, number: int) -> None:
        """Let the leaf of a value, or the ``number``-th (from 0) to start, go on once it has started."""
        await asyncio.wait_for(until(lambda: number in self.gates), PATIENCE)
        self.gates[number].set()


def listed(value: object) -> list[int]:
    return [0, 1, 2]


def record(value: object) -> dict[str, int]:
    return {"n": 0}


Leaf = Runnable[object, str]
PROGRAMS: dict[str, Callable[[Turns, Leaf], Runnable[Any, Any]]] = {
    "parallel": lambda turns, leaf: parallel(a=leaf, b=leaf, c=leaf),
    "map_batch": lambda turns, leaf: pipe(listed, map_batch(leaf)),
    "parallel in a parallel": lambda turns, leaf: parallel(a=parallel(b=leaf, c=leaf), d=leaf),
    "assign": lambda turns, leaf: pipe(record, assign(a=leaf, b=leaf, c=leaf)),
    "generators": lambda turns, leaf: parallel(a=lift_stream(turns.chunks), b=leaf),
}
programs = pytest.mark.parametrize("name", list(PROGRAMS))
limits = pytest.mark.parametrize("limit", [1, 2])
kinds = pytest.mark.parametrize("kind", ["sync", "async"])


def read_in_turn(chunks: Generator[Any, None, None], turns: Turns, results: int = 3) -> None:
    """Read, where no leaf but the next is ever released."""
    for number in range(results):
        releasing = threading.Thread(target=lambda number=number: asyncio.run(turns.release(number)))
        releasing.start()
        within(partial(next, chunks))
        releasing.join()
    with suppress(StopIteration):
        within(partial(next, chunks))
        raise AssertionError("there was more")


async def aread_in_turn(chunks: AsyncGenerator[Any, None], turns: Turns, results: int = 3) -> None:
    for number in range(results):
        releasing = asyncio.ensure_future(turns.release(number))
        await asyncio.wait_for(anext(chunks), PATIENCE)
        await releasing
    with suppress(StopAsyncIteration):
        await asyncio.wait_for(anext(chunks), PATIENCE)
        raise AssertionError("there was more")


@programs
@limits
def test_a_stream_hands_on_each_result_while_the_next_leaf_runs(name: str, limit: int) -> None:
    turns = Turns(by_value=name == "map_batch")
    chunks = PROGRAMS[name](turns, lift(turns.leaf)).stream(0, {"max_concurrency": limit})
    if name == "assign":
        assert within(partial(next, chunks)) == {"n": 0}
    read_in_turn(chunks, turns)
    assert turns.gauge.peak <= limit


@programs
@limits
@kinds
def test_an_async_stream_hands_on_each_result_while_the_next_leaf_runs(name: str, limit: int, kind: str) -> None:
    async def scenario() -> None:
        turns = Turns(by_value=name == "map_batch")
        leaf: Leaf = lift(turns.leaf) if kind == "sync" else lift(turns.aleaf)
        chunks = PROGRAMS[name](turns, leaf).astream(0, {"max_concurrency": limit})
        if name == "assign":
            assert await asyncio.wait_for(anext(chunks), PATIENCE) == {"n": 0}
        await aread_in_turn(chunks, turns)
        assert turns.gauge.peak <= limit

    run(scenario())


@limits
def test_a_batch_as_completed_hands_on_each_result_while_the_next_leaf_runs(limit: int) -> None:
    turns = Turns()
    read_in_turn(lift(turns.leaf).batch_as_completed([0, 1, 2], {"max_concurrency": limit}), turns)
    assert turns.gauge.peak <= limit


@limits
@kinds
def test_an_async_batch_as_completed_hands_on_each_result_while_the_next_leaf_runs(limit: int, kind: str) -> None:
    async def scenario() -> None:
        turns = Turns()
        leaf: Leaf = lift(turns.leaf) if kind == "sync" else lift(turns.aleaf)
        await aread_in_turn(leaf.abatch_as_completed([0, 1, 2], {"max_concurrency": limit}), turns)
        assert turns.gauge.peak <= limit

    run(scenario())


def test_the_reader_of_a_batch_as_completed_holds_nothing_up() -> None:
    turns = Turns()
    results = lift(turns.leaf).batch_as_completed([0, 1, 2], {"max_concurrency": 1})
    asyncio.run(_released(turns, 0, results))
    asyncio.run(turns.release(1))  # it starts while nobody reads
    asyncio.run(turns.release(2))
    assert within(lambda: len(list(results))) == 2


async def _released(turns: Turns, number: int, results: Generator[Any, None, None]) -> None:
    await asyncio.gather(turns.release(number), asyncio.to_thread(next, results))


def test_a_leaf_that_reads_a_batch_as_completed_shares_its_one_place_with_it() -> None:
    turns = Turns()
    busy = Gauge()

    def read(value: object) -> int:
        count = 0
        for _ in lift(turns.leaf).batch_as_completed([0, 1, 2]):
            with busy:
                threading.Event().wait(0.02)
                assert turns.gauge.now == 0, "the leaf that reads and one that it reads run at the same time"
            count += 1
        return count

    async def scenario() -> int:
        reading = asyncio.to_thread(lift(read).invoke, 0, {"max_concurrency": 1})
        released = asyncio.gather(*[turns.release(number) for number in range(3)])
        count = await reading
        await released
        return count

    assert asyncio.run(asyncio.wait_for(scenario(), PATIENCE)) == 3


NESTED = 40
"""More than the places that a run has without a limit."""


def pair(value: int) -> tuple[int, int]:
    return parallel(one, one).invoke(value)


def one(value: int) -> int:
    return value


def first(values: tuple[int, int]) -> int:
    return values[0]


def calls_many(value: int) -> int:
    for _ in range(NESTED):
        pair(value)
    return value


def calls_itself(depth: int) -> int:
    pair(depth)
    return lift(calls_itself).invoke(depth - 1) if depth else 0


def long(number: int) -> Runnable[Any, Any]:
    build: Any = pipe  # Any: pipe is typed up to a fixed number of steps
    many: Runnable[Any, Any] = build(*[step for _ in range(number) for step in (parallel(one, one), first)])
    return many


MANY: dict[str, Runnable[Any, Any]] = {
    "calls by a leaf": pipe(calls_many, parallel(one, one), first),
    "steps": long(NESTED),
    "calls in calls": lift(calls_itself),
}
WATCHED: dict[str, dict[str, Any]] = {
    "quiet": {},
    "with a listener": {"listeners": [id]},
    "limited": {"max_concurrency": 1},
}


@pytest.mark.parametrize("program", list(MANY.values()), ids=list(MANY))
@pytest.mark.parametrize("config", list(WATCHED.values()), ids=list(WATCHED))
@pytest.mark.parametrize("way", ["invoke", "stream"])
def test_more_runs_with_jobs_than_there_are_places_never_deadlock(
    program: Runnable[Any, Any], config: Any, way: str
) -> None:
    value = NESTED if program is MANY["calls in calls"] else 7
    expected = 0 if program is MANY["calls in calls"] else 7
    got = within(lambda: program.invoke(value, config) if way == "invoke" else list(program.stream(value, config))[-1])
    assert got == expected
