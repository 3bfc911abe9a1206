"""The laws of one program as ordinary tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from unittest import SkipTest

from runlaw.laws.catalogue import LAWS
from runlaw.laws.check import SECONDS, check_laws
from runlaw.laws.law import Law
from runlaw.laws.options import check_deadline, check_settings, check_strategy, checked_laws
from runlaw.laws.report import Report
from runlaw.runnable import Runnable

if TYPE_CHECKING:
    from hypothesis import settings as Settings
    from hypothesis.strategies import SearchStrategy


class LawSuite:
    """Tests that a program obeys laws: one method ``test_...`` for each law. Made by ``law_suite``."""

    @staticmethod
    def report() -> Report:
        """Which laws apply, and which assumptions exclude the others."""
        raise NotImplementedError("law_suite(runnable, inputs) makes suites that have a report")


def law_suite(
    runnable: Runnable[Any, Any],  # Any: of whatever types
    inputs: SearchStrategy[Any],  # Any: what the runnable takes
    laws: Iterable[Law] = LAWS,
    settings: Settings | None = None,
    deadline: float = SECONDS,
) -> type[LawSuite]:
    """A class of tests, for pytest to collect: bind it to a name that begins with ``Test``.

    A law whose assumptions exclude every case is skipped, with the assumption as the reason. The arguments are
    those of ``check_laws``.

    >>> from hypothesis import strategies as st
    >>> from runlaw import lift
    >>> TestShout = law_suite(lift(str.upper), st.text(max_size=3))
    """
    if not isinstance(runnable, Runnable):
        raise TypeError(f"law_suite takes a Runnable; got {runnable!r:.200}")
    check_strategy("law_suite: inputs", inputs, "st.text()")
    chosen = checked_laws("law_suite", laws)
    check_settings("law_suite", settings)
    check_deadline("law_suite", deadline)

    def test(law: Law) -> Callable[[object], None]:
        def holds(self: object) -> None:
            __tracebackhide__ = True
            (checked,) = check_laws(runnable, inputs, [law], settings, deadline).checked
            if not checked.applied:
                raise SkipTest(str(checked))

        holds.__name__ = holds.__qualname__ = f"test_{law.name.replace(' ', '_')}"
        holds.__doc__ = law.statement
        return holds

    methods: dict[str, Any] = {f"test_{law.name.replace(' ', '_')}": test(law) for law in chosen}  # Any: a namespace
    methods["report"] = staticmethod(lambda: check_laws(runnable, inputs, chosen, settings, deadline))
    methods["__doc__"] = f"The laws, of {runnable.name}."
    return type("TestLaws", (LawSuite,), methods)
