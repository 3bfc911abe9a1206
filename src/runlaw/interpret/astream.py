"""The async meaning of streaming a node: a lazy async iterator over its input's chunks."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

from runlaw.algebra.facts import facts
from runlaw.interpret.acall import calling, plain, stretch
from runlaw.interpret.acall import each as call_each
from runlaw.interpret.aleaf import is_sync_streaming, leaf_opener, sync_stretch
from runlaw.interpret.aperform import aread_all
from runlaw.interpret.aplaces import acompletions
from runlaw.interpret.blame import blame
from runlaw.interpret.group import takes_groups
from runlaw.interpret.merge import ROOM
from runlaw.interpret.program import WRAPPERS, Call, Opener, Program, rule
from runlaw.interpret.records import check_items
from runlaw.interpret.run import Run
from runlaw.interpret.segments import Part, fused, in_segments, part_of
from runlaw.interpret.stream import check_seen, identity, pick_chunk, picked_sums
from runlaw.interpret.stream_value import Stream
from runlaw.interpret.sums import sums_of
from runlaw.kernel.monoid import LIST
from runlaw.kernel.nodes import (
    BatchFn,
    Const,
    Each,
    Fn,
    Generate,
    Identity,
    Leaf,
    MapChunks,
    Node,
    Pick,
    Pipe,
    Transform,
)

rule(Identity, "astream")(identity)


@rule(Fn, "astream")
@rule(BatchFn, "astream")
@rule(Const, "astream")
def collecting(program: Program) -> Opener:
    """A step that takes its whole input and gives one chunk."""
    return collect_then(program, program.body)


def collect_then(program: Program, call: Call) -> Opener:
    """Read the input to its end, call, and give the result as one chunk."""
    sums = sums_of(program.node)

    async def chunks(source: Stream, run: Run) -> AsyncIterator[Any]:  # Any: a user's values
        yield await call(await aread_all(source, run), run)

    return lambda source, run: source.then(chunks(source, run), sums, program)


@rule(MapChunks, "astream")
def map_chunks(program: Program) -> Opener:
    """A function of chunks, applied to each."""
    return chunkwise(program, program.body)


def chunkwise(program: Program, call: Call) -> Opener:
    """A call for each chunk."""
    sums = sums_of(program.node)

    async def chunks(source: Stream, run: Run) -> AsyncIterator[Any]:  # Any: a user's values
        async for chunk in source.chunks:
            yield await call(chunk, run)

    return lambda source, run: source.then(chunks(source, run), sums, program)


@rule(Generate, "astream")
@rule(Transform, "astream")
def streaming(program: Program) -> Opener:
    """A function that makes chunks."""
    return leaf_opener(program)


@rule(Pipe, "astream")
def pipe(program: Program) -> Opener:
    """One stream through the next, with stretches of like leaves fused where nobody watches."""
    node = program.node
    assert isinstance(node, Pipe)
    openers = in_segments(parts_of(program, node.steps))

    def opener(source: Stream, run: Run) -> Stream:
        for step in openers:
            source = step(source, run)
        return source

    return opener


def parts_of(program: Program, nodes: Sequence[Node]) -> list[Part]:
    """The steps of a pipe."""
    if program.mode.observed:
        return WRAPPERS["watched_parts"](program, nodes)  # type: ignore[no-any-return]  # a list of parts
    parts: list[Part] = []
    begun = 0
    for index in range(1, len(nodes) + 1):
        kind = _fusible(nodes[begun])
        if index < len(nodes) and kind is not None and _fusible(nodes[index]) == kind:
            continue
        parts.append(_part(program, kind, nodes[begun:index], begun))
        begun = index
    return parts


def _fusible(node: Node) -> str | None:
    if isinstance(node, Leaf) and is_sync_streaming(node):
        return "sync"
    if isinstance(node, MapChunks):
        return "chunkwise"
    return "collecting" if plain(node) is not None else None


def _part(program: Program, kind: str | None, nodes: Sequence[Node], base: int) -> Part:
    if len(nodes) == 1:
        return part_of(program, base)
    last = program.step(base + len(nodes) - 1)
    if kind == "sync":
        opener = sync_stretch(last, [program.step(base + offset) for offset in range(len(nodes))])
        return fused(program, base, opener)
    known = [step for node in nodes if (step := plain(node)) is not None]
    call = stretch(program, None, known, base)
    return fused(program, base, chunkwise(last, call) if kind == "chunkwise" else collect_then(last, call))


@rule(Pick, "astream")
def pick(program: Program) -> Opener:
    """The picked keys of each chunk of a record that has them."""
    node = program.node
    assert isinstance(node, Pick)

    async def chunks(source: Stream) -> AsyncIterator[Any]:  # Any: a user's record
        seen: dict[str, None] = {}
        async for chunk in source.chunks:
            try:
                some, part = pick_chunk(node, chunk, seen, program.title)
            except TypeError as error:
                blame(error, program)
                raise
            if some:
                yield part
        try:
            check_seen(node, seen, program.title)
        except KeyError as error:
            blame(error, program)
            raise

    return lambda source, run: source.then(chunks(source), picked_sums(node, source), program)


@rule(Each, "astream")
def each(program: Program) -> Opener:
    """Lists of one item each, in order, as soon as the items before are done."""
    node = program.node
    assert isinstance(node, Each)
    together = takes_groups(node.inner) or node.executor is not None

    async def chunks(source: Stream, run: Run) -> AsyncIterator[Any]:  # Any: a user's values
        items = check_items(await aread_all(source, run), program)
        if together:
            for result in await call_each(program)(items, run):
                yield [result]
        elif not facts(node.inner).waits or len(items) < 2:
            part = program.inner()
            for item in items:
                yield [await part.call(item, run)]
        else:
            async with aclosing(in_order(program, items, run, node.max_concurrency)) as results:
                async for result in results:
                    yield [result]

    return lambda source, run: source.then(chunks(source, run), LIST, program)


async def in_order(
    program: Program,
    items: list[Any],  # Any: a user's values
    run: Run,
    room: int | None,  # Any: a user's values
) -> AsyncGenerator[Any, None]:  # Any: a user's values
    """The results of ``map_batch``, in order, each as soon as those before it are there."""
    part = program.inner()
    waiting: dict[int, Any] = {}  # Any: a user's values
    wanted = 0
    bodies = [calling(part, item) for item in items]
    async with aclosing(acompletions(run, bodies, room, ahead=ROOM)) as outcomes:
        async for index, result, error in outcomes:
            if error is not None:
                raise error
            waiting[index] = result
            while wanted in waiting:
                yield waiting.pop(wanted)
                wanted += 1
