"""Section 4: a run that is given up while a thread reads one of its generators."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from runlaw import Runnable, lift_stream, lift_transform, pipe, with_timeout

from .support import PATIENCE, aletters, alist, letters, nothing_left, run, until

Program = Runnable[str, str]


class Slow:
    """A leaf that is held up in a thread, and of which only a call tells that it is sync."""

    def __init__(self) -> None:
        self.reading = threading.Event()
        self.release = threading.Event()
        self.closed = threading.Event()
        self.read: list[str] = []

    def chunks(self, text: str) -> Any:  # Any: that it is an iterator is not said
        return self._hold(iter(text))

    def of_chunks(self, chunks: Any) -> Any:  # Any: as above
        return self._hold(chunks)

    def _hold(self, chunks: Iterator[str]) -> Iterator[str]:
        try:
            for chunk in chunks:
                self.read.append(chunk)
                self.reading.set()
                assert self.release.wait(PATIENCE)
                yield chunk
        finally:
            self.closed.set()

    async def ends(self) -> None:
        """Let it go on: it is closed, and reads no further chunk."""
        assert not self.closed.is_set()
        self.release.set()
        await until(self.closed.is_set)
        assert self.read == ["a"]


PROGRAMS: dict[str, Callable[[Slow], Program]] = {
    "makes chunks": lambda slow: lift_stream(slow.chunks),
    "of one value": lambda slow: lift_transform(slow.of_chunks),
    "of sync chunks": lambda slow: pipe(lift_stream(letters), lift_transform(slow.of_chunks)),
    "of async chunks": lambda slow: pipe(lift_stream(aletters), lift_transform(slow.of_chunks)),
    "known to be sync": lambda slow: lift_stream(known(slow)),
}
every_program = pytest.mark.parametrize("make", list(PROGRAMS.values()), ids=list(PROGRAMS))


def known(slow: Slow) -> Callable[[str], Iterator[str]]:
    def chunks(text: str) -> Iterator[str]:
        yield from slow.chunks(text)

    return chunks


WAYS: dict[str, Callable[[Program], Any]] = {  # Any: coroutines of whatever the way gives
    "ainvoke": lambda program: program.ainvoke("a"),
    "astream": lambda program: alist(program.astream("a")),
    "atransform": lambda program: alist(program.atransform(["a"])),
    "abatch": lambda program: program.abatch(["a"]),
    "astream_events": lambda program: alist(program.astream_events("a")),
    "watched": lambda program: program.ainvoke("a", {"listeners": [lambda _: None]}),
}
every_way = pytest.mark.parametrize("way", list(WAYS.values()), ids=list(WAYS))


@every_way
@every_program
def test_a_cancelled_task_is_cancelled(way: Callable[[Program], Any], make: Callable[[Slow], Program]) -> None:
    slow = Slow()

    async def scenario() -> None:
        task = asyncio.ensure_future(way(make(slow)))
        await until(slow.reading.is_set)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await slow.ends()

    run(nothing_left(scenario()))


@pytest.mark.parametrize("way", [WAYS["ainvoke"], WAYS["astream_events"]], ids=["ainvoke", "astream_events"])
@every_program
def test_a_timeout_is_a_timeout(way: Callable[[Program], Any], make: Callable[[Slow], Program]) -> None:
    slow = Slow()

    async def scenario() -> None:
        with pytest.raises(TimeoutError, match=r"longer than 0\.3 seconds"):
            await way(with_timeout(make(slow), 0.3))
        await slow.ends()

    run(nothing_left(scenario()))


@every_program
def test_so_is_that_of_a_task(make: Callable[[Slow], Program]) -> None:
    slow = Slow()

    async def scenario() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(make(slow).ainvoke("a"), 0.3)
        await slow.ends()

    run(nothing_left(scenario()))


def test_one_that_is_not_read_is_closed_at_once() -> None:
    slow = Slow()
    slow.release.set()

    async def scenario() -> None:
        chunks = lift_stream(slow.chunks).astream("ab")
        assert await anext(chunks) == "a"
        await chunks.aclose()
        assert slow.closed.is_set()

    run(nothing_left(scenario()))
    gc.collect()
    assert slow.read == ["a"]


def test_an_iterator_that_is_no_generator_is_closed_too() -> None:
    closed: list[str] = []

    class Rows:
        def __init__(self, text: str) -> None:
            self.rows = iter(text)

        def __iter__(self) -> Rows:
            return self

        def __next__(self) -> str:
            return next(self.rows)

        def close(self) -> None:
            closed.append("rows")

    async def scenario(chunks: AsyncIterator[str]) -> None:
        assert await anext(chunks) == "a"

    async def closing() -> None:
        chunks = lift_stream(Rows).astream("ab")
        await scenario(chunks)
        await chunks.aclose()

    run(nothing_left(closing()))
    assert closed == ["rows"]
