"""Type variables: found, put in, renamed apart, and solved by what comes."""

# mypy: disable-error-code="valid-type, type-arg"
# ruff: noqa: UP045 - every way of writing a type is read here
from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    Optional,
    ParamSpec,
    Self,
    TypeVar,
    TypeVarTuple,
    Unpack,
)

import pytest
from returns.result import Result
from typing_extensions import TypedDict

from runlaw.algebra.fits import fits
from runlaw.algebra.records import Field, fields_of, record
from runlaw.algebra.show import show
from runlaw.algebra.substitution import LARGEST, freshen, substitute, variables, within_bounds
from runlaw.algebra.unify import applied, unify

T = TypeVar("T")
U = TypeVar("U")
Whole = TypeVar("Whole", bound=int)
Text = TypeVar("Text", str, bytes)
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")


class Box(Generic[T]): ...


class IntBox(Box[int]): ...


class Pair(NamedTuple):
    left: int
    right: str


Numbers = NewType("Numbers", list[int])


class Point(TypedDict):
    x: int
    y: str


SOLVED: list[tuple[object, object, object, object]] = [
    # output, input, result, the result after the output
    (str, T, tuple[T, T], tuple[str, str]),
    (str, T, T, str),
    (Any, T, list[T], list[Any]),
    (None, T, T | int, None | int),
    (list[int], T, T, list[int]),
    (list[int], list[T], T, int),
    (list[int], Sequence[T], T, int),
    (range, Iterable[T], T, int),
    (str, Iterable[T], T, str),
    (dict[str, int], Mapping[T, U], dict[U, T], dict[int, str]),
    (dict[str, int], Iterable[T], T, str),
    (IntBox, Box[T], T, int),
    (list[Box[int]], Sequence[Box[T]], list[T], list[int]),
    (tuple[int, str], tuple[T, U], tuple[U, T], tuple[str, int]),
    (tuple[int, str], tuple[T, T], T, int | str),
    (tuple[bool, int], tuple[T, T], T, int),
    (tuple[int, bool], tuple[T, T], T, int),
    (tuple[int, str], tuple[T, ...], list[T], list[int | str]),
    (tuple[int, ...], tuple[T, ...], T, int),
    (tuple[int, ...], tuple[T, T], T, int),
    (tuple[int, str, str], tuple[T, *tuple[U, ...]], tuple[T, U], tuple[int, str]),
    (tuple[int, bytes, str], tuple[*tuple[T, ...], U], tuple[T, U], tuple[int | bytes, str]),
    (tuple[int, str], Sequence[T], T, int | str),
    (Pair, tuple[T, U], U, str),
    (int | None, Optional[T], T, int),
    (int, Optional[T], T, int),
    (int | str | None, T | None, T, int | str),
    (list[int] | None, Optional[list[T]], T, int),
    (int | str, T, T, int | str),
    (int | str, T | str, T, int),
    (list[int] | list[str], list[T], T, int | str),
    (Callable[[int], str], Callable[[T], U], tuple[T, U], tuple[int, str]),
    (Callable[..., str], Callable[[int], U], U, str),
    (type[int], type[T], T, int),
    (type[int], Callable[[str], T], T, int),
    (Awaitable[int], Awaitable[T], T, int),
    (Result[int, ValueError], Result[T, U], tuple[T, U], tuple[int, ValueError]),
    (Point, Mapping[str, T], T, object),
    (bool, Whole, list[Whole], list[bool]),
    (bytes, Text, Text, bytes),
    (Annotated[int, "m"], T, list[T], list[Annotated[int, "m"]]),
    (Annotated[list[int], "m"], list[T], T, int),
    (Literal["a"], Sequence[T], T, str),
    (Literal["a", 1], T, T, Literal["a", 1]),
    (Numbers, Sequence[T], T, int),
    (int, str, T, T),
    (int, T, U, U),
    (list[T], list[int], T, int),
    (T, str, int, int),
    (T, U, U, T),
    (int, Unpack[Ts], int, int),
    (list[T] | int, list[int], T, int),
    (Callable, Callable[[T], U], U, U),
    (Callable[[int], str], Callable, int, int),
    (Callable[[int], str], Callable[P, T], tuple[T], tuple[str]),
]


@pytest.mark.parametrize(("output", "input", "result", "expected"), SOLVED, ids=range(len(SOLVED)))
def test_applied(output: object, input: object, result: object, expected: object) -> None:
    assert applied(output, input, result)[0] == expected


@pytest.mark.parametrize(("output", "input", "result", "expected"), SOLVED, ids=range(len(SOLVED)))
def test_what_is_solved_fits(output: object, input: object, result: object, expected: object) -> None:
    bindings = applied(output, input, result)[1]
    clash = (output, input) in [
        (int, str),
        (tuple[int, ...], tuple[T, T]),
        (list[int] | list[str], list[T]),
        (list[T] | int, list[int]),
    ]
    assert fits(substitute(output, bindings), substitute(input, bindings)) is not clash


def test_variables_of_both_sides_meet_in_one() -> None:
    bindings: dict[object, object] = {}
    unify(T, U, bindings)
    unify(U, T, bindings)
    assert substitute(tuple[T, U], bindings) in (tuple[T, T], tuple[U, U])


def test_what_is_learnt_of_one_variable_is_learnt_of_what_it_stands_for() -> None:
    bindings: dict[object, object] = {}
    unify(U, T, bindings)
    unify(int, T, bindings)
    assert substitute(tuple[T, U], bindings) == tuple[int, int]
    bindings = {}
    unify(T, U, bindings)
    unify(T, int, bindings)
    assert substitute(tuple[T, U], bindings) == tuple[int, int]
    bindings = {}
    unify(int, T, bindings)
    unify(U, T, bindings)
    assert substitute(tuple[T, U], bindings) == tuple[int, int]


def test_an_input_narrows_what_was_learnt() -> None:
    bindings: dict[object, object] = {}
    unify(T, float, bindings)
    unify(T, int, bindings)
    assert bindings == {T: int}
    unify(T, object, bindings)
    assert bindings == {T: int}


def test_records_are_solved_key_by_key() -> None:
    form = record("In", {"x": Field(T), "y": Field(list[U])})
    given = record("Given", {"x": Field(int), "y": Field(list[str]), "z": Field(bytes)})
    assert applied(given, form, tuple[T, U])[0] == tuple[int, str]
    assert applied(dict[str, int], record("In2", {"x": Field(T)}), T)[0] is int


def test_variables_are_found_everywhere() -> None:
    form = record("Found", {"x": Field(list[T])})
    assert variables(form) == (T,)
    assert variables(list[form]) == (T,)
    assert variables(Callable[[T, list[U]], T]) == (T, U)
    assert variables(Callable[P, T]) == (P, T)
    assert variables(Annotated[T, U]) == (T,)
    assert variables(Literal["T"]) == ()
    assert variables(Box) == ()
    assert variables(int) == ()


def test_substitute_keeps_what_has_no_variables() -> None:
    form = list[dict[str, int]]
    assert substitute(form, {T: int}) is form
    assert substitute(list[U], {T: int}) == list[U]
    assert substitute(list[T], {}) == list[T]


def test_substitute_rebuilds_every_kind_of_form() -> None:
    assert substitute(Optional[T], {T: int}) == (int | None)
    assert substitute(Callable[[T], U], {T: int, U: str}) == Callable[[int], str]
    assert substitute(Callable[..., T], {T: int}) == Callable[..., int]
    assert substitute(Annotated[T, "m"], {T: int}) == Annotated[int, "m"]
    assert substitute(tuple[T, ...], {T: int}) == tuple[int, ...]
    assert substitute(tuple[T, *tuple[U, ...]], {T: int, U: str}) == tuple[int, *tuple[str, ...]]
    assert substitute(Box[T], {T: int}) == Box[int]
    assert substitute(type[T], {T: int}) == type[int]
    assert substitute(Self, {Self: int}) is int
    made = substitute(record("R", {"x": Field(T), "y": Field(T, required=False)}), {T: int})
    assert fields_of(made) == {"x": Field(int), "y": Field(int, required=False)}


def test_substitute_follows_what_was_put_in_and_ends() -> None:
    assert substitute(T, {T: list[U], U: int}) == list[int]
    assert substitute(T, {T: list[T]}) == list[T]
    assert substitute(T, {T: U, U: T}) is T


def test_freshen_renames_only_what_is_taken() -> None:
    assert freshen((T, list[U]), ()) == (T, list[U])
    first, second = freshen((dict[T, U], T), {T})
    assert variables(first)[1] is U
    assert variables(first)[0] is second
    assert second is not T
    assert isinstance(second, TypeVar)
    assert second.__name__ == "T"


def test_freshen_keeps_bounds_and_constraints() -> None:
    whole, text = freshen((Whole, Text), {Whole, Text})
    assert isinstance(whole, TypeVar)
    assert isinstance(text, TypeVar)
    assert whole.__bound__ is int
    assert text.__constraints__ == (str, bytes)
    assert freshen((P,), {P})[0] is not P


def test_types_beyond_bounds_are_told() -> None:
    form: object = int
    for _ in range(LARGEST - 1):
        form = list[form]
    assert within_bounds(form)
    assert not within_bounds(list[form])
    for _ in range(60):
        form = tuple[form, form]
    assert not within_bounds(form)


def test_iterators_are_unified_by_what_they_give() -> None:
    assert applied(Iterator[int], Iterable[T], T)[0] is int


def test_a_variable_for_items_stands_for_all_between_the_others() -> None:
    row: Any = tuple  # Any: a checker follows no variable for items here
    rest: Any = Unpack[Ts]  # Any: as above
    result = row[rest]
    for output, input, expected in [
        (tuple[int, str], row[rest], "tuple[int, str]"),
        (tuple[()], row[rest], "tuple[()]"),
        (tuple[int, ...], row[rest], "tuple[*tuple[int, ...]]"),
        (tuple[int, str, bytes], row[int, rest], "tuple[str, bytes]"),
        (tuple[int, str, bytes], row[rest, bytes], "tuple[int, str]"),
        (tuple[int, str, bytes], row[int, rest, bytes], "tuple[str]"),
        (tuple[int, bytes], row[int, rest, bytes], "tuple[()]"),
        (Pair, row[rest], "tuple[int, str]"),
    ]:
        assert show(applied(output, input, result)[0]) == expected
    for output, input in [
        (tuple[int, ...], row[int, rest]),
        (tuple[int, ...], row[rest, int]),
        (tuple[int], row[int, rest, bytes]),
    ]:
        assert Ts not in applied(output, input, result)[1]
