"""Streaming leaves in async runs: async ones as they are, sync ones read in threads unless they are quick."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextvars import copy_context
from typing import Any

from runlaw.algebra.facts import facts
from runlaw.interpret.aperform import aread_all
from runlaw.interpret.aplaces import in_thread, slots_of
from runlaw.interpret.blame import blame
from runlaw.interpret.control import Control
from runlaw.interpret.current import CURRENT
from runlaw.interpret.perform import blame_stream
from runlaw.interpret.program import Mode, Opener, Program
from runlaw.interpret.run import Run
from runlaw.interpret.segments import in_segments
from runlaw.interpret.stream_value import END, Stream, close, once
from runlaw.interpret.sums import sums_of
from runlaw.kernel.config import Config
from runlaw.kernel.nodes import Generate, Leaf, Transform


def leaf_opener(program: Program) -> Opener:
    """The stream of a ``Generate`` or ``Transform``."""
    node = program.node
    assert isinstance(node, (Generate, Transform))
    if node.asynchronous is False:
        return sync_stretch(program, [program])
    if program.mode.observed or node.asynchronous is None:
        return scoped(program)
    sums = sums_of(node)
    fn = node.fn
    whole_input = isinstance(node, Generate)

    async def collected(source: Stream, run: Run) -> AsyncIterator[Any]:  # Any: a user's values
        made = plain(_async_iterator(fn(await aread_all(source, run)), program))
        try:
            async for chunk in made:
                yield chunk
        finally:
            await made.aclose()

    def opener(source: Stream, run: Run) -> Stream:
        if whole_input and not source.whole:
            return source.then(collected(source, run), sums, program)
        try:
            made = _async_iterator(fn(source.value if whole_input else source.chunks), program)
        except Exception as error:
            blame(error, program)
            raise
        out = source.then(made, sums, program)
        if not source.opened or source.opened[-1].chunks is not made:
            out.chunks = plain(made)
            out.register(program)
        return out

    return opener


async def plain(made: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:  # Any: a user's values
    """An async iterator that is no generator, as one: so that its errors can be told from others."""
    try:
        async for chunk in made:
            yield chunk
    finally:
        shut = getattr(made, "aclose", None)
        if shut is not None:
            await shut()


def _async_iterator(made: Any, program: Program) -> AsyncIterator[Any]:  # Any: whatever a user's function gave
    if not hasattr(made, "__aiter__"):
        raise TypeError(f"{program.name} must return an async iterator of chunks; got {type(made).__name__}")
    iterator: AsyncIterator[Any] = made.__aiter__()  # Any: a user's values
    return iterator


def scoped(program: Program) -> Opener:
    """A leaf that is watched, or of which only a call can tell whether it is async."""
    node = program.node
    assert isinstance(node, (Generate, Transform))
    sums = sums_of(node)

    async def chunks(source: Stream, run: Run) -> AsyncIterator[Any]:  # Any: a user's values
        given = await aread_all(source, run) if isinstance(node, Generate) else source.chunks
        made: Any = None  # Any: whatever a user's function gave
        advance: Any = None  # Any: its next chunk, to be awaited
        try:
            while True:
                token = CURRENT.set(run)
                try:
                    if made is None:
                        made = node.fn(given)
                        made = iter(made) if hasattr(made, "__next__") else _async_iterator(made, program)
                        advance = getattr(made, "__anext__", None)
                    chunk = next(made, END) if advance is None else await advance()
                except StopAsyncIteration:
                    return
                except Exception as error:
                    if not isinstance(node, Transform):
                        blame(error, program)
                    raise
                finally:
                    CURRENT.reset(token)
                if chunk is END:
                    return
                yield chunk
        finally:
            shut = getattr(made, "aclose", None)
            if shut is not None:
                await shut()

    return lambda source, run: source.then(chunks(source, run), sums, program)


def sync_stretch(program: Program, parts: Sequence[Program]) -> Opener:
    """Neighbouring sync streaming leaves: a sync stream of their own, of which each chunk takes one hop."""
    twins = [twin_of(part) for part in parts]
    hops = any(facts(part.node).blocking for part in parts)
    openers = in_segments(twins[-1], [twin.stream for twin in twins])
    sums = sums_of(parts[-1].node)
    watched = program.mode.observed

    def start(source: Stream, run: Run) -> Stream:
        for opener in openers:
            source = opener(source, run)
        return source

    async def inline(source: Stream, run: Run) -> AsyncIterator[Any]:  # Any: a user's values
        stream: Stream | None = None
        try:
            while True:
                token = CURRENT.set(run) if watched else None
                try:
                    stream = stream or start(once(source.value), run)
                    chunk = next(stream.chunks, END)
                finally:
                    if token is not None:
                        CURRENT.reset(token)
                if chunk is END:
                    return
                yield chunk
        except Exception as error:
            if stream is not None:
                blame_stream(error, stream)
            raise
        finally:
            if stream is not None:
                close(stream.opened)

    async def hopping(source: Stream, run: Run) -> AsyncIterator[Any]:  # Any: a user's values
        puller = None if source.whole else Puller(source, run)
        given = once(source.value) if puller is None else Stream(puller.chunks(), lambda: source.adding, [], (source,))
        stream: Stream | None = None

        def advance(own: Run) -> Any:  # Any: a user's values
            nonlocal stream
            stream = stream or start(given, own)
            try:
                return next(stream.chunks, END)
            except Exception as error:
                blame_stream(error, stream)
                raise
            finally:
                if own.dead:
                    close(stream.opened)

        try:
            while True:
                chunk = await in_thread(run, advance)
                if chunk is END:
                    return
                yield chunk
        finally:
            if puller is not None:
                await puller.stop()
            if stream is not None:
                close(stream.opened)

    def opener(source: Stream, run: Run) -> Stream:
        chunks = inline if source.whole and not hops else hopping
        return source.then(chunks(source, run), sums, program)

    return opener


def twin_of(part: Program) -> Program:
    """The sync, unwatched variant of a leaf at its place."""
    said = part.config
    config = Config(run_name=said.run_name, tags=said.tags, metadata=said.metadata)
    return Program(part.node, Mode(), part.parent, part.label, part.tag, config)


def is_sync_streaming(node: Leaf) -> bool:
    """Whether a leaf may be a part of a ``sync_stretch``."""
    return isinstance(node, (Generate, Transform)) and node.asynchronous is False


class Puller:
    """An async stream read from a thread: each chunk is awaited on the event loop.

    A thread that waits for a chunk runs no leaf, so it lends its place among the threads.
    """

    def __init__(self, source: Stream, run: Run) -> None:
        self._source = source
        self._slots = slots_of(run)
        self._context = copy_context()
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[Any] | None = None  # Any: a user's values
        self._stopped = False
        self._came: threading.Lock = threading.Lock()
        self._came.acquire()

    def chunks(self) -> Iterator[Any]:  # Any: a user's values
        """The chunks, for the thread."""
        while True:
            self._loop.call_soon_threadsafe(self._ask, _control())
            self._came.acquire()
            task = self._task
            if task is None or self._stopped or task.cancelled():
                raise asyncio.CancelledError
            chunk = task.result()
            if chunk is END:
                return
            yield chunk

    def _ask(self, control: Control) -> None:
        if self._stopped or control.dead:
            self._stopped = True
            self._came.release()
            return
        control.holds = False
        self._slots.give(self._slots.threads)
        self._task = self._loop.create_task(self._next(control), context=self._context.copy())
        self._task.add_done_callback(lambda _: self._came.release())

    async def _next(self, control: Control) -> Any:  # Any: a user's values
        try:
            return await anext(self._source.chunks, END)
        finally:
            if not control.dead:
                await self._slots.take(self._slots.threads, first=True)
                control.holds = True

    async def stop(self) -> None:
        """End the thread's wait, and wait until nothing reads the source any more."""
        self._stopped = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            if not self._task.cancelled():
                self._task.exception()


def _control() -> Control:
    """The control of the thread that asks."""
    run = CURRENT.get()
    assert run is not None
    assert run.control is not None
    return run.control
