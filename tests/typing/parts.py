"""The functions and types that the programs of this folder are made of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from typing_extensions import TypedDict

T = TypeVar("T")
U = TypeVar("U")


class Point(TypedDict):
    x: int
    y: int


class Named(TypedDict):
    name: str
    size: int


@dataclass(frozen=True)
class Box(Generic[T]):
    held: T


class Animal:
    """Has a subclass."""


class Cat(Animal):
    """An animal."""


class Words:
    """Adds up by itself."""

    def __add__(self, other: Words) -> Words:
        return self


class Scaler:
    """A callable object, with methods of every kind."""

    def __call__(self, x: int) -> float:
        return x / 2

    def bound(self, x: int) -> str:
        return str(x)

    @staticmethod
    def static(x: str) -> int:
        return len(x)

    @classmethod
    def of_class(cls, x: str) -> bytes:
        return x.encode()


def show(x: int) -> str:
    return str(x)


def size(x: str) -> int:
    return len(x)


def half(x: int) -> float:
    return x / 2


def shout(x: str) -> str:
    return x.upper()


def words(x: str) -> list[str]:
    return x.split()


def joined(x: Sequence[str]) -> str:
    return " ".join(x)


def positive(x: int) -> bool:
    return x > 0


def blank(x: str) -> bool:
    return not x


def double(x: int) -> int:
    return 2 * x


def maybe(x: str) -> int | None:
    return len(x) or None


def or_zero(x: int | None) -> int:
    return x or 0


def describe(x: object) -> str:
    return repr(x)


def nothing(x: object) -> None:
    return None


def adopt(x: str) -> Cat:
    return Cat()


def pet(x: Animal) -> str:
    return "purr"


def point(x: int) -> Point:
    return {"x": x, "y": x}


def norm(p: Point) -> int:
    return p["x"] + p["y"]


def named(x: str) -> Named:
    return {"name": x, "size": len(x)}


def dup(x: T) -> tuple[T, T]:
    return (x, x)


def same(x: T) -> T:
    return x


def boxed(x: T) -> Box[T]:
    return Box(x)


def unboxed(x: Box[T]) -> T:
    return x.held


def first(x: Sequence[T]) -> T:
    return x[0]


def swap(x: tuple[T, U]) -> tuple[U, T]:
    return (x[1], x[0])


def add(x: int, y: float) -> float:
    return x + y


def greet(name: str, times: int, end: bytes) -> str:
    return name * times


async def later_size(x: str) -> int:
    return len(x)


async def later_add(x: int, y: float) -> float:
    return x + y


def chars(x: str) -> Iterator[str]:
    yield from x


async def later_chars(x: str) -> AsyncIterator[str]:
    for char in x:
        yield char


def codes(x: str) -> Iterator[int]:
    yield from map(ord, x)


async def later_codes(x: str) -> AsyncIterator[int]:
    for char in x:
        yield ord(char)


def ratios(x: str) -> Iterator[float]:
    yield 0.5


def lists(x: int) -> Iterator[list[int]]:
    yield [x]


def sums(x: int) -> Iterator[Words]:
    yield Words()


def cats(x: int) -> Iterator[Cat]:
    yield Cat()


def points(x: int) -> Iterator[Point]:
    yield point(x)


def upper_all(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield chunk.upper()


async def later_upper_all(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        yield chunk.upper()


def sizes_of(chunks: Iterator[str]) -> Iterator[int]:
    for chunk in chunks:
        yield len(chunk)


def sizes(group: Sequence[str]) -> list[int]:
    return [len(x) for x in group]


async def later_sizes(group: Sequence[str]) -> list[int]:
    return [len(x) for x in group]
