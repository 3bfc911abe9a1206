"""What checking ends with where it does not end well: a law is broken, or cannot be checked."""

from __future__ import annotations

from typing import Any

from runlaw.laws.code import HEADER, code, is_code
from runlaw.laws.law import WAYS, Case, Claim, Hashed, Law, Program
from runlaw.laws.outcomes import Outcome, show_outcome
from runlaw.runnable import Runnable


class LawBroken(AssertionError):
    """A law does not hold: the law, the smallest case that was found, and what came of both sides.

    Attributes:
        law: The law.
        statement: What it says.
        case: All of the case that broke it.
        program: The program that was checked.
        input: Its input.
        inputs: All inputs of the case; laws of batches and of cuts read more than the first.
        programs: The programs, or with ``==`` the values, that the two sides compare; fewer where they fail.
        left: What came of the left side.
        right: What came of the right side.
    """

    def __init__(self, law: Law, case: Case, claim: Claim, left: Outcome, right: Outcome) -> None:
        self.law = law
        self.statement: str = law.statement
        self.case = case
        self.program: Program = case.program
        self.input: Any = case.value  # Any: what the program takes
        self.inputs: tuple[Any, ...] = case.values  # Any: what the program takes
        self.programs: tuple[Program, ...] = _programs(claim, left, right)
        self.left = left
        self.right = right
        super().__init__(
            f"{law.name} ({law.family}): {law.statement}\n"
            f"  program: {case.program!r}\n"
            f"  input:   {case.value!r}\n"
            f"{_beside(case, claim)}"
            f"  left:    {claim.left.shown}\n"
            f"           gives {show_outcome(left)}\n"
            f"  right:   {claim.right.shown}\n"
            f"           gives {show_outcome(right)}"
            f"{_as_code(case.program)}"
        )

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[LawBroken], args: tuple[object, ...], state: dict[str, object]) -> LawBroken:
    made = kind.__new__(kind, *args)
    made.__dict__.update(state)
    return made


def _programs(claim: Claim, left: Outcome, right: Outcome) -> tuple[Program, ...]:
    values = [outcome.value.value for outcome in (left, right) if isinstance(outcome.value, Hashed)]
    if claim.by_value:
        return tuple(value for value in values if isinstance(value, Runnable))
    return tuple(program for program, _ in claim.runs)


def _beside(case: Case, claim: Claim) -> str:
    """What the law ran programs on beside the input, and in which way, where the sides do not say it."""
    others = [shown for _, value in claim.runs if (shown := repr(value)) != repr(case.value)]
    lines = [f"  run on:  {', '.join(dict.fromkeys(others))}\n"] if others else []
    if case.way != WAYS[0] and case.way not in claim.left.shown + claim.right.shown:
        lines.append(f"  way:     {case.way}\n")
    return "".join(lines)


def _as_code(program: Program) -> str:
    """How to build the program, where it is made of the palette's leaves."""
    if not is_code(program):
        return ""
    lines = [*HEADER.splitlines(), f"program = {code(program)}"]
    return "".join(["\n  code:", *(f"\n    {line}" for line in lines)])


class CannotCheck(Exception):
    """A law cannot be checked: the runnable blocks, is not deterministic, or there are no inputs for it."""
