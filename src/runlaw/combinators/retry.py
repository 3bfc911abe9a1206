"""``with_retry``, and the schedules of its delays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from runlaw.algebra.leaf import to_node
from runlaw.algebra.policies import DEFAULT_DELAYS, Exponential, Fixed, retry
from runlaw.runnable import Runnable, runnable

A = TypeVar("A")
B = TypeVar("B")


def exponential(
    initial: float = 0.1,
    factor: float = 2.0,
    maximum: float = 10.0,
    jitter: bool = True,
    attempts: int | None = 3,
) -> Exponential:
    """A schedule of growing delays, in seconds: ``initial``, ``initial * factor``, ... at most ``maximum``.

    Args:
        initial: The first delay.
        factor: What each further delay is multiplied by.
        maximum: The longest delay.
        jitter: Take each delay at random between its half and the whole, so that many callers do not meet.
        attempts: How many tries there are in all, one more than delays; ``None`` for no bound.

    Raises:
        TypeError: One of them is of a wrong type.
        ValueError: A number is negative or not finite, or ``attempts`` is below 1.

    >>> from runlaw import exponential
    >>> list(exponential(jitter=False, attempts=4))
    [0.1, 0.2, 0.4]
    """
    return Exponential(initial, factor, maximum, jitter, attempts)


def fixed(seconds: float, attempts: int | None = None) -> Fixed:
    """A schedule of one delay again and again, in seconds.

    Args:
        seconds: The delay.
        attempts: How many tries there are in all, one more than delays; ``None`` for no bound.

    >>> from runlaw import fixed
    >>> list(fixed(0.5, attempts=3))
    [0.5, 0.5]
    """
    return Fixed(seconds, attempts)


def with_retry(
    step: Callable[[A], B],
    /,
    *,
    on: tuple[type[Exception], ...] = (Exception,),
    delays: Iterable[float] = DEFAULT_DELAYS,
) -> Runnable[A, B]:
    """A program that is tried again after each delay, until it succeeds or there are no more delays.

    A stream is tried again until its first chunk has left; after that its error is raised.

    Args:
        step: What to run.
        on: The exception types after which to try again.
        delays: Any iterable of seconds that can be read anew for each run.

    Raises:
        TypeError: ``delays`` is an iterator, or ``on`` holds something else than exception types.
        ValueError: A delay is negative.

    >>> from runlaw import with_retry
    >>> with_retry(int, on=(ValueError,), delays=[0.1, 0.5]).invoke("7")
    7
    """
    return runnable(retry(to_node(step, "the step of with_retry"), on, delays))
