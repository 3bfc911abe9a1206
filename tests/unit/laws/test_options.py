"""What the functions of the proof kit refuse to be told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from runlaw import lift
from runlaw.laws import LAWS, check_law, check_laws, law_named, law_suite, programs, programs_and_inputs, programs_from
from runlaw.laws.check import check_cases

TEXTS = st.text(max_size=2)
FEW = settings(max_examples=2, database=None, deadline=None)
PROGRAM = lift(str.upper)
LAW = law_named("associativity")
CASES = TEXTS.map(lambda text: (PROGRAM, (text,)))
KITS: dict[str, Callable[..., object]] = {
    "check_laws": lambda laws=LAWS, **options: check_laws(PROGRAM, TEXTS, laws, FEW, **options),
    "check_cases": lambda laws=LAWS, **options: check_cases(laws, CASES, **options),
    "law_suite": lambda laws=LAWS, **options: law_suite(PROGRAM, TEXTS, laws, FEW, **options),
}
every_kit = pytest.mark.parametrize(("name", "kit"), list(KITS.items()), ids=list(KITS))
PAIRS = TEXTS.map(lambda text: (PROGRAM, text))


@every_kit
def test_a_single_law_is_refused_with_the_advice_to_put_it_in_a_list(name: str, kit: Callable[..., object]) -> None:
    with pytest.raises(
        TypeError, match=rf"^{name}: laws must be a list of laws; got a single one, .*: put it in a list"
    ):
        kit(LAW)


@every_kit
@pytest.mark.parametrize("laws", [3, None, "associativity"], ids=repr)
def test_what_is_no_list_of_laws_is_refused(name: str, kit: Callable[..., object], laws: object) -> None:
    with pytest.raises(TypeError, match=rf"^{name}: laws must be a list of laws, such as LAWS; got {laws!r}$"):
        kit(laws)


@every_kit
def test_the_name_of_a_law_is_refused_with_the_advice_how_to_find_it(name: str, kit: Callable[..., object]) -> None:
    message = rf"^{name}: laws\[1\] must be a Law; got 'fusion': law_named\('fusion'\) gives the law of a name$"
    with pytest.raises(TypeError, match=message):
        kit([LAW, "fusion"])
    with pytest.raises(TypeError, match=rf"^{name}: laws\[0\] must be a Law; got 3$"):
        kit([3])


WRONG_TIMES: list[tuple[Any, type[Exception]]] = [  # Any: wrong
    (0, ValueError), (0.0, ValueError), (-1, ValueError), (float("inf"), ValueError), (1e300, ValueError),
    (float("nan"), ValueError), ("5", TypeError), (None, TypeError), (True, TypeError),
]  # fmt: skip


@every_kit
@pytest.mark.parametrize(("deadline", "error"), WRONG_TIMES, ids=repr)
def test_a_deadline_is_a_time_that_can_be_waited_for(
    name: str, kit: Callable[..., object], deadline: Any, error: type[Exception]
) -> None:  # Any: wrong
    with pytest.raises(error, match=rf"^{name}: deadline must "):
        kit(deadline=deadline)


def test_what_is_wrong_of_a_single_law() -> None:
    with pytest.raises(TypeError, match=r"^check_law: law must be a Law; got 'associativity': law_named\('assoc"):
        check_law("associativity", PAIRS)  # type: ignore[arg-type]  # which is under test
    with pytest.raises(ValueError, match=r"^check_law: deadline must be above 0"):
        check_law(LAW, PAIRS, FEW, 0)


def test_laws_may_come_from_an_iterator() -> None:
    assert [law.name for law in check_laws(PROGRAM, TEXTS, iter([LAW]), FEW).applied] == ["associativity"]


@pytest.mark.parametrize(
    ("size", "error"), [("x", TypeError), (1.0, TypeError), (True, TypeError), (None, TypeError), (-1, ValueError)]
)
def test_the_size_of_random_programs_is_a_number_of_combinators(
    size: Any, error: type[Exception]
) -> None:  # Any: a wrong one
    for build in (programs, programs_and_inputs):
        with pytest.raises(error, match=r"^programs: max_size must be "):
            build(max_size=size)
    with pytest.raises(error, match=r"^programs_from: max_size must be "):
        programs_from(str, int, size)
