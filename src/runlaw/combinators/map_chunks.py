"""``map_chunks``: a Runnable from a function applied chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Never, Protocol, TypeVar, overload

from runlaw.algebra.leaves import MISSING, Missing, Said, map_chunks_node
from runlaw.combinators.chunk_types import NeedsMonoid, Number, Silent, Sum, deprecated
from runlaw.kernel.monoid import Last
from runlaw.kernel.nodes import RunType
from runlaw.kernel.semigroup import Semigroup
from runlaw.runnable import Runnable, runnable

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


class ChunkMapper(Protocol):
    """``map_chunks`` with its options said: a decorator for functions whose chunks know how to add up."""

    @overload
    def __call__(self, fn: Callable[[Never], Silent], /) -> Runnable[Never, object]: ...
    @overload
    @deprecated("numbers do not know how to add up: give monoid=, such as monoid=last")
    def __call__(self, fn: Callable[[A], Number], /) -> NeedsMonoid: ...
    @overload
    def __call__(self, fn: Callable[[A], Sum], /) -> Runnable[A, Sum]: ...


class ChunkMapperOf(Protocol[T]):
    """``map_chunks`` with a monoid of ``T`` among its options: a decorator for functions with chunks of ``T``."""

    def __call__(self, fn: Callable[[A], T], /) -> Runnable[A, T]:
        """The Runnable of the function."""
        ...


class ChunkMapperOfLast(Protocol):
    """``map_chunks`` with ``last`` among its options: a decorator for chunks of any type."""

    def __call__(self, fn: Callable[[A], B], /) -> Runnable[A, B]:
        """The Runnable of the function."""
        ...


@overload
def map_chunks(
    fn: Callable[[A], B],
    /,
    *,
    monoid: Semigroup[B] | Last,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[A, B]: ...
@overload
def map_chunks(
    fn: Callable[[Never], Silent],
    /,
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[Never, object]: ...
@overload
@deprecated("numbers do not know how to add up: give monoid=, such as monoid=last")
def map_chunks(
    fn: Callable[[A], Number],
    /,
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> NeedsMonoid: ...
@overload
def map_chunks(
    fn: Callable[[A], Sum],
    /,
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[A, Sum]: ...
@overload
def map_chunks(
    *,
    monoid: Last,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> ChunkMapperOfLast: ...
@overload
def map_chunks(
    *,
    monoid: Semigroup[B],
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> ChunkMapperOf[B]: ...
@overload
def map_chunks(
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> ChunkMapper: ...
def map_chunks(
    fn: Callable[[Any], Any] | Missing = MISSING,  # Any: the overloads carry the types
    /,
    *,
    monoid: Semigroup[Any] | None = None,  # Any: the overloads carry the types
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Any:  # Any: the overloads carry the types
    """A Runnable of a function that respects adding up: applied to each chunk, it never buffers.

    Args:
        fn: A function of one chunk, with ``fn(a + b) == fn(a) + fn(b)``.
        monoid: How the chunks add up; needed where their type does not know it.
        name: The name of its run; without it, that of the function.
        run_type: The kind of its run, which decides how its events are shaped.
        tags: Labels of its run, which do not pass to runs inside.
        metadata: Key-value pairs of its run, which do not pass to runs inside.
        blocking: ``False`` says "quick pure compute, never worth a thread".

    Raises:
        TypeError: It cannot be called with one value, or its chunks do not know how to add up.

    >>> from runlaw import map_chunks
    >>> upper = map_chunks(str.upper)
    >>> list(upper.transform(["a", "b"])), upper.invoke("ab")
    (['A', 'B'], 'AB')
    """
    said = Said(name, run_type, tags, metadata, blocking)
    if isinstance(fn, Missing):
        return lambda function: runnable(map_chunks_node(function, said, monoid))
    return runnable(map_chunks_node(fn, said, monoid))
