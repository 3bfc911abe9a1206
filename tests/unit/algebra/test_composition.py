"""Programs that are refused for their types, and those that are not."""

from __future__ import annotations

from typing import Any

import pytest

from runlaw.algebra.show import show
from runlaw.algebra.signatures import check_common_input, check_composition, signature
from runlaw.algebra.walk import name
from runlaw.kernel.nodes import (
    Attempt,
    Const,
    Each,
    Fallbacks,
    Node,
    Pick,
    Pipe,
    Typed,
)
from runlaw.kernel.signature import UNKNOWN
from tests.unit.algebra.program_samples import (
    IDENTITY,
    UNTYPED,
    Lowered,
    Other,
    apply,
    assign,
    double,
    dup,
    first,
    keyed,
    leaf,
    length,
    make_a,
    node,
    pipe,
    positional,
    positive,
    show_number,
    swap,
    table,
    use_a,
    use_abc,
    use_c,
)

REFUSED: list[tuple[list[Node], str]] = [
    (
        [leaf(show_number), leaf(show_number)],
        "step 2 (show_number) cannot follow step 1 (show_number): show_number expected int, got str from show_number; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [leaf(length), leaf(show_number), leaf(dup), leaf(length)],
        "step 4 (length) cannot follow step 3 (dup): length expected str, got tuple[str, str] from dup; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [pipe(length, show_number), pipe(positive, length)],
        "step 3 (positive) cannot follow step 2 (show_number): positive expected int, got str from show_number; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [leaf(make_a), leaf(use_abc)],
        "step 2 (use_abc) cannot follow step 1 (make_a): use_abc expected ABC, got A from make_a, "
        "which lacks 'c', 'b'; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [leaf(make_a), Pick(("z",), True)],
        "step 2 (RunnablePick<z>) cannot follow step 1 (make_a): RunnablePick<z> expected TypedDict({'z': T1}), "
        "got A from make_a, which lacks 'z'; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [leaf(make_a), assign(b=use_a), leaf(use_abc)],
        "step 3 (use_abc) cannot follow step 2 (RunnableAssign<b>): use_abc expected ABC, "
        "got TypedDict({'a': int, 'b': str}) from RunnableAssign<b>, which lacks 'c'; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [leaf(show_number), leaf(double)],
        "step 2 (double) cannot follow step 1 (show_number): double expected Whole, got str from show_number; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [keyed(x=show_number), leaf(show_number)],
        "step 2 (show_number) cannot follow step 1 (RunnableParallel<x>): show_number expected int, "
        "got TypedDict({'x': str}) from RunnableParallel<x>; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [Attempt(leaf(show_number), (ValueError,)), leaf(length)],
        "step 2 (length) cannot follow step 1 (RunnableAttempt): length expected str, "
        "got Result[str, ValueError] from RunnableAttempt; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
]


@pytest.mark.parametrize(("steps", "message"), REFUSED)
def test_steps_that_cannot_fit_are_refused(steps: list[Node], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        check_composition(steps, name)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "steps",
    [
        [show_number, swap],
        [dup, double, length],
        [IDENTITY, length, length],
        [Each(leaf(show_number)), Each(leaf(show_number))],
        [keyed(x=show_number), Pick(("x",), True), show_number],
        [Const("a"), show_number],
        [Typed(UNTYPED, int, str), show_number],
        [Fallbacks((leaf(show_number), leaf(positive)), (Exception,)), length],
        [Lowered(leaf(show_number)), Lowered(leaf(show_number))],
        [positional(show_number, show_number), first, show_number],
    ],
)
def test_other_steps_that_cannot_fit(steps: list[Any]) -> None:
    with pytest.raises(TypeError, match="cannot follow step"):
        check_composition([node(step) for step in steps], name)


@pytest.mark.parametrize(
    "steps",
    [
        [show_number],
        [show_number, lambda x: x, show_number],
        [positive, show_number],
        [show_number, Const(1), show_number],
        [positive, double, positive],
        [keyed(x=show_number), Pick(("x",), True), length],
        [lambda x: {}, assign(b=use_a), use_abc],
        [table, use_a],
        [apply, show_number],
        [Typed(leaf(show_number), None, int), positive],
    ],
)
def test_steps_that_fit(steps: list[Any]) -> None:
    check_composition([node(step) for step in steps], name)


def test_classes_of_one_name_are_told_apart() -> None:
    other = type("Other", (), {"__module__": "elsewhere"})

    def make(x: int) -> Any:
        return x

    def use(x: Any) -> int:
        return 1

    make.__annotations__["return"] = Other
    use.__annotations__["x"] = other
    with pytest.raises(TypeError, match=rf"use expected elsewhere\.Other, got {Other.__module__}\.Other from make"):
        check_composition([leaf(make), leaf(use)], name)


COMMON: list[tuple[list[tuple[str, Node]], str]] = [
    (
        [("a", leaf(show_number)), ("b", leaf(length))],
        "parallel() gives one input to all, but a (show_number) expected int and b (length) expected str, "
        "and no value is both; "
        "change one of the two, or put a step before it that makes what it takes of the common input",
    ),
    (
        [("a", UNTYPED), ("b", IDENTITY), ("c", leaf(use_a)), ("d", leaf(positive))],
        "parallel() gives one input to all, but c (use_a) expected A and d (positive) expected int, "
        "and no value is both; "
        "change one of the two, or put a step before it that makes what it takes of the common input",
    ),
]


@pytest.mark.parametrize(("branches", "message"), COMMON)
def test_branches_without_a_common_input_are_refused(branches: list[tuple[str, Node]], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        check_common_input(branches, "parallel")
    assert str(caught.value) == message


def test_branches_with_a_common_input_are_accepted() -> None:
    check_common_input([("a", leaf(use_a)), ("b", leaf(use_c)), ("c", leaf(use_abc))], "parallel")
    check_common_input([("a", leaf(show_number)), ("b", IDENTITY), ("c", UNTYPED), ("d", leaf(dup))], "parallel")
    check_common_input([(str(n), leaf(show_number)) for n in range(1000)], "parallel")


def test_long_pipes() -> None:
    untyped = [leaf(lambda x: x) for _ in range(100_000)]
    check_composition(untyped, name)
    assert signature(Pipe(tuple(untyped))) == UNKNOWN
    same = [leaf(double) for _ in range(100_000)]
    check_composition(same, name)
    assert show(signature(pipe(positive, *same[:10_000])).output) == "bool"
    with pytest.raises(TypeError, match=r"step 100001 \(length\) cannot follow step 100000 \(double\)"):
        check_composition([leaf(positive), *same[1:], leaf(length)], name)
