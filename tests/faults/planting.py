"""How faults are planted in the library: always from outside, and only while one test runs."""

from __future__ import annotations

import inspect
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, NamedTuple

import pytest

from runlaw.interpret.program import RULES, Meaning, Program
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import Stream
from runlaw.kernel.nodes import Node
from runlaw.laws.assumptions import nodes_of
from runlaw.runnable import Runnable

Plant = Callable[[pytest.MonkeyPatch], None]
CACHES = ("_engine", "_sums", "_blocks", "_has_async", "_listens", "_takes_groups", "_lowered")


class Fault(NamedTuple):
    """A fault, and the name of the law that catches it."""

    name: str
    law: str
    plant: Plant


def forget() -> None:
    """Drop what the programs that the laws keep have compiled."""
    for name, module in list(sys.modules.items()):
        if name.startswith("runlaw.laws"):
            for value in list(vars(module).values()):
                for program in value if isinstance(value, tuple) else (value,):
                    if isinstance(program, Runnable):
                        _forget(program)


def _forget(program: Runnable[Any, Any]) -> None:  # Any: of whatever types
    for holder in (program, *nodes_of(program.node)):
        known = getattr(holder, "__dict__", {})
        for key in [key for key in known if key in CACHES]:
            del known[key]


def rewriting(change: Callable[[Node], Node]) -> Plant:
    """The library runs another node than the one it was given."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        made = Program.__init__

        def init(self: Program, node: Node, *more: Any, **options: Any) -> None:  # Any: as of the original
            made(self, node, *more, **options)
            self.node = change(self.node)

        patch.setattr(Program, "__init__", init)

    return plant


def spoiling(kind: type[Node], change: Callable[[Any], Any]) -> Plant:  # Any: values of the program
    """Calling nodes of a kind gives another value, in the sync way."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        for meaning in ("flat", "call"):
            rule = RULES.get((kind, meaning))
            if rule is not None:
                patch.setitem(RULES, (kind, meaning), _changed(rule, change))

    return plant


def _changed(rule: Callable[..., Any], change: Callable[[Any], Any]) -> Callable[..., Any]:  # Any: as above
    def make(program: Program) -> Any:  # Any: a closure of one of two shapes
        made = rule(program)
        return None if made is None else lambda *given: change(made(*given))

    return make


def aspoiling(kind: type[Node], change: Callable[[Any], Any]) -> Plant:  # Any: values of the program
    """The same in the async way."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        rule = RULES[kind, "acall"]

        def make(program: Program) -> Any:  # Any: a closure
            made = rule(program)

            async def call(value: Any, run: Run) -> Any:  # Any: values of the program
                given = made(value, run)
                return change(await given if inspect.isawaitable(given) else given)

            return call

        patch.setitem(RULES, (kind, "acall"), make)

    return plant


def tearing(kind: type[Node], change: Callable[[Iterator[Any]], Iterator[Any]]) -> Plant:  # Any: chunks
    """Streams of nodes of a kind give other chunks, in the sync way."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        rule = RULES[kind, "stream"]

        def make(program: Program) -> Any:  # Any: an opener
            opener = rule(program)

            def open_changed(source: Stream, run: Run) -> Stream:
                out: Stream = opener(source, run)
                out.chunks = change(out.chunks)
                return out

            return open_changed

        patch.setitem(RULES, (kind, "stream"), make)

    return plant


def atearing(
    kind: type[Node],
    change: Callable[[AsyncIterator[Any]], AsyncIterator[Any]],  # Any: chunks
) -> Plant:
    """The same in the async way."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        rule = RULES[kind, "astream"]

        def make(program: Program) -> Any:  # Any: an opener
            opener = rule(program)

            def open_changed(source: Stream, run: Run) -> Stream:
                out: Stream = opener(source, run)
                out.chunks = change(out.chunks)
                return out

            return open_changed

        patch.setitem(RULES, (kind, "astream"), make)

    return plant


def ruling(kind: type[Node], meaning: Meaning, rule: Callable[..., Any]) -> Plant:  # Any: a rule of any meaning
    """Another rule for a kind of node."""
    return lambda patch: patch.setitem(RULES, (kind, meaning), rule)


def setting(owner: object, name: str, make: Callable[[Any], Any]) -> Plant:  # Any: whatever is replaced
    """An attribute replaced by what is made of it."""
    return lambda patch: patch.setattr(owner, name, make(getattr(owner, name)))


__all__ = ["Fault", "aspoiling", "atearing", "forget", "rewriting", "ruling", "setting", "spoiling", "tearing"]
