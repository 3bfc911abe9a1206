"""Functions that a leaf cannot call are refused, and the message says what to do."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel
from typing_extensions import TypedDict

from runlaw.algebra.arity import check_arguments, check_one_argument


def two(a: int, b: int) -> int:
    return a + b


def key_only(a: int, *, key: int) -> int:
    return a


class Point(TypedDict):
    x: int


class Pair(NamedTuple):
    left: int
    right: int


class Model(BaseModel):
    x: int


class Adder:
    def add(self, x: int) -> int:
        return x

    def add_two(self, x: int, y: int) -> int:
        return x + y

    def __call__(self, x: int) -> int:
        return x


def injecting(fn: Callable[..., int]) -> Callable[[int], int]:
    @functools.wraps(fn)
    def wrapper(x: int) -> int:
        return fn(1, x)

    return wrapper


def passing(fn: Callable[..., int]) -> Callable[..., int]:
    @functools.wraps(fn)
    def wrapper(*args: Any, **kwargs: Any) -> int:
        return fn(*args, **kwargs)

    return wrapper


FINE: list[Callable[..., object]] = [
    lambda x: x,
    lambda x, y=1: x,
    lambda *xs: xs,
    lambda x, *rest, key=1, **more: x,
    functools.partial(two, 1),
    functools.partial(two, b=1),
    functools.partial(key_only, key=1),
    injecting(two),
    passing(two),
    functools.lru_cache(lambda x: x),
    Adder().add,
    Adder(),
    str,
    int,
    len,
    print,
    str.upper,
    {}.get,
    Point,
    ValueError,
    type,
]

REFUSED: list[tuple[Callable[..., object], str]] = [
    (
        two,
        "lift takes a function of one argument, but two() needs 2 (a, b): write unpack(two) to call it with the "
        "items of a tuple, or bind the others with functools.partial",
    ),
    (
        lambda a, b, c=1: a,
        "lift takes a function of one argument, but <lambda>() needs 2 (a, b): write unpack(...) to call it with the "
        "items of a tuple, or bind the others with functools.partial",
    ),
    (
        lambda: 1,
        "lift takes a function of one argument, but <lambda>() takes none: add a parameter for the input, "
        "or write const(value) for a fixed value",
    ),
    (
        Adder,
        "lift takes a function of one argument, but Adder() takes none: add a parameter for the input, "
        "or write const(value) for a fixed value",
    ),
    (
        lambda **options: 1,
        "lift takes a function of one argument, but <lambda>() takes none: add a parameter for the input, "
        "or write const(value) for a fixed value",
    ),
    (
        key_only,
        "lift takes a function of one argument, but key_only() "
        "also needs key by keyword: bind it with functools.partial",
    ),
    (
        functools.partial(two, a=1),
        "lift takes a function of one argument, but two() takes a, b by keyword only: "
        "wrap it in a function of one value",
    ),
    (
        Model,
        "lift takes a function of one argument, but Model() "
        "takes x by keyword only: wrap it in a function of one value",
    ),
    (
        Adder().add_two,
        "lift takes a function of one argument, but Adder.add_two() needs 2 (x, y): write unpack(Adder.add_two) to "
        "call it with the items of a tuple, or bind the others with functools.partial",
    ),
]


@pytest.mark.parametrize("fn", FINE)
def test_functions_of_one_argument_are_fine(fn: Callable[..., object]) -> None:
    check_one_argument(fn)


@pytest.mark.parametrize(("fn", "message"), REFUSED)
def test_other_functions_are_refused(fn: Callable[..., object], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        check_one_argument(fn)
    assert str(caught.value) == message


def test_the_message_names_the_combinator() -> None:
    with pytest.raises(TypeError, match=r"^lift_stream takes a function of one argument, but two\(\) needs 2"):
        check_one_argument(two, "lift_stream")


def test_a_named_tuple_class_is_refused_by_its_fields() -> None:
    with pytest.raises(TypeError, match=r"Pair\(\) needs 2 \(left, right\): write unpack\(Pair\)"):
        check_one_argument(Pair)


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^expected a function; got 3$"):
        check_one_argument(3)
    with pytest.raises(TypeError, match=r"^expected a function; got 3$"):
        check_arguments(3)


@pytest.mark.parametrize("fn", [two, lambda: 1, lambda *xs: xs, Pair, len, Adder])
def test_functions_of_positional_arguments_can_be_unpacked(fn: Callable[..., object]) -> None:
    check_arguments(fn)


def test_a_keyword_that_is_needed_cannot_be_unpacked() -> None:
    with pytest.raises(TypeError) as caught:
        check_arguments(key_only)
    assert str(caught.value) == (
        "unpack passes positional arguments, but key_only() also needs key by keyword: bind it with functools.partial"
    )
