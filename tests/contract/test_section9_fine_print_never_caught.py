"""Section 9: what is never caught, and what becomes of a StopIteration."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

import pytest
from returns.result import Failure

from runlaw import (
    Runnable,
    attempt,
    branch,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pipe,
    with_fallbacks,
    with_retry,
    with_timeout,
)

from .modes import Mode, both
from .support import SYNC_WAYS, Calls, Flaky, Way, alist, every_way, exclaim, letters, notes, run, shout, within, wrong


def characters(text: str) -> list[str]:
    return list(text)


def describe(value: object) -> str:
    return str(value)


def throw(error: type[BaseException]) -> str:
    raise error("never caught")


POLICIES: dict[str, Callable[[Callable[[str], str]], Runnable[str, object]]] = {
    "with_retry": lambda fn: with_retry(fn, delays=[0, 0]),
    "with_fallbacks": lambda fn: with_fallbacks(fn, shout),
    "attempt": attempt,
    "all of them": lambda fn: attempt(with_fallbacks(with_retry(fn, delays=[0]), shout)),
    "around a pipe": lambda fn: attempt(with_retry(pipe(exclaim, fn, exclaim), delays=[0])),
    "around a parallel": lambda fn: with_fallbacks(
        with_retry(pipe(parallel(fn, exclaim), describe), delays=[0]), shout
    ),
    "around a map_batch": lambda fn: attempt(with_retry(pipe(characters, map_batch(fn), describe), delays=[0])),
    "around a timeout": lambda fn: attempt(with_retry(with_timeout(fn, 60.0), delays=[0])),
}
every_policy = pytest.mark.parametrize("policy", list(POLICIES.values()), ids=list(POLICIES))
NEVER: list[type[BaseException]] = [KeyboardInterrupt, RecursionError, asyncio.CancelledError, SystemExit]
never = pytest.mark.parametrize("error", NEVER, ids=lambda error: error.__name__)
sync_ways = pytest.mark.parametrize("way", list(SYNC_WAYS.values()), ids=list(SYNC_WAYS))


@sync_ways
@never
@every_policy
def test_cancellation_keyboard_interrupt_and_recursion_error_are_never_caught_or_retried(
    way: Way, error: type[BaseException], policy: Callable[[Callable[[str], str]], Runnable[str, object]]
) -> None:
    tries = threading.Semaphore(0)

    def fail(text: str) -> str:
        tries.release()
        raise error("never caught")

    with pytest.raises(error):
        within(lambda: way(policy(fail), "a"))
    runs = 0
    while tries.acquire(blocking=False):
        runs += 1
    assert 1 <= runs <= (2 if way in (SYNC_WAYS["batch"], SYNC_WAYS["batch_as_completed"]) else 1)


@every_policy
def test_recursion_error_is_never_caught_in_async_runs_either(
    policy: Callable[[Callable[[str], str]], Runnable[str, object]],
) -> None:
    flaky = Flaky(9, RecursionError)
    with pytest.raises(RecursionError):
        run(policy(flaky).ainvoke("a"))
    assert flaky.tries == 1


def too_deep(text: str) -> str:
    raise RecursionError(text)


DEEP: dict[str, Runnable[str, str]] = {
    "blocking": lift(too_deep),
    "quick": lift(too_deep, blocking=False),
    "a pipe": pipe(exclaim, lift(too_deep)),
    "a batch function": lift_batch(lambda texts: [too_deep(text) for text in texts]),
}


@both
@pytest.mark.parametrize("program", list(DEEP.values()), ids=list(DEEP))
@pytest.mark.parametrize("size", [1, 3])
def test_a_batch_that_keeps_exceptions_does_not_keep_a_recursion_error(
    mode: Mode, program: Runnable[str, str], size: int
) -> None:
    with pytest.raises(RecursionError):
        within(lambda: mode.outcomes(program, ["a"] * size))


@pytest.mark.parametrize("program", list(DEEP.values()), ids=list(DEEP))
@pytest.mark.parametrize("size", [1, 3])
def test_nor_does_one_that_gives_results_as_they_come(program: Runnable[str, str], size: int) -> None:
    with pytest.raises(RecursionError):
        within(lambda: list(program.batch_as_completed(["a"] * size, return_exceptions=True)))
    with pytest.raises(RecursionError):
        within(lambda: run(alist(program.abatch_as_completed(["a"] * size, return_exceptions=True))))


@every_policy
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit], ids=lambda error: error.__name__)
def test_keyboard_interrupt_and_exit_leave_an_async_run(
    error: type[BaseException], policy: Callable[[Callable[[str], str]], Runnable[str, object]]
) -> None:
    flaky = Flaky(9, error)
    with pytest.raises(error):
        asyncio.run(policy(flaky).ainvoke("a"))
    assert flaky.tries == 1


@every_policy
def test_a_leaf_that_raises_cancelled_error_cancels_an_async_run(
    policy: Callable[[Callable[[str], str]], Runnable[str, object]],
) -> None:
    tries: list[str] = []

    @lift
    async def cancelled(text: str) -> str:
        tries.append(text)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(policy(cancelled).ainvoke("a"))
    assert len(tries) == 1


def recurse(number: int) -> int:
    return recurse(number + 1) + 1


@both
def test_an_endless_recursion_in_a_leaf_is_run_once_under_nested_retries(mode: Mode) -> None:
    runs: list[int] = []

    def endless(number: int) -> int:
        runs.append(number)
        return recurse(number)

    program: Runnable[int, int] = lift(endless)
    for _ in range(5):
        program = with_retry(program, delays=[0])
    with pytest.raises(RecursionError):
        mode.invoke(program, 1)
    assert len(runs) == 1


@both
@pytest.mark.parametrize("error", [KeyboardInterrupt, RecursionError], ids=lambda error: error.__name__)
def test_what_is_never_caught_is_not_caught_in_a_stream_either(mode: Mode, error: type[BaseException]) -> None:
    tries: list[str] = []

    def fail(text: str) -> Iterator[str]:
        tries.append(text)
        yield throw(error)

    calls = Calls()
    program = with_fallbacks(with_retry(lift_stream(fail), delays=[0]), calls)
    with pytest.raises(error):
        within(lambda: mode.stream(program, "a"))
    assert tries == ["a"]
    assert calls.values == []


# StopIteration


def stop(value: object) -> str:
    return next(iter(()))


def stop_predicate(value: object) -> bool:
    return bool(next(iter(())))


async def astop(value: object) -> str:
    return next(iter(()))


def stop_stream(value: str) -> Iterator[str]:
    yield value
    next(iter(()))


def stop_before_the_stream(value: str) -> Iterator[str]:
    return iter([stop(value)])


async def astop_stream(value: str) -> AsyncIterator[str]:
    yield value
    next(iter(()))


def stop_transform(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield chunk
        next(iter(()))


def stop_group(texts: Sequence[str]) -> Sequence[str]:
    return [next(iter(()))]


class StopObject:
    def __call__(self, text: str) -> str:
        raise StopIteration("from an object")


STOPPING: dict[str, Runnable[str, object]] = {
    "lift": lift(stop),
    "lift, not blocking": lift(stop, blocking=False),
    "lift of an object": lift(StopObject()),
    "lift of an async function": lift(astop),
    "lift_stream": lift_stream(stop_stream),
    "lift_stream, before its first chunk": lift_stream(stop_before_the_stream),
    "lift_stream of an async iterator": lift_stream(astop_stream),
    "lift_transform": lift_transform(stop_transform),
    "lift_batch": lift_batch(stop_group),
    "map_chunks": map_chunks(stop),
    "first of a pipe": pipe(stop, shout),
    "last of a pipe": pipe(shout, exclaim, stop),
    "after a stream": pipe(lift_stream(letters), map_chunks(stop)),
    "parallel": parallel(shout, stop),
    "parallel, keyed": parallel(a=stop, b=shout),
    "map_batch": pipe(list, map_batch(stop)),
    "branch, step": branch((bool, stop), default=shout),
    "branch, predicate": branch((stop_predicate, shout), default=shout),
    "with_retry": with_retry(stop, delays=[0]),
    "with_fallbacks": with_fallbacks(stop, stop),
    "with_timeout": with_timeout(stop, 60.0),
}


@every_way
@pytest.mark.parametrize("program", list(STOPPING.values()), ids=list(STOPPING))
def test_a_stop_iteration_that_escapes_a_leaf_is_a_runtime_error_caused_by_it(
    way: Way, program: Runnable[str, object]
) -> None:
    with pytest.raises(RuntimeError) as caught:
        way(program, "ab")
    assert isinstance(caught.value.__cause__, StopIteration)
    assert len([note for note in notes(caught.value) if note.startswith("in step")]) == 1


@both
def test_a_stop_iteration_can_be_attempted_as_the_runtime_error(mode: Mode) -> None:
    failed = mode.invoke(attempt(stop), "a")
    assert isinstance(failed, Failure)
    assert isinstance(failed.failure(), RuntimeError)
    assert isinstance(failed.failure().__cause__, StopIteration)


@both
def test_a_stop_iteration_has_fallbacks_and_retries_as_the_runtime_error(mode: Mode) -> None:
    assert mode.invoke(with_fallbacks(stop, shout, on=(RuntimeError,)), "a") == "A"
    assert mode.invoke(with_retry(Flaky(1, StopIteration), on=(RuntimeError,), delays=[0]), "a") == "A"


@both
def test_a_stop_iteration_in_a_batch_is_returned_as_the_runtime_error(mode: Mode) -> None:
    (outcome,) = mode.outcomes(lift(stop), ["a"])
    assert isinstance(outcome, RuntimeError)
    assert isinstance(outcome.__cause__, StopIteration)


@both
def test_a_stop_iteration_never_ends_a_stream_quietly(mode: Mode) -> None:
    told, error = mode.until_error(pipe(lift_stream(letters), lift_transform(stop_transform)), ["abc"])
    assert told == ["a"]
    assert isinstance(error, RuntimeError)
    mapped, mapping_error = mode.until_error(pipe(lift_stream(letters), map_chunks(stop)), ["abc"])
    assert mapped == []
    assert isinstance(mapping_error, RuntimeError)


@both
def test_a_failed_group_of_a_batch_function_fails_each_of_its_items(mode: Mode) -> None:
    def picky(texts: Sequence[str]) -> Sequence[str]:
        if "b" in texts:
            raise ValueError("a bad group")
        return [text.upper() for text in texts]

    outcomes = mode.outcomes(lift_batch(picky, max_batch_size=2), ["a", "b", "c", "d"])
    assert outcomes[2:] == ["C", "D"]
    assert [str(outcome) for outcome in outcomes[:2]] == ["a bad group"] * 2
    assert all(isinstance(outcome, ValueError) for outcome in outcomes[:2])
    assert mode.outcomes(wrong(pipe(exclaim, lift_batch(picky))), ["x"]) == ["X!"]
