"""The observed variant of every meaning: the same closures, inside a run that tells events."""

from __future__ import annotations

from asyncio import current_task
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Any

from runlaw.events.event import UNKNOWN
from runlaw.interpret.aperform import aread_all
from runlaw.interpret.guarded import open_run, wanders
from runlaw.interpret.perform import blame_stream, read_all
from runlaw.interpret.program import Call, Opener, Program, wrapper
from runlaw.interpret.run import Run
from runlaw.interpret.run_shape import WHOLE_INPUT, run_type, tells_chunks
from runlaw.interpret.stream_value import Stream, aclose, as_of, close, once
from runlaw.interpret.watch import NEW, Watched


@wrapper("observed_call")
def observed_call(program: Program, call: Call) -> Call:
    """A call that tells its start, and its end or error."""

    quick = not program.mode.checked

    def watched(value: Any, parent: Run) -> Any:  # Any: a user's values
        run = Watched(program, parent, parent) if quick and type(parent) is Watched else open_run(program, parent)
        try:
            run.start(value)
            output = call(value, run)
        except BaseException as error:
            run.fail(error)
            raise
        run.end(output)
        return output

    async def awatched(value: Any, parent: Run) -> Any:  # Any: a user's values
        run = open_run(program, parent)
        watch = run.env.watch
        try:
            if watch is not None and len(watch.events) >= watch.limit:
                await watch.room()
            run.start(value)
            output = await call(value, run)
            if watch is not None and len(watch.events) >= watch.limit:
                await watch.room()
        except BaseException as error:
            run.fail(error)
            raise
        run.end(output)
        return output

    return awatched if program.mode.asynchronous else watched


class Tap:
    """What a watched stream has read and made so far. One for each run."""

    __slots__ = ("broke", "complete", "made", "read", "run", "source")

    def __init__(self, run: Watched, source: Stream) -> None:
        self.run: Watched = run
        self.source: Stream = source
        self.read: list[Any] = []  # Any: a user's chunks
        self.made: list[Any] = []  # Any: a user's chunks
        self.broke: bool = False
        """Whether it was the input that failed."""
        self.complete: bool = False
        """Whether the input was read to its end."""

    def begin(self, source: Stream) -> None:
        """Start at once where the input is known; else with the first chunk of the input or of the output."""
        self.source = source
        if source.whole:
            self.run.start(source.value)

    def tapped(self) -> Iterator[Any]:  # Any: a user's chunks
        """The chunks of the input, noted."""
        read = self.read
        try:
            for chunk in self.source.chunks:
                if not read:
                    self.run.start_fed()
                read.append(chunk)
                yield chunk
            self.complete = True
        except BaseException:
            self.broke = True
            raise

    async def atapped(self) -> AsyncGenerator[Any, None]:  # Any: a user's chunks
        """``tapped`` for async chunks."""
        read = self.read
        try:
            async for chunk in self.source.chunks:
                if not read:
                    self.run.start_fed()
                read.append(chunk)
                yield chunk
            self.complete = True
        except BaseException:
            self.broke = True
            raise

    def end(self, out: Stream) -> None:
        """The output is complete."""
        out.settle()
        run = self.run
        if run.phase == NEW:
            run.start_fed()
        run.end(told_total(out, self.made), self._input())

    def closed(self, out: Stream | None, cancelled: bool) -> None:
        """Nobody wants more of the output: the run ends with what it gave, unless it was given up."""
        try:
            if cancelled or out is None:
                raise GeneratorExit
            output = out.total(self.made)
        except BaseException:  # what there is adds up to no value
            self.run.fail(GeneratorExit())
        else:
            self.run.end(output, self._input())

    def fail(self, error: BaseException) -> None:
        """The stream broke off. A run that did not start, as its input failed or it was given up, is not told of."""
        if self.run.phase == NEW and not self.broke and isinstance(error, Exception):
            self.run.start_fed()
        self.run.fail(error)

    def _input(self) -> Any:  # Any: a user's values
        """The input, as far as it was read; what started with its input knows it."""
        if not self.read and not self.complete:
            return UNKNOWN
        if self.complete:
            self.source.settle()
        try:
            return self.source.total(self.read)
        except Exception:  # it does not add up, which is for others to say
            return UNKNOWN


def told_total(stream: Stream, chunks: list[Any]) -> Any:  # Any: a user's values
    """What chunks add up to; ``None`` where they do not, which changes nothing for the reader of a stream."""
    try:
        return stream.total(chunks)
    except Exception:  # whatever a monoid of the user's raises
        return None


@wrapper("observed_stream")
def observed_stream(program: Program, opener: Opener) -> Opener:
    """A stream that tells its start, its chunks, and its end or error."""
    whole_input = run_type(program) in WHOLE_INPUT
    telling = tells_chunks(program)
    guarded = wanders(program)

    def chunks(source: Stream, out: Stream, run: Watched) -> Iterator[Any]:  # Any: a user's chunks
        tap = Tap(run, source)
        inner: Stream | None = None
        try:
            if whole_input and not source.whole:
                tap.broke = True
                source = once(read_all(source, run))
                tap.broke = False
            tap.begin(source)
            inner = opener(source.read_by(source.chunks if source.whole else tap.tapped()), run)
            out.sums = as_of(inner)
            made, tell = tap.made, run.teller()
            for chunk in inner.chunks:
                if run.phase == NEW:
                    run.start_fed()
                made.append(chunk)
                if telling:
                    tell(chunk)
                yield chunk
            close(inner.opened)
            tap.end(inner)
        except GeneratorExit:
            try:
                close_all(inner)
            except BaseException as error:
                tap.fail(error)
                raise
            tap.closed(inner, run.dead)
            raise
        except BaseException as error:
            blame_inner(error, inner)
            try:
                close_all(inner)
            finally:
                tap.fail(error)
            raise

    async def achunks(source: Stream, out: Stream, run: Watched) -> AsyncIterator[Any]:  # Any: a user's chunks
        tap = Tap(run, source)
        watch = run.env.watch
        inner: Stream | None = None
        tapped: AsyncGenerator[Any, None] | None = None  # Any: as above
        try:
            if whole_input and not source.whole:
                tap.broke = True
                source = once(await aread_all(source, run), asynchronous=True)
                tap.broke = False
            if watch is not None and len(watch.events) >= watch.limit:
                await watch.room()
            tap.begin(source)
            if not source.whole:
                tapped = tap.atapped()
            inner = opener(source.read_by(tapped or source.chunks), run)
            out.sums = as_of(inner)
            made, tell = tap.made, run.teller()
            async for chunk in inner.chunks:
                if watch is not None and len(watch.events) >= watch.limit:
                    await watch.room()
                if run.phase == NEW:
                    run.start_fed()
                made.append(chunk)
                if telling:
                    tell(chunk)
                yield chunk
            await aclose_all(inner, tapped)
            if watch is not None and len(watch.events) >= watch.limit:
                await watch.room()
            tap.end(inner)
        except GeneratorExit:
            try:
                await aclose_all(inner, tapped)
            except BaseException as error:
                tap.fail(error)
                raise
            tap.closed(inner, being_cancelled())
            raise
        except BaseException as error:
            blame_inner(error, inner)
            try:
                await aclose_all(inner, tapped)
            finally:
                tap.fail(error)
            raise

    body = achunks if program.mode.asynchronous else chunks

    def watched(source: Stream, parent: Run) -> Stream:
        run = open_run(program, parent, guarded)
        out = source.then(None, as_of(source), program)
        out.chunks = body(source, out, run)
        out.register(program)
        return out

    return watched


def blame_inner(error: BaseException, inner: Stream | None) -> None:
    """Note on an error which step of the stream raised it."""
    if inner is not None and isinstance(error, Exception):
        blame_stream(error, inner)


def close_all(inner: Stream | None) -> None:
    """Close the steps of a stream, if it was opened."""
    if inner is not None:
        close(inner.opened)


async def aclose_all(inner: Stream | None, tapped: AsyncGenerator[Any, None] | None) -> None:  # Any: a user's chunks
    """Close the steps of a stream, if it was opened, and what it read its input through."""
    try:
        if inner is not None:
            await aclose(inner.opened)
    finally:
        if tapped is not None:
            await tapped.aclose()


def being_cancelled() -> bool:
    """Whether the task that runs now is about to end because somebody cancelled it."""
    try:
        task = current_task()
    except RuntimeError:  # no loop runs: the generator is closed by the interpreter
        return False
    return task is not None and task.cancelling() > 0
