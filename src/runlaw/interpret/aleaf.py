"""Streaming leaves in async runs: async ones as they are, sync ones read in threads unless they are quick."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextvars import copy_context
from functools import partial
from types import GeneratorType
from typing import Any, TypeGuard

from runlaw.algebra.facts import facts
from runlaw.interpret.aperform import aread_all
from runlaw.interpret.aplaces import cancel_all, in_thread, slots_of
from runlaw.interpret.blame import blame
from runlaw.interpret.control import Control, Stopped
from runlaw.interpret.current import CURRENT, KEYS
from runlaw.interpret.heights import heights
from runlaw.interpret.locate import marked, opened
from runlaw.interpret.perform import blame_stream
from runlaw.interpret.program import Mode, Opener, Program
from runlaw.interpret.run import Run
from runlaw.interpret.segments import Part, in_segments
from runlaw.interpret.stream import plain
from runlaw.interpret.stream_value import (
    END,
    Opened,
    Stream,
    Turn,
    as_of,
    async_chunks_of,
    async_iterator_of,
    close,
    iterator_of,
    once,
)
from runlaw.interpret.sums import sums_of, told_by_chunks
from runlaw.kernel.config import Config
from runlaw.kernel.monoid import check_summable
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
        made = aplain(async_iterator_of(fn(await aread_all(source, run)), program))
        try:
            async for chunk in made:
                yield chunk
        finally:
            await made.aclose()

    def opener(source: Stream, run: Run) -> Stream:
        if whole_input and not source.whole:
            return source.then(collected(source, run), sums, program)
        out: Stream | None = None
        try:
            made = async_iterator_of(fn(source.value if whole_input else source.chunks), program)
            out = source.then(made, sums, program)
            if not source.opened or source.opened[-1].chunks is not made:
                out.chunks = aplain(made)
                out.register(program)
            return out
        except Exception as error:
            blame(error, program)
            raise
        finally:
            if KEYS:
                opened(sys._getframe(), None if out is None else out.frame)

    return marked(opener, "open")


async def aplain(made: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:  # Any: a user's values
    """An async iterator that is no generator, as one: so that its errors can be told from others."""
    try:
        async for chunk in made:
            yield chunk
    finally:
        shut = getattr(made, "aclose", None)
        if shut is not None:
            await shut()


def scoped(program: Program) -> Opener:
    """A leaf that is watched, or of which only a call can tell whether it is async."""
    node = program.node
    assert isinstance(node, (Generate, Transform))
    sums = sums_of(node)

    async def chunks(source: Stream, run: Run) -> AsyncIterator[Any]:  # Any: a user's values
        given = await aread_all(source, run) if isinstance(node, Generate) else Unsettled(source, run)
        puller: Puller | None = None
        made: Any = None  # Any: whatever a user's function gave
        advance: Any = None  # Any: its next chunk, to be awaited
        hops = False
        unchecked = told_by_chunks(node)
        turn = Turn()
        own: list[Opened] = []
        try:
            while True:
                token = CURRENT.set(run)
                try:
                    if made is None:
                        made = node.fn(given)
                        if hasattr(made, "__next__"):
                            made = iterator_of(made, program)
                            made = made if isinstance(made, GeneratorType) else plain(made)
                            own.append(Opened(made, program))
                            KEYS[made.gi_frame] = sys._getframe()
                            puller = given.settle() if isinstance(given, Unsettled) else None
                            hops = node.options.blocking or puller is not None
                        else:
                            made = async_chunks_of(made, program)
                            advance = made.__anext__
                    if advance is not None:
                        chunk = await advance()
                        if unchecked:
                            check_summable(chunk)
                            unchecked = False
                    else:
                        chunk = await in_turn(run, turn, puller, partial(next_of, made)) if hops else next(made, END)
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
            await end_leaf(run, turn, own, puller, made)

    return lambda source, run: source.then(chunks(source, run), sums, program)


def sync_stretch(program: Program, parts: Sequence[Program]) -> Opener:
    """Neighbouring sync streaming leaves: a sync stream of their own, of which each chunk takes one hop."""
    hops = any(facts(part.node).blocking for part in parts)
    twins = [twin_of(part, checked=hops) for part in parts]
    openers = in_segments([Part(twin.stream, heights(twin.node, observed=False).stream) for twin in twins])
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
            close_in(run, stream)

    async def hopping(source: Stream, run: Run) -> AsyncIterator[Any]:  # Any: a user's values
        turn = Turn()
        puller = None if source.whole else Puller(source, run)
        given = once(source.value) if puller is None else Stream(puller.chunks(), as_of(source), [], (source,))
        stream: Stream | None = None

        def advance(own: Run) -> Any:  # Any: a user's values
            nonlocal stream
            stream = stream or start(given, own)
            try:
                return next(stream.chunks, END)
            except Exception as error:
                blame_stream(error, stream)
                raise

        try:
            while True:
                chunk = await in_turn(run, turn, puller, advance)
                if chunk is END:
                    return
                yield chunk
        finally:
            await end_leaf(run, turn, given.opened, puller)

    def opener(source: Stream, run: Run) -> Stream:
        chunks = inline if source.whole and not hops else hopping
        return source.then(chunks(source, run), sums, program)

    return opener


async def in_turn(run: Run, turn: Turn, puller: Puller | None, read: Callable[[Run], Any]) -> Any:  # Any: a chunk
    """Read a leaf's chunk in a thread, in its turn; ``puller`` fetches what the leaf reads, if that is a stream."""

    def work(own: Run) -> Any:  # Any: a user's values
        with turn:
            if turn.over():
                raise Stopped
            if puller is not None:
                puller.control = own.control
            return read(own)

    try:
        return await in_thread(run, work)
    finally:
        if puller is not None:
            puller.control = None


async def end_leaf(
    run: Run,
    turn: Turn,
    opened: list[Opened],
    puller: Puller | None,
    made: Any = None,  # Any: whatever a user's function gave
) -> None:
    """Close what a leaf made, an async generator or sync steps, as code of its run, whatever is raised meanwhile."""
    try:
        if puller is not None:
            await puller.stop()
    finally:
        token = CURRENT.set(run)
        try:
            if hasattr(made, "aclose"):
                await made.aclose()
        finally:
            try:
                turn.end(opened)
            finally:
                CURRENT.reset(token)


def next_of(made: Iterator[Any], _: Run) -> Any:  # Any: a user's values
    """The next chunk, or ``END``."""
    return next(made, END)


def close_in(run: Run, stream: Stream | None) -> None:
    """Close a leaf's stream, if it was opened, as code of that leaf's run."""
    if stream is None:
        return
    token = CURRENT.set(run)
    try:
        close(stream.opened)
    finally:
        CURRENT.reset(token)


def twin_of(part: Program, checked: bool) -> Program:
    """The sync, unwatched variant of a leaf at its place; ``checked`` if it may be abandoned."""
    said = part.config
    config = Config(run_name=said.run_name, tags=said.tags, metadata=said.metadata)
    return Program(part.node, Mode(checked=checked), part.parent, part.label, part.tag, config)


def is_sync_streaming(node: Leaf) -> bool:
    """Whether a leaf may be a part of a ``sync_stretch``."""
    return isinstance(node, (Generate, Transform)) and node.asynchronous is False


class Unsettled:
    """Chunks for a transform of which only its result tells whether it reads them in the sync or the async way."""

    def __init__(self, source: Stream, run: Run) -> None:
        self._source = source
        self._run = run
        self._settled: Iterator[Any] | None = None  # Any: a user's values

    def settle(self) -> Puller | None:
        """From now on they are read in the sync way, and in a thread, if only a ``Puller`` can fetch them."""
        source = self._source
        puller = None if source.whole else Puller(source, self._run)
        self._settled = iter((source.value,)) if puller is None else puller.chunks()
        return puller

    def __aiter__(self) -> AsyncIterator[Any]:  # Any: a user's values
        chunks: AsyncIterator[Any] = self._source.chunks  # Any: as above
        return chunks

    def __iter__(self) -> Iterator[Any]:  # Any: a user's values
        return self

    def __next__(self) -> Any:  # Any: a user's values
        if self._settled is None:
            raise TypeError(
                "a transform that is not known to be sync read its chunks before it returned an iterator; "
                "write it as a generator function, or annotate what it takes as Iterator[...]"
            )
        return next(self._settled)


class Puller:
    """An async stream read from a thread: each chunk is awaited on the event loop.

    A thread that waits for a chunk runs no leaf, so it lends its place among the threads. ``control`` is that of the
    thread in which the leaf runs, while it does. Its chunks may be read by another thread, of a program that the leaf
    runs, also when the leaf itself has come back.
    """

    def __init__(self, source: Stream, run: Run) -> None:
        self._source = source
        self.control: Control | None = None
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
            self._loop.call_soon_threadsafe(self._ask)
            self._came.acquire()
            task = self._task
            if task is None or self._stopped or task.cancelled():
                raise asyncio.CancelledError
            chunk = task.result()
            if chunk is END:
                return
            yield chunk

    def _ask(self) -> None:
        control = self.control
        if self._stopped or (control is not None and control.dead):
            self._stopped = True
            self._came.release()
            return
        lent = control if control is not None and control.holds else None
        if lent is not None:
            lent.holds = False
            self._slots.give(self._slots.threads)
        self._task = self._loop.create_task(self._next(lent), context=self._context.copy())
        self._task.add_done_callback(lambda _: self._came.release())

    async def _next(self, lent: Control | None) -> Any:  # Any: a user's values
        try:
            return await anext(self._source.chunks, END)
        finally:
            if self._runs(lent):
                await self._slots.take(self._slots.threads, first=True)
                if self._runs(lent):
                    lent.holds = True
                else:
                    self._slots.give(self._slots.threads)

    def _runs(self, lent: Control | None) -> TypeGuard[Control]:
        """Whether the thread whose place was lent is still at work for the leaf."""
        return lent is not None and lent is self.control and not lent.dead

    async def stop(self) -> None:
        """End the thread's wait, and wait until nothing reads the source any more."""
        self._stopped = True
        if self._task is not None:
            await cancel_all([self._task])
