"""How each request of a flow is done in an async run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from runlaw.interpret.allowance import Allowance
from runlaw.interpret.aplaces import agather, in_thread, lend, reclaim
from runlaw.interpret.blame import blame
from runlaw.interpret.call_leaf import check_group
from runlaw.interpret.current import CURRENT
from runlaw.interpret.perform import blame_stream, group_job, nothing_of, too_long
from runlaw.interpret.requests import (
    CallGroup,
    CallSteps,
    Collect,
    Invoke,
    Open,
    Pull,
    Request,
    Room,
    Shut,
    Sleep,
    Together,
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


async def room(request: Room, run: Run) -> None:
    await run.room()


async def call_group(request: CallGroup, run: Run) -> Any:  # Any: a user's values
    program, values, at = request
    node = program.node
    assert isinstance(node, BatchFn)
    if not node.asynchronous:
        sync = group_job(program, values, at)
        return await in_thread(run, sync) if node.options.blocking else sync(run)
    token = CURRENT.set(at if at.info is not None else run)
    try:
        return check_group(node, await node.fn(values), len(values))
    except Exception as error:
        blame(error, program)
        raise
    finally:
        CURRENT.reset(token)


async def call_steps(request: CallSteps, run: Run) -> Any:  # Any: a user's values
    steps, value, at = request
    inside = at.fork(run.control)
    for step in steps:
        value = await step(value, inside)
    return value


async def together(request: Together, run: Run) -> None:
    call, values, slow, room = request
    if not slow or len(values) < 2:
        for value in values:
            await call(value, run)
    else:
        await agather(run, [partial(call, value) for value in values], room)


ASYNC: dict[type[Request], Callable[[Any, Run], Awaitable[Any]]] = {  # Any: each request gives a type of its own
    Invoke: invoke,
    Where: where,
    Room: room,
    CallGroup: call_group,
    CallSteps: call_steps,
    Together: together,
    Within: call_within,
    Sleep: sleep,
    Collect: collect,
    Open: open_stream,
    Pull: pull,
    Shut: shut,
}
