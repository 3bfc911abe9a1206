"""Sections 1, 5 and 9: events come live, the reader sets the pace, and closing stops the run at once."""

from __future__ import annotations

import gc
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from itertools import count
from typing import Any

import pytest

from runlaw import (
    Runnable,
    emit,
    lift,
    lift_stream,
    lift_transform,
    map_batch,
    parallel,
    pipe,
    with_retry,
    with_timeout,
)

from .support import Boom, letters, notes, shout, upper_chunks
from .watching import End, Way, check_brackets, every_way, kinds, sync_leaves

LOOK_AHEAD = 16


class Numbers:
    """An endless source that counts what it made, and knows whether it is open."""

    __name__ = "numbers"

    def __init__(self) -> None:
        self.made = 0
        self.open = 0
        self.closed = threading.Event()

    def __call__(self, _: object) -> Iterator[str]:
        self.open += 1
        try:
            for number in count():
                self.made += 1
                yield f"{number} "
        finally:
            self.open -= 1
            self.closed.set()


def is_chunk(event: dict[str, Any]) -> bool:
    return str(event["event"]).endswith("_stream")


@every_way
def test_nothing_runs_before_the_first_event_is_asked_for(way: Way) -> None:
    numbers = Numbers()
    with way.read(way.source(numbers), "") as reader:
        reader.pause(0.05)
        assert numbers.made == 0
        assert reader.next()["event"] == "on_chain_start"


@sync_leaves
def test_chunks_of_an_inner_step_come_while_the_outer_step_is_busy(way: Way) -> None:
    gates = [threading.Event() for _ in range(3)]

    def slow(_: object) -> Iterator[str]:
        for number, gate in enumerate(gates):
            yield str(number)
            while not gate.is_set():
                time.sleep(0.001)

    program = way.source(slow) | lift(shout)
    with way.read(program, "") as reader:
        for number, gate in enumerate(gates):
            told = reader.until(lambda event: is_chunk(event) and event["name"] == "slow")
            assert told["data"] == {"chunk": str(number)}
            gate.set()
        assert reader.until(lambda event: event["event"] == "on_chain_end" and not event["parent_ids"])


@every_way
def test_a_paused_reader_stops_the_program_within_16_events(way: Way) -> None:
    numbers = Numbers()
    with way.read(way.source(numbers), "") as reader:
        read = len(reader.take(4))
        reader.pause(0.1)
        assert numbers.made + 1 - read <= LOOK_AHEAD  # with the start, every chunk is one event


@every_way
def test_a_paused_reader_of_a_log_stops_the_program_within_16_events(way: Way) -> None:
    numbers = Numbers()
    with way.read_log(way.source(numbers), "", diff=False) as reader:
        reader.take(2)
        reader.pause(0.1)
        assert numbers.made + 1 - 2 <= LOOK_AHEAD


@every_way
def test_events_that_are_filtered_out_count_for_the_look_ahead(way: Way) -> None:
    numbers = Numbers()
    program = way.source(numbers) | lift_transform(upper_chunks)
    with way.read(program, "", include_names=["upper_chunks"]) as reader:
        reader.take(3)
        reader.pause(0.1)
        made = numbers.made
        reader.pause(0.05)
        assert numbers.made == made <= LOOK_AHEAD


@every_way
def test_a_paused_reader_stops_leaves_between_their_calls(way: Way) -> None:
    calls: list[int] = []

    def step(number: int) -> int:
        calls.append(number)
        return number

    program = map_batch(way.leaf(step), max_concurrency=2)
    with way.read(program, list(range(100))) as reader:
        reader.next()
        reader.wait_for(lambda: len(calls) >= 4)
        reader.pause(0.1)
        assert len(calls) <= LOOK_AHEAD


@every_way
def test_a_leaf_that_emits_is_paused_as_well(way: Way) -> None:
    told: list[int] = []

    def talk(_: object) -> str:
        for number in range(1000):
            emit("note", number)
            told.append(number)
        return "done"

    program: Runnable[object, str] = lift(talk)
    with way.read(program, "") as reader:
        reader.next()
        reader.wait_for(lambda: len(told) >= LOOK_AHEAD - 2)
        reader.pause(0.1)
        assert len(told) <= LOOK_AHEAD
        assert reader.until(lambda event: event["event"] == "on_chain_end")["data"]["output"] == "done"
    assert len(told) == 1000


@every_way
@pytest.mark.parametrize("read", [0, 1, 3, 100])
def test_closing_closes_the_generators_of_the_program_at_once(way: Way, read: int) -> None:
    numbers = Numbers()
    program = way.source(numbers) | lift_transform(upper_chunks) | lift_transform(upper_chunks)
    with way.read(program, "") as reader:
        reader.take(read)
        reader.close()
        assert numbers.open == 0
        made = numbers.made
        reader.pause(0.02)
        assert numbers.made == made


@every_way
def test_closing_does_not_wait_for_a_leaf_that_is_running_and_nothing_starts_after_it(way: Way) -> None:
    entered, release, done, later = threading.Event(), threading.Event(), threading.Event(), threading.Event()

    def slow(text: str) -> str:
        entered.set()
        release.wait(20)
        done.set()
        return text

    def after(text: str) -> str:
        later.set()
        return text

    with way.read(lift(slow) | lift(after), "a") as reader:
        reader.take(2)
        reader.wait_for(entered.is_set)
        before = time.monotonic()
        reader.close()
        assert time.monotonic() - before < 5
        assert not done.is_set()
        release.set()
        reader.wait_for(done.is_set)
        reader.pause(0.05)
        assert not later.is_set()


@every_way
def test_closing_abandons_branches_that_run_in_threads(way: Way) -> None:
    release = threading.Event()
    running = threading.Semaphore(0)
    later: list[str] = []

    def slow(text: str) -> str:
        running.release()
        release.wait(20)
        return text

    branch = lift(slow) | lift(later.append)
    with way.read(parallel(a=branch, b=branch), "a") as reader:
        reader.next()
        reader.wait_for(lambda: running.acquire(blocking=False))
        before = time.monotonic()
        reader.close()
        assert time.monotonic() - before < 5
        release.set()
        reader.pause(0.05)
        assert later == []


@every_way
def test_no_thread_is_left_working_after_a_close(way: Way) -> None:
    for _ in range(50):
        with way.read(way.source(Numbers()), "") as reader:
            reader.take(2)
    assert threading.active_count() < 40  # threads that rest are kept for the next run


@every_way
def test_a_generator_that_is_dropped_is_closed(way: Way) -> None:
    numbers = Numbers()
    reader = way.read(way.source(numbers), "")
    reader.take(2)
    reader.finish()
    del reader
    gc.collect()
    assert numbers.closed.wait(5)


@every_way
def test_an_error_is_raised_after_its_events(way: Way) -> None:
    def broken(text: str) -> Iterator[str]:
        yield text
        raise Boom("broken")

    with way.read(way.source(broken) | lift_transform(upper_chunks), "a") as reader:
        events, error = reader.to_error()
        with pytest.raises(End):
            reader.next()
    assert isinstance(error, Boom)
    assert notes(error) == ["in step RunnableSequence > 1: broken"]
    check_brackets(events)
    failed = [event for event in events if event["event"] == "on_chain_error"]
    assert [event["name"] for event in failed] == ["broken", "upper_chunks", "RunnableSequence"]
    assert all(event["data"]["error"] is error for event in failed)


@every_way
def test_an_error_of_a_log_is_raised_after_its_patches(way: Way) -> None:
    def broken(text: str) -> str:
        raise Boom(text)

    with way.read_log(lift(shout) | way.leaf(broken), "a") as reader:
        patches, error = reader.to_error()
    assert isinstance(error, Boom)
    last = {op["path"]: op["value"] for op in patches[-1].ops}
    assert last["/logs/broken/error"] == {"type": "Boom", "message": "A"}
    assert last["/logs/broken/end_time"]


def test_context_variables_of_the_caller_are_seen_in_leaves() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="unset")

    def see(_: object) -> str:
        return variable.get()

    token = variable.set("set")
    try:
        events = list(lift(see).stream_events(""))
    finally:
        variable.reset(token)
    assert events[-1]["data"] == {"output": "set"}


def test_context_variables_set_in_leaves_are_not_seen_by_the_reader() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="unset")

    def change(_: object) -> str:
        variable.set("changed")
        return ""

    for _ in lift(change).stream_events(""):
        assert variable.get() == "unset"


def test_a_sync_reader_is_refused_inside_a_loop_for_async_leaves(recwarn: pytest.WarningsRecorder) -> None:
    import asyncio

    async def inside() -> None:
        @lift
        async def asynchronous(text: str) -> str:
            return text

        with pytest.raises(RuntimeError, match="astream_events"):
            asynchronous.stream_events("")

    asyncio.run(inside())
    assert not recwarn.list


def test_many_readers_at_the_same_time_do_not_mix_their_events() -> None:
    program = pipe(lift_stream(letters), lift_transform(upper_chunks))
    readers = [program.stream_events(letter * 50) for letter in "abc"]
    told: list[list[str]] = [[], [], []]
    for events in zip(*readers, strict=True):
        for number, event in enumerate(events):
            if event["event"] == "on_chain_stream" and event["name"] == "letters":
                told[number].append(str(event["data"]["chunk"]))
    assert ["".join(chunks) for chunks in told] == [letter * 50 for letter in "abc"]


@every_way
def test_the_time_limit_of_a_step_is_told_and_raised(way: Way) -> None:
    release = threading.Event()

    def slow(text: str) -> str:
        release.wait(20)
        return text

    with way.read(with_timeout(lift(slow), 0.05), "a") as reader:
        events, error = reader.to_error()
    release.set()
    assert isinstance(error, TimeoutError)
    check_brackets(events)
    assert ("on_chain_error", "RunnableTimeout") in kinds(events)
    assert ("on_chain_error", "slow") in kinds(events)


def test_closing_ends_the_wait_before_another_try() -> None:
    tried = threading.Event()

    def fails(text: str) -> str:
        tried.set()
        raise Boom(text)

    events = with_retry(fails, delays=[30.0]).stream_events("a")
    assert next(events)["event"] == "on_chain_start"
    assert tried.wait(20)
    assert producers() == 1
    events.close()
    end = time.monotonic() + 5
    while producers():
        assert time.monotonic() < end, "a thread still waits"
        time.sleep(0.002)


def producers() -> int:
    """How many threads are running a program that is watched."""
    return sum(
        any(frame.f_code.co_name == "produce" for frame, _ in traceback.walk_stack(innermost))
        for innermost in sys._current_frames().values()
    )
