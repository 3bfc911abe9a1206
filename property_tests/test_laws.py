"""The library obeys every law, on random programs."""

from __future__ import annotations

import pytest
from hypothesis import settings

from runlaw.laws import LAWS, Law, check_law, programs_and_inputs

PATIENCE = 60.0  # seconds: far above what any side of a law takes, so that only a hang reaches it


@pytest.mark.parametrize("law", LAWS, ids=[law.name for law in LAWS])
def test_the_library_obeys(law: Law) -> None:
    checked = check_law(law, programs_and_inputs(), settings(), PATIENCE)
    assert checked.applied > 0, checked
