"""``map_batch`` on an executor of the user's: in a thread of it an item is part of the run, in a process on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from contextvars import copy_context
from functools import partial
from typing import Any

from runlaw.algebra.facts import facts
from runlaw.interpret.blame import blame, leaves_run
from runlaw.interpret.current import CURRENT
from runlaw.interpret.executing import get_executing, set_executing
from runlaw.interpret.program import WRAPPERS, Call, Mode, Program
from runlaw.interpret.run import Run
from runlaw.kernel.nodes import Each, Node


class Errand:
    """A call of a program for an executor: inside its run, or by itself where it was pickled on the way."""

    def __init__(self, node: Node, value: Any, here: Callable[[], Any] | None) -> None:  # Any: a user's values
        self.node: Node = node
        self.value: Any = value  # Any: as above
        self.here: Callable[[], Any] | None = here  # Any: as above
        self.ran_here: bool = False

    def __call__(self) -> Any:  # Any: as above
        if self.here is None:
            return WRAPPERS["call_there"](self.node, self.value)
        self.ran_here = True
        return self.here()

    def __reduce__(self) -> tuple[object, ...]:
        return partial, (WRAPPERS["call_there"], self.node, self.value)


class Elsewhere(Program):
    """The program of the items, called in an executor. A process gets the program and the item pickled."""

    executor: Executor

    @property
    def flat(self) -> None:
        return None

    def _compile_body(self) -> Call:
        def call(value: Any, run: Run) -> Any:  # Any: a user's values
            errand = self._errand(value, run)
            try:
                return self.executor.submit(errand).result()
            except Exception as error:
                self._failed(errand, error)
                raise

        async def acall(value: Any, run: Run) -> Any:  # Any: a user's values
            errand = self._errand(value, run)
            try:
                return await asyncio.wrap_future(self.executor.submit(errand))
            except Exception as error:
                self._failed(errand, error)
                raise

        return acall if self.mode.asynchronous else call

    def _errand(self, value: Any, run: Run) -> Errand:  # Any: a user's values
        if self.twin is None:
            return Errand(self.node, value, None)
        if self.mode.asynchronous:
            run = apart(run)
        control, context, body = run.control, copy_context(), self.twin.body

        def work() -> Any:  # Any: a user's values
            before = get_executing()
            set_executing(control)
            CURRENT.set(run)
            try:
                return body(value, run)
            finally:
                set_executing(before)

        return Errand(self.node, value, partial(context.run, work))

    def _failed(self, errand: Errand, error: Exception) -> None:
        """The path noted on an error of another process begins with the item: what is around it is known here."""
        if not errand.ran_here:
            leaves_run(error)
            if self.parent is not None:
                blame(error, self.parent)

    twin: Program | None
    """The same in the sync way, as it runs in a thread; none where it has async steps, and is a run of its own."""


def apart(run: Run) -> Run:
    """An async run for the thread of an executor, which has places of its own: one, where the run is limited."""
    assert run.env is not None
    own, env = run.fork(None), run.env.beside(asynchronous=False)
    limited = run.env.limited or (run.control is not None and run.control.limited)
    own.env, own.control = env, env.bounded(1) if limited else None
    return own


def elsewhere(program: Program, executor: Executor) -> Program:
    """The program of a ``map_batch``'s items, to be called in its executor."""
    node = program.node
    assert isinstance(node, Each)
    inner = Elsewhere(node.inner, program.mode, program)
    inner.executor = executor
    mode = Mode(asynchronous=False, observed=program.mode.observed, checked=True)
    inner.twin = None if facts(inner.node).asynchronous else Program(node.inner, mode, program, opens_run=False)
    return inner
