"""Programs that are too high for one stack run on several, and nobody notices."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import pytest

from runlaw import Runnable, last, lift, lift_stream, lift_transform, map_chunks, parallel, pick, pipe, with_retry
from runlaw.algebra.facts import facts
from runlaw.algebra.walk import MAX_DEPTH
from runlaw.interpret.apart import Aside, cut
from runlaw.interpret.heights import APART, QUIET, ROOM, WATCHED, heights
from runlaw.interpret.stream_value import END, Stream
from runlaw.kernel.monoid import BY_VALUE

Program = Runnable[Any, Any]  # Any: asserted on
SHALLOW = 700
"""Frames that are enough at any depth: the rest of a stack is for the caller and for what leaves do."""


def same(value: Any) -> Any:  # Any: as above
    return value


async def asame(value: Any) -> Any:  # Any: as above
    return value


def through(chunks: Iterator[Any]) -> Iterator[Any]:  # Any: as above
    yield from chunks


async def athrough(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:  # Any: as above
    async for chunk in chunks:
        yield chunk


def deepest(between: Callable[[Program], Program]) -> Program:
    program: Program = lift(same)
    while facts(program.node).depth < MAX_DEPTH:
        program = between(with_retry(program, delays=[0]))
    return program


async def drain(chunks: AsyncIterator[Any]) -> list[Any]:  # Any: as above
    return [chunk async for chunk in chunks]


BETWEEN: dict[str, Callable[[Program], Program]] = {
    "nothing": same,
    "lifted": lambda program: pipe(same, program, same),
    "async": lambda program: pipe(lift(asame), program, lift(asame)),
    "streaming": lambda program: pipe(
        lift_transform(through, monoid=last), program, *[lift_transform(through, monoid=last)] * 5
    ),
    "async streaming": lambda program: pipe(
        lift_transform(athrough, monoid=last), program, *[lift_transform(athrough, monoid=last)] * 5
    ),
    "records": lambda program: pipe(lambda value: {"a": value}, parallel(a=pipe(pick("a"), program)), pick("a")),
}
WAYS: dict[str, Callable[[Program], Any]] = {  # Any: as above
    "invoke": lambda program: program.invoke(1),
    "ainvoke": lambda program: asyncio.run(program.ainvoke(1)),
    "transform": lambda program: list(program.transform([1]))[-1],
    "atransform": lambda program: asyncio.run(drain(program.atransform([1])))[-1],
    "stream_events": lambda program: same(list(program.stream_events(1))[-1]["data"])["output"],
    "astream_events": lambda program: asyncio.run(drain(program.astream_events(1)))[-1]["data"]["output"],
    "listened to": lambda program: program.invoke(1, {"listeners": [lambda event: None]}),
    "listened to, async": lambda program: asyncio.run(program.ainvoke(1, {"listeners": [lambda event: None]})),
}


@pytest.mark.parametrize("between", list(BETWEEN.values()), ids=list(BETWEEN))
@pytest.mark.parametrize("way", list(WAYS.values()), ids=list(WAYS))
def test_no_stack_gets_high_at_the_greatest_depth(way: Callable[[Program], Any], between: Any) -> None:  # Any: as above
    program = deepest(between)
    outcome: list[object] = []

    def work() -> None:
        try:
            outcome.append(way(program))
        except BaseException as error:
            outcome.append(error)

    before = sys.getrecursionlimit()
    thread = threading.Thread(target=work)
    sys.setrecursionlimit(SHALLOW)
    try:
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(before)
    assert outcome == [1]


# Heights


@pytest.mark.parametrize("observed", [False, True])
def test_a_pipe_is_as_high_as_its_streaming_steps_together_and_as_its_highest_call(observed: bool) -> None:
    costs = WATCHED if observed else QUIET
    step = lift_transform(through, monoid=last)
    few = heights(pipe(*[step] * 3).node, observed)
    assert few.stream == costs.stream_pipe + 3 * costs.stream_leaf
    assert few.call == costs.call_pipe + costs.call_leaf
    many: Any = pipe  # Any: pipe is typed up to a fixed number of steps
    assert heights(many(*[step] * 10_000).node, observed).stream == ROOM


@pytest.mark.parametrize("observed", [False, True])
def test_what_gets_too_high_is_apart_from_what_is_around_it(observed: bool) -> None:
    program: Program = lift(same)
    streams: list[bool] = []
    calls: list[bool] = []
    for _ in range(MAX_DEPTH):
        program = pipe(same, with_retry(program, delays=[0]), same)
        known = heights(program.node, observed)
        inner = heights(program.node.steps[1], observed)  # type: ignore[attr-defined]  # it is a pipe
        assert known.call <= ROOM
        assert known.stream <= ROOM
        assert not known.stream_apart
        assert (inner.stream == APART) is inner.stream_apart
        streams.append(inner.stream_apart)
        calls.append(inner.call_apart or known.call_apart)
    assert any(streams)
    assert any(calls)
    assert not any(streams[:15])
    assert not any(calls[:40])


def test_facts_and_heights_of_a_deep_program_need_no_stack() -> None:
    program: Program = lift(same)
    for _ in range(MAX_DEPTH):
        program = pipe(same, with_retry(program, delays=[0]), same)
    nodes = [program.node]
    while nodes:
        node = nodes.pop()
        for key in ("_facts", "_heights", "_watched_heights"):
            node.__dict__.pop(key, None)
        nodes += [inner for inner in (*getattr(node, "steps", ()), getattr(node, "inner", None)) if inner is not None]
    before = sys.getrecursionlimit()
    deep = len(list(iter_frames())) + 60
    sys.setrecursionlimit(deep)
    try:
        depth = facts(program.node).depth
        high = heights(program.node, observed=False)
    finally:
        sys.setrecursionlimit(before)
    assert depth == MAX_DEPTH
    assert high.call <= ROOM


def iter_frames() -> Iterator[object]:
    frame = sys._getframe()
    while frame is not None:
        yield frame
        frame = frame.f_back  # type: ignore[assignment]  # None ends it


# Threads that do what they are asked


def test_work_is_done_in_another_thread_and_one_context() -> None:
    said: ContextVar[str] = ContextVar("said", default="nothing")
    said.set("this")
    aside = Aside()
    try:
        assert aside.do(threading.get_ident) != threading.get_ident()
        assert aside.do(said.get) == "this"
        said.set("that")
        assert aside.do(said.get) == "that"
    finally:
        aside.end()


def test_an_error_of_the_work_is_raised_and_more_work_may_follow() -> None:
    aside = Aside()
    try:
        with pytest.raises(ValueError, match="not in list"):
            aside.do(lambda: ["one"].remove("other"))
        assert aside.do(lambda: 1) == 1
    finally:
        aside.end()


def test_the_last_work_is_done_before_the_end_and_its_error_raised() -> None:
    done: list[int] = []
    aside = Aside()
    aside.end(lambda: done.append(1))
    assert done == [1]
    with pytest.raises(ZeroDivisionError):
        Aside().end(lambda: 1 // 0)


def test_an_asker_that_was_interrupted_does_not_wait_and_the_last_work_is_still_done() -> None:
    busy, go_on, done = threading.Event(), threading.Event(), threading.Event()
    aside = Aside()

    def work() -> None:
        busy.set()
        go_on.wait()

    aside._ask(work)
    aside._busy = True  # as an asker that was interrupted left it
    assert busy.wait(10)
    aside.end(done.set)
    assert not done.is_set()
    go_on.set()
    assert done.wait(10)


# Cuts


def test_a_cut_stream_is_lazy_and_made_in_one_other_thread() -> None:
    made: list[int] = []
    threads: set[int] = set()

    def numbers() -> Iterator[int]:
        for number in range(3):
            made.append(number)
            threads.add(threading.get_ident())
            yield number

    stream = cut(source_of(numbers()))
    assert made == []
    assert next(stream.chunks) == 0
    assert made == [0]
    assert list(stream.chunks) == [1, 2]
    assert len(threads) == 1
    assert threading.get_ident() not in threads
    assert next(stream.chunks, END) is END


def source_of(chunks: Any) -> Stream:  # Any: of whatever kind
    stream = Stream(chunks, BY_VALUE, [])
    stream.register(None)
    return stream


def test_a_known_value_is_not_cut() -> None:
    from runlaw.interpret.stream_value import once

    known = once(1)
    assert cut(known) is known


def test_a_cut_stream_that_is_closed_closes_what_is_above_it_and_nothing_below() -> None:
    closed: list[str] = []

    def named(name: str, chunks: Iterator[int]) -> Iterator[int]:
        try:
            yield from chunks
        finally:
            closed.append(f"{name} {threading.get_ident() == here}")

    here = threading.get_ident()
    source = source_of(named("above", iter(range(9))))
    stream = cut(source)
    below = named("below", stream.chunks)
    stream.opened.append(type(source.opened[0])(below, None))
    assert next(below) == 0
    stream.chunks.close()
    assert closed == ["above False"]
    assert [step.chunks for step in stream.opened] == [stream.chunks, below]


def test_an_async_cut_stream_is_made_in_tasks_and_closed() -> None:
    tasks: list[object] = []
    closed: list[object] = []

    async def numbers() -> AsyncIterator[int]:
        try:
            for number in range(9):
                tasks.append(asyncio.current_task())
                yield number
        finally:
            closed.append(asyncio.current_task())

    async def scenario() -> None:
        stream = cut(source_of(numbers()))
        assert await anext(stream.chunks) == 0
        assert await anext(stream.chunks) == 1
        await stream.chunks.aclose()
        assert len(closed) == 1
        assert asyncio.current_task() not in (*tasks, *closed)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(scenario())


def test_a_cut_stream_raises_what_the_stream_raises() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        raise LookupError("no more")

    stream = cut(source_of(numbers()))
    assert next(stream.chunks) == 1
    with pytest.raises(LookupError, match="no more"):
        next(stream.chunks)


@pytest.mark.parametrize("steps", [10, 1_000])
def test_a_pipe_of_streams_is_cut_only_where_it_is_long(steps: int) -> None:
    threads: set[int] = set()

    def noting(chunks: Iterator[Any]) -> Iterator[Any]:  # Any: as above
        for chunk in chunks:
            threads.add(threading.get_ident())
            yield chunk

    many: Any = pipe  # Any: pipe is typed up to a fixed number of steps
    program = many(
        lift_stream(lambda value: iter([value]), monoid=last), *[lift_transform(noting, monoid=last)] * steps
    )
    assert list(program.stream("x")) == ["x"]
    assert (len(threads) > 1) is (steps > ROOM // QUIET.stream_leaf)


def test_chunks_are_mapped_in_one_stretch() -> None:
    many: Any = pipe  # Any: as above
    program = many(*[map_chunks(str.upper)] * 2_000)
    assert list(program.stream("x")) == ["X"]
