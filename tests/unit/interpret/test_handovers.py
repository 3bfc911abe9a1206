"""Handing events over: in order, bounded, without lost wake-ups, and open to be closed at any time."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from uuid import UUID

import pytest

from runlaw.events.event import Custom, Event, RunFailed, RunStreamed
from runlaw.events.run_info import RunInfo
from runlaw.interpret.ahandover import AsyncHandover
from runlaw.interpret.control import Stopped
from runlaw.interpret.handover import LOOK_AHEAD, Handover

RUN = RunInfo(UUID(int=1), (), "run", "chain", (), {})


def chunk(number: int) -> Event:
    return RunStreamed(RUN, 0.0, number)


def number_of(event: Event) -> int:
    assert isinstance(event, RunStreamed)
    assert isinstance(event.chunk, int)
    return event.chunk


def in_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def read(handover: Handover, number: int) -> list[int]:
    told: list[int] = []
    while len(told) < number and handover.more():
        told.append(number_of(handover.events.popleft()))
    return told


@pytest.fixture
def often_switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("often_switching")
@pytest.mark.parametrize("tellers", [1, 4])
def test_everything_arrives_in_order(tellers: int) -> None:
    handover = Handover()
    each = 2000

    def tell(first: int) -> None:
        for number in range(first, first + each):
            handover.put(chunk(number))

    threads = [in_thread(partial(tell, teller * each)) for teller in range(tellers)]
    told = read(handover, tellers * each)
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    handover.finish(None)
    assert not handover.more()
    for teller in range(tellers):
        own = [number for number in told if number // each == teller]
        assert own == list(range(teller * each, (teller + 1) * each))


@pytest.mark.parametrize("tellers", [1, 5])
def test_no_more_than_the_look_ahead_is_told(tellers: int) -> None:
    handover = Handover()
    told: list[int] = []

    def tell() -> None:
        for number in range(10):
            handover.put(chunk(number))
            told.append(number)

    threads = [in_thread(tell) for _ in range(tellers)]
    time.sleep(0.1)
    assert len(told) == len(handover.events) == min(LOOK_AHEAD, tellers * 10)
    read(handover, tellers * 10)
    for thread in threads:
        thread.join(20)
    assert len(told) == tellers * 10


def test_closing_stops_a_thread_that_waits_for_room() -> None:
    handover = Handover()
    stopped = threading.Event()

    def tell() -> None:
        try:
            for number in range(100):
                handover.put(chunk(number))
        except Stopped:
            stopped.set()
        handover.finish(None)

    thread = in_thread(tell)
    assert read(handover, 3) == [0, 1, 2]
    handover.close()
    assert stopped.is_set()
    thread.join(20)
    assert not thread.is_alive()


def test_what_is_told_after_the_close_is_dropped_or_stops() -> None:
    handover = Handover()
    calls: list[str] = []
    handover.stop = lambda: calls.append("stop")
    handover.ended = True
    handover.close()
    assert calls == []
    handover.ended = False
    handover.close()
    assert calls == ["stop"]
    handover.put(Custom(RUN, 0.0, "note", None))
    handover.put(RunFailed(RUN, 0.0, ValueError()))
    with pytest.raises(Stopped):
        handover.put(chunk(1))
    assert not handover.events
    assert handover.limit == 0
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(handover.room())


def test_one_reader_around_another_is_told_the_same() -> None:
    outer = Handover()
    inner = Handover(outer)
    inner.put(chunk(1))
    assert list(inner.events) == list(outer.events)
    assert inner.limit == 0  # a task has to ask for room in both


@pytest.mark.parametrize("tellers", [1, 5])
def test_tasks_wait_for_room(tellers: int) -> None:
    async def main() -> None:
        handover = AsyncHandover()

        async def tell(first: int) -> None:
            for number in range(first, first + 100):
                if len(handover.events) >= handover.limit:
                    await handover.room()
                assert len(handover.events) < LOOK_AHEAD
                handover.put(chunk(number))
                await asyncio.sleep(0)

        async def all_of_them() -> None:
            async with asyncio.TaskGroup() as group:
                for teller in range(tellers):
                    group.create_task(tell(teller * 100))

        program = asyncio.ensure_future(all_of_them())
        program.add_done_callback(handover.ended)
        await asyncio.sleep(0.05)
        assert len(handover.events) == LOOK_AHEAD
        told: list[int] = []
        while await handover.more(program):
            told.append(number_of(handover.events.popleft()))
            if handover.parked and not handover.events:
                handover.resume()
        assert sorted(told) == list(range(tellers * 100))
        await program

    asyncio.run(asyncio.wait_for(main(), 20))


@pytest.mark.usefixtures("often_switching")
def test_threads_of_async_runs_wait_for_room_and_are_heard() -> None:
    async def main() -> None:
        handover = AsyncHandover()
        told: list[int] = []

        def tell(first: int) -> None:
            for number in range(first, first + 300):
                with handover:
                    handover.put(chunk(number))
                told.append(number)

        program = asyncio.gather(*(asyncio.to_thread(tell, teller * 300) for teller in range(4)))
        task = asyncio.ensure_future(finished(program))
        task.add_done_callback(handover.ended)
        await asyncio.sleep(0.05)
        assert len(told) == len(handover.events) == LOOK_AHEAD
        heard: list[int] = []
        while await handover.more(task):
            heard.append(number_of(handover.events.popleft()))
            if handover.parked and not handover.events:
                handover.resume()
        assert sorted(heard) == list(range(1200))
        await task

    async def finished(program: asyncio.Future[list[None]]) -> None:
        await program

    asyncio.run(asyncio.wait_for(main(), 30))


def test_closing_cancels_tasks_and_stops_threads() -> None:
    async def main() -> None:
        handover = AsyncHandover()
        for number in range(LOOK_AHEAD):
            handover.put(chunk(number))
        task = asyncio.ensure_future(handover.room())
        stopped = asyncio.ensure_future(asyncio.to_thread(tell, handover))
        await asyncio.sleep(0.02)
        assert not task.done()
        assert not stopped.done()
        handover.close()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await stopped
        handover.put(chunk(0))
        assert len(handover.events) == LOOK_AHEAD

    def tell(handover: AsyncHandover) -> bool:
        try:
            with handover:
                handover.put(chunk(0))
        except Stopped:
            return True
        return False

    asyncio.run(asyncio.wait_for(main(), 20))


def test_the_loop_itself_never_waits_in_a_thread() -> None:
    async def main() -> None:
        handover = AsyncHandover()
        for number in range(100):
            with handover:
                handover.put(chunk(number))
        assert len(handover.events) == 100

    asyncio.run(asyncio.wait_for(main(), 20))


def test_a_reader_that_waits_takes_no_time_of_the_processor() -> None:
    handover = Handover()

    def tell() -> None:
        time.sleep(0.3)
        handover.put(chunk(1))

    thread = in_thread(tell)
    began = time.thread_time()
    assert read(handover, 1) == [1]
    assert time.thread_time() - began < 0.1
    thread.join()


def test_who_has_a_task_wait_for_room() -> None:
    async def main() -> None:
        outer = AsyncHandover()
        assert [outer.waits, Handover(outer).waits, Handover(Handover(outer)).waits] == [True, True, True]
        assert [outer.limit, Handover(outer).limit, AsyncHandover(outer).limit] == [LOOK_AHEAD, 0, 0]

    asyncio.run(main())
    assert not Handover().waits
    assert not Handover(Handover()).waits
    assert Handover().limit == sys.maxsize


@pytest.mark.parametrize("kind", [Handover, AsyncHandover])
def test_a_reader_inside_waits_for_room_at_the_one_around(kind: type[Handover] | type[AsyncHandover]) -> None:
    async def main() -> None:
        outer = AsyncHandover()
        inner = kind(outer)
        for number in range(LOOK_AHEAD):
            outer.put(chunk(number))
        task = asyncio.ensure_future(inner.room())
        telling = asyncio.ensure_future(asyncio.to_thread(tell, inner))
        await asyncio.sleep(0.03)
        assert not task.done()
        assert not telling.done()
        assert outer.parked
        outer.events.clear()
        outer.resume()
        await task
        await telling
        assert [number_of(event) for event in inner.events] == [7]
        assert [number_of(event) for event in outer.events] == [7]

    def tell(inner: Handover | AsyncHandover) -> None:
        with inner:
            inner.put(chunk(7))

    asyncio.run(asyncio.wait_for(main(), 20))


@pytest.mark.parametrize("kind", [Handover, AsyncHandover])
def test_a_turn_at_the_reader_around_is_given_back(kind: type[Handover] | type[AsyncHandover]) -> None:
    async def main() -> None:
        outer = AsyncHandover()
        inner = kind(outer)
        for number in range(3):
            await asyncio.to_thread(tell, inner, number)
        assert len(outer.events) == len(inner.events) == 3

    def tell(inner: Handover | AsyncHandover, number: int) -> None:
        with inner:
            inner.put(chunk(number))

    asyncio.run(asyncio.wait_for(main(), 20))


def test_a_reader_around_that_is_closed_stops_what_runs_inside() -> None:
    async def main() -> None:
        for inner in (Handover(outer := AsyncHandover()), AsyncHandover(outer)):
            outer.close()
            with pytest.raises(asyncio.CancelledError):
                await inner.room()

    asyncio.run(asyncio.wait_for(main(), 20))
    outer = Handover()
    inner = Handover(outer)
    outer.close()
    with pytest.raises(Stopped):
        inner.put(chunk(1))


def test_a_task_that_was_closed_after_its_program_had_ended_goes_on() -> None:
    async def main() -> None:
        handover = AsyncHandover()
        handover.close(over=True)
        assert not handover.stopped
        await handover.room()
        await asyncio.to_thread(handover.put, chunk(1))
        assert not handover.events

    asyncio.run(asyncio.wait_for(main(), 20))
