"""``lift``: a Runnable from a function of one value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, overload

from runlaw.algebra.leaves import MISSING, Missing, Said, fn_node
from runlaw.kernel.nodes import RunType
from runlaw.runnable import Runnable, runnable

A = TypeVar("A")
B = TypeVar("B")


class Lifter(Protocol):
    """``lift`` with its options said: a decorator."""

    @overload
    def __call__(self, fn: Callable[[A], Awaitable[B]], /) -> Runnable[A, B]: ...
    @overload
    def __call__(self, fn: Callable[[A], B], /) -> Runnable[A, B]: ...


@overload
def lift(
    fn: Callable[[A], Awaitable[B]],
    /,
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[A, B]: ...
@overload
def lift(
    fn: Callable[[A], B],
    /,
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[A, B]: ...
@overload
def lift(
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Lifter: ...
def lift(
    fn: Callable[[Any], Any] | Missing = MISSING,  # Any: the overloads carry the types
    /,
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Any:  # Any: the overloads carry the types
    """A Runnable of a function: it collects its input, then runs the function once.

    Args:
        fn: A function of one value, sync or async.
        name: The name of its run; without it, that of the function.
        run_type: The kind of its run, which decides how its events are shaped.
        tags: Labels of its run, which do not pass to runs inside.
        metadata: Key-value pairs of its run, which do not pass to runs inside.
        blocking: ``False`` says "quick pure compute, never worth a thread".

    Raises:
        TypeError: It cannot be called with one value.

    >>> from runlaw import lift
    >>> double = lift(lambda x: x * 2, name="double")
    >>> double.invoke(4), double.name
    (8, 'double')
    """
    said = Said(name, run_type, tags, metadata, blocking)
    if isinstance(fn, Missing):
        return lambda function: runnable(fn_node(function, said))
    return runnable(fn_node(fn, said))
