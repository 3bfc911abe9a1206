"""How far a run goes beyond what its reader has read: no further than there is a little room."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from runlaw import Runnable, last, lift, lift_stream, map_batch, map_chunks, parallel, pipe
from runlaw.interpret.handover import LOOK_AHEAD
from runlaw.interpret.merge import ROOM

Program = Runnable[Any, Any]  # Any: programs of all types
STEPS = 60


class Count:
    """How often its leaves were called."""

    def __init__(self) -> None:
        self.calls = 0

    def call(self, value: Any) -> Any:  # Any: as it comes
        self.calls += 1
        return value

    async def acall(self, value: Any) -> Any:  # Any: as it comes
        await asyncio.sleep(0)
        return self.call(value)

    def chunks(self, number: int) -> Iterator[int]:
        for value in range(number):
            yield self.call(value)

    async def achunks(self, number: int) -> AsyncIterator[int]:
        for value in range(number):
            yield await self.acall(value)


def programs(count: Count) -> dict[str, Program]:
    """Each makes about two events, or more, of every call."""
    return {
        "calls": pipe(lift(str), *[lift(count.call)] * STEPS),
        "quick calls": pipe(lift(str), *[lift(count.call, blocking=False)] * STEPS),
        "async calls": pipe(lift(str), *[lift(count.acall)] * STEPS),
        "chunks": pipe(lift_stream(count.chunks, monoid=last), map_chunks(str)),
        "async chunks": pipe(lift_stream(count.achunks, monoid=last), map_chunks(str)),
        "items": pipe(lift(range), map_batch(lift(count.call))),
        "async items": pipe(lift(range), map_batch(lift(count.acall))),
        "branches": parallel(
            a=lift_stream(count.chunks, monoid=last), b=pipe(lift_stream(count.achunks, monoid=last), map_chunks(str))
        ),
    }


NAMES = list(programs(Count()))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["stream_events", "stream_log"])
def test_a_paused_reader_pauses_the_run(name: str, way: str) -> None:
    count = Count()
    told: Iterator[object] = getattr(programs(count)[name], way)(STEPS)
    next(told)
    time.sleep(0.05)
    before = count.calls
    assert before <= LOOK_AHEAD + 3
    for _ in range(10):
        next(told)
    time.sleep(0.05)
    assert before <= count.calls <= before + 10 + 3
    for _ in told:
        pass
    assert count.calls == (2 * STEPS if name == "branches" else STEPS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["astream_events", "astream_log"])
def test_a_paused_task_pauses_the_run(name: str, way: str) -> None:
    count = Count()

    async def scenario() -> None:
        told: AsyncIterator[object] = getattr(programs(count)[name], way)(STEPS)
        await anext(told)
        await asyncio.sleep(0.05)
        before = count.calls
        assert before <= LOOK_AHEAD + 3
        for _ in range(10):
            await anext(told)
        await asyncio.sleep(0.05)
        assert before <= count.calls <= before + 10 + 3
        async for _ in told:
            pass

    asyncio.run(asyncio.wait_for(scenario(), 20))
    assert count.calls == (2 * STEPS if name == "branches" else STEPS)


LEAVES: dict[str, Callable[[Count], Program]] = {
    "sync": lambda count: lift(count.call),
    "async": lambda count: lift(count.acall),
}


@pytest.mark.parametrize("leaf", LEAVES.values(), ids=list(LEAVES))
def test_items_are_done_no_further_ahead_than_there_is_room(leaf: Callable[[Count], Program]) -> None:
    """One at a time, so that they are done in order: those that are done before others wait for these."""
    count = Count()
    program: Program = map_batch(leaf(count), max_concurrency=1)
    chunks = program.stream(list(range(STEPS)))
    assert next(chunks) == [0]
    time.sleep(0.05)
    assert 1 <= count.calls <= ROOM + 1
    assert [next(chunks) for _ in range(5)] == [[number] for number in range(1, 6)]
    time.sleep(0.05)
    assert 6 <= count.calls <= ROOM + 6
    assert list(chunks) == [[number] for number in range(6, STEPS)]
    assert count.calls == STEPS

    async def scenario() -> None:
        achunks = program.astream(list(range(STEPS)))
        assert await anext(achunks) == [0]
        await asyncio.sleep(0.05)
        assert STEPS + 1 <= count.calls <= STEPS + ROOM + 1
        assert [chunk async for chunk in achunks] == [[number] for number in range(1, STEPS)]

    asyncio.run(asyncio.wait_for(scenario(), 20))
    assert count.calls == 2 * STEPS


@pytest.mark.parametrize("asynchronous", [False, True])
def test_branches_run_no_further_ahead_than_there_is_room(asynchronous: bool) -> None:
    count = Count()
    leaf: Program = lift_stream(count.achunks if asynchronous else count.chunks, monoid=last)
    program: Program = parallel(a=leaf, b=leaf)
    chunks = program.stream(STEPS)
    next(chunks)
    time.sleep(0.05)
    assert count.calls <= 2 * ROOM + 3
    assert len(list(chunks)) == 2 * STEPS - 1

    async def scenario() -> None:
        achunks = program.astream(STEPS)
        await anext(achunks)
        await asyncio.sleep(0.05)
        assert count.calls <= 2 * STEPS + 2 * ROOM + 3
        assert len([chunk async for chunk in achunks]) == 2 * STEPS - 1

    asyncio.run(asyncio.wait_for(scenario(), 20))
    assert count.calls == 4 * STEPS
