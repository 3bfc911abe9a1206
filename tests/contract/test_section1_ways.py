"""Section 1: the ways of running a program."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator

import pytest

from runlaw import Runnable, identity, lift, lift_stream, parallel, pipe

from .modes import ASYNC, SYNC, Mode, both
from .support import (
    PATIENCE,
    Boom,
    Flaky,
    Gauge,
    Way,
    aiterate,
    ashout,
    boom,
    every_way,
    exclaim,
    letters,
    notes,
    run,
    shout,
    within,
)

TWINS = [
    "invoke",
    "stream",
    "transform",
    "batch",
    "batch_as_completed",
]


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize("program", [lift(shout), identity], ids=["leaf", "identity"])
def test_every_async_member_has_a_sync_twin(program: object, name: str) -> None:
    assert callable(getattr(program, name))
    assert callable(getattr(program, f"a{name}"))


@every_way
def test_one_value_in_one_value_out(way: Way) -> None:
    assert way(pipe(shout, exclaim), "ab") == "AB!"


@every_way
def test_all_ways_of_running_agree_over_sync_and_async_leaves(way: Way) -> None:
    program = pipe(exclaim, lift(ashout), lift_stream(letters), parallel(a=shout, b=lift(ashout)))
    assert dict(way(program, "ab")) == {"a": "AB!", "b": "AB!"}


@every_way
def test_all_ways_of_running_agree_in_their_errors(way: Way) -> None:
    with pytest.raises(Boom, match="no AB") as caught:
        way(pipe(shout, boom, exclaim), "ab")
    assert str(caught.value) == "no AB"
    assert len(notes(caught.value)) == 1


@every_way
def test_none_and_false_values_are_values_like_others(way: Way) -> None:
    def nothing(_: str) -> None:
        return None

    def is_none(value: object) -> bool:
        return value is None

    assert way(pipe(nothing, is_none), "") is True


def test_streams_are_generators() -> None:
    assert isinstance(lift(shout).stream("a"), Generator)
    assert isinstance(lift(shout).transform(iter(["a"])), Generator)
    assert isinstance(lift(shout).batch_as_completed(["a"]), Generator)


def test_async_streams_are_async_generators() -> None:
    async def scenario() -> None:
        streams: list[AsyncGenerator[object, None]] = [
            lift(shout).astream("a"),
            lift(shout).atransform(aiterate(["a"])),
            lift(shout).abatch_as_completed(["a"]),
        ]
        for stream in streams:
            assert isinstance(stream, AsyncGenerator)
            await stream.aclose()

    run(scenario())


def test_a_stream_may_be_closed_before_it_starts_and_more_than_once() -> None:
    gauge = Gauge()

    def touch(text: str) -> str:
        with gauge:
            return text

    chunks = lift(touch).stream("a")
    chunks.close()
    chunks.close()
    assert list(chunks) == []
    assert gauge.entered == 0


def test_an_async_stream_may_be_closed_before_it_starts_and_more_than_once() -> None:
    gauge = Gauge()

    def touch(text: str) -> str:
        with gauge:
            return text

    async def scenario() -> None:
        chunks = lift(touch).astream("a")
        await chunks.aclose()
        await chunks.aclose()
        assert [chunk async for chunk in chunks] == []

    run(scenario())
    assert gauge.entered == 0


@both
def test_the_output_in_chunks_adds_up_to_what_invoke_returns(mode: Mode) -> None:
    program = pipe(exclaim, lift_stream(letters))
    assert mode.stream(program, "abc") == ["a", "b", "c", "!"]
    assert mode.invoke(program, "abc") == "abc!"


@both
def test_transform_takes_chunks_and_gives_chunks(mode: Mode) -> None:
    assert mode.transform(pipe(shout, lift_stream(letters)), ["a", "b"]) == ["A", "B"]


@both
def test_batch_runs_many_values_with_their_order_kept(mode: Mode) -> None:
    assert mode.batch(lift(shout), [str(n) + "x" for n in range(100)]) == [f"{n}X" for n in range(100)]


def test_batch_keeps_the_order_though_the_later_value_finishes_first() -> None:
    second_is_done = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            assert second_is_done.wait(PATIENCE)
        else:
            second_is_done.set()
        return number

    assert within(lambda: lift(work).batch([0, 1])) == [0, 1]


def test_abatch_keeps_the_order_though_the_later_value_finishes_first() -> None:
    async def scenario() -> list[int]:
        second_is_done = asyncio.Event()

        async def work(number: int) -> int:
            if number == 0:
                await second_is_done.wait()
            else:
                second_is_done.set()
            return number

        return await lift(work).abatch([0, 1])

    assert within(lambda: run(scenario())) == [0, 1]


@both
def test_a_batch_of_nothing_is_empty(mode: Mode) -> None:
    assert mode.batch(lift(boom), []) == []
    assert mode.outcomes(lift(boom), []) == []
    assert mode.as_completed(lift(boom), []) == []


@both
def test_a_failing_value_of_a_batch_raises_its_error(mode: Mode) -> None:
    def picky(number: int) -> int:
        if number == 3:
            raise Boom("three")
        return number

    with pytest.raises(Boom, match="three"):
        mode.batch(lift(picky), list(range(6)))
    with pytest.raises(Boom, match="three"):
        mode.as_completed(lift(picky), list(range(6)))


@both
def test_return_exceptions_puts_each_error_in_its_place(mode: Mode) -> None:
    def picky(number: int) -> int:
        if number % 2:
            raise Boom(str(number))
        return number

    outcomes = mode.outcomes(lift(picky), [0, 1, 2, 3])
    assert [outcomes[0], outcomes[2]] == [0, 2]
    assert [str(outcomes[1]), str(outcomes[3])] == ["1", "3"]
    assert all(isinstance(outcome, Boom) for outcome in outcomes[1::2])


def test_return_exceptions_may_be_a_bool_known_only_at_run_time() -> None:
    for flag in (False, True):
        assert lift(shout).batch(["a"], return_exceptions=flag) == ["A"]
        assert run(lift(shout).abatch(["a"], return_exceptions=flag)) == ["A"]
        assert list(lift(shout).batch_as_completed(["a"], return_exceptions=flag)) == [(0, "A")]


def test_batch_as_completed_puts_errors_in_their_place_too() -> None:
    pairs = dict(lift(boom).batch_as_completed(["a", "b"], return_exceptions=True))
    assert sorted(pairs) == [0, 1]
    assert [str(pairs[0]), str(pairs[1])] == ["no a", "no b"]


@both
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit], ids=lambda error: error.__name__)
def test_return_exceptions_holds_for_exceptions_only(mode: Mode, error: type[BaseException]) -> None:
    with pytest.raises(error):
        mode.outcomes(lift(Flaky(10, error)), ["a", "b"])


@both
def test_batch_as_completed_gives_every_index_once(mode: Mode) -> None:
    pairs = mode.as_completed(lift(shout), ["a", "b", "c"])
    assert sorted(pairs) == [(0, "A"), (1, "B"), (2, "C")]


def test_batch_as_completed_gives_each_as_it_finishes() -> None:
    consumer_has_one = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            assert consumer_has_one.wait(PATIENCE)
        return number

    def scenario() -> list[tuple[int, int]]:
        pairs = lift(work).batch_as_completed([0, 1])
        first = next(pairs)
        consumer_has_one.set()
        return [first, *pairs]

    assert within(scenario) == [(1, 1), (0, 0)]


def test_abatch_as_completed_gives_each_as_it_finishes() -> None:
    async def scenario() -> list[tuple[int, int]]:
        consumer_has_one = asyncio.Event()

        async def work(number: int) -> int:
            if number == 0:
                await consumer_has_one.wait()
            return number

        pairs = lift(work).abatch_as_completed([0, 1])
        first = await anext(pairs)
        consumer_has_one.set()
        return [first, *[pair async for pair in pairs]]

    assert within(lambda: run(scenario())) == [(1, 1), (0, 0)]


@pytest.mark.parametrize("limit", [1, 2])
def test_closing_batch_as_completed_starts_nothing_more(limit: int) -> None:
    gauge = Gauge()

    def touch(number: int) -> int:
        with gauge:
            return number

    pairs = lift(touch).batch_as_completed(list(range(10_000)), {"max_concurrency": limit})
    next(pairs)
    pairs.close()
    entered = gauge.entered
    assert entered < 10_000
    assert lift(touch).invoke(1) == 1
    assert gauge.entered <= entered + 1 + limit


def test_closing_abatch_as_completed_cancels_what_is_running() -> None:
    cancelled: list[int] = []

    async def scenario() -> None:
        async def work(number: int) -> int:
            if number == 0:
                return number
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.append(number)
                raise
            return number

        pairs = lift(work).abatch_as_completed([0, 1, 2])
        assert await anext(pairs) == (0, 0)
        await pairs.aclose()

    within(lambda: run(scenario()))
    assert set(cancelled) <= {1, 2}


@both
def test_a_program_may_be_run_many_times_and_by_many_threads_at_once(mode: Mode) -> None:
    program: Runnable[str, str] = pipe(shout, lift_stream(letters), exclaim)
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(mode.invoke(program, "ab"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert results == ["AB!"] * 8


def test_sync_and_async_runs_of_one_program_may_be_mixed() -> None:
    program = pipe(shout, lift(ashout))
    assert SYNC.invoke(program, "a") == ASYNC.invoke(program, "a") == SYNC.invoke(program, "a") == "A"
