"""Section 4: a streaming leaf that passes its chunks through another program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from runlaw import RunConfig, Runnable, lift_stream, lift_transform, map_chunks, parallel, pipe, with_timeout

from .modes import Mode, both
from .support import aletters, alist, letters, run, shout, upper_chunks, within


async def aupper_chunks(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk.upper()


def both_upper(chunks: Iterator[str]) -> Iterator[str]:
    """Through a program that reads its input in threads, ahead of what is asked of it."""
    found = parallel(a=lift_transform(upper_chunks), b=lift_transform(upper_chunks)).transform(chunks)
    for record in found:
        yield from record.get("a", "")


def through(inner: Runnable[str, str]) -> Callable[[Iterator[str]], Iterator[str]]:
    def guarded(chunks: Iterator[str]) -> Iterator[str]:
        yield from inner.transform(chunks)

    return guarded


INNER: dict[str, Runnable[str, str]] = {
    "chunk-wise": map_chunks(shout),
    "sync": lift_transform(upper_chunks),
    "unsettled": lift_transform(lambda chunks: (chunk.upper() for chunk in chunks)),
    "in threads": lift_transform(both_upper),
    "with a timeout": with_timeout(map_chunks(shout), 60),
    "itself such a leaf": lift_transform(through(map_chunks(shout))),
}
every_inner = pytest.mark.parametrize("inner", list(INNER.values()), ids=list(INNER))
SOURCES: list[Runnable[str, str]] = [lift_stream(letters), lift_stream(aletters)]
every_source = pytest.mark.parametrize("source", SOURCES, ids=["sync source", "async source"])
CONFIGS: list[RunConfig] = [{}, {"max_concurrency": 1}, {"listeners": [lambda _: None]}]
every_config = pytest.mark.parametrize("config", CONFIGS, ids=["plain", "limited", "watched"])


@both
@every_config
@every_source
@every_inner
def test_a_leaf_can_pass_its_chunks_through_a_program(
    mode: Mode, config: RunConfig, source: Runnable[str, str], inner: Runnable[str, str]
) -> None:
    once = pipe(source, lift_transform(through(inner)))
    assert within(lambda: mode.stream(once, "abc", config)) == ["A", "B", "C"]
    assert within(lambda: mode.invoke(once, "abc", config)) == "ABC"
    twice = pipe(once, lift_transform(through(inner)))
    assert within(lambda: mode.stream(twice, "abc", config)) == ["A", "B", "C"]


@every_source
@every_inner
def test_and_be_watched_while_it_does(source: Runnable[str, str], inner: Runnable[str, str]) -> None:
    program = pipe(source, lift_transform(through(inner)))
    sync = within(lambda: list(program.stream_events("ab", include_names=["RunnableSequence"])))
    found = within(lambda: run(alist(program.astream_events("ab", include_names=["RunnableSequence"]))))
    for events in (sync, found):
        last = [event for event in events if event["parent_ids"] == []][-1]
        assert (last["event"], last["data"]) == ("on_chain_end", {"output": "AB"})


@every_config
@every_source
@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_program_may_be_async_in_a_sync_run(source: Runnable[str, str], number: int, config: RunConfig) -> None:
    inner = lift_transform(aupper_chunks)
    program = pipe(source, *[lift_transform(through(inner))] * number)
    assert within(lambda: list(program.stream("abc", config))) == ["A", "B", "C"]
    assert within(lambda: run(alist(program.astream("abc", config)))) == ["A", "B", "C"]
