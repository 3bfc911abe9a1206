"""Sections 5 and 9: the items of ``lift_batch`` while somebody watches: live, and each told to end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from runlaw import Runnable, lift, lift_batch, map_batch, parallel, pipe
from runlaw.events import Event, RunEnded, RunFailed, RunStarted

from .modes import Mode, both
from .support import PATIENCE, Boom, run, shout, within, wrong
from .watching import AsyncLeaves, Way, check_brackets, every_way, kinds

LOOK_AHEAD = 16
Group = Callable[[Sequence[Any]], list[Any]]  # Any: values of all types


def lifted(way: Way, group: Group, size: int | None = None) -> Runnable[Any, Any]:  # Any: as above
    """A leaf of groups, async where the way has async leaves."""

    async def asynchronous(values: Sequence[Any]) -> list[Any]:  # Any: as above
        await asyncio.sleep(0)
        return group(values)

    if isinstance(way, AsyncLeaves):
        return lift_batch(asynchronous, max_batch_size=size, name="group")
    return lift_batch(group, max_batch_size=size, name="group")


class Told:
    """What a listener hears: the first event of each run, and its last."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(type(event).__name__, event.name) for event in self.events]

    def check(self) -> None:
        """Each run that started is told to end once, the inner ones first."""
        is_open: list[object] = []
        for event in list(self.events):
            assert set(event.parent_ids) <= set(is_open)
            if isinstance(event, RunStarted):
                is_open.append(event.run_id)
            elif isinstance(event, (RunEnded, RunFailed)):
                is_open.remove(event.run_id)
        assert is_open == []


class Held:
    """Functions of groups that say when they were called, and wait until they are released."""

    def __init__(self) -> None:
        self.called = threading.Semaphore(0)
        self.release = threading.Event()

    def group(self, values: Sequence[Any]) -> list[Any]:  # Any: as above
        self.called.release()
        assert self.release.wait(PATIENCE)
        return list(values)

    async def agroup(self, values: Sequence[Any]) -> list[Any]:  # Any: as above
        self.called.release()
        await asyncio.sleep(PATIENCE)
        return list(values)

    async def until_called(self) -> None:
        assert await asyncio.to_thread(self.called.acquire, timeout=PATIENCE)


def programs(group: Group | Callable[[Sequence[Any]], Any]) -> dict[str, Runnable[Any, Any]]:  # Any: as above
    leaf: Runnable[Any, Any] = lift_batch(group, name="group")  # Any: as above
    return {"leaf": map_batch(leaf), "pipe": map_batch(pipe(shout, leaf, shout))}


shapes = pytest.mark.parametrize("shape", ["leaf", "pipe"])
both_leaves = pytest.mark.parametrize("asynchronous", [True, False], ids=["async leaf", "sync leaf"])


@shapes
@both_leaves
def test_items_of_events_that_are_closed_are_told_to_fail(shape: str, asynchronous: bool) -> None:
    held, told = Held(), Told()
    program = programs(held.agroup if asynchronous else held.group)[shape]

    async def main() -> None:
        events = program.astream_events(["a", "b", "c"], {"listeners": [told.events.append]})
        await anext(events)
        await held.until_called()
        await events.aclose()

    try:
        run(main())
    finally:
        held.release.set()
    assert told.kinds.count(("RunFailed", "group")) == 3
    assert told.kinds[-1] == ("RunFailed", program.name)
    told.check()


@shapes
@both_leaves
def test_items_of_a_cancelled_call_are_told_to_fail(shape: str, asynchronous: bool) -> None:
    held, told = Held(), Told()
    program = programs(held.agroup if asynchronous else held.group)[shape]

    async def main() -> None:
        task = asyncio.ensure_future(program.ainvoke(["a", "b"], {"listeners": [told.events.append]}))
        await held.until_called()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    try:
        run(main())
    finally:
        held.release.set()
    assert told.kinds.count(("RunFailed", "group")) == 2
    assert all(isinstance(event.error, asyncio.CancelledError) for event in told.events if isinstance(event, RunFailed))
    told.check()


@shapes
@both_leaves
def test_items_of_a_cancelled_batch_are_told_to_fail(shape: str, asynchronous: bool) -> None:
    held, told = Held(), Told()
    leaf: Runnable[Any, Any] = lift_batch(held.agroup if asynchronous else held.group, name="group")  # Any: as above
    program = leaf if shape == "leaf" else pipe(shout, leaf)

    async def main() -> None:
        task = asyncio.ensure_future(program.abatch(["a", "b"], {"listeners": [told.events.append]}))
        await held.until_called()
        task.cancel()
        await asyncio.wait([task])

    try:
        run(main())
    finally:
        held.release.set()
    assert told.kinds.count(("RunFailed", "group")) == 2
    told.check()


@shapes
@both
@both_leaves
def test_items_beside_a_branch_that_fails_are_told_to_fail(mode: Mode, shape: str, asynchronous: bool) -> None:
    held, told = Held(), Told()

    def failing(_: object) -> str:
        assert held.called.acquire(timeout=PATIENCE)
        raise Boom("beside")

    program: Runnable[Any, Any] = parallel(  # Any: as above
        a=programs(held.agroup if asynchronous else held.group)[shape], b=failing
    )
    try:
        with pytest.raises(Boom):
            within(lambda: mode.invoke(program, ["a", "b"], {"listeners": [told.events.append]}))
    finally:
        held.release.set()
    assert told.kinds.count(("RunFailed", "group")) == 2
    told.check()


@shapes
@both
def test_an_interrupt_in_a_group_fails_its_items(mode: Mode, shape: str) -> None:
    def interrupted(values: Sequence[Any]) -> list[Any]:  # Any: as above
        raise Interrupt

    told = Told()
    with pytest.raises(Interrupt):
        mode.invoke(programs(interrupted)[shape], ["a", "b"], {"listeners": [told.events.append]})
    errors = [event.error for event in told.events if isinstance(event, RunFailed) and event.name == "group"]
    assert [type(error) for error in errors] == [Interrupt, Interrupt]
    told.check()


class Interrupt(BaseException):
    """Something that nobody catches."""


@every_way
def test_the_items_of_a_group_end_while_the_next_group_has_not_been_called(way: Way) -> None:
    called: list[list[int]] = []
    gates = [threading.Event() for _ in range(3)]

    def group(values: Sequence[int]) -> list[int]:
        gate = gates[len(called)]
        called.append(list(values))
        if not isinstance(way, AsyncLeaves):
            assert gate.wait(PATIENCE)
        return list(values)

    gates[0].set()
    program = map_batch(lifted(way, group, 2))
    with way.read(program, list(range(6)), {"max_concurrency": 1}) as reader:
        first = [reader.next() for _ in range(4)]
        assert kinds(first) == [
            ("on_chain_start", program.name),
            ("on_chain_start", "group"),
            ("on_chain_start", "group"),
            ("on_chain_end", "group"),
        ]
        assert kinds([reader.next()]) == [("on_chain_end", "group")]
        for gate in gates:
            gate.set()
    assert called[0] == [0, 1]


@every_way
def test_a_paused_reader_stops_groups_within_16_events(way: Way) -> None:
    called: list[int] = []

    def group(values: Sequence[int]) -> list[int]:
        called.extend(values)
        return list(values)

    program = map_batch(lifted(way, group, 1))
    with way.read(program, list(range(100)), {"max_concurrency": 1}) as reader:
        reader.take(3)
        reader.pause(0.1)
        assert 1 <= len(called) <= 1 + LOOK_AHEAD // 2


@every_way
def test_a_paused_reader_stops_the_items_of_one_group_before_it_is_called(way: Way) -> None:
    called: list[int] = []
    heard: list[Event] = []

    def group(values: Sequence[int]) -> list[int]:
        called.extend(values)
        return list(values)

    program = map_batch(lifted(way, group))
    with way.read(program, list(range(100)), {"listeners": [heard.append]}) as reader:
        reader.next()
        reader.pause(0.1)
        assert len(heard) <= 1 + LOOK_AHEAD
        assert called == []
        reader.take(100)
        reader.wait_for(lambda: len(called) == 100)


@every_way
def test_a_paused_reader_stops_the_steps_around_a_group(way: Way) -> None:
    called: list[int] = []

    def step(value: int) -> int:
        called.append(value)
        return value

    program = map_batch(pipe(way.leaf(step), lifted(way, list, 1), way.leaf(step)))
    with way.read(program, list(range(100)), {"max_concurrency": 1}) as reader:
        reader.next()
        reader.pause(0.1)
        assert len(called) <= LOOK_AHEAD


@every_way
def test_the_steps_around_groups_start_and_end_item_by_item(way: Way) -> None:
    program = map_batch(pipe(way.leaf(shout), lifted(way, list, 2), way.leaf(shout)))
    events = way.events(program, ["a", "b", "c"], {"max_concurrency": 1})
    check_brackets(events)
    inside = [kind for kind in kinds(events) if kind[1] in ("RunnableSequence", "group")]
    start, end = "on_chain_start", "on_chain_end"
    assert inside == [
        *[(start, "RunnableSequence")] * 3,
        *[(start, "group")] * 2,
        *[(end, "group")] * 2,
        (start, "group"),
        (end, "group"),
        *[(end, "RunnableSequence")] * 3,
    ]
    ends = [event["data"]["output"] for event in events if event["event"] == end and event["name"] == "group"]
    assert ends == ["A", "B", "C"]


@every_way
def test_a_group_that_fails_ends_its_own_items_alone(way: Way) -> None:
    def picky(values: Sequence[str]) -> list[str]:
        if "B" in values:
            raise Boom("B")
        return list(values)

    program = map_batch(pipe(way.leaf(shout), lifted(way, picky, 1), way.leaf(shout)))
    with way.read(program, ["a", "b", "c"], {"max_concurrency": 1}) as reader:
        events, error = reader.to_error()
    assert isinstance(error, Boom)
    check_brackets(events)
    sequences = [kind for kind, name in kinds(events) if name == "RunnableSequence" and kind != "on_chain_start"]
    assert sequences == ["on_chain_error", "on_chain_end", "on_chain_end"]
    assert kinds(events)[-1] == ("on_chain_error", program.name)


@both
def test_groups_in_threads_are_told_apart(mode: Mode) -> None:
    told = Told()

    def group(values: Sequence[int]) -> list[int]:
        time.sleep(0.001)
        return [value + 1 for value in values]

    program = map_batch(pipe(lift(lambda value: value, name="same"), lift_batch(group, max_batch_size=3)))
    values = list(range(20))
    expected = [value + 1 for value in values]
    assert mode.invoke(program, values, {"listeners": [told.events.append]}) == expected
    told.check()
    ended = [event.output for event in told.events if isinstance(event, RunEnded) and event.name == "group"]
    assert sorted(wrong(ended)) == expected
