"""The ways of running a program that somebody watches: its events are read, or what is made of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import nullcontext, suppress
from contextvars import copy_context
from typing import Any, TypeVar

from runlaw.events.event import Event
from runlaw.interpret.ahandover import AsyncHandover
from runlaw.interpret.aplaces import cancel_all
from runlaw.interpret.blame import leaves_run
from runlaw.interpret.bridge import refuse_in_loop
from runlaw.interpret.control import Stopped
from runlaw.interpret.current import CURRENT
from runlaw.interpret.engine import Engine, Root
from runlaw.interpret.executing import get_executing
from runlaw.interpret.handover import Handover
from runlaw.interpret.perform import blame_stream
from runlaw.interpret.pool import POOL
from runlaw.interpret.stream_value import Stream, aclose, close, once
from runlaw.kernel.config import Config

Told = TypeVar("Told")
Teller = Callable[[Event], Told | None]
"""What the caller is given of an event, if anything. It is made anew for every run, and is told all events of it."""


def watch(
    engine: Engine,
    value: Any,  # Any: a user's values
    config: Config,
    teller: Callable[[], Teller[Told]],
) -> Generator[Told, None, None]:
    """What ``teller`` makes of each event of the program's stream, which runs in a thread of its own."""
    if engine.asynchronous:
        refuse_in_loop(engine.name, "astream_events(...)", "astream_log(...)")
    return read(engine, value, config, teller)


def read(
    engine: Engine,
    value: Any,  # Any: a user's values
    config: Config,
    teller: Callable[[], Teller[Told]],
) -> Generator[Told, None, None]:
    """``watch``, once it is read. It stops the program when it is closed, and raises what the program raised."""
    root = engine.begin(config, engine.asynchronous, streaming=True, watching=True)
    env, outer = root.run.env, root.run.outer
    assert env is not None
    env.streaming = True
    handover = env.watch = Handover(env.watch)
    events = handover.events
    tell = teller()
    context = copy_context()
    body = run_tasks if engine.asynchronous else run_steps
    host = get_executing()
    try:
        with nullcontext() if host is None else host.alarmed(handover.halt):
            POOL.submit(lambda: context.run(produce, body, root, value, handover))
            while handover.more():
                if outer is not None and outer.run.dead:
                    raise Stopped
                while events:
                    told = tell(events.popleft())
                    if told is not None:
                        yield told
            if handover.error is not None:
                raise handover.error
    finally:
        handover.close()
        handover.error = None


def produce(
    body: Callable[[Root, Any, Handover], None],  # Any: as for value
    root: Root,
    value: Any,  # Any: a user's values
    handover: Handover,
) -> None:
    """Run the program to its end, in a thread; its error is the reader's."""
    raised: BaseException | None = None
    try:
        CURRENT.set(root.run)
        body(root, value, handover)
    except BaseException as error:
        raised = error
    finally:
        handover.finish(raised)
        del raised


def run_steps(root: Root, value: Any, handover: Handover) -> None:  # Any: a user's values
    """Read a sync program's stream."""
    run = root.run
    scheduler, control, _ = run.scheduler()
    handover.stop = lambda: scheduler.abandon(control)
    if handover.closed:
        return
    reading: Stream | None = None
    try:
        reading = root.program.stream(once(value), run)
        for _ in reading.chunks:
            pass
    except Exception as error:
        if reading is not None:
            blame_stream(error, reading)
        if run.outer is not None:
            leaves_run(error)
        raise
    finally:
        if reading is not None:
            close(reading.opened)


def run_tasks(root: Root, value: Any, handover: Handover) -> None:  # Any: a user's values
    """Read an async program's stream on an event loop of this thread's own."""

    async def main() -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def stop() -> None:
            with suppress(RuntimeError):  # the loop is closed: it has ended already
                loop.call_soon_threadsafe(task.cancel)

        handover.stop = stop
        if not handover.closed:
            await arun_steps(root, value)

    asyncio.run(main())


async def awatch(
    engine: Engine,
    value: Any,  # Any: a user's values
    config: Config,
    teller: Callable[[], Teller[Told]],
) -> AsyncGenerator[Told, None]:
    """What ``teller`` makes of each event of the program's stream, which runs in a task of its own."""
    root = engine.begin(config, asynchronous=True, streaming=True, watching=True)
    env, outer = root.run.env, root.run.outer
    assert env is not None
    env.streaming = True
    handover = env.watch = AsyncHandover(env.watch)
    events = handover.events
    tell = teller()
    program = asyncio.ensure_future(arun_steps(root, value))
    program.add_done_callback(handover.ended)
    try:
        while await handover.more(program):
            if outer is not None and outer.run.dead:
                raise Stopped
            while events:
                told = tell(events.popleft())
                if told is not None:
                    yield told
        program.result()
    finally:
        handover.close(over=program.done())
        await cancel_all([program])
        root.aleave()


async def arun_steps(root: Root, value: Any) -> None:  # Any: a user's values
    """Read an async program's stream."""
    run = root.run
    CURRENT.set(run)
    reading: Stream | None = None
    try:
        reading = root.program.stream(once(value, asynchronous=True), run)
        async for _ in reading.chunks:
            pass
    except Exception as error:
        if reading is not None:
            blame_stream(error, reading)
        if run.outer is not None:
            leaves_run(error)
        raise
    finally:
        if reading is not None:
            await aclose(reading.opened)
