"""The library obeys the laws on all functions of a tiny domain: nothing here is drawn, so nothing is left out."""

from __future__ import annotations

import pickle
from itertools import groupby

import pytest

from runlaw import lift, pipe
from runlaw.laws import LAWS, Law, LawBroken, check_completely, law_named
from runlaw.laws.exhaustive import TYPES, Table, Trit, complete_cases, functions, values_of
from runlaw.laws.law import WAYS, Case, Claim, law, meaning

# What they build of a program of the domain does not fit: an assign is given a record.
UNTYPED = ("assign adds", "assign replaces")
# Values of the domain do not add up, and its functions are none of the palette's.
SAY_NOTHING = ("every cut is the same", "sums are associative", "empty values are neutral", "printing")
CHECKED = [one for one in LAWS if one.name not in UNTYPED + SAY_NOTHING]
FAMILIES = [(family, list(laws)) for family, laws in groupby(CHECKED, key=lambda one: one.family)]
# Of the laws that read little of a case, all functions of two and of three values.
WIDE = [
    "left identity", "right identity", "associativity", "a pipe of one", "composition", "constants begin",
    "constants absorb", "failures absorb", "pickling", "pickling keeps meaning", "copying", "built alike",
]  # fmt: skip


@pytest.mark.parametrize(("family", "laws"), FAMILIES, ids=[family for family, _ in FAMILIES])
def test_laws_hold_on_all_functions_of_two_values(family: str, laws: list[Law]) -> None:
    for one in laws:
        checked = check_completely(one, [bool])
        assert checked.applied > 0, checked
        assert checked.excluded == {}


@pytest.mark.parametrize("name", WIDE)
def test_laws_hold_on_all_functions_of_two_and_three_values(name: str) -> None:
    assert check_completely(law_named(name)).applied >= 48


@pytest.mark.parametrize("name", SAY_NOTHING)
def test_what_says_nothing_of_the_domain_is_told(name: str) -> None:
    checked = check_completely(law_named(name), [bool])
    assert checked.applied == 0
    assert "not checked" in str(checked)


def test_all_functions_are_there_once() -> None:
    for source in TYPES:
        for target in TYPES:
            every = functions(source, target)
            tables = {tuple(one.invoke(value) for value in values_of(source)) for one in every}
            assert len(every) == len(tables) == len(values_of(target)) ** len(values_of(source))
            assert {(one.input_type, one.output_type) for one in every} == {(source, target)}


def test_all_combinations_of_the_fields_that_vary_are_there() -> None:
    assert len(list(complete_cases([bool]))) == 4 * 2 * 4 * 4 * 4 * 4 * len(WAYS) * 2
    assert len(list(complete_cases(TYPES, ["program"]))) == 4 + 9 + 8 + 27


def test_what_a_law_reads_is_varied() -> None:
    @law("category", "r(x) is not LOW, in any way of running")
    def never_low(case: Case) -> Claim:
        return meaning(case, case.program, pipe(case.program, lift(_not_low, blocking=False)))

    with pytest.raises(LawBroken) as caught:
        check_completely(never_low, [Trit])
    assert repr(caught.value.case.program) == "lift(Trit_to_Trit_000)"
    assert caught.value.case.value is Trit.LOW
    assert check_completely(law_named("composition"), [bool]).applied == 4 * 2 * 4


def _not_low(value: Trit) -> Trit:
    return Trit.HIGH if value is Trit.LOW else value


def test_tables_are_values() -> None:
    table = Table(bool, Trit, (Trit.HIGH, Trit.LOW))
    assert (table(False), table(True)) == (Trit.HIGH, Trit.LOW)
    assert pickle.loads(pickle.dumps(table)) == table
    assert hash(table) == hash(Table(bool, Trit, (Trit.HIGH, Trit.LOW)))
    assert table != Table(bool, Trit, (Trit.HIGH, Trit.HIGH))
    with pytest.raises(ValueError, match="shorter"):
        Table(bool, Trit, (Trit.LOW,))
