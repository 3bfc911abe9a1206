"""What is told of a step whose input comes as a stream: when it starts, and with what input it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing, closing
from typing import Any

import pytest

from runlaw import (
    Monoid,
    Runnable,
    assign,
    attempt,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pick,
    pipe,
    with_retry,
    with_timeout,
)
from runlaw.events import Event, RunEnded, RunFailed, RunStarted

Program = Runnable[Any, Any]  # Any: programs of all types
Way = Callable[..., list[Event]]
NOT_TOLD = object()


def letters(text: str) -> Iterator[str]:
    for letter in text:
        if letter == "!":
            raise ValueError("broke off")
        yield letter


async def aletters(text: str) -> AsyncIterator[str]:
    for letter in letters(text):
        await asyncio.sleep(0)
        yield letter


def through(chunks: Iterator[str]) -> Iterator[str]:
    yield from chunks


async def athrough(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        yield chunk


def same(text: str) -> str:
    return text


async def asame(text: str) -> str:
    return text


def both(text: str) -> Iterator[dict[str, str]]:
    for letter in text:
        yield {"a": letter}
        yield {"b": letter}


def items(text: str) -> Iterator[list[str]]:
    for letter in text:
        yield [letter]


def read(program: Program, text: str, count: int = 100) -> list[Event]:
    """What is heard of the program's first chunks, after which its stream is closed."""
    heard: list[Event] = []
    with closing(program.stream(text, {"listeners": [heard.append]})) as chunks:
        try:
            for _ in range(count):
                next(chunks)
        except (StopIteration, ValueError):
            pass
    return heard


def aread(program: Program, text: str, count: int = 100) -> list[Event]:
    heard: list[Event] = []

    async def scenario() -> None:
        async with aclosing(program.astream(text, {"listeners": [heard.append]})) as chunks:
            try:
                for _ in range(count):
                    await anext(chunks)
            except (StopAsyncIteration, ValueError):
                pass

    asyncio.run(scenario())
    return heard


def told(heard: list[Event], name: str) -> list[tuple[str, object]]:
    """The kinds of the events of a run, but for its chunks, each with the input if that is told."""
    return [
        (type(event).__name__, event.input if event.has_input else NOT_TOLD)
        for event in heard
        if event.name == name and isinstance(event, (RunStarted, RunEnded, RunFailed))
    ]


SOURCES: dict[str, Program] = {"sync": lift_stream(letters), "async": lift_stream(aletters)}
FED: dict[str, Program] = {
    "transform": lift_transform(through),
    "async transform": lift_transform(athrough),
    "chunk by chunk": map_chunks(same),
    "parser": lift_transform(through, run_type="parser"),
    "call": lift(same),
    "async call": lift(asame),
    "call of a parser": lift(same, run_type="parser"),
    "parallel": parallel(a=lift_transform(through)),
    "retry": with_retry(lift_transform(through)),
    "timeout": with_timeout(lift_transform(through), 20),
    "attempt": attempt(lift(same)),
}
WHOLE: dict[str, Program] = {
    "prompt": lift(same, run_type="prompt"),
    "llm": lift(same, run_type="llm"),
    "retriever": lift(same, run_type="retriever"),
    "tool": lift(same, run_type="tool"),
    "streaming tool": lift_stream(letters, name="chars", run_type="tool"),
}
ways = pytest.mark.parametrize("way", [read, aread])
sources = pytest.mark.parametrize("source", SOURCES.values(), ids=list(SOURCES))
every_fed = pytest.mark.parametrize("step", FED.values(), ids=list(FED))
every_step = pytest.mark.parametrize("step", [*FED.values(), *WHOLE.values()], ids=[*FED, *WHOLE])


@ways
@sources
@every_step
def test_a_step_whose_input_never_comes_is_not_told_of(way: Way, source: Program, step: Program) -> None:
    heard = way(pipe(source, step), "!")
    assert told(heard, source.name) == [("RunStarted", "!"), ("RunFailed", "!")]
    assert told(heard, step.name) == []


@ways
@sources
@every_fed
def test_a_step_that_is_fed_starts_with_its_first_chunk_and_fails_with_its_input(
    way: Way, source: Program, step: Program
) -> None:
    heard = way(pipe(source, step), "ab!")
    kinds = [(type(event).__name__, event.name) for event in heard]
    assert told(heard, step.name) == [("RunStarted", NOT_TOLD), ("RunFailed", NOT_TOLD)]
    assert kinds.index(("RunStarted", step.name)) < kinds.index(("RunFailed", source.name))


@ways
@sources
@pytest.mark.parametrize("step", WHOLE.values(), ids=list(WHOLE))
def test_a_step_that_takes_its_input_whole_starts_when_it_is(way: Way, source: Program, step: Program) -> None:
    heard = way(pipe(source, step, lift(same)), "ab!")
    assert told(heard, step.name) == []
    heard = way(pipe(source, step, lift(same, name="after")), "ab")
    kinds = [(type(event).__name__, event.name) for event in heard]
    assert told(heard, step.name) == [("RunStarted", "ab"), ("RunEnded", "ab")]
    assert kinds.index(("RunEnded", source.name)) < kinds.index(("RunStarted", step.name))
    assert told(heard, "after") == [("RunStarted", NOT_TOLD), ("RunEnded", "ab")]


@ways
@sources
@every_fed
def test_a_step_that_is_fed_ends_with_its_whole_input(way: Way, source: Program, step: Program) -> None:
    heard = way(pipe(source, step), "abc")
    assert told(heard, step.name) == [("RunStarted", NOT_TOLD), ("RunEnded", "abc")]
    kinds = [(type(event).__name__, event.name) for event in heard]
    assert kinds.index(("RunStarted", step.name)) < kinds.index(("RunEnded", source.name))


@ways
@sources
@pytest.mark.parametrize("name", ["transform", "async transform", "chunk by chunk", "parser", "retry", "timeout"])
def test_a_step_that_is_closed_ends_with_what_it_has_read(way: Way, source: Program, name: str) -> None:
    step = FED[name]
    heard = way(pipe(source, step), "abc", 2)
    assert told(heard, step.name) == [("RunStarted", NOT_TOLD), ("RunEnded", "ab")]
    (ended,) = [event for event in heard if isinstance(event, RunEnded) and event.name == "RunnableSequence"]
    assert ended.output == "ab"


@ways
@pytest.mark.parametrize(
    ("source", "step", "whole"),
    [
        (lift_stream(both), pick("a"), {"a": "xy", "b": "xy"}),
        (lift_stream(both), pick("a", "b"), {"a": "xy", "b": "xy"}),
        (lift_stream(both), assign(b=len), {"a": "xy", "b": "xy"}),
        (lift_stream(items), map_batch(same), ["x", "y"]),
    ],
)
def test_records_and_lists_are_fed_as_well(way: Way, source: Program, step: Program, whole: object) -> None:
    assert told(way(pipe(source, step), "xy"), step.name) == [("RunStarted", NOT_TOLD), ("RunEnded", whole)]


@ways
@sources
def test_no_chunks_are_an_input_as_well(way: Way, source: Program) -> None:
    step = lift_transform(through)
    assert told(way(pipe(source, step), ""), step.name) == [("RunStarted", NOT_TOLD), ("RunEnded", "")]


def refusing(chunks: Iterator[str]) -> Iterator[str]:
    yield from refuse()


def refuse() -> str:
    raise ValueError("it reads nothing")


async def arefusing(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    yield refuse()


def beginning(chunks: Iterator[str]) -> Iterator[str]:
    yield "<"
    yield from chunks


async def abeginning(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    yield "<"
    async for chunk in chunks:
        yield chunk


def ignoring(chunks: Iterator[str]) -> Iterator[str]:
    yield "x"


async def aignoring(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    yield "x"


def silent(chunks: Iterator[str]) -> Iterator[str]:
    yield from ""


@ways
@sources
def test_a_step_that_does_not_read_its_input_is_told_of_all_the_same(way: Way, source: Program) -> None:
    for refuses in (lift_transform(refusing), lift_transform(arefusing)):
        heard = way(pipe(source, refuses), "abc")
        assert told(heard, refuses.name) == [("RunStarted", NOT_TOLD), ("RunFailed", NOT_TOLD)]
        assert told(heard, source.name) == []
    for ignores in (lift_transform(ignoring), lift_transform(aignoring), lift_transform(silent)):
        heard = way(pipe(source, ignores), "abc")
        assert told(heard, ignores.name) == [("RunStarted", NOT_TOLD), ("RunEnded", NOT_TOLD)]


@ways
@sources
def test_a_step_starts_before_a_chunk_that_comes_before_its_input(way: Way, source: Program) -> None:
    for begins in (lift_transform(beginning), lift_transform(abeginning)):
        heard = way(pipe(source, begins), "ab")
        kinds = [(type(event).__name__, event.name) for event in heard]
        mine = [kind for kind, name in kinds if name == begins.name]
        assert mine == ["RunStarted", "RunStreamed", "RunStreamed", "RunStreamed", "RunEnded"]
        assert kinds.index(("RunStreamed", begins.name)) < kinds.index(("RunStarted", source.name))
        assert told(heard, begins.name)[-1] == ("RunEnded", "ab")


def refuse_to_add(one: str, other: str) -> str:
    raise ValueError("they do not add up")


@ways
@pytest.mark.parametrize("leaf", [letters, aletters])
def test_an_input_that_does_not_add_up_is_not_told(way: Way, leaf: Callable[[str], Any]) -> None:
    refused = Monoid("", refuse_to_add)
    step: Program = lift_transform(through)
    heard = way(pipe(lift_stream(leaf, monoid=refused), step), "ab")
    assert told(heard, step.name) == [("RunStarted", NOT_TOLD), ("RunEnded", NOT_TOLD)]


@pytest.mark.parametrize("way", [read, aread])
def test_a_step_after_a_group_is_inside_the_pipe(way: Way) -> None:
    program: Program = map_batch(pipe(same, lift_batch(titles), lift(same, name="after")))
    heard = way(program, ["a", "b"])
    runs = {event.run_id: event.name for event in heard}
    parents = [runs[event.parent_ids[-1]] for event in heard if isinstance(event, RunStarted) and event.name == "after"]
    assert parents == ["RunnableSequence"] * 2
    assert [type(event).__name__ for event in heard if event.name == "titles"].count("RunEnded") == 2


def titles(texts: Sequence[str]) -> list[str]:
    return [text.title() for text in texts]
