"""Cancelled and closed runs leave nothing: no task, no thread at work, no open generator."""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from runlaw import Runnable, lift, lift_stream, lift_transform, map_batch, parallel, pipe, with_fallbacks, with_retry

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
CANCELLATIONS = 100_000 if DEEP else 10_000
Program = Runnable[Any, Any]  # Any: of types that are chosen at random


class Count:
    """How many are open now, and how many ever were."""

    def __init__(self) -> None:
        self.open = 0
        self.started = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.open += 1
            self.started += 1

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self.open -= 1


class Ledger:
    """Leaves and generators that count while they are open: async ones, and sync ones, which may be in a thread."""

    def __init__(self) -> None:
        self.awaited = Count()
        self.plain = Count()

    def step(self, value: object) -> object:
        with self.plain:
            return value

    async def astep(self, value: object) -> object:
        with self.awaited:
            await asyncio.sleep(0)
            return value

    async def fails(self, value: object) -> object:
        with self.awaited:
            await asyncio.sleep(0)
            raise ValueError("a step that fails")

    def chunks(self, value: object) -> Iterator[str]:
        with self.plain:
            for number in range(5):
                yield str(number)

    async def achunks(self, value: object) -> AsyncIterator[str]:
        with self.awaited:
            for number in range(5):
                await asyncio.sleep(0)
                yield str(number)

    def through(self, chunks: Iterator[object]) -> Iterator[str]:
        with self.plain:
            for chunk in chunks:
                yield str(chunk)

    async def athrough(self, chunks: AsyncIterator[object]) -> AsyncIterator[str]:
        with self.awaited:
            async for chunk in chunks:
                yield str(chunk)


def some_program(ledger: Ledger, dice: random.Random, size: int) -> Program:
    """A random program whose leaves are in the ledger."""
    leaves: list[Callable[[], Program]] = [
        lambda: lift(ledger.astep),
        lambda: lift(ledger.step, blocking=False),
        lambda: lift_stream(ledger.achunks),
        lambda: lift_stream(ledger.chunks, blocking=False),
        lambda: lift_transform(ledger.athrough),
        lambda: lift_transform(ledger.through, blocking=False),
        lambda: lift(ledger.fails),
    ]
    if size <= 0:
        return dice.choice(leaves)()

    def inner() -> Program:
        return some_program(ledger, dice, size - 1)

    combined: list[Callable[[], Program]] = [
        lambda: pipe(inner(), inner()),
        lambda: parallel(inner(), inner()),
        lambda: parallel(a=inner(), b=inner()),
        lambda: pipe(lift(lambda value: [value, value], blocking=False), map_batch(inner())),
        lambda: with_retry(inner(), delays=[0.0]),
        lambda: with_fallbacks(inner(), inner()),
    ]
    return dice.choice(combined)()


async def cancelled(work: Awaitable[Any], turns: int) -> None:
    """Run for some turns of the event loop, then cancel, and wait for the end."""
    task = asyncio.ensure_future(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def read_some(chunks: Any, count: int) -> None:
    """Read some chunks, then close."""
    try:
        for _ in range(count):
            await anext(chunks)
    except (StopAsyncIteration, ValueError, TypeError):
        pass
    finally:
        await chunks.aclose()


def test_random_cancellations_leave_nothing() -> None:
    dice = random.Random(20_261_122)
    ledger = Ledger()

    async def main() -> None:
        for number in range(CANCELLATIONS):
            program = some_program(ledger, dice, dice.randrange(4))
            config: Any = {"max_concurrency": dice.randrange(1, 4)} if dice.random() < 0.5 else None
            way = dice.randrange(4)
            turns = dice.randrange(30)
            if way == 0:
                await cancelled(program.ainvoke("x", config), turns)
            elif way == 1:
                await cancelled(read_some(program.astream("x", config), 99), turns)
            elif way == 2:
                await read_some(program.astream("x", config), dice.randrange(4))
            else:
                await cancelled(program.abatch(["x", "y"], config, return_exceptions=True), turns)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left, f"run {number}, {program!r}: tasks are left: {left}"
            what = f"run {number}, way {way}, config {config}, {turns} turns, {program!r}"
            assert ledger.awaited.open == 0, f"{what}: {ledger.awaited.open} async leaves or generators are open"
            await asettle(lambda: ledger.plain.open == 0, f"{what}: {ledger.plain.open} sync ones are open")

    asyncio.run(main())
    assert ledger.awaited.started > CANCELLATIONS / 2
    assert ledger.plain.started > CANCELLATIONS / 2


@pytest.mark.parametrize("seed", range(5))
def test_streams_closed_early_leave_nothing(seed: int) -> None:
    dice = random.Random(seed)
    ledger = Ledger()
    threads = threading.active_count()
    for number in range(40):
        program = some_program(ledger, dice, dice.randrange(4))
        chunks = program.stream("x")
        try:
            for _ in range(dice.randrange(4)):
                next(chunks)
        except (StopIteration, ValueError, TypeError):
            pass
        finally:
            chunks.close()
        settle(lambda: ledger.plain.open + ledger.awaited.open == 0, f"run {number}, {program!r}: some are open")
    settle(lambda: threading.active_count() <= threads + 40, "threads pile up")


def settle(done: Callable[[], bool], what: str, patience: float = 10.0) -> None:
    """Wait for steps that run in threads to come to their next yield."""
    until = time.monotonic() + patience
    while not done():
        assert time.monotonic() < until, what
        time.sleep(0.001)


async def asettle(done: Callable[[], bool], what: str, patience: float = 10.0) -> None:
    """``settle`` on an event loop."""
    until = time.monotonic() + patience
    while not done():  # threads cannot set an asyncio.Event
        assert time.monotonic() < until, what
        await asyncio.sleep(0.001)
