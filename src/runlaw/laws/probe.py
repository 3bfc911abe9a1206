"""Refuse, before any law is checked, what cannot be checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runlaw.algebra.fits import fits
from runlaw.algebra.values import type_of
from runlaw.laws.cases import chosen_settings
from runlaw.laws.deadline import Deadline, Late
from runlaw.laws.examine import depends_on_time
from runlaw.laws.law import CannotCheck, Program
from runlaw.laws.needs import hypothesis
from runlaw.laws.outcomes import observe, same_outcome, show_outcome

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


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
        if not same_outcome(first, again) and not depends_on_time(runnable, value):
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
