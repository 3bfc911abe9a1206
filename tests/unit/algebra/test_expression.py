"""Programs printed as the expressions that build them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    const,
    fixed,
    identity,
    last,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pick,
    pipe,
    unpack,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
    with_validation,
)
from runlaw.algebra.expression import expression
from runlaw.events import Event
from runlaw.kernel.nodes import Node


def step(text: str) -> str:
    return text


def ok(text: str) -> bool:
    return True


def letters(text: str) -> Iterator[str]:
    yield from text


def upper(chunks: Iterator[str]) -> Iterator[str]:
    yield from chunks


def many(texts: Sequence[str]) -> Sequence[str]:
    return texts


def joined(one: str, other: str) -> str:
    return one + other


def hear(event: Event) -> None: ...


class Shouter:
    """A step that is an object, without a name of its own."""

    def __call__(self, text: str) -> str:
        return text


RETRIED = "delays=fixed(1.0, attempts=2)"
WHATEVER: Runnable[Any, Any] = pipe(identity)
EXPRESSIONS: dict[str, Runnable[Any, Any]] = {
    "lift(step)": lift(step),
    "lift_stream(letters)": lift_stream(letters),
    "lift_transform(upper)": lift_transform(upper),
    "lift_batch(many)": lift_batch(many),
    "map_chunks(step)": map_chunks(step),
    "unpack(joined)": unpack(joined),
    "lift(Shouter)": lift(Shouter()),
    "identity": WHATEVER,
    "const({'a': 1})": const({"a": 1}),
    "pipe(lift(step), lift_stream(letters))": pipe(step, lift_stream(letters)),
    "parallel(lift(step), lift(len))": parallel(step, len),
    "parallel(a=lift(step), b=lift(len))": parallel(a=step, b=len),
    "parallel(**{'a b': lift(step), 'c': lift(len)})": parallel(**{"a b": step, "c": len}),
    "assign(n=lift(len))": assign(n=len),
    "assign(**{'n m': lift(len)})": assign(**{"n m": len}),
    "pick('a')": pick("a"),
    "pick('a', 'b')": pick("a", "b"),
    "map_batch(lift(step))": map_batch(step),
    "map_batch(lift(step), max_concurrency=2)": map_batch(step, max_concurrency=2),
    "branch((lift(ok), lift(step)), (lift(ok), identity), default=lift(step))": branch(
        (ok, step), (ok, identity), default=step
    ),
    f"with_retry(lift(step), on=(ValueError,), {RETRIED})": with_retry(
        step, on=(ValueError,), delays=fixed(1, attempts=2)
    ),
    f"with_retry(lift(step), on=(ValueError, KeyError), {RETRIED})": with_retry(
        step, on=(ValueError, KeyError), delays=fixed(1, attempts=2)
    ),
    "with_fallbacks(lift(step), identity, on=(KeyError,))": with_fallbacks(step, identity, on=(KeyError,)),
    "attempt(lift(step), on=(Exception,))": attempt(step),
    "with_timeout(lift(step), 0.5)": with_timeout(step, 0.5),
    "with_timeout(lift(step), 2)": with_timeout(step, 2.0),
    "with_config(lift(step), run_name='r', tags=['t'], max_concurrency=3)": with_config(
        step, run_name="r", tags=["t"], max_concurrency=3
    ),
    "with_config(lift(step), metadata={'k': 1})": with_config(step, metadata={"k": 1}),
    "with_listeners(lift(step), on_start=hear, on_error=hear)": with_listeners(step, on_start=hear, on_error=hear),
    "with_listeners(lift(step), on_end=hear)": with_listeners(step, on_end=hear),
    "with_types(lift(step), input=str, output=str)": with_types(step, input=str, output=str),
    "with_types(lift(step), input=None, output=list[str])": with_types(step, output=list[str]),
    "with_validation(lift(step))": with_validation(step),
    "with_validation(lift(step), strict=True)": with_validation(step, strict=True),
}


@pytest.mark.parametrize(("text", "program"), EXPRESSIONS.items(), ids=list(EXPRESSIONS))
def test_a_program_is_printed_as_what_builds_it(text: str, program: Runnable[Any, Any]) -> None:
    assert repr(program) == text


@pytest.mark.parametrize(
    "text", [one for one in EXPRESSIONS if not one.startswith(("lift(Shouter)", "with_types(lift(step), input=None"))]
)
def test_what_is_printed_builds_the_program(text: str) -> None:
    assert eval(text, globals()) == EXPRESSIONS[text]


def test_what_cannot_be_written_is_named() -> None:
    def local(text: str) -> str:
        return text

    assert repr(lift(local)) == "lift(local)"
    assert repr(lift(step).with_config(run_id=UUID(int=1))) == f"with_config(lift(step), run_id={UUID(int=1)!r})"
    with ThreadPoolExecutor(1) as pool:
        assert repr(map_batch(step, executor=pool)) == f"map_batch(lift(step), executor={pool!r})"
    assert repr(lift_transform(upper, monoid=last)) == "lift_transform(upper)"


class Silent(Node):
    """A kind of somebody's own, that says nothing of how it is printed."""

    def lower(self) -> Node:
        return lift(step).node


class Told(Silent):
    """A kind that says it."""

    def __repr__(self) -> str:
        return "told()"


def test_a_kind_of_ones_own_may_say_how_it_is_printed() -> None:
    assert expression(Told()) == "told()"
    assert "Silent" in expression(Silent())
