"""A stream while it is read: its chunks, how they add up, and what must be closed at its end."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from threading import Lock
from time import sleep
from types import AsyncGeneratorType, FrameType, GeneratorType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from runlaw.interpret.bridge import refuse_in_loop, run_stream
from runlaw.interpret.current import KEYS, LEAVES
from runlaw.interpret.pool import POOL
from runlaw.interpret.sums import told_by_chunks
from runlaw.kernel.monoid import BY_VALUE, check_summable
from runlaw.kernel.nodes import MapChunks
from runlaw.kernel.semigroup import Semigroup

if TYPE_CHECKING:
    from runlaw.interpret.program import Program


Sums: TypeAlias = Semigroup[Any]  # Any: of whatever type the chunks are


class End:
    """The type of ``END``."""


END = End()
"""What reading gives when there are no more chunks."""


class Derived(NamedTuple):
    """How chunks add up where it follows from how those of other streams do, as far as these are known by now."""

    streams: Sequence[Stream]
    combine: Callable[[Sequence[Sums]], Sums]


Adding: TypeAlias = Sums | Callable[[], Derived]


class Opened:
    """A generator of the program: its frame tells, when an error or a question comes, which step it was."""

    __slots__ = ("chunks", "frame", "program")

    def __init__(self, chunks: Any, program: Program | None) -> None:  # Any: an iterator of whatever chunks
        self.chunks: Any = chunks  # Any: as above
        self.program: Program | None = program
        self.frame: FrameType | None = getattr(chunks, "gi_frame", None) or getattr(chunks, "ag_frame", None)
        if self.frame is not None and program is not None:
            LEAVES[self.frame] = program

    def forget(self) -> None:
        """It is closed, and makes no more chunks."""
        if self.frame is not None:
            LEAVES.pop(self.frame, None)
            if KEYS:
                KEYS.pop(self.frame, None)


class Stream:
    """Chunks, sync or async, not yet read.

    ``sums`` says how they add up; a node that chooses its step at run time sets it when it has chosen.
    ``whole`` is true while ``value`` is known and no chunk has been read. ``opened`` lists the generators it is
    made of, from the source down; they are closed in reverse. ``above`` is a stream that this one reads
    without owning it. ``step`` makes the chunks, of those of ``source``, where it is the stream of a step.
    """

    __slots__ = ("above", "chunks", "opened", "source", "step", "sums", "value", "whole")

    def __init__(
        self,
        chunks: Any,  # Any: a sync or async iterator of whatever chunks
        sums: Adding,
        opened: list[Opened],
        above: tuple[Stream, ...] = (),
    ) -> None:
        self.chunks: Any = chunks  # Any: as above
        self.sums: Adding = sums
        self.opened: list[Opened] = opened
        self.above: tuple[Stream, ...] = above
        self.whole: bool = False
        self.value: Any = None  # Any: whatever the program takes
        self.step: Program | None = None
        self.source: Stream | None = None

    def then(self, chunks: Any, sums: Adding, program: Program) -> Stream:  # Any: as in __init__
        """The stream of a further step, that reads this one."""
        out = Stream(chunks, sums, self.opened, self.above)
        out.step, out.source = program, self
        out.register(program)
        return out

    def register(self, program: Program | None) -> None:
        """Have the chunks closed with the stream, and known as those of ``program``, if they are a step's."""
        if isinstance(self.chunks, (GeneratorType, AsyncGeneratorType)):
            self.opened.append(Opened(self.chunks, program))

    @property
    def frame(self) -> FrameType | None:
        """The frame of its last step, if that is a generator."""
        return self.opened[-1].frame if self.opened else None

    def read_by(self, chunks: Any) -> Stream:  # Any: as in __init__
        """A stream of chunks that are read from this one, and do not own it."""
        view = Stream(chunks, as_of(self), [], (self,))
        if chunks is not self.chunks:
            view.register(None)
        view.whole = self.whole
        view.value = self.value
        return view

    @property
    def adding(self) -> Sums:
        """How the chunks add up, as far as it is known by now."""
        return self.sums if isinstance(self.sums, Semigroup) else resolved(self, final=False)

    def settle(self) -> None:
        """All chunks have come: how they add up is known, and kept, here and where it follows from."""
        if not isinstance(self.sums, Semigroup):
            resolved(self, final=True)

    def total(self, chunks: list[Any]) -> Any:  # Any: whatever chunks
        """The value that the chunks add up to."""
        return self.adding.total(chunks)

    def frames(self) -> dict[FrameType, Program]:
        """Which step each frame of the stream belongs to."""
        known: dict[FrameType, Program] = {}
        pending = [self]
        while pending:
            stream = pending.pop()
            pending += stream.above
            for step in stream.opened:
                if step.frame is not None and step.program is not None:
                    known[step.frame] = step.program
        return known


def as_of(stream: Stream) -> Callable[[], Derived]:
    """Adding up as the chunks of another stream do."""
    return lambda: Derived((stream,), itself)


def itself(sums: Sequence[Sums]) -> Sums:
    """The one of them."""
    return sums[0]


def resolved(stream: Stream, final: bool) -> Sums:
    """How a stream's chunks add up, which may follow from any number of streams above; ``final`` has all keep it."""
    known: dict[Stream, Sums] = {}
    pending = [stream]
    while pending:
        at = pending[-1]
        sums = at.sums
        if at in known or isinstance(sums, Semigroup):
            known.setdefault(at, sums)  # type: ignore[arg-type]  # a semigroup, if it was not known
            pending.pop()
            continue
        streams, combine = sums()
        missing = [above for above in streams if above not in known]
        if missing:
            pending += missing
            continue
        known[at] = combine([known[above] for above in streams])
        if final:
            at.sums = known[at]
            if len(streams) == 1:
                at.step, at.source = streams[0].step, streams[0].source
        pending.pop()
    return known[stream]


def once(value: Any, asynchronous: bool = False) -> Stream:  # Any: whatever the program takes
    """The stream of one known value."""
    stream = Stream(AsyncOnce(value) if asynchronous else iter((value,)), BY_VALUE, [])
    stream.whole = True
    stream.value = value
    return stream


class AsyncOnce:
    """An async iterator of one value. It needs no closing, as an async generator would."""

    __slots__ = ("_left",)

    def __init__(self, value: Any) -> None:  # Any: whatever the program takes
        self._left = [value]

    def __aiter__(self) -> AsyncOnce:
        return self

    async def __anext__(self) -> Any:  # Any: whatever the program takes
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop()


def close(opened: list[Opened]) -> list[Opened]:
    """Close sync generators, the last step first, whatever the others raise; raises the first error.

    Those that some thread is executing cannot be closed, and are given back.
    """
    failed: BaseException | None = None
    busy: list[Opened] = []
    while opened:
        step = opened.pop()
        try:
            step.chunks.close()
        except BaseException as error:
            if "already executing" in str(error):
                busy.insert(0, step)
            else:
                failed = failed or error
        step.forget()
    if failed is not None:
        raise failed
    return busy


def insist(busy: list[Opened]) -> None:
    """Close steps that other threads are executing, as soon as these come back from them."""
    pause = 0.001
    while busy:
        sleep(pause)
        pause = min(2 * pause, 0.1)
        with suppress(Exception):  # nobody waits for it any more
            busy = close(busy)


class Turn:
    """Who may read a stream that a thread reads and another ends: whichever comes last closes its steps."""

    __slots__ = ("_ending", "_lock")

    def __init__(self) -> None:
        self._lock = Lock()
        self._ending: list[Opened] | None = None

    def take(self, blocking: bool = True) -> bool:
        """Begin to read; whether nobody else does."""
        return self._lock.acquire(blocking)

    def leave(self) -> None:
        """Read no longer."""
        self._lock.release()
        self._close()

    def __enter__(self) -> None:
        self.take()

    def __exit__(self, *raised: object) -> None:
        self.leave()

    def over(self) -> bool:
        """Whether nobody wants more."""
        return self._ending is not None

    def end(self, opened: list[Opened]) -> None:
        """Close the steps: now, or as soon as nobody reads them any more."""
        self._ending = opened
        self._close()

    def _close(self) -> None:
        if self._ending is not None and self._lock.acquire(blocking=False):
            try:
                busy = close(self._ending)
            finally:
                self._lock.release()
            if busy:  # a thread that this one started, and that was given up as well
                POOL.submit(lambda: insist(busy))


def silent_step(stream: Stream) -> Program | None:
    """The step that is why a stream had no chunks, and no value, as far as it is known.

    A step that is called for each chunk had none because its source had none.
    """
    at = stream
    while True:
        inside = () if isinstance(at.sums, Semigroup) else at.sums().streams
        if len(inside) == 1:
            at = inside[0]
        elif at.step is None or at.source is None or not isinstance(at.step.node, MapChunks) or has_empty(at.source):
            return at.step
        else:
            at = at.source


def has_empty(stream: Stream) -> bool:
    """Whether no chunks add up to a value."""
    try:
        stream.total([])
    except ValueError:
        return False
    return True


async def aclose(opened: list[Opened]) -> None:
    """``close`` for generators of both kinds."""
    failed: BaseException | None = None
    while opened:
        step = opened.pop()
        try:
            if isinstance(step.chunks, AsyncGeneratorType):
                await step.chunks.aclose()
            else:
                step.chunks.close()
        except BaseException as error:
            failed = failed or error
        step.forget()
    if failed is not None:
        raise failed


def leaf_of_error(stream: Stream, error: BaseException) -> Program | None:
    """The innermost step of a stream that the error passed through.

    Python turns a ``StopIteration`` that escapes a generator into the cause of a ``RuntimeError``.
    """
    frames = stream.frames()
    found: Program | None = None
    traceback = error.__traceback__
    while traceback is not None:
        found = frames.get(traceback.tb_frame, found)
        traceback = traceback.tb_next
    cause = error.__cause__
    if isinstance(error, RuntimeError) and isinstance(cause, (StopIteration, StopAsyncIteration)):
        return leaf_of_error(stream, cause) or found
    return found


def iterator_of(made: object, program: Program) -> Iterator[Any]:  # Any: whatever chunks
    """What a streaming leaf returned, as an iterator; a ``TypeError`` if it is none."""
    if isinstance(made, AsyncGeneratorType):  # of a function of which only a call can tell that it is async
        refuse_in_loop(program.title, "astream(...)")
        made = run_stream(made)
    if isinstance(made, (str, bytes)) or not isinstance(made, Iterable):
        raise TypeError(f"{program.title} must return an iterator of chunks; got {type(made).__name__}")
    return summable(iter(made)) if told_by_chunks(program.node) else iter(made)


def summable(made: Iterator[Any]) -> Iterator[Any]:  # Any: whatever chunks
    """Chunks of which the first must tell how they add up; raises a ``TypeError`` if it cannot."""
    try:
        for chunk in made:
            check_summable(chunk)
            yield chunk
            break
        yield from made
    finally:
        shut = getattr(made, "close", None)
        if shut is not None:
            shut()


def async_iterator_of(made: Any, program: Program) -> AsyncIterator[Any]:  # Any: whatever a user's function gave
    """What an async streaming leaf returned, as an async iterator; a ``TypeError`` if it is none."""
    chunks = async_chunks_of(made, program)
    return asummable(chunks) if told_by_chunks(program.node) else chunks


def async_chunks_of(made: Any, program: Program) -> AsyncIterator[Any]:  # Any: as above
    """``async_iterator_of``, for one who sees to it that the first chunk tells how all add up."""
    if not hasattr(made, "__aiter__"):
        raise TypeError(f"{program.title} must return an async iterator of chunks; got {type(made).__name__}")
    return made.__aiter__()  # type: ignore[no-any-return]  # of a user's type


async def asummable(made: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:  # Any: whatever chunks
    """``summable`` for async chunks."""
    checked = False
    try:
        async for chunk in made:
            if not checked:
                check_summable(chunk)
                checked = True
            yield chunk
    finally:
        shut = getattr(made, "aclose", None)
        if shut is not None:
            await shut()
