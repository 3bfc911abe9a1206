"""Drivers of flows: they do what a flow asks, and send it what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from runlaw.interpret.aperform import ASYNC
from runlaw.interpret.control import Stopped
from runlaw.interpret.perform import SYNC, blame_stream
from runlaw.interpret.program import Call, Opener, Program, wrapper
from runlaw.interpret.requests import Emit, Flow, Open, Rest
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import Stream, aclose, as_of, close
from runlaw.interpret.sums import sums_of
from runlaw.kernel.monoid import WHOLE


@wrapper("called")
def called(program: Program, flow: Callable[[Program, Any], Flow]) -> Call:  # Any: a user's values
    """The call that a flow describes."""
    checked = program.mode.checked

    def call(value: Any, run: Run) -> Any:  # Any: a user's values
        steps = flow(program, value)
        try:
            request = next(steps)
            while True:
                try:
                    if checked and run.dead:
                        raise Stopped
                    answer = SYNC[type(request)](request, run)
                except BaseException as error:
                    request = steps.throw(error)
                else:
                    request = steps.send(answer)
        except StopIteration as end:
            return end.value
        finally:
            steps.close()

    async def acall(value: Any, run: Run) -> Any:  # Any: a user's values
        steps = flow(program, value)
        try:
            request = next(steps)
            while True:
                try:
                    answer = await ASYNC[type(request)](request, run)
                except BaseException as error:
                    request = steps.throw(error)
                else:
                    request = steps.send(answer)
        except StopIteration as end:
            return end.value
        finally:
            steps.close()

    return acall if program.mode.asynchronous else call


@wrapper("streamed")
def streamed(program: Program, flow: Callable[[Program, Stream], Flow]) -> Opener:
    """The stream that a flow describes."""
    checked = program.mode.checked

    def chunks(steps: Flow, out: Stream, inner: list[Stream], run: Run) -> Iterator[Any]:  # Any: a user's values
        try:
            request = next(steps)
            while True:
                try:
                    if checked and run.dead:
                        raise Stopped
                    if isinstance(request, Emit):
                        yield request.chunk
                        answer = None
                    elif isinstance(request, Rest):
                        yield from request.stream.chunks
                        answer = None
                    else:
                        answer = SYNC[type(request)](request, run)
                        if isinstance(request, Open):
                            inner[:] = [answer]
                            if out.sums is not WHOLE:
                                out.sums = as_of(answer)
                except BaseException as error:
                    if isinstance(request, Rest) and isinstance(error, Exception):
                        blame_stream(error, request.stream)
                    request = steps.throw(error)
                else:
                    request = steps.send(answer)
        except StopIteration:
            return
        finally:
            steps.close()
            for stream in inner:
                close(stream.opened)

    async def achunks(steps: Flow, out: Stream, inner: list[Stream], run: Run) -> AsyncIterator[Any]:  # Any: as above
        try:
            request = next(steps)
            while True:
                try:
                    if isinstance(request, Emit):
                        yield request.chunk
                        answer = None
                    elif isinstance(request, Rest):
                        async for chunk in request.stream.chunks:
                            yield chunk
                        answer = None
                    else:
                        answer = await ASYNC[type(request)](request, run)
                        if isinstance(request, Open):
                            inner[:] = [answer]
                            if out.sums is not WHOLE:
                                out.sums = as_of(answer)
                except BaseException as error:
                    if isinstance(request, Rest) and isinstance(error, Exception):
                        blame_stream(error, request.stream)
                    request = steps.throw(error)
                else:
                    request = steps.send(answer)
        except StopIteration:
            return
        finally:
            steps.close()
            for stream in inner:
                await aclose(stream.opened)

    body = achunks if program.mode.asynchronous else chunks

    def open_flow(source: Stream, run: Run) -> Stream:
        out = source.then(None, sums_of(program.node), program)
        out.chunks = body(flow(program, source), out, [], run)
        out.register(program)
        return out

    return open_flow
