"""Values and chunks that a step cannot take: every way of running says so, and names the step."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import pytest

from runlaw import (
    Runnable,
    assign,
    last,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    pick,
    pipe,
)
from runlaw.events import Event
from runlaw.interpret.reference import Outcome, reference, reference_stream

Program = Runnable[Any, Any]  # Any: programs that are given what they do not take
Way = Callable[[Program, Any], Any]  # Any: as above


def hear(event: Event) -> None: ...


async def drain(chunks: AsyncIterator[Any]) -> list[Any]:  # Any: as above
    return [chunk async for chunk in chunks]


async def feed(chunks: Sequence[Any]) -> AsyncIterator[Any]:  # Any: as above
    for chunk in chunks:
        yield chunk


LISTENED: Any = {"listeners": [hear]}  # Any: a config
WAYS: dict[str, Way] = {
    "invoke": lambda program, value: program.invoke(value),
    "invoke, listened to": lambda program, value: program.invoke(value, LISTENED),
    "ainvoke": lambda program, value: asyncio.run(program.ainvoke(value)),
    "ainvoke, listened to": lambda program, value: asyncio.run(program.ainvoke(value, LISTENED)),
    "batch": lambda program, value: program.batch([value]),
    "stream": lambda program, value: list(program.stream(value)),
    "stream, listened to": lambda program, value: list(program.stream(value, LISTENED)),
    "astream": lambda program, value: asyncio.run(drain(program.astream(value))),
    "astream, listened to": lambda program, value: asyncio.run(drain(program.astream(value, LISTENED))),
    "transform": lambda program, value: list(program.transform([value])),
    "atransform": lambda program, value: asyncio.run(drain(program.atransform(feed([value])))),
    "stream_events": lambda program, value: list(program.stream_events(value)),
    "astream_log": lambda program, value: asyncio.run(drain(program.astream_log(value))),
}
every_way = pytest.mark.parametrize("way", list(WAYS.values()), ids=list(WAYS))


def same(value: Any) -> Any:  # Any: as above
    return value


async def asame(value: Any) -> Any:  # Any: as above
    return value


def number(value: object) -> Iterator[Any]:  # Any: chunks of any type
    return 3  # type: ignore[return-value]  # wrong on purpose


def text(value: object) -> Iterator[Any]:  # Any: as above
    return "ab"  # type: ignore[return-value]  # wrong on purpose


def two(values: Sequence[Any]) -> list[Any]:  # Any: as above
    return [1, 2]


def nothing(values: Sequence[Any]) -> list[Any]:  # Any: as above
    return None  # type: ignore[return-value]  # wrong on purpose


async def atwo(values: Sequence[Any]) -> list[Any]:  # Any: as above
    return [1, 2]


CASES: dict[str, tuple[Program, object, type[Exception], str, str]] = {
    "pick of no record": (pick("a"), 3, TypeError, "RunnablePick<a> .*int", "RunnablePick<a>"),
    "pick of what lacks": (
        pick("a", "b"), {"a": 1}, KeyError, "has no key 'b'; it has 'a'", "RunnablePick<a,b>"
    ),
    "pick after others": (pipe(same, pick("a")), [], TypeError, "list", "RunnableSequence > 2: RunnablePick<a>"),
    "assign to no record": (assign(n=same), "ab", TypeError, "RunnableAssign<n> .*str", "RunnableAssign<n>"),
    "assign after others": (
        pipe(lift(asame), assign(n=same)), 3, TypeError, "int", "RunnableSequence > 2: RunnableAssign<n>"
    ),
    "items of a number": (map_batch(same), 3, TypeError, "takes a sequence of items; got int", "RunnableEach<same>"),
    "items of a text": (map_batch(same), "ab", TypeError, "takes a sequence of items; got str", "RunnableEach<same>"),
    "no chunks": (lift_stream(number, monoid=last), 0, TypeError, "number must return an .*; got int", "number"),
    "a text for chunks": (lift_stream(text, monoid=last), 0, TypeError, "text must return an .*; got str", "text"),
    "no chunks of chunks": (lift_transform(number, monoid=last), 0, TypeError, "must return an iterator", "number"),
    "too many results": (lift_batch(two), 0, ValueError, "two was given 1 values and returned 2 results", "two"),
    "too many results, async": (lift_batch(atwo), 0, ValueError, "atwo was given 1 values and returned 2", "atwo"),
    "no results": (lift_batch(nothing), 0, TypeError, "nothing must return a sequence .* got NoneType", "nothing"),
}  # fmt: skip


@every_way
@pytest.mark.parametrize(("program", "value", "error", "message", "step"), CASES.values(), ids=list(CASES))
def test_what_cannot_be_taken_is_said(
    way: Way, program: Program, value: object, error: type[Exception], message: str, step: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        way(program, value)
    assert caught.value.__notes__ == [f"in step {step}"]


@pytest.mark.parametrize("run", [reference, reference_stream])
@pytest.mark.parametrize(("program", "value", "error", "message", "step"), CASES.values(), ids=list(CASES))
def test_the_reference_refuses_the_same(
    run: Callable[[Program, object], Outcome],
    program: Program,
    value: object,
    error: type[Exception],
    message: str,
    step: str,
) -> None:
    outcome = run(program, value)
    assert type(outcome.error) is error
    assert re.search(message, str(outcome.error))
