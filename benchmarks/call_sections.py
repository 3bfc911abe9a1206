"""One value in, one value out: steps in a row, sync, async, and observed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import workloads
from benchmarks.bench import Bench
from benchmarks.checks import agree
from benchmarks.figures import Figure
from benchmarks.measure import awaits, calls
from runlaw import Runnable, lift, pipe
from runlaw.events import Event

CALL_GOALS = {1: 5.0, 10: 2.0, 100: 1.3}
ASYNC_GOALS = {1: None, 10: 1.5, 100: None}


def in_a_row(steps: list[Any]) -> Runnable[int, int]:  # Any: functions or Runnables
    build: Any = pipe  # Any: the overloads of pipe count the steps; here their number varies
    chain: Runnable[int, int] = build(*steps)
    return chain


def call(bench: Bench) -> Iterator[Figure]:
    """``invoke`` beside a hand-written loop; one step beside the bare call."""
    kinds: tuple[tuple[str, Callable[[int], list[workloads.Step]]], ...] = (
        ("lambdas", workloads.lambdas),
        ("annotated functions", workloads.definitions),
    )
    for kind, make in kinds:
        for count, goal in CALL_GOALS.items():
            steps = make(count)
            ours = in_a_row(steps).invoke
            plain = steps[0] if count == 1 else workloads.loop(steps)
            agree(ours(0), plain(0))
            peer = bench.peer_timer("call", count) if kind == "lambdas" else None
            name = f"invoke, {count} step{'s' * (count > 1)}, {kind}"
            yield bench.beside_plain(name, calls(ours, 0), calls(plain, 0), goal, peer, per=count)


def acall(bench: Bench) -> Iterator[Figure]:
    """``ainvoke`` beside plain awaits."""
    for count, goal in ASYNC_GOALS.items():
        steps = workloads.coroutines(count)
        ours = in_a_row([lift(step) for step in steps]).ainvoke
        plain = steps[0] if count == 1 else workloads.async_loop(steps)
        agree(asyncio.run(run(ours)), count)
        name = f"ainvoke, {count} async step{'s' * (count > 1)}"
        peer = bench.peer_timer("acall", count)
        yield bench.beside_plain(name, awaits(ours, 0), awaits(plain, 0), goal, peer, per=count)
    quick = in_a_row([lift(step, blocking=False) for step in workloads.lambdas(10)]).ainvoke
    plain = workloads.async_loop(workloads.coroutines(10))
    agree(asyncio.run(run(quick)), 10)
    peer = bench.peer_timer("acall_quick", 10)
    name = "ainvoke, 10 quick sync steps, beside 10 awaits"
    yield bench.beside_plain(name, awaits(quick, 0), awaits(plain, 0), 1.5, peer, per=10)


async def run(step: workloads.AsyncStep) -> int:
    return await step(0)


def ignore(event: Event) -> None:
    """Listens, and does nothing with what it hears."""


def observed(bench: Bench) -> Iterator[Figure]:
    """``invoke`` with a listener that does nothing, beside the peer with such a handler."""
    chain = in_a_row([lift(step, blocking=False) for step in workloads.lambdas(10)])
    steps = workloads.lambdas(10)
    plain = workloads.loop(steps)

    def ours(x: int) -> int:
        return chain.invoke(x, {"listeners": [ignore]})

    heard: list[Event] = []
    agree(chain.invoke(0, {"listeners": [heard.append]}), plain(0))
    agree(len(heard), 2 * 11)
    name = "observed invoke, 10 quick steps"
    peer = bench.peer_timer("observed", 10)
    yield bench.faster_than_peer(f"{name}: times less than the peer", calls(ours, 0), peer, 50, per=10)
    yield bench.beside_plain(f"{name}, beside the loop", calls(ours, 0), calls(plain, 0), None, per=10)
    name = f"{name}, beside the unobserved"
    yield bench.beside_plain(name, calls(ours, 0), calls(chain.invoke, 0), None, per=10)
