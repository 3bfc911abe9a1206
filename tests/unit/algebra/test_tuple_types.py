"""Tuple types of every shape, held against the tuples that are of them."""

# mypy: disable-error-code="valid-type, type-arg"
# ruff: noqa: UP044 - every way of writing a type is read here
from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple, TypeVar, Unpack

import pytest

from runlaw.algebra.fits import fits
from runlaw.algebra.meet import disjoint
from runlaw.algebra.structural import TupleShape, tuple_shape
from runlaw.algebra.unify import applied

T = TypeVar("T")
U = TypeVar("U")
TUPLE: Any = tuple  # Any: a checker reads no arguments that are known at run time only
STAR: Any = Unpack  # Any: as above
KINDS = (int, str)
LONGEST = 4


class Shape(NamedTuple):
    """What a tuple type is made of; the letters are types."""

    first: tuple[type, ...]
    repeated: type | None
    last: tuple[type, ...]

    def form(self) -> object:
        middle = () if self.repeated is None else (STAR[TUPLE[self.repeated, ...]],)
        return TUPLE[(*self.first, *middle, *self.last)]

    def tuples(self) -> set[tuple[type, ...]]:
        """The types of the items of all tuples of it, up to the longest."""
        ends = len(self.first) + len(self.last)
        if self.repeated is None:
            return {self.first + self.last}
        return {
            (*self.first, *[self.repeated] * between, *self.last) for between in range(LONGEST + 3 - ends) if ends <= 4
        }


def some(most: int) -> list[tuple[type, ...]]:
    return [items for length in range(most + 1) for items in product(KINDS, repeat=length)]


SHAPES = [Shape(first, None, ()) for first in some(3)] + [
    Shape(first, repeated, last) for first in some(2) for repeated in KINDS for last in some(1)
]


@pytest.mark.parametrize("given", SHAPES, ids=lambda shape: str(shape.form()))
def test_a_tuple_type_fits_another_if_all_its_tuples_are_of_it(given: Shape) -> None:
    for wanted in SHAPES:
        assert fits(given.form(), wanted.form()) == (given.tuples() <= wanted.tuples()), wanted.form()


@pytest.mark.parametrize("one", SHAPES, ids=lambda shape: str(shape.form()))
def test_tuple_types_that_share_a_tuple_are_not_disjoint(one: Shape) -> None:
    for other in SHAPES:
        shared = one.tuples() & other.tuples()
        apart = disjoint(one.form(), other.form())
        assert not (apart and shared), other.form()
        if not one.last and not other.last and one.repeated is None and other.repeated is None:
            assert apart == (not shared), other.form()


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.form()))
def test_a_variable_for_all_items_is_the_union_of_their_types(shape: Shape) -> None:
    kinds = {*shape.first, *shape.last, *(() if shape.repeated is None else (shape.repeated,))}
    found, _ = applied(shape.form(), tuple[T, ...], list[T])
    expected = [list[int | str], list[str | int]] if len(kinds) == 2 else [list[kind] for kind in kinds]
    assert found in expected if kinds else found == list[T]


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape.repeated is None and len(shape.first) == 3])
def test_variables_stand_for_the_items_at_their_places(shape: Shape) -> None:
    one, two, three = shape.first
    result = tuple[T, U]
    assert applied(shape.form(), tuple[T, U, int], result)[0] == tuple[one, two]
    assert applied(shape.form(), tuple[T, Unpack[tuple[object, ...]], U], result)[0] == tuple[one, three]
    assert applied(shape.form(), tuple[Unpack[tuple[object, ...]], T, U], result)[0] == tuple[two, three]
    rest = applied(shape.form(), tuple[T, Unpack[tuple[U, ...]]], result)[0]
    assert rest in (tuple[one, two | three], tuple[one, three | two], tuple[one, two])


def test_shapes_that_say_less() -> None:
    assert tuple_shape(tuple) == TupleShape((), (Any,), ())
    assert tuple_shape(tuple[()]) == TupleShape((), None, ())
    assert tuple_shape(tuple[int, str]) == TupleShape((int, str), None, ())
    nested = tuple[int, STAR[tuple[str, Unpack[tuple[bytes, ...]], bool]], float]
    assert tuple_shape(nested) == TupleShape((int, str), (bytes,), (bool, float))
    for form in (tuple[int], tuple[int, str], tuple[int, ...]):
        assert fits(tuple, form)
        assert fits(form, tuple)
    assert fits(tuple[Any, ...], tuple[int, str])
    assert not fits(tuple[int, ...], tuple[int, int])
    assert fits(tuple[int, Unpack[tuple[Any, ...]]], tuple[int, str, bytes])
    assert not fits(tuple[int, Unpack[tuple[Any, ...]]], tuple[str, str, bytes])
    assert not fits(tuple[int, int, Unpack[tuple[Any, ...]]], tuple[int])
    assert fits(tuple[Unpack[tuple[Any, ...]], bytes], tuple[int, str, bytes])
    assert not fits(tuple[Unpack[tuple[Any, ...]], bytes], tuple[int, str])
    assert fits(tuple[Unpack[tuple[Any, ...]]], tuple[int, Unpack[tuple[str, ...]], bytes])
    assert not fits(tuple[Unpack[tuple[int, ...]]], tuple[int, Unpack[tuple[int, ...]]])
