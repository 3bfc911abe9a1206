"""The one limit of an async run, and the tasks and threads that run under it.

Every task of a run that may run leaves holds a place, and lends it while it waits for tasks of its own. All
of this happens on one event loop, so it needs no lock; threads only come back through the loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence, Sized
from contextlib import aclosing, asynccontextmanager
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

from runlaw.interpret.blame import is_result
from runlaw.interpret.control import Control, Limit
from runlaw.interpret.current import CURRENT
from runlaw.interpret.executing import set_executing
from runlaw.interpret.handover import GRACE
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
    """Run a body in a task of its own place. What its leaf left open, when it has ended, gives it none any more."""
    slots = slots_of(run)
    if limit is not None:
        await slots.take(limit)
    control = Control(None, limit, holds=limit is not None)
    own = run.fork(control)
    CURRENT.set(own)
    try:
        return await body(own)
    finally:
        held, control.limit = control.limit, None
        if control.holds and held is not None:
            control.holds = False
            slots.give(held)


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
    async with aclosing(acompletions(run, bodies, room, keep_errors=keep_errors, together=True)) as outcomes:
        async for index, result, error in outcomes:
            if error is not None and not is_result(error, keep_errors):
                raise error
            results[index] = result if error is None else error
    return results


async def acompletions(
    run: Run,
    bodies: list[Body],
    room: int | None = None,
    ahead: int | None = None,
    keep_errors: bool = False,
    together: bool = False,
) -> AsyncGenerator[tuple[int, Any, Exception | None], None]:  # Any: a user's values
    """The outcomes of bodies as they finish, or all ``together`` unless one fails.

    With ``ahead``, so many may have started beyond those read.

    However it ends, no task is left: what still runs is cancelled, and waited for.
    """
    limit = limit_of(run, room)
    done: deque[tuple[int, Any, Exception | None]] = deque()  # Any: a user's values
    whole: list[int] = []
    """Not empty as soon as there is no more to wait for."""
    reader, gate = Reader(run), Bell()
    started = read = 0
    failed = False
    jobs: Iterator[tuple[int, Body]] = iter(enumerate(bodies))

    async def work() -> None:
        if workers == len(bodies):
            await act(*next(jobs))
        else:
            for index, body in jobs:  # a task for each, so that no body sees context variables that another has set
                await asyncio.ensure_future(act(index, body))

    async def act(index: int, body: Body) -> None:
        nonlocal started
        while ahead is not None and started - read >= ahead:
            await gate.wait()
        started += 1
        await placed(run, limit, partial(record, index, body))

    async def record(index: int, body: Body, own: Run) -> None:
        nonlocal failed
        if failed:
            return
        try:
            done.append((index, await body(own), None))
        except Exception as error:
            if not is_result(error, keep_errors):
                failed = True
                done.clear()
            done.append((index, None, error))
        if together and (failed or len(done) == len(bodies)):
            whole.append(index)
        if whole or not together:
            reader.call()

    workers = min(len(bodies), limit.smallest() if limit is not None else ahead or len(bodies))
    tasks = [asyncio.ensure_future(work()) for _ in range(workers)]
    reader.watch(tasks)
    try:
        for _ in bodies:
            await reader.attend(whole if together else done)
            read += 1
            gate.ring()
            yield done.popleft()
        async with unplaced(run):
            await asyncio.wait(tasks)
    finally:
        await cancel_all(tasks)


class Reader:
    """A task that waits for what others make: it lends its place, and is the first to have one when it is called."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._control: Control | None = None
        self._called: asyncio.Future[None] | None = None
        self._queued = False
        self._left: int = 0
        self._died: asyncio.Future[Any] | None = None  # Any: a user's values

    def watch(self, tasks: Sequence[asyncio.Future[Any]]) -> None:  # Any: a user's values
        """Be called when one of the tasks has ended."""
        self._left = len(tasks)
        for task in tasks:
            task.add_done_callback(self._ended)

    def check(self) -> None:
        """Raise what a task died of."""
        if self._died is not None:
            self._died.result()

    async def attend(self, made: Sized) -> None:
        """Wait until something was made, or no task is left that could make it, and then for the place.

        Raises:
            BaseException: What a task died of before it made anything.
        """
        while not made and self._left:
            self.check()
            control = self._control = lend(self._run)
            called = self._called = asyncio.get_running_loop().create_future()
            self._queued = False
            try:
                await called
            except asyncio.CancelledError:
                if control is not None and control.limit is not None:
                    slots_of(self._run).withdraw(control.limit, called)
                raise
            finally:
                self._called = None
            if control is not None:
                control.holds = True
        if not made:
            self.check()

    def call(self) -> None:
        """There is something to go on with."""
        called, control = self._called, self._control
        if called is None or called.done() or self._queued:
            return
        if control is None or control.limit is None:
            called.set_result(None)
        else:
            self._queued = True
            slots_of(self._run).queue(control.limit, called, first=True)

    def _ended(self, task: asyncio.Future[Any]) -> None:  # Any: a user's values
        self._left -= 1
        if task.cancelled() or task.exception() is not None:
            self._died = self._died or task
        if self._died is not None or not self._left:
            self.call()

    async def hand(self, run: Run) -> None:
        """``call``; where there is no other place, the reader has that of this task, which waits for one again."""
        self.call()
        if self._called is not None and not self._called.done():
            await reclaim(run, lend(run))


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


async def in_thread(run: Run, work: Callable[[Run], T], forsake: Callable[[T], None] | None = None) -> T:
    """Run blocking work in a thread. A cancelled wait abandons it: it runs on to its end, and counts no more.

    Where nobody reads the events any more, it has a moment to end and to close what it has open.
    ``forsake`` is called, in whatever thread, with a result that nobody waits for any more.
    """
    loop = asyncio.get_running_loop()
    slots = slots_of(run)
    await slots.take(slots.threads)
    control = Control(None, slots.threads, holds=True)
    control.bounded = limit_of(run) is not None
    own = run.fork(control)
    context = copy_context()
    context.run(CURRENT.set, own)
    future: asyncio.Future[tuple[T | None, BaseException | None]] = loop.create_future()

    def abandon() -> None:
        if not control.dead:
            control.dead = True
            control.ring()

    def drop(result: Any, error: BaseException | None) -> None:  # Any: a result
        if forsake is not None and error is None:
            forsake(result)

    back: asyncio.Future[None] | None = None

    def finish(*outcome: Any) -> None:  # Any: a result and an error, of which one is None
        if not future.done():
            future.set_result(outcome)
            return
        drop(*outcome)
        if back is not None and not back.done():
            back.set_result(None)

    def task() -> None:
        result: T | None = None
        raised: BaseException | None = None
        set_executing(control)
        try:
            result = context.run(work, own)
        except BaseException as error:
            raised = error
        finally:
            set_executing(None)
        try:
            loop.call_soon_threadsafe(finish, result, raised)
        except RuntimeError:  # the loop is closed: nobody waits any more
            drop(result, raised)

    POOL.submit(task)
    error: BaseException | None = None
    try:
        try:
            result, error = await future
        except asyncio.CancelledError:
            if not future.cancelled() and future.done():
                drop(*future.result())
            elif own.env is not None and own.env.watch is not None and own.env.watch.stopped:
                abandon()
                back = loop.create_future()
                await asyncio.wait([back], timeout=GRACE)
            raise
        if error is not None:
            raise error  # not by the future: thrown into generators, a GeneratorExit would only close them
        return result  # type: ignore[return-value]  # a result of type T where there is no error
    finally:
        del error
        if future.cancelled() or not future.done():
            abandon()
        if control.holds:
            slots.give(slots.threads)
