"""Limits inside limits: who has a place of which, for how long, in every way of running."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from runlaw import Runnable, lift, lift_stream, lift_transform, map_batch, map_chunks, parallel, pipe, with_config
from runlaw.interpret.control import Control, Limit

Program = Runnable[Any, Any]  # Any: programs of all types
PATIENCE = 20.0


def test_a_limit_is_open_while_all_around_it_are() -> None:
    outer = Limit(2)
    inner = Limit(3, outer)
    assert inner.open()
    inner.add(-2)
    assert (inner.free, outer.free) == (1, 0)
    assert not inner.open()
    outer.add(1)
    assert (inner.free, outer.free) == (1, 1)
    assert inner.open()
    inner.add(-1)
    assert not inner.open()


def test_the_smallest_of_limits_around_limits_holds() -> None:
    outer = Limit(2)
    assert outer.smallest() == 2
    assert Limit(3, outer).smallest() == 2
    assert Limit(1, outer).smallest() == 1


def test_which_limit_is_inside_which() -> None:
    outer = Limit(2)
    inner, other = Limit(1, outer), Limit(1, outer)
    assert outer.inside(inner)
    assert inner.inside(inner)
    assert not inner.inside(outer)
    assert not inner.inside(other)


def test_a_limit_was_asked_for_if_one_around_it_was() -> None:
    default = Limit(32, said=False)
    assert Limit(1).said
    assert not default.said
    assert Limit(1, Limit(2), said=False).said
    assert not Limit(1, default, said=False).said
    assert Control(None, Limit(1)).limited
    assert not Control(None, default).limited
    assert not Control(None).limited
    bounded = Control(None)
    bounded.bounded = True
    assert bounded.limited


class Gauge:
    """Counts who is inside, and the most that were at one time."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0
        self._lock = threading.Lock()

    @contextmanager
    def inside(self) -> Iterator[None]:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        yield
        with self._lock:
            self.now -= 1

    def call(self, value: Any) -> Any:  # Any: as it comes
        with self.inside():
            threading.Event().wait(0.005)
        return value

    async def acall(self, value: Any) -> Any:  # Any: as it comes
        with self.inside():
            await asyncio.sleep(0.005)
        return value

    def chunks(self, value: str) -> Iterator[str]:
        for letter in value:
            self.call(letter)
            yield letter

    async def achunks(self, value: str) -> AsyncIterator[str]:
        for letter in value:
            await self.acall(letter)
            yield letter


def invoked(program: Program, value: object) -> object:
    return program.invoke(value)


def ainvoked(program: Program, value: object) -> object:
    return asyncio.run(asyncio.wait_for(program.ainvoke(value), PATIENCE))


def listened(program: Program, value: object) -> object:
    return program.invoke(value, {"listeners": [lambda event: None]})


def alistened(program: Program, value: object) -> object:
    return asyncio.run(asyncio.wait_for(program.ainvoke(value, {"listeners": [lambda event: None]}), PATIENCE))


both = pytest.mark.parametrize("way", [invoked, listened, ainvoked, alistened])


@both
@pytest.mark.parametrize("limit", [1, 2])
@pytest.mark.parametrize("whole", [None, 3])
def test_a_step_has_its_own_limit_and_gives_its_place_back_when_it_has_ended(
    way: Callable[[Program, object], object], limit: int, whole: int | None
) -> None:
    """All items are between the two steps at one time, so that none of them has a place of the first step."""
    gauge = Gauge()
    number = 3
    meeting = threading.Barrier(number)

    def meets(value: object) -> object:
        meeting.wait(PATIENCE)
        return value

    for leaf in (lift(gauge.call), lift(gauge.acall)):
        limited: Program = with_config(leaf, max_concurrency=limit)
        program = (
            with_config(map_batch(pipe(limited, meets, limited)), max_concurrency=whole)
            if whole
            else map_batch(pipe(limited, meets, limited))
        )
        assert way(program, list(range(number))) == list(range(number))
    assert gauge.most <= limit


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_stream_has_a_place_while_it_makes_a_chunk_and_no_longer(asynchronous: bool) -> None:
    gauge = Gauge()
    leaf: Program = lift_stream(gauge.achunks if asynchronous else gauge.chunks)
    limited: Program = with_config(pipe(leaf, map_chunks(str.upper)), max_concurrency=1)
    program = parallel(a=limited, b=pipe(limited, map_chunks(str.lower)))

    async def read() -> list[Any]:  # Any: chunks
        return [chunk async for chunk in program.astream("abc")]

    for chunks in (list(program.stream("abc")), asyncio.run(asyncio.wait_for(read(), PATIENCE))):
        assert "".join([chunk["a"] for chunk in chunks if "a" in chunk]) == "ABC"
        assert "".join([chunk["b"] for chunk in chunks if "b" in chunk]) == "abc"
    assert gauge.most <= 2  # the two of them are two places of the program, with a limit each


@pytest.mark.parametrize("asynchronous", [False, True])
def test_limited_steps_that_read_each_other_have_their_places_at_once(asynchronous: bool) -> None:
    """The chunk of the last step is made while it asks the others for theirs."""

    def through(chunks: Iterator[str]) -> Iterator[str]:
        for chunk in chunks:
            yield chunk + "!"

    async def athrough(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
        async for chunk in chunks:
            yield chunk + "!"

    step: Program = lift_transform(athrough if asynchronous else through)
    limited = [with_config(step, max_concurrency=1) for _ in range(3)]
    program: Program = with_config(pipe(lift_stream(Gauge().chunks), *limited), max_concurrency=1)

    async def read() -> list[Any]:  # Any: chunks
        return [chunk async for chunk in program.astream("ab")]

    assert list(program.stream("ab")) == ["a!!!", "b!!!"]
    assert asyncio.run(asyncio.wait_for(read(), PATIENCE)) == ["a!!!", "b!!!"]


@both
def test_a_limit_around_a_limit_holds_for_all_inside(way: Callable[[Program, object], object]) -> None:
    gauge = Gauge()
    for leaf in (lift(gauge.call), lift(gauge.acall)):
        wide: Program = with_config(map_batch(leaf), max_concurrency=8)
        assert way(with_config(pipe(lift(list), wide), max_concurrency=2), range(6)) == list(range(6))
        assert way(map_batch(wide, max_concurrency=2), [[1, 2, 3]] * 3) == [[1, 2, 3]] * 3
    assert gauge.most <= 2


@pytest.mark.parametrize("limit", [1, 2])
def test_a_leaf_that_calls_one_program_after_another_has_its_place_again(limit: int) -> None:
    """Each has the place of the leaf that calls, and gives it back; so has one that is given up."""
    gauge = Gauge()
    inner: Program = lift(gauge.acall)
    chunks: Program = lift_stream(gauge.achunks)

    async def calls(value: int) -> list[object]:
        found: list[object] = [await inner.ainvoke(value), await inner.ainvoke(value)]
        found += [chunk async for chunk in chunks.astream("ab")]
        stream = chunks.astream("cd")
        found.append(await anext(stream))
        await stream.aclose()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(lift(asyncio.sleep).ainvoke(20), 0.01)
        found.append(await gauge.acall(value))
        found.append(await inner.ainvoke(value))
        return found

    def calls_sync(value: int) -> list[object]:
        found: list[object] = [lift(gauge.call).invoke(value), *lift_stream(gauge.chunks).stream("ab")]
        found.append(gauge.call(value))
        return [*found, lift(gauge.call).invoke(value)]

    values = [1, 2, 3]
    found = asyncio.run(asyncio.wait_for(lift(calls).abatch(values, {"max_concurrency": limit}), PATIENCE))
    assert found == [[value, value, "a", "b", "c", value, value] for value in values]
    assert lift(calls_sync).batch(values, {"max_concurrency": limit}) == [
        [value, "a", "b", value, value] for value in values
    ]
    assert gauge.most <= limit


@pytest.mark.parametrize("asynchronous", [False, True])
def test_what_a_leaf_calls_goes_before_what_has_not_started(asynchronous: bool) -> None:
    order: list[str] = []

    def inside(name: str) -> None:
        order.append(f"{name} inside")

    async def acalls(name: str) -> None:
        order.append(f"{name} begins")
        await lift(inside, blocking=False).ainvoke(name)
        order.append(f"{name} ends")

    def calls(name: str) -> None:
        order.append(f"{name} begins")
        lift(inside).invoke(name)
        order.append(f"{name} ends")

    config: Any = {"max_concurrency": 1}  # Any: a config
    if asynchronous:
        asyncio.run(asyncio.wait_for(lift(acalls).abatch(["a", "b", "c"], config), PATIENCE))
    else:
        lift(calls).batch(["a", "b", "c"], config)
    assert order == [f"{name} {what}" for name in "abc" for what in ("begins", "inside", "ends")]
