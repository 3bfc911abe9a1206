"""Whether the objects that a program holds compare by value, as the laws with ``==`` assume."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from runlaw.algebra.walk import children
from runlaw.kernel.nodes import Node
from runlaw.kernel.value import Value, hash_of, same_parts
from runlaw.runnable import Runnable

BY_VALUE = "the objects in the leaves equal their copies, and hash alike"


def compares_by_value(program: Runnable[Any, Any]) -> bool:  # Any: of whatever types
    """Whether the functions, constants and options in a program equal their own copies, as do their hashes.

    >>> from operator import itemgetter
    >>> from runlaw import lift
    >>> compares_by_value(lift(str.upper)), compares_by_value(lift(itemgetter(0)))
    (True, False)
    """
    return all(map(_equals_its_copy, _held(program.node)))


def _held(node: Node) -> Iterator[object]:
    for child in children(node):
        yield from _held(child.node)
    for name, part in getattr(node, "__dict__", {}).items():
        if not name.startswith("_"):
            yield from _parts(part)


def _parts(part: object) -> Iterator[object]:
    if isinstance(part, (Node, Runnable)):
        return
    if isinstance(part, Value):
        for field in part._values():
            yield from _parts(field)
    elif isinstance(part, (tuple, list)):
        for item in part:
            yield from _parts(item)
    elif isinstance(part, Mapping):
        for item in part.values():
            yield from _parts(item)
    else:
        yield part


def _equals_its_copy(held: object) -> bool:
    copied = _copy_of(held)
    try:
        return held is copied or (same_parts(held, copied) and hash_of(held) == hash_of(copied))
    except Exception:  # whatever an __eq__ raises
        return False


def _copy_of(held: object) -> object:
    for copy in (lambda: pickle.loads(pickle.dumps(held)), lambda: deepcopy(held)):
        try:
            return copy()
        except Exception:  # whatever an object raises that cannot be copied
            continue
    return held
