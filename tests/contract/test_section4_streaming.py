"""Section 4: chunks travel as soon as they exist; collectors collect; parallels stream records."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

import pytest

from runlaw import (
    Runnable,
    assign,
    identity,
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
    with_retry,
    with_timeout,
)

from .modes import Mode, both, leaves
from .support import (
    PATIENCE,
    Gauge,
    Source,
    Stage,
    aiterate,
    alist,
    ashout,
    exclaim,
    increment,
    length,
    letters,
    run,
    shout,
    show,
    upper_chunks,
    within,
    wrong,
)


class Counted:
    """Input chunks that count how many were pulled; sync and async."""

    def __init__(self, chunks: list[str]) -> None:
        self.chunks = chunks
        self.pulled = 0

    def __iter__(self) -> Iterator[str]:
        for chunk in self.chunks:
            self.pulled += 1
            yield chunk

    async def __aiter__(self) -> AsyncIterator[str]:
        for chunk in self.chunks:
            self.pulled += 1
            yield chunk


async def athrough(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        yield chunk.upper()


STREAMING: dict[str, Callable[[], Runnable[str, str]]] = {
    "a transform": lambda: lift_transform(upper_chunks),
    "an async transform": lambda: lift_transform(athrough),
    "map_chunks": lambda: map_chunks(shout),
    "five transforms": lambda: pipe(*[lift_transform(upper_chunks)] * 5),
    "a mixture": lambda: pipe(lift_transform(upper_chunks), map_chunks(shout), lift_transform(athrough), identity),
    "a pipe in a pipe": lambda: pipe(lift_transform(upper_chunks), pipe(map_chunks(shout), identity)),
    "with_config": lambda: pipe(with_config(map_chunks(shout), tags=["t"]), map_chunks(shout)),
    "with_types": lambda: map_chunks(shout).with_types(output=str),
    "with_listeners": lambda: map_chunks(shout).with_listeners(),
    "with_retry": lambda: with_retry(lift_transform(upper_chunks), delays=[0]),
    "with_fallbacks": lambda: with_fallbacks(lift_transform(upper_chunks), shout),
    "with_timeout": lambda: with_timeout(lift_transform(upper_chunks), 60.0),
}
streaming = pytest.mark.parametrize("build", list(STREAMING.values()), ids=list(STREAMING))


@streaming
def test_the_first_output_chunk_is_out_before_the_second_input_chunk_is_pulled(
    build: Callable[[], Runnable[str, str]],
) -> None:
    source = Counted(["a", "b", "c"])
    chunks = build().transform(iter(source))
    for number, chunk in enumerate(["A", "B", "C"], start=1):
        assert next(chunks) == chunk
        assert source.pulled == number
    assert list(chunks) == []


@streaming
def test_the_first_async_output_chunk_is_out_before_the_second_input_chunk_is_pulled(
    build: Callable[[], Runnable[str, str]],
) -> None:
    async def scenario() -> None:
        source = Counted(["a", "b", "c"])
        chunks = build().atransform(aiter(source))
        for number, chunk in enumerate(["A", "B", "C"], start=1):
            assert await anext(chunks) == chunk
            assert source.pulled == number
        assert await alist(chunks) == []

    run(scenario())


@both
@leaves
def test_a_pipe_pulls_its_source_no_further_than_it_must(mode: Mode, kind: Mode) -> None:
    source = Source()
    program = pipe(kind.source(source), lift_transform(upper_chunks), map_chunks(shout))
    assert mode.take(program, "", 1, source) == ["0 "]
    assert source.pulled == 1
    assert mode.take(program, "", 3, source) == ["0 ", "1 ", "2 "]
    assert source.pulled == 1 + 3


@both
def test_nothing_is_pulled_before_the_first_chunk_is_asked_for(mode: Mode) -> None:
    source = Source()
    assert mode.take(lift_stream(source.generate), "", 0, source) == []
    assert source.pulled == 0


@both
def test_a_step_made_with_lift_collects(mode: Mode) -> None:
    stage = Stage()
    program = pipe(lift_stream(letters), exclaim, lift_transform(stage.through))
    assert mode.stream(program, "abc") == ["ABC!"]
    assert stage.seen == ["abc!"]


@both
def test_identity_in_a_pipe_does_not_collect(mode: Mode) -> None:
    assert mode.stream(pipe(lift_stream(letters), identity, identity), "abc") == ["a", "b", "c"]


@both
def test_empty_chunks_are_passed_on(mode: Mode) -> None:
    assert mode.transform(lift_transform(upper_chunks), ["", "a", "", ""]) == ["", "A", "", ""]
    assert mode.transform(map_chunks(shout), ["", "a", ""]) == ["", "A", ""]
    assert mode.transform(pipe(identity, map_chunks(shout)), ["", ""]) == ["", ""]


# parallel


@both
def test_parallel_streams_records_of_the_key_that_advanced(mode: Mode) -> None:
    program = parallel(up=pipe(shout, lift_stream(letters)), same=lift_stream(letters))
    chunks = [dict(chunk) for chunk in mode.stream(program, "ab")]
    assert all(len(chunk) == 1 for chunk in chunks)
    assert [chunk["up"] for chunk in chunks if "up" in chunk] == ["A", "B"]
    assert [chunk["same"] for chunk in chunks if "same" in chunk] == ["a", "b"]


@both
def test_the_records_of_a_parallel_are_dicts(mode: Mode) -> None:
    for chunk in mode.stream(parallel(a=shout, b=exclaim), "x"):
        assert isinstance(chunk, dict)
        assert chunk == {key: chunk[key] for key in list(chunk)}


@both
def test_the_chunks_of_a_parallel_add_up_to_what_invoke_returns(mode: Mode) -> None:
    program = parallel(a=lift_stream(letters), b=pipe(lift_stream(letters), exclaim), c=lift(ashout))
    total: dict[str, str] = {}
    for chunk in mode.stream(program, "ab"):
        for key in list(chunk):
            total[key] = total.get(key, "") + str(dict(chunk)[key])
    assert total == {"a": "ab", "b": "ab!", "c": "AB"}
    assert dict(mode.invoke(program, "ab")) == total


@both
def test_reading_a_key_that_has_not_advanced_gives_the_empty_value_of_its_monoid(mode: Mode) -> None:
    program: Runnable[str, Mapping[str, str]] = wrong(parallel(a=lift_stream(letters), b=lift_stream(letters)))
    for chunk in mode.stream(program, "x"):
        assert sorted([chunk["a"], chunk["b"]]) == ["", "x"]
        assert len(chunk) == 1
        with pytest.raises(KeyError):
            chunk["absent"]


@both
def test_reading_a_key_that_has_not_advanced_and_has_no_empty_value_is_a_key_error(mode: Mode) -> None:
    program: Runnable[str, Mapping[str, object]] = wrong(parallel(n=length, t=lift_stream(letters)))
    for chunk in mode.stream(program, "x"):
        if "n" not in chunk:
            with pytest.raises(KeyError, match="n"):
                chunk["n"]


@both
def test_a_parallel_streams_the_records_of_a_parallel_inside_it(mode: Mode) -> None:
    program = parallel(inner=parallel(a=lift_stream(letters), b=shout), other=exclaim)
    seen = [dict(chunk) for chunk in mode.stream(program, "xy")]
    inner = [chunk["inner"] for chunk in seen if "inner" in chunk]
    assert len(inner) == 3
    assert dict(mode.invoke(program, "x")) == {"inner": {"a": "x", "b": "X"}, "other": "x!"}


def test_a_quick_branch_of_a_parallel_is_told_while_a_slow_one_is_busy() -> None:
    release = threading.Event()

    def slow(text: str) -> str:
        assert release.wait(PATIENCE)
        return text

    def scenario() -> list[dict[str, str]]:
        chunks = parallel(slow=slow, quick=lift_stream(letters)).stream("ab")
        first = [dict(next(chunks)), dict(next(chunks))]
        release.set()
        return [*first, *map(dict, chunks)]

    assert within(scenario) == [{"quick": "a"}, {"quick": "b"}, {"slow": "ab"}]


@both
def test_every_branch_of_a_parallel_gets_every_chunk(mode: Mode) -> None:
    program = parallel(a=map_chunks(shout), b=lift_transform(upper_chunks), c=exclaim)
    chunks = [dict(chunk) for chunk in mode.transform(program, ["x", "y"])]
    assert [chunk["a"] for chunk in chunks if "a" in chunk] == ["X", "Y"]
    assert [chunk["b"] for chunk in chunks if "b" in chunk] == ["X", "Y"]
    assert [chunk["c"] for chunk in chunks if "c" in chunk] == ["xy!"]


@both
def test_the_branches_of_a_parallel_may_be_read_at_different_speeds(mode: Mode) -> None:
    def first_only(chunks: Iterator[str]) -> Iterator[str]:
        yield next(chunks)

    program = parallel(a=lift_transform(first_only), b=exclaim, c=identity)
    total: dict[str, str] = {}
    for chunk in mode.transform(program, ["x"] * 100):
        for key in list(chunk):
            total[key] = total.get(key, "") + str(dict(chunk)[key])
    assert total == {"a": "x", "b": "x" * 100 + "!", "c": "x" * 100}


@both
def test_a_positional_parallel_is_one_chunk(mode: Mode) -> None:
    assert mode.stream(parallel(lift_stream(letters), shout), "ab") == [("ab", "AB")]


@both
def test_a_step_after_a_parallel_collects_the_record(mode: Mode) -> None:
    seen: list[dict[str, object]] = []

    def look(record: Mapping[str, object]) -> str:
        seen.append(dict(record))
        return "seen"

    assert mode.stream(pipe(parallel(a=lift_stream(letters), b=shout), look), "ab") == ["seen"]
    assert seen == [{"a": "ab", "b": "AB"}]


# other combinators


@both
def test_map_batch_streams_one_element_lists_in_order(mode: Mode) -> None:
    assert mode.stream(map_batch(pipe(increment, show)), [1, 2, 3]) == [["2"], ["3"], ["4"]]
    assert mode.stream(map_batch(show), []) == []
    assert mode.invoke(map_batch(show), []) == []


@both
def test_pick_streams_the_chunks_of_its_key(mode: Mode) -> None:
    program: Runnable[str, str] = pipe(parallel(a=lift_stream(letters), b=shout), wrong(pick("a")))
    assert mode.stream(program, "abc") == ["a", "b", "c"]


@both
def test_assign_streams_records_that_add_up(mode: Mode) -> None:
    def spell(record: Mapping[str, str]) -> Iterator[str]:
        yield from record["a"].upper()

    program: Runnable[str, Mapping[str, str]] = pipe(
        parallel(a=lift_stream(letters)), wrong(assign(b=lift_stream(spell)))
    )
    total: dict[str, str] = {}
    chunks = mode.stream(program, "ab")
    for chunk in chunks:
        for key in list(chunk):
            total[key] = total.get(key, "") + chunk[key]
    assert total == dict(mode.invoke(program, "ab")) == {"a": "ab", "b": "AB"}
    assert len(chunks) >= 4


@both
def test_a_branch_streams_the_step_that_it_takes(mode: Mode) -> None:
    from runlaw import branch

    program = branch((str.isupper, lift_stream(letters)), default=shout)
    assert mode.stream(program, "AB") == ["A", "B"]
    assert mode.stream(program, "ab") == ["AB"]


def test_a_runnable_called_while_a_stream_is_suspended_does_not_disturb_it() -> None:
    gauge = Gauge()
    chunks = pipe(lift_stream(letters), map_chunks(shout)).stream("abc")
    got = []
    for chunk in chunks:
        with gauge:
            got.append(chunk + lift(exclaim).invoke("x"))
    assert got == ["Ax!", "Bx!", "Cx!"]


def test_two_streams_of_one_program_do_not_disturb_each_other() -> None:
    program = pipe(lift_stream(letters), map_chunks(shout))
    pairs = list(zip(program.stream("abc"), program.stream("xyz"), strict=True))
    assert pairs == [("A", "X"), ("B", "Y"), ("C", "Z")]


def test_transform_takes_any_iterator_of_chunks() -> None:
    assert list(map_chunks(shout).transform(iter("ab"))) == ["A", "B"]
    assert list(map_chunks(shout).transform(lift_stream(letters).stream("ab"))) == ["A", "B"]
    assert run(alist(map_chunks(shout).atransform(aiterate("ab")))) == ["A", "B"]


@both
def test_a_hundred_thousand_chunks_are_no_problem(mode: Mode) -> None:
    source = Source(end=100_000)
    count = 0
    for _ in mode.stream(pipe(lift_stream(source.generate, blocking=False), map_chunks(shout, blocking=False)), ""):
        count += 1
    assert count == 100_000
