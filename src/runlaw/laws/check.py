"""Check a program against the laws, on inputs that Hypothesis makes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from runlaw.laws.broken import CannotCheck, LawBroken
from runlaw.laws.cases import Inputs, cases, chosen_settings, inputs_for
from runlaw.laws.catalogue import LAWS
from runlaw.laws.deadline import Deadline, Late
from runlaw.laws.law import Assumption, Case, Law, Program
from runlaw.laws.needs import hypothesis
from runlaw.laws.options import check_deadline, check_one_law, check_settings, check_strategy, checked_laws
from runlaw.laws.probe import probe
from runlaw.laws.report import Checked, Report
from runlaw.laws.tally import Budget, Enough, Failures, Spent, Tally, flaky
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
        settings: Hypothesis settings, of which its own ``deadline`` and health checks are not heeded; by default the
            laws are checked on 15 cases, of up to four inputs each, the same ones at every time.
        deadline: How many seconds a law may take on one case. The whole check may take so many for each of the cases
            that ``settings`` ask for: 75 by default.

    Returns:
        Which laws applied, and which assumptions excluded the others.

    Raises:
        LawBroken: A law does not hold; it has the law, the smallest case found, and both outcomes.
        CannotCheck: The runnable blocks, is not deterministic, or gives what cannot be compared; or the strategy makes
            no input for it, or some that it does not take.
        ModuleNotFoundError: Hypothesis is not installed.
        TypeError: ``runnable`` is no Runnable, ``inputs`` no strategy, ``settings`` no settings, or one of ``laws`` no
            law.
        ValueError: ``deadline`` is not above 0, or ``settings`` generate nothing.
    """
    __tracebackhide__ = True
    hypothesis("check_laws")
    if not isinstance(runnable, Runnable):
        raise TypeError(f"check_laws takes a Runnable; got {runnable!r}")
    check_strategy("check_laws: inputs", inputs, "st.text()")
    chosen = checked_laws("check_laws", laws)
    check_settings("check_laws", settings)
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
    __tracebackhide__ = True
    check_one_law("check_law", law)
    check_strategy("check_law: pairs", pairs, "st.tuples(st.just(runnable), st.text())")
    check_settings("check_law", settings)
    check_deadline("check_law", deadline)
    given = pairs.map(lambda pair: (pair[0], (pair[1],)))
    return check_cases([law], given, settings, deadline).checked[0]


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
    __tracebackhide__ = True
    hypo = hypothesis("check_cases")
    check_strategy("check_cases: given", given, "programs_and_several_inputs()")
    check_settings("check_cases", settings)
    check_deadline("check_cases", deadline)
    tallies = [Tally(law) for law in checked_laws("check_cases", laws)]
    chosen = chosen_settings(settings)
    budget = Budget(deadline, chosen.max_examples)
    failures = Failures()
    broken: list[Tally] = []
    found: list[LawBroken | CannotCheck] = []

    with Deadline(deadline) as within:

        @chosen
        @hypo.given(cases(given))  # type: ignore[untyped-decorator]  # of a module that is imported late
        def all_hold(case: Case) -> None:
            __tracebackhide__ = True
            known: dict[Assumption, bool] = {}
            left = broken or [tally for tally in tallies if enough is None or tally.applied < enough]
            if not left:
                raise Enough
            for tally in left:
                budget.check()
                try:
                    tally.examine(case, known, within)
                except (LawBroken, CannotCheck) as error:
                    broken[:], found[:] = [tally], [error]
                    raise
                except BaseException:
                    broken[:] = [tally]
                    raise
            failures.note(case, within)

        try:
            all_hold()
        except Enough:
            pass
        except LawBroken as error:
            error.__notes__ = []  # how Hypothesis would run it again: the error itself says more
            raise
        except Spent as spent:
            raise (found[0] if found else CannotCheck(f"{spent}{_progress(tallies)}")) from None
        except Late as late:
            raise CannotCheck(str(late)) from None
        except hypo.errors.Flaky as error:
            raise flaky(found, str(error)) from error
        except (hypo.errors.Unsatisfiable, hypo.errors.InvalidArgument) as error:
            names = ", ".join(tally.law.name for tally in tallies)
            raise CannotCheck(f"{names}: the strategy makes no input: {error}") from error
    checked = tuple(Checked(tally.law, tally.applied, tally.excluded) for tally in tallies)
    return Report(checked, failures.inputs, failures.failure)


def _progress(tallies: list[Tally]) -> str:
    cases = max((tally.cases for tally in tallies), default=0)
    return (
        f"; {sum(tally.cases > 0 for tally in tallies)} of {len(tallies)} laws were checked, on {cases} cases at most"
    )
