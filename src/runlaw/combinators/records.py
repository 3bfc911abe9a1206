"""``assign`` and ``pick``: records in, records out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

from runlaw.algebra import normal
from runlaw.algebra.leaf import to_node
from runlaw.runnable import Runnable, runnable

Record = TypeVar("Record", bound=Mapping[str, object])


def assign(**branches: Callable[[Record], object]) -> Runnable[Record, Mapping[str, object]]:
    """The record that comes in, with more keys (or other values under its keys), each computed from it.

    Raises:
        TypeError: There are no keys; at run time: what came in is no record.

    >>> from runlaw import assign
    >>> assign(area=lambda r: r["w"] * r["h"]).invoke({"w": 2, "h": 3})
    {'w': 2, 'h': 3, 'area': 6}
    """
    return runnable(normal.assign({key: to_node(step, f"assign({key}=...)") for key, step in branches.items()}))


@overload
def pick(key: str, /) -> Runnable[Mapping[str, object], object]: ...
@overload
def pick(key: str, second: str, /, *more: str) -> Runnable[Mapping[str, object], Mapping[str, object]]: ...
def pick(*keys: str) -> Runnable[Any, Any]:  # Any: the overloads carry the types
    """The value under a key of a record; with several keys, the record of just these.

    Raises:
        TypeError: There are no keys; at run time: what came in is no record.
        KeyError: At run time: the record lacks a key.

    >>> from runlaw import pick
    >>> pick("a").invoke({"a": 1, "b": 2}), pick("a", "b").invoke({"a": 1, "b": 2, "c": 3})
    (1, {'a': 1, 'b': 2})
    """
    return runnable(normal.pick(keys))
