"""Check one law on one case."""

from __future__ import annotations

from typing import Any

from runlaw.interpret.reference import Outcome, reference, reference_stream
from runlaw.laws.assumptions import SUMS_UP, sums_up
from runlaw.laws.law import Assumption, CannotCheck, Case, Claim, Law, LawBroken, Program
from runlaw.laws.outcomes import same_outcome, show_outcome

SAYS_NOTHING = "the case is of the kind it speaks of"


def examine(law: Law, case: Case, known: dict[Assumption, bool] | None = None) -> str | None:
    """Check a law on one case; why it says nothing of it, or ``None`` where it holds.

    Args:
        law: The law.
        case: The case.
        known: Which assumptions hold of the case, as far as it is known; what is found out is added.

    Raises:
        LawBroken: It does not hold.
        CannotCheck: The program is not deterministic.
    """
    assumption = law.excluded_by(case, known)
    if assumption is not None:
        return assumption.name
    claim = law.claim(case)
    if claim is None:
        return SAYS_NOTHING
    left, right = claim.left.run(), claim.right.run()
    if same_outcome(left, right):
        return None
    if any(depends_on_time(*one) for one in claim.runs):
        return "time does not decide the outcome"
    if not claim.exact and not all(sums_up(*one) for one in claim.runs):
        return SUMS_UP.name
    check_deterministic(law, case, claim, left, right)
    raise LawBroken(law, case, claim, left, right)


def depends_on_time(program: Program, value: Any) -> bool:  # Any: what the program takes
    """Whether the reference says that another outcome would be as right."""
    return reference(program, value).unsure or reference_stream(program, value).unsure


def check_deterministic(law: Law, case: Case, claim: Claim, left: Outcome, right: Outcome) -> None:
    """Refuse a program that gives something else when it is run again.

    Raises:
        CannotCheck: It does.
    """
    if claim.finds and claim.left.run().value != []:
        return  # it finds something wrong again, be it in other words
    for side, before in ((claim.left, left), (claim.right, right)):
        again = side.run()
        if not same_outcome(again, before):
            raise CannotCheck(
                f"{law.name} ({law.statement}): the program is not deterministic: {side.shown} gave "
                f"{show_outcome(before)}, then {show_outcome(again)}\n"
                f"  program: {case.program!r}\n  input:   {case.value!r}"
            )
