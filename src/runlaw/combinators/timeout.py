"""``with_timeout``: a bound on the time of a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from runlaw.algebra import normal
from runlaw.algebra.leaf import to_node
from runlaw.runnable import Runnable, runnable

A = TypeVar("A")
B = TypeVar("B")


def with_timeout(step: Callable[[A], B], seconds: float, /) -> Runnable[A, B]:
    """The step, given up after a time. A stream is timed as a whole, without the pauses of its reader.

    A sync step cannot be interrupted: it runs on in its thread, and its result is dropped.

    Args:
        step: What to run.
        seconds: The bound, more than 0.

    Raises:
        TimeoutError: At run time, when the time is up.
        ValueError: ``seconds`` is not more than 0.

    >>> from runlaw import with_timeout
    >>> with_timeout(len, 5).invoke("abc")
    3
    """
    return runnable(normal.timeout(to_node(step, "the step of with_timeout"), seconds))
