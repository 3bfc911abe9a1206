"""Work on a stack of its own, for programs that are too high for one: in a thread (sync) or a task (async).

Whoever asks waits for the answer, so nothing runs at the same time that would not have done so on one stack.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextvars import Context, copy_context
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeAlias

from runlaw.interpret.control import Control
from runlaw.interpret.current import CURRENT
from runlaw.interpret.executing import get_executing, set_executing
from runlaw.interpret.locate import locate
from runlaw.interpret.pool import POOL
from runlaw.interpret.program import Call, Opener, Program, wrapper
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import END, Opened, Stream, aclose, as_of, close

Work: TypeAlias = Callable[[], Any]  # Any: whatever it gives


def run_around() -> Run | None:
    """The run that the code stands in, where only its stack tells of it."""
    run = CURRENT.get()
    here = locate() if run is None or run.quick else None
    return None if here is None else here.run


def context_in(run: Run | None) -> Context:
    """The context of the calling code, that knows of the run."""
    context = copy_context()
    if run is not None:
        context.run(CURRENT.set, run)
    return context


class Aside:
    """A thread that does what it is asked, while the one that asks waits."""

    def __init__(self) -> None:
        self._run = run_around()
        self._asked: SimpleQueue[tuple[Work, Context, Control | None] | None] = SimpleQueue()
        self._answered: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()  # Any: as for Work
        self._busy = False
        POOL.submit(self._serve)

    def do(self, work: Work) -> Any:  # Any: as for Work
        """What the work gives or raises."""
        self._busy = True
        self._ask(work)
        result, error = self._answered.get()
        self._busy = False
        if error is not None:
            try:
                raise error
            finally:
                del error
        return result

    def end(self, last: Work | None = None) -> None:
        """Do some last work, and let the thread go; if it is still busy, as its asker was interrupted, later.

        While the interpreter exits no thread runs any more, and nothing is done.
        """
        try:
            if last is not None and not sys.is_finalizing():
                (self._ask if self._busy else self.do)(last)
        finally:
            self._asked.put(None)

    def _ask(self, work: Work) -> None:
        self._asked.put((work, context_in(self._run), get_executing()))

    def _serve(self) -> None:
        while (asked := self._asked.get()) is not None:
            work, context, control = asked
            result, raised = None, None
            set_executing(control)
            try:
                result = context.run(work)
            except BaseException as error:
                raised = error
            set_executing(None)
            self._answered.put((result, raised))
            del asked, work, context, control, result, raised


async def in_task(run: Run | None, work: Callable[[], Awaitable[Any]]) -> Any:  # Any: as for Work
    """What the work gives or raises, in a task."""

    async def kept() -> tuple[Any, GeneratorExit | None]:  # Any: as for Work
        try:
            return await work(), None
        except GeneratorExit as error:  # raised by a task, it would close the generators that await it
            return None, error

    result, left = await asyncio.get_running_loop().create_task(kept(), context=context_in(run))
    if left is not None:
        raise left
    return result


def cut(source: Stream) -> Stream:
    """A stream of which each chunk is made on a stack of its own."""
    if source.whole:
        return source
    chunks = (
        achunks_apart(source, len(source.opened))
        if hasattr(source.chunks, "__anext__")
        else chunks_apart(source, len(source.opened))
    )
    out = Stream(chunks, as_of(source), source.opened, source.above)
    out.register(None)
    return out


def chunks_apart(source: Stream, above: int) -> Generator[Any, None, None]:  # Any: a user's chunks
    """The chunks of a stream, each made in a thread; what is left early is closed there, with the steps ``above``."""
    aside = Aside()
    last: Work | None = None
    try:
        while (chunk := aside.do(lambda: next(source.chunks, END))) is not END:
            try:
                yield chunk
            except GeneratorExit:
                last = partial(close, taken(source.opened, above))
                raise
    finally:
        aside.end(last)


async def achunks_apart(source: Stream, above: int) -> AsyncGenerator[Any, None]:  # Any: a user's chunks
    """The chunks of a stream, each made in a task; what is left early is closed in one, with the steps ``above``."""

    async def advance() -> Any:  # Any: as above
        return await anext(source.chunks, END)

    run = run_around()
    while (chunk := await in_task(run, advance)) is not END:
        try:
            yield chunk
        except GeneratorExit:
            await in_task(run, lambda: aclose(taken(source.opened, above)))
            raise


def taken(opened: list[Opened], count: int) -> list[Opened]:
    """The first so many of them, taken out."""
    first = opened[:count]
    del opened[:count]
    return first


@wrapper("apart_call")
def apart_call(program: Program, compiled: Callable[[], Call]) -> Call:
    """A call on a stack of its own, compiled there too."""

    def call(value: Any, run: Run) -> Any:  # Any: a user's values
        aside = Aside()
        try:
            return aside.do(lambda: compiled()(value, run))
        finally:
            aside.end()

    async def acall(value: Any, run: Run) -> Any:  # Any: a user's values
        async def inside() -> Any:  # Any: a user's values
            return await compiled()(value, run)

        return await in_task(run_around(), inside)

    return acall if program.mode.asynchronous else call


@wrapper("apart_stream")
def apart_stream(program: Program, compiled: Callable[[], Opener]) -> Opener:
    """A stream whose chunks are made on a stack of its own, and those of its input on another one."""
    return lambda source, run: cut(compiled()(cut(source), run))
