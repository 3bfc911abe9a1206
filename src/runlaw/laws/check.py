"""Check a program against the laws, on inputs that Hypothesis makes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from runlaw.laws.cases import Inputs, cases, chosen_settings, inputs_for
from runlaw.laws.catalogue import LAWS
from runlaw.laws.deadline import Deadline, Late
from runlaw.laws.examine import examine
from runlaw.laws.law import Assumption, CannotCheck, Case, Law, LawBroken, Program
from runlaw.laws.needs import hypothesis
from runlaw.laws.options import check_deadline, check_one_law, checked_laws
from runlaw.laws.probe import probe
from runlaw.laws.report import Checked, Report
from runlaw.runnable import Runnable

if TYPE_CHECKING:
    from hypothesis import settings as Settings
    from hypothesis.strategies import SearchStrategy

SECONDS = 5.0
"""How long a law may take on one case, by default."""


def check_laws(
    runnable: Runnable[Any, Any],  # Any: of whatever types
    inputs: SearchStrategy[Any],  # Any: what the runnable takes
    laws: Iterable[Law] = LAWS,
    settings: Settings | None = None,
    deadline: float = SECONDS,
) -> Report:
    """Check a program against laws.

    Args:
        runnable: The program: deterministic, and with no effect that a second run would see.
        inputs: A Hypothesis strategy of its inputs.
        laws: The laws, all by default.
        settings: Hypothesis settings; by default the laws are checked on 15 cases, of up to four inputs each.
        deadline: How many seconds a law may take on one case.

    Returns:
        Which laws applied, and which assumptions excluded the others.

    Raises:
        LawBroken: A law does not hold; it has the law, the smallest case found, and both outcomes.
        CannotCheck: The runnable blocks or is not deterministic, or the strategy makes no input for it.
        ModuleNotFoundError: Hypothesis is not installed.
        TypeError: ``runnable`` is no Runnable, ``inputs`` no strategy, or one of ``laws`` no law.
        ValueError: ``deadline`` is not above 0.
    """
    st = hypothesis("check_laws").strategies
    if not isinstance(runnable, Runnable):
        raise TypeError(f"check_laws takes a Runnable; got {runnable!r}")
    if not isinstance(inputs, st.SearchStrategy):
        raise TypeError(f"check_laws: inputs must be a Hypothesis strategy, such as st.text(); got {inputs!r}")
    chosen = checked_laws("check_laws", laws)
    check_deadline("check_laws", deadline)
    with Deadline(deadline) as within:
        probe(runnable, inputs, within)
    return check_cases(chosen, inputs_for(runnable, inputs), settings, deadline)


def check_law(
    law: Law,
    pairs: SearchStrategy[tuple[Program, Any]],  # Any: what the programs take
    settings: Settings | None = None,
    deadline: float = SECONDS,
) -> Checked:
    """Check one law on programs with inputs. Raises what ``check_laws`` raises."""
    check_one_law("check_law", law)
    check_deadline("check_law", deadline)
    given = pairs.map(lambda pair: (pair[0], (pair[1],)))
    return check_cases([law], given, settings, deadline).checked[0]


class Enough(BaseException):
    """All laws were checked on cases enough. Not an ``Exception``, so that nothing takes it for a failure."""


class Tally:
    """How a law has fared so far."""

    def __init__(self, law: Law) -> None:
        self.law: Law = law
        self.applied: int = 0
        self.excluded: dict[str, int] = {}

    def examine(self, case: Case, known: dict[Assumption, bool], within: Deadline) -> None:
        """Check the law on a case.

        Raises:
            CannotCheck: The program is not deterministic.
            Late: It takes too long.
            LawBroken: The law does not hold.
        """
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


def check_cases(
    laws: Iterable[Law],
    given: SearchStrategy[tuple[Program, Inputs]],
    settings: Settings | None = None,
    deadline: float = SECONDS,
    enough: int | None = None,
) -> Report:
    """Check laws on programs with inputs, every law on each case that is drawn.

    As soon as one of them breaks, the others are left alone: what is searched from there on is the smallest case
    that breaks this one.

    Args:
        laws: The laws.
        given: Programs, each with one input or more.
        settings: As of ``check_laws``.
        deadline: As of ``check_laws``.
        enough: After how many cases to which it applied a law is left alone; when all are, no more are drawn.

    Raises:
        CannotCheck, LawBroken, TypeError, ValueError: As of ``check_laws``.
    """
    hypo = hypothesis("check_cases")
    check_deadline("check_cases", deadline)
    tallies = [Tally(law) for law in checked_laws("check_cases", laws)]
    broken: list[Tally] = []

    with Deadline(deadline) as within:

        @chosen_settings(settings)
        @hypo.given(cases(given))  # type: ignore[untyped-decorator]  # of a module that is imported late
        def all_hold(case: Case) -> None:
            known: dict[Assumption, bool] = {}
            left = broken or [tally for tally in tallies if enough is None or tally.applied < enough]
            if not left:
                raise Enough
            for tally in left:
                try:
                    tally.examine(case, known, within)
                except BaseException:
                    broken[:] = [tally]
                    raise

        try:
            all_hold()
        except Enough:
            pass
        except LawBroken as error:
            error.__notes__ = []  # how Hypothesis would run it again: the error itself says more
            raise
        except Late as late:
            raise CannotCheck(str(late)) from None
        except (hypo.errors.Unsatisfiable, hypo.errors.InvalidArgument) as error:
            names = ", ".join(tally.law.name for tally in tallies)
            raise CannotCheck(f"{names}: the strategy makes no input: {error}") from error
    return Report(tuple(Checked(tally.law, tally.applied, tally.excluded) for tally in tallies))
