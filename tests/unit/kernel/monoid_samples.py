"""Types of chunks for the tests of monoids."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, StrEnum
from numbers import Number
from typing import NamedTuple


class Answer:
    """What a sum of ``Piece`` stands for."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answer) and type(other) is type(self) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


class Piece(Answer):
    """A chunk with a ``+`` of its own that finishes as an ``Answer`` and joins in one go."""

    joins = 0
    additions = 0

    def __add__(self, other: Piece) -> Piece:
        if not isinstance(other, Piece):
            return NotImplemented
        Piece.additions += 1
        return Piece(self.text + other.text)

    @classmethod
    def __join__(cls, chunks: Sequence[Piece]) -> Piece:
        Piece.joins += 1
        return cls("".join(chunk.text for chunk in chunks))

    def __finish__(self) -> Answer:
        return Answer(self.text)


class Price:
    """A type with ``+`` that refuses to add up different currencies."""

    def __init__(self, currency: str) -> None:
        self.currency = currency

    def __add__(self, other: Price) -> Price:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency}")
        return self


class Point(NamedTuple):
    x: int
    y: int


class Path(tuple[str, ...]):
    """A tuple with a ``+`` that keeps the type."""

    def __add__(self, other: object) -> Path:
        return Path((*self, *other)) if isinstance(other, tuple) else NotImplemented


class Markup(str):
    def __add__(self, other: str) -> Markup:
        return Markup(str(self) + other)


class Token(str):
    pass


class Mood(StrEnum):
    GLAD = "glad"


class Shade(str, Enum):  # noqa: UP042  # the older way, which users have
    DARK = "dark"


class Docs(list[str]):
    pass


class Vector:
    def __add__(self, other: Vector) -> Vector:
        return self

    def __sub__(self, other: Vector) -> Vector:
        return self


class Tensor:
    def __add__(self, other: Tensor) -> Tensor:
        return self

    def __array__(self) -> object:
        return self


class Unaddable(Piece):
    __add__ = None  # type: ignore[assignment]  # how a subclass takes an operator back


class Log(dict[str, str]):
    def __add__(self, other: Log) -> Log:
        return Log({**self, **other})

    def __finish__(self) -> str:
        return " ".join(self.values())


class Natural(Number):
    """A number by its own word: it can be added, and not subtracted."""

    def __add__(self, other: Natural) -> Natural:
        return self

    __hash__ = object.__hash__
