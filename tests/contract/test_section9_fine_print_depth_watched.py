"""Section 9: what is deep or long can be watched, stays lazy, and knows its steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce

import pytest

from runlaw import (
    RunConfig,
    RunLog,
    RunLogPatch,
    Runnable,
    assign,
    attempt,
    current_run,
    last,
    lift,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pick,
    pipe,
    with_config,
    with_listeners,
    with_retry,
    with_timeout,
    with_validation,
)
from runlaw.events import Event, RunEnded, RunFailed, RunStarted
from runlaw.extend import Node

from .support import (
    WAYS,
    Boom,
    Gauge,
    Way,
    alist,
    every_way,
    increment,
    long_pipe,
    notes,
    run,
    within,
    wrong,
)
from .test_section9_fine_print_depth import NEST, NESTING, STREAMING_STEPS, fail_at_once, nested

Program = Runnable[int, int]


def told_output(call: Callable[[RunConfig], object]) -> object:
    """The output that a listener is told of, when all runs are over."""
    told: list[Event] = []
    call({"listeners": [told.append]})
    started, over = (sum(isinstance(event, kind) for event in told) for kind in (RunStarted, (RunEnded, RunFailed)))
    assert started == over > 0
    assert isinstance(told[-1], RunEnded)
    return told[-1].output


def logged_output(patches: Sequence[RunLogPatch]) -> object:
    return reduce(lambda log, patch: log + patch, patches, RunLog()).state["final_output"]


WATCHED: dict[str, Callable[[Program], object]] = {
    "stream_events": lambda program: wrong(list(program.stream_events(1))[-1]["data"])["output"],
    "astream_events": lambda program: wrong(run(alist(program.astream_events(1)))[-1]["data"])["output"],
    "stream_log": lambda program: logged_output(list(program.stream_log(1))),
    "astream_log": lambda program: logged_output(run(alist(program.astream_log(1)))),
    "invoke": lambda program: told_output(lambda config: program.invoke(1, config)),
    "ainvoke": lambda program: told_output(lambda config: run(program.ainvoke(1, config))),
    "stream": lambda program: told_output(lambda config: list(program.stream(1, config))),
    "astream": lambda program: told_output(lambda config: run(alist(program.astream(1, config)))),
}
every_watch = pytest.mark.parametrize("watch", list(WATCHED.values()), ids=list(WATCHED))


@dataclass(frozen=True)
class Kept(Node[int, int]):
    """A kind of its own, that means another combinator in a pipe."""

    inner: Runnable[int, int]

    def lower(self) -> Runnable[int, int]:
        return pipe(same, with_retry(self.inner, delays=[0]), same)


@dataclass(frozen=True)
class Twice(Node[int, int]):
    """A kind of its own, that means nothing but a pipe."""

    inner: Runnable[int, int]

    def lower(self) -> Runnable[int, int]:
        return pipe(self.inner, self.inner)


@dataclass(frozen=True)
class Count(Node[int, int]):
    """A kind of its own, that means others of its kind."""

    number: int

    def lower(self) -> Runnable[int, int]:
        return pipe(increment, Count(self.number - 1)) if self.number > 1 else lift(increment)


@dataclass(frozen=True)
class Within(Node[int, int]):
    """A kind of its own, that means itself."""

    def lower(self) -> Runnable[int, int]:
        return pipe(increment, self)


def same(number: int) -> int:
    return number


async def asame(number: int) -> int:
    return number


def once(number: int) -> Iterator[int]:
    yield number


def through(chunks: Iterator[int]) -> Iterator[int]:
    yield from chunks


DEEP: dict[str, Callable[[Program], Program]] = {
    "parallel": lambda program: pipe(wrong(parallel)(a=program, b=same), wrong(pick("a"))),
    "parallel, one branch": lambda program: pipe(wrong(parallel)(a=program), wrong(pick("a"))),
    "parallel by position": lambda program: pipe(wrong(parallel)(program, same), lambda pair: wrong(pair)[0]),
    "assign": lambda program: pipe(
        lambda number: {"given": number}, wrong(assign)(made=pipe(wrong(pick("given")), program)), wrong(pick("made"))
    ),
    "map_batch": lambda program: pipe(lambda number: [number], map_batch(program), lambda found: wrong(found)[0]),
    "attempt": lambda program: pipe(attempt(program), lambda result: wrong(result).unwrap()),
    "with_validation": with_validation,
    "with_listeners": lambda program: with_listeners(program, on_start=lambda event: None),
    "with_config, a limit": lambda program: with_retry(with_config(program, max_concurrency=2), delays=[0]),
    "a kind of its own": Kept,
    **{
        name: NEST[name]
        for name in ("with_retry", "with_fallbacks", "with_fallbacks, second", "with_timeout", "branch")
    },
}
BETWEEN: dict[str, Callable[[Program], Program]] = {
    "lifted": lambda program: pipe(same, program, same),
    "streaming": lambda program: pipe(
        lift_stream(once, monoid=last), program, lift_transform(through, monoid=last), map_chunks(same, monoid=last)
    ),
    "async": lambda program: pipe(lift(asame), program, lift(asame)),
}
deep_programs = pytest.mark.parametrize("nest", list(DEEP.values()), ids=list(DEEP))
steps_between = pytest.mark.parametrize("between", list(BETWEEN.values()), ids=list(BETWEEN))


@steps_between
@deep_programs
def test_nesting_a_hundred_deep_with_steps_between_can_be_watched(
    nest: Callable[[Program], Program], between: Callable[[Program], Program]
) -> None:
    program = nested(lambda inner: between(nest(inner)), NESTING)
    for way in ("stream_events", "astream_events", "invoke", "ainvoke"):
        assert within(partial(WATCHED[way], program), 60) == 2, way


@every_watch
@pytest.mark.parametrize("name", ["parallel", "with_fallbacks"])
def test_nesting_a_hundred_deep_can_be_watched_in_every_way(name: str, watch: Callable[[Program], object]) -> None:
    program = nested(lambda inner: BETWEEN["streaming"](DEEP[name](inner)), NESTING)
    assert within(lambda: watch(program), 60) == 2


@deep_programs
def test_nesting_a_hundred_deep_with_streaming_steps_between_works(nest: Callable[[Program], Program]) -> None:
    program = nested(lambda inner: BETWEEN["streaming"](nest(inner)), NESTING)
    for name, way in WAYS.items():
        assert within(partial(way, program, 1), 60) == 2, name


@pytest.mark.parametrize("name", ["with_retry", "with_timeout", "parallel, one branch"])
def test_what_nests_a_hundred_deep_is_lazy_and_closes(name: str) -> None:
    gauge = Gauge()

    def endless(number: int) -> Iterator[int]:
        with gauge:
            while True:
                yield number

    def deep() -> Program:
        program: Program = lift_stream(endless, monoid=last)
        for _ in range(NESTING):
            program = pipe(DEEP[name](program), lift_transform(through, monoid=last))
        return program

    def scenario() -> None:
        chunks = deep().stream(1)
        assert [next(chunks), next(chunks)] == [1, 1]
        assert gauge.now == 1
        chunks.close()
        assert gauge.now == 0

    async def ascenario() -> None:
        chunks = deep().astream(1)
        assert [await anext(chunks), await anext(chunks)] == [1, 1]
        await chunks.aclose()
        assert gauge.now == 0

    within(scenario, 60)
    within(lambda: run(ascenario()), 60)
    assert gauge.entered == 2


@every_way
@pytest.mark.parametrize("name", ["with_timeout", "parallel"])
def test_an_error_that_is_a_hundred_deep_names_its_step_once(way: Way, name: str) -> None:
    program: Program = lift(wrong(fail_at_once))
    for _ in range(NESTING):
        program = pipe(same, wrong(DEEP[name](program)), same)
    with pytest.raises(Boom) as caught:
        within(lambda: way(program, 1), 60)
    assert len(notes(caught.value)) == 1
    assert notes(caught.value)[0].endswith("fail_at_once")


# Records

RECORD_STEPS: dict[str, Callable[[], list[Runnable[dict[str, int], dict[str, int]]]]] = {
    "assign": lambda: [wrong(assign)(b=same_of_a)] * STREAMING_STEPS,
    "parallel": lambda: [wrong(parallel)(a=pick("a"))] * STREAMING_STEPS,
    "parallel, two branches": lambda: [wrong(parallel)(a=pick("a"), b=pick("a"))] * (STREAMING_STEPS // 4),
}
record_steps = pytest.mark.parametrize("steps", list(RECORD_STEPS.values()), ids=list(RECORD_STEPS))


def same_of_a(record: dict[str, int]) -> int:
    return record["a"]


def as_a(number: int) -> dict[str, int]:
    return {"a": number}


def record_pipe(steps: Sequence[Runnable[dict[str, int], dict[str, int]]]) -> Program:
    return pipe(as_a, long_pipe(steps), wrong(pick("a")))


@every_way
@record_steps
def test_many_steps_on_records_work_in_every_way_of_running(
    way: Way, steps: Callable[[], list[Runnable[dict[str, int], dict[str, int]]]]
) -> None:
    program = record_pipe(steps())
    assert within(lambda: way(program, 1), 60) == 1


@every_watch
@record_steps
def test_many_steps_on_records_can_be_watched(
    steps: Callable[[], list[Runnable[dict[str, int], dict[str, int]]]], watch: Callable[[Program], object]
) -> None:
    program = record_pipe(steps())
    assert within(lambda: watch(program), 60) == 1


# Kinds of one's own


@every_way
def test_kinds_that_mean_pipes_nest(way: Way) -> None:
    program: Program = lift(increment)
    for _ in range(10):
        program = Twice(program)
    assert within(lambda: way(program, 0), 60) == 1_024


@every_watch
def test_kinds_that_mean_pipes_nest_and_can_be_watched(watch: Callable[[Program], object]) -> None:
    program: Program = lift(increment)
    for _ in range(10):
        program = Twice(program)
    assert within(lambda: watch(program), 60) == 1_025


@every_way
def test_a_kind_may_mean_a_hundred_others_inside_one_another(way: Way) -> None:
    assert within(lambda: way(Count(NESTING), 0), 60) == NESTING


def kinds(depth: int) -> Program:
    program: Program = lift(increment)
    for _ in range(depth):
        program = Kept(program)
    return program


@pytest.mark.parametrize("build", [lambda: kinds(1_000), lambda: Count(1_000), lambda: wrong(configs(1_000))])
def test_what_nests_too_deeply_is_refused_when_built(build: Callable[[], Program]) -> None:
    with pytest.raises(ValueError, match="the limit"):
        within(build)


def configs(depth: int) -> Program:
    program: Program = lift(increment)
    for _ in range(depth):
        program = pipe(same, with_config(program, tags=["t"]))
    return program


def test_configs_in_pipes_nest_a_hundred_deep() -> None:
    assert within(lambda: configs(NESTING).invoke(1), 60) == 2
    assert within(lambda: list(configs(NESTING).stream(1)), 60) == [2]
    assert within(lambda: WATCHED["stream_events"](configs(NESTING)), 60) == 2


def test_a_kind_that_means_itself_is_refused_when_built() -> None:
    with pytest.raises(TypeError, match="leads back to itself"):
        within(Within)


# Runs


@pytest.mark.parametrize("steps", [2, 400])
def test_a_leaf_of_a_long_streaming_pipe_knows_its_run(steps: int) -> None:
    paths: list[str] = []

    def noting(chunks: Iterator[str]) -> Iterator[str]:
        for chunk in chunks:
            here = current_run()
            assert here is not None
            paths.append(here.path)
            yield chunk

    program = long_pipe([lift_transform(noting)] * steps)
    expected = [f"RunnableSequence > {number}: noting" for number in range(1, steps + 1)]
    assert within(lambda: list(program.stream("x")), 60) == ["x"]
    assert paths == expected
    paths.clear()
    assert within(lambda: run(alist(program.astream("x"))), 60) == ["x"]
    assert paths == expected


def test_a_run_that_is_given_up_a_hundred_deep_is_over_with_all_runs_inside() -> None:
    told: list[Event] = []

    def slow(number: int) -> int:
        time.sleep(1.5)
        return number

    program: Program = lift(slow)
    for _ in range(NESTING - 1):
        program = Kept(program)
    with pytest.raises(TimeoutError):
        within(lambda: with_timeout(program, 1.0).invoke(1, {"listeners": [told.append]}), 60)
    started, over = (
        [event.run.run_id for event in told if isinstance(event, kind)] for kind in (RunStarted, (RunEnded, RunFailed))
    )
    assert sorted(started) == sorted(over)
    assert len(started) > 2 * NESTING
