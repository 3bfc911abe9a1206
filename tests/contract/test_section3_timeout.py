"""Sections 3 and 9: timeouts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from time import monotonic

import pytest

from runlaw import lift, lift_stream, parallel, pipe, with_fallbacks, with_retry, with_timeout

from .modes import Mode, both
from .support import PATIENCE, Calls, Way, ashout, every_way, run, shout, within, wrong


@every_way
def test_a_timeout_that_is_not_reached_changes_nothing(way: Way) -> None:
    assert way(with_timeout(pipe(shout, lift(ashout)), PATIENCE), "a") == "A"


@every_way
def test_a_sync_leaf_that_takes_too_long_is_a_timeout_error_and_is_not_waited_for(way: Way) -> None:
    release = threading.Event()

    def block(text: str) -> str:
        release.wait(PATIENCE)
        return text

    try:
        begun = monotonic()
        with pytest.raises(TimeoutError):
            way(with_timeout(block, 0.05), "a")
        assert monotonic() - begun < PATIENCE / 2
    finally:
        release.set()


@every_way
def test_an_async_leaf_that_takes_too_long_is_a_timeout_error_and_is_cancelled(way: Way) -> None:
    ended: list[str] = []

    @lift
    async def block(text: str) -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise
        return text

    with pytest.raises(TimeoutError):
        within(lambda: way(with_timeout(block, 0.05), "a"))
    assert ended
    assert set(ended) == {"cancelled"}


@both
def test_the_step_after_a_timed_out_leaf_is_not_run(mode: Mode) -> None:
    release = threading.Event()
    done = threading.Event()
    calls = Calls()

    def block(text: str) -> str:
        release.wait(PATIENCE)
        done.set()
        return text

    with pytest.raises(TimeoutError):
        mode.invoke(with_timeout(pipe(block, calls), 0.05), "a")
    release.set()
    assert done.wait(PATIENCE)
    threading.Event().wait(0.05)
    assert calls.values == []


@both
def test_nested_timeouts_hold_each(mode: Mode) -> None:
    @lift
    async def block(text: str) -> str:
        await asyncio.Event().wait()
        return text

    for program in (
        with_timeout(with_timeout(block, PATIENCE), 0.05),
        with_timeout(with_timeout(block, 0.05), PATIENCE),
    ):
        with pytest.raises(TimeoutError):
            within(partial(mode.invoke, program, "a"))


@both
def test_a_timeout_can_be_retried_fallen_back_from_and_attempted(mode: Mode) -> None:
    release = threading.Event()
    tries: list[str] = []

    def block(text: str) -> str:
        tries.append(text)
        release.wait(PATIENCE)
        return text

    try:
        limited = with_timeout(block, 0.05)
        assert mode.invoke(with_fallbacks(limited, shout, on=(TimeoutError,)), "a") == "A"
        with pytest.raises(TimeoutError):
            mode.invoke(with_retry(limited, on=(TimeoutError,), delays=[0]), "a")
        assert tries == ["a"] * 3
    finally:
        release.set()


@both
def test_a_timeout_counts_a_whole_stream(mode: Mode) -> None:
    def drip(_: str) -> Iterator[str]:
        while True:
            threading.Event().wait(0.02)
            yield "."

    with pytest.raises(TimeoutError):
        within(lambda: mode.stream(with_timeout(lift_stream(drip), 0.15), ""))


def test_the_pauses_of_the_consumer_do_not_count_for_a_timeout() -> None:
    def quick(_: str) -> Iterator[str]:
        yield from "abcd"

    chunks = []
    for chunk in with_timeout(lift_stream(quick), 0.3).stream(""):
        chunks.append(chunk)
        threading.Event().wait(0.15)
    assert chunks == list("abcd")


def test_the_pauses_of_an_async_consumer_do_not_count_for_a_timeout() -> None:
    @lift
    async def quick_async(_: str) -> str:
        return "a"

    async def scenario() -> list[str]:
        program = with_timeout(pipe(quick_async, lift_stream(iter_letters)), 0.3)
        chunks = []
        async for chunk in program.astream(""):
            chunks.append(chunk)
            await asyncio.sleep(0.15)
        return chunks

    assert run(scenario()) == list("abcd")


def iter_letters(_: str) -> Iterator[str]:
    yield from "abcd"


@pytest.mark.parametrize("seconds", [-1.0, -0.001, float("nan")], ids=str)
def test_negative_seconds_are_refused_by_timeout_when_built(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds"):
        with_timeout(shout, seconds)


@pytest.mark.parametrize("seconds", ["1", None, True], ids=str)
def test_seconds_that_are_no_number_are_refused_by_timeout_when_built(seconds: object) -> None:
    with pytest.raises(TypeError, match="seconds"):
        with_timeout(shout, wrong(seconds))


@both
def test_a_timeout_inside_a_parallel_cancels_the_siblings(mode: Mode) -> None:
    cancelled = threading.Event()

    @lift
    async def block(text: str) -> str:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return text

    with pytest.raises(TimeoutError):
        within(lambda: mode.invoke(parallel(with_timeout(block, 0.05), block), "a"))
    assert cancelled.wait(PATIENCE)
