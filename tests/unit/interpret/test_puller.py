"""The places of threads that read an async stream, whichever thread of a leaf's reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from runlaw import lift_stream, lift_transform, map_chunks, parallel, pipe
from runlaw.interpret.aplaces import slots_of
from runlaw.interpret.control import DEFAULT_LIMIT
from runlaw.interpret.current import CURRENT
from runlaw.interpret.slots import Slots

PATIENCE = 20.0


def upper(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield chunk.upper()


def plainly(chunks: Iterator[str]) -> Iterator[str]:
    yield from chunks


def inside(chunks: Iterator[str]) -> Iterator[str]:
    yield from map_chunks(str.upper).transform(chunks)


def ahead(chunks: Iterator[str]) -> Iterator[str]:
    for record in parallel(a=lift_transform(upper), b=lift_transform(upper)).transform(chunks):
        yield record.get("a", "")


@pytest.mark.parametrize("leaf", [plainly, inside, ahead])
@pytest.mark.parametrize("taken", [1, 3, 50])
def test_every_place_is_given_back(leaf: Callable[[Iterator[str]], Iterator[str]], taken: int) -> None:
    found: list[Slots] = []

    async def source(_: object) -> AsyncIterator[str]:
        run = CURRENT.get()
        assert run is not None
        found.append(slots_of(run))
        for number in range(50):
            await asyncio.sleep(0)
            yield f"{number} "

    async def read() -> None:
        chunks = pipe(lift_stream(source), lift_transform(leaf)).astream(0, {"tags": ["a run that is known"]})
        for _ in range(taken):
            await anext(chunks)
            await asyncio.sleep(0.001)  # threads of the leaf may read on meanwhile
        await chunks.aclose()

    asyncio.run(asyncio.wait_for(read(), PATIENCE))
    (slots,) = found
    assert slots.threads.free == DEFAULT_LIMIT


def test_a_thread_that_waits_for_a_chunk_lends_its_place() -> None:
    """More leaves than there are places wait for chunks, which come only when all of them wait."""
    number = DEFAULT_LIMIT + 4
    asked: list[object] = []
    everybody = asyncio.Event()

    async def source(key: object) -> AsyncIterator[str]:
        asked.append(key)
        if len(asked) == number:
            everybody.set()
        await everybody.wait()
        yield "a"

    program = parallel(**{f"k{key}": pipe(lift_stream(source), lift_transform(inside)) for key in range(number)})

    async def read() -> set[str]:
        return {text async for record in program.astream("x") for text in record.values()}

    assert asyncio.run(asyncio.wait_for(read(), PATIENCE)) == {"A"}
