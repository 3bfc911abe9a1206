"""Refuse, before any law is checked, what cannot be checked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from runlaw.algebra.fits import fits
from runlaw.algebra.values import type_of
from runlaw.combinators.timeout import with_timeout
from runlaw.kernel.nodes import Assign, Each, Parallel
from runlaw.laws.assumptions import nodes_of
from runlaw.laws.broken import CannotCheck
from runlaw.laws.cases import chosen_settings
from runlaw.laws.deadline import Deadline, Late
from runlaw.laws.examine import depends_on_time
from runlaw.laws.law import Program
from runlaw.laws.needs import hypothesis
from runlaw.laws.outcomes import NoEquality, Outcome, observe, same_outcome, show_outcome

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

INPUTS = 10
"""On how many inputs a program is run before any law is checked."""
ALMOST = 0.9
"""After which part of the deadline branches are stopped."""


def probe(runnable: Program, inputs: SearchStrategy[Any], within: Deadline) -> None:  # Any: what the program takes
    """Refuse, before any law is checked, what cannot be checked.

    Raises:
        CannotCheck: The runnable blocks, is not deterministic, or gives what cannot be compared; or the strategy
            makes no input, or one that the runnable does not take.
    """
    __tracebackhide__ = True
    some = _made_by(inputs)
    _check_types(runnable, some, inputs)
    ends = time.monotonic() + within.seconds
    outcomes: list[Outcome] = []
    for value in some:
        outcomes.append(_twice(runnable, value, within))
        if time.monotonic() > ends:
            return
    if runnable.input_type is Any or isinstance(runnable.input_type, TypeVar):
        _check_some_succeed(runnable, some, outcomes, inputs)


def _made_by(inputs: SearchStrategy[Any]) -> list[Any]:  # Any: what the program takes
    hypo = hypothesis("check_laws")
    seen: list[Any] = []  # Any: what the program takes

    @hypo.settings(chosen_settings(None), max_examples=INPUTS, phases=[hypo.Phase.generate])  # type: ignore[untyped-decorator]  # of a module that is imported late
    @hypo.given(inputs)  # type: ignore[untyped-decorator]  # of a module that is imported late
    def note(value: Any) -> None:  # Any: what the program takes
        seen.append(value)

    try:
        note()
    except (hypo.errors.Unsatisfiable, hypo.errors.InvalidArgument) as error:
        raise CannotCheck(f"before any law: the strategy {inputs!r} makes no input: {error}") from error
    return seen


def _check_types(runnable: Program, some: Sequence[Any], inputs: SearchStrategy[Any]) -> None:  # Any: as above
    taken = runnable.input_type
    wrong = [value for value in some if not (fits(type_of(value), taken) or _accepts(runnable, value))]
    if wrong:
        what = "only other values" if len(wrong) == len(some) else "other values too"
        raise CannotCheck(
            f"before any law: the runnable takes {taken}, and the strategy {inputs!r} makes {what}, "
            f"such as {wrong[0]!r}"
        )


def _accepts(runnable: Program, value: Any) -> bool:  # Any: what the program takes
    """Whether the type that the program takes accepts a value whose own type says too little, such as a literal."""
    try:
        runnable.input_schema.validate_python(value, strict=True)
    except (NameError, TypeError, ValueError):  # it does not, or its type cannot be described
        return False
    return True


def _twice(runnable: Program, value: Any, within: Deadline) -> Outcome:  # Any: what the program takes
    """The outcome of a run, which must come out the same a second time."""
    about = f"\n  program: {runnable!r}\n  input:   {value!r}"
    try:
        first = within.run(lambda: _in_time(runnable, value, within.seconds))
        again = within.run(lambda: observe(lambda: runnable.invoke(value)))
        if same_outcome(first, again) or depends_on_time(runnable, value):
            return first
    except Late as late:
        raise CannotCheck(f"before any law: the runnable blocks: {late}{about}") from None
    except NoEquality as error:
        raise CannotCheck(f"before any law: {error}{about}") from None
    raise CannotCheck(
        f"before any law: the runnable is not deterministic: it gave {show_outcome(first)}, "
        f"then {show_outcome(again)}{about}"
    )


def _in_time(runnable: Program, value: Any, seconds: float) -> Outcome:  # Any: what the program takes
    """The outcome of a run. Branches of an endless one go on in threads of their own; a timeout stops these too.

    Raises:
        Late: It takes too long.
    """
    if not any(isinstance(node, (Parallel, Assign, Each)) for node in nodes_of(runnable.node)):
        return observe(lambda: runnable.invoke(value))
    ends = time.monotonic() + seconds * ALMOST
    outcome = observe(lambda: with_timeout(runnable, seconds * ALMOST).invoke(value))
    if isinstance(outcome.error, TimeoutError) and time.monotonic() >= ends:
        raise Late(f"no result after {seconds:g} seconds")
    return outcome


def _check_some_succeed(
    runnable: Program,
    some: Sequence[Any],  # Any: what the program takes
    outcomes: Sequence[Outcome],
    inputs: SearchStrategy[Any],  # Any: as above
) -> None:
    """Refuse a program that does not say what it takes, and fails on all that the strategy makes."""
    if all(outcome.error is not None for outcome in outcomes):
        raise CannotCheck(
            f"before any law: the runnable fails on all that the strategy {inputs!r} makes, such as on {some[0]!r} "
            f"with {show_outcome(outcomes[0])}; it does not say what it takes, so it may need other inputs: give a "
            "strategy of these, or say what it takes by an annotation or with_types(..., input=...)\n"
            f"  program: {runnable!r}\n  input:   {some[0]!r}"
        )
