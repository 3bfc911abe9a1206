"""Reports as text: what applied, what did not and why, and what says nothing of the program."""

from __future__ import annotations

from dataclasses import replace

from runlaw.laws import Checked, Report, law_named
from runlaw.laws.examine import SAYS_NOTHING

LAW = replace(law_named("associativity"), of_library=False)
OTHER = replace(law_named("printing"), of_library=False)
LIBRARY = replace(law_named("order is kept"), of_library=True)


def test_laws_of_the_library_are_listed_apart() -> None:
    report = Report((Checked(LAW, 15, {}), Checked(LIBRARY, 1, {}), Checked(OTHER, 0, {"it is raining": 15})))
    assert str(report).splitlines() == [
        "1 of 2 laws applied, and hold",
        "  associativity: holds on 15 cases",
        "  printing: not checked: of no case it holds that it is raining",
        "of the library, whatever the program: 1 of 1 laws applied, and hold",
        "  order is kept: holds on 1 case",
    ]
    assert str(Report((Checked(LIBRARY, 1, {}),))).startswith("of the library, whatever the program: 1 of 1")


def test_that_nothing_applied_does_not_read_as_a_success() -> None:
    report = Report((Checked(LAW, 0, {SAYS_NOTHING: 15}), Checked(OTHER, 0, {})))
    assert str(report).splitlines() == [
        "none of 2 laws applied",
        "  associativity: not checked: what it speaks of happened in no case: (r | f) | g == r | (f | g)",
        "  printing: not checked: there was no case",
    ]


def test_a_program_that_always_failed_is_told_first() -> None:
    report = Report((Checked(LAW, 15, {}),), 15, "KeyError: 'k'")
    assert str(report).splitlines()[:2] == [
        "the program failed on all 15 inputs, first with KeyError: 'k': nothing was checked of values",
        "1 of 1 laws applied, and hold",
    ]
