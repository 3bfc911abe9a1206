"""Sections 5 and 9: a leaf that holds streams open keeps its place, and limits hold across ways of running."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from runlaw import (
    RunConfig,
    Runnable,
    lift,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pipe,
    with_config,
    with_timeout,
)

from .modes import Mode, both
from .support import Gauge, alist, exclaim, letters, run, shout, within

Leaf = Callable[[str], list[str]]
AsyncLeaf = Callable[[str], Awaitable[list[str]]]
LimitedWay = Callable[[Runnable[int, object], RunConfig], None]
LIMITS = pytest.mark.parametrize("limit", [1, 2, 3])
spell = lift_stream(letters)
both_cases = parallel(upper=str.upper, lower=str.lower)


@lift_stream
async def aspell(text: str) -> AsyncIterator[str]:
    for letter in text:
        yield letter


@lift
async def ashout(text: str) -> str:
    return text.upper()


def zipped(text: str) -> list[str]:
    return [one + other for one, other in zip(spell.stream(text), spell.stream(text), strict=True)]


def called_for_each(text: str) -> list[str]:
    return [both_cases(letter)["upper"] for letter in spell.stream(text)]


def called_at_the_first(text: str) -> list[str]:
    chunks = (spell | parallel(a=map_chunks(shout), b=map_chunks(exclaim))).stream(text)
    first = next(chunks)
    found = [both_cases(letter)["upper"] for letter in text]
    chunks.close()
    return found if first else []


async def azipped(text: str) -> list[str]:
    other = aspell.astream(text)
    return [letter + await anext(other) async for letter in aspell.astream(text)]


async def acalled_for_each(text: str) -> list[str]:
    return [await ashout.ainvoke(letter) async for letter in aspell.astream(text)]


@LIMITS
@pytest.mark.parametrize(
    ("leaf", "expected"),
    [(zipped, ["aa", "bb"]), (called_for_each, ["A", "B"]), (called_at_the_first, ["A", "B"])],
)
def test_a_leaf_runs_others_while_it_holds_a_stream_open(leaf: Leaf, expected: list[str], limit: int) -> None:
    program: Runnable[str, list[str]] = lift(leaf)
    config: RunConfig = {"max_concurrency": limit}
    assert within(lambda: program.invoke("ab", config)) == expected
    assert within(lambda: program.batch(["ab"] * 4, config)) == [expected] * 4
    assert within(lambda: run(program.ainvoke("ab", config))) == expected


@LIMITS
@pytest.mark.parametrize(("leaf", "expected"), [(azipped, ["aa", "bb"]), (acalled_for_each, ["A", "B"])])
def test_so_does_an_async_leaf(leaf: AsyncLeaf, expected: list[str], limit: int) -> None:
    program: Runnable[str, list[str]] = lift(leaf)
    config: RunConfig = {"max_concurrency": limit}
    assert within(lambda: run(program.ainvoke("ab", config))) == expected
    assert within(lambda: run(program.abatch(["ab"] * 4, config))) == [expected] * 4


@lift_transform
def in_time(chunks: Iterator[str]) -> Iterator[str]:
    yield from with_timeout(map_chunks(str.upper), 60).transform(chunks)


def each_chunk(chunks: Iterator[str]) -> Iterator[str]:
    return (chunk for chunk in chunks)


@lift_transform
def passed_on(chunks: Iterator[str]) -> Iterator[str]:
    yield from lift_transform(each_chunk).transform(chunks)


@lift_transform
def one_by_one(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield both_cases(chunk)["upper"]


@both
@LIMITS
@pytest.mark.parametrize(
    "program",
    [
        spell | in_time,
        spell | in_time | in_time,
        spell | in_time | in_time | in_time | in_time,
        spell | passed_on | one_by_one | passed_on,
    ],
)
def test_transforms_that_run_others_on_their_input_never_deadlock(
    mode: Mode, program: Runnable[str, str], limit: int
) -> None:
    config: RunConfig = {"max_concurrency": limit}
    assert within(lambda: mode.stream(program, "ab", config)) == ["A", "B"]
    assert within(lambda: mode.invoke(program, "ab", config)) == "AB"


def test_what_a_leaf_leaves_open_is_closed_without_a_deadlock() -> None:
    def first(text: str) -> str:
        return next(spell.stream(text))

    async def afirst(text: str) -> str:
        return await anext(aspell.astream(text))

    one: RunConfig = {"max_concurrency": 1}
    assert within(lambda: lift(first).batch(["ab"] * 4, one)) == ["a"] * 4
    assert within(lambda: run(lift(afirst).abatch(["ab"] * 4, one))) == ["a"] * 4
    assert within(lambda: run(alist(pipe(lift(afirst), aspell).astream("ab", one)))) == ["a"]


class Work:
    """A leaf in both ways, that counts how many of it run at one time, and programs that call eight of it."""

    def __init__(self, kind: str) -> None:
        self.gauge = Gauge()
        self.leaf: Runnable[int, int] = lift(self.asynchronous) if kind == "async" else lift(self.sync)

    def sync(self, number: int) -> int:
        with self.gauge:
            time.sleep(0.005)
            return number

    async def asynchronous(self, number: int) -> int:
        with self.gauge:
            await asyncio.sleep(0.005)
            return number

    def eight(self, number: int) -> list[int]:
        return map_batch(self.leaf).invoke([number] * 8)

    async def aeight(self, number: int) -> list[int]:
        return await map_batch(self.leaf).ainvoke([number] * 8)


def number_of(number: int) -> int:
    return number


async def anumber_of(number: int) -> int:
    return number


def limited_run(program: Runnable[int, object], one: RunConfig) -> None:
    program.invoke(0, one)


def limited_async_run(program: Runnable[int, object], one: RunConfig) -> None:
    run(program.ainvoke(0, one))


def limited_part(program: Runnable[int, object], one: RunConfig) -> None:
    pipe(lift(number_of), with_config(program, max_concurrency=1)).invoke(0)


def limited_async_part(program: Runnable[int, object], one: RunConfig) -> None:
    run(pipe(lift(number_of), with_config(program, max_concurrency=1)).ainvoke(0))


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("way", [limited_run, limited_async_run, limited_part, limited_async_part])
def test_the_limit_bounds_what_a_leaf_calls_in_either_way(kind: str, way: LimitedWay) -> None:
    work = Work(kind)
    within(lambda: way(lift(work.eight), {"max_concurrency": 1}))
    assert work.gauge.peak == 1
    work = Work(kind)
    in_both = pipe(lift(anumber_of), work.eight)
    within(lambda: way(in_both, {"max_concurrency": 1}))
    assert work.gauge.peak == 1


@pytest.mark.parametrize("way", [limited_async_run, limited_async_part])
def test_the_limit_bounds_what_an_async_leaf_calls(way: LimitedWay) -> None:
    work = Work("async")
    within(lambda: way(lift(work.aeight), {"max_concurrency": 1}))
    assert work.gauge.peak == 1


def test_without_a_limit_what_a_leaf_calls_is_not_bounded() -> None:
    work = Work("async")
    within(lambda: parallel(work.eight, work.eight).invoke(0))
    assert work.gauge.peak > 1


def test_a_leaf_that_calls_another_is_not_followed_by_the_next_before_it_has_ended() -> None:
    order: list[str] = []
    inner = lift(str.upper)

    def outer(text: str) -> str:
        order.append(f"{text} begins")
        result = inner(text)
        order.append(f"{text} ends")
        return result

    lift(outer).batch(["a", "b", "c"], {"max_concurrency": 1})
    assert order == ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]


@both
@LIMITS
def test_a_stream_that_outlives_its_leaf_or_its_run_can_still_be_read(mode: Mode, limit: int) -> None:
    config: RunConfig = {"max_concurrency": limit}

    def begin(text: str) -> Iterator[str]:
        chunks = spell.stream(text)
        next(chunks)
        return chunks

    def rest(chunks: Iterator[str]) -> list[str]:
        return list(chunks)

    begun = within(lambda: mode.batch(mode.leaf(begin), ["ab", "cd", "ef"], config))
    assert within(lambda: [list(chunks) for chunks in begun]) == [["b"], ["d"], ["f"]]
    both_steps = pipe(mode.leaf(begin), mode.leaf(rest))
    assert within(lambda: mode.batch(both_steps, ["ab", "cd", "ef"], config)) == [["b"], ["d"], ["f"]]
    assert within(lambda: list(mode.invoke(mode.leaf(begin), "ab", config))) == ["b"]


def test_so_can_an_async_one() -> None:
    async def begin(text: str) -> AsyncIterator[str]:
        chunks = aspell.astream(text)
        await anext(chunks)
        return chunks

    async def scenario() -> list[list[str]]:
        begun = await lift(begin).abatch(["ab", "cd", "ef"], {"max_concurrency": 1})
        return [[chunk async for chunk in chunks] for chunks in begun]

    assert within(lambda: run(scenario())) == [["b"], ["d"], ["f"]]


def test_the_limit_holds_for_every_value_of_a_quick_batch() -> None:
    work = Work("sync")
    program = lift(work.eight, blocking=False)
    within(lambda: program.batch([0, 1, 2], {"max_concurrency": 1}))
    assert work.gauge.peak == 1
