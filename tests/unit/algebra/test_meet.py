"""The input that several programs share."""

# mypy: disable-error-code="valid-type, type-arg"
# ruff: noqa: UP045 - every way of writing a type is read here
from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import (
    Any,
    Generic,
    Literal,
    NamedTuple,
    Never,
    NewType,
    NotRequired,
    Optional,
    ParamSpec,
    Protocol,
    TypeVar,
    final,
)

import pytest
from pydantic import BaseModel
from typing_extensions import TypedDict

from runlaw.algebra.fits import fits
from runlaw.algebra.meet import disjoint, meet
from runlaw.algebra.records import Field, fields_of

T = TypeVar("T")
P = ParamSpec("P")
UserId = NewType("UserId", int)


class A(TypedDict):
    a: int


class MaybeA(TypedDict):
    a: NotRequired[float]


class TextA(TypedDict):
    a: str


class B(TypedDict):
    b: str


class AB(A):
    b: str


class Base: ...


class Derived(Base): ...


class Other: ...


class Both(Base, Other): ...


class Left: ...


class Right: ...


@final
class Final: ...


@dataclass
class User:
    name: str


@dataclass
class Order:
    number: int


class Model(BaseModel):
    x: int


class HasName(Protocol):
    name: str


class Pair(NamedTuple):
    left: int
    right: str


class Third(Other): ...


class Named(Third, Base):
    name: str


class HookedMeta(type):
    def __subclasscheck__(cls, other: type) -> bool:
        raise RuntimeError("no")


class Hooked(metaclass=HookedMeta): ...


class Row(list[T], Generic[T]): ...


class HookedRow(Generic[T], metaclass=HookedMeta): ...


class Holder(Generic[T]): ...


class Sink(Iterator[int], Generic[P]): ...


@dataclass
class Left2:
    name: str


@dataclass
class Right2:
    number: int


class LeftAndRight(Left2, Right2): ...


def nested(depth: int, innermost: object) -> object:
    form = innermost
    for _ in range(depth):
        form = list[form]
    return form


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ([], Any),
        ([Any, Any], Any),
        ([int, int], int),
        ([Any, int], int),
        ([object, int], int),
        ([int, object, Any], int),
        ([object, Any], object),
        ([float, int], int),
        ([Base, Derived], Derived),
        ([Sequence[int], list[int]], list[int]),
        ([int | str, str | bytes], str),
        ([int | str | None, Optional[int]], Optional[int]),
        ([A, A], A),
        ([A, AB], AB),
        ([A, B, AB], AB),
        ([Mapping[str, object], A], A),
        ([A, dict[str, Any]], A),
        ([Left, Right], Left),
        ([bool | str, int], bool),
        ([int, bool | str], bool),
        ([int | str, bytes], int | str),
    ],
    ids=repr,
)
def test_meet(forms: list[object], expected: object) -> None:
    assert meet(forms, "In") == expected


def test_records_are_merged() -> None:
    merged = meet([A, B], "Merged")
    assert isinstance(merged, type)
    assert merged.__name__ == "Merged"
    assert fields_of(merged) == {"a": Field(int), "b": Field(str)}
    assert fields_of(meet([MaybeA, B], "M")) == {"a": Field(float, required=False), "b": Field(str)}
    assert meet([MaybeA, A], "M") is A
    assert fits(merged, A)
    assert fits(merged, B)


DISJOINT: list[tuple[object, object]] = [
    (int, str),
    (int, None),
    (int | str, bytes),
    (int | str, bytes | None),
    (Never, int),
    (str, bytes),
    (list[int], list[str]),
    (list[int], set[int]),
    (Sequence[int], Sequence[str]),
    (Sequence[int], list[str]),
    (Mapping[str, int], Mapping[str, str]),
    (tuple[int], tuple[int, int]),
    (tuple[int, str], tuple[int, int]),
    (tuple[int, *tuple[int, ...]], tuple[str, int, *tuple[int, ...]]),
    (tuple[int], tuple[int, int, *tuple[int, ...]]),
    (Pair, tuple[int]),
    (Literal["a"], Literal["b"]),
    (Literal[1], str),
    (UserId, str),
    (Awaitable[int], Awaitable[str]),
    (User, Order),
    (User, int),
    (User, Model),
    (Model, dict),
    (Final, Base),
    (bool, str),
    (A, TextA),
    (A, User),
    (A, Mapping[str, str]),
    (A, dict[str, str]),
    (A, int),
    (A, list[str]),
    (A, Model),
    (Row[int], list[str]),
    (Row[int], Row[str]),
    (nested(40, int), nested(40, str)),
    (range, list[int]),
    (Generator[int, str, None], Generator[str, str, None]),
    (dict[str, int], dict[int, int]),
    (Row[int], Sequence[str]),
    (NewType("Email", str), UserId),
    (A, Mapping[int, str]),
]

SHARED: list[tuple[object, object]] = [
    (int, int),
    (int, Any),
    (int, object),
    (int, float),
    (bool, int),
    (int, int | str),
    (int | str, str | bytes),
    (int, T),
    (Base, Derived),
    (Base, Other),
    (Left, Right),
    (Base, int),
    (list[int], list),
    (list[int], list[Any]),
    (list[int], Sequence[int]),
    (Sequence[int], Iterable[bool]),
    (list[int], list[int | str]),
    (A, B),
    (A, MaybeA),
    (A, AB),
    (A, Mapping[str, object]),
    (A, dict[str, Any]),
    (A, Iterable[str]),
    (MaybeA, Mapping[str, str]),
    (A, Mapping[str, int]),
    (A, Mapping),
    (HasName, User),
    (HasName, int),
    (tuple[int, ...], tuple[int, int]),
    (tuple[int, str], tuple),
    (Pair, tuple[int, str]),
    (tuple[Base, *tuple[int, ...]], tuple[Other, int, str, *tuple[int, ...]]),
    (tuple[Base, ...], tuple[Other, int]),
    (Literal["a"], Literal["a", "b"]),
    (Literal["a"], str),
    (UserId, int),
    (Callable[[int], str], Base),
    (Sequence[int], int),
    ("Later", int),
    (nested(60, int), nested(60, str)),  # deeper than anybody looks
    (Hooked, Base),  # a class may refuse to say what derives from it
    (Hooked, list[int]),
    (Left2, Right2),  # LeftAndRight is both
    (Base, Third),  # Named is both
    (Callable[[int], str], Callable[[str], str]),
    (HasName, Final),
    (3, int),  # what is no type
    (HookedRow[int], list[str]),  # it derives from whatever it likes
    (Holder[int], Holder[str]),  # nothing says what they hold
    (Sink[[int]], Sink[[str]]),
    (Row[int], list),
    (Generator[int, str, None], Iterator[int]),
]


@pytest.mark.parametrize(("one", "other"), DISJOINT, ids=repr)
def test_disjoint(one: object, other: object) -> None:
    assert disjoint(one, other)
    assert disjoint(other, one)


@pytest.mark.parametrize(("one", "other"), SHARED, ids=repr)
def test_not_surely_disjoint(one: object, other: object) -> None:
    assert not disjoint(one, other)
    assert not disjoint(other, one)


def test_what_many_classes_derive_from_is_told_from_what_few_do() -> None:
    many = [type(f"Kind{number}", (Order,), {}) for number in range(1100)]
    assert disjoint(Order, User)
    assert disjoint(User, Order)
    assert not disjoint(many[0], Order)
