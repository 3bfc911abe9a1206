"""Copies of values, as they are at one moment."""

from __future__ import annotations

from copy import deepcopy
from typing import TypeVar

T = TypeVar("T")


def copied(value: T) -> T:
    """A deep copy of a value; the value itself where it has none that equals it.

    >>> buffer = ["a"]
    >>> before = copied(buffer)
    >>> buffer.clear()
    >>> before
    ['a']
    """
    try:
        copy = deepcopy(value)
        return copy if bool(copy == value) else value
    except Exception:  # whatever a value raises that cannot be copied or compared
        return value
