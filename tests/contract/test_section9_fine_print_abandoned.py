"""Section 9, threads: nothing starts after a leaf that was given up; and what outlives a run that ended is let be."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import aclosing
from time import monotonic
from typing import Any

import pytest

from runlaw import RunConfig, Runnable, lift, lift_stream, lift_transform, map_chunks, parallel, pipe, with_timeout
from runlaw.events import Event

from .modes import Mode, both
from .support import PATIENCE, alist, run, until, within

SHORT = 0.05


class Late:
    """A leaf that waits until it is released, and one that must not follow it."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.ended = threading.Event()
        self.after: list[object] = []

    def leaf(self, text: str) -> str:
        assert self.release.wait(PATIENCE)
        self.ended.set()
        return text

    def next(self, text: str) -> str:
        self.after.append(text)
        return text

    def chunks(self, text: str) -> Iterator[str]:
        yield self.leaf(text)

    def nexts(self, chunks: Iterator[str]) -> Iterator[str]:
        for chunk in chunks:
            yield self.next(chunk)

    def calls_two(self, text: str) -> str:
        return lift(self.next).invoke(lift(self.leaf).invoke(text))

    def calls_a_pipe(self, text: str) -> str:
        return pipe(self.leaf, self.next).invoke(text)

    def calls_a_parallel(self, text: str) -> str:
        steps = pipe(self.leaf, self.next)
        return parallel(steps, steps).invoke(text)[0]

    def calls_an_async_pipe(self, text: str) -> str:
        @lift
        async def leaf(text: str) -> str:
            try:
                await until(self.release.is_set)
            finally:
                self.ended.set()
            return text

        return pipe(leaf, self.next).invoke(text)

    def reads_events(self, text: str) -> str:
        return str(len(list(pipe(self.leaf, self.next).stream_events(text))))


PROGRAMS: dict[str, Callable[[Late], Runnable[str, Any]]] = {
    "pipe": lambda late: pipe(late.leaf, late.next),
    "map_chunks": lambda late: pipe(lift_stream(late.chunks), map_chunks(late.next)),
    "transform": lambda late: pipe(lift_stream(late.chunks), lift_transform(late.nexts)),
    "two calls": lambda late: lift(late.calls_two),
    "a call of a pipe": lambda late: lift(late.calls_a_pipe),
    "a call of a parallel": lambda late: lift(late.calls_a_parallel),
    "a call of async steps": lambda late: lift(late.calls_an_async_pipe),
    "events read": lambda late: lift(late.reads_events),
}


@both
@pytest.mark.parametrize("way", ["invoke", "stream", "batch"])
@pytest.mark.parametrize("make", list(PROGRAMS.values()), ids=list(PROGRAMS))
def test_nothing_starts_after_a_leaf_that_timed_out(
    mode: Mode, way: str, make: Callable[[Late], Runnable[str, Any]]
) -> None:
    late = Late()
    program = with_timeout(make(late), SHORT)
    works: dict[str, Callable[[], object]] = {
        "invoke": lambda: mode.invoke(program, "a"),
        "stream": lambda: mode.stream(program, "a"),
        "batch": lambda: mode.batch(program, ["a"]),
    }
    with pytest.raises(TimeoutError):
        within(works[way])
    late.release.set()
    assert late.ended.wait(PATIENCE)
    threading.Event().wait(SHORT)
    assert late.after == []


@both
def test_a_stream_that_timed_out_is_closed_when_its_thread_comes_back(mode: Mode) -> None:
    late = Late()
    closed = threading.Event()

    def endless(text: str) -> Iterator[str]:
        try:
            while True:
                yield late.leaf(text)
        finally:
            closed.set()

    def none(chunks: Iterator[str]) -> Iterator[str]:
        for chunk in chunks:
            if not chunk:
                yield chunk

    with pytest.raises(TimeoutError):
        within(lambda: mode.stream(with_timeout(pipe(lift_stream(endless), lift_transform(none)), SHORT), "a"))
    late.release.set()
    assert closed.wait(PATIENCE)


def napping(text: str) -> str:
    threading.Event().wait(2 * SHORT)
    return text


@both
@pytest.mark.parametrize("way", ["invoke", "stream", "batch"])
@pytest.mark.parametrize("blocking", [True, False])
def test_a_timeout_holds_for_a_leaf_of_either_kind_and_says_its_limit(mode: Mode, way: str, blocking: bool) -> None:
    program: Runnable[str, str] = with_timeout(lift(napping, blocking=blocking), SHORT)
    works: dict[str, Callable[[], object]] = {
        "invoke": lambda: mode.invoke(program, "a"),
        "stream": lambda: mode.stream(program, "a"),
        "batch": lambda: mode.batch(program, ["a", "b"]),
    }
    with pytest.raises(TimeoutError) as caught:
        within(works[way])
    assert str(caught.value) == "it took longer than 0.05 seconds"
    assert caught.value.__cause__ is None


@both
def test_a_timeout_in_mid_stream_says_the_limit_of_the_whole(mode: Mode) -> None:
    def drip(text: str) -> Iterator[str]:
        while True:
            threading.Event().wait(SHORT)
            yield text

    with pytest.raises(TimeoutError) as caught:
        within(lambda: mode.stream(with_timeout(lift_stream(drip), 0.12), "a"))
    assert str(caught.value) == "it took longer than 0.12 seconds"
    assert caught.value.__cause__ is None


class Endless:
    """A leaf that makes chunks until it is closed, and counts them."""

    def __init__(self) -> None:
        self.made = 0
        self.program = lift_stream(self.chunks)

    def chunks(self, text: str) -> Iterator[str]:
        for _ in range(20_000):
            self.made += 1
            threading.Event().wait(0.001)
            yield "."

    def read(self, text: str) -> str:
        return "".join(self.program.stream(text))


def stops(endless: Endless) -> None:
    threading.Event().wait(SHORT)
    made = endless.made
    threading.Event().wait(SHORT)
    assert endless.made <= made + 1


def test_closing_events_stops_the_stream_that_a_sync_leaf_reads() -> None:
    endless = Endless()
    events = lift(endless.read).stream_events("a")
    for _ in range(5):
        next(events)
    events.close()
    stops(endless)


def test_closing_async_events_stops_the_stream_that_a_sync_leaf_reads() -> None:
    endless = Endless()

    async def scenario() -> None:
        async with aclosing(lift(endless.read).astream_events("a")) as events:
            for _ in range(5):
                await anext(events)
        stops(endless)

    run(scenario())


def test_cancelling_a_run_stops_the_stream_that_a_sync_leaf_reads() -> None:
    endless = Endless()

    async def scenario() -> None:
        running = asyncio.ensure_future(lift(endless.read).ainvoke("a"))
        await until(lambda: endless.made > 3)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        stops(endless)

    run(scenario())


# What outlives a run that ended


def listener(event: Event) -> None:
    """Somebody who is told."""


LISTENED: RunConfig = {"listeners": [listener]}


@lift
def inner(number: int) -> int:
    return number


CALLS: dict[str, Callable[[], object]] = {
    "invoke": lambda: inner.invoke(5),
    "stream": lambda: list(inner.stream(5)),
    "batch": lambda: inner.batch([5, 6]),
    "stream_events": lambda: len(list(inner.stream_events(5))),
    "ainvoke": lambda: asyncio.run(_awaited(inner.ainvoke(5))),
}


async def _awaited(work: Awaitable[int]) -> int:
    return await work


WAYS: dict[str, Callable[[Runnable[int, int]], object]] = {
    "invoke": lambda program: program.invoke(1),
    "stream": lambda program: list(program.stream(1)),
    "listened to": lambda program: program.invoke(1, LISTENED),
    "stream_events": lambda program: list(program.stream_events(1)),
    "stream_log": lambda program: list(program.stream_log(1)),
    "ainvoke": lambda program: run(program.ainvoke(1)),
    "astream_events": lambda program: run(alist(program.astream_events(1))),
}


@pytest.mark.parametrize("call", list(CALLS.values()), ids=list(CALLS))
@pytest.mark.parametrize("way", list(WAYS.values()), ids=list(WAYS))
def test_a_thread_that_outlives_its_leaf_runs_programs_as_ever(
    call: Callable[[], object], way: Callable[[Runnable[int, int]], object]
) -> None:
    over = threading.Event()
    got: list[object] = []

    def later() -> None:
        assert over.wait(PATIENCE)
        try:
            got.append(call())
        except BaseException as error:  # whatever it is, it is shown
            got.append(error)

    threads: list[threading.Thread] = []

    def leaf(number: int) -> int:
        threads.append(threading.Thread(target=contextvars.copy_context().run, args=(later,)))
        threads[0].start()
        return number

    way(lift(leaf))
    over.set()
    threads[0].join(PATIENCE)
    assert got == [call()]


async def _streamed() -> list[int]:
    return await alist(inner.astream(5))


async def _told() -> int:
    return len(await alist(inner.astream_events(5)))


ACALLS: dict[str, Callable[[], Awaitable[object]]] = {
    "ainvoke": lambda: inner.ainvoke(5),
    "astream": _streamed,
    "abatch": lambda: inner.abatch([5]),
    "astream_events": _told,
}


async def _all_events(program: Runnable[int, int], config: RunConfig | None) -> object:
    return await alist(program.astream_events(1, config))


AWAYS: dict[str, Callable[[Runnable[int, int]], Awaitable[object]]] = {
    "ainvoke": lambda program: program.ainvoke(1),
    "listened to": lambda program: program.ainvoke(1, LISTENED),
    "astream_events": lambda program: _all_events(program, None),
    "limited": lambda program: _all_events(program, {"max_concurrency": 1}),
}


@pytest.mark.parametrize("call", list(ACALLS.values()), ids=list(ACALLS))
@pytest.mark.parametrize("way", list(AWAYS.values()), ids=list(AWAYS))
def test_a_task_that_outlives_its_leaf_runs_programs_as_ever(
    call: Callable[[], Awaitable[object]], way: Callable[[Runnable[int, int]], Awaitable[object]]
) -> None:
    async def scenario() -> None:
        over = asyncio.Event()
        tasks: list[asyncio.Task[object]] = []

        async def later() -> object:
            await over.wait()
            return await call()

        @lift
        async def leaf(number: int) -> int:
            tasks.append(asyncio.create_task(later()))
            return number

        await way(leaf)
        over.set()
        assert await asyncio.wait_for(tasks[0], PATIENCE) == await call()

    run(scenario())


def test_a_task_that_outlives_a_run_whose_events_are_read_no_more_is_stopped() -> None:
    async def scenario() -> None:
        over = asyncio.Event()
        tasks: list[asyncio.Task[int]] = []

        async def later() -> int:
            await over.wait()
            return await inner.ainvoke(5)

        @lift
        async def leaf(number: int) -> int:
            tasks.append(asyncio.create_task(later()))
            await asyncio.Event().wait()
            return number

        async with aclosing(leaf.astream_events(1)) as events:
            await anext(events)
            await until(lambda: bool(tasks))
        over.set()
        with pytest.raises(asyncio.CancelledError):
            await tasks[0]

    run(scenario())


def test_a_reader_that_is_slow_to_close_holds_up_no_thread_that_outlives_the_run() -> None:
    begun = monotonic()
    threads: list[threading.Thread] = []

    def later() -> None:
        for _ in range(40):
            inner.invoke(1)

    def leaf(number: int) -> int:
        threads.append(threading.Thread(target=contextvars.copy_context().run, args=(later,)))
        threads[0].start()
        return number

    events: Generator[object, None, None] = lift(leaf).stream_events(1)
    next(events)
    within(lambda: list(events))
    threads[0].join(PATIENCE)
    assert monotonic() - begun < PATIENCE
