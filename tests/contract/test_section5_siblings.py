"""Section 5: a failing branch cancels its siblings, in every way of running several values or branches."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from runlaw import RunConfig, Runnable, assign, branch, lift, lift_stream, map_batch, parallel, pipe, with_fallbacks
from runlaw.events import Event, RunFailed, RunStarted

from .modes import Mode, both
from .support import PATIENCE, Boom, Source, alist, run, until, within


class Slow:
    """A leaf that waits until it is released; value 0 fails as soon as the others run."""

    def __init__(self, others: int) -> None:
        self.running = threading.Semaphore(0)
        self.others = others
        self.release = threading.Event()
        self.ended = threading.Semaphore(0)
        self.after: list[int] = []

    def leaf(self, number: int) -> int:
        if number == 0:
            for _ in range(self.others):
                assert self.running.acquire(timeout=PATIENCE)
            raise Boom("0")
        self.running.release()
        assert self.release.wait(PATIENCE)
        self.ended.release()
        return number

    def next(self, number: int) -> int:
        self.after.append(number)
        return number

    def leaf_of_record(self, record: Mapping[str, int]) -> int:
        return self.leaf(record["n"])

    def next_of_record(self, record: Mapping[str, object]) -> int:
        return self.next(0)

    def leaf_of_none(self, number: int) -> int:
        return number

    def check(self) -> None:
        """Let the leaves go on that were given up: nothing follows them."""
        self.release.set()
        for _ in range(self.others):
            assert self.ended.acquire(timeout=PATIENCE)
        threading.Event().wait(0.05)
        assert self.after == []


@both
def test_a_value_that_fails_cancels_the_others_of_its_batch(mode: Mode) -> None:
    slow = Slow(2)
    with pytest.raises(Boom):
        within(partial(mode.batch, pipe(slow.leaf, slow.next), [1, 0, 2]))
    slow.check()


@both
def test_a_value_that_fails_cancels_the_others_of_its_batch_as_completed(mode: Mode) -> None:
    slow = Slow(2)
    with pytest.raises(Boom):
        within(partial(mode.as_completed, pipe(slow.leaf, slow.next), [1, 0, 2]))
    slow.check()


def record(number: int) -> dict[str, int]:
    return {"n": number}


def calls_two(slow: Slow) -> Runnable[int, int]:
    leaf, after = lift(slow.leaf), lift(slow.next)
    return lift(lambda number: after.invoke(leaf.invoke(number)))


def calls_a_pipe(slow: Slow) -> Runnable[int, int]:
    inner = pipe(slow.leaf, slow.next)
    return lift(inner.invoke)


def calls_a_batch(slow: Slow) -> Runnable[int, list[int]]:
    inner = pipe(slow.leaf, slow.next)
    return lift(lambda number: inner.batch([number]))


def reads_a_stream(slow: Slow) -> Runnable[int, list[int]]:
    inner = pipe(slow.leaf, slow.next)
    return lift(lambda number: list(inner.stream(number)))


def calls_a_parallel(slow: Slow) -> Runnable[int, object]:
    inner = parallel(pipe(slow.leaf, slow.next), slow.leaf_of_none)
    return lift(inner.invoke)


PROGRAMS: dict[str, Callable[[Slow], Runnable[int, Any]]] = {
    "pipe": lambda slow: pipe(slow.leaf, slow.next),
    "assign": lambda slow: pipe(record, assign(a=lift(slow.leaf_of_record)), lift(slow.next_of_record)),
    "branch": lambda slow: branch((lambda number: slow.leaf(number) == number, slow.next), default=slow.next),
    "with_fallbacks": lambda slow: with_fallbacks(
        pipe(slow.leaf, lambda _: 1 // 0), slow.next, on=(ZeroDivisionError,)
    ),
    "map_batch": lambda slow: pipe(lambda number: [number], map_batch(pipe(slow.leaf, slow.next))),
    "two Runnables called by a leaf": calls_two,
    "a pipe called by a leaf": calls_a_pipe,
    "a batch called by a leaf": calls_a_batch,
    "a stream read by a leaf": reads_a_stream,
    "a parallel called by a leaf": calls_a_parallel,
}


@both
@pytest.mark.parametrize("make", list(PROGRAMS.values()), ids=list(PROGRAMS))
def test_no_leaf_starts_after_the_one_whose_sibling_failed(
    mode: Mode, make: Callable[[Slow], Runnable[int, Any]]
) -> None:
    slow = Slow(1)
    with pytest.raises(Boom):
        within(partial(mode.invoke, map_batch(make(slow)), [1, 0]))
    slow.check()


def test_no_quick_branch_starts_after_a_blocking_one_whose_sibling_failed() -> None:
    for named in (False, True):
        slow = Slow(1)
        quick: Runnable[int, int] = lift(slow.next, blocking=False)
        program: Runnable[int, object] = parallel(a=slow.leaf, b=quick) if named else parallel(slow.leaf, quick)
        with pytest.raises(Boom):
            within(partial(map_batch(program).invoke, [1, 0]))
        slow.check()


def test_closing_a_batch_as_completed_ends_the_values_that_still_run() -> None:
    release = threading.Event()
    after: list[int] = []
    ended = threading.Semaphore(0)

    def leaf(number: int) -> int:
        if number:
            assert release.wait(PATIENCE)
            ended.release()
        return number

    results = pipe(leaf, after.append).batch_as_completed(range(8), {"max_concurrency": 2})
    assert within(lambda: next(results))[0] == 0
    results.close()
    after.clear()
    release.set()
    assert ended.acquire(timeout=PATIENCE)
    threading.Event().wait(0.05)
    assert after == []


INTERRUPTED = """
import os, signal, threading, time
from runlaw import pipe
signal.signal(signal.SIGINT, signal.default_int_handler)
after = []
release = threading.Event()
def slow(number):
    if number == 0:
        os.kill(os.getpid(), signal.SIGINT)
    release.wait(10)
    return number
try:
    pipe(slow, after.append).{way}([1, 2, 0]){rest}
except KeyboardInterrupt:
    release.set()
    time.sleep(0.2)
    print(after)
"""


@pytest.mark.parametrize("way", ["batch", "batch_as_completed"])
def test_an_interrupt_ends_the_values_of_a_batch(way: str) -> None:
    script = INTERRUPTED.format(way=way, rest="" if way == "batch" else ".__next__()")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "[]\n", done.stderr


def fails(number: int) -> int:
    raise Boom("at once")


def follows(number: int) -> int:
    return number


def first_fails(number: int) -> int:
    return fails(number) if number == 0 else follows(number)


TOGETHER: dict[str, Callable[[RunConfig], object]] = {
    "parallel": lambda config: parallel(fails, follows).invoke(1, config),
    "stream": lambda config: list(parallel(a=fails, b=follows).stream(1, config)),
    "map_batch": lambda config: map_batch(first_fails).invoke([0, 1, 2, 3], config),
    "batch": lambda config: lift(first_fails).batch([0, 1, 2, 3], config),
    "parallel, async": lambda config: run(parallel(fails, follows).ainvoke(1, config)),
    "batch, async": lambda config: run(lift(first_fails).abatch([0, 1, 2, 3], config)),
}


@pytest.mark.parametrize("work", list(TOGETHER.values()), ids=list(TOGETHER))
def test_no_run_is_told_to_start_after_its_sibling_was_told_to_fail(work: Callable[[RunConfig], object]) -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(100):
            told: list[Event] = []
            with pytest.raises(Boom):
                work({"listeners": [told.append]})
            failed = next(at for at, event in enumerate(told) if isinstance(event, RunFailed))
            assert not [event.name for event in told[failed:] if isinstance(event, RunStarted)]
    finally:
        sys.setswitchinterval(before)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_generator_in_a_thread_is_closed_when_its_sibling_fails_in_an_async_stream(kind: str) -> None:
    source = Source()
    gate = threading.Event()

    def endless(text: str) -> Generator[str, None, None]:
        for chunk in source.generate(text):
            gate.set()
            threading.Event().wait(0.002)
            yield chunk

    def fail(text: str) -> str:
        assert gate.wait(PATIENCE)
        raise Boom(text)

    async def afail(text: str) -> str:
        await until(gate.is_set)
        raise Boom(text)

    sibling: Runnable[str, str] = lift(afail) if kind == "async" else lift(fail)

    async def scenario() -> None:
        generators: list[Generator[str, None, None]] = []

        def kept(text: str) -> Iterator[str]:
            generators.append(endless(text))
            return generators[-1]

        with pytest.raises(Boom):
            await alist(parallel(a=lift_stream(kept), b=sibling).astream("x"))
        await asyncio.wait_for(until(lambda: inspect.getgeneratorstate(generators[0]) == inspect.GEN_CLOSED), PATIENCE)

    for _ in range(10):
        gate.clear()
        run(scenario())
