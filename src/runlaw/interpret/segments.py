"""Long streaming pipes, cut into segments: each iterator calls the one above it, and a stack has an end.

A segment is read on a stack of its own: in a thread (sync) or a task (async) that works only while the next
chunk is wanted, so that the pipe is as lazy as if it were not cut.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextvars import copy_context
from typing import Any

from runlaw.interpret.places import get_executing, set_executing
from runlaw.interpret.pool import POOL
from runlaw.interpret.program import Opener, Program
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import END, Stream

QUIET_STEPS = 150
WATCHED_STEPS = 40


def in_segments(program: Program, openers: Sequence[Opener]) -> list[Opener]:
    """The openers of a pipe, with a boundary after every so many."""
    size = WATCHED_STEPS if program.mode.observed else QUIET_STEPS
    if len(openers) <= size:
        return list(openers)
    boundary = aboundary if program.mode.asynchronous else sync_boundary

    def cut(source: Stream, run: Run) -> Stream:
        return source.then(boundary(source), lambda: source.adding, program)

    with_cuts: list[Opener] = []
    for start in range(0, len(openers), size):
        with_cuts += [cut] * (start > 0)
        with_cuts += openers[start : start + size]
    return with_cuts


def sync_boundary(source: Stream) -> Iterator[Any]:  # Any: a user's chunks
    """The chunks of a stream, each made in a thread while the reader waits."""
    asked, answered = threading.Lock(), threading.Lock()
    asked.acquire()
    answered.acquire()
    chunk: Any = None  # Any: a user's chunk
    failed: BaseException | None = None
    over = False

    def serve() -> None:
        nonlocal chunk, failed
        while True:
            asked.acquire()
            if over:
                return
            set_executing(control)
            try:
                chunk = context.run(next, source.chunks, END)
            except BaseException as error:
                failed = error
            finally:
                set_executing(None)
            answered.release()

    POOL.submit(serve)
    try:
        while True:
            control, context = get_executing(), copy_context()
            asked.release()
            answered.acquire()
            if failed is not None:
                raise failed
            if chunk is END:
                return
            yield chunk
    finally:
        over = True
        asked.release()


async def aboundary(source: Stream) -> AsyncIterator[Any]:  # Any: a user's chunks
    """The chunks of a stream, each made in a task while the reader waits."""
    while True:
        chunk = await asyncio.ensure_future(_next(source))
        if chunk is END:
            return
        yield chunk


async def _next(source: Stream) -> Any:  # Any: a user's chunks
    return await anext(source.chunks, END)
