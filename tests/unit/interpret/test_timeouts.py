"""Bounds on time: whose they are, and what is left when the time is up."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from runlaw import Runnable, last, lift, lift_stream, map_batch, pipe, with_fallbacks, with_timeout
from runlaw.events import replay

Program = Runnable[Any, Any]  # Any: programs of all types
Way = Callable[[Program, Any], Any]  # Any: as above


async def drain(chunks: AsyncIterator[Any]) -> list[Any]:  # Any: as above
    return [chunk async for chunk in chunks]


WAYS: dict[str, Way] = {
    "invoke": lambda program, value: program.invoke(value),
    "ainvoke": lambda program, value: asyncio.run(program.ainvoke(value)),
    "limited": lambda program, value: program.invoke(value, {"max_concurrency": 1}),
    "alimited": lambda program, value: asyncio.run(program.ainvoke(value, {"max_concurrency": 1})),
    "stream": lambda program, value: list(program.stream(value))[-1],
    "astream": lambda program, value: asyncio.run(drain(program.astream(value)))[-1],
    "stream_log": lambda program, value: replay(program.stream_log(value)).final_output,
}
every_way = pytest.mark.parametrize("way", list(WAYS.values()), ids=list(WAYS))


def slow(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


async def aslow(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds


def missing(_: object) -> int:
    return -1


def own(_: object) -> None:
    raise TimeoutError("my own")


async def aown(_: object) -> None:
    raise TimeoutError("my own")


@every_way
@pytest.mark.parametrize("step", [lift(slow), lift(aslow)], ids=["sync", "async"])
def test_what_is_in_time_gives_its_result(way: Way, step: Program) -> None:
    assert way(with_timeout(step, 20), 0) == 0
    assert way(with_timeout(pipe(step, step), 20), 0) == 0


@every_way
@pytest.mark.parametrize("step", [lift(slow), lift(aslow)], ids=["sync", "async"])
def test_what_is_not_is_given_up(way: Way, step: Program) -> None:
    with pytest.raises(TimeoutError, match=r"0\.03"):
        way(with_timeout(step, 0.03), 0.3)


@every_way
@pytest.mark.parametrize("step", [lift(own), lift(aown)], ids=["sync", "async"])
def test_a_timeout_of_the_steps_own_is_not_that_of_the_bound(way: Way, step: Program) -> None:
    with pytest.raises(TimeoutError) as raised:
        way(with_timeout(step, 20), 0)
    assert str(raised.value) == "my own"


@every_way
@pytest.mark.parametrize("step", [lift(slow), lift(aslow)], ids=["sync", "async"])
def test_the_nearest_bound_is_told(way: Way, step: Program) -> None:
    with pytest.raises(TimeoutError, match=r"0\.03"):
        way(with_timeout(with_timeout(step, 0.03), 20), 0.3)
    with pytest.raises(TimeoutError, match=r"0\.03"):
        way(with_timeout(with_timeout(step, 20), 0.03), 0.3)


@every_way
def test_others_go_on_after_one_that_took_too_long(way: Way) -> None:
    program = map_batch(with_fallbacks(with_timeout(lift(aslow), 0.03), lift(str), on=(TimeoutError,)))
    assert way(program, [0.3, 0, 0.3]) in (["0.3", 0, "0.3"], ["0.3"])  # a stream gives the items one by one


def test_the_time_between_chunks_is_the_readers() -> None:
    def numbers(count: int) -> Iterator[int]:
        yield from range(count)

    program = with_timeout(lift_stream(numbers, monoid=last), 0.5)
    told = []
    for chunk in program.stream(3):
        time.sleep(0.2)
        told.append(chunk)
    assert told == [0, 1, 2]


def test_a_thread_that_is_given_up_does_not_hold_a_place() -> None:
    release = threading.Event()

    def stuck(value: int) -> int:
        if value == 0:
            release.wait(20)
        return value

    program = map_batch(with_fallbacks(with_timeout(stuck, 0.05), lift(missing), on=(TimeoutError,)))
    began = time.monotonic()
    assert program.invoke([0, 1, 2], {"max_concurrency": 1}) == [-1, 1, 2]
    assert time.monotonic() - began < 10
    release.set()
