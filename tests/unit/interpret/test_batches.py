"""Batches in every way: of no values, of some that fail, of leaves of every kind; and runs inside leaves of others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from runlaw import Runnable, lift, lift_batch, map_batch, pipe, with_config, with_retry, with_timeout, with_types
from runlaw.interpret.group import takes_groups

Program = Runnable[Any, Any]  # Any: programs of all types
Way = Callable[..., dict[int, Any]]  # Any: results


def in_order(program: Program, values: list[int], keep: bool) -> dict[int, Any]:  # Any: as above
    return dict(enumerate(program.batch(values, return_exceptions=keep)))


def as_completed(program: Program, values: list[int], keep: bool) -> dict[int, Any]:  # Any: as above
    return dict(program.batch_as_completed(values, return_exceptions=keep))


def ain_order(program: Program, values: list[int], keep: bool) -> dict[int, Any]:  # Any: as above
    return dict(enumerate(asyncio.run(program.abatch(values, return_exceptions=keep))))


def aas_completed(program: Program, values: list[int], keep: bool) -> dict[int, Any]:  # Any: as above
    async def read() -> dict[int, Any]:  # Any: as above
        return {index: result async for index, result in program.abatch_as_completed(values, return_exceptions=keep)}

    return asyncio.run(read())


every_way = pytest.mark.parametrize("way", [in_order, as_completed, ain_order, aas_completed])


def inverse(value: int) -> float:
    return 6 / value


async def ainverse(value: int) -> float:
    return 6 / value


def inverses(values: Sequence[int]) -> list[float]:
    return [6 / value for value in values]


async def ainverses(values: Sequence[int]) -> list[float]:
    return [6 / value for value in values]


def same(value: Any) -> Any:  # Any: as above
    return value


EACH: dict[str, Program] = {
    "quick": lift(inverse, blocking=False),
    "blocking": lift(inverse),
    "async": lift(ainverse),
    "steps": pipe(same, inverse, same),
    "limited": with_config(inverse, max_concurrency=2),
    "timed": with_timeout(lift(inverse), 20),
}
GROUPS: dict[str, Program] = {
    "group": lift_batch(inverses),
    "async group": lift_batch(ainverses),
    "steps around a group": pipe(same, lift_batch(inverses), same),
    "a group within": with_types(with_config(lift_batch(inverses), tags=["t"]), output=float),
}
every_program = pytest.mark.parametrize("program", [*EACH.values(), *GROUPS.values()], ids=[*EACH, *GROUPS])


@every_way
@every_program
def test_a_batch_of_values(way: Way, program: Program) -> None:
    assert way(program, [], False) == {}
    assert way(program, [], True) == {}
    assert way(program, [1], False) == {0: 6}
    assert way(program, [1, 2, 3], False) == {0: 6, 1: 3, 2: 2}
    assert asyncio.run(map_batch(program).ainvoke([1, 2])) == map_batch(program).invoke([1, 2]) == [6, 3]


@every_way
@pytest.mark.parametrize("program", EACH.values(), ids=list(EACH))
def test_values_that_fail(way: Way, program: Program) -> None:
    with pytest.raises(ZeroDivisionError):
        way(program, [1, 0, 3], False)
    results = way(program, [1, 0, 3, 0], True)
    assert {index: results[index] for index in (0, 2)} == {0: 6, 2: 2}
    assert [type(results[index]) for index in (1, 3)] == [ZeroDivisionError] * 2
    (note,) = results[1].__notes__
    assert note.endswith("inverse")


@every_way
@pytest.mark.parametrize("program", GROUPS.values(), ids=list(GROUPS))
def test_a_group_that_fails_fails_each_of_its_values(way: Way, program: Program) -> None:
    with pytest.raises(ZeroDivisionError):
        way(program, [1, 0], False)
    assert [type(result) for result in way(program, [1, 0], True).values()] == [ZeroDivisionError] * 2


def test_which_programs_are_called_with_groups() -> None:
    group: Program = lift_batch(inverses)
    for program in (*GROUPS.values(), pipe(same, pipe(group, same))):
        assert takes_groups(program.node)
    for program in (*EACH.values(), map_batch(group), with_retry(group), pipe(same, with_retry(group))):
        assert not takes_groups(program.node)


def test_a_leaf_that_gives_up_what_it_called_has_its_place_again() -> None:
    running: list[int] = []
    most: list[int] = []

    async def slow(value: int) -> int:
        running.append(value)
        most.append(len(running))
        try:
            await asyncio.sleep(60)
        finally:
            running.remove(value)
        return value

    inner = lift(slow)

    async def outer(value: int) -> int:
        try:
            async with asyncio.timeout(0.02):
                await asyncio.gather(*[inner.ainvoke(value + number) for number in (1, 2, 3)])
        except TimeoutError:
            most.append(len(running))
        return value

    program = map_batch(pipe(lift(outer), lift(outer)))
    assert asyncio.run(program.ainvoke([0, 10, 20], {"max_concurrency": 1})) == [0, 10, 20]
    assert max(most) == 1
    assert running == []


@pytest.mark.parametrize("count", [2, 3])
def test_blocking_items_run_at_the_same_time_in_streams_as_well(count: int) -> None:
    meeting = threading.Barrier(count)

    def meet(value: int) -> int:
        meeting.wait(20)
        return value

    values = list(range(count))
    assert map_batch(meet).invoke(values) == values
    assert list(map_batch(meet).stream(values)) == [[value] for value in values]
