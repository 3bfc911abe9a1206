"""``map_batch``: a program for every item of a sequence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import TypeVar

from runlaw.algebra import normal
from runlaw.algebra.leaf import to_node
from runlaw.runnable import Runnable, runnable

A = TypeVar("A")
B = TypeVar("B")


def map_batch(
    step: Callable[[A], B], /, *, max_concurrency: int | None = None, executor: Executor | None = None
) -> Runnable[Sequence[A], list[B]]:
    """A program for every item of a sequence; the results are in the order of the items.

    Args:
        step: What to run for each item.
        max_concurrency: How many items, and leaves of them, may run at one time; at least 1.
        executor: Where to call ``step`` for each item; an executor of processes gets it and the item pickled.

    Raises:
        TypeError: ``executor`` is none, or ``max_concurrency`` is no number.
        ValueError: ``max_concurrency`` is less than 1.

    >>> from runlaw import map_batch
    >>> map_batch(len).invoke(["a", "bb"])
    [1, 2]
    """
    return runnable(normal.each(to_node(step, "the step of map_batch"), max_concurrency, executor))
