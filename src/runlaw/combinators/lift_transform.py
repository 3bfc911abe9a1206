"""``lift_transform``: a Runnable from a function of chunks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any, Never, Protocol, TypeVar, overload

from runlaw.algebra.leaves import MISSING, Missing, Said, transform_node
from runlaw.combinators.chunk_types import NeedsMonoid, Number, Silent, Sum, deprecated
from runlaw.kernel.monoid import Last
from runlaw.kernel.nodes import RunType
from runlaw.kernel.semigroup import Semigroup
from runlaw.runnable import Runnable, runnable

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


class TransformLifter(Protocol):
    """``lift_transform`` with its options said: a decorator for functions whose chunks know how to add up."""

    @overload
    def __call__(self, fn: Callable[[Never], Silent], /) -> Runnable[Never, object]: ...
    @overload
    @deprecated("numbers do not know how to add up: give monoid=, such as monoid=last")
    def __call__(self, fn: Callable[[Iterator[A]], Iterator[Number]], /) -> NeedsMonoid: ...
    @overload
    @deprecated("numbers do not know how to add up: give monoid=, such as monoid=last")
    def __call__(self, fn: Callable[[AsyncIterator[A]], AsyncIterator[Number]], /) -> NeedsMonoid: ...
    @overload
    def __call__(self, fn: Callable[[Iterator[A]], Iterator[Sum]], /) -> Runnable[A, Sum]: ...
    @overload
    def __call__(self, fn: Callable[[AsyncIterator[A]], AsyncIterator[Sum]], /) -> Runnable[A, Sum]: ...


class TransformLifterOf(Protocol[T]):
    """``lift_transform`` with a monoid of ``T`` among its options: a decorator for functions with chunks of ``T``."""

    @overload
    def __call__(self, fn: Callable[[Iterator[A]], Iterator[T]], /) -> Runnable[A, T]: ...
    @overload
    def __call__(self, fn: Callable[[AsyncIterator[A]], AsyncIterator[T]], /) -> Runnable[A, T]: ...


class TransformLifterOfLast(Protocol):
    """``lift_transform`` with ``last`` among its options: a decorator for chunks of any type."""

    @overload
    def __call__(self, fn: Callable[[Iterator[A]], Iterator[B]], /) -> Runnable[A, B]: ...
    @overload
    def __call__(self, fn: Callable[[AsyncIterator[A]], AsyncIterator[B]], /) -> Runnable[A, B]: ...


@overload
def lift_transform(
    fn: Callable[[Iterator[A]], Iterator[B]],
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
def lift_transform(
    fn: Callable[[AsyncIterator[A]], AsyncIterator[B]],
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
def lift_transform(
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
def lift_transform(
    fn: Callable[[Iterator[A]], Iterator[Number]],
    /,
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> NeedsMonoid: ...
@overload
@deprecated("numbers do not know how to add up: give monoid=, such as monoid=last")
def lift_transform(
    fn: Callable[[AsyncIterator[A]], AsyncIterator[Number]],
    /,
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> NeedsMonoid: ...
@overload
def lift_transform(
    fn: Callable[[Iterator[A]], Iterator[Sum]],
    /,
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[A, Sum]: ...
@overload
def lift_transform(
    fn: Callable[[AsyncIterator[A]], AsyncIterator[Sum]],
    /,
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[A, Sum]: ...
@overload
def lift_transform(
    *,
    monoid: Last,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> TransformLifterOfLast: ...
@overload
def lift_transform(
    *,
    monoid: Semigroup[B],
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> TransformLifterOf[B]: ...
@overload
def lift_transform(
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> TransformLifter: ...
def lift_transform(
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
    """A Runnable of a function from chunks to chunks: lazily.

    Args:
        fn: A function of an iterator (or async iterator) of chunks that gives another one.
        monoid: How the chunks add up; needed where their type does not know it.
        name: The name of its run; without it, that of the function.
        run_type: The kind of its run, which decides how its events are shaped.
        tags: Labels of its run, which do not pass to runs inside.
        metadata: Key-value pairs of its run, which do not pass to runs inside.
        blocking: ``False`` says "quick pure compute, never worth a thread".

    Raises:
        TypeError: It cannot be called with one value, or its chunks do not know how to add up.

    >>> from runlaw import lift_transform
    >>> @lift_transform
    ... def upper(chunks):
    ...     for chunk in chunks:
    ...         yield chunk.upper()
    >>> list(upper.transform(["a", "b"])), upper.invoke("ab")
    (['A', 'B'], 'AB')
    """
    said = Said(name, run_type, tags, metadata, blocking)
    if isinstance(fn, Missing):
        return lambda function: runnable(transform_node(function, said, monoid))
    return runnable(transform_node(fn, said, monoid))
