"""A program and all its ways of running. It is made, and this floor imported, when the program first runs."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Generator, Iterable
from typing import Any

from runlaw.interpret import aways, ways
from runlaw.interpret.engine import Engine
from runlaw.interpret.locate import fail
from runlaw.kernel.config import Config
from runlaw.kernel.nodes import Node


class Machine(Engine):
    """The ways of running, on the compiled forms of one node. ``Any`` stands for a user's values."""

    @staticmethod
    def of(node: Node) -> Machine:
        """The machine of a node, made once."""
        machine: Machine | None = node.__dict__.get("_engine")
        if machine is None:
            machine = node.__dict__["_engine"] = Machine(node)
        return machine

    def failed(self, error: Exception, inside: bool) -> None:
        """A quick call raised; ``inside`` says that it is known to stand in a leaf of another run."""
        fail(error, self.root, sys._getframe(2), inside=inside)

    def invoke(self, value: Any, config: Config) -> Any:  # Any: see the class
        return ways.invoke(self, value, config)

    def ainvoke(self, value: Any, config: Config) -> Awaitable[Any]:  # Any: see the class
        return aways.invoke(self, value, config)

    def stream(self, value: Any, config: Config) -> Generator[Any, None, None]:  # Any: see the class
        return ways.stream(self, value, config)

    def astream(self, value: Any, config: Config) -> AsyncGenerator[Any, None]:  # Any: see the class
        return aways.stream(self, value, config)

    def transform(self, chunks: Iterable[Any], config: Config) -> Generator[Any, None, None]:  # Any: see the class
        return ways.transform(self, chunks, config)

    def atransform(
        self,
        chunks: AsyncIterable[Any] | Iterable[Any],  # Any: a user's values
        config: Config,  # Any: see the class
    ) -> AsyncGenerator[Any, None]:  # Any: see the class
        return aways.transform(self, chunks, config)

    def batch(self, values: list[Any], configs: list[Config], keep_errors: bool) -> list[Any]:  # Any: see the class
        return ways.batch(self, values, configs, keep_errors)

    def abatch(
        self,
        values: list[Any],  # Any: a user's values
        configs: list[Config],
        keep_errors: bool,  # Any: see the class
    ) -> Awaitable[list[Any]]:  # Any: see the class
        return aways.batch(self, values, configs, keep_errors)

    def batch_as_completed(
        self,
        values: list[Any],  # Any: a user's values
        configs: list[Config],
        keep_errors: bool,  # Any: see the class
    ) -> Generator[tuple[int, Any], None, None]:  # Any: see the class
        return ways.batch_as_completed(self, values, configs, keep_errors)

    def abatch_as_completed(
        self,
        values: list[Any],  # Any: a user's values
        configs: list[Config],
        keep_errors: bool,  # Any: see the class
    ) -> AsyncGenerator[tuple[int, Any], None]:  # Any: see the class
        return aways.batch_as_completed(self, values, configs, keep_errors)
