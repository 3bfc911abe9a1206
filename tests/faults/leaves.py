"""Planted faults in how leaves are run: what they are given, how often, and when they are closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from runlaw.interpret.program import Program
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import END
from runlaw.kernel import monoid
from runlaw.kernel.nodes import BatchFn, Node, Transform
from runlaw.laws.palette import Both
from runlaw.runnable import Runnable

from .planting import Fault, rewriting, ruling, setting, tearing

LEFT_OPEN: list[object] = []


def in_reverse(node: Node) -> Node:
    """A leaf of groups that gives its results in reverse."""
    if not isinstance(node, BatchFn) or node.asynchronous:
        return node
    return BatchFn(_Reversed(node.fn), node.options, node.asynchronous, node.max_batch_size)


class _Reversed:
    def __init__(self, fn: Callable[..., Sequence[Any]]) -> None:  # Any: whatever the leaf gives
        self.fn = fn

    def __call__(self, values: Sequence[Any]) -> list[Any]:  # Any: what the leaf takes and gives
        return list(self.fn(values))[::-1]


def emptying(original: Any) -> Any:  # Any: a method
    """Running a program, then emptying the list or record that it was given."""

    def invoke(self: Runnable[Any, Any], value: Any, *more: Any) -> Any:  # Any: as of the original
        emptied = isinstance(value, (list, dict))
        given = original(self, value.copy() if emptied else value, *more)
        if emptied:
            value.clear()
        return given

    return invoke


def once_too_often(program: Program) -> Callable[[Any, Run], Any]:  # Any: values of the program
    """A pair of which one half is computed again."""
    (pair,) = program.parts()
    again, _ = pair.parts()

    def call(value: Any, run: Run) -> Any:  # Any: as above
        again.call(value, run)
        return pair.call(value, run)

    return call


def left_open(original: Any) -> Any:  # Any: a method
    """Streams whose inside is left open when they are closed."""

    def stream(self: Runnable[Any, Any], *given: Any) -> Iterator[Any]:  # Any: as of the original
        chunks = original(self, *given)
        LEFT_OPEN.append(chunks)
        for chunk in chunks:  # noqa: UP028  # yield from would close it
            yield chunk

    return stream


def one_ahead(chunks: Iterator[Any]) -> Iterator[Any]:  # Any: chunks
    """The chunks, with one read ahead."""
    ahead = next(chunks, END)
    while ahead is not END:
        now, ahead = ahead, next(chunks, END)
        yield now


class Buffer:
    """A chunk that changes when the next one comes."""

    def __init__(self) -> None:
        self.chunk: object = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Buffer) and self.chunk == other.chunk

    def __repr__(self) -> str:
        return "Buffer"

    __hash__ = None  # type: ignore[assignment]  # as of all that changes


def in_one_buffer(original: Any) -> Any:  # Any: a method
    """Streams that give each chunk in the one buffer."""

    def stream(self: Runnable[Any, Any], *given: Any) -> Iterator[Buffer]:  # Any: as of the original
        buffer = Buffer()
        for chunk in original(self, *given):
            buffer.chunk = chunk
            yield buffer

    return stream


def never_empty(original: Any) -> Any:  # Any: a method
    """Joining to a blank at least."""
    return lambda self, chunks: original(self, chunks) or " "


def equal_to_all(original: Any) -> Any:  # Any: a method
    """Equal to every other program."""
    return lambda self, other: isinstance(other, Runnable)


LEAVES = [
    Fault("groups give their results backwards", "groups change no value", rewriting(in_reverse)),
    Fault("invoking empties what it is given", "inputs are not changed", setting(Runnable, "invoke", emptying)),
    Fault(
        "a kind of one's own runs its inside too often",
        "rules run what lower runs",
        ruling(Both, "call", once_too_often),
    ),
    Fault(
        "streams are not closed by their readers", "closing closes what is read", setting(Runnable, "stream", left_open)
    ),
    Fault("transforms read one chunk ahead", "passing on reads no further", tearing(Transform, one_ahead)),
    Fault("all chunks are one buffer", "pace changes nothing", setting(Runnable, "stream", in_one_buffer)),
    Fault("the empty text is a blank", "empty values are neutral", setting(monoid._Text, "join", never_empty)),
    Fault("all programs are equal", "what differs is not equal", setting(Runnable, "__eq__", equal_to_all)),
]
