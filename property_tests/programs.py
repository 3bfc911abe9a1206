"""Random programs from text to text, of every node kind, with sync and async leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from returns.result import Result

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    const,
    identity,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pick,
    pipe,
    with_config,
    with_fallbacks,
    with_retry,
    with_timeout,
)

Program = Runnable[str, str]


def shout(text: str) -> str:
    return text.upper()


def exclaim(text: str) -> str:
    return text + "!"


async def ashout(text: str) -> str:
    await asyncio.sleep(0)
    return text.upper()


def letters(text: str) -> Iterator[str]:
    yield from text


async def aletters(text: str) -> AsyncIterator[str]:
    for letter in text:
        await asyncio.sleep(0)
        yield letter


def halves(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield chunk[:1]
        yield chunk[1:]


async def ahalves(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        yield chunk[:1]
        yield chunk[1:]


def dotted(texts: Sequence[str]) -> list[str]:
    return [text + "." for text in texts]


def call_inside(text: str) -> str:
    return _inside(text)


def boom(text: str) -> str:
    raise ValueError(text)


def is_long(text: str) -> bool:
    return len(text) > 3


def split(text: str) -> list[str]:
    return list(text[:4])


def joined(texts: list[str]) -> str:
    return "+".join(texts)


def joined_pair(texts: tuple[str, str]) -> str:
    return "|".join(texts)


def joined_record(record: Mapping[str, object]) -> str:
    return f"{record['a']}&{record['b']}"


def record(text: str) -> dict[str, str]:
    return {"a": text}


def told(result: Result[str, Exception]) -> str:
    return result.value_or("failed")


_inside: Program = lift_stream(letters) | lift(shout, blocking=False)

LEAVES: list[Program] = [
    lift(shout),
    lift(exclaim, blocking=False),
    lift(exclaim, tags=["t"], metadata={"m": 1}, run_type="tool"),
    lift(shout, run_type="prompt"),
    lift_stream(letters),
    lift_stream(letters, run_type="llm", blocking=False),
    lift_transform(halves),
    lift_transform(halves, run_type="parser"),
    map_chunks(shout),
    lift_batch(dotted, max_batch_size=2),
    lift(call_inside),
    with_config(const("fixed"), run_name="constant"),
]
ASYNC_LEAVES: list[Program] = [lift(ashout), lift_stream(aletters), lift_transform(ahalves)]


def _compound(inner: st.SearchStrategy[Program]) -> st.SearchStrategy[Program]:
    return st.one_of(
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(pipe, inner, inner, inner),
        st.builds(lambda a, b: pipe(parallel(a=a, b=b), joined_record), inner, inner),
        st.builds(lambda a, b: pipe(parallel(a, b), joined_pair), inner, inner),
        st.builds(lambda a: pipe(parallel(a=a, b=identity), joined_record), inner),
        st.builds(lambda a: pipe(split, map_batch(a), joined), inner),
        st.builds(lambda a: pipe(split, map_batch(a, max_concurrency=1), joined), inner),
        st.builds(lambda a, b: branch((is_long, a), default=b), inner, inner),
        st.builds(lambda a: pipe(record, assign(b=pick("a") | a), joined_record), inner),
        st.builds(lambda a: pipe(attempt(a), told), inner),
        st.builds(lambda a: pipe(attempt(pipe(a, boom)), told), inner),
        st.builds(lambda a: with_fallbacks(pipe(a, boom), a), inner),
        st.builds(lambda a: with_fallbacks(with_retry(boom, delays=[0]), a), inner),
        st.builds(lambda a: with_retry(a, delays=[0]), inner),
        st.builds(lambda a: with_timeout(a, 60.0), inner),
        st.builds(lambda a: with_config(a, run_name="named", tags=["c"], metadata={"k": 2}), inner),
    )


def programs(*, with_async: bool = False) -> st.SearchStrategy[Program]:
    """Programs that terminate and give what depends on their input alone."""
    leaves = LEAVES + (ASYNC_LEAVES if with_async else [])
    return st.recursive(st.sampled_from(leaves), _compound, max_leaves=6)


inputs: st.SearchStrategy[str] = st.text(alphabet="abc", max_size=5)


def plain(value: Any) -> Any:  # Any: whatever a program gives
    """The value in a form of which ``==`` and the order are plain: records as sorted pairs."""
    if isinstance(value, Mapping):
        return tuple(sorted((key, plain(value[key])) for key in value))
    if isinstance(value, (list, tuple)):
        return tuple(map(plain, value))
    return repr(value)
