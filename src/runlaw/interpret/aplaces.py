"""The one limit of an async run, and the tasks and threads that run under it.

Every task of a run that may run leaves holds a place, and lends it while it waits for tasks of its own. All
of this happens on one event loop, so it needs no lock; threads only come back through the loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from contextvars import copy_context
from typing import Any, TypeVar

from runlaw.interpret.control import Control, Limit
from runlaw.interpret.current import CURRENT
from runlaw.interpret.pool import POOL
from runlaw.interpret.run import Run
from runlaw.interpret.slots import Slots

T = TypeVar("T")


def slots_of(run: Run) -> Slots:
    """The slots of an async run."""
    env = run.env
    assert env is not None
    if env.slots is None:
        env.slots = Slots(None)
    return env.slots


def executing(run: Run) -> Control | None:
    """The control of the task that runs now, which may be another than that in which a run began."""
    here = CURRENT.get()
    return here.control if here is not None and here.env is run.env else run.control


def lend(run: Run) -> Control | None:
    """Let others run while this task waits for tasks of its own."""
    control = executing(run)
    if control is None or control.limit is None or not control.holds:
        return None
    control.holds = False
    slots_of(run).give(control.limit)
    return control


async def reclaim(run: Run, control: Control | None) -> None:
    """Wait for the place again after ``lend``."""
    if control is not None and control.limit is not None:
        await slots_of(run).take(control.limit, first=True)
        control.holds = True


@asynccontextmanager
async def unplaced(run: Run) -> AsyncIterator[None]:
    """Lend the place of this task while the body waits; a cancelled wait does not ask for it again."""
    control = lend(run)
    try:
        yield
    except (asyncio.CancelledError, GeneratorExit):
        raise
    except BaseException:
        await reclaim(run, control)
        raise
    await reclaim(run, control)


async def placed(run: Run, limit: Limit | None, body: Callable[[Run], Awaitable[T]]) -> T:
    """Run a body in a task of its own place."""
    if limit is None:
        own = run.fork(Control(None))
        CURRENT.set(own)
        return await body(own)
    slots = slots_of(run)
    await slots.take(limit)
    control = Control(None, limit, holds=True)
    own = run.fork(control)
    CURRENT.set(own)
    try:
        return await body(own)
    finally:
        if control.holds and control.limit is not None:
            control.holds = False
            slots.give(control.limit)


def limit_of(run: Run, room: int | None = None) -> Limit | None:
    """The limit for tasks that a run starts, of which at most ``room`` may run at one time."""
    control = executing(run)
    limit = control.limit if control is not None and control.limit is not None else slots_of(run).limit
    return limit if room is None else Limit(room, limit)


Body = Callable[[Run], Awaitable[Any]]  # Any: a user's values


async def agather(
    run: Run, bodies: list[Body], room: int | None = None, keep_errors: bool = False
) -> list[Any]:  # Any: as above
    """Run bodies in tasks, and give their results in order; the first error cancels the others.

    With ``keep_errors`` an ``Exception`` takes the place of the result instead.
    """
    results: list[Any] = [None] * len(bodies)  # Any: a user's values
    async with aclosing(acompletions(run, bodies, room, keep_errors=keep_errors)) as outcomes:
        async for index, result, error in outcomes:
            if error is not None and not keep_errors:
                raise error
            results[index] = result if error is None else error
    return results


async def acompletions(
    run: Run, bodies: list[Body], room: int | None = None, ahead: int | None = None, keep_errors: bool = False
) -> AsyncGenerator[tuple[int, Any, Exception | None], None]:  # Any: a user's values
    """The outcomes of bodies as they finish; with ``ahead``, so many may have started beyond those read.

    However it ends, no task is left: what still runs is cancelled, and waited for.
    """
    limit = limit_of(run, room)
    done: deque[tuple[int, Any, Exception | None]] = deque()  # Any: a user's values
    bell, gate = Bell(), Bell()
    started = read = 0
    jobs: Iterator[tuple[int, Body]] = iter(enumerate(bodies))

    async def work() -> None:
        nonlocal started
        for index, body in jobs:
            while ahead is not None and started - read >= ahead:
                await gate.wait()
            started += 1
            try:
                done.append((index, await placed(run, limit, body), None))
            except Exception as error:
                if not keep_errors:
                    done.clear()
                done.append((index, None, error))
            bell.ring()

    workers = min(len(bodies), limit.smallest() if limit is not None else ahead or len(bodies))
    tasks = [asyncio.ensure_future(work()) for _ in range(workers)]
    for task in tasks:
        task.add_done_callback(lambda _: bell.ring())
    try:
        for _ in bodies:
            if not done:
                async with unplaced(run):
                    while not done:
                        check_alive(tasks)
                        await bell.wait()
            read += 1
            gate.ring()
            yield done.popleft()
        async with unplaced(run):
            await asyncio.wait(tasks)
    finally:
        await cancel_all(tasks)


class Bell:
    """Wakes the tasks that wait for it."""

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def wait(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter


def check_alive(tasks: Sequence[asyncio.Future[Any]]) -> None:  # Any: whatever they give
    """Raise what a task died of, if that was more than an ``Exception``."""
    for task in tasks:
        if task.done():
            task.result()


async def cancel_all(tasks: Sequence[asyncio.Future[Any]]) -> None:  # Any: whatever they give
    """Cancel tasks and wait until they have ended, through further cancellations of one's own."""
    for task in tasks:
        task.cancel()
    again: asyncio.CancelledError | None = None
    while any(not task.done() for task in tasks):
        try:
            await asyncio.wait([task for task in tasks if not task.done()])
        except asyncio.CancelledError as error:
            again = error
    for task in tasks:
        if not task.cancelled():
            task.exception()
    if again is not None:
        raise again


async def in_thread(run: Run, work: Callable[[Run], T]) -> T:
    """Run blocking work in a thread. A cancelled wait abandons it: it runs on to its end, and counts no more."""
    loop = asyncio.get_running_loop()
    slots = slots_of(run)
    await slots.take(slots.threads)
    control = Control(None, slots.threads, holds=True)
    own = run.fork(control)
    context = copy_context()
    context.run(CURRENT.set, own)
    future: asyncio.Future[T] = loop.create_future()

    def finish(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]  # a result of type T where there is no error
        else:
            future.set_exception(error)

    def task() -> None:
        result: T | None = None
        raised: BaseException | None = None
        try:
            result = context.run(work, own)
        except BaseException as error:
            raised = error
        try:
            loop.call_soon_threadsafe(finish, result, raised)
        except RuntimeError:
            return  # the loop is closed: nobody waits any more

    POOL.submit(task)
    try:
        return await future
    finally:
        control.dead = True
        if control.holds:
            slots.give(slots.threads)
