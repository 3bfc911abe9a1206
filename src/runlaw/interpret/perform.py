"""How each request of a flow is done in a sync run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from runlaw.interpret.allowance import Allowance
from runlaw.interpret.blame import blame
from runlaw.interpret.call import item_limit, job
from runlaw.interpret.call_leaf import check_group
from runlaw.interpret.control import Control, Group, Stopped
from runlaw.interpret.current import CURRENT
from runlaw.interpret.executing import get_executing
from runlaw.interpret.gather import gather
from runlaw.interpret.locate import marked
from runlaw.interpret.program import Program
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
from runlaw.interpret.run import Run, in_run
from runlaw.interpret.stream_value import END, Stream, Sums, Turn, close, leaf_of_error, silent_step
from runlaw.kernel.nodes import BatchFn


def invoke(request: Invoke, run: Run) -> Any:  # Any: a user's values
    return request.program.call(request.value, run)


def sleep(request: Sleep, run: Run) -> None:
    if request.seconds > 0:
        control = run.control
        if control is None:
            time.sleep(request.seconds)
        elif control.holds and run.env is not None and run.env.scheduler is not None:
            run.env.scheduler.lend(control)
            nap(control, request.seconds)
            run.env.scheduler.reclaim(control)
        else:
            nap(control, request.seconds)
    if run.dead:
        raise Stopped


def nap(control: Control, seconds: float) -> None:
    """Sleep, but no longer than until the control is abandoned."""
    woken = threading.Event()
    control.alarms.append(woken.set)
    try:
        if not control.dead:
            woken.wait(seconds)
    finally:
        control.alarms.remove(woken.set)


def collect(request: Collect, run: Run) -> Any:  # Any: a user's values
    return read_all(request.stream, run)


def read_all(stream: Stream, run: Run) -> Any:  # Any: a user's values
    """The value that a stream adds up to."""
    if stream.whole:
        return stream.value
    if run.control is None and get_executing() is None:
        chunks = list(stream.chunks)
    else:
        chunks = []
        for chunk in stream.chunks:
            chunks.append(chunk)
            if run.dead:
                raise Stopped
    if not chunks:
        return nothing_of(stream, lambda sums: sums.total([]))
    stream.settle()
    return stream.total(chunks)


def nothing_of(stream: Stream, add: Callable[[Sums], Any]) -> Any:  # Any: a user's values
    """What no chunks add up to, at the end of a stream. Where that is no value, the step that made none is to blame."""
    silent = silent_step(stream)
    stream.settle()
    try:
        return add(stream.adding)
    except ValueError as error:
        if silent is not None:
            blame(error, silent)
        raise


def open_stream(request: Open, run: Run) -> Stream:
    return request.program.stream(request.source, run)


def pull(request: Pull, run: Run) -> Any:  # Any: a user's values
    stream, seconds, limit = request
    if seconds is not None:
        return pull_within(stream, seconds, limit, run)
    try:
        return next(stream.chunks, END)
    except Exception as error:
        blame_stream(error, stream)
        raise


def pull_within(stream: Stream, seconds: float, limit: float | None, run: Run) -> Any:  # Any: a user's values
    """Read a chunk in a thread. If that takes too long, the thread closes the stream when it comes back."""
    turn = Turn()

    def advance(own: Run) -> Any:  # Any: a user's values
        with turn:
            return next(stream.chunks, END)

    try:
        return within(in_run(advance, run), seconds, run, limit)
    except BaseException as error:
        if isinstance(error, Exception):
            blame_stream(error, stream)
        opened, stream.opened[:] = stream.opened[:], []
        turn.end(opened)
        raise


def blame_stream(error: Exception, stream: Stream) -> None:
    """Note on an error that came out of a stream which of its steps raised it."""
    program = leaf_of_error(stream, error)
    if program is not None:
        blame(error, program)


def shut(request: Shut, run: Run) -> None:
    close(request.stream.opened)


def call_within(request: Within, run: Run) -> Any:  # Any: a user's values
    return within(job(request.program, request.value, run), request.seconds, run)


def within(
    thunk: Callable[[Any], Any],  # Any: a user's values
    seconds: float,
    run: Run,
    limit: float | None = None,
) -> Any:  # Any: a user's values
    """Run a job in a thread, and wait for it no longer than ``seconds``, which may be what is left of a ``limit``.

    Raises:
        TimeoutError: The time is up; the job is abandoned.
    """
    scheduler, owner, places = run.scheduler()
    results: list[tuple[Any, BaseException | None]] = []  # Any: a user's values
    group = Group(owner, places, [thunk], None, lambda _, result, error: results.append((result, error)), False)
    allowance = Allowance(seconds, run)
    try:
        scheduler.start(group)
        in_time = scheduler.wait(group, min(seconds, 1e8))
        while not in_time and (more := allowance.more()) is not None:
            in_time = scheduler.wait(group, more)
    except BaseException:
        scheduler.kill(group)
        raise
    if not in_time:
        scheduler.kill(group)
        scheduler.reclaim(owner)
        raise too_long(seconds if limit is None else limit)
    if owner.dead:
        raise Stopped
    result, error = results[0]
    if error is not None:
        raise error
    return result


def too_long(limit: float) -> TimeoutError:
    """The error of a program that took longer than it may."""
    return TimeoutError(f"it took longer than {limit:g} seconds")


def where(request: Where, run: Run) -> Run:
    return run


def room(request: Room, run: Run) -> None:
    """Nothing to wait for: whoever tells waits for room."""


def call_group(request: CallGroup, run: Run) -> Any:  # Any: a user's values
    return group_job(request.program, request.values, request.run)(run)


def group_job(program: Program, values: list[Any], run: Run) -> Callable[[Run], Any]:  # Any: a user's values
    """A call of a ``lift_batch`` leaf with a whole group."""
    node = program.node
    assert isinstance(node, BatchFn)

    def call(own: Run) -> Any:  # Any: a user's values
        token = CURRENT.set(run if run.info is not None else own)
        try:
            return check_group(node, node.fn(values), len(values))
        except Exception as error:
            blame(error, program)
            raise
        finally:
            CURRENT.reset(token)

    return marked(call)


def call_steps(request: CallSteps, run: Run) -> Any:  # Any: a user's values
    steps, value, at = request
    inside = at.fork(run.control)
    for step in steps:
        value = step(value, inside)
        if run.dead:
            raise Stopped
    return value


def together(request: Together, run: Run) -> None:
    call, values, slow, room = request
    if not slow or len(values) < 2:
        for value in values:
            call(value, run)
        return
    scheduler, owner, limit = run.scheduler()
    thunks = [in_run(partial(call, value), run) for value in values]
    gather(scheduler, owner, item_limit(limit, room), thunks, room)


SYNC: dict[type[Request], Callable[[Any, Run], Any]] = {  # Any: each request gives a type of its own
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
