"""Async streams of several programs at the same time: the record chunks of ``parallel`` and ``assign``."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from runlaw.interpret.aplaces import Bell, Reader, cancel_all, limit_of, placed, unplaced
from runlaw.interpret.astream import collect_then
from runlaw.interpret.merge import ROOM, Shape, Strand, opening
from runlaw.interpret.perform import blame_stream
from runlaw.interpret.program import Opener, Program, rule
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import END, Stream, aclose
from runlaw.interpret.tee import ATee
from runlaw.kernel.nodes import Assign, Parallel


@rule(Parallel, "astream")
@rule(Assign, "astream")
def parallel(program: Program) -> Opener:
    """Chunks of records, each with what advanced; a ``parallel`` by position gives its tuple as one chunk."""
    node = program.node
    assert isinstance(node, (Parallel, Assign))
    if isinstance(node, Parallel) and not node.keyed:
        return collect_then(program, program.body)
    shape = Shape(program)
    parts = program.parts()
    passing = isinstance(node, Assign)

    def chunks(source: Stream, run: Run, streams: dict[str, Stream]) -> AsyncIterator[Any]:  # Any: a user's values
        tee = ATee(source, len(parts) + passing)
        strands = [
            Strand(opening(key, part, tee, number, streams), shape.chunk_of(key))
            for number, (key, part) in enumerate(zip(shape.keys, parts, strict=True))
        ]
        if passing:
            strands.insert(0, Strand(lambda own: tee.branch(len(parts), own), shape.passed, passing=True))
        return at_once(strands, run)

    def opener(source: Stream, run: Run) -> Stream:
        streams: dict[str, Stream] = {}
        sums = lambda: shape.sums(streams, source if passing else None)  # noqa: E731  # a closure over this stream
        return source.then(chunks(source, run, streams), sums, program)

    return opener


async def at_once(strands: list[Strand], run: Run) -> AsyncIterator[Any]:  # Any: a user's values
    """The strands' chunks as they come, each strand in a task with a little room."""
    chunks: deque[Any] = deque()  # Any: a user's values
    reader, room = Reader(run), Bell()
    limit = limit_of(run)
    failed = False

    async def put(record: Any, own: Run) -> None:  # Any: a user's values
        if record is None:
            return
        if len(chunks) >= ROOM:
            async with unplaced(own):
                while len(chunks) >= ROOM:
                    await room.wait()
        chunks.append(record)
        await reader.hand(own)

    async def read(strand: Strand, own: Run) -> None:
        nonlocal failed
        stream: Stream | None = None
        silent = True
        try:
            if failed:
                return
            stream = strand.open(own)
            while (chunk := await anext(stream.chunks, END)) is not END:
                silent = False
                await put(strand.record(chunk), own)
            if silent:
                await put(strand.of_nothing(stream), own)
        except Exception as error:
            failed = True
            if stream is not None:
                blame_stream(error, stream)
            raise
        finally:
            if stream is not None:
                await aclose(stream.opened)

    def reading(strand: Strand) -> Any:  # Any: the body of a task
        return lambda own: read(strand, own)

    tasks = [asyncio.ensure_future(placed(run, limit, reading(strand))) for strand in strands]
    reader.watch(tasks)
    try:
        while True:
            await reader.attend(chunks)
            reader.check()
            if not chunks:
                return
            room.ring()
            yield chunks.popleft()
    finally:
        await cancel_all(tasks)
