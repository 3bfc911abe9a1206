"""``lift_stream``: a Runnable from a function that makes chunks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any, Never, Protocol, TypeVar, overload

from runlaw.algebra.leaves import MISSING, Missing, Said, stream_node
from runlaw.combinators.chunk_types import NeedsMonoid, Number, Silent, Sum, deprecated
from runlaw.kernel.monoid import Last
from runlaw.kernel.nodes import RunType
from runlaw.kernel.semigroup import Semigroup
from runlaw.runnable import Runnable, runnable

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")


class StreamLifter(Protocol):
    """``lift_stream`` with its options said: a decorator for functions whose chunks know how to add up."""

    @overload
    def __call__(self, fn: Callable[[Never], Silent], /) -> Runnable[Never, object]: ...
    @overload
    @deprecated("numbers do not know how to add up: give monoid=, such as monoid=last")
    def __call__(self, fn: Callable[[A], Iterator[Number] | AsyncIterator[Number]], /) -> NeedsMonoid: ...
    @overload
    def __call__(self, fn: Callable[[A], Iterator[Sum] | AsyncIterator[Sum]], /) -> Runnable[A, Sum]: ...


class StreamLifterOf(Protocol[T]):
    """``lift_stream`` with a monoid of ``T`` among its options: a decorator for functions with chunks of ``T``."""

    def __call__(self, fn: Callable[[A], Iterator[T] | AsyncIterator[T]], /) -> Runnable[A, T]:
        """The Runnable of the function."""
        ...


class StreamLifterOfLast(Protocol):
    """``lift_stream`` with ``last`` among its options: a decorator for chunks of any type."""

    def __call__(self, fn: Callable[[A], Iterator[B] | AsyncIterator[B]], /) -> Runnable[A, B]:
        """The Runnable of the function."""
        ...


@overload
def lift_stream(
    fn: Callable[[A], Iterator[B] | AsyncIterator[B]],
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
def lift_stream(
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
def lift_stream(
    fn: Callable[[A], Iterator[Number] | AsyncIterator[Number]],
    /,
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> NeedsMonoid: ...
@overload
def lift_stream(
    fn: Callable[[A], Iterator[Sum] | AsyncIterator[Sum]],
    /,
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[A, Sum]: ...
@overload
def lift_stream(
    *,
    monoid: Last,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> StreamLifterOfLast: ...
@overload
def lift_stream(
    *,
    monoid: Semigroup[B],
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> StreamLifterOf[B]: ...
@overload
def lift_stream(
    *,
    name: str | None = None,
    run_type: RunType = "chain",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> StreamLifter: ...
def lift_stream(
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
    """A Runnable of a function that makes chunks: whole input in, chunks out.

    Args:
        fn: A function of one value that gives an iterator or async iterator of chunks.
        monoid: How the chunks add up; needed where their type does not know it.
        name: The name of its run; without it, that of the function.
        run_type: The kind of its run, which decides how its events are shaped.
        tags: Labels of its run, which do not pass to runs inside.
        metadata: Key-value pairs of its run, which do not pass to runs inside.
        blocking: ``False`` says "quick pure compute, never worth a thread".

    Raises:
        TypeError: It cannot be called with one value, or its chunks do not know how to add up.

    >>> from runlaw import lift_stream
    >>> words = lift_stream(lambda text: (word + " " for word in text.split()))
    >>> list(words.stream("a b")), words.invoke("a b")
    (['a ', 'b '], 'a b ')
    """
    said = Said(name, run_type, tags, metadata, blocking)
    if isinstance(fn, Missing):
        return lambda function: runnable(stream_node(function, said, monoid))
    return runnable(stream_node(fn, said, monoid))
