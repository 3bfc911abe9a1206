"""Check one law on one case."""

from __future__ import annotations

from typing import Any

from runlaw.interpret.reference import Outcome, reference, reference_stream
from runlaw.laws.assumptions import SUMS_UP, sums_up
from runlaw.laws.broken import CannotCheck, LawBroken
from runlaw.laws.by_value import BY_VALUE, compares_by_value
from runlaw.laws.law import Assumption, Case, Claim, Law, Program
from runlaw.laws.outcomes import NoEquality, same_outcome, show_outcome

SAYS_NOTHING = "the case is of the kind it speaks of"


def examine(law: Law, case: Case, known: dict[Assumption, bool] | None = None) -> str | None:
    """Check a law on one case; why it says nothing of it, or ``None`` where it holds.

    Args:
        law: The law.
        case: The case.
        known: Which assumptions hold of the case, as far as it is known; what is found out is added.

    Raises:
        LawBroken: It does not hold.
        CannotCheck: The program is not deterministic, its values cannot be compared, or the law cannot be stated of
            it, as where the input is not of the type that the program takes.
    """
    __tracebackhide__ = True
    try:
        return _examined(law, case, known)
    except NoEquality as error:
        raise CannotCheck(_about(law, case, str(error))) from None


def _examined(law: Law, case: Case, known: dict[Assumption, bool] | None) -> str | None:
    __tracebackhide__ = True
    claim = _claim(law, case, known)
    if not isinstance(claim, Claim):
        return SAYS_NOTHING if claim is None else claim.name
    left, right = claim.left.run(), claim.right.run()
    if same_outcome(left, right):
        return None
    if claim.by_value and not compares_by_value(case.program):
        return BY_VALUE
    if any(depends_on_time(*one) for one in claim.runs):
        return "time does not decide the outcome"
    if not claim.exact and not all(sums_up(*one) for one in claim.runs):
        return SUMS_UP.name
    check_deterministic(law, case, claim, left, right)
    raise LawBroken(law, case, claim, left, right)


def _claim(law: Law, case: Case, known: dict[Assumption, bool] | None) -> Claim | Assumption | None:
    """What the law says of the case, or the assumption that does not hold of it."""
    try:
        return law.excluded_by(case, known) or law.claim(case)
    except CannotCheck:
        raise
    except Exception as error:  # whatever the combinators raise that refuse the program or its input
        taken = case.program.input_type
        raise CannotCheck(
            _about(
                law, case, f"it cannot be stated of this program, which takes {taken}, and this input: "
                f"{type(error).__name__}: {error}",
            )
        ) from error  # fmt: skip


def _about(law: Law, case: Case, what: str) -> str:
    return f"{law.name} ({law.statement}): {what}\n  program: {case.program!r}\n  input:   {case.value!r}"


def depends_on_time(program: Program, value: Any) -> bool:  # Any: what the program takes
    """Whether the reference says that another outcome would be as right."""
    return reference(program, value).unsure or reference_stream(program, value).unsure


def check_deterministic(law: Law, case: Case, claim: Claim, left: Outcome, right: Outcome) -> None:
    """Refuse a program that gives something else when it is run again.

    Raises:
        CannotCheck: It does.
    """
    __tracebackhide__ = True
    if claim.finds and claim.left.run().value != []:
        return  # it finds something wrong again, be it in other words
    for side, before in ((claim.left, left), (claim.right, right)):
        again = side.run()
        if not same_outcome(again, before):
            raise CannotCheck(
                _about(
                    law, case, f"the program is not deterministic: {side.shown} gave {show_outcome(before)}, "
                    f"then {show_outcome(again)}",
                )
            )  # fmt: skip
