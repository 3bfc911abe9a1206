"""``with_fallbacks``: the first of several programs that does not fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from runlaw.algebra import normal
from runlaw.algebra.leaf import to_node
from runlaw.runnable import Runnable, runnable

A = TypeVar("A")
B = TypeVar("B")


def with_fallbacks(
    step: Callable[[A], B], /, *others: Callable[[A], B], on: tuple[type[Exception], ...] = (Exception,)
) -> Runnable[A, B]:
    """The step; if it fails the first fallback, and so on. When all fail the first error is raised.

    A stream falls back until its first chunk has left; after that its error is raised.

    Args:
        step: What to run.
        others: What to run when all before have failed.
        on: The exception types after which to fall back.

    >>> from runlaw import with_fallbacks
    >>> with_fallbacks(int, len).invoke("seven")
    5
    """
    nodes = [to_node(other, f"fallback {number}") for number, other in enumerate(others, 1)]
    return runnable(normal.fallbacks([to_node(step, "the step of with_fallbacks"), *nodes], on))
