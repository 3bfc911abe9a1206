"""The work that is measured, in plain Python: what ours and the peer's are held against.

Only the standard library is imported here, so that the peer's interpreter can read it too.
"""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterable,
    Iterator,
)
from time import sleep
from typing import TypeAlias, TypeVar

A = TypeVar("A")
Step: TypeAlias = Callable[[int], int]
AsyncStep: TypeAlias = Callable[[int], Awaitable[int]]
Source: TypeAlias = Callable[[int], Generator[str, None, None]]
AsyncSource: TypeAlias = Callable[[int], AsyncGenerator[str, None]]

CHUNK = "tok "
TEMPLATE = "tell me a joke about {topic} in {place}"


def lambdas(count: int) -> list[Step]:
    return [lambda x: x + 1 for _ in range(count)]


def definitions(count: int) -> list[Step]:
    """The same as functions with annotations, none of them twice."""

    def define() -> Step:
        def increment(x: int) -> int:
            return x + 1

        return increment

    return [define() for _ in range(count)]


def coroutines(count: int) -> list[AsyncStep]:
    def define() -> AsyncStep:
        async def increment(x: int) -> int:
            return x + 1

        return increment

    return [define() for _ in range(count)]


def loop(steps: list[Step]) -> Step:
    """One step after the other, as one would write it by hand."""

    def run(x: int) -> int:
        for step in steps:
            x = step(x)
        return x

    return run


def async_loop(steps: list[AsyncStep]) -> AsyncStep:
    async def run(x: int) -> int:
        for step in steps:
            x = await step(x)
        return x

    return run


def wait(x: int) -> int:
    """Holds a thread for a millisecond."""
    sleep(0.001)
    return x


def words(count: int) -> Source:
    def source(x: int) -> Generator[str, None, None]:
        for _ in range(count):
            yield CHUNK

    return source


def async_words(count: int) -> AsyncSource:
    async def source(x: int) -> AsyncGenerator[str, None]:
        for _ in range(count):
            yield CHUNK

    return source


def forward(chunks: Iterator[str]) -> Generator[str, None, None]:
    for chunk in chunks:  # noqa: UP028  # as a transform is written that looks at its chunks
        yield chunk


async def async_forward(chunks: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    async for chunk in chunks:
        yield chunk


def nested(count: int, transforms: int) -> Source:
    """A source inside so many generators."""
    source = words(count)

    def run(x: int) -> Generator[str, None, None]:
        chunks = source(x)
        for _ in range(transforms):
            chunks = forward(chunks)
        return chunks

    return run


def async_nested(count: int, transforms: int) -> AsyncSource:
    source = async_words(count)

    def run(x: int) -> AsyncGenerator[str, None]:
        chunks = source(x)
        for _ in range(transforms):
            chunks = async_forward(chunks)
        return chunks

    return run


def drained(run: Callable[[A], Iterable[object]]) -> Callable[[A], None]:
    """Takes every chunk and keeps none."""

    def drain(x: A) -> None:
        for _ in run(x):
            pass

    return drain


def async_drained(run: Callable[[int], AsyncIterable[object]]) -> Callable[[int], Awaitable[None]]:
    async def drain(x: int) -> None:
        async for _ in run(x):
            pass

    return drain


def first(run: Callable[[int], Generator[object, None, None]]) -> Callable[[int], None]:
    """Opens, takes one chunk, closes."""

    def take(x: int) -> None:
        chunks = run(x)
        next(chunks)
        chunks.close()

    return take


def async_first(run: Callable[[int], AsyncGenerator[object, None]]) -> Callable[[int], Awaitable[None]]:
    async def take(x: int) -> None:
        chunks = run(x)
        await anext(chunks)
        await chunks.aclose()

    return take
