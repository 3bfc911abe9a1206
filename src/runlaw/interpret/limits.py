"""A ``max_concurrency`` said of a part of a program: its leaves take a place there too, in the whole run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from runlaw.interpret.aplaces import executing, slots_of
from runlaw.interpret.control import Control, Limit
from runlaw.interpret.program import Call, Opener, Program, wrapper
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import END, Stream, as_of


@wrapper("limited_call")
def limited_call(program: Program, call: Call) -> Call:
    """A call that takes a place of the program's own limit."""

    def limited(value: Any, run: Run) -> Any:  # Any: a user's values
        scheduler, control, around = run.scheduler()
        entered = scheduler.enter(control, own_limit(program, run, around))
        try:
            return call(value, run)
        finally:
            if entered:
                scheduler.leave(control)

    async def alimited(value: Any, run: Run) -> Any:  # Any: a user's values
        control = await aenter(program, run)
        try:
            return await call(value, run)
        finally:
            aleave(run, control)

    return alimited if program.mode.asynchronous else limited


@wrapper("limited_stream")
def limited_stream(program: Program, opener: Opener) -> Opener:
    """A stream that holds a place of the program's own limit while it makes a chunk."""

    def chunks(inner: Stream, run: Run) -> Iterator[Any]:  # Any: a user's values
        while True:
            scheduler, control, around = run.scheduler()
            entered = scheduler.enter(control, own_limit(program, run, around))
            try:
                chunk = next(inner.chunks, END)
            finally:
                if entered:
                    scheduler.leave(control)
            if chunk is END:
                return
            yield chunk

    async def achunks(inner: Stream, run: Run) -> AsyncIterator[Any]:  # Any: a user's values
        while True:
            control = await aenter(program, run)
            try:
                chunk = await anext(inner.chunks, END)
            finally:
                aleave(run, control)
            if chunk is END:
                return
            yield chunk

    limited = achunks if program.mode.asynchronous else chunks

    def open_limited(source: Stream, run: Run) -> Stream:
        inner = opener(source, run)
        return inner.then(limited(inner, run), as_of(inner), program)

    return open_limited


def own_limit(program: Program, run: Run, around: Limit | None) -> Limit:
    """The one limit of a program in a run."""
    assert run.env is not None
    assert program.config.max_concurrency is not None
    limit: Limit = run.env.limits.setdefault(program.place, Limit(program.config.max_concurrency, around))
    return limit


async def aenter(program: Program, run: Run) -> tuple[Control, Limit | None] | None:
    """Take a place of the program's limit; ``None`` if this task holds one already."""
    control = executing(run)
    if control is None:
        control = run.control = Control(None)
    around = control.limit
    limit = own_limit(program, run, around)
    if around is not None and limit.inside(around):
        return None
    slots = slots_of(run)
    if control.holds and around is not None:
        control.holds = False
        slots.give(around)
    await slots.take(limit)
    control.limit = limit
    control.holds = True
    return control, around


def aleave(run: Run, entered: tuple[Control, Limit | None] | None) -> None:
    """Give back the place that ``aenter`` took, and keep that of the limit around it."""
    if entered is None:
        return
    control, around = entered
    limit = control.limit
    assert limit is not None
    if control.holds:
        limit.free += 1
        control.holds = around is not None
    control.limit = around
    slots_of(run).grant()
