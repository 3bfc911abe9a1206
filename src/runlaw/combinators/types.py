"""``with_types`` and ``with_validation``: types said by hand, and values checked against types."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, overload

from runlaw.algebra import normal
from runlaw.algebra.leaf import to_node
from runlaw.runnable import Runnable, runnable

if TYPE_CHECKING:
    from pydantic import TypeAdapter

A = TypeVar("A")
B = TypeVar("B")
I = TypeVar("I")  # noqa: E741  # for an input
O = TypeVar("O")  # noqa: E741  # for an output


@overload
def with_types(
    step: Callable[[I], Any],  # Any: the given type stands in its place
    /,
    *,
    input: type[I] | TypeAdapter[I],
    output: type[O] | TypeAdapter[O],
) -> Runnable[I, O]: ...
@overload
def with_types(
    step: Callable[..., Any],  # Any: the given types stand in its place
    /,
    *,
    input: type[I] | TypeAdapter[I],
    output: type[O] | TypeAdapter[O],
) -> Runnable[I, O]: ...
@overload
def with_types(
    step: Callable[..., B],
    /,
    *,
    input: type[I] | TypeAdapter[I],
) -> Runnable[I, B]: ...
@overload
def with_types(
    step: Callable[[A], Any],  # Any: the given type stands in its place
    /,
    *,
    output: type[O] | TypeAdapter[O],
) -> Runnable[A, O]: ...
def with_types(
    step: Callable[..., Any],  # Any: the overloads carry the types
    /,
    *,
    input: object = None,
    output: object = None,
) -> Runnable[Any, Any]:  # Any: as above
    """The step with its types said by hand: for the checker, at construction, and in its schemas.

    Args:
        step: What to run.
        input: A type or a pydantic ``TypeAdapter``; without it, the step's own.
        output: Likewise.

    Raises:
        TypeError: Neither is given.

    >>> from runlaw import with_types
    >>> with_types(lambda x: x, input=int, output=int).input_type
    <class 'int'>
    """
    return runnable(normal.typed(to_node(step, "the step of with_types"), input, output))


def with_validation(step: Callable[[A], B], /, strict: bool = False) -> Runnable[A, B]:
    """The step with its input and output checked against their types by pydantic.

    Args:
        step: What to run.
        strict: Take no value that would have to be converted.

    Raises:
        pydantic.ValidationError: At run time, when a value does not fit; it is noted with the step's path.

    >>> from runlaw import with_validation
    >>> def double(x: int) -> int:
    ...     return 2 * x
    >>> with_validation(double).invoke("4")
    8
    """
    return runnable(normal.validated(to_node(step, "the step of with_validation"), strict))
