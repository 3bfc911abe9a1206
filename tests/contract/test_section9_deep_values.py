"""Section 9: programs nested as deep as they may be are values like others: hash, equality, repr, pickle, copies."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from itertools import permutations
from typing import Any

import pytest

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    lift,
    map_batch,
    parallel,
    pipe,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
    with_validation,
)
from runlaw.extend import Node

NESTING = 100
Program = Runnable[Any, Any]  # Any: only what programs are made of matters here


def ident(value: Any) -> Any:  # Any: as above
    return value


def hear(_: object) -> None:
    """A callback."""


@dataclass(frozen=True)
class Own(Node[Any, Any]):  # Any: as above
    """A kind of one's own."""

    inner: Program

    def lower(self) -> Program:
        return self.inner


def in_turn(*kinds: Callable[[Program], Program]) -> Callable[[Program], Program]:
    """One of the kinds in the other."""
    return lambda program: reduce(lambda inside, kind: kind(inside), kinds, program)


KINDS: dict[str, Callable[[Program], Program]] = {
    "parallel": lambda program: parallel(a=program),
    "parallel by position": lambda program: parallel(program, ident),
    "assign": lambda program: assign(a=program),
    "map_batch": map_batch,
    "branch, first": lambda program: branch((program, ident), default=ident),
    "branch": lambda program: branch((ident, program), default=ident),
    "default": lambda program: branch((ident, ident), default=program),
    "with_retry": lambda program: with_retry(program, delays=[0]),
    "with_fallbacks": lambda program: with_fallbacks(program, ident),
    "fallback": lambda program: with_fallbacks(ident, program),
    "attempt": attempt,
    "with_timeout": lambda program: with_timeout(program, 60.0),
    "with_listeners": lambda program: with_listeners(program, on_start=hear),
    "with_validation": with_validation,
    "a kind of one's own": Own,
}
BETWEEN: dict[str, Callable[[Program], Program]] = {
    "": lambda program: program,
    "config of a pipe": lambda program: with_config(pipe(ident, program), tags=["a"]),
    "types of a config of a pipe": lambda program: with_types(
        with_config(pipe(ident, program), tags=["a"]), input=object, output=object
    ),
}
PAIRS = [(one, other) for one, other in permutations(("parallel", "branch", "with_retry", "with_listeners"), 2)]


def nested(nest: Callable[[Program], Program], times: int = NESTING) -> Program:
    program: Program = lift(ident)
    for _ in range(times):
        program = nest(program)
    return program


def check_as_value(one: Program, other: Program, different: Program) -> None:
    assert one == other
    assert hash(one) == hash(other)
    assert one != different
    assert repr(one) == repr(other)
    read = pickle.loads(pickle.dumps(one))
    assert read == one
    assert hash(read) == hash(one)
    assert copy.deepcopy(one) == one
    assert copy.copy(one) == one
    assert pickle.loads(pickle.dumps(one, protocol=0)) == one


@pytest.fixture(autouse=True)
def _usual_limit() -> Iterator[None]:
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    yield
    sys.setrecursionlimit(usual)


@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_a_hundred_deep_is_a_value(kind: str, between: str) -> None:
    nest = in_turn(BETWEEN[between], KINDS[kind])
    check_as_value(nested(nest), nested(nest), nested(nest, NESTING - 1))


@pytest.mark.parametrize("pair", PAIRS, ids=" in ".join)
def test_two_kinds_in_turn_a_hundred_deep_are_values(pair: tuple[str, str]) -> None:
    one, other = KINDS[pair[0]], KINDS[pair[1]]
    between = BETWEEN["config of a pipe"]
    nest = in_turn(between, one, between, other)
    check_as_value(nested(nest, NESTING // 2), nested(nest, NESTING // 2), nested(nest, NESTING // 2 - 1))


@pytest.mark.parametrize("kind", ["parallel", "with_retry", "branch"])
def test_kinds_of_ones_own_among_others_a_hundred_deep_are_values(kind: str) -> None:
    nest = in_turn(KINDS[kind], BETWEEN["config of a pipe"], Own)
    check_as_value(nested(nest), nested(nest), nested(nest, NESTING - 1))


def test_parts_that_stand_in_many_places_are_compared_and_stored_once() -> None:
    def doubled(program: Program) -> Program:
        return parallel(a=program, b=program)

    one, other = nested(doubled), nested(doubled)
    assert one == other
    assert hash(one) == hash(other)
    assert one != nested(doubled, NESTING - 1)
    assert pickle.loads(pickle.dumps(one)) == one
    assert copy.deepcopy(one) == one


def test_a_part_that_stands_in_two_places_is_one_after_pickling_too() -> None:
    inner = parallel(a=ident)
    read: Any = pickle.loads(pickle.dumps(parallel(x=inner, y=pipe(ident, inner))))  # Any: its nodes are looked at
    (_, first), (_, second) = read.node.branches
    assert first is second.steps[1]


@dataclass(frozen=True)
class Counted(Node[Any, Any]):  # Any: only what programs are made of matters here
    """A kind of one's own with a field that does not count, and one that has no hash."""

    inner: Program
    notes: list[str]
    calls: list[int] = field(default_factory=list, compare=False)

    def lower(self) -> Program:
        return self.inner


def test_fields_of_ones_own_kinds_count_as_the_dataclass_says() -> None:
    one = Counted(lift(ident), ["a"], [1])
    assert one == Counted(lift(ident), ["a"], [2])
    assert hash(one) == hash(Counted(lift(ident), ["a"], [2]))
    assert one != Counted(lift(ident), ["b"], [1])
    read = pickle.loads(pickle.dumps(parallel(a=one))).node.branches[0][1]
    assert (read, read.calls) == (one, [1])
