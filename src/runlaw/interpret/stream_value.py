"""A stream while it is read: its chunks, how they add up, and what must be closed at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import AsyncGeneratorType, FrameType, GeneratorType
from typing import TYPE_CHECKING, Any, TypeAlias

from runlaw.interpret.bridge import refuse_in_loop, run_stream
from runlaw.interpret.current import LEAVES
from runlaw.kernel.monoid import BY_VALUE
from runlaw.kernel.semigroup import Semigroup

if TYPE_CHECKING:
    from runlaw.interpret.program import Program


Sums: TypeAlias = Semigroup[Any]  # Any: of whatever type the chunks are


class End:
    """The type of ``END``."""


END = End()
"""What reading gives when there are no more chunks."""


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


class Stream:
    """Chunks, sync or async, not yet read.

    ``sums`` says how they add up; a node that chooses its step at run time sets it when it has chosen.
    ``whole`` is true while ``value`` is known and no chunk has been read. ``opened`` lists the generators it is
    made of, from the source down; they are closed in reverse. ``above`` is a stream that this one reads
    without owning it.
    """

    __slots__ = ("above", "chunks", "opened", "sums", "value", "whole")

    def __init__(
        self,
        chunks: Any,  # Any: a sync or async iterator of whatever chunks
        sums: Sums | Callable[[], Sums],
        opened: list[Opened],
        above: tuple[Stream, ...] = (),
    ) -> None:
        self.chunks: Any = chunks  # Any: as above
        self.sums: Sums | Callable[[], Sums] = sums
        self.opened: list[Opened] = opened
        self.above: tuple[Stream, ...] = above
        self.whole: bool = False
        self.value: Any = None  # Any: whatever the program takes

    def then(self, chunks: Any, sums: Sums | Callable[[], Sums], program: Program) -> Stream:  # Any: as in __init__
        """The stream of a further step, that reads this one."""
        out = Stream(chunks, sums, self.opened, self.above)
        out.register(program)
        return out

    def register(self, program: Program | None) -> None:
        """Have the chunks closed with the stream, and known as those of ``program``, if they are a step's."""
        if isinstance(self.chunks, (GeneratorType, AsyncGeneratorType)):
            self.opened.append(Opened(self.chunks, program))

    def read_by(self, chunks: Any) -> Stream:  # Any: as in __init__
        """A stream of chunks that are read from this one, and do not own it."""
        view = Stream(chunks, lambda: self.adding, [], (self,))
        if chunks is not self.chunks:
            view.register(None)
        view.whole = self.whole
        view.value = self.value
        return view

    @property
    def adding(self) -> Sums:
        """How the chunks add up, as far as it is known by now."""
        sums = self.sums
        return sums if isinstance(sums, Semigroup) else sums()

    def total(self, chunks: list[Any]) -> Any:  # Any: whatever chunks
        """The value that the chunks add up to."""
        return self.adding.total(chunks)

    def frames(self) -> dict[FrameType, Program]:
        """Which step each frame of the stream belongs to."""
        known = {frame: program for stream in self.above for frame, program in stream.frames().items()}
        for step in self.opened:
            if step.frame is not None and step.program is not None:
                known[step.frame] = step.program
        return known


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


def close(opened: list[Opened]) -> None:
    """Close sync generators, the last step first, whatever the others raise; raises the first error."""
    failed: BaseException | None = None
    while opened:
        step = opened.pop()
        try:
            step.chunks.close()
        except BaseException as error:
            if "already executing" not in str(error):
                failed = failed or error
        step.forget()
    if failed is not None:
        raise failed


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
    if isinstance(made, GeneratorType):
        return made
    if isinstance(made, AsyncGeneratorType):  # of a function of which only a call can tell that it is async
        refuse_in_loop(program.name, "astream(...)")
        return run_stream(made)
    if isinstance(made, (str, bytes)) or not isinstance(made, Iterable):
        raise TypeError(f"{program.name} must return an iterator of chunks; got {type(made).__name__}")
    return iter(made)
