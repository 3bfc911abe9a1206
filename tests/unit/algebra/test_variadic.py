"""A ``TypeVarTuple`` stands for the items of a tuple between the first and the last ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple

import pytest

from runlaw import Runnable, parallel, pipe
from runlaw.algebra.show import show

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


def pair(x: int) -> tuple[str, float]:
    return (str(x), x / 2)


def three(x: int) -> tuple[int, bytes, str]:
    return (x, b"", str(x))


def many(x: int) -> tuple[bytes, ...]:
    return (b"",) * x


def prepend(items: tuple[*Ts]) -> tuple[int, *Ts]:
    return (1, *items)


def rest(items: tuple[T, *Ts]) -> tuple[*Ts]:
    return items[1:]


def inner(items: tuple[int, *Ts, str]) -> tuple[*Ts, bool]:
    return (*items[1:-1], True)


def latest(items: tuple[*Ts, T]) -> T:
    found: Any = items[-1]  # Any: what mypy calls the last item of any tuple
    return found  # type: ignore[no-any-return]  # as above


Steps = tuple[Callable[[Any], Any] | Runnable[Any, Any], ...]  # Any: steps of all types
CASES: list[tuple[Steps, str]] = [
    ((pair, prepend), "tuple[int, str, float]"),
    ((pair, rest), "tuple[float]"),
    ((pair, rest, rest), "tuple[()]"),
    ((pair, prepend, rest, rest, prepend), "tuple[int, float]"),
    ((three, inner), "tuple[bytes, bool]"),
    ((pair, prepend, latest), "float"),
    ((three, latest), "str"),
    ((parallel(pair, three), rest), "tuple[tuple[int, bytes, str]]"),
    ((many, prepend), "tuple[int, *tuple[bytes, ...]]"),
    ((lambda x: x, prepend), "tuple[int, *tuple[Any, ...]]"),
    ((prepend, prepend), "tuple[int, int, *Ts]"),
]


@pytest.mark.parametrize(("steps", "output"), CASES, ids=[output for _, output in CASES])
def test_it_is_solved_through_a_pipe(steps: Steps, output: str) -> None:
    assert show(pipe(*steps).output_type) == output


@pytest.mark.parametrize(
    "steps", [(pair, inner), (pair, rest, rest, rest), (len, prepend)], ids=["ends", "none", "int"]
)
def test_a_tuple_that_cannot_be_it_is_refused(steps: Steps) -> None:
    with pytest.raises(TypeError, match=r"cannot follow step \d"):
        pipe(*steps)
