"""The table: bounds, units, and what a missing peer leaves empty."""

from __future__ import annotations

import pytest

from benchmarks.figures import HEADER, Figure, Goal, duration, line, quantity, row
from benchmarks.measure import Spread


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        (Goal(2.0), 1.9, True),
        (Goal(2.0), 2.004, True),
        (Goal(2.0), 2.01, False),
        (Goal(8.0, at_least=True), 8.0, True),
        (Goal(8.0, at_least=True), 7.9, False),
    ],
)
def test_a_goal_is_judged_as_printed(goal: Goal, value: float, met: bool) -> None:
    assert goal.met(value) is met


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        (Figure("a", Spread(1.5, 1.0), Goal(2.0)), "reached"),
        (Figure("a", Spread(2.5, 1.0), Goal(2.0)), "MISSED"),
        (Figure("a", None, Goal(3.0, at_least=True)), "no peer"),
        (Figure("a", Spread(1.5, 1.0)), ""),
    ],
)
def test_the_median_decides(figure: Figure, verdict: str) -> None:
    assert figure.verdict == verdict
    assert row(figure).endswith(verdict)


def test_a_row_stands_under_the_header() -> None:
    shown = row(Figure("invoke", Spread(1.234, 1.1), Goal(2.0), cost=4.71e-8, peer="2,310x"))
    assert shown.split() == ["invoke", "<=", "2.00x", "1.23x", "1.10x", "47.1", "ns", "2,310x", "reached"]
    assert shown.index("reached") == line(HEADER).index("verdict")


@pytest.mark.parametrize(("value", "text"), [(1.239, "1.24x"), (12.34, "12.3x"), (1234.5, "1,234x"), (0.05, "0.05x")])
def test_ratios_keep_about_three_digits(value: float, text: str) -> None:
    assert quantity(value, "x") == text


def test_other_units() -> None:
    assert quantity(0.1234, "s") == "0.123 s"
    assert quantity(0.071, "MB") == "0.07 MB"
    assert [duration(x) for x in (4.71e-8, 2.5e-6, 0.0021, 3.0)] == ["47.1 ns", "2.5 us", "2.1 ms", "3.0 s"]
