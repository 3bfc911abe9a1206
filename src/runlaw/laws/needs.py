"""Hypothesis, imported when it is first needed."""

from __future__ import annotations

from typing import Any


def hypothesis(who: str) -> Any:  # Any: a module that need not be installed
    """The package, with its strategies.

    Raises:
        ModuleNotFoundError: It is not installed; the text says what to do.
    """
    try:
        import hypothesis.strategies
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "hypothesis":
            raise
        raise ModuleNotFoundError(
            f"{who} makes random inputs with Hypothesis, which is not installed: pip install hypothesis",
            name="hypothesis",
        ) from None
    return hypothesis
