"""The library obeys every law, on random programs: every law on each of the cases that are drawn for its family."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import settings

from runlaw.laws import LAWS, Law, check_cases, programs_and_several_inputs
from runlaw.laws.assumptions import INPUT_ADDS_UP
from runlaw.laws.palette import Kind, Record

PATIENCE = 60.0  # seconds: far above what any side of a law takes, so that only a hang reaches it
SPARE = 4  # times as many cases are drawn, at most, as each law must apply to
ADDING: tuple[Kind, ...] = (str, list[str], Record)


def adds_up(law: Law) -> bool:
    return INPUT_ADDS_UP in law.assumptions or law.name == "sums are associative"


def groups() -> list[tuple[str, list[Law]]]:
    """The laws by family; those that ask for inputs that add up by themselves."""
    families = [(family, list(laws)) for family, laws in groupby(LAWS, key=lambda law: law.family)]
    plain = [(family, [law for law in laws if not adds_up(law)]) for family, laws in families]
    return [*plain, ("cuts", [law for law in LAWS if adds_up(law)])]


@pytest.mark.parametrize(("family", "laws"), groups(), ids=[name for name, _ in groups()])
def test_the_library_obeys(family: str, laws: list[Law]) -> None:
    enough = settings().max_examples
    drawn = programs_and_several_inputs(ADDING) if family == "cuts" else programs_and_several_inputs()
    report = check_cases(laws, drawn, settings(max_examples=SPARE * enough), PATIENCE, enough)
    assert [str(one) for one in report.checked if one.applied < enough] == []
