"""``law_suite``: the laws of one program as ordinary tests."""

from __future__ import annotations

from unittest import SkipTest

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from runlaw import lift
from runlaw.laws import LAWS, LawBroken, LawSuite, law_named, law_suite

FEW = settings(max_examples=5, database=None, deadline=None)


def shout(text: str) -> str:
    return text.upper()


TestShout = law_suite(lift(shout), st.text(max_size=2), [law for law in LAWS if law.family == "category"], FEW)


def test_a_suite_is_a_class_with_a_test_for_each_law() -> None:
    suite = law_suite(lift(shout), st.text())
    assert issubclass(suite, LawSuite)
    assert sum(name.startswith("test_") for name in vars(suite)) == len(LAWS)
    assert vars(suite)["test_left_identity"].__doc__ == "identity | r == r"


def test_a_law_that_assumptions_exclude_is_skipped_with_the_reason() -> None:
    suite = law_suite(lift(shout), st.text(max_size=2), [law_named("printing")], FEW)
    with pytest.raises(SkipTest, match="not checked: of no case it holds that the program is made of the palette's"):
        vars(suite)["test_printing"](suite())


def test_the_report_tells_what_applied() -> None:
    suite = law_suite(lift(shout), st.text(max_size=2), [law_named("left identity")], FEW)
    assert str(suite.report()).startswith("1 of 1 laws applied, and hold\n  left identity: holds on ")
    with pytest.raises(NotImplementedError):
        LawSuite.report()


def test_a_broken_law_fails_its_test() -> None:
    from runlaw.laws.law import Case, Claim, law, outcomes

    @law("category", "r = nothing")
    def never(case: Case) -> Claim:
        return outcomes("one", lambda: 1, "two", lambda: 2)

    suite = law_suite(lift(shout), st.text(max_size=2), [never], FEW)
    with pytest.raises(LawBroken, match="never \\(category\\): r = nothing"):
        vars(suite)["test_never"](suite())
