"""Section 5: groups of ``lift_batch`` under limits: of the call, of ``map_batch``, of a part of the program."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from runlaw import RunConfig, Runnable, lift, lift_batch, map_batch, pipe, with_config
from runlaw.events import Event

from .modes import Mode, both
from .support import within

Program = Runnable[Any, Any]  # Any: programs of all types


class Gauge:
    """How many are at work at one time at most."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = self.peak = self.entered = 0

    def step(self, value: Any) -> Any:  # Any: values of all types
        self.enter()
        time.sleep(0.002)
        self.leave()
        return value

    def group(self, values: Sequence[Any]) -> list[Any]:  # Any: as above
        return [*self.step(values)]

    async def agroup(self, values: Sequence[Any]) -> list[Any]:  # Any: as above
        self.enter()
        await asyncio.sleep(0.002)
        self.leave()
        return list(values)

    def enter(self) -> None:
        with self.lock:
            self.entered += 1
            self.now += 1
            self.peak = max(self.peak, self.now)

    def leave(self) -> None:
        with self.lock:
            self.now -= 1


def of_call(leaf: Program, gauge: Gauge) -> tuple[Program, RunConfig]:
    return map_batch(leaf), {"max_concurrency": 2}


def of_map_batch(leaf: Program, gauge: Gauge) -> tuple[Program, RunConfig]:
    return map_batch(leaf, max_concurrency=2), {}


def of_leaf(leaf: Program, gauge: Gauge) -> tuple[Program, RunConfig]:
    return map_batch(pipe(str, with_config(leaf, max_concurrency=2))), {}


def of_pipe(leaf: Program, gauge: Gauge) -> tuple[Program, RunConfig]:
    return map_batch(with_config(pipe(lift(gauge.step), leaf, lift(gauge.step)), max_concurrency=2)), {}


def of_pipe_inside(leaf: Program, gauge: Gauge) -> tuple[Program, RunConfig]:
    inner = with_config(pipe(with_config(leaf, max_concurrency=4), lift(gauge.step)), max_concurrency=2)
    return map_batch(pipe(str, inner)), {}


@both
@pytest.mark.parametrize("watched", [False, True], ids=["", "watched"])
@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync leaf", "async leaf"])
@pytest.mark.parametrize("limit", [of_call, of_map_batch, of_leaf, of_pipe, of_pipe_inside])
def test_as_many_groups_run_as_the_limit_says(
    mode: Mode,
    limit: Callable[[Program, Gauge], tuple[Program, RunConfig]],
    asynchronous: bool,
    watched: bool,
) -> None:
    gauge = Gauge()
    program, config = limit(lift_batch(gauge.agroup if asynchronous else gauge.group, max_batch_size=3), gauge)
    heard: list[Event] = []
    if watched:
        config["listeners"] = [heard.append]
    values = [str(number) for number in range(24)]
    assert within(lambda: mode.invoke(program, values, config)) == values
    assert gauge.peak == 2
    assert gauge.entered >= 8


def test_a_limit_of_1_holds_no_place_that_a_group_needs_for_what_it_calls() -> None:
    async def step(value: int) -> int:
        await asyncio.sleep(0.001)
        return value + 1

    inner = lift(step)

    async def group(values: Sequence[int]) -> list[int]:
        return [await inner.ainvoke(value) for value in values]

    heard: list[Event] = []
    program = map_batch(lift_batch(group, max_batch_size=1))
    quiet: RunConfig = {"max_concurrency": 1}
    for config in (quiet, quiet | {"listeners": [heard.append]}):
        assert within(partial(asyncio.run, program.ainvoke([1, 2, 3], config))) == [2, 3, 4]
