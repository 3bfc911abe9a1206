"""Section 5: one limit for the whole run, which never deadlocks."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial

import pytest

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    parallel,
    pipe,
    with_fallbacks,
    with_retry,
    with_timeout,
)

from .modes import Mode, both
from .support import PATIENCE, Boom, Gauge, boom, increment, length, long_pipe, run, shout, upper_chunks, within, wrong

LIMITS = pytest.mark.parametrize("limit", [1, 2, 3])


class Work:
    """Leaves that count how many of them run at one time."""

    def __init__(self) -> None:
        self.gauge = Gauge()

    def sync(self, number: int) -> int:
        with self.gauge:
            time.sleep(0.001)
            return number + 1

    async def asynchronous(self, number: int) -> int:
        with self.gauge:
            await asyncio.sleep(0.001)
            return number + 1

    def chunks(self, number: int) -> Iterator[str]:
        with self.gauge:
            for text in str(number):
                time.sleep(0.001)
                yield text

    def leaf(self, kind: str) -> Runnable[int, int]:
        return lift(self.asynchronous) if kind == "async" else lift(self.sync)


kinds = pytest.mark.parametrize("kind", ["sync", "async"])


def spread(number: int) -> list[int]:
    return [number] * 4


def total(numbers: Sequence[int]) -> int:
    return sum(numbers)


def add_pair(pair: tuple[int, int]) -> int:
    return pair[0] + pair[1]


def add_lists(pair: tuple[list[int], list[int]]) -> int:
    return sum(pair[0]) + sum(pair[1])


@both
@kinds
@LIMITS
def test_batch_obeys_max_concurrency(mode: Mode, kind: str, limit: int) -> None:
    work = Work()
    results = within(lambda: mode.batch(work.leaf(kind), list(range(12)), {"max_concurrency": limit}))
    assert results == list(range(1, 13))
    assert work.gauge.peak <= limit
    assert work.gauge.entered == 12


@both
@kinds
@LIMITS
def test_batch_as_completed_obeys_max_concurrency(mode: Mode, kind: str, limit: int) -> None:
    work = Work()
    results = within(lambda: mode.as_completed(work.leaf(kind), list(range(12)), {"max_concurrency": limit}))
    assert sorted(results) == [(n, n + 1) for n in range(12)]
    assert work.gauge.peak <= limit


@both
@kinds
@LIMITS
def test_parallel_obeys_max_concurrency(mode: Mode, kind: str, limit: int) -> None:
    work = Work()
    leaf = work.leaf(kind)
    program = parallel(leaf, leaf, leaf, leaf, leaf, leaf)
    assert within(lambda: mode.invoke(program, 1, {"max_concurrency": limit})) == (2,) * 6
    assert within(lambda: mode.stream(program, 1, {"max_concurrency": limit})) == [(2,) * 6]
    assert work.gauge.peak <= limit


@both
@kinds
@LIMITS
def test_the_limit_is_one_for_the_whole_run_however_deeply_it_nests(mode: Mode, kind: str, limit: int) -> None:
    work = Work()
    leaf = work.leaf(kind)
    inner = pipe(parallel(leaf, pipe(leaf, leaf)), add_pair)
    middle = pipe(spread, parallel(map_batch(inner), map_batch(pipe(leaf, inner))), add_lists)
    program = pipe(spread, map_batch(middle), total)
    expected = [program.invoke(number) for number in range(3)]
    work.gauge.peak = 0
    assert within(lambda: mode.batch(program, list(range(3)), {"max_concurrency": limit})) == expected
    assert work.gauge.peak <= limit


@both
@pytest.mark.parametrize("limit", [2, 4])
def test_as_many_leaves_run_at_one_time_as_the_limit_allows(mode: Mode, limit: int) -> None:
    together = threading.Barrier(limit)

    def meet(number: int) -> int:
        together.wait(PATIENCE)
        return number

    config_values = list(range(limit * 3))
    assert within(lambda: mode.batch(lift(meet), config_values, {"max_concurrency": limit})) == config_values
    nested = pipe(spread, map_batch(parallel(meet, meet)))
    assert len(within(lambda: mode.invoke(nested, 1, {"max_concurrency": limit}))) == 4


@both
@kinds
@pytest.mark.parametrize("depth", [1, 5, 12])
def test_a_limit_of_one_never_deadlocks(mode: Mode, kind: str, depth: int) -> None:
    work = Work()
    program: Runnable[int, int] = work.leaf(kind)
    for _ in range(depth):
        program = pipe(parallel(program, work.leaf(kind)), add_pair)
    expected = program.invoke(1)
    work.gauge.peak = 0
    assert within(lambda: mode.invoke(program, 1, {"max_concurrency": 1})) == expected
    assert "".join(map(str, within(lambda: mode.stream(program, 1, {"max_concurrency": 1})))) == str(expected)
    assert work.gauge.peak == 1


@both
@kinds
def test_a_limit_of_one_never_deadlocks_inside_any_combinator(mode: Mode, kind: str) -> None:
    work = Work()
    leaf = work.leaf(kind)

    def is_zero(number: int) -> bool:
        return number == 0

    programs: list[Runnable[int, object]] = [
        parallel(with_retry(leaf, delays=[0]), with_timeout(leaf, 60.0)),
        parallel(with_fallbacks(wrong(boom), leaf), attempt(leaf)),
        parallel(branch((is_zero, leaf), default=pipe(parallel(leaf, leaf), add_pair)), leaf),
        parallel(pipe(leaf, lift_stream(work.chunks)), pipe(leaf, lift_stream(work.chunks))),
        parallel(a=pipe(leaf, lift_stream(work.chunks)), b=parallel(c=leaf, d=leaf)),
        with_timeout(with_retry(parallel(leaf, with_timeout(parallel(leaf, leaf), 60.0)), delays=[0]), 60.0),
        pipe(spread, map_batch(map_batch_of(leaf), max_concurrency=3)),
        pipe(parallel(a=leaf, b=leaf), wrong(assign(c=pipe(len, leaf), d=pipe(len, leaf)))),
    ]
    for program in programs:
        for limit in (1, 2):
            within(partial(mode.invoke, program, 1, {"max_concurrency": limit}))
            within(partial(mode.stream, program, 1, {"max_concurrency": limit}))
            within(partial(mode.batch, program, [1, 2], {"max_concurrency": limit}))
            assert work.gauge.peak <= limit
            work.gauge.peak = 0
            assert work.gauge.now == 0


def map_batch_of(leaf: Runnable[int, int]) -> Runnable[int, list[int]]:
    return pipe(spread, map_batch(leaf))


@both
def test_a_leaf_that_calls_a_runnable_lends_it_its_place(mode: Mode) -> None:
    work = Work()
    inner = lift(work.sync)

    def call(number: int) -> int:
        return inner(number)

    def batch(number: int) -> int:
        return sum(inner.batch([number] * 4))

    def stream(number: int) -> int:
        return sum(inner.stream(number))

    def deeper(number: int) -> int:
        return sum(lift(batch).batch([number, number]))

    for fn in (call, batch, stream, deeper):
        program = parallel(fn, fn, fn)
        results = within(partial(mode.batch, program, [1, 2], {"max_concurrency": 1}))
        assert len(results) == 2
        assert work.gauge.peak == 1


def test_an_async_leaf_that_awaits_a_runnable_lends_it_its_place() -> None:
    work = Work()
    inner = lift(work.asynchronous)

    @lift
    async def batch(number: int) -> int:
        return sum(await inner.abatch([number] * 4)) + await inner.ainvoke(number)

    program = parallel(batch, batch, batch)
    results = within(lambda: run(program.ainvoke(1, {"max_concurrency": 1})))
    assert results == (10, 10, 10)
    assert work.gauge.peak == 1


@both
def test_the_smallest_of_nested_limits_holds(mode: Mode) -> None:
    for inner, outer in ((1, 3), (3, 1)):
        work = Work()
        limited = lift(work.sync).map_batch().with_config(max_concurrency=inner)
        assert len(within(partial(mode.invoke, limited, list(range(8)), {"max_concurrency": outer}))) == 8
        assert work.gauge.peak == 1


@both
def test_the_limit_of_a_map_batch_holds_for_what_is_inside_it(mode: Mode) -> None:
    work = Work()
    program = map_batch(pipe(parallel(work.sync, work.sync), add_pair), max_concurrency=2)
    assert len(within(lambda: mode.invoke(program, list(range(6)), {"max_concurrency": 5}))) == 6
    assert work.gauge.peak <= 2


@both
def test_a_streaming_pipe_holds_one_place_from_start_to_close(mode: Mode) -> None:
    work = Work()
    program = pipe(increment, lift_stream(work.chunks), lift_stream(letters_of))
    numbers = [123456] * 6
    assert within(lambda: mode.batch(program, numbers, {"max_concurrency": 2})) == ["123457"] * 6
    assert work.gauge.peak <= 2


def letters_of(text: str) -> Iterator[str]:
    yield from text


@both
def test_a_streaming_pipe_of_more_steps_than_there_are_threads_does_not_deadlock(mode: Mode) -> None:
    program = long_pipe([lift_transform(upper_chunks), lift(shout)] * 40)
    assert within(lambda: mode.stream(program, "ab")) == ["AB"]
    assert within(lambda: mode.stream(program, "ab", {"max_concurrency": 1})) == ["AB"]
    assert within(lambda: mode.batch(program, ["ab"] * 40, {"max_concurrency": 3})) == ["AB"] * 40


@both
@LIMITS
def test_a_group_of_a_batch_function_takes_one_place(mode: Mode, limit: int) -> None:
    gauge = Gauge()

    def group(numbers: Sequence[int]) -> Sequence[int]:
        with gauge:
            time.sleep(0.002)
            return [number + 1 for number in numbers]

    leaf = lift_batch(group, max_batch_size=2)
    assert within(lambda: mode.batch(leaf, list(range(12)), {"max_concurrency": limit})) == list(range(1, 13))
    assert gauge.peak <= limit
    assert gauge.entered == 6


@both
def test_an_abandoned_leaf_no_longer_counts_under_the_limit(mode: Mode) -> None:
    release = threading.Event()

    def block(text: str) -> str:
        release.wait(PATIENCE)
        return text

    try:
        program = with_fallbacks(with_timeout(block, 0.05), shout)
        assert within(lambda: mode.invoke(program, "a", {"max_concurrency": 1}), PATIENCE / 2) == "A"
    finally:
        release.set()


@both
@kinds
def test_a_failing_leaf_gives_its_place_back(mode: Mode, kind: str) -> None:
    work = Work()
    program = attempt(pipe(work.leaf(kind), wrong(boom)))
    outcomes = within(lambda: mode.batch(program, list(range(6)), {"max_concurrency": 1}))
    assert len(outcomes) == 6
    assert work.gauge.peak == 1
    with pytest.raises(Boom):
        within(lambda: mode.batch(pipe(work.leaf(kind), wrong(boom)), list(range(6)), {"max_concurrency": 1}))


@both
def test_without_a_limit_at_most_32_leaves_run_in_threads_at_one_time(mode: Mode) -> None:
    work = Work()
    assert len(within(lambda: mode.batch(lift(work.sync), list(range(200))))) == 200
    assert 1 < work.gauge.peak <= 32
    work.gauge.peak = 0
    nested = pipe(spread, map_batch(parallel(work.sync, work.sync, work.sync, work.sync)))
    within(lambda: mode.batch(nested, list(range(10))))
    assert 1 < work.gauge.peak <= 32


def test_threads_do_not_pile_up() -> None:
    work = Work()
    before = threading.active_count()
    for _ in range(5):
        within(lambda: lift(work.sync).batch(list(range(64))))
    assert threading.active_count() <= before + 33


def test_without_a_limit_async_leaves_all_run_at_one_time() -> None:
    async def scenario() -> int:
        gauge = Gauge()
        everyone = asyncio.Event()

        async def meet(number: int) -> int:
            with gauge:
                if gauge.now == 100:
                    everyone.set()
                await everyone.wait()
                return number

        await lift(meet).abatch(list(range(100)))
        return gauge.peak

    assert within(lambda: run(scenario())) == 100


@both
@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(mode: Mode, limit: int) -> None:
    with pytest.raises(ValueError, match="max_concurrency"):
        mode.invoke(lift(shout), "a", {"max_concurrency": limit})
    with pytest.raises(ValueError, match="max_concurrency"):
        mode.batch(lift(shout), ["a"], {"max_concurrency": limit})


def test_quick_branches_start_no_thread() -> None:
    seen: set[int] = set()

    def here(text: str) -> int:
        seen.add(threading.get_ident())
        return len(text)

    quick = lift(here, blocking=False)
    assert parallel(quick, quick, quick).invoke("a") == (1, 1, 1)
    assert quick.batch(["a", "b"]) == [1, 1]
    assert map_batch(quick).invoke(["a"]) == [1]
    assert parallel(quick, length, quick).invoke("a") == (1, 1, 1)
    assert seen == {threading.get_ident()}
