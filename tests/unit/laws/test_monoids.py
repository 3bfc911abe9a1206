"""``check_monoid`` and ``check_homomorphism``."""

from __future__ import annotations

import operator
from collections.abc import Mapping

import pytest

from runlaw import Monoid, Semigroup, last
from runlaw.kernel.monoid import LIST, STR, record_monoid
from runlaw.laws import NotAHomomorphism, NotAMonoid, check_homomorphism, check_monoid


def test_lawful_monoids_pass() -> None:
    check_monoid(STR, ["", "a", "bc"])
    check_monoid(LIST, [[], [1], [2, 3]])
    check_monoid(last, [1, 2, 3])
    records: list[Mapping[str, object]] = [{}, {"a": "x"}, {"b": [1]}]
    check_monoid(record_monoid({"a": STR}), records)
    check_monoid(Monoid(0, operator.add), range(5))


def test_a_sum_that_is_not_associative_is_found() -> None:
    with pytest.raises(NotAMonoid, match=r"\(a \+ b\) \+ c = a \+ \(b \+ c\) does not hold: a = 1, b = 1, c = 1; "):
        check_monoid(Semigroup(operator.sub), [1, 2])


@pytest.mark.parametrize("empty", ["-", "x"])
def test_an_empty_value_that_is_not_neutral_is_found(empty: str) -> None:
    with pytest.raises(NotAMonoid, match=rf"empty \+ a = a does not hold: a = 'a'; '{empty}' \+ a gives '{empty}a'"):
        check_monoid(Monoid(empty, operator.add), ["a"])


def test_an_empty_value_that_is_neutral_on_one_side_only_is_found() -> None:
    with pytest.raises(NotAMonoid, match=r"a \+ empty = a does not hold: a = 1; a \+ 0 gives 0, a gives 1"):
        check_monoid(Monoid(0, lambda a, b: b), [1])


def test_a_sum_that_changes_its_arguments_is_found() -> None:
    def extend(a: list[int], b: list[int]) -> list[int]:
        a.extend(b)
        return a

    with pytest.raises(
        NotAMonoid, match=r"adding up changed the values: \(\[1\], \[1\]\) became \(\[1, 1.*\], \[1\]\)"
    ):
        check_monoid(Semigroup(extend), [[1], [2]])


def test_a_sum_that_fails_is_found_by_its_error() -> None:
    def add(a: int, b: int) -> int:
        if a > 2:
            raise ValueError("too much")
        return a + b

    with pytest.raises(NotAMonoid, match="the first gives ValueError: too much, the second gives 4"):
        check_monoid(Semigroup(add), [1, 2])


def test_homomorphisms_pass_and_others_are_found() -> None:
    check_homomorphism(str.upper, ["a", "", "b c"])
    check_homomorphism(len, ["a", "bc"], target=Monoid(0, operator.add))
    with pytest.raises(NotAHomomorphism, match=r"title does not respect sums: of 'a' and 'a', f\(a \+ b\) gives 'Aa'"):
        check_homomorphism(str.title, ["a", "b"])


def test_nothing_to_check_is_refused() -> None:
    with pytest.raises(ValueError, match="check_monoid needs at least one value"):
        check_monoid(STR, [])
    with pytest.raises(ValueError, match="check_homomorphism needs at least one chunk"):
        check_homomorphism(str.upper, [])
