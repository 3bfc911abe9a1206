"""The sync meaning of streaming a node: a lazy iterator over its input's chunks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from types import GeneratorType
from typing import Any

from runlaw.interpret.blame import blame
from runlaw.interpret.call import loop
from runlaw.interpret.call_leaf import bare, with_run
from runlaw.interpret.control import Stopped
from runlaw.interpret.current import CURRENT, KEYS
from runlaw.interpret.locate import marked, opened
from runlaw.interpret.perform import read_all
from runlaw.interpret.program import WRAPPERS, Call, Opener, Program, rule
from runlaw.interpret.records import check_record, missing_key
from runlaw.interpret.run import Run
from runlaw.interpret.segments import Part, fused, in_segments, part_of
from runlaw.interpret.stream_value import Derived, Stream, Sums, as_of, iterator_of
from runlaw.interpret.sums import sums_of
from runlaw.kernel.monoid import BY_VALUE, Records
from runlaw.kernel.nodes import (
    BatchFn,
    Const,
    Fn,
    Generate,
    Identity,
    MapChunks,
    Node,
    Pick,
    Pipe,
    Transform,
)


@rule(Fn, "stream")
@rule(BatchFn, "stream")
@rule(Const, "stream")
def collecting(program: Program) -> Opener:
    """A step that takes its whole input and gives one chunk."""
    return collect_then(program, program.body)


def collect_then(program: Program, call: Call) -> Opener:
    """Read the input to its end, call, and give the result as one chunk."""
    sums = sums_of(program.node)

    def chunks(source: Stream, run: Run) -> Iterator[Any]:  # Any: a user's values
        yield call(read_all(source, run), run)

    return lambda source, run: source.then(chunks(source, run), sums, program)


@rule(MapChunks, "stream")
def map_chunks(program: Program) -> Opener:
    """A function of chunks, applied to each."""
    return chunkwise(program, program.body)


@rule(Generate, "stream")
def generate(program: Program) -> Opener:
    """A function that makes chunks of its whole input."""
    node = program.node
    assert isinstance(node, Generate)
    return leaf_stream(program, node.fn, sums_of(node), whole_input=True)


@rule(Transform, "stream")
def transform(program: Program) -> Opener:
    """A function from chunks to chunks."""
    node = program.node
    assert isinstance(node, Transform)
    return leaf_stream(program, node.fn, sums_of(node), whole_input=False)


def leaf_stream(program: Program, fn: Callable[..., Any], sums: Sums, whole_input: bool) -> Opener:  # Any: user's
    """The iterator that a user's function makes, as it is where it is a generator and nobody watches."""
    observed, checked = program.mode.observed, program.mode.checked

    def started(source: Stream, run: Run) -> Iterator[Any]:  # Any: a user's values
        made = iterator_of(fn(read_all(source, run)), program)
        yield from made if isinstance(made, GeneratorType) else plain(made)

    def watched(source: Stream, run: Run) -> Iterator[Any]:  # Any: a user's values
        token = CURRENT.set(run)
        try:
            made = iterator_of(fn(read_all(source, run) if whole_input else source.chunks), program)
        finally:
            CURRENT.reset(token)
        try:
            while True:
                token = CURRENT.set(run)
                try:
                    chunk = next(made)
                except StopIteration:
                    return
                finally:
                    CURRENT.reset(token)
                if checked and run.dead:
                    raise Stopped
                yield chunk
        finally:
            shut = getattr(made, "close", None)
            if shut is not None:
                token = CURRENT.set(run)
                try:
                    shut()
                finally:
                    CURRENT.reset(token)

    def opener(source: Stream, run: Run) -> Stream:
        if observed:
            return source.then(watched(source, run), sums, program)
        if whole_input and not source.whole:
            return source.then(started(source, run), sums, program)
        out: Stream | None = None
        try:
            made = iterator_of(fn(source.value if whole_input else source.chunks), program)
            out = source.then(made, sums, program)
            if len(source.opened) == 0 or source.opened[-1].chunks is not made:
                out.chunks = plain(made)
                out.register(program)
            return out
        except Exception as error:
            blame(error, program)
            raise
        finally:
            if KEYS:
                opened(sys._getframe(), None if out is None else out.frame)

    marked(opener, "open")
    return opener if observed or not checked else lambda source, run: stopping(opener(source, run), run, program)


def stopping(stream: Stream, run: Run, program: Program) -> Stream:
    """A step's stream, that ends where the job that reads it was abandoned: no step goes on with a further chunk."""

    def chunks() -> Iterator[Any]:  # Any: a user's values
        for chunk in stream.chunks:
            if run.dead:
                raise Stopped
            yield chunk

    return stream.then(chunks(), as_of(stream), program)


def plain(made: Iterator[Any]) -> Iterator[Any]:  # Any: a user's values
    """An iterator that is no generator, as one: so that its errors can be told from others."""
    try:
        yield from made
    finally:
        shut = getattr(made, "close", None)
        if shut is not None:
            shut()


@rule(Identity, "stream")
def identity(program: Program) -> Opener:
    """The chunks as they are."""
    if not program.mode.observed:
        return lambda source, run: source
    return lambda source, run: source.then(source.chunks, as_of(source), program)


@rule(Pipe, "stream")
def pipe(program: Program) -> Opener:
    """One stream through the next; neighbouring leaves that collect are one step, and so are chunk-wise ones."""
    node = program.node
    assert isinstance(node, Pipe)
    openers = in_segments(parts_of(program, node.steps))

    def opener(source: Stream, run: Run) -> Stream:
        for step in openers:
            source = step(source, run)
        return source

    return opener


def parts_of(program: Program, nodes: Sequence[Node]) -> list[Part]:
    """The steps of a pipe, with stretches of like leaves fused where nobody watches or may stop them."""
    if program.mode.observed:
        return WRAPPERS["watched_parts"](program, nodes)  # type: ignore[no-any-return]  # a list of parts
    if program.mode.checked:
        return [part_of(program, index) for index in range(len(nodes))]
    flats = [bare(node) for node in nodes]
    kinds = [None if flat is None else isinstance(node, MapChunks) for node, flat in zip(nodes, flats, strict=True)]
    parts: list[Part] = []
    start = 0
    while start < len(nodes):
        end = start + 1
        while end < len(nodes) and kinds[start] is not None and kinds[end] is kinds[start]:
            end += 1
        stretch = [flat for flat in flats[start:end] if flat is not None]
        if end - start == 1 or not stretch:
            parts.append(part_of(program, start))
        else:
            call = with_run(loop(program, stretch, start))
            last = program.step(end - 1)
            opener = chunkwise(last, call) if kinds[start] else collect_then(last, call)
            parts.append(fused(program, start, opener))
        start = end
    return parts


def chunkwise(program: Program, call: Call) -> Opener:
    """A call for each chunk."""
    sums = sums_of(program.node)
    checked = program.mode.checked

    def chunks(source: Stream, run: Run) -> Iterator[Any]:  # Any: a user's values
        for chunk in source.chunks:
            if checked and run.dead:
                raise Stopped
            yield call(chunk, run)

    return lambda source, run: source.then(chunks(source, run), sums, program)


def picked_sums(node: Pick, source: Stream) -> Callable[[], Derived]:
    """How picked chunks add up: as the fields of the record they come from."""

    def picked(sums: Sequence[Sums]) -> Sums:
        (adding,) = sums
        if not node.single or not isinstance(adding, Records):
            return adding if not node.single else BY_VALUE
        return adding.fields.get(node.keys[0], adding.default)

    return lambda: Derived((source,), picked)


def pick_chunk(node: Pick, chunk: Any, seen: dict[str, None], name: str) -> tuple[bool, Any]:  # Any: a user's record
    """Whether a chunk has anything that is picked, and what."""
    record = check_record(chunk, name)
    found = [key for key in node.keys if key in record]
    seen.update(dict.fromkeys(record))
    if not found:
        return False, None
    return True, record[found[0]] if node.single else {key: record[key] for key in found}


def check_seen(node: Pick, seen: dict[str, None], name: str) -> None:
    """Refuse a record that ended without a key."""
    for key in node.keys:
        if key not in seen:
            raise missing_key(KeyError(key), name, seen)


@rule(Pick, "stream")
def pick(program: Program) -> Opener:
    """The picked keys of each chunk of a record that has them."""
    node = program.node
    assert isinstance(node, Pick)

    def chunks(source: Stream) -> Iterator[Any]:  # Any: a user's record
        seen: dict[str, None] = {}
        for chunk in source.chunks:
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
