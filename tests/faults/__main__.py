"""How often each planted fault is caught: of how many random cases the law that is named for it breaks.

python -m tests.faults [cases]
"""

from __future__ import annotations

import pickle
import sys

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from runlaw.laws import CannotCheck, LawBroken, law_named, programs_and_several_inputs
from runlaw.laws.cases import cases
from runlaw.laws.examine import examine
from runlaw.laws.law import Case

from .faults import FAULTS
from .planting import Fault, forget


def drawn(count: int) -> list[bytes]:
    """Random cases, pickled: each fault gets programs that were not compiled before."""
    found: list[bytes] = []

    @settings(max_examples=count, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(cases(programs_and_several_inputs()))
    def draw(case: Case) -> None:
        found.append(pickle.dumps(case))

    draw()
    return found


def rate(fault: Fault, pickled: list[bytes]) -> float:
    """The share of the cases that break the law."""
    law = law_named(fault.law)
    caught = 0
    forget()
    fresh: list[Case] = [pickle.loads(one) for one in pickled]
    with pytest.MonkeyPatch.context() as patch:
        fault.plant(patch)
        for case in fresh:
            try:
                examine(law, case)
            except LawBroken:
                caught += 1
            except CannotCheck:  # the fault makes the program give now this, now that
                continue
    forget()
    return caught / len(fresh)


def main() -> None:
    pickled = drawn(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    rates = sorted((rate(fault, pickled), fault.name, fault.law) for fault in FAULTS)
    for share, name, law in rates:
        print(f"{share:7.1%}  {name} [{law}]")


if __name__ == "__main__":
    main()
