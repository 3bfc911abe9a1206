"""Assignability of types at run time: what fits, and what is accepted because it cannot be told."""

# mypy: disable-error-code="valid-type, type-arg"
# ruff: noqa: UP006, UP007, UP044, UP045 - every way of writing a type is read here
from __future__ import annotations

import asyncio
import decimal
import fractions
import io
import numbers
import typing
from collections import Counter, OrderedDict, abc, defaultdict, deque
from types import FunctionType, MappingProxyType, NoneType
from typing import (
    IO,
    Annotated,
    Any,
    ForwardRef,
    Generic,
    Literal,
    LiteralString,
    Never,
    NoReturn,
    Optional,
    SupportsFloat,
    SupportsInt,
    TextIO,
    Union,
    Unpack,
)

import pytest
from returns.result import Result

from runlaw import Runnable
from runlaw.algebra.fits import fits
from tests.unit.algebra.type_samples import (
    AdminId,
    Alias,
    Amount,
    Awaits,
    Base,
    Box,
    Broken,
    Called,
    Closing,
    Colour,
    Con,
    Cov,
    Data,
    Derived,
    Door,
    Fixed,
    Function,
    Inherits,
    IntInv,
    Inv,
    Json,
    Json2,
    Loose,
    MaybePoint,
    Measured,
    Named,
    Numbers,
    P,
    Pair,
    Point,
    Point3,
    Proxy,
    Sets,
    Size,
    Sized2,
    Slotted,
    Stated,
    T,
    Text,
    Tree,
    Tree2,
    Ts,
    Twice,
    UserId,
    Valued,
    Whole,
)

FITS: list[tuple[object, object]] = [
    # the top and the bottom
    (int, Any),
    (Any, int),
    (Any, list[str]),
    (int, object),
    (None, object),
    (list[int], object),
    (Never, int),
    (NoReturn, str),
    (Never, Never),
    (Loose, int),
    # classes and numbers
    (int, int),
    (bool, int),
    (bool, float),
    (int, float),
    (int, complex),
    (float, complex),
    (Size, int),
    (Size, float),
    (Derived, Base),
    (None, None),
    (None, NoneType),
    (ValueError, Exception),
    (str, abc.Hashable),
    (str, abc.Sized),
    (dict, abc.Iterable),
    # unions
    (int, int | str),
    (int, Optional[int]),
    (None, Optional[int]),
    (int | str, str | int),
    (int | str, Union[int, str, bytes]),
    (bool | int, float),
    (int | str, object),
    (Derived | None, Base | None),
    (list[int], list[int] | None),
    (bool, Literal[True, False]),
    (bool, Literal[True] | Literal[False]),
    # literals and enumerations
    (Literal[1], int),
    (Literal[1], float),
    (Literal["a"], str),
    (Literal["a"], Literal["a", "b"]),
    (Literal["a", 1], str | int),
    (Literal["a"] | Literal["b"], Literal["a", "b"]),
    (Literal["a", "b"], Literal["a"] | Literal["b"]),
    (Literal[Colour.RED], Colour),
    (Colour, Literal[Colour.RED, Colour.BLUE]),
    (Literal[None], None),
    (None, Literal[None]),
    (LiteralString, str),
    (str, LiteralString),
    # containers
    (list[int], list[int]),
    (list[int], list),
    (list, list[int]),
    (list[Any], list[int]),
    (list[int], list[Any]),
    (list[int], abc.Sequence[int]),
    (list[int], abc.Sequence[float]),
    (list[int], typing.Sequence[int]),
    (list[bool], abc.Iterable[int]),
    (typing.List[int], list[int]),
    (list[int | str], list[str | int]),
    (Numbers, list[int]),
    (Numbers, abc.Sequence[float]),
    (dict[str, int], abc.Mapping[str, object]),
    (dict[str, int], abc.Mapping[str, float]),
    (dict[str, int], typing.Dict[str, int]),
    (dict[str, int], abc.Iterable[str]),
    (OrderedDict[str, int], dict[str, int]),
    (defaultdict[str, int], dict[str, int]),
    (Counter[str], dict[str, int]),
    (MappingProxyType[str, int], abc.Mapping[str, int]),
    (set[int], abc.Set[float]),
    (frozenset[bool], frozenset[int]),
    (deque[int], abc.MutableSequence[int]),
    (str, abc.Sequence[str]),
    (str, abc.Iterable[str]),
    (bytes, abc.Sequence[int]),
    (range, abc.Sequence[int]),
    (abc.Generator[int, None, str], abc.Iterator[int]),
    (abc.Generator[bool, object, int], abc.Generator[int, int, float]),
    (abc.AsyncGenerator[int, None], abc.AsyncIterator[float]),
    (abc.Coroutine[Any, Any, int], abc.Awaitable[int]),
    (asyncio.Task[int], abc.Awaitable[float]),
    (asyncio.Task[int], asyncio.Future[int]),
    (Awaits, abc.Awaitable[int]),
    (enumerate[str], abc.Iterator[tuple[int, str]]),
    (abc.ItemsView[str, int], abc.Iterable[tuple[str, int]]),
    (abc.KeysView[str], abc.Set[str]),
    # generics of one's own
    (Inv[int], Inv[int]),
    (IntInv, Inv[int]),
    (Inv, Inv[int]),
    (Cov[bool], Cov[int]),
    (Con[int], Con[bool]),
    (Result[int, ValueError], Result[float, Exception]),
    # tuples
    (tuple[int, str], tuple[int, str]),
    (tuple[bool, str], tuple[int, object]),
    (tuple[int, int], tuple[int, ...]),
    (tuple[()], tuple[int, ...]),
    (tuple[int, ...], tuple[float, ...]),
    (tuple[int, str], tuple),
    (tuple, tuple[int, str]),
    (tuple[Any, ...], tuple[int, str]),
    (tuple[int, str], abc.Sequence[int | str]),
    (tuple[int, str, str], tuple[int, Unpack[tuple[str, ...]]]),
    (tuple[int, *tuple[str, ...]], tuple[int, *tuple[str, ...]]),
    (tuple[int, str, bytes], tuple[int, *tuple[str, ...], bytes]),
    (tuple[int, *tuple[str, bytes]], tuple[int, str, bytes]),
    (tuple[int, *tuple[int, ...]], tuple[int, ...]),
    (tuple[int, str], tuple[Unpack[Ts]]),
    (Pair, tuple[int, str]),
    (Pair, tuple[object, ...]),
    (Pair, Pair),
    # records
    (Point, Point),
    (Point3, Point),
    (Point, MaybePoint),
    (Fixed, Point),
    (Point, Named),
    (Point, abc.Mapping[str, object]),
    (Point, abc.Mapping[str, int]),
    (Point, dict[str, int]),
    (Point, dict),
    (Point, abc.Iterable[str]),
    (Point, abc.Sized),
    (dict, Point),
    (dict[str, Any], Point),
    (dict[str, int], Point),
    (dict[str, object], Point),
    (abc.Mapping[str, object], Point),
    (Box[int], Box[int]),
    (Box[int], Box[float]),
    (Tree, Tree2),
    # callables and classes
    (abc.Callable[[int], str], abc.Callable[[int], str]),
    (abc.Callable[[object], bool], abc.Callable[[int], int]),
    (abc.Callable[..., int], abc.Callable[[str], int]),
    (abc.Callable[[str], int], abc.Callable[..., int]),
    (typing.Callable[[int], str], abc.Callable[[int], str]),
    (abc.Callable[P, int], abc.Callable[[str], int]),
    (abc.Callable, abc.Callable[[int], int]),
    (Function, abc.Callable[[int], str]),
    (FunctionType, abc.Callable[[int], str]),
    (type[int], abc.Callable[[str], int]),
    (type, abc.Callable[[str], int]),
    (abc.Callable[[int], str], Called),
    (abc.Callable[[int], str], abc.Hashable),
    (abc.Callable[[int], str], object),
    (abc.Callable[[int], str], FunctionType),
    (Runnable[int, str], abc.Callable[[int], str]),
    (Runnable[int, str], Runnable[int, str]),
    # numbers that derive from the abstract ones
    (fractions.Fraction, numbers.Rational),
    (fractions.Fraction, numbers.Number),
    (Amount, numbers.Number),
    (decimal.Decimal, numbers.Number),
    (Any, numbers.Number),
    (type[bool], type[int]),
    (type[int], type),
    (type, type[int]),
    (type[int], object),
    # protocols
    (Door, Closing),
    (io.StringIO, Closing),
    (Data, Sized2),
    (Sets, Sized2),
    (Inherits, Sized2),
    (Slotted, Sized2),
    (Stated, Sized2),
    (Valued, Sized2),
    (Colour, Sized2),
    (ValueError, Sized2),
    (Data, Measured),
    (Sets, Measured),
    (Loose, Sized2),
    (Proxy, Sized2),
    (Any, Sized2),
    (Proxy, Closing),
    (int, SupportsInt),
    (float, SupportsFloat),
    # names, aliases, metadata
    (UserId, int),
    (UserId, float),
    (UserId, UserId),
    (AdminId, UserId),
    (AdminId, int),
    (list[UserId], abc.Sequence[int]),
    (Annotated[int, "m"], int),
    (int, Annotated[int, "m"]),
    (Annotated[list[Annotated[int, 1]], 2], list[int]),
    (Alias, list[int]),
    (list[int], Alias),
    (Twice[int], tuple[int, int]),
    (str, Json),
    (list[Json], Json),
    (Json, Json2),
    (list[Json], Json2),
    (ForwardRef("Later"), int),
    ("Later", int),
    (list["Later"], list[int]),  # type: ignore[name-defined]  # noqa: F821 - what it is about
    (Broken, int),
    (int, Broken),
    # type variables that are not solved
    (T, int),
    (int, T),
    (list[T], list[int]),
    (bool, Whole),
    (Whole, int),
    (str, Text),
    (Text, bytes),
    # not sure
    (io.StringIO, TextIO),
    (io.BytesIO, IO[bytes]),
    (TextIO, io.TextIOBase),
]


@pytest.mark.parametrize(("output", "input"), FITS, ids=repr)
def test_fits(output: object, input: object) -> None:
    assert fits(output, input)


def test_there_are_enough_cases() -> None:
    assert len(FITS) >= 150


@pytest.mark.parametrize("form", [one for pair in FITS for one in pair], ids=repr)
def test_every_type_fits_itself(form: object) -> None:
    assert fits(form, form)


class Refusing(type):
    def __subclasscheck__(cls, other: type) -> bool:
        raise RuntimeError("no")


class Unhashable(type):
    def __eq__(cls, other: object) -> bool:
        return cls is other

    __hash__ = None  # type: ignore[assignment]  # a class that cannot be hashed


class Strange(metaclass=Refusing): ...


class Odd(metaclass=Unhashable): ...


def test_classes_that_refuse_to_be_asked_are_accepted() -> None:
    assert fits(int, Strange)
    assert fits(Odd, Odd)
    assert not fits(Odd, int)
    assert fits(list[Odd], abc.Sequence[Odd])


def test_what_was_refused_once_is_refused_again() -> None:
    numbers, texts = list[int], list[str]  # met twice, in both members of the union
    assert not fits(list[numbers], abc.Sequence[texts] | abc.Collection[texts])
    assert not fits(tuple[numbers, int], tuple[texts, str] | tuple[texts, int])


def test_callables_that_do_not_list_what_they_take_are_accepted() -> None:
    assert fits(abc.Callable, abc.Callable[[int], str])
    assert fits(abc.Callable[[int], str], abc.Callable)
    assert fits(abc.Callable[[Unpack[tuple[int, ...]]], str], abc.Callable[[int, int], str])
    assert not fits(abc.Callable[[Unpack[tuple[int, ...]]], str], abc.Callable[[int, int], int])


def test_what_is_no_type_is_accepted() -> None:
    assert fits(3, int)
    assert fits(int, 3)
    assert fits([int], str)


class Taking(Generic[P]): ...


class Several(Generic[T, P]): ...


def test_parameters_that_are_lists_are_not_compared() -> None:
    assert fits(Taking[[int]], Taking[[str]])
    assert fits(Taking[...], Taking[[str]])
    assert fits(Several[int, [int]], Several[int, ...])
    assert not fits(Several[int, [int]], Several[str, [int]])


def test_mappings_that_do_not_say_what_they_hold_are_accepted_for_records() -> None:
    for mapping in (dict, abc.Mapping, abc.Mapping[str, Any], dict[str, int]):
        assert fits(mapping, Point)
    for other in (dict[int, int], dict[str, str], list, list[int], abc.Iterable[str]):
        assert not fits(other, Point)


def test_very_deep_types_are_compared_without_overflow() -> None:
    one: object = int
    other: object = int
    for _ in range(300):
        one, other = list[one], list[other]
    assert fits(one, other)
    assert not fits(one, int)
