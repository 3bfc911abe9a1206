"""One stream of chunks read by several branches at different speeds."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from runlaw.interpret.aplaces import unplaced
from runlaw.interpret.control import Stopped
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import END, Opened, Stream, Turn, once


class Tee:
    """The source is read when the fastest branch wants a chunk; the others find it in their buffers.

    ``opened`` are the steps that the source is made of, and not those that read what becomes of it.
    """

    def __init__(self, source: Stream, readers: int, opened: list[Opened]) -> None:
        self._source = source
        self._opened = opened
        self._buffers: list[deque[Any] | None] = [deque() for _ in range(readers)]  # Any: a user's values
        self._turn = Turn()
        self._ended = False

    def branch(self, number: int, run: Run) -> Stream:
        """The source as one branch, that runs in ``run``, sees it."""
        source = self._source
        if source.whole:
            return once(source.value)
        return source.read_by(self._read(number, run))

    def close(self) -> None:
        """Nobody reads any more. A read under way in a thread closes the source when it comes back."""
        self._turn.end(self._opened)

    def _read(self, number: int, run: Run) -> Iterator[Any]:  # Any: a user's values
        buffer = self._buffers[number]
        assert buffer is not None
        try:
            while True:
                if not buffer and not self._advance(buffer, run):
                    return
                yield buffer.popleft()
        finally:
            self._buffers[number] = None

    def _advance(self, wanted: deque[Any], run: Run) -> bool:  # Any: a user's values
        with placeless(self._turn, run):
            if wanted or self._ended:
                return bool(wanted)
            if self._turn.over():
                raise Stopped
            chunk = next(self._source.chunks, END)
            if self._turn.over():
                raise Stopped
            self._ended = chunk is END
            if not self._ended:
                for buffer in self._buffers:
                    if buffer is not None:
                        buffer.append(chunk)
            return not self._ended


@contextmanager
def placeless(turn: Turn, run: Run) -> Iterator[None]:
    """Have a turn; while it is somebody else's, so is the place of the run."""
    if not turn.take(blocking=False):
        scheduler, control, _ = run.scheduler()
        scheduler.lend(control)
        turn.take()
        scheduler.reclaim(control)
    try:
        yield
    finally:
        turn.leave()


class ATee:
    """``Tee`` for tasks of one event loop."""

    def __init__(self, source: Stream, readers: int) -> None:
        self._source = source
        self._buffers: list[deque[Any] | None] = [deque() for _ in range(readers)]  # Any: a user's values
        self._lock = asyncio.Lock()
        self._readers = 0
        self._ended = False

    def branch(self, number: int, run: Run) -> Stream:
        """The source as one branch, that runs in ``run``, sees it."""
        source = self._source
        if source.whole:
            return once(source.value, asynchronous=True)
        return source.read_by(self._read(number, run))

    async def _read(self, number: int, run: Run) -> AsyncIterator[Any]:  # Any: a user's values
        buffer = self._buffers[number]
        assert buffer is not None
        try:
            while True:
                if not buffer and not await self._advance(buffer, run):
                    return
                yield buffer.popleft()
        finally:
            self._buffers[number] = None

    async def _advance(self, wanted: deque[Any], run: Run) -> bool:  # Any: a user's values
        self._readers += 1
        try:
            if self._readers > 1:
                async with unplaced(run):
                    await self._lock.acquire()
            else:
                await self._lock.acquire()
            try:
                return await self._read_one(wanted)
            finally:
                self._lock.release()
        finally:
            self._readers -= 1

    async def _read_one(self, wanted: deque[Any]) -> bool:  # Any: a user's values
        if wanted or self._ended:
            return bool(wanted)
        chunk = await anext(self._source.chunks, END)
        self._ended = chunk is END
        if not self._ended:
            for buffer in self._buffers:
                if buffer is not None:
                    buffer.append(chunk)
        return not self._ended
