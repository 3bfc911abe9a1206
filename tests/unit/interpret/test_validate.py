"""Checks of values are part of the run of the program that they stand around."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from runlaw import Runnable, lift, lift_stream, parallel, with_config, with_listeners, with_validation
from runlaw.components import AIMessageChunk, HumanMessage, Message, chat_model
from runlaw.events import Event, RunEnded, RunFailed, RunStarted, RunStreamed, fold

Program = Runnable[Any, Any]  # Any: the programs are run with values of wrong types


def number(text: str) -> int:
    wrong: Any = text  # Any: what the annotation says of it is not so
    return wrong  # type: ignore[no-any-return]  # as above


def letters(text: str) -> Iterator[str]:
    yield from text


def replies(messages: list[Message]) -> Iterator[AIMessageChunk]:
    yield AIMessageChunk(content="a")
    yield AIMessageChunk(content="b")


def streamed(program: Program, value: object) -> list[Event]:
    heard: list[Event] = []
    for _ in program.stream(value, {"listeners": [heard.append]}):
        pass
    return heard


def astreamed(program: Program, value: object) -> list[Event]:
    heard: list[Event] = []

    async def read() -> None:
        async for _ in program.astream(value, {"listeners": [heard.append]}):
            pass

    asyncio.run(read())
    return heard


def invoked(program: Program, value: object) -> list[Event]:
    heard: list[Event] = []
    program.invoke(value, {"listeners": [heard.append]})
    return heard


WAYS = [invoked, streamed, astreamed]


@pytest.mark.parametrize("way", WAYS)
def test_the_run_ends_with_the_output_as_it_was_checked(way: Callable[[Program, object], list[Event]]) -> None:
    checked: Program = with_validation(lift(number))
    events = way(checked, "3")
    assert [type(event) for event in events if not isinstance(event, RunStreamed)] == [RunStarted, RunEnded]
    assert fold(events).state["final_output"] == 3
    assert {event.name for event in events} == {"number"}


@pytest.mark.parametrize("value", [["no text"], "no number"], ids=["input", "output"])
@pytest.mark.parametrize("way", [streamed, astreamed])
def test_a_value_that_does_not_fit_fails_the_run(way: Callable[[Program, object], list[Event]], value: object) -> None:
    checked: Program = with_validation(lift(number))
    heard: list[Event] = []
    with pytest.raises(ValidationError) as raised:
        way(checked.with_config(listeners=[heard.append]), value)
    assert [type(event) for event in heard] == [RunStarted, RunFailed]
    started, failed = heard
    assert isinstance(started, RunStarted)
    assert isinstance(failed, RunFailed)
    assert started.input == value
    assert failed.error is raised.value


@pytest.mark.parametrize("way", WAYS)
def test_one_chunk_is_told_of_a_program_that_streams(way: Callable[[Program, object], list[Event]]) -> None:
    checked: Program = with_validation(lift_stream(letters))
    chunks = [event.chunk for event in way(checked, "abc") if isinstance(event, RunStreamed)]
    assert chunks == ([] if way is invoked else ["abc"])


@pytest.mark.parametrize("way", [streamed, astreamed])
def test_the_runs_within_are_told_as_ever(way: Callable[[Program, object], list[Event]]) -> None:
    checked: Program = with_validation(parallel(a=lift_stream(letters), b=len))
    events = way(checked, "xy")
    chunks = [(event.name, event.chunk) for event in events if isinstance(event, RunStreamed)]
    root = "RunnableParallel<a,b>"
    assert len(chunks) == 4
    for told in [("letters", "x"), ("letters", "y"), ("len", 2), (root, {"a": "xy", "b": 2})]:
        assert told in chunks
    inside = {event.name: event.parent_ids for event in events}
    assert inside[root] == ()
    assert inside["letters"] == inside["len"] == (events[0].run_id,)


def test_what_is_said_of_the_program_within_is_said_of_the_run() -> None:
    heard: list[Event] = []
    named = with_config(lift(number, tags=["leaf"]), run_name="count", tags=["said"], metadata={"a": 1})
    checked: Program = with_validation(with_listeners(named, on_start=heard.append))
    (started, ended) = invoked(checked, "3")
    assert (started.name, started.tags, started.metadata) == ("count", ("said", "leaf"), {"a": 1})
    assert [event.run_id for event in heard] == [started.run_id]
    assert ended.run_id == started.run_id


def test_a_model_stays_a_model() -> None:
    checked: Program = with_validation(chat_model(replies, name="parrot"))
    events = list(checked.stream_events("hi"))
    assert [event["event"] for event in events] == [
        "on_chat_model_start",
        "on_chat_model_stream",
        "on_chat_model_end",
    ]
    assert events[0]["data"] == {"input": {"messages": [[HumanMessage(content="hi")]]}}
