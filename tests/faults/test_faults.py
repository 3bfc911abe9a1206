"""The kit can fail: every planted fault is caught by the law that is named for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from runlaw.laws import LawBroken, check_cases, law_named, programs_and_several_inputs

from .faults import FAULTS
from .planting import Fault, forget

SEARCH = settings(max_examples=500, phases=[Phase.generate], database=None, derandomize=True, deadline=None)
# Of random cases the law that is named for a fault catches one in ten at least, most of the laws every second one.


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    forget()
    yield
    forget()


def test_there_are_enough_faults() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 40


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_fault_is_caught(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    law = law_named(fault.law)
    with monkeypatch.context() as patch:
        fault.plant(patch)
        with pytest.raises(LawBroken) as caught:
            check_cases([law], programs_and_several_inputs(), SEARCH, 30.0)
    assert caught.value.law is law
