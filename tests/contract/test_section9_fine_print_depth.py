"""Section 9: long pipes and deep nesting work, or are refused when built."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from functools import reduce

import pytest

from runlaw import (
    Runnable,
    attempt,
    branch,
    identity,
    lift,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pipe,
    with_config,
    with_fallbacks,
    with_retry,
    with_timeout,
    with_types,
)

from .support import (
    Boom,
    Gauge,
    Way,
    aincrement,
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
