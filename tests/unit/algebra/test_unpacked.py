"""Functions of several arguments as values; and what is said of kinds that nest too deeply."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from runlaw import Runnable, lift, pipe, unpack
from runlaw.algebra.unpacked import Unpacked
from runlaw.extend import Node


def join(one: str, other: str) -> str:
    return one + other


def test_they_are_equal_where_the_functions_are() -> None:
    assert Unpacked(join) == Unpacked(join)
    assert hash(Unpacked(join)) == hash(Unpacked(join))
    assert Unpacked(join) != Unpacked(operator.add)
    assert hash(Unpacked(join)) != hash(Unpacked(operator.add))
    assert Unpacked(partial(join, "a")) == Unpacked(partial(join, "a"))
    assert Unpacked(partial(join, "a")) != Unpacked(partial(join, "b"))
    assert Unpacked(join) != join
    assert len({unpack(join), unpack(join)}) == 1
    assert unpack(join) != unpack(operator.concat)


def test_they_are_named_and_called_as_the_function() -> None:
    assert Unpacked(join).__name__ == "join"
    assert Unpacked(join).__wrapped__ is join
    assert Unpacked(join)(("a", "b")) == "ab"
    assert unpack(join).name == "join"


@dataclass(frozen=True)
class Deeper(Node[str, str]):
    inner: Runnable[str, str]

    def lower(self) -> Runnable[str, str]:
        return pipe(self.inner, self.inner)


def test_a_kind_that_nests_too_deeply_is_named() -> None:
    program: Any = lift(str.upper)  # Any: programs inside programs
    for _ in range(110):
        program = Deeper(program)
    with pytest.raises(ValueError, match=r"^Deeper nests combinators 111 deep; the limit is 110: use pipe"):
        Deeper(program)
