"""Streaming leaves of which only a call, or their first chunk, tells what they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from runlaw import Runnable, last, lift_stream, lift_transform, pipe

Program = Runnable[Any, Any]  # Any: nothing is said of what the leaves take and give
untyped: Any = lift_stream  # Any: for functions that a checker would refuse


def letters(text: str) -> Iterator[str]:
    yield from text


async def numbers(_: object) -> AsyncIterator[Any]:  # Any: it says nothing of its chunks
    yield 1
    yield 2


def chunks_of(program: Program, value: object) -> list[object]:
    return list(program.stream(value))


def achunks_of(program: Program, value: object) -> list[object]:
    async def read() -> list[object]:
        return [chunk async for chunk in program.astream(value)]

    return asyncio.run(read())


def invoked(program: Program, value: object) -> list[object]:
    return [program.invoke(value)]


def ainvoked(program: Program, value: object) -> list[object]:
    return [asyncio.run(program.ainvoke(value))]


STREAMS = [chunks_of, achunks_of]
WAYS = [*STREAMS, invoked, ainvoked]


@pytest.mark.parametrize("way", STREAMS)
@pytest.mark.parametrize("blocking", [True, False])
def test_a_function_that_returns_an_iterator_over_its_input_runs_in_both_ways(
    way: Callable[[Program, object], list[object]], blocking: bool
) -> None:
    mapped: Program = lift_transform(lambda chunks: map(str.upper, chunks), monoid=last, blocking=blocking)
    chosen: Program = lift_transform(lambda chunks: (c for c in chunks if c != "B"), monoid=last, blocking=blocking)
    assert way(pipe(lift_stream(letters), mapped), "abc") == ["A", "B", "C"]
    assert way(pipe(lift_stream(letters), mapped, chosen), "abc") == ["A", "C"]
    assert way(mapped, "abc") == ["ABC"]


def test_such_a_function_ends_when_it_is_closed() -> None:
    closed: list[str] = []

    def endless(_: object) -> Iterator[str]:
        try:
            while True:
                yield "a"
        finally:
            closed.append("endless")

    upper: Program = lift_transform(lambda chunks: map(str.upper, chunks), monoid=last)
    program: Program = pipe(lift_stream(endless), upper)

    async def first() -> object:
        chunks = program.astream(0)
        chunk = await anext(chunks)
        await chunks.aclose()
        return chunk

    assert asyncio.run(first()) == "A"
    assert closed == ["endless"]


def test_one_that_reads_before_it_returns_is_told_what_to_do() -> None:
    program: Program = lift_transform(lambda chunks: iter([next(chunks)]), monoid=last)
    with pytest.raises(TypeError, match="write it as a generator function"):
        achunks_of(program, "a")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("make", [lambda _: iter([1, 2]), lambda _: iter([1]), numbers], ids=["two", "one", "async"])
def test_a_first_chunk_that_does_not_tell_how_to_add_up_fails(
    way: Callable[[Program, object], list[object]],
    make: Any,  # Any: what it makes has no monoid, which a checker would refuse
) -> None:
    with pytest.raises(TypeError, match="chunks of type int do not know how to add up; give monoid=") as raised:
        way(untyped(make, name="numbers"), 0)
    assert raised.value.__notes__ == ["in step numbers"]


@pytest.mark.parametrize("way", STREAMS)
def test_a_first_chunk_that_tells_is_enough(way: Callable[[Program, object], list[object]]) -> None:
    program: Program = untyped(iter)
    assert way(program, "ab") == ["a", "b"]
    assert way(program, "") == []
    given: Program = untyped(lambda _: iter([1, 2]), monoid=last)
    assert way(given, 0) == [1, 2]
