"""A pipe of 100,000 lifted steps does everything that a short one does."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeVar

from benchmarks import many_steps
from benchmarks.bench import Bench
from benchmarks.call_sections import in_a_row
from benchmarks.checks import agree
from benchmarks.figures import Figure, Goal
from benchmarks.measure import once_each
from runlaw import Runnable, lift

A = TypeVar("A")

STEPS = 100_000
SECONDS = 0.3


def big_pipe(bench: Bench) -> Iterator[Figure]:
    """Each time in seconds, on a pipe that nothing was done with before."""
    count = bench.size(STEPS)
    increment = lift(many_steps.increment)
    yield from doings(bench, f"{count:,} times one step", [increment] * count)
    try:
        yield Figure(f"{count:,} steps: lift them", once_each(bench.effort, lambda: count, lift_all), unit="s")
        yield from doings(bench, f"{count:,} distinct steps", many_steps.define_all(count))
    finally:
        many_steps.forget_all(count)


def lift_all(count: int) -> None:
    deque((many_steps.define(number) for number in range(count)), maxlen=0)


def doings(bench: Bench, label: str, steps: list[Runnable[int, int]]) -> Iterator[Figure]:
    def build() -> Runnable[int, int]:
        return in_a_row(steps)

    def copies() -> tuple[Runnable[int, int], Runnable[int, int]]:
        chain = build()
        copied: Runnable[int, int] = pickle.loads(pickle.dumps(chain))
        return chain, copied

    count = len(steps)
    chain, copied = copies()
    agree(copied == chain, True)
    agree(hash(copied), hash(chain))
    agree(copied.invoke(0), count)
    agree(list(copied.stream(0)), [count])
    data = pickle.dumps(chain)
    yield figure(bench, label, "build", lambda: steps, in_a_row)
    yield figure(bench, label, "== its copy", copies, lambda pair: pair[0] == pair[1])
    yield figure(bench, label, "hash", build, hash)
    yield figure(bench, label, "pickle, write", build, pickle.dumps)
    yield figure(bench, label, "pickle, read", lambda: data, pickle.loads)
    yield figure(bench, label, "invoke", build, lambda chain: chain.invoke(0))
    yield figure(bench, label, "stream", build, lambda chain: list(chain.stream(0)))


def figure(bench: Bench, label: str, doing: str, prepare: Callable[[], A], act: Callable[[A], object]) -> Figure:
    return Figure(f"{label}: {doing}", once_each(bench.effort, prepare, act), Goal(SECONDS), unit="s")
