"""Parsers: Runnables from what a model says to what a program needs."""

from __future__ import annotations

from typing import Any, TypeVar, overload

from pydantic import JsonValue, TypeAdapter

from runlaw.combinators.lift_transform import lift_transform
from runlaw.combinators.map_chunks import map_chunks
from runlaw.components.json_snapshots import JsonSnapshots
from runlaw.components.list_items import list_items
from runlaw.components.messages import AIMessage
from runlaw.components.model_text import text_of_output
from runlaw.kernel.monoid import LIST, STR, last
from runlaw.runnable import Runnable

T = TypeVar("T")


def str_parser(*, name: str = "StrOutputParser") -> Runnable[AIMessage | str, str]:
    """The text of what a model says, chunk by chunk.

    >>> str_parser().invoke(AIMessage(content="Hello"))
    'Hello'
    """
    return map_chunks(text_of_output, name=name, run_type="parser", blocking=False, monoid=STR)


@overload
def json_parser(*, name: str = ...) -> Runnable[AIMessage | str, JsonValue]: ...
@overload
def json_parser(kind: type[T] | TypeAdapter[T], /, *, name: str = ...) -> Runnable[AIMessage | str, T]: ...
def json_parser(
    kind: Any = JsonValue,  # Any: of the overloads' types
    /,
    *,
    name: str = "JsonOutputParser",
) -> Runnable[AIMessage | str, Any]:  # Any: of the overloads' types
    """The JSON that a model writes, as values of a type.

    It streams ever more complete snapshots: the JSON so far, as soon as it fits the type, as pydantic's partial
    mode decides. The last snapshot is the whole, validated in full. A code fence around the JSON, and what stands
    before and after the fence, is left out.

    Args:
        kind: A type or a pydantic ``TypeAdapter``; any JSON value without it.
        name: The run's name in events.

    Raises:
        TypeError: ``kind`` is no type that pydantic can describe.
        pydantic.ValidationError: When run: the whole text is no JSON, or does not fit; a note shows the text.

    >>> list(json_parser(list[int]).transform(["[1, ", "2", "3]"]))
    [[1], [1, 23]]
    """
    snapshots = JsonSnapshots(kind)
    snapshots.check()
    return lift_transform(snapshots, name=name, run_type="parser", blocking=False, monoid=last)


def list_parser(*, name: str = "ListOutputParser") -> Runnable[AIMessage | str, list[str]]:
    """The items of a list that a model writes, each as soon as it is complete.

    A line with a bullet (``-``, ``*``, ``•``) or a number (``1.``, ``1)``) is one item; in any other line commas
    separate the items, and quotes protect a comma.

    >>> list_parser().invoke("red, green, blue")
    ['red', 'green', 'blue']
    >>> list(list_parser().transform(["1. one\\n2.", " two"]))
    [['one'], ['two']]
    """
    return lift_transform(list_items, name=name, run_type="parser", blocking=False, monoid=LIST)
