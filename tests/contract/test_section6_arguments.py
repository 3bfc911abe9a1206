"""Section 6: what the proof kit is told, and how it answers what it cannot use."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
from hypothesis import Phase, find, settings
from hypothesis import strategies as st

from runlaw import Monoid, Semigroup, lift
from runlaw.kernel.monoid import STR
from runlaw.laws import (
    LAWS,
    CannotCheck,
    NotAHomomorphism,
    NotAMonoid,
    check_completely,
    check_homomorphism,
    check_law,
    check_laws,
    check_monoid,
    code,
    law_named,
    law_suite,
    programs,
)

TEXTS = st.text("ab ", max_size=4)
PROGRAM = lift(str.upper)
LAW = law_named("composition")


class One(Enum):
    ONLY = 1


class Empty(Enum):
    pass


WRONG: list[tuple[Callable[[], Any], type[Exception], str]] = [  # Any: whatever it would give
    (lambda: check_homomorphism(3, ["a"]), TypeError, "check_homomorphism: f must be a function; got 3"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: check_homomorphism(str.upper, TEXTS), TypeError, "check_homomorphism: chunks must be a list of values"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: check_homomorphism(len, ["a"], int), TypeError, "source must be a Monoid.*got <class 'int'"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: check_homomorphism(len, ["a"], STR, 3), TypeError, "check_homomorphism: target must be a Monoid"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: check_monoid(STR, TEXTS), TypeError, "check_monoid: values must be a list of values"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: check_monoid(operator.add, [1]), TypeError, "check_monoid: monoid must be a Monoid or a Semigroup"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: check_completely("composition"), TypeError, "check_completely: law must be a Law; .*law_named"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: check_completely(LAW, [int]), TypeError, r"types must be a list of bool and enumerations.*'int'"),  # type: ignore[list-item]  # wrong on purpose
    (lambda: check_completely(LAW, bool), TypeError, "types must be a list of bool and enumerations.*'bool'"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: check_completely(LAW, []), ValueError, "each with a value at least; got none"),
    (lambda: check_completely(LAW, [Empty]), ValueError, "each with a value at least; got <enum 'Empty'>"),
    (lambda: programs(types=str), TypeError, "programs: types must be a list of types.*put it in a list"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: check_laws(PROGRAM, TEXTS, settings=100), TypeError, "check_laws: settings must be Hypothesis settings"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: check_laws(PROGRAM, TEXTS, settings="deep"), TypeError, "got 'deep'"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: check_laws(PROGRAM, TEXTS, settings=settings(phases=[])), ValueError, "must have the phase generate"),
    (lambda: check_law(LAW, [PROGRAM]), TypeError, "check_law: pairs must be a Hypothesis strategy"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: law_suite(str.upper, TEXTS), TypeError, "law_suite takes a Runnable"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: law_suite(PROGRAM, ["a"]), TypeError, "law_suite: inputs must be a Hypothesis strategy"),  # type: ignore[arg-type]  # wrong on purpose
    (lambda: law_named("assoc"), KeyError, "there is no law named 'assoc'; did you mean 'associativity'"),
    (lambda: law_named("associativty"), KeyError, "did you mean 'associativity'"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "text"), WRONG, ids=[text for _, _, text in WRONG])
def test_wrong_arguments_are_refused_with_what_was_expected(
    call: Callable[[], Any], error: type[Exception], text: str  # Any: as above
) -> None:  # fmt: skip
    with pytest.raises(error, match=text):
        call()


def test_a_law_that_cannot_be_stated_of_a_tiny_domain_says_so() -> None:
    with pytest.raises(
        CannotCheck, match=r"^assign adds \(.*it cannot be stated of this program, .*One.*: TypeError: "
    ):
        check_completely(law_named("assign adds"), [One])


def square(number: int) -> int:
    return number * number


def divides(text: str) -> float:
    return 1 / 0


@pytest.mark.parametrize(
    ("f", "chunks", "text"),
    [
        (square, [1, 2], "1 and 1 do not add up, by the source BY_VALUE: TypeError"),
        (divides, ["a"], "divides fails on every chunk, such as on 'a' with ZeroDivisionError"),
        (len, ["a", "b"], "1 and 1 do not add up, by the target BY_VALUE"),
    ],
)
def test_what_does_not_add_up_is_no_homomorphism_by_accident(
    f: Callable[[Any], Any], chunks: list[Any], text: str  # Any: chunks of several types
) -> None:  # fmt: skip
    with pytest.raises(CannotCheck, match=text):
        check_homomorphism(f, chunks)


def test_a_function_that_fails_on_some_chunks_must_fail_likewise_on_their_sums() -> None:
    def strict(text: str) -> str:
        if "x" in text:
            raise ValueError("an x")
        return text

    check_homomorphism(strict, ["a", "x", "b"])
    with pytest.raises(NotAHomomorphism, match=r"of 'x' and 'x', f\(a \+ b\) gives '', f\(a\) \+ f\(b\) gives Value"):
        check_homomorphism(lambda text: strict(text) if len(text) < 2 else "", ["x", "a"])


def test_the_empty_value_goes_to_the_empty_value() -> None:
    check_homomorphism(len, ["a", "bc"], target=Monoid(0, operator.add))
    check_homomorphism(lambda text: 5, ["a", "b"], target=Semigroup(max))
    with pytest.raises(NotAHomomorphism, match=r"does not respect the empty value: f\(''\) gives 5, not 0"):
        check_homomorphism(lambda text: 5, ["a", "b"], target=Monoid(0, max))


def test_of_many_values_some_are_taken_from_all_over() -> None:
    wrong = Monoid(0, lambda a, b: a + b if max(a, b) < 999 else 0)
    with pytest.raises(NotAMonoid):
        check_monoid(wrong, range(1000))
    with pytest.raises(NotAHomomorphism):
        check_homomorphism(lambda text: text.replace("z", "zz", 1), ["a"] * 50 + ["z"])


def test_a_sum_of_which_every_value_fails_is_no_monoid() -> None:
    def refuses(a: int, b: int) -> int:
        raise TypeError("no sum")

    with pytest.raises(NotAMonoid, match=r"no two of the values add up: 1 [+] 1 gives TypeError: no sum"):
        check_monoid(Semigroup(refuses), [1, 2])


@pytest.mark.parametrize("kind", [object, type("Bare", (), {})])
def test_values_without_an_equality_are_said_to_be_such(kind: type) -> None:
    with pytest.raises(CannotCheck, match=rf"check_monoid: values of type {kind.__name__} have no equality"):
        check_monoid(Semigroup(lambda a, b: a), [kind()])


def test_all_laws_are_shown_by_their_name() -> None:
    assert (repr(LAWS), LAWS[:2], isinstance(LAWS, tuple)) == ("LAWS", tuple(LAWS)[:2], True)


@pytest.mark.parametrize("leaf", ["aletters", "boom", "increment", "doubled"])
@pytest.mark.parametrize("seed", [2, 3, 5])
def test_shrinking_ends_at_the_leaf_alone(leaf: str, seed: int) -> None:
    chosen = settings(max_examples=2000, database=None, deadline=None, phases=[Phase.generate, Phase.shrink])
    found = find(programs(), lambda program: leaf in repr(program), random=random.Random(seed), settings=chosen)
    assert code(found) == leaf
