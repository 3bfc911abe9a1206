"""Timing by interleaved repeats: every ratio is of two samples taken one right after the other.

Single timings drift with the load of the machine. Two samples taken one after the other drift
together, so their ratio holds still; the median of several such ratios is the figure.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tracemalloc
from collections.abc import Awaitable, Callable, Sequence
from itertools import repeat
from time import perf_counter
from typing import NamedTuple, TypeAlias, TypeVar

A = TypeVar("A")

Timer: TypeAlias = Callable[[int], float]
"""Does some work so many times and tells how many seconds that took."""


class Effort(NamedTuple):
    """How much to measure: ``sample`` and ``budget`` in seconds; sizes are divided by ``divisor``."""

    repeats: int = 9
    sample: float = 0.005
    budget: float = 2.0
    divisor: int = 1

    def size(self, full: int) -> int:
        """How many chunks, items or steps stand for ``full`` of them."""
        return max(full // self.divisor, 2)


ONCE = Effort(repeats=1, sample=0.0, budget=0.0, divisor=1000)
"""Everything runs, as little as possible. The figures mean nothing."""


class Spread(NamedTuple):
    """Of several figures, the one in the middle and the smallest."""

    median: float
    least: float


class Race(NamedTuple):
    """Ratios to the plain timer, and what one call of ours took, in seconds."""

    ours: Spread
    peer: Spread | None
    seconds: float


def spread(figures: Sequence[float]) -> Spread:
    return Spread(statistics.median(figures), min(figures))


def calls(function: Callable[[A], object], argument: A) -> Timer:
    """Times ``function(argument)``, with nothing between the loop and the call."""

    def run(count: int) -> float:
        times = repeat(None, count)
        start = perf_counter()
        for _ in times:
            function(argument)
        return perf_counter() - start

    return run


def awaits(function: Callable[[A], Awaitable[object]], argument: A) -> Timer:
    """Times ``await function(argument)``; starting the event loop is not counted."""

    async def loop(count: int) -> float:
        times = repeat(None, count)
        start = perf_counter()
        for _ in times:
            await function(argument)
        return perf_counter() - start

    def run(count: int) -> float:
        return asyncio.run(loop(count))

    return run


def race(effort: Effort, ours: Timer, plain: Timer, peer: Timer | None = None) -> Race:
    """Times ours against plain, turn by turn, the one that goes first changing; the peer runs along.

    A slow peer gets fewer turns, at least one.
    """
    count, plain_count = calibrate(ours, effort.sample), calibrate(plain, effort.sample)
    began = perf_counter()
    peer_count = calibrate(peer, effort.sample) if peer else 0
    peer_spent = perf_counter() - began
    ratios: list[float] = []
    costs: list[float] = []
    peer_ratios: list[float] = []
    began = perf_counter()
    for turn in range(effort.repeats):
        if turn >= 3 and perf_counter() - began > effort.budget:
            break
        if turn % 2:
            cost, base = sample(ours, count), sample(plain, plain_count)
        else:
            base, cost = sample(plain, plain_count), sample(ours, count)
        ratios.append(cost / base)
        costs.append(cost)
        if peer and (not peer_ratios or peer_spent < effort.budget):
            peer_cost = sample(peer, peer_count)
            peer_spent += peer_cost * peer_count
            peer_ratios.append(peer_cost / base)
    return Race(spread(ratios), spread(peer_ratios) if peer_ratios else None, statistics.median(costs))


def growth(effort: Effort, timer: Callable[[int], Timer], sizes: Sequence[int]) -> Spread:
    """How the cost per item grows from the first size on: the largest of the ratios to it."""
    timers = [timer(size) for size in sizes]
    counts = [calibrate(each, effort.sample) for each in timers]
    ratios: list[list[float]] = [[] for _ in sizes[1:]]
    began = perf_counter()
    for turn in range(effort.repeats):
        if turn >= 3 and perf_counter() - began > effort.budget:
            break
        costs = [sample(each, count) / size for each, count, size in zip(timers, counts, sizes, strict=True)]
        for found, cost in zip(ratios, costs[1:], strict=True):
            found.append(cost / costs[0])
    return max(spread(found) for found in ratios)


def once_each(effort: Effort, prepare: Callable[[], A], act: Callable[[A], object]) -> Spread:
    """Seconds of ``act`` on a value that nothing was done with before."""
    found = []
    for _ in range(min(effort.repeats, 3)):
        value = prepare()
        gc.collect()
        start = perf_counter()
        act(value)
        found.append(perf_counter() - start)
    return spread(found)


def calibrate(timer: Timer, least: float) -> int:
    """How many times to do the work so that one sample takes ``least`` seconds. Warms up on the way."""
    count = 1
    while (taken := timer(count)) < least:
        count = max(count * 2, min(int(count * least / max(taken, 1e-9)), count * 100))
    return count


def sample(timer: Timer, count: int) -> float:
    """Seconds per call, after the garbage of the sample before has gone."""
    gc.collect()
    return max(timer(count), 1e-9) / count


def peak(work: Callable[[], object]) -> int:
    """The most memory that the work held at one time, in bytes, as the interpreter counts it."""
    work()
    gc.collect()
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
