"""``lift_batch``: a Runnable from a function of whole groups."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, overload

from runlaw.algebra.leaves import MISSING, Missing, Said, batch_node
from runlaw.kernel.nodes import RunType
from runlaw.runnable import Runnable, runnable

A = TypeVar("A")
B = TypeVar("B")


class BatchLifter(Protocol):
    """``lift_batch`` with its options said: a decorator."""

    @overload
    def __call__(self, fn: Callable[[Sequence[A]], Awaitable[Sequence[B]]], /) -> Runnable[A, B]: ...
    @overload
    def __call__(self, fn: Callable[[Sequence[A]], Sequence[B]], /) -> Runnable[A, B]: ...


@overload
def lift_batch(
    fn: Callable[[Sequence[A]], Awaitable[Sequence[B]]],
    /,
    *,
    max_batch_size: int | None = None,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[A, B]: ...
@overload
def lift_batch(
    fn: Callable[[Sequence[A]], Sequence[B]],
    /,
    *,
    max_batch_size: int | None = None,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[A, B]: ...
@overload
def lift_batch(
    *,
    max_batch_size: int | None = None,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> BatchLifter: ...
def lift_batch(
    fn: Callable[[Any], Any] | Missing = MISSING,  # Any: the overloads carry the types
    /,
    *,
    max_batch_size: int | None = None,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Any:  # Any: the overloads carry the types
    """A Runnable of a function of whole groups: ``batch`` and ``map_batch`` call it with all values at once.

    Args:
        fn: A function, sync or async, from a sequence of values to as many results, in order.
        max_batch_size: The largest group that it takes; larger ones are split.
        name: The name of its run; without it, that of the function.
        run_type: The kind of its run, which decides how its events are shaped.
        tags: Labels of its run, which do not pass to runs inside.
        metadata: Key-value pairs of its run, which do not pass to runs inside.
        blocking: ``False`` says "quick pure compute, never worth a thread".

    >>> from runlaw import lift_batch
    >>> lengths = lift_batch(lambda texts: [len(text) for text in texts])
    >>> lengths.batch(["a", "bb"]), lengths.invoke("ccc")
    ([1, 2], 3)
    """
    said = Said(name, run_type, tags, metadata, blocking)
    if isinstance(fn, Missing):
        return lambda function: runnable(batch_node(function, said, max_batch_size))
    return runnable(batch_node(fn, said, max_batch_size))
