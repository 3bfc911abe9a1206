"""What a type must have for its values to add up without being told how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from typing import Self


class Addable(Protocol):
    """A type with a ``+`` of its own."""

    def __add__(self, other: Self, /) -> Self: ...
