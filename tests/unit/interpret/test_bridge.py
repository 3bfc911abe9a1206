"""Async programs run by sync methods: the loop they have, and where they are refused."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from runlaw import Runnable, lift, lift_stream, lift_transform
from runlaw.interpret.bridge import Feed, run_stream


@lift_stream
async def ticks(number: int) -> AsyncIterator[str]:
    for _ in range(number):
        yield "a"


@lift_transform
async def upper(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        yield chunk.upper()


WAYS: dict[str, Callable[[Runnable[int, str]], object]] = {
    "await ainvoke(...)": lambda program: program.invoke(1),
    "await abatch(...)": lambda program: program.batch([1]),
    "async for ... in x.astream(...)": lambda program: list(program.stream(1)),
    "async for ... in x.atransform(...)": lambda program: list(program.transform([1])),
    "async for ... in x.abatch_as_completed(...)": lambda program: list(program.batch_as_completed([1])),
    "async for ... in x.astream_events(...)` or `async for ... in x.astream_log(...)": lambda program: list(
        program.stream_events(1)
    ),
}


@pytest.mark.parametrize("advice", list(WAYS))
def test_a_sync_method_in_a_loop_is_refused_with_what_to_write_there(advice: str) -> None:
    async def scenario() -> None:
        with pytest.raises(RuntimeError) as raised:
            WAYS[advice](ticks)
        assert str(raised.value) == (
            f"ticks has an async step and was run by a sync method inside an event loop: use `{advice}`"
        )

    asyncio.run(scenario())


def test_so_is_one_of_which_only_a_call_tells_that_it_is_async() -> None:
    def maybe(number: int) -> Any:  # Any: that it is async is not said
        return passing(Feed(iter(range(number))))

    async def scenario() -> None:
        with pytest.raises(RuntimeError, match=r"^maybe has .* use `async for \.\.\. in x\.astream\(\.\.\.\)`"):
            list(lift_stream(maybe).stream(1))

    asyncio.run(scenario())


# Chunks from outside


def read(chunks: Iterator[Any], make: Callable[[AsyncIterator[Any]], AsyncGenerator[Any, None]]) -> Iterator[Any]:
    feed = Feed(chunks)
    return run_stream(make(feed), feed)


async def passing(chunks: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
    async for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


async def twice(chunks: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
    async for chunk in chunks:
        yield chunk
        yield chunk


async def pairs(chunks: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
    async for chunk in chunks:
        yield chunk, await anext(chunks, None)


async def without(chunks: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
    yield "none read"


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (passing, [0, 1, 2]),
        (twice, [0, 0, 1, 1, 2, 2]),
        (pairs, [(0, 1), (2, None)]),
        (without, ["none read"]),
    ],
)
def test_an_async_generator_reads_sync_chunks(
    make: Callable[[AsyncIterator[Any]], AsyncGenerator[Any, None]], expected: list[object]
) -> None:
    assert list(read(iter(range(3)), make)) == expected


def test_they_are_read_when_they_are_wanted() -> None:
    log: list[str] = []

    def source() -> Iterator[int]:
        for number in range(3):
            log.append(f"made {number}")
            yield number

    log.extend(f"got {chunk}" for chunk in read(source(), twice))
    assert log == ["made 0", "got 0", "got 0", "made 1", "got 1", "got 1", "made 2", "got 2", "got 2"]


def test_they_are_read_outside_the_loop() -> None:
    @lift
    async def slept(number: int) -> int:
        return await asyncio.sleep(0, number + 1)

    def source() -> Iterator[int]:
        for number in range(2):
            with pytest.raises(RuntimeError, match="no running event loop"):
                asyncio.get_running_loop()
            yield slept.invoke(number)

    assert list(read(source(), passing)) == [1, 2]
    assert list(read(read(source(), passing), twice)) == [1, 1, 2, 2]


def test_what_they_raise_is_raised_where_they_are_read() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    async def catching(chunks: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
        try:
            async for chunk in chunks:
                yield chunk
        except ValueError as error:
            yield str(error)

    assert list(read(source(), catching)) == [1, "no more"]
    chunks = read(source(), passing)
    assert next(chunks) == 1
    with pytest.raises(ValueError, match="no more"):
        next(chunks)


@pytest.mark.parametrize("error", [KeyboardInterrupt, GeneratorExit, SystemExit])
def test_so_is_what_nobody_may_catch(error: type[BaseException]) -> None:
    closed: list[str] = []

    def source() -> Iterator[int]:
        yield 1
        raise error

    async def watching(chunks: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
        try:
            async for chunk in chunks:
                yield chunk
        finally:
            closed.append("closed")

    chunks = read(source(), watching)
    assert next(chunks) == 1
    with pytest.raises(error):
        next(chunks)
    assert closed == ["closed"]


def test_closing_early_closes_the_generator_in_its_loop() -> None:
    closed: list[str] = []

    async def watching(chunks: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
        try:
            async for chunk in chunks:
                yield chunk
        finally:
            await asyncio.sleep(0)
            closed.append("closed")

    chunks = read(iter(range(3)), watching)
    assert next(chunks) == 0
    del chunks
    gc.collect()
    assert closed == ["closed"]


def test_all_chunks_are_made_in_one_context() -> None:
    seen: ContextVar[int] = ContextVar("seen", default=0)

    async def counting(chunks: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
        async for _ in chunks:
            seen.set(seen.get() + 1)
            yield seen.get()

    assert list(read(iter("abc"), counting)) == [1, 2, 3]
    assert seen.get() == 0


def test_tasks_of_the_generator_may_read_as_well() -> None:
    async def ahead(chunks: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
        task = asyncio.ensure_future(anext(passing(chunks)))
        yield "first"
        yield await task
        async for chunk in chunks:
            yield chunk

    assert list(read(iter("abc"), ahead)) == ["first", "a", "b", "c"]
