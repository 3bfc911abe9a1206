"""Who holds a place of a run's limit, and who is next, in async runs."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from runlaw import lift
from runlaw.interpret.aplaces import Reader, acompletions, agather, in_thread
from runlaw.interpret.control import Limit
from runlaw.interpret.machine import Machine
from runlaw.interpret.observe import being_cancelled
from runlaw.interpret.run import Run
from runlaw.interpret.slots import Slots
from runlaw.kernel.config import check_config


@lift
def same(value: int) -> int:
    return value


def limited(limit: int | None) -> Run:
    """The run of a call, that holds a place where there is a limit."""
    config = check_config(None if limit is None else {"max_concurrency": limit})
    return Machine.of(same.node).begin(config, asynchronous=True).run


def test_a_reader_lends_its_place_and_has_it_back_first() -> None:
    async def scenario() -> list[str]:
        run = limited(1)
        order: list[str] = []

        async def body(own: Run, name: str) -> str:
            order.append(name)
            await asyncio.sleep(0)
            return name

        bodies: list[Any] = [lambda own, name=name: body(own, name) for name in "abc"]
        async for _ in acompletions(run, bodies):
            assert run.control is not None
            assert run.control.holds
            order.append("read")
        return order

    assert asyncio.run(scenario()) == ["a", "read", "b", "read", "c", "read"]


@pytest.mark.parametrize("limit", [None, 1, 2])
def test_a_gatherer_is_woken_once(limit: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    call = Reader.call

    def counted(reader: Reader) -> None:
        calls.append(1)
        call(reader)

    monkeypatch.setattr(Reader, "call", counted)

    async def scenario() -> list[Any]:
        async def body(own: Run, number: int) -> int:
            await asyncio.sleep(0)
            return number

        bodies: list[Any] = [lambda own, number=number: body(own, number) for number in range(5)]
        return await agather(limited(limit), bodies)

    assert asyncio.run(scenario()) == [0, 1, 2, 3, 4]
    assert len(calls) <= 2  # when all was made, and when the last task had ended


def test_a_body_does_not_begin_once_another_has_failed() -> None:
    begun: list[int] = []

    async def scenario() -> None:
        async def body(own: Run, number: int) -> int:
            begun.append(number)
            raise ValueError(number)

        bodies: list[Any] = [lambda own, number=number: body(own, number) for number in range(3)]
        with pytest.raises(ValueError, match="0"):
            await agather(limited(None), bodies)

    asyncio.run(scenario())
    assert begun == [0]


def test_a_reader_that_is_cancelled_while_it_waits_takes_no_place_with_it() -> None:
    async def scenario() -> None:
        run = limited(1)
        reader = Reader(run)
        sleeping = asyncio.ensure_future(asyncio.sleep(60))
        reader.watch([sleeping])
        made: list[int] = []
        attending = asyncio.ensure_future(reader.attend(made))
        await asyncio.sleep(0)
        assert run.env is not None
        assert run.env.limit is not None
        assert run.env.limit.free == 1
        made.append(1)
        reader.call()  # it has its place, but is cancelled before it goes on
        attending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attending
        assert run.env.limit.free == 1
        sleeping.cancel()

    asyncio.run(scenario())


def test_work_in_a_thread_that_ended_was_not_abandoned_and_work_that_was_cancelled_was() -> None:
    async def scenario() -> None:
        runs: list[Run] = []
        await in_thread(limited(None), runs.append)
        assert runs[0].control is not None
        assert not runs[0].control.dead

        release = threading.Event()
        began = threading.Event()

        def work(own: Run) -> None:
            runs.append(own)
            began.set()
            release.wait(20)

        task = asyncio.ensure_future(in_thread(limited(None), work))
        await asyncio.to_thread(began.wait, 20)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert runs[1].dead
        release.set()

    asyncio.run(scenario())


def test_who_is_cancelled_while_it_waits_for_a_place_leaves_it_to_the_next() -> None:
    async def scenario() -> None:
        limit = Limit(1)
        slots = Slots(limit)
        await slots.take(limit)
        tasks = [asyncio.ensure_future(slots.take(limit)) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        slots.give(limit)  # while the first still stands in the line
        await asyncio.sleep(0)
        assert [task.done() for task in tasks] == [True, True, False]
        assert [task.cancelled() for task in tasks] == [True, False, False]
        slots.give(limit)
        tasks[2].cancel()  # it has been given the place, but does not know yet
        with pytest.raises(asyncio.CancelledError):
            await tasks[2]
        assert limit.free == 1

    asyncio.run(scenario())


def test_whether_a_task_is_being_cancelled() -> None:
    seen: list[bool] = []

    async def body() -> None:
        seen.append(being_cancelled())
        try:
            await asyncio.sleep(60)
        finally:
            seen.append(being_cancelled())

    async def scenario() -> None:
        task = asyncio.ensure_future(body())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        seen.append(being_cancelled())

    asyncio.run(scenario())
    assert seen == [False, True, False]
    assert not being_cancelled()  # where there is no task at all
