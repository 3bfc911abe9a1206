"""What the reference is made of: streams as lists, outcomes, and the naive reading of leaves and of records."""

from __future__ import annotations

import asyncio
import inspect
from asyncio import CancelledError
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from runlaw.algebra.chunks import monoid_of_type
from runlaw.algebra.signatures import signature
from runlaw.algebra.walk import has_lower, lowered
from runlaw.interpret.records import NO_SEQUENCES
from runlaw.interpret.sums import told_by_chunks
from runlaw.kernel.monoid import BY_VALUE, Records, check_summable
from runlaw.kernel.nodes import (
    BatchFn,
    Configured,
    Generate,
    Leaf,
    Listening,
    MapChunks,
    Node,
    Pick,
    Pipe,
    Retry,
    Transform,
    Typed,
)
from runlaw.kernel.semigroup import Semigroup


class Outcome(NamedTuple):
    """What came of a run: its value or its error; of a stream, its chunks and the error after them.

    ``unsure`` says that another outcome is as right: two branches failed, and time decides which error is raised.
    """

    value: Any = None  # Any: whatever the program gives
    error: Exception | None = None
    unsure: bool = False


class Chunks:
    """A stream: its chunks, how they add up, and the error after them.

    ``whole`` is true of one value that is given as it is. ``torn`` is true where a branch failed beside others,
    so that only time tells which chunks come before the error.
    """

    def __init__(
        self,
        chunks: list[Any],  # Any: whatever chunks
        sums: Semigroup[Any],  # Any: whatever chunks
        error: Exception | None = None,
        *,
        whole: bool = False,
        torn: bool = False,
    ) -> None:
        self.chunks = chunks
        self.sums = sums
        self.error = error
        self.whole = whole
        self.torn = torn

    def value(self) -> Any:  # Any: whatever the chunks add up to
        """What the chunks add up to; an error in adding up is one of the stream."""
        if self.error is None and self.whole:
            return self.chunks[0]
        if self.error is None:
            try:
                return self.sums.total(self.chunks)
            except Exception as error:
                self.error = error
        raise self.error

    def read(self) -> Iterator[Any]:  # Any: whatever chunks
        """The chunks, then the error."""
        yield from self.chunks
        if self.error is not None:
            raise self.error


def core(node: Node) -> Node:
    """The node without what says nothing about values: configs, listeners, unchecked types, one's own kinds."""
    while True:
        if isinstance(node, (Configured, Listening)) or (isinstance(node, Typed) and node.check is None):
            node = node.inner
        elif has_lower(node):
            node = lowered(node)
        else:
            return node


def takes_groups(node: Node) -> bool:
    """Whether ``map_batch`` of the program calls a ``lift_batch`` leaf with whole groups."""
    node = core(node)
    return any(map(takes_groups, node.steps)) if isinstance(node, Pipe) else isinstance(node, BatchFn)


def tries(node: Retry) -> int:
    """One more than there are delays."""
    return sum(1 for _ in node.delays) + 1


def sums_of(leaf: Generate | Transform | MapChunks) -> Semigroup[Any]:  # Any: whatever chunks
    """How the chunks of a streaming leaf add up: as it was told, as its type says, else as the chunks say."""
    return leaf.monoid or monoid_of_type(signature(leaf).output) or BY_VALUE


def alike(one: Exception | None, other: Exception | None) -> bool:
    """Whether two errors are of one type and have one message."""
    return type(one) is type(other) and str(one) == str(other)


def uncatchable(error: Exception) -> bool:
    """Whether no policy may catch it."""
    return isinstance(error, (RecursionError, CancelledError))


def check_record(value: Any, where: str) -> Mapping[str, Any]:  # Any: a user's record
    """The value, if it is a mapping."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{where} takes a record (a mapping of str to values); got {type(value).__name__}")
    return value


def check_items(value: Any, where: str) -> list[Any]:  # Any: a user's sequence
    """The items, if it is a sequence."""
    if isinstance(value, NO_SEQUENCES) or not hasattr(value, "__iter__"):
        raise TypeError(f"{where} takes a sequence of items; got {type(value).__name__}")
    return list(value)


def picked(record: Mapping[str, Any], key: str, where: str) -> Any:  # Any: a user's record
    if key not in record:
        have = ", ".join(map(repr, record)) or "no keys"
        raise KeyError(f"{where}: the record has no key {key!r}; it has {have}")
    return record[key]


def check(node: Typed, side: str, value: Any) -> Any:  # Any: whatever the type makes of it
    """A value checked by pydantic against the type that was said for it, else that of the program inside."""
    from pydantic import TypeAdapter

    said = getattr(node, side)
    form = getattr(signature(node.inner), side) if said is None else said
    adapter: TypeAdapter[Any] = form if isinstance(form, TypeAdapter) else TypeAdapter(form)  # Any: of any type
    return adapter.validate_python(value, strict=True if node.check == "strict" else None)


def escaping(where: str, run: Callable[[], Any]) -> Any:  # Any: a user's values
    try:
        return run()
    except (StopIteration, StopAsyncIteration) as error:
        raise RuntimeError(f"{where} let a {type(error).__name__} escape") from error


def awaited(result: Any) -> Any:  # Any: a user's values
    if not inspect.isawaitable(result):
        return result

    async def main() -> Any:  # Any: a user's values
        return await result

    return asyncio.run(main())


def group(leaf: BatchFn, where: str, values: Sequence[Any]) -> list[Any]:  # Any: a user's values
    """The results of one group: as many as there were values."""
    results = escaping(where, lambda: awaited(leaf.fn(list(values))))
    if isinstance(results, NO_SEQUENCES) or not hasattr(results, "__iter__"):
        raise TypeError(f"{where} must return a sequence of results; got {type(results).__name__}")
    listed = list(results)
    if len(listed) != len(values):
        raise ValueError(f"{where} was given {len(values)} values and returned {len(listed)} results")
    return listed


def group_outcomes(leaf: BatchFn, where: str, values: Sequence[Any]) -> list[Outcome]:  # Any: a user's values
    """The outcomes of one group, which fails as a whole."""
    try:
        return [Outcome(result) for result in group(leaf, where, values)]
    except Exception as error:
        return [Outcome(None, error)] * len(values)


Read = tuple[list[Any], Exception | None]  # Any: a user's chunks


def transformed(leaf: Transform, where: str, source: Chunks) -> Read:
    if leaf.asynchronous is True:
        return read_leaf(leaf, where, leaf.fn, _async_chunks(source))
    return read_leaf(leaf, where, leaf.fn, source.read())


async def _async_chunks(source: Chunks) -> AsyncIterator[Any]:  # Any: a user's chunks
    for chunk in source.read():
        yield chunk


def read_leaf(leaf: Leaf, where: str, fn: Callable[..., Any], given: Any) -> Read:  # Any: a user's function and values
    """The chunks that a streaming leaf makes, and the error after them."""
    chunks: list[Any] = []  # Any: a user's chunks

    def keep(chunk: Any) -> None:  # Any: a user's chunk
        if not chunks and told_by_chunks(leaf):
            check_summable(chunk)
        chunks.append(chunk)

    async def read() -> None:
        async for chunk in fn(given):
            keep(chunk)

    try:
        if leaf.asynchronous is True:
            escaping(where, lambda: asyncio.run(read()))
            return chunks, None
        made = escaping(where, lambda: fn(given))
        if isinstance(made, (str, bytes)) or not isinstance(made, Iterable):
            raise TypeError(f"{where} must return an iterator of chunks; got {type(made).__name__}")
        for chunk in made:
            keep(chunk)
    except Exception as error:
        return chunks, error
    return chunks, None


def collected(source: Chunks, run: Callable[[Any], Read], sums: Semigroup[Any]) -> Chunks:  # Any: a user's values
    """A step that reads its whole input before its first chunk."""
    try:
        chunks, error = run(source.value())
    except Exception as failure:
        chunks, error = [], failure
    return Chunks(chunks, sums, error)


def each_chunk(
    source: Chunks,
    run: Callable[[Any], list[Any]],  # Any: a user's values
    sums: Semigroup[Any],  # Any: a user's chunks
) -> Chunks:
    """A step that makes some chunks of every chunk."""
    chunks: list[Any] = []  # Any: a user's chunks
    try:
        for chunk in source.read():
            chunks.extend(run(chunk))
    except Exception as error:
        return Chunks(chunks, sums, error, torn=source.torn)
    return Chunks(chunks, sums)


def passed(chunk: Any, keys: Sequence[str], where: str) -> list[Any]:  # Any: a user's record
    """What ``assign`` passes on of a chunk: the keys that it does not replace, if any, or an empty record."""
    record = check_record(chunk, where)
    left = {key: record[key] for key in record if key not in keys}
    return [left] if left or not record else []


def picked_chunks(node: Pick, where: str, source: Chunks) -> Chunks:
    """The picked keys of each chunk that has any; every key must come once at least."""
    sums = source.sums
    if node.single:
        sums = sums.fields.get(node.keys[0], sums.default) if isinstance(sums, Records) else BY_VALUE
    seen: dict[str, None] = {}

    def pick(chunk: Any) -> list[Any]:  # Any: a user's record
        record = check_record(chunk, where)
        seen.update(dict.fromkeys(record))
        found = {key: record[key] for key in node.keys if key in record}
        return [] if not found else [found[node.keys[0]]] if node.single else [found]

    out = each_chunk(source, pick, sums)
    if out.error is None:
        try:
            for key in node.keys:
                picked(seen, key, where)
        except KeyError as error:
            out.error = error
    return out


def with_some_chunk(out: Chunks) -> Chunks:
    """The stream of a branch: one without chunks gives its empty value, so that its key is in the record."""
    if not out.chunks and out.error is None:
        try:
            out = Chunks([out.sums.join([])], out.sums)
        except Exception as error:
            out = Chunks([], out.sums, error)
    return out
