"""What those who watch hear of streams that end early, that fail, or whose chunks do not add up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, closing
from typing import Any

import pytest

from runlaw import Monoid, Runnable, assign, last, lift_stream, lift_transform, parallel, pipe, with_config
from runlaw.events import Event, RunEnded, RunFailed, RunStarted, RunStreamed

Program = Runnable[Any, Any]  # Any: programs of all types
Read = Callable[[Program, Any, Any, int], list[Any]]  # Any: a value, a config, chunks


def refuse(one: object, other: object) -> Any:  # Any: it gives nothing
    raise TypeError("these do not add up")


REFUSED: Monoid[Any] = Monoid(0, refuse)  # Any: chunks of every type
ALL = 100


def read(program: Program, value: Any, config: Any, count: int = ALL) -> list[Any]:  # Any: as above
    """The first chunks, after which the stream is closed."""
    chunks: list[Any] = []  # Any: as above
    with closing(program.stream(value, config)) as stream:
        for chunk in stream:
            chunks.append(chunk)
            if len(chunks) == count:
                break
    return chunks


def aread(program: Program, value: Any, config: Any, count: int = ALL) -> list[Any]:  # Any: as above
    async def scenario() -> list[Any]:  # Any: as above
        chunks: list[Any] = []  # Any: as above
        async with aclosing(program.astream(value, config)) as stream:
            async for chunk in stream:
                chunks.append(chunk)
                if len(chunks) == count:
                    break
        return chunks

    return asyncio.run(scenario())


both = pytest.mark.parametrize("way", [read, aread])


def numbers(start: int) -> Iterator[int]:
    yield from range(start, start + 3)


def through(chunks: Iterator[Any]) -> Iterator[Any]:  # Any: as above
    yield from chunks


async def athrough(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:  # Any: as above
    async for chunk in chunks:
        yield chunk


def failing(start: int) -> Iterator[int]:
    yield start
    raise ValueError("no more")


def heard(way: Read, program: Program, value: Any, count: int = ALL) -> tuple[list[Any], list[Event]]:  # Any: as above
    events: list[Event] = []
    return way(program, value, {"listeners": [events.append]}, count), events


def of(events: list[Event], name: str) -> list[Event]:
    return [event for event in events if event.name == name]


@both
def test_chunks_that_do_not_add_up_are_given_all_the_same(way: Read) -> None:
    chunks, events = heard(way, lift_stream(numbers, monoid=REFUSED), 1)
    assert chunks == [1, 2, 3]
    assert [event.chunk for event in events if isinstance(event, RunStreamed)] == [1, 2, 3]
    ended = events[-1]
    assert isinstance(ended, RunEnded)
    assert ended.output is None


@both
def test_a_stream_that_is_closed_early_ends_with_what_it_gave(way: Read) -> None:
    chunks, events = heard(way, lift_stream(numbers, monoid=Monoid(0, int.__add__)), 1, 2)
    assert chunks == [1, 2]
    assert isinstance(events[-1], RunEnded)
    assert events[-1].output == 3


@both
def test_one_whose_chunks_do_not_add_up_is_told_as_given_up(way: Read) -> None:
    chunks, events = heard(way, lift_stream(numbers, monoid=REFUSED), 1, 2)
    assert chunks == [1, 2]
    assert isinstance(events[-1], RunFailed)
    assert isinstance(events[-1].error, asyncio.CancelledError)


@both
@pytest.mark.parametrize("step", [lift_transform(through, monoid=last), lift_transform(athrough, monoid=last)])
def test_the_input_of_a_step_is_what_its_chunks_add_up_to(way: Read, step: Program) -> None:
    program = pipe(lift_stream(numbers, monoid=Monoid(0, int.__add__)), step)
    chunks, events = heard(way, program, 1)
    assert chunks == [1, 2, 3]
    (ended,) = [event for event in of(events, step.name) if isinstance(event, RunEnded)]
    assert (ended.input, ended.output) == (6, 3)


@both
def test_an_error_between_chunks_is_told_of_every_run_around_it_once(way: Read) -> None:
    events: list[Event] = []
    program = with_config(pipe(lift_stream(failing, monoid=last), lift_transform(through, monoid=last)), run_name="all")
    with pytest.raises(ValueError, match="no more") as raised:
        way(program, 1, {"listeners": [events.append]}, ALL)
    assert raised.value.__notes__ == ["in step all > 1: failing"]
    failed = [event for event in events if isinstance(event, RunFailed)]
    assert sorted(event.name for event in failed) == ["all", "failing", "through"]
    assert {event.error for event in failed} == {raised.value}
    assert len([event for event in events if isinstance(event, RunStarted)]) == 3
    assert not [event for event in events if isinstance(event, RunEnded)]


@both
def test_a_failing_step_may_have_given_chunks(way: Read) -> None:
    events: list[Event] = []
    with pytest.raises(ValueError, match="no more"):
        way(lift_stream(failing, monoid=last), 1, {"listeners": [events.append]}, ALL)
    assert [type(event) for event in events] == [RunStarted, RunStreamed, RunFailed]


def feed(program: Program, chunks: list[Any]) -> list[Any]:  # Any: as above
    return list(program.transform(chunks))


def afeed(program: Program, chunks: list[Any]) -> list[Any]:  # Any: as above
    async def source() -> AsyncIterator[Any]:  # Any: as above
        for chunk in chunks:
            yield chunk

    async def scenario() -> list[Any]:  # Any: as above
        return [chunk async for chunk in program.atransform(source())]

    return asyncio.run(scenario())


def listened(program: Program) -> Program:
    return with_config(program, listeners=[lambda event: None])


EMPTY: Program = lift_transform(through, monoid=Monoid("", str.__add__))
AEMPTY: Program = lift_transform(athrough, monoid=Monoid("", str.__add__))


@pytest.mark.parametrize("way", [feed, afeed])
@pytest.mark.parametrize("around", [lambda program: program, listened], ids=["quiet", "listened to"])
@pytest.mark.parametrize("step", [EMPTY, AEMPTY], ids=["sync", "async"])
def test_a_branch_without_chunks_has_its_key_in_the_sum(
    way: Callable[[Program, list[Any]], list[Any]], around: Callable[[Program], Program], step: Program
) -> None:
    assert way(around(assign(n=step)), []) == [{"n": ""}]
    several = way(around(parallel(a=step, b=step)), [])
    assert sorted(key for chunk in several for key in chunk) == ["a", "b"]
    assert {value for chunk in several for value in chunk.values()} == {""}
