"""``attempt``: a failure as a value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, overload

from runlaw.algebra import normal
from runlaw.algebra.leaf import to_node
from runlaw.runnable import Runnable, runnable

if TYPE_CHECKING:
    from returns.result import Result

A = TypeVar("A")
B = TypeVar("B")
E = TypeVar("E", bound=Exception)
F = TypeVar("F", bound=Exception)
G = TypeVar("G", bound=Exception)


@overload
def attempt(step: Callable[[A], B], /) -> Runnable[A, Result[B, Exception]]: ...
@overload
def attempt(step: Callable[[A], B], /, on: tuple[type[E]]) -> Runnable[A, Result[B, E]]: ...
@overload
def attempt(step: Callable[[A], B], /, on: tuple[type[E], type[F]]) -> Runnable[A, Result[B, E | F]]: ...
@overload
def attempt(step: Callable[[A], B], /, on: tuple[type[E], type[F], type[G]]) -> Runnable[A, Result[B, E | F | G]]: ...
@overload
def attempt(step: Callable[[A], B], /, on: tuple[type[E], ...]) -> Runnable[A, Result[B, E]]: ...
def attempt(
    step: Callable[[Any], Any],  # Any: the overloads carry the types
    /,
    on: tuple[type[Exception], ...] = (Exception,),
) -> Runnable[Any, Any]:  # Any: as above
    """``Success`` of what the step gives, or ``Failure`` of what it raises, of the ``returns`` package.

    Args:
        step: What to run.
        on: The exception types that become a ``Failure``; others are raised. Cancellation,
            ``KeyboardInterrupt`` and ``RecursionError`` always are.

    >>> from runlaw import attempt
    >>> attempt(int).invoke("7")
    <Success: 7>
    """
    return runnable(normal.attempt(to_node(step, "the step of attempt"), on))
