"""Async leaves in sync runs: an event loop for them where none runs, a clear error where one does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Generator
from contextlib import suppress
from typing import Any, TypeVar

from runlaw.interpret.executing import get_executing

T = TypeVar("T")


def refuse_in_loop(name: str, use: str) -> None:
    """Refuse a sync run of an async program inside an event loop.

    Raises:
        RuntimeError: An event loop runs in this thread.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(f"{name} has an async step and was run by a sync method inside an event loop: use `await {use}`")


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


def run_stream(chunks: AsyncGenerator[T, None]) -> Generator[T, None, None]:
    """Read an async generator on an event loop of its own, which runs while a chunk is wanted."""
    runner = asyncio.Runner()
    try:
        while True:
            try:
                chunk = runner.run(_next(chunks))
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
        return await while_wanted(anext(chunks))
    except StopAsyncIteration:
        raise _Ended from None


async def _close(chunks: AsyncGenerator[Any, None]) -> None:  # Any: whatever chunks
    await chunks.aclose()


class _Ended(Exception):
    """The generator has no more chunks."""
