"""The library obeys every law, on random programs: neighbouring laws share the cases that are drawn."""

from __future__ import annotations

import pytest
from hypothesis import settings

from runlaw.laws import LAWS, Law, check_cases, programs_and_several_inputs
from runlaw.laws.assumptions import INPUT_ADDS_UP
from runlaw.laws.palette import Kind, Record

PATIENCE = 60.0  # seconds: far above what any side of a law takes, so that only a hang reaches it
TOGETHER = 16  # laws that are checked on the same cases
CUTS = "cuts"
SPARE = 4  # times as many cases are drawn, at most, as each law must apply to
ADDING: tuple[Kind, ...] = (str, list[str], Record)


def adds_up(law: Law) -> bool:
    return INPUT_ADDS_UP in law.assumptions or law.name in ("sums are associative", "empty values are neutral")


def groups() -> dict[str, list[Law]]:
    """The laws, sixteen together; those that ask for inputs that add up by themselves."""
    made = {CUTS: [law for law in LAWS if adds_up(law)]}
    others = [law for law in LAWS if not adds_up(law)]
    for start in range(0, len(others), TOGETHER):
        laws = others[start : start + TOGETHER]
        made[f"{laws[0].name} to {laws[-1].name}"] = laws
    return made


@pytest.mark.parametrize("name", groups())
def test_the_library_obeys(name: str) -> None:
    laws, enough = groups()[name], settings().max_examples
    drawn = programs_and_several_inputs(ADDING) if name == CUTS else programs_and_several_inputs()
    report = check_cases(laws, drawn, settings(max_examples=SPARE * enough), PATIENCE, enough)
    assert [str(one) for one in report.checked if one.applied < enough] == []
