"""How a check fares: what the laws found so far, whether the program ever succeeds, and how much time is left."""

from __future__ import annotations

import time
from collections.abc import Sequence

from runlaw.interpret.reference import reference
from runlaw.laws.broken import CannotCheck, LawBroken
from runlaw.laws.deadline import Deadline, Late
from runlaw.laws.examine import examine
from runlaw.laws.law import Assumption, Case, Law
from runlaw.laws.outcomes import show_outcome


class Enough(BaseException):
    """All laws were checked on cases enough. Not an ``Exception``, so that nothing takes it for a failure."""


class Spent(BaseException):
    """The whole check takes too long. Not an ``Exception``, as above."""


class Budget:
    """How long a whole check may take: the deadline of one law on one case, for each of the cases."""

    def __init__(self, deadline: float, cases: int) -> None:
        self.seconds: float = deadline * cases
        self._ends = time.monotonic() + self.seconds

    def check(self) -> None:
        """Nothing, while there is time left.

        Raises:
            Spent: There is none.
        """
        if time.monotonic() > self._ends:
            raise Spent(
                f"the whole check took more than {self.seconds:g} seconds: make the program faster, such as by short "
                "delays in with_retry, or give fewer laws, more examples in settings, or a longer deadline"
            )


class Tally:
    """How a law has fared so far."""

    def __init__(self, law: Law) -> None:
        self.law: Law = law
        self.applied: int = 0
        self.excluded: dict[str, int] = {}

    @property
    def cases(self) -> int:
        """How many cases it was checked on, or excluded from."""
        return self.applied + sum(self.excluded.values())

    def examine(self, case: Case, known: dict[Assumption, bool], within: Deadline) -> None:
        """Check the law on a case.

        Raises:
            CannotCheck: The program is not deterministic, or cannot be checked otherwise.
            Late: It takes too long.
            LawBroken: The law does not hold.
        """
        __tracebackhide__ = True
        try:
            reason = within.run(lambda: examine(self.law, case, known))
        except Late as late:
            raise Late(
                f"{self.law.name} ({self.law.statement}): the program blocks: {late}\n"
                f"  program: {case.program!r}\n  input:   {case.value!r}"
            ) from None
        if reason is None:
            self.applied += 1
        else:
            self.excluded[reason] = self.excluded.get(reason, 0) + 1


class Failures:
    """On how many inputs a program failed, and how, until it succeeds on one."""

    def __init__(self) -> None:
        self.inputs: int = 0
        self.failure: str | None = None
        self._succeeded = False

    def note(self, case: Case, within: Deadline) -> None:
        """Run the reference, where the program has not succeeded on any input before.

        Raises:
            Late: It takes too long.
        """
        self.inputs += 1
        if self._succeeded:
            return
        try:
            outcome = within.run(lambda: reference(case.program, case.value))
        except Late as late:
            raise Late(f"the program blocks: {late}\n  program: {case.program!r}\n  input:   {case.value!r}") from None
        if outcome.error is None:
            self._succeeded, self.failure = True, None
        elif self.failure is None:
            self.failure = show_outcome(outcome)


def flaky(found: Sequence[LawBroken | CannotCheck], why: str) -> CannotCheck:
    """What to say where a law broke, and held when the same case was checked once more."""
    if not found:
        return CannotCheck(f"the strategy makes other inputs when it is asked again: {why}")
    error = found[0]
    if isinstance(error, CannotCheck):
        return error
    return CannotCheck(
        f"{error.law.name} ({error.statement}): the program is not deterministic: on one case the law broke, and held "
        f"when it was checked again\n  program: {error.program!r}\n  input:   {error.input!r}\n"
        f"  left:    gave {show_outcome(error.left)}\n  right:   gave {show_outcome(error.right)}"
    )
