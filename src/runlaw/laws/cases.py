"""Cases of programs with inputs, and the settings that they are drawn with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from runlaw.combinators.identity import identity
from runlaw.combinators.leaves import const
from runlaw.laws.law import WAYS, Case, Program
from runlaw.laws.needs import hypothesis
from runlaw.laws.palette import apass_on, boxed, fails, pass_on, same

if TYPE_CHECKING:
    from hypothesis import settings as Settings
    from hypothesis.strategies import SearchStrategy

Inputs: TypeAlias = tuple[Any, ...]  # Any: what a program takes
EXAMPLES = 15
"""How many cases each law is checked on, by default."""
MORE = 3
"""How many further inputs a case has, at most."""
OTHERS: tuple[Any, ...] = (boxed, const("other"), identity, fails)  # Any: programs of types that are not settled
FOLLOWERS: tuple[Any, ...] = (same, pass_on, boxed, apass_on, fails, identity)  # Any: as above


def chosen_settings(settings: Settings | None) -> Settings:
    """The settings that laws are checked with."""
    hypo = hypothesis("check_laws")
    every = list(hypo.HealthCheck)
    if settings is None:
        settings = hypo.settings(max_examples=EXAMPLES, database=None, derandomize=True)
    made: Settings = hypo.settings(settings, deadline=None, suppress_health_check=every, report_multiple_bugs=False)
    return made


def inputs_for(
    program: Program,
    inputs: SearchStrategy[Any],  # Any: what the program takes
) -> SearchStrategy[tuple[Program, Inputs]]:  # Any: as above
    """A program with one of its inputs, and further ones."""
    st = hypothesis("check_laws").strategies
    several = st.lists(inputs, max_size=MORE)
    made: SearchStrategy[tuple[Program, Inputs]] = st.builds(
        lambda value, more: (program, (value, *more)), inputs, several
    )
    return made


def cases(given: SearchStrategy[tuple[Program, Inputs]]) -> SearchStrategy[Case]:
    """Cases of programs with inputs, with small things drawn beside them."""
    st = hypothesis("check_laws").strategies

    def case(one: tuple[Program, Inputs], *drawn: Any) -> Case:  # Any: what was drawn
        program, (value, *more) = one
        return Case._make((program, value, *drawn, tuple(more)))

    made: SearchStrategy[Case] = st.builds(
        case,
        given,
        st.sampled_from(OTHERS),
        st.sampled_from(FOLLOWERS),
        st.sampled_from(FOLLOWERS),
        st.integers(0, 3),
        st.sampled_from(WAYS),
        st.lists(st.floats(0, 1), min_size=1, max_size=3).map(tuple),
    )
    return made
