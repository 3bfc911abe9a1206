"""The type of a value."""

from __future__ import annotations

from typing import Any

from runlaw.algebra.forms import generic
from runlaw.kernel.signature import TypeForm

_MOST_ITEMS = 32
_MOST_NESTED = 4


def type_of(value: Any, depth: int = 0) -> TypeForm:  # Any: values of every type
    """The type of a value: of a tuple with its items, of other containers without, for what may go in is not known.

    >>> type_of((1, "a")), type_of([1]), type_of(int)
    (tuple[int, str], <class 'list'>, type[int])
    """
    if isinstance(value, type):
        return generic(type, value)
    if type(value) is tuple and len(value) <= _MOST_ITEMS and depth < _MOST_NESTED:
        return generic(tuple, *[type_of(item, depth + 1) for item in value])
    said: TypeForm = getattr(value, "__orig_class__", None)
    return type(value) if said is None else said
