"""How each request of a flow is done in an async run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from runlaw.interpret.allowance import Allowance
from runlaw.interpret.aplaces import Body, agather, in_thread, lend, reclaim
from runlaw.interpret.blame import blame
from runlaw.interpret.call_leaf import check_group
from runlaw.interpret.current import CURRENT
from runlaw.interpret.perform import Failed, Outcome, blame_stream, group_job, nothing_of, outcomes_of, too_long
from runlaw.interpret.requests import (
    CallGroups,
    Collect,
    Invoke,
    Open,
    PerValue,
    Pull,
    Request,
    Shut,
    Sleep,
    Where,
    Within,
)
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import END, Stream, aclose
from runlaw.kernel.nodes import BatchFn

T = TypeVar("T")


async def invoke(request: Invoke, run: Run) -> Any:  # Any: a user's values
    return await request.program.call(request.value, run)


async def sleep(request: Sleep, run: Run) -> None:
    control = lend(run)
    await asyncio.sleep(request.seconds)
    await reclaim(run, control)


async def collect(request: Collect, run: Run) -> Any:  # Any: a user's values
    return await aread_all(request.stream, run)


async def aread_all(stream: Stream, run: Run) -> Any:  # Any: a user's values
    """The value that a stream adds up to."""
    if stream.whole:
        return stream.value
    chunks = [chunk async for chunk in stream.chunks]
    if not chunks:
        return nothing_of(stream, lambda sums: sums.total([]))
    stream.settle()
    return stream.total(chunks)


async def open_stream(request: Open, run: Run) -> Stream:
    return request.program.stream(request.source, run)


async def pull(request: Pull, run: Run) -> Any:  # Any: a user's values
    stream, seconds, limit = request
    try:
        if seconds is None:
            return await anext(stream.chunks, END)
        return await within(anext(stream.chunks, END), seconds, run, limit)
    except Exception as error:
        blame_stream(error, stream)
        raise


async def within(awaitable: Awaitable[T], seconds: float, run: Run, limit: float | None = None) -> T:
    """Wait no longer than ``seconds``, which may be what is left of a ``limit``.

    Raises:
        TimeoutError: The time is up; what was awaited is cancelled. Or it was found to be up when a leaf that runs
            on the event loop came back.
    """
    control = run.control
    held = control is not None and control.holds
    loop = asyncio.get_running_loop()
    bound = asyncio.timeout(None)
    allowance = Allowance(seconds, run)
    timer: asyncio.TimerHandle

    def expire() -> None:
        nonlocal timer
        more = allowance.more()
        if more is None:
            bound.reschedule(loop.time())
        else:
            timer = loop.call_later(more, expire)

    timer = loop.call_later(seconds, expire)
    try:
        async with bound:
            try:
                result = await awaitable
            finally:
                timer.cancel()
        if allowance.left() > 0:
            return result
    except TimeoutError:
        if held and control is not None and not control.holds:
            await reclaim(run, control)
        if not bound.expired():
            raise
    raise too_long(seconds if limit is None else limit)


async def call_within(request: Within, run: Run) -> Any:  # Any: a user's values
    return await within(request.program.call(request.value, run), request.seconds, run)


async def shut(request: Shut, run: Run) -> None:
    await aclose(request.stream.opened)


async def where(request: Where, run: Run) -> Run:
    return run


async def call_groups(request: CallGroups, run: Run) -> list[Outcome]:
    program, groups = request
    node = program.node
    assert isinstance(node, BatchFn)

    def body(values: list[Any], at: Run) -> Body:  # Any: a user's values
        sync = group_job(program, values, at)

        async def call(own: Run) -> Any:  # Any: a user's values
            if not node.asynchronous:
                return await in_thread(own, sync) if node.options.blocking else sync(own)
            token = CURRENT.set(at if at.info is not None else own)
            try:
                return check_group(node, await node.fn(values), len(values))
            except Exception as error:
                blame(error, program)
                raise
            finally:
                CURRENT.reset(token)

        return call

    return await each_of([body(values, at) for values, at in groups], run)


async def per_value(request: PerValue, run: Run) -> list[Outcome]:
    steps, values, room = request

    def body(value: Any, at: Run) -> Body:  # Any: a user's values
        async def call(own: Run) -> Any:  # Any: a user's values
            inside = at.fork(own.control)
            result = value
            for step in steps:
                result = await step(result, inside)
            return result

        return call

    return await each_of([body(value, at) for value, at in values], run, room)


async def each_of(bodies: list[Body], run: Run, room: int | None = None) -> list[Outcome]:
    """The outcomes of several bodies, in tasks if they are several."""

    def keeping(body: Body) -> Body:
        async def call(own: Run) -> Any:  # Any: a user's values
            try:
                return await body(own)
            except Exception as error:
                return Failed(error)

        return call

    kept = [keeping(body) for body in bodies]
    if len(kept) < 2:
        return outcomes_of([await body(run) for body in kept])
    return outcomes_of(await agather(run, kept, room))


ASYNC: dict[type[Request], Callable[[Any, Run], Awaitable[Any]]] = {  # Any: each request gives a type of its own
    Invoke: invoke,
    Where: where,
    CallGroups: call_groups,
    PerValue: per_value,
    Within: call_within,
    Sleep: sleep,
    Collect: collect,
    Open: open_stream,
    Pull: pull,
    Shut: shut,
}
