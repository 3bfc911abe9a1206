"""Section 4: closing early, errors and cancellation leave nothing open."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from time import monotonic

import pytest

from runlaw import (
    Runnable,
    branch,
    identity,
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

from .modes import Mode, both, leaves
from .support import PATIENCE, Boom, Source, Stage, boom, run, shout, until, within


@both
@leaves
@pytest.mark.parametrize("number", [1, 2, 10])
def test_closing_early_closes_every_suspended_step_above(mode: Mode, kind: Mode, number: int) -> None:
    source, upper, lower = Source(), Stage(), Stage()
    program = pipe(kind.source(source), kind.stage(upper), map_chunks(shout), kind.stage(lower))
    taken = within(lambda: mode.take(program, "", number, source, upper, lower))
    assert taken == [f"{n} " for n in range(number)]
    assert (source.opened, upper.opened, lower.opened) == (1, 1, 1)
    assert source.pulled == number


@both
@leaves
def test_closing_before_the_first_chunk_opens_nothing(mode: Mode, kind: Mode) -> None:
    source, stage = Source(), Stage()
    assert mode.take(pipe(kind.source(source), kind.stage(stage)), "", 0, source, stage) == []
    assert source.opened == 0


WRAPPERS: dict[str, Callable[[Runnable[str, str]], Runnable[str, str]]] = {
    "with_retry": lambda program: with_retry(program, delays=[0]),
    "with_fallbacks": lambda program: with_fallbacks(program, shout),
    "with_fallbacks, second": lambda program: with_fallbacks(boom, program),
    "with_timeout": lambda program: with_timeout(program, 60.0),
    "branch": lambda program: branch((bool, shout), default=program),
    "with_config": lambda program: program.with_config(tags=["t"]),
    "with_listeners": lambda program: program.with_listeners(on_end=lambda event: None),
    "with_types": lambda program: program.with_types(output=str),
    "nested policies": lambda program: with_timeout(with_retry(with_fallbacks(program, shout), delays=[0]), 60.0),
    "identity around": lambda program: pipe(identity, program, identity),
}


@both
@leaves
@pytest.mark.parametrize("wrap", list(WRAPPERS.values()), ids=list(WRAPPERS))
def test_closing_early_closes_what_is_inside_every_combinator(
    mode: Mode, kind: Mode, wrap: Callable[[Runnable[str, str]], Runnable[str, str]]
) -> None:
    source, inner, outer = Source(), Stage(), Stage()
    program = pipe(wrap(pipe(kind.source(source), kind.stage(inner))), kind.stage(outer))
    taken = within(lambda: mode.take(program, "", 2, source, inner, outer))
    assert taken == ["0 ", "1 "]
    assert source.opened == inner.opened == outer.opened == 1


@both
@leaves
def test_closing_early_closes_all_branches_of_a_parallel(mode: Mode, kind: Mode) -> None:
    sources = [Source(), Source(), Source()]
    stage = Stage()
    program = parallel(
        a=kind.source(sources[0]), b=pipe(kind.source(sources[1]), kind.stage(stage)), c=kind.source(sources[2])
    )
    for number in (1, 2, 7):
        chunks = within(partial(mode.take, program, "", number))
        assert len(chunks) == number
        assert all(len(chunk) == 1 for chunk in chunks)
        for source in sources:
            for _ in range(source.opened):
                assert source.closed.acquire(timeout=PATIENCE)
            source.opened = 0
            assert source.open == 0
        assert stage.open == 0


@both
@leaves
def test_closing_early_closes_parallels_in_parallels(mode: Mode, kind: Mode) -> None:
    source, other = Source(), Source()
    program = parallel(a=parallel(b=kind.source(source), c=shout), d=pipe(kind.source(other), identity))
    assert len(within(lambda: mode.take(program, "x", 3))) == 3
    for recorder in (source, other):
        for _ in range(recorder.opened):
            assert recorder.closed.acquire(timeout=PATIENCE)


@both
@leaves
def test_a_parallel_fed_by_an_endless_source_closes(mode: Mode, kind: Mode) -> None:
    source, stage = Source(), Stage()
    program = pipe(kind.source(source), parallel(a=map_chunks(shout), b=kind.stage(stage)))
    assert len(within(lambda: mode.take(program, "", 4))) == 4
    assert source.closed.acquire(timeout=PATIENCE)
    assert source.open == 0


def test_breaking_out_of_a_loop_over_a_stream_and_dropping_it_closes_it() -> None:
    source = Source()
    for _chunk in lift_stream(source.generate).stream(""):
        break
    gc.collect()
    assert source.open == 0
    assert source.pulled == 1


def test_breaking_out_of_an_async_loop_then_closing_closes_every_step() -> None:
    async def scenario() -> None:
        source, stage = Source(), Stage()
        chunks = pipe(lift_stream(source.agenerate), lift_transform(stage.athrough)).astream("")
        async for _chunk in chunks:
            break
        assert (source.open, stage.open) == (1, 1)
        await chunks.aclose()
        assert (source.open, stage.open) == (0, 0)
        assert source.pulled == 1

    run(scenario())


@both
@leaves
def test_steps_are_closed_when_a_stream_is_read_to_its_end(mode: Mode, kind: Mode) -> None:
    source, stage = Source(end=3), Stage()
    assert mode.stream(pipe(kind.source(source), kind.stage(stage)), "") == ["0 ", "1 ", "2 "]
    assert (source.open, stage.open) == (0, 0)


@both
@leaves
def test_steps_are_closed_when_a_step_below_has_read_enough(mode: Mode, kind: Mode) -> None:
    def first(chunks: Iterator[str]) -> Iterator[str]:
        yield next(chunks)

    source, stage = Source(), Stage()
    program = pipe(kind.source(source), kind.stage(stage), lift_transform(first))
    assert within(lambda: mode.stream(program, "")) == ["0 "]
    assert (source.open, stage.open) == (0, 0)


@both
@leaves
def test_steps_are_closed_when_a_step_below_has_read_enough_under_invoke(mode: Mode, kind: Mode) -> None:
    def first(chunks: Iterator[str]) -> Iterator[str]:
        yield next(chunks)

    source, stage = Source(end=3), Stage()
    program = pipe(kind.source(source), kind.stage(stage), lift_transform(first))
    assert within(lambda: mode.invoke(program, "")) == "0 1 2 "
    assert (source.open, stage.open) == (0, 0)


@both
@leaves
def test_an_error_below_closes_the_steps_above(mode: Mode, kind: Mode) -> None:
    def breaks(chunks: Iterator[str]) -> Iterator[str]:
        yield next(chunks)
        raise Boom("below")

    source, stage = Source(), Stage()
    told, error = within(
        lambda: mode.until_error(pipe(kind.source(source), kind.stage(stage), lift_transform(breaks)), [""])
    )
    assert told == ["0 "]
    assert isinstance(error, Boom)
    assert (source.open, stage.open) == (0, 0)


@both
@leaves
def test_an_error_above_closes_the_steps_below(mode: Mode, kind: Mode) -> None:
    source, stage = Source(error_at=2), Stage()
    told, error = mode.until_error(pipe(kind.source(source), kind.stage(stage)), [""])
    assert told == ["0 ", "1 "]
    assert isinstance(error, Boom)
    assert (source.open, stage.open) == (0, 0)


@both
@leaves
def test_an_error_in_one_branch_closes_the_others(mode: Mode, kind: Mode) -> None:
    endless, broken = Source(), Source(error_at=2)
    _, error = within(lambda: mode.until_error(parallel(a=kind.source(endless), b=kind.source(broken)), [""]))
    assert isinstance(error, Boom)
    for source in (endless, broken):
        for _ in range(source.opened):
            assert source.closed.acquire(timeout=PATIENCE)


@both
@leaves
def test_an_error_thrown_into_a_stream_closes_every_step(mode: Mode, kind: Mode) -> None:
    source, stage = Source(), Stage()
    mode.throw(pipe(kind.source(source), kind.stage(stage)), "", Boom("thrown in"), source, stage)


@both
@leaves
def test_an_invoke_that_fails_leaves_nothing_open(mode: Mode, kind: Mode) -> None:
    source, stage = Source(error_at=3), Stage()
    with pytest.raises(Boom):
        mode.invoke(pipe(kind.source(source), kind.stage(stage), shout), "")
    assert (source.open, stage.open) == (0, 0)


@both
def test_map_batch_closed_early_starts_no_more_items(mode: Mode) -> None:
    started: list[int] = []

    def work(number: int) -> int:
        started.append(number)
        return number

    program = map_batch(work, max_concurrency=1)
    assert within(lambda: mode.take(program, range(10_000), 1)) == [[0]]
    assert len(started) < 10_000


@leaves
def test_cancelling_a_task_that_reads_a_stream_closes_every_step(kind: Mode) -> None:
    async def scenario() -> None:
        source, stage = Source(), Stage()
        seen = asyncio.Event()

        async def read() -> None:
            async for _ in pipe(kind.source(source), kind.stage(stage)).astream(""):
                seen.set()
                await asyncio.sleep(0.001)

        task = asyncio.create_task(read())
        await seen.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for _ in range(1000):
            if (source.open, stage.open) == (0, 0):
                break
            await asyncio.sleep(0.001)
        assert (source.open, stage.open) == (0, 0)

    within(lambda: run(scenario()))


def test_cancelling_an_invoke_that_collects_a_stream_closes_every_step() -> None:
    async def scenario() -> None:
        source, stage = Source(), Stage()
        started = asyncio.Event()

        async def generate(text: str) -> AsyncIterator[str]:
            async for chunk in stage.athrough(source.agenerate(text)):
                started.set()
                yield chunk

        program = pipe(lift_stream(generate), shout)
        task = asyncio.create_task(program.ainvoke(""))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (source.open, stage.open) == (0, 0)

    within(lambda: run(scenario()))


# A step that is running in a thread


class Stuck:
    """A source that blocks in its thread after its first chunk, until it is released."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.release = threading.Event()
        self.closed = threading.Event()
        self.yields = 0

    def generate(self, _: str) -> Iterator[str]:
        try:
            self.yields += 1
            yield "first"
            self.reached.set()
            self.release.wait(PATIENCE)
            self.yields += 1
            yield "second"
            self.yields += 1
            yield "third"
        finally:
            self.closed.set()


@both
def test_close_does_not_wait_for_a_step_that_runs_in_a_thread_which_ends_at_its_next_yield(mode: Mode) -> None:
    stuck = Stuck()

    def quick(_: str) -> Iterator[str]:
        yield "q"
        assert stuck.reached.wait(PATIENCE)
        yield "r"
        yield "s"

    program = parallel(slow=lift_stream(stuck.generate), quick=lift_stream(quick))
    begun = monotonic()
    chunks = within(lambda: mode.take(program, "", 3))
    assert monotonic() - begun < PATIENCE / 2
    assert [dict(chunk) for chunk in chunks].count({"slow": "first"}) == 1
    assert not stuck.closed.is_set()
    stuck.release.set()
    assert stuck.closed.wait(PATIENCE)
    assert stuck.yields == 2


def test_aclose_does_not_wait_for_a_sync_step_that_runs_in_a_thread() -> None:
    stuck = Stuck()

    async def scenario() -> None:
        chunks = lift_stream(stuck.generate).astream("")
        assert await anext(chunks) == "first"
        reading = asyncio.ensure_future(anext(chunks))
        await until(stuck.reached.is_set)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await chunks.aclose()
        assert not stuck.closed.is_set()

    begun = monotonic()
    within(lambda: asyncio.run(scenario()))
    assert monotonic() - begun < PATIENCE / 2
    stuck.release.set()
    assert stuck.closed.wait(PATIENCE)
    assert stuck.yields == 2
