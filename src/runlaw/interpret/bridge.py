"""Async leaves in sync runs: an event loop for them where none runs, a clear error where one does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Generator, Iterator
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar

from runlaw.interpret.executing import get_executing

T = TypeVar("T")
ITERATED = ("astream", "atransform", "abatch_as_completed", "astream_events", "astream_log")
"""The methods whose results come one by one, so that they are not awaited."""


def refuse_in_loop(name: str, *use: str) -> None:
    """Refuse a sync run of an async program inside an event loop; ``use`` are the methods to be used there instead.

    Raises:
        RuntimeError: An event loop runs in this thread.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    advice = " or ".join(f"`async for ... in x.{way}`" if way.startswith(ITERATED) else f"`await {way}`" for way in use)
    raise RuntimeError(f"{name} has an async step and was run by a sync method inside an event loop: use {advice}")


def run_coroutine(awaitable: Awaitable[T]) -> T:
    """Run an awaitable to its end on an event loop of its own."""

    return asyncio.run(while_wanted(awaitable))


async def while_wanted(awaitable: Awaitable[T]) -> T:
    """Await; where this happens in a job that is abandoned, cancel what is awaited."""
    host = get_executing()
    if host is None:
        return await awaitable
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def cancel() -> None:
        with suppress(RuntimeError):  # the loop is closed: nothing is awaited any more
            loop.call_soon_threadsafe(task.cancel)

    with host.alarmed(cancel):
        return await awaitable


def finish_awaitable(awaitable: Awaitable[T]) -> T:
    """The result of an awaitable that a leaf returned, of which only the call could tell that it is async."""
    try:
        refuse_in_loop("the program", "ainvoke")
    except RuntimeError:
        close = getattr(awaitable, "close", None)
        if close is not None:
            close()
        raise
    return run_coroutine(awaitable)


class Feed(AsyncIterator[Any]):  # Any: a user's chunks
    """The chunks of a sync iterator, for an async generator that ``run_stream`` reads.

    They are read while its loop stands still, so that what makes them may run an event loop too.
    """

    def __init__(self, chunks: Iterator[Any]) -> None:  # Any: a user's chunks
        self._chunks = chunks
        self._context = copy_context()
        self._making: asyncio.Task[Any] | None = None  # Any: what the generator makes
        self._asked: asyncio.Future[None] | None = None
        self._reader: asyncio.Future[tuple[Any, BaseException | None]] | None = None  # Any: a user's chunk

    async def __anext__(self) -> Any:  # Any: a user's chunk
        self._reader = asyncio.get_running_loop().create_future()
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(None)
        chunk, error = await self._reader
        if error is not None:
            raise error
        return chunk

    def next_of(self, made: AsyncGenerator[T, None], runner: asyncio.Runner) -> T:
        """What the generator makes next, of as many chunks as it wants."""
        try:
            while (making := runner.run(while_wanted(self._work(made)), context=self._context)) is None:
                self._answer()
            return making.result()
        finally:
            self._making = None

    async def _work(self, made: AsyncGenerator[T, None]) -> asyncio.Task[T] | None:
        """Go on until something was made, or a chunk is wanted."""
        loop = asyncio.get_running_loop()
        making = self._making = self._making or loop.create_task(_next(made), context=self._context)
        if self._reader is None:
            self._asked = loop.create_future()
            try:
                await asyncio.wait([making, self._asked], return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                making.cancel()
                await asyncio.wait([making])
                raise
        return making if making.done() else None

    def _answer(self) -> None:
        """Read the chunk that is wanted."""
        reader, self._reader = self._reader, None
        if reader is None or reader.done():
            return
        try:
            reader.set_result((next(self._chunks), None))
        except StopIteration:
            reader.set_result((None, StopAsyncIteration()))
        except BaseException as error:
            reader.set_result((None, error))


def run_stream(chunks: AsyncGenerator[T, None], feed: Feed | None = None) -> Generator[T, None, None]:
    """Read an async generator on an event loop of its own, which runs while a chunk is wanted; it may read ``feed``."""
    runner = asyncio.Runner()
    try:
        while True:
            try:
                chunk = runner.run(while_wanted(_next(chunks))) if feed is None else feed.next_of(chunks, runner)
            except _Ended:
                return
            yield chunk
    finally:
        try:
            runner.run(_close(chunks))
        finally:
            runner.close()


async def _next(chunks: AsyncGenerator[T, None]) -> T:
    try:
        return await anext(chunks)
    except StopAsyncIteration:
        raise _Ended from None


async def _close(chunks: AsyncGenerator[Any, None]) -> None:  # Any: whatever chunks
    await chunks.aclose()


class _Ended(Exception):
    """The generator has no more chunks."""
