"""Check a program against the laws, on inputs that Hypothesis makes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from runlaw.algebra.fits import fits
from runlaw.algebra.values import type_of
from runlaw.combinators.identity import identity
from runlaw.combinators.leaves import const
from runlaw.interpret.reference import Outcome, reference, reference_stream
from runlaw.laws.assumptions import SUMS_UP, sums_up
from runlaw.laws.catalogue import LAWS
from runlaw.laws.deadline import Deadline, Late
from runlaw.laws.law import WAYS, CannotCheck, Case, Claim, Law, LawBroken, Program
from runlaw.laws.needs import hypothesis
from runlaw.laws.outcomes import observe, same_outcome, show_outcome
from runlaw.laws.palette import apass_on, boxed, fails, pass_on, same
from runlaw.runnable import Runnable

if TYPE_CHECKING:
    from hypothesis import settings as Settings
    from hypothesis.strategies import SearchStrategy

SECONDS = 5.0
"""How long one side of a law may take, by default."""
EXAMPLES = 15
"""How many inputs each law is checked on, by default."""


class Checked(NamedTuple):
    """How a law was checked: on how many cases it said something, and why not on the others."""

    law: Law
    applied: int
    excluded: dict[str, int]

    def __str__(self) -> str:
        if self.applied:
            return f"{self.law.name}: holds on {self.applied} cases"
        reasons = ", ".join(self.excluded) or "it says nothing of them"
        return f"{self.law.name}: not checked: of no case it holds that {reasons}"


class Report(NamedTuple):
    """Which laws applied, and which assumptions excluded the others."""

    checked: tuple[Checked, ...]

    @property
    def applied(self) -> tuple[Law, ...]:
        """The laws that were checked on at least one case."""
        return tuple(one.law for one in self.checked if one.applied)

    @property
    def excluded(self) -> tuple[Law, ...]:
        """The laws whose assumptions excluded every case."""
        return tuple(one.law for one in self.checked if not one.applied)

    def __str__(self) -> str:
        head = f"{len(self.applied)} of {len(self.checked)} laws applied, and hold"
        return "\n".join([head, *(f"  {one}" for one in self.checked)])


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
        settings: Hypothesis settings; by default each law is checked on 15 inputs.
        deadline: How many seconds one side of a law may take on one input.

    Returns:
        Which laws applied, and which assumptions excluded the others.

    Raises:
        LawBroken: A law does not hold; it has the law, the smallest case found, and both outcomes.
        CannotCheck: The runnable blocks or is not deterministic, or the strategy makes no input for it.
        ModuleNotFoundError: Hypothesis is not installed.
        TypeError: ``runnable`` is no Runnable, or ``inputs`` no strategy.
    """
    st = hypothesis("check_laws").strategies
    if not isinstance(runnable, Runnable):
        raise TypeError(f"check_laws takes a Runnable; got {runnable!r}")
    if not isinstance(inputs, st.SearchStrategy):
        raise TypeError(f"check_laws: inputs must be a Hypothesis strategy, such as st.text(); got {inputs!r}")
    with Deadline(deadline) as within:
        probe(runnable, inputs, within)
    pairs = inputs.map(lambda value: (runnable, value))
    return Report(tuple(check_law(law, pairs, settings, deadline) for law in laws))


def chosen_settings(settings: Settings | None) -> Settings:
    """The settings that laws are checked with."""
    hypo = hypothesis("check_laws")
    every = list(hypo.HealthCheck)
    if settings is None:
        settings = hypo.settings(max_examples=EXAMPLES, database=None, derandomize=True)
    made: Settings = hypo.settings(settings, deadline=None, suppress_health_check=every, report_multiple_bugs=False)
    return made


def cases(pairs: SearchStrategy[tuple[Program, Any]]) -> SearchStrategy[Case]:  # Any: what the programs take
    """Cases of programs with inputs, with small things drawn beside them."""
    st = hypothesis("check_laws").strategies
    others = [boxed, const("other"), identity, fails]
    followers = [same, pass_on, boxed, apass_on, fails, identity]

    def case(pair: tuple[Program, Any], *drawn: Any) -> Case:  # Any: what the programs take; what was drawn
        return Case(*pair, *drawn)

    made: SearchStrategy[Case] = st.builds(
        case,
        pairs,
        st.sampled_from(others),
        st.sampled_from(followers),
        st.sampled_from(followers),
        st.integers(0, 3),
        st.sampled_from(WAYS),
        st.lists(st.floats(0, 1), max_size=3).map(tuple),
    )
    return made


def check_law(
    law: Law,
    pairs: SearchStrategy[tuple[Program, Any]],  # Any: what the programs take
    settings: Settings | None = None,
    deadline: float = SECONDS,
) -> Checked:
    """Check one law on programs with inputs. Raises what ``check_laws`` raises."""
    hypo = hypothesis("check_law")
    excluded: dict[str, int] = {}
    applied = 0

    with Deadline(deadline) as within:

        @chosen_settings(settings)
        @hypo.given(cases(pairs))  # type: ignore[untyped-decorator]  # of a module that is imported late
        def holds(case: Case) -> None:
            nonlocal applied
            try:
                reason = within.run(lambda: examine(law, case))
            except Late as late:
                raise Late(
                    f"{law.name} ({law.statement}): the program blocks: {late}\n"
                    f"  program: {case.program!r}\n  input:   {case.value!r}"
                ) from None
            if reason is None:
                applied += 1
            else:
                excluded[reason] = excluded.get(reason, 0) + 1

        try:
            holds()
        except Late as late:
            raise CannotCheck(str(late)) from None
        except (hypo.errors.Unsatisfiable, hypo.errors.InvalidArgument) as error:
            raise CannotCheck(f"{law.name} ({law.statement}): the strategy makes no input: {error}") from error
    return Checked(law, applied, excluded)


def examine(law: Law, case: Case) -> str | None:
    """Check a law on one case; why it says nothing of it, or ``None`` where it holds.

    Raises:
        LawBroken: It does not hold.
        CannotCheck: The program is not deterministic.
    """
    assumption = law.excluded_by(case)
    if assumption is not None:
        return assumption.name
    claim = law.claim(case)
    if claim is None:
        return "the case is of the kind it speaks of"
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


def probe(runnable: Program, inputs: SearchStrategy[Any], within: Deadline) -> None:  # Any: what the program takes
    """Refuse, before any law is checked, what cannot be checked.

    Raises:
        CannotCheck: The runnable blocks or is not deterministic, or no input is of the type it takes.
    """
    hypo = hypothesis("check_laws")
    seen: list[Any] = []  # Any: what the program takes

    @hypo.settings(chosen_settings(None), max_examples=10, phases=[hypo.Phase.generate])  # type: ignore[untyped-decorator]  # of a module that is imported late
    @hypo.given(inputs)  # type: ignore[untyped-decorator]  # of a module that is imported late
    def twice(value: Any) -> None:  # Any: what the program takes
        seen.append(value)
        try:
            first = within.run(lambda: observe(lambda: runnable.invoke(value)))
            again = within.run(lambda: observe(lambda: runnable.invoke(value)))
        except Late as late:
            raise Late(f"the runnable blocks: {late}\n  program: {runnable!r}\n  input:   {value!r}") from None
        if not same_outcome(first, again):
            raise CannotCheck(
                f"the runnable is not deterministic: it gave {show_outcome(first)}, then {show_outcome(again)}\n"
                f"  program: {runnable!r}\n  input:   {value!r}"
            )

    try:
        twice()
    except Late as late:
        raise CannotCheck(f"before any law: {late}") from None
    except (hypo.errors.Unsatisfiable, hypo.errors.InvalidArgument) as error:
        raise CannotCheck(f"before any law: the strategy {inputs!r} makes no input: {error}") from error
    taken = runnable.input_type
    if seen and not any(fits(type_of(value), taken) for value in seen):
        raise CannotCheck(
            f"before any law: the runnable takes {taken}, and the strategy {inputs!r} makes only other values, "
            f"such as {seen[0]!r}"
        )
