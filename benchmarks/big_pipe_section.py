"""A pipe of 100,000 lifted steps does everything that a short one does."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import TypeVar

from benchmarks import many_steps
from benchmarks.bench import Bench
from benchmarks.call_sections import in_a_row
from benchmarks.checks import agree
from benchmarks.figures import Figure, Goal
from benchmarks.measure import Spread, once_each
from runlaw import Runnable, lift

A = TypeVar("A")

STEPS = 100_000
SECONDS = 0.3


def big_pipe(bench: Bench) -> Iterator[Figure]:
    """Each time in seconds, on a pipe that nothing was done with before."""
    count = bench.size(STEPS)
    yield from doings(bench, f"{count:,} times one step", [lift(many_steps.increment)] * count)
    try:
        start = perf_counter()
        steps = many_steps.define_all(count)
        taken = perf_counter() - start
        yield Figure(f"{count:,} distinct steps: lift them", Spread(taken, taken), unit="s")
        yield from doings(bench, f"{count:,} distinct steps", steps)
    finally:
        many_steps.forget_all(count)


def doings(bench: Bench, label: str, steps: list[Runnable[int, int]]) -> Iterator[Figure]:
    def build() -> Runnable[int, int]:
        return in_a_row(steps)

    def copies() -> tuple[Runnable[int, int], Runnable[int, int]]:
        chain = build()
        copied: Runnable[int, int] = pickle.loads(pickle.dumps(chain))
        return chain, copied

    count, chain = len(steps), build()
    agree(chain.invoke(0), count)
    agree(list(chain.stream(0)), [count])
    yield figure(bench, label, "build", lambda: steps, in_a_row)
    yield figure(bench, label, "hash", build, hash)
    yield figure(bench, label, "invoke", build, lambda chain: chain.invoke(0))
    yield figure(bench, label, "stream", build, lambda chain: list(chain.stream(0)))

    data = pickle.dumps(chain)
    _, copied = copies()
    agree(copied == chain, True)
    agree(hash(copied), hash(chain))
    agree(copied.invoke(0), count)
    yield figure(bench, label, "pickle, write", build, pickle.dumps)
    yield figure(bench, label, "pickle, read", lambda: data, pickle.loads)
    yield figure(bench, label, "== its copy", copies, lambda pair: pair[0] == pair[1])


def figure(bench: Bench, label: str, doing: str, prepare: Callable[[], A], act: Callable[[A], object]) -> Figure:
    return Figure(f"{label}: {doing}", once_each(bench.effort, prepare, act), Goal(SECONDS), unit="s")
