"""Values: how they are made, what they are equal to, and that they do not change."""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any

import pytest

from runlaw.kernel.value import Value


def wrong(value: object) -> Any:  # Any: what a checker would refuse
    return value


class Point(Value):
    """A value with a default."""

    x: int
    y: int = 0


class Named(Point):
    """A value with a field more."""

    name: object = None


def test_fields_are_given_by_place_or_by_name() -> None:
    assert Point(1, 2) == Point(x=1, y=2) == Point(1, y=2)
    assert Point(1) == Point(1, 0)
    assert repr(Named(1, 2, "p")) == "Named(x=1, y=2, name='p')"


def test_fields_that_lack_are_too_many_or_unknown_are_refused() -> None:
    make: Any = Point  # Any: called wrongly on purpose
    with pytest.raises(TypeError, match=r"^Point needs a value for its field 'x'$"):
        make()
    with pytest.raises(TypeError, match=r"^Point has 2 fields; got 3 values$"):
        make(1, 2, 3)
    with pytest.raises(TypeError, match=r"^Point has no field 'z' to set by name$"):
        make(1, z=3)
    with pytest.raises(TypeError, match=r"^Point has no field 'x' to set by name$"):
        make(1, 2, x=3)


def test_values_are_equal_by_kind_and_fields() -> None:
    assert Point(1, 2) != Point(1, 3)
    assert Point(1, 2) != Point(3, 2)
    assert Point(1, 2) != (1, 2)
    assert hash(Point(1, 2)) == hash(Point(1, 2)) != hash(Point(2, 1))
    assert hash(Named(1, 2, [])) == hash(Named(1, 2, [3]))  # lists have no hash


def test_values_do_not_change() -> None:
    point = Point(1, 2)
    with pytest.raises(AttributeError, match=r"Point cannot be changed; build another one to set 'x'"):
        point.x = 3  # type: ignore[misc]  # wrong on purpose
    with pytest.raises(AttributeError, match=r"Point cannot be changed; 'x' cannot be deleted"):
        del point.x
    assert point == Point(1, 2)


def test_what_was_found_out_is_not_pickled() -> None:
    point = Point(1, 2)
    hash(point)
    point.__dict__["_known"] = "more"
    again = pickle.loads(pickle.dumps(point))
    assert again == point
    assert vars(again) == {"x": 1, "y": 2}


def test_partial_functions_are_equal_by_what_they_are_made_of() -> None:
    def made(*args: object, **named: object) -> Point:
        return Point(wrong(partial(max, *args, **named)))

    assert made(1, key=len) == made(1, key=len)
    assert hash(made(1, key=len)) == hash(made(1, key=len))
    assert made(1) != made(2)
    assert made(1, key=len) != made(1, key=str)
    assert made(1, key=len) != made(1, default=len)
    assert made(key=len, default=0) == made(default=0, key=len)
    assert hash(made(key=len, default=0)) == hash(made(default=0, key=len))
    assert made(1) != Point(wrong(partial(min, 1)))
    assert made(1) != Point(wrong(max))
    assert made(partial(max, 2)) == made(partial(max, 2))
    assert hash(made(partial(max, 2))) == hash(made(partial(max, 2)))
    assert made([1]) == made([1])  # lists have no hash
    assert hash(made([1])) == hash(made([1]))
    assert made(key=partial(max, 2)) == made(key=partial(max, 2))
