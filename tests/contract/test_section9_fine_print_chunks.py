"""Section 9: names, and chunks of types with an addition of their own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    const,
    identity,
    lift,
    lift_stream,
    map_batch,
    map_chunks,
    parallel,
    pick,
    pipe,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
)

from .modes import Mode, both
from .support import exclaim, length, shout, wrong


class Vector:
    """A type with an ``__add__`` of its own, and no empty value."""

    def __init__(self, *parts: int) -> None:
        self.parts = parts

    def __add__(self, other: Vector) -> Vector:
        return Vector(*(one + another for one, another in zip(self.parts, other.parts, strict=True)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vector) and other.parts == self.parts

    __hash__ = None  # type: ignore[assignment]  # a value that cannot be hashed must do as well


def vectors(number: int) -> Iterator[Vector]:
    for _ in range(number):
        yield Vector(1, 2)


@both
def test_types_with_an_addition_of_their_own_add_up(mode: Mode) -> None:
    assert mode.invoke(lift_stream(vectors), 3) == Vector(3, 6)
    assert mode.stream(lift_stream(vectors), 2) == [Vector(1, 2), Vector(1, 2)]


@both
def test_invoke_over_an_empty_stream_of_a_type_without_an_empty_value_raises_saying_so(mode: Mode) -> None:
    assert mode.stream(lift_stream(vectors), 0) == []
    with pytest.raises((TypeError, ValueError), match="empty"):
        mode.invoke(lift_stream(vectors), 0)
    with pytest.raises((TypeError, ValueError), match="empty"):
        mode.stream(pipe(lift_stream(vectors), lambda vector: vector), 0)


@both
def test_a_fixed_shape_tuple_is_one_chunk(mode: Mode) -> None:
    def pairs(text: str) -> Iterator[str]:
        yield from text

    assert mode.stream(parallel(lift_stream(pairs), length, lift_stream(pairs)), "ab") == [("ab", 2, "ab")]


@both
def test_two_chunks_of_a_fixed_shape_tuple_do_not_add_up(mode: Mode) -> None:
    def size(pair: tuple[str, int]) -> int:
        return len(pair)

    assert mode.transform(lift(size), [("a", 1)]) == [2]
    with pytest.raises(TypeError):
        mode.transform(lift(size), [("a", 1), ("b", 2)])


@both
def test_map_chunks_takes_a_monoid(mode: Mode) -> None:
    from runlaw import Monoid

    program = map_chunks(length, monoid=Monoid(0, lambda one, other: one + other))
    assert mode.transform(program, ["ab", "c"]) == [2, 1]
    assert mode.invoke(program, "abc") == 3
    assert mode.transform(pipe(program, str), ["ab", "c"]) == ["3"]


# Names


class Caller:
    def __call__(self, text: str) -> str:
        return text

    def method(self, text: str) -> str:
        return text


def add_suffix(suffix: str, text: str) -> str:
    return text + suffix


def truth(value: object) -> bool:
    return bool(value)


NAMES: dict[str, Runnable[str, object]] = {
    "shout": lift(shout),
    "RunnableSequence": pipe(shout, exclaim),
    "RunnableParallel<a,b>": parallel(a=shout, b=exclaim),
    "RunnableParallel<0,1>": parallel(shout, exclaim),
    "RunnableBranch": branch((truth, shout), default=exclaim),
    "RunnableEach<shout>": wrong(map_batch(shout)),
    "RunnableEach<RunnableSequence>": wrong(map_batch(pipe(shout, exclaim))),
    "RunnableAssign<a,b>": wrong(assign(a=truth, b=truth)),
    "RunnablePick<a>": wrong(pick("a")),
    "RunnablePick<a,b>": wrong(pick("a", "b")),
    "RunnableRetry": with_retry(shout),
    "RunnableWithFallbacks": with_fallbacks(shout, exclaim),
    "RunnableAttempt": attempt(shout),
    "RunnableTimeout": with_timeout(shout, 1.0),
    "RunnablePassthrough": wrong(identity),
    "RunnableLambda": lift(lambda text: text),
    "add_suffix": lift(partial(add_suffix, "!")),
    "Caller": lift(Caller()),
    "method": lift(Caller().method),
}


@pytest.mark.parametrize("name", list(NAMES))
def test_names_where_none_is_given(name: str) -> None:
    assert NAMES[name].name == name


@pytest.mark.parametrize("name", list(NAMES))
def test_a_given_run_name_wins(name: str) -> None:
    assert wrong(with_config)(NAMES[name], run_name="given").name == "given"


def test_combinators_that_open_no_run_keep_the_name_of_what_is_inside() -> None:
    for inner in (lift(shout), pipe(shout, exclaim)):
        assert with_types(inner, output=str).name == inner.name
        assert with_listeners(inner, on_end=print).name == inner.name
        assert with_config(inner, tags=["t"]).name == inner.name


def test_the_name_of_a_leaf_may_be_given() -> None:
    assert lift(lambda text: text, name="given").name == "given"
    assert const(3).name


def test_a_name_does_not_come_from_a_run_name_inside() -> None:
    assert pipe(with_config(shout, run_name="inner"), exclaim).name == "RunnableSequence"
