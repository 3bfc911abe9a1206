"""``map_batch`` on an executor of the user's: each item is called there, and told of here."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from typing import Any

from runlaw.interpret.blame import blame, leaves_run
from runlaw.interpret.program import WRAPPERS, Call, Program
from runlaw.interpret.run import Run
from runlaw.kernel.nodes import Each


class Elsewhere(Program):
    """The program of the items, called in an executor. A process gets the program and the item pickled."""

    def _compile_body(self) -> Call:
        node = self.node
        executor = self.executor
        call_there = WRAPPERS["call_there"]

        def call(value: Any, run: Run) -> Any:  # Any: a user's values
            try:
                return executor.submit(call_there, node, value).result()
            except Exception as error:
                self._comes_from_there(error)
                raise

        async def acall(value: Any, run: Run) -> Any:  # Any: a user's values
            try:
                return await asyncio.wrap_future(executor.submit(call_there, node, value))
            except Exception as error:
                self._comes_from_there(error)
                raise

        return acall if self.mode.asynchronous else call

    def _comes_from_there(self, error: Exception) -> None:
        """The path noted on the error begins with the item: what is around it is known here."""
        leaves_run(error)
        if self.parent is not None:
            blame(error, self.parent)

    @property
    def flat(self) -> None:
        return None

    executor: Executor


def elsewhere(program: Program, executor: Executor) -> Program:
    """The program of a ``map_batch``'s items, to be called in its executor."""
    node = program.node
    assert isinstance(node, Each)
    inner = Elsewhere(node.inner, program.mode, program)
    inner.executor = executor
    return inner
