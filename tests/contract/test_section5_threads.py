"""Sections 5 and 9: threads, tasks, the event loop, siblings, cancellation."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import warnings
from contextvars import ContextVar
from functools import partial
from time import monotonic

import pytest

from runlaw import (
    RunConfig,
    Runnable,
    attempt,
    lift,
    lift_stream,
    map_batch,
    parallel,
    pipe,
    with_fallbacks,
    with_retry,
)

from .modes import Mode, both
from .support import (
    ASYNC_WAYS,
    PATIENCE,
    SYNC_WAYS,
    Boom,
    Calls,
    Way,
    aletters,
    ashout,
    boom,
    every_way,
    run,
    shout,
    until,
    within,
)

sync_ways = pytest.mark.parametrize("way", list(SYNC_WAYS.values()), ids=list(SYNC_WAYS))
async_ways = pytest.mark.parametrize("way", list(ASYNC_WAYS.values()), ids=list(ASYNC_WAYS))


def test_sync_runs_use_threads_for_the_branches_of_a_parallel() -> None:
    together = threading.Barrier(3)

    def meet(text: str) -> int:
        together.wait(PATIENCE)
        return threading.get_ident()

    assert len(set(within(lambda: parallel(meet, meet, meet).invoke("")))) == 3


def test_sync_runs_use_threads_for_the_values_of_a_batch_and_of_a_map_batch() -> None:
    together = threading.Barrier(3)

    def meet(text: str) -> str:
        together.wait(PATIENCE)
        return text

    assert within(lambda: lift(meet).batch(["a", "b", "c"])) == ["a", "b", "c"]
    assert within(lambda: map_batch(meet).invoke(["a", "b", "c"])) == ["a", "b", "c"]
    assert len(within(lambda: list(lift(meet).batch_as_completed(["a", "b", "c"])))) == 3


@async_ways
def test_async_runs_use_the_callers_event_loop(way: Way) -> None:
    loops: set[int] = set()
    threads: set[int] = set()

    async def look(text: str) -> str:
        loops.add(id(asyncio.get_running_loop()))
        threads.add(threading.get_ident())
        return text

    leaf = lift(look)
    assert way(pipe(leaf, parallel(leaf, leaf)), "a") == ("a", "a")
    assert len(loops) == 1
    assert threads == {threading.get_ident()}


def test_async_runs_run_branches_as_tasks_side_by_side() -> None:
    async def scenario() -> tuple[str, str]:
        first, second = asyncio.Event(), asyncio.Event()

        @lift
        async def one(text: str) -> str:
            first.set()
            await second.wait()
            return text

        @lift
        async def other(text: str) -> str:
            second.set()
            await first.wait()
            return text

        return await parallel(one, other).ainvoke("a")

    assert within(lambda: run(scenario())) == ("a", "a")


def test_sync_leaves_in_async_runs_go_to_threads_and_do_not_hold_up_the_loop() -> None:
    async def scenario() -> tuple[str, str]:
        go = threading.Event()

        def wait(text: str) -> str:
            assert go.wait(PATIENCE)
            return text

        @lift
        async def release(text: str) -> str:
            await asyncio.sleep(0)
            go.set()
            return text

        return await parallel(wait, release).ainvoke("a")

    assert within(lambda: run(scenario())) == ("a", "a")


@pytest.mark.parametrize("name", ["ainvoke", "astream"])
def test_a_blocking_leaf_in_an_async_run_is_in_a_thread_and_a_quick_one_is_not(name: str) -> None:
    way = ASYNC_WAYS[name]

    def here(_: str) -> int:
        return threading.get_ident()

    assert way(lift(here), "") != threading.get_ident()
    assert way(lift(here, blocking=False), "") == threading.get_ident()


@sync_ways
def test_a_program_with_an_async_leaf_runs_where_no_event_loop_does(way: Way) -> None:
    assert way(pipe(shout, lift(ashout), lift_stream(aletters)), "a") == "A"
    assert way(parallel(lift(ashout), pipe(lift(ashout), shout)), "a") == ("A", "A")


@sync_ways
def test_inside_an_event_loop_a_sync_run_of_an_async_leaf_says_to_use_the_async_twin(way: Way) -> None:
    async def scenario() -> None:
        for program in (lift(ashout), lift(ashout) | shout, lift_stream(aletters)):
            with pytest.raises(RuntimeError, match=r"ainvoke|astream|atransform|abatch"):
                way(program, "a")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(scenario())


@sync_ways
def test_inside_an_event_loop_a_sync_run_of_sync_leaves_works(way: Way) -> None:
    async def scenario() -> None:
        assert way(pipe(shout, parallel(a=shout, b=shout), len), "a") == 2

    run(scenario())


def test_a_sync_leaf_of_an_async_run_may_run_a_program_with_an_async_leaf() -> None:
    inner = pipe(lift(ashout), lift(ashout))

    def outer(text: str) -> str:
        return inner.invoke(text) + inner(text)

    assert within(lambda: run(pipe(outer, shout).ainvoke("a"))) == "AA"


@every_way
def test_context_variables_of_the_caller_are_seen_by_every_leaf(way: Way) -> None:
    variable: ContextVar[str] = ContextVar("variable", default="unset")
    variable.set("set")

    def look(_: str) -> str:
        return variable.get()

    @lift
    async def alook(_: str) -> str:
        return variable.get()

    assert way(parallel(look, alook, pipe(look, look)), "") == ("set", "set", "set")


@both
def test_they_are_seen_however_long_an_item_waits_for_its_place(mode: Mode) -> None:
    variable: ContextVar[str] = ContextVar("variable", default="unset")
    variable.set("set")

    def look_up(_: int) -> str:
        return variable.get()

    look = lift(look_up)
    one_place: RunConfig = {"max_concurrency": 1}

    assert mode.batch(look, list(range(20)), one_place) == ["set"] * 20
    assert mode.invoke(map_batch(look), list(range(20)), one_place) == ["set"] * 20
    assert mode.stream(map_batch(look), list(range(20)), one_place) == [["set"]] * 20
    branches = {f"k{number}": look for number in range(20)}
    assert mode.invoke(parallel(**branches), 0, one_place) == dict.fromkeys(branches, "set")
    assert {chunk[key] for chunk in mode.stream(parallel(**branches), 0, one_place) for key in chunk} == {"set"}


@both
def test_what_an_item_sets_no_other_item_sees_whatever_the_limit(mode: Mode) -> None:
    variable: ContextVar[str] = ContextVar("variable", default="unset")

    def leave_word(item: int) -> str:
        seen = variable.get()
        variable.set(f"set by {item}")
        return seen

    for limit in (1, 2, 9):
        config: RunConfig = {"max_concurrency": limit}
        assert mode.batch(mode.leaf(leave_word), list(range(6)), config) == ["unset"] * 6
        assert mode.invoke(map_batch(mode.leaf(leave_word)), list(range(6)), config) == ["unset"] * 6


# A failing branch cancels its siblings


@both
def test_a_failing_branch_cancels_its_async_siblings(mode: Mode) -> None:
    started, cancelled = threading.Event(), threading.Event()

    @lift
    async def forever(text: str) -> str:
        try:
            started.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return text

    @lift
    async def fail(text: str) -> str:
        await until(started.is_set)
        raise Boom("sibling")

    for program in (
        parallel(forever, fail),
        parallel(fail, forever),
        parallel(pipe(forever, shout), pipe(shout, fail)),
    ):
        cancelled.clear()
        started.clear()
        with pytest.raises(Boom, match="sibling"):
            within(partial(mode.invoke, program, "a"))
        assert cancelled.wait(PATIENCE)


@both
def test_a_failing_branch_is_not_kept_waiting_by_a_sync_sibling_after_which_nothing_starts(mode: Mode) -> None:
    started, release, done = threading.Event(), threading.Event(), threading.Event()
    calls = Calls()

    def block(text: str) -> str:
        started.set()
        release.wait(PATIENCE)
        done.set()
        return text

    def fail(text: str) -> str:
        assert started.wait(PATIENCE)
        raise Boom("sibling")

    begun = monotonic()
    with pytest.raises(Boom, match="sibling"):
        mode.invoke(parallel(pipe(block, calls), fail), "a")
    assert monotonic() - begun < PATIENCE / 2
    release.set()
    assert done.wait(PATIENCE)
    threading.Event().wait(0.05)
    assert calls.values == []


@both
def test_a_failing_value_of_a_batch_keeps_the_others_from_starting(mode: Mode) -> None:
    calls = Calls()

    def fail_first(text: str) -> str:
        if text == "0":
            raise Boom("first")
        return calls(text)

    values = [str(number) for number in range(2000)]
    with pytest.raises(Boom, match="first"):
        within(lambda: mode.batch(lift(fail_first), values, {"max_concurrency": 1}))
    assert len(calls.values) < len(values) - 1


@both
def test_the_first_of_two_errors_is_raised(mode: Mode) -> None:
    first_failed = threading.Event()

    def first(text: str) -> str:
        try:
            raise Boom("first")
        finally:
            first_failed.set()

    def second(text: str) -> str:
        assert first_failed.wait(PATIENCE)
        threading.Event().wait(0.05)
        raise ValueError("second")

    with pytest.raises(Boom, match="first"):
        within(lambda: mode.invoke(parallel(second, first), "a"))


@both
def test_an_error_that_a_policy_catches_does_not_cancel_the_siblings(mode: Mode) -> None:
    program: Runnable[str, tuple[str, object, str]] = parallel(with_fallbacks(boom, shout), attempt(boom), lift(ashout))
    result = mode.invoke(program, "a")
    assert (result[0], result[2]) == ("A", "A")


# Cancellation


def test_cancelling_an_ainvoke_cancels_every_running_leaf() -> None:
    async def scenario() -> None:
        started = 0
        cancelled = 0

        @lift
        async def forever(text: str) -> str:
            nonlocal started, cancelled
            started += 1
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled += 1
                raise
            return text

        program = with_retry(
            with_fallbacks(parallel(forever, pipe(shout, forever), parallel(forever, shout)), boom_all)
        )
        task = asyncio.create_task(program.ainvoke("a"))
        await until(lambda: started == 3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (started, cancelled) == (3, 3)

    within(lambda: run(scenario()))


def boom_all(_: str) -> tuple[str, str, tuple[str, str]]:
    raise AssertionError("a cancelled step has no fallback")


def test_cancelling_an_ainvoke_does_not_wait_for_a_sync_leaf_after_which_nothing_starts() -> None:
    started, release, done = threading.Event(), threading.Event(), threading.Event()
    calls = Calls()

    def block(text: str) -> str:
        started.set()
        release.wait(PATIENCE)
        done.set()
        return text

    async def scenario() -> None:
        task = asyncio.create_task(pipe(block, calls).ainvoke("a"))
        await until(started.is_set)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    try:
        within(lambda: run(scenario()), PATIENCE / 2)
    finally:
        release.set()
    assert done.wait(PATIENCE)
    threading.Event().wait(0.05)
    assert calls.values == []


# Exit


EXIT_AFTER_RUNS = """
from runlaw import lift, parallel
import asyncio, time

def work(n: int) -> int:
    time.sleep(0.001)
    return n

print(sum(lift(work).batch(range(100))), parallel(work, work).invoke(1), asyncio.run(lift(work).abatch([1, 2])))
"""

EXIT_AFTER_TIMEOUT = """
from runlaw import lift, with_timeout
import asyncio, time

def work(n: int) -> int:
    time.sleep(600)
    return n

for run in (lambda p: p.invoke(1), lambda p: asyncio.run(p.ainvoke(1))):
    try:
        run(with_timeout(work, 0.05))
    except TimeoutError:
        print("timeout")
"""


@pytest.mark.parametrize(
    ("program", "printed"),
    [(EXIT_AFTER_RUNS, "4950 (1, 1) [1, 2]\n"), (EXIT_AFTER_TIMEOUT, "timeout\ntimeout\n")],
    ids=["idle threads", "an abandoned leaf"],
)
def test_threads_never_delay_the_interpreters_exit(program: str, printed: str) -> None:
    child = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert (child.stdout, child.stderr, child.returncode) == (printed, "", 0)
