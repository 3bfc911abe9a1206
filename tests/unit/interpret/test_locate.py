"""Code inside a leaf finds the run it is in, also where nobody watches and the stack is all there is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from runlaw import (
    Runnable,
    current_run,
    emit,
    last,
    lift,
    lift_stream,
    map_batch,
    map_chunks,
    parallel,
    pipe,
    with_config,
    with_retry,
    with_timeout,
)
from runlaw.events import Event
from runlaw.interpret.current import CURRENT, ROOTS

Program = Runnable[Any, Any]  # Any: the programs give what they see of their run


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    yield
    assert not ROOTS
    assert CURRENT.get() is None


def here(_: object) -> Any:  # Any: asserted on
    run = current_run()
    assert run is not None
    return run


def name_and_path(value: object) -> tuple[str, str]:
    run = here(value)
    return run.name, run.path


def ask_twice(value: object) -> bool:
    return here(value).run_id == here(value).run_id  # type: ignore[no-any-return]  # of ids


def boom(_: object) -> None:
    raise ValueError("boom")


def invoke(program: Program) -> Any:  # Any: whatever it gives
    return program.invoke(0)


def stream(program: Program) -> Any:  # Any: whatever it gives
    (chunk,) = program.stream(0)
    return chunk


def batch(program: Program) -> Any:  # Any: whatever it gives
    return program.batch([0])[0]


def ainvoke(program: Program) -> Any:  # Any: whatever it gives
    return asyncio.run(program.ainvoke(0))


def astream(program: Program) -> Any:  # Any: whatever it gives
    async def read() -> Any:  # Any: whatever it gives
        (chunk,) = [chunk async for chunk in program.astream(0)]
        return chunk

    return asyncio.run(read())


def abatch(program: Program) -> Any:  # Any: whatever it gives
    return asyncio.run(program.abatch([0]))[0]


WAYS = [invoke, stream, batch, ainvoke, astream, abatch]


@pytest.mark.parametrize("way", WAYS)
def test_a_leaf_has_one_run_for_as_long_as_it_runs(way: Callable[[Program], Any]) -> None:
    assert way(lift(ask_twice)) is True
    assert way(lift(ask_twice, blocking=False)) is True


@pytest.mark.parametrize("way", WAYS)
def test_each_call_is_another_run(way: Callable[[Program], Any]) -> None:
    program: Program = lift(here)
    assert way(program).run_id != way(program).run_id


@pytest.mark.parametrize("outer", WAYS)
@pytest.mark.parametrize("inner", [invoke, stream, batch])
def test_a_run_inside_a_leaf_knows_where_it_is(
    outer: Callable[[Program], Any], inner: Callable[[Program], Any]
) -> None:
    def calls(_: object) -> tuple[str, str]:
        return inner(lift(name_and_path))  # type: ignore[no-any-return]  # what name_and_path gives

    assert outer(pipe(lift(str), lift(calls))) == (
        "name_and_path",
        "RunnableSequence > 2: calls > name_and_path",
    )


@pytest.mark.parametrize("outer", WAYS)
@pytest.mark.parametrize("inner", [invoke, stream, batch])
@pytest.mark.parametrize("blocking", [False, True])
def test_an_error_names_the_leaf_that_the_failing_run_stands_in(
    outer: Callable[[Program], Any], inner: Callable[[Program], Any], blocking: bool
) -> None:
    def calls(_: object) -> Any:  # Any: it fails
        step = lift(boom, blocking=blocking)
        return inner(parallel(step, step))

    with pytest.raises(ValueError, match="boom") as raised:
        outer(pipe(lift(str), lift(calls)))
    (note,) = raised.value.__notes__
    assert note.startswith("in step RunnableSequence > 2: calls > RunnableParallel<0,1> > ")
    assert note.endswith(" boom")


def test_an_error_that_is_raised_again_elsewhere_keeps_its_path() -> None:
    error = ValueError("boom")

    def again(_: object) -> None:
        raise error

    for _ in range(3):
        with pytest.raises(ValueError, match="boom"):
            lift(again).invoke(0)
    assert error.__notes__ == ["in step again"]


def test_every_item_of_a_batch_is_a_run() -> None:
    program: Program = pipe(lift(here, blocking=False), lift(lambda run: run.run_id, blocking=False))
    ids = program.batch([0, 1, 2])
    assert len(set(ids)) == 3
    asked: Program = lift(ask_twice, blocking=False)
    assert asked.batch([0, 1]) == [True, True]


def test_listeners_of_a_run_inside_are_told_of_the_runs_around_it() -> None:
    parents: list[tuple[object, ...]] = []
    ids: list[object] = []

    def calls(_: object) -> None:
        ids.append(here(0).run_id)
        lift(str).invoke(0, {"listeners": [lambda event: parents.append(event.parent_ids)]})

    outer: Program = lift(calls)

    def calls_it(_: object) -> None:
        outer.invoke(0)

    lift(calls_it).invoke(0)
    assert {len(path) for path in parents} == {2}
    assert {path[-1] for path in parents} == set(ids)
    assert len({path[0] for path in parents}) == 1


def test_tags_and_metadata_are_inherited_by_a_run_inside() -> None:
    def calls(_: object) -> Any:  # Any: a run
        return lift(here).invoke(0)

    program: Program = pipe(lift(str), with_config(lift(calls), tags=["outer"], metadata={"a": 1}))
    run = program.invoke(0)
    assert (run.tags, dict(run.metadata)) == (("outer",), {"a": 1})


def test_there_is_no_run_in_a_thread_of_ones_own() -> None:
    seen: list[object] = []

    def starts(_: object) -> None:
        thread = threading.Thread(target=lambda: seen.append(current_run()))
        thread.start()
        thread.join()

    lift(starts).invoke(0)
    assert seen == [None]


def test_the_reader_of_a_stream_is_not_in_it() -> None:
    def letters(text: str) -> Iterator[str]:
        yield from text

    for _ in lift_stream(letters).stream("ab"):
        assert current_run() is None


def test_a_failed_call_leaves_nothing_behind() -> None:
    def asks(value: object) -> None:
        here(value)
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        lift(asks).invoke(0)
    with pytest.raises(ValueError, match="boom"):
        lift(asks, blocking=False).batch([0])
    assert not ROOTS


def test_recursion_through_runs_is_one_path() -> None:
    program: Program

    def down(depth: int) -> str:
        return program.invoke(depth - 1) if depth else here(0).path  # type: ignore[no-any-return]  # as annotated

    program = lift(down)
    assert program.invoke(3) == "down > down > down > down"
    assert map_batch(program).invoke([1]) == ["RunnableEach<down> > down > down"]


@pytest.mark.parametrize("way", WAYS)
def test_a_further_try_is_tagged(way: Callable[[Program], Any]) -> None:
    seen: list[tuple[str, ...]] = []

    def fails_twice(_: object) -> None:
        seen.append(here(0).tags)
        if len(seen) < 3:
            raise ValueError("boom")

    way(with_retry(fails_twice, delays=[0, 0, 0]))
    assert seen == [(), ("retry:attempt:2",), ("retry:attempt:3",)]


@pytest.mark.parametrize("way", WAYS)
def test_a_streaming_leaf_is_known_wherever_it_stands(way: Callable[[Program], Any]) -> None:
    def chunks(_: object) -> Iterator[str]:
        yield here(0).path

    leaf: Program = with_config(lift_stream(chunks), tags=["own"])
    last = lift(lambda found: found, name="last")
    assert way(pipe(leaf, last)) == "RunnableSequence > 1: chunks"
    assert way(parallel(k=leaf)) == {"k": "RunnableParallel<k> > k: chunks"}
    assert way(with_retry(leaf)) == "RunnableRetry > chunks"
    assert way(with_timeout(leaf, 60)) == "RunnableTimeout > chunks"


@pytest.mark.parametrize("way", WAYS)
def test_a_leaf_within_a_time_is_in_its_run(way: Callable[[Program], Any]) -> None:
    assert way(with_timeout(lift(name_and_path), 60)) == ("name_and_path", "RunnableTimeout > name_and_path")


@pytest.mark.parametrize("watched", [False, True])
def test_a_generator_that_is_closed_cleans_up_in_its_run(watched: bool) -> None:
    seen: list[str] = []
    heard: list[Event] = []
    echo: Program = lift(lambda value: value, name="echo")

    def letters(_: object) -> Iterator[str]:
        try:
            yield "a"
            yield "b"
        finally:
            emit("closing", 1)
            echo(1)
            seen.append(here(0).name)

    chunks = pipe(lift_stream(letters), map_chunks(str.upper)).stream(
        0, {"listeners": [heard.append]} if watched else None
    )
    assert next(chunks) == "A"
    chunks.close()
    assert seen == ["letters"]
    assert [event.name for event in heard if event.name in ("closing", "echo")] == ["closing", "echo", "echo"] * watched


@pytest.mark.parametrize("name", [3, None, b"n"])
def test_events_of_ones_own_have_a_text_for_a_name(name: Any) -> None:  # Any: wrong on purpose
    with pytest.raises(TypeError, match=r"^emit: name must be a str; got "):
        emit(name)
    program: Program = lift(lambda value: emit(name, value))
    with pytest.raises(TypeError, match=r"^emit: name must be a str; got ") as raised:
        program.invoke(1)
    assert len(raised.value.__notes__) == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("blocking", [False, True])
def test_what_runs_inside_several_branches_is_inside_the_same_runs(
    way: Callable[[Program], Any], blocking: bool
) -> None:
    around: list[tuple[object, ...]] = []

    def calls(_: object) -> None:
        for _ in range(2):
            lift(str).invoke(0, {"listeners": [lambda event: around.append(event.parent_ids)]})

    leaf: Program = lift(calls, blocking=blocking)
    way(pipe(lift(str), parallel(leaf, pipe(lift(str), leaf)), lift(str)))
    assert len(around) == 8
    assert len({path[:2] for path in around}) == 1  # the pipe and the parallel
    assert sorted(map(len, around)) == [3] * 4 + [4] * 4
    assert len({path[2:] for path in around}) == 2  # each branch has its own, and keeps it


def test_a_run_that_is_inside_another_knows_all_around_it() -> None:
    """Also a run that only its frame tells of, inside one that was asked for its id before."""
    seen: list[tuple[object, ...]] = []

    def innermost(_: object) -> None:
        lift(str).invoke(0, {"listeners": [lambda event: seen.append(event.parent_ids)]})

    inner: Program = lift(innermost)

    def middle(value: object) -> None:
        mine = here(value).run_id
        inner.invoke(value)
        assert here(value).run_id == mine
        inner.batch([value])
        assert {path[1] for path in seen} == {mine}

    program: Program = lift(middle)

    def outermost(value: object) -> None:
        mine = here(value).run_id
        program.invoke(value)
        assert {path[0] for path in seen} == {mine}

    lift(outermost).invoke(0)
    assert {len(path) for path in seen} == {3}
    assert len({path[2] for path in seen}) == 2


@pytest.mark.parametrize("way", WAYS)
def test_a_streaming_leaf_that_asks_before_it_makes_chunks_is_one_run(way: Callable[[Program], Any]) -> None:
    def asks(_: object) -> Iterator[bool]:
        mine = here(0).run_id

        def chunks() -> Iterator[bool]:
            yield here(0).run_id == mine

        return chunks()

    def aasks(_: object) -> AsyncIterator[bool]:
        mine = here(0).run_id

        async def chunks() -> AsyncIterator[bool]:
            yield here(0).run_id == mine

        return chunks()

    for leaf in (lift_stream(asks, monoid=last), lift_stream(aasks, monoid=last)):
        assert way(leaf) is True
        assert way(pipe(leaf, lift(bool))) is True
