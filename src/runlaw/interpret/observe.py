"""The observed variant of every meaning: the same closures, inside a run that tells events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from runlaw.interpret.perform import blame_stream, read_all
from runlaw.interpret.aperform import aread_all
from runlaw.interpret.program import Call, Opener, Program, wrapper
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import Stream, aclose, close, once
from runlaw.interpret.watch import Watched, Watching


@wrapper("observed_call")
def observed_call(program: Program, call: Call) -> Call:
    """A call that tells its start, and its end or error."""

    def watched(value: Any, parent: Run) -> Any:  # Any: a user's values
        run = Watched(program, parent, parent.tag_of_child)
        run.start(value)
        try:
            output = call(value, run)
        except BaseException as error:
            run.fail(error, value)
            raise
        run.end(output, value)
        return output

    async def awatched(value: Any, parent: Run) -> Any:  # Any: a user's values
        run = Watched(program, parent, parent.tag_of_child)
        await parent.room()
        run.start(value)
        try:
            output = await call(value, run)
        except BaseException as error:
            run.fail(error, value)
            raise
        run.end(output, value)
        return output

    return awatched if program.mode.asynchronous else watched


@wrapper("observed_stream")
def observed_stream(program: Program, opener: Opener) -> Opener:
    """A stream that tells its start, its chunks, and its end or error."""

    def tapped(source: Stream, seen: Watching) -> Iterator[Any]:  # Any: a user's chunks
        for chunk in source.chunks:
            seen.saw(chunk)
            yield chunk

    async def atapped(source: Stream, seen: Watching) -> AsyncIterator[Any]:  # Any: a user's chunks
        async for chunk in source.chunks:
            seen.saw(chunk)
            yield chunk

    def chunks(source: Stream, out: Stream, seen: Watching, parent: Run) -> Iterator[Any]:  # Any: a user's chunks
        inner: Stream | None = None
        try:
            if seen.whole_input and not source.whole:
                source = once(read_all(source, parent))
            seen.begin(source)
            inner = opener(source.read_by(source.chunks if source.whole else tapped(source, seen)), seen.run)
            out.sums = lambda stream=inner: stream.adding  # type: ignore[misc]  # a default binds the stream
            for chunk in inner.chunks:
                seen.gave(chunk)
                yield chunk
            seen.end(inner)
        except BaseException as error:
            if isinstance(error, Exception) and inner is not None:
                blame_stream(error, inner)
            seen.fail(error)
            raise
        finally:
            if inner is not None:
                close(inner.opened)

    async def achunks(source: Stream, out: Stream, seen: Watching, parent: Run) -> AsyncIterator[Any]:  # Any: as above
        inner: Stream | None = None
        try:
            if seen.whole_input and not source.whole:
                source = once(await aread_all(source, parent), asynchronous=True)
            await parent.room()
            seen.begin(source)
            inner = opener(source.read_by(source.chunks if source.whole else atapped(source, seen)), seen.run)
            out.sums = lambda stream=inner: stream.adding  # type: ignore[misc]  # a default binds the stream
            async for chunk in inner.chunks:
                seen.gave(chunk)
                await parent.room()
                yield chunk
            seen.end(inner)
        except BaseException as error:
            if isinstance(error, Exception) and inner is not None:
                blame_stream(error, inner)
            seen.fail(error)
            raise
        finally:
            if inner is not None:
                await aclose(inner.opened)

    body = achunks if program.mode.asynchronous else chunks

    def watched(source: Stream, parent: Run) -> Stream:
        run = Watched(program, parent, parent.tag_of_child)
        out = source.then(None, lambda: source.adding, program)
        out.chunks = body(source, out, Watching(run, program), parent)
        out.register(program)
        return out

    return watched

