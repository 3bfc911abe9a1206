"""Leaves of which only a call tells that they are async: what they return is awaited, or closed."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Generator, Sequence
from inspect import isawaitable
from typing import Any

import pytest

from runlaw import Runnable, attempt, lift, lift_batch, map_batch, pipe, with_timeout
from runlaw.interpret.awaiting import is_awaitable

Program = Runnable[Any, Any]  # Any: nothing is said of what the leaves give


class Later:
    """Something to await that is no coroutine."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __await__(self) -> Generator[Any, None, object]:
        yield from asyncio.sleep(0).__await__()
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


class Closed(Later):
    """One that can be closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


def same(value: Any) -> Any:  # Any: as above
    return value


def later(value: Any) -> Any:  # Any: as above
    return Later(value)


def invoked(program: Program, value: object) -> object:
    return program.invoke(value)


def ainvoked(program: Program, value: object) -> object:
    return asyncio.run(program.ainvoke(value))


def called_in_thread(program: Program, value: object) -> object:
    return with_timeout(program, 20).invoke(value)


WAYS: list[Callable[[Program, object], object]] = [invoked, ainvoked, called_in_thread]
PLACES: dict[str, tuple[Program, str]] = {
    "alone": (lift(later), "later"),
    "first": (pipe(later, same, same), "RunnableSequence > 1: later"),
    "between": (pipe(same, later, same), "RunnableSequence > 2: later"),
    "last": (pipe(same, same, later), "RunnableSequence > 3: later"),
    "twice": (pipe(same, later, later), "RunnableSequence > 2: later"),
    "not blocking": (pipe(same, lift(later, blocking=False), same), "RunnableSequence > 2: later"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("program", [program for program, _ in PLACES.values()], ids=list(PLACES))
def test_what_is_returned_is_awaited_wherever_it_stands(
    way: Callable[[Program, object], object], program: Program
) -> None:
    assert way(program, 3) == 3


@pytest.mark.parametrize("way", [invoked, ainvoked])
@pytest.mark.parametrize(("program", "step"), PLACES.values(), ids=list(PLACES))
def test_its_error_names_the_step(way: Callable[[Program, object], object], program: Program, step: str) -> None:
    with pytest.raises(ValueError, match="no") as raised:
        way(program, ValueError("no"))
    assert raised.value.__notes__ == [f"in step {step}"]


@pytest.mark.parametrize("made", [Later(1), Closed(1)], ids=["no close", "close"])
def test_a_sync_run_in_a_loop_cannot_await_it_and_closes_it(made: Later) -> None:
    program: Program = lift(lambda _: made)

    async def scenario() -> None:
        with pytest.raises(RuntimeError, match=r"has an async step .* inside an event loop: use `await ainvoke`"):
            program.invoke(0)

    asyncio.run(scenario())
    assert getattr(made, "closed", None) is (True if isinstance(made, Closed) else None)


def test_what_is_awaited_in_a_job_that_is_given_up_is_cancelled() -> None:
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    program: Program = with_timeout(lambda _: forever(), 0.05)
    with pytest.raises(TimeoutError):
        program.invoke(0)
    until(lambda: ended == ["cancelled"])


def test_steps_after_one_that_took_too_long_do_not_run() -> None:
    release, ended = threading.Event(), threading.Event()
    ran: list[object] = []

    def slow(value: Any) -> Any:  # Any: as above
        release.wait(20)
        ended.set()
        return value

    program: Program = with_timeout(pipe(slow, ran.append), 0.05)

    async def scenario() -> None:
        with pytest.raises(TimeoutError):
            await program.ainvoke(0)
        release.set()
        await asyncio.to_thread(ended.wait, 20)
        await asyncio.sleep(0.05)

    asyncio.run(scenario())
    assert ran == []


def test_groups_of_one_of_an_async_function() -> None:
    async def double(values: Sequence[int]) -> list[int]:
        return [2 * value for value in values]

    async def broken(values: Sequence[int]) -> list[int]:
        return []

    for way in WAYS:
        assert way(lift_batch(double), 3) == 6
        assert way(pipe(same, lift_batch(double), same), 3) == 6
        assert way(map_batch(lift_batch(double)), [3, 4]) == [6, 8]
        with pytest.raises(ValueError, match="broken was given 1 values and returned 0 results"):
            way(pipe(same, lift_batch(broken)), 3)
    failed = attempt(lift_batch(broken), on=(ValueError,)).invoke(3).failure()
    assert failed.__notes__ == ["in step RunnableAttempt > broken"]


def test_what_nobody_is_left_to_await_is_closed() -> None:
    release, began = threading.Event(), threading.Event()
    made: list[Closed] = []

    def slow(value: Any) -> Any:  # Any: as above
        began.set()
        release.wait(20)
        made.append(Closed(value))
        return made[-1]

    async def timed_out() -> None:
        with pytest.raises(TimeoutError):
            await with_timeout(lift(slow), 0.03).ainvoke(0)
        release.set()

    asyncio.run(timed_out())  # the loop may be closed when the thread comes back
    until(lambda: made != [] and made[-1].closed)

    async def cancelled(when: str) -> None:
        release.clear()
        began.clear()
        task = asyncio.ensure_future(lift(slow).ainvoke(0))
        await asyncio.to_thread(began.wait, 20)
        if when == "while it waits":
            task.cancel()
        release.set()
        time.sleep(0.05)  # noqa: ASYNC251 - the thread comes back, and the loop does not know yet
        if when == "before it knows":
            task.cancel()
        if when == "before it goes on":
            asyncio.get_running_loop().call_soon(task.cancel)
        with pytest.raises(asyncio.CancelledError):
            await task

    for when in ("while it waits", "before it knows", "before it goes on"):
        made.clear()
        asyncio.run(cancelled(when))
        until(lambda: made != [] and made[-1].closed)


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


class Number(int):
    """A number that can be awaited as well."""

    def __await__(self) -> Generator[Any, None, str]:
        yield from asyncio.sleep(0).__await__()
        return f"awaited {int(self)}"


VALUES: list[Any] = [
    None,
    True,
    1,
    1.5,
    1j,
    "a",
    b"a",
    [1],
    (1,),
    {1: 1},
    {1},
    frozenset(),
    object(),
    Number(1),
    Later(1),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_what_can_be_awaited_is_what_python_says_can(value: object) -> None:
    assert is_awaitable(value) is isawaitable(value)
    assert is_awaitable(type(value)) is isawaitable(type(value))


def test_a_kind_of_a_plain_value_is_awaited_where_it_can_be() -> None:
    number: Program = lift(lambda x: same(Number(x)))
    assert number.invoke(1) == "awaited 1"
    assert asyncio.run(number.ainvoke(1)) == "awaited 1"
    assert pipe(number, same).batch([1, 2]) == ["awaited 1", "awaited 2"]
