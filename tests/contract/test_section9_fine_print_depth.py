"""Section 9: long pipes and deep nesting work, or are refused when built."""

from __future__ import annotations

import pickle
import sys
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
    branch,
    current_run,
    identity,
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
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
    with_validation,
)
from runlaw.events import Event, RunEnded, RunFailed, RunStarted
from runlaw.extend import Node

from .support import (
    WAYS,
    Boom,
    Gauge,
    Way,
    aincrement,
    alist,
    every_way,
    increment,
    letters,
    long_pipe,
    notes,
    run,
    upper_chunks,
    within,
    wrong,
)

STEPS = 100_000
STREAMING_STEPS = 1_000
NESTING = 100

plain = long_pipe([increment] * STEPS)
quick = long_pipe([lift(increment, blocking=False)] * STEPS)
with_async = long_pipe([*[lift(increment)] * (STEPS - 1), lift(aincrement)])
LONG: dict[str, Runnable[int, int]] = {"plain": plain, "quick": quick, "one async": with_async}


@every_way
@pytest.mark.parametrize("program", list(LONG.values()), ids=list(LONG))
def test_a_hundred_thousand_lifted_steps_work_in_every_way_of_running(way: Way, program: Runnable[int, int]) -> None:
    assert within(lambda: way(program, 0), 60) == STEPS


def test_a_hundred_thousand_lifted_steps_compare_hash_and_pickle() -> None:
    other = long_pipe([increment] * STEPS)
    assert other == plain
    assert hash(other) == hash(plain)
    assert pickle.loads(pickle.dumps(plain)) == plain
    assert long_pipe([increment] * (STEPS - 1)) != plain


def test_a_hundred_thousand_lifted_steps_have_a_repr() -> None:
    assert "increment" in repr(plain)


def test_a_hundred_thousand_lifted_steps_have_types() -> None:
    assert plain.input_type is int
    assert plain.output_type is int


@every_way
def test_an_error_in_a_long_pipe_tells_its_step(way: Way) -> None:
    def fail(number: int) -> int:
        raise Boom(str(number))

    program = long_pipe([*[increment] * 77_776, fail, *[increment] * 10])
    with pytest.raises(Boom, match="77776") as caught:
        within(lambda: way(program, 0), 60)
    assert len(notes(caught.value)) == 1
    assert "77777" in notes(caught.value)[0]


def test_a_pipe_built_step_by_step_is_that_built_at_once() -> None:
    steps: list[Runnable[int, int]] = [lift(increment)] * 2_000
    assert reduce(lambda one, other: one | other, steps) == long_pipe(steps)
    assert reduce(lambda one, other: other | one, steps) == long_pipe(steps)


STREAMING: dict[str, Runnable[str, str]] = {
    "transforms": long_pipe([lift_transform(upper_chunks)] * STREAMING_STEPS),
    "map_chunks": long_pipe([map_chunks(str.upper)] * STREAMING_STEPS),
    "streams": long_pipe([lift_stream(letters)] * STREAMING_STEPS),
    "mixed with lifted steps": long_pipe([lift_transform(upper_chunks), lift(str.upper)] * (STREAMING_STEPS // 2)),
}


@every_way
@pytest.mark.parametrize("program", list(STREAMING.values()), ids=list(STREAMING))
def test_a_thousand_streaming_steps_work_in_every_way_of_running(way: Way, program: Runnable[str, str]) -> None:
    assert within(lambda: way(program, "ab"), 60).upper() == "AB"


@pytest.mark.parametrize("program", list(STREAMING.values()), ids=list(STREAMING))
def test_a_thousand_streaming_steps_compare_hash_pickle_and_show(program: Runnable[str, str]) -> None:
    assert pickle.loads(pickle.dumps(program)) == program
    assert hash(program) == hash(pickle.loads(pickle.dumps(program)))
    assert repr(program)


def test_a_thousand_streaming_steps_stay_lazy_and_close() -> None:
    gauge = Gauge()
    pulled: list[int] = []

    def through(chunks: Iterator[str]) -> Iterator[str]:
        with gauge:
            yield from chunks

    def endless(_: str) -> Iterator[str]:
        while True:
            pulled.append(1)
            yield "x"

    program = pipe(lift_stream(endless), long_pipe([lift_transform(through)] * STREAMING_STEPS))

    def scenario() -> None:
        chunks = program.stream("")
        assert [next(chunks), next(chunks)] == ["x", "x"]
        assert gauge.now == STREAMING_STEPS
        chunks.close()
        assert gauge.now == 0

    within(scenario, 60)
    assert len(pulled) == 2

    async def ascenario() -> None:
        chunks = program.astream("")
        assert [await anext(chunks), await anext(chunks)] == ["x", "x"]
        await chunks.aclose()
        assert gauge.now == 0

    within(lambda: run(ascenario()), 60)
    assert len(pulled) == 4


# Nesting


def always(_: object) -> bool:
    return True


def never(_: object) -> bool:
    return False


def first(pair: tuple[int]) -> int:
    return pair[0]


NEST: dict[str, Callable[[Runnable[int, int]], Runnable[int, int]]] = {
    "with_retry": lambda program: with_retry(program, delays=[0]),
    "with_fallbacks": lambda program: with_fallbacks(program, increment),
    "with_fallbacks, second": lambda program: with_fallbacks(wrong(fail_at_once), program),
    "with_timeout": lambda program: with_timeout(program, 60.0),
    "branch": lambda program: branch((always, program), default=increment),
    "branch, default": lambda program: branch((never, increment), default=program),
    "parallel in a pipe": lambda program: pipe(wrong(parallel)(program), first),
    "with_config": lambda program: with_config(program, tags=["t"]),
    "with_types": lambda program: with_types(program, output=int),
    "pipe": lambda program: pipe(program, identity),
}
nestings = pytest.mark.parametrize("nest", list(NEST.values()), ids=list(NEST))


def fail_at_once(number: int) -> int:
    raise Boom(str(number))


def nested(nest: Callable[[Runnable[int, int]], Runnable[int, int]], depth: int) -> Runnable[int, int]:
    program: Runnable[int, int] = lift(increment)
    for _ in range(depth):
        program = nest(program)
    return program


@every_way
@nestings
def test_nesting_a_hundred_deep_works_in_every_way_of_running(
    way: Way, nest: Callable[[Runnable[int, int]], Runnable[int, int]]
) -> None:
    program = nested(nest, NESTING)
    assert within(lambda: way(program, 1), 60) == 2


@nestings
def test_nesting_a_hundred_deep_compares_hashes_pickles_and_shows(
    nest: Callable[[Runnable[int, int]], Runnable[int, int]],
) -> None:
    one, other = nested(nest, NESTING), nested(nest, NESTING)
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one
    assert repr(one)


@every_way
def test_map_batch_parallel_and_attempt_nest_a_hundred_deep(way: Way) -> None:
    def unwrap(value: object) -> object:
        while isinstance(value, (list, tuple)) or hasattr(value, "unwrap"):
            value = value[0] if isinstance(value, (list, tuple)) else wrong(value).unwrap()
        return value

    deep: object = 1
    mapped: Runnable[object, object] = wrong(lift(increment))
    branched: Runnable[object, object] = wrong(lift(increment))
    attempted: Runnable[object, object] = wrong(lift(increment))
    for _ in range(NESTING):
        deep = [deep]
        mapped = wrong(map_batch(wrong(mapped)))
        branched = wrong(parallel)(branched)
        attempted = wrong(attempt(attempted))
    assert unwrap(within(lambda: way(mapped, deep), 60)) == 2
    assert unwrap(within(lambda: way(branched, 1), 60)) == 2
    assert unwrap(within(lambda: way(attempted, 1), 60)) == 2


def nested_or_refusal(
    nest: Callable[[Runnable[int, int]], Runnable[int, int]], depth: int
) -> Runnable[int, int] | ValueError | TypeError:
    try:
        return nested(nest, depth)
    except (ValueError, TypeError) as error:
        return error


@nestings
@pytest.mark.parametrize("depth", [500, 5_000])
def test_deeper_nesting_works_or_is_refused_when_built_never_with_a_recursion_error(
    nest: Callable[[Runnable[int, int]], Runnable[int, int]], depth: int
) -> None:
    program = nested_or_refusal(nest, depth)
    if isinstance(program, Exception):
        assert any(word in str(program) for word in ("deep", "depth", "nest"))
        return
    assert within(lambda: program.invoke(1), 60) == 2
    assert within(lambda: run(program.ainvoke(1)), 60) == 2
    assert within(lambda: list(program.stream(1)), 60) == [2]
    assert hash(program) == hash(nested(nest, depth))
    assert program == nested(nest, depth)
    assert pickle.loads(pickle.dumps(program)) == program
    assert repr(program)


def test_the_recursion_limit_is_left_alone() -> None:
    before = sys.getrecursionlimit()
    plain.invoke(1)
    list(STREAMING["transforms"].stream("a"))
    nested(NEST["with_retry"], NESTING).invoke(1)
    assert sys.getrecursionlimit() == before


# Watching


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
