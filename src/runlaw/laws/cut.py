"""Values cut into chunks that add up to them, in the ways that tell most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

LETTERS = 12
"""Up to which length a value is cut item by item."""


def cuts_of(value: Any, fractions: Sequence[float]) -> list[list[Any]]:  # Any: a value that adds up
    """Some ways to cut a value, no two the same: at some fractions of its length, in the middle, item by item, around
    blanks, and with empty chunks. A record is cut key by key; what cannot be cut is one chunk.

    >>> for pieces in cuts_of("a b", [0.9]):
    ...     print(pieces)
    ['a ', 'b']
    ['a', ' b']
    ['a', ' ', 'b']
    ['', 'a', '', ' b', '']
    """
    if isinstance(value, Mapping):
        parts = {key: cuts_of(whole, fractions) for key, whole in value.items()}
        most = max(map(len, parts.values()), default=0)
        return [
            [{key: piece} for key, ways in parts.items() for piece in ways[min(way, len(ways) - 1)]]
            for way in range(most)
        ]
    if not isinstance(value, (str, bytes, list)) or not value:
        return [[value]]
    ways = dict.fromkeys(tuple(sorted({0, len(value), *places})) for places in _places(value, fractions))
    cut = [[value[start:end] for start, end in pairwise(way)] for way in ways]
    return [*cut, _with_empty(value)]


def _places(value: str | bytes | list[Any], fractions: Sequence[float]) -> Iterator[list[int]]:  # Any: items
    length = len(value)
    yield [int(fraction * length) for fraction in fractions]
    yield [length // 2]
    if length <= LETTERS:
        yield list(range(length))
    blanks = [] if isinstance(value, list) else [index for index in range(length) if value[index : index + 1].isspace()]
    if blanks:
        yield blanks
        yield [blank + 1 for blank in blanks]


def _with_empty(value: Any) -> list[Any]:  # Any: a text, bytes or a list
    empty, middle = value[:0], len(value) // 2
    return [empty, value[:middle], empty, value[middle:], empty]
