"""What the contract tests share: the ways of running a program, recording leaves, and guards against hanging."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from itertools import count
from types import TracebackType
from typing import Any, Protocol, TypeVar

import pytest

from runlaw import Runnable, pipe

A = TypeVar("A")
B = TypeVar("B")

PATIENCE = 20.0  # seconds: far above what anything here takes, so that only a hang reaches it


# Steps


def shout(text: str) -> str:
    return text.upper()


def exclaim(text: str) -> str:
    return text + "!"


def length(text: str) -> int:
    return len(text)


def show(number: int) -> str:
    return str(number)


def increment(number: int) -> int:
    return number + 1


def double(number: int) -> int:
    return number * 2


async def ashout(text: str) -> str:
    await asyncio.sleep(0)
    return text.upper()


async def aincrement(number: int) -> int:
    await asyncio.sleep(0)
    return number + 1


def upper_chunks(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield chunk.upper()


def letters(text: str) -> Iterator[str]:
    yield from text


async def aletters(text: str) -> AsyncIterator[str]:
    for letter in text:
        await asyncio.sleep(0)
        yield letter


class Boom(Exception):
    """What a failing step of a test raises."""


class OtherBoom(Exception):
    """Another kind of failure."""


def boom(value: object) -> str:
    raise Boom(f"no {value}")


async def aboom(value: object) -> str:
    await asyncio.sleep(0)
    raise Boom(f"no {value}")


class Flaky:
    """Fails the first ``failures`` times it is called, then shouts."""

    def __init__(self, failures: int, error: type[BaseException] = Boom) -> None:
        self.failures = failures
        self.error = error
        self.tries = 0

    def __call__(self, text: str) -> str:
        self.tries += 1
        if self.tries <= self.failures:
            raise self.error(f"try {self.tries}")
        return text.upper()


class Calls:
    """A function that remembers the values it was called with."""

    def __init__(self) -> None:
        self.values: list[str] = []

    def __call__(self, text: str) -> str:
        self.values.append(text)
        return text.upper()


# Recorders


class Gauge:
    """How many are inside at one time, now and at most."""

    def __init__(self) -> None:
        self.now = 0
        self.peak = 0
        self.entered = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.now += 1
            self.entered += 1
            self.peak = max(self.peak, self.now)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self.now -= 1


class Source:
    """Text chunks ``"0 "``, ``"1 "``, ... as generators that record their use; without an ``end`` they never end."""

    def __init__(self, end: int | None = None, error_at: int | None = None) -> None:
        self.end = end
        self.error_at = error_at
        self.pulled = 0
        self.opened = 0
        self.closed = threading.Semaphore(0)
        self.open = 0

    def _numbers(self) -> Iterator[int]:
        return iter(count() if self.end is None else range(self.end))

    def _chunk(self, number: int) -> str:
        if number == self.error_at:
            raise Boom(f"chunk {number}")
        self.pulled += 1
        return f"{number} "

    def _enter(self) -> None:
        self.opened += 1
        self.open += 1

    def _leave(self) -> None:
        self.open -= 1
        self.closed.release()

    def generate(self, _: str) -> Iterator[str]:
        self._enter()
        try:
            for number in self._numbers():
                yield self._chunk(number)
        finally:
            self._leave()

    async def agenerate(self, _: str) -> AsyncIterator[str]:
        self._enter()
        try:
            for number in self._numbers():
                await asyncio.sleep(0)
                yield self._chunk(number)
        finally:
            self._leave()


class Stage:
    """A transform that upper-cases chunks, and records its use."""

    def __init__(self) -> None:
        self.opened = 0
        self.open = 0
        self.seen: list[str] = []

    def through(self, chunks: Iterator[str]) -> Iterator[str]:
        self.opened += 1
        self.open += 1
        try:
            for chunk in chunks:
                self.seen.append(chunk)
                yield chunk.upper()
        finally:
            self.open -= 1

    async def athrough(self, chunks: AsyncIterator[str]) -> AsyncIterator[str]:
        self.opened += 1
        self.open += 1
        try:
            async for chunk in chunks:
                self.seen.append(chunk)
                yield chunk.upper()
        finally:
            self.open -= 1


class Openable(Protocol):
    """A recorder that knows how many of its generators are open."""

    open: int


# Small tools


def wrong(value: object) -> Any:  # Any: what the type checker would refuse where the test puts it
    """The same value, unseen by the type checker: these tests are about run time."""
    return value


def within(work: Callable[[], B], seconds: float = PATIENCE) -> B:
    """What ``work`` gives, run in a thread of its own; an ``AssertionError`` where it hangs."""
    box: Future[B] = Future()

    def go() -> None:
        try:
            box.set_result(work())
        except BaseException as error:  # handed to the test
            box.set_exception(error)

    thread = threading.Thread(target=go, daemon=True)
    thread.start()
    thread.join(seconds)
    if not box.done():
        raise AssertionError(f"still running after {seconds} seconds")
    return box.result()


def notes(error: BaseException) -> list[str]:
    """The notes that were added to an exception."""
    return list(getattr(error, "__notes__", []))


def long_pipe(steps: Sequence[Callable[[A], A]]) -> Runnable[A, A]:
    """A pipe of any number of steps of one type."""
    build: Any = pipe  # Any: pipe is typed up to a fixed number of steps
    program: Runnable[A, A] = build(*steps)
    return program


async def until(done: Callable[[], bool]) -> None:
    """Wait, without blocking the loop, until something has happened in another thread or task."""
    while not done():  # noqa: ASYNC110  # threads cannot set an asyncio.Event
        await asyncio.sleep(0.001)


async def alist(chunks: AsyncIterator[B]) -> list[B]:
    return [chunk async for chunk in chunks]


async def aiterate(items: Iterable[B]) -> AsyncIterator[B]:
    for item in items:
        yield item


async def nothing_left(work: Awaitable[B]) -> B:
    """Await ``work``, then check that no task is left on the loop."""
    try:
        return await work
    finally:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"tasks left behind: {left}"


def run(work: Awaitable[B]) -> B:
    """Run a coroutine on an event loop of its own, on which it must leave no task."""
    return asyncio.run(nothing_left(work))


def add_up(chunks: Iterable[B]) -> B:
    """The sum of at least one chunk."""
    parts = list(chunks)
    assert parts, "no chunk came"
    if all(isinstance(part, str) for part in parts):
        joined: Any = "".join(str(part) for part in parts)  # Any: B is str here
        text: B = joined
        return text
    total: Any = parts[0]  # Any: the chunks are of whatever type the program gives
    for part in parts[1:]:
        total = _plus(total, part)
    result: B = total
    return result


def _plus(one: Any, other: Any) -> Any:  # Any: as in add_up
    if isinstance(one, Mapping):
        return {**one, **{key: _plus(one[key], value) if key in list(one) else value for key, value in other.items()}}
    return one + other


# Ways of running


class Way(Protocol):
    """One way of running a program over one value, to one value."""

    def __call__(self, program: Runnable[A, B], value: A, /) -> B: ...


def _call(program: Runnable[A, B], value: A, /) -> B:
    return program(value)


def _invoke(program: Runnable[A, B], value: A, /) -> B:
    return program.invoke(value)


def _stream(program: Runnable[A, B], value: A, /) -> B:
    return add_up(program.stream(value))


def _transform(program: Runnable[A, B], value: A, /) -> B:
    return add_up(program.transform(iter([value])))


def _batch(program: Runnable[A, B], value: A, /) -> B:
    return program.batch([value, value])[1]


def _batch_as_completed(program: Runnable[A, B], value: A, /) -> B:
    return dict(program.batch_as_completed([value, value]))[1]


def _ainvoke(program: Runnable[A, B], value: A, /) -> B:
    return run(program.ainvoke(value))


def _astream(program: Runnable[A, B], value: A, /) -> B:
    return add_up(run(alist(program.astream(value))))


def _atransform(program: Runnable[A, B], value: A, /) -> B:
    return add_up(run(alist(program.atransform(aiterate([value])))))


def _abatch(program: Runnable[A, B], value: A, /) -> B:
    return run(program.abatch([value, value]))[1]


def _abatch_as_completed(program: Runnable[A, B], value: A, /) -> B:
    return dict(run(alist(program.abatch_as_completed([value, value]))))[1]


SYNC_WAYS: dict[str, Way] = {
    "call": _call,
    "invoke": _invoke,
    "stream": _stream,
    "transform": _transform,
    "batch": _batch,
    "batch_as_completed": _batch_as_completed,
}
ASYNC_WAYS: dict[str, Way] = {
    "ainvoke": _ainvoke,
    "astream": _astream,
    "atransform": _atransform,
    "abatch": _abatch,
    "abatch_as_completed": _abatch_as_completed,
}
WAYS: dict[str, Way] = {**SYNC_WAYS, **ASYNC_WAYS}

every_way = pytest.mark.parametrize("way", list(WAYS.values()), ids=list(WAYS))
