"""An error of a leaf names the leaf, once: whatever the leaf is, what stands beside it, and how the program runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import pytest

from runlaw import (
    Runnable,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    pipe,
)
from runlaw.components import chat_model
from runlaw.events import Event, RunFailed, RunStarted

Program = Runnable[Any, Any]  # Any: programs of all types
Way = Callable[[Program, object], object]
HEARD: list[Event] = []
LISTENED: Any = {"listeners": [HEARD.append]}  # Any: a config


def same(value: str) -> str:
    if value == "wrong":
        raise ValueError("it is wrong")
    return value


async def asame(value: str) -> str:
    await asyncio.sleep(0)
    return same(value)


def later(value):  # type: ignore[no-untyped-def]  # only a call tells that it is async
    return asame(value)


def group(values: Sequence[str]) -> list[str]:
    return [same(value) for value in values]


async def agroup(values: Sequence[str]) -> list[str]:
    await asyncio.sleep(0)
    return group(values)


def later_group(values):  # type: ignore[no-untyped-def]  # as above
    return agroup(values)


def letters(value: str) -> Iterator[str]:
    yield same(value)


async def aletters(value: str) -> AsyncIterator[str]:
    yield same(value)


def each(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        yield same(chunk)


async def aeach(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        yield same(chunk)


def turns_wrong(value: str) -> str:
    return "wrong" if value == "turns" else value


LEAVES: dict[str, Program] = {
    "blocking": lift(same),
    "quick": lift(same, blocking=False),
    "async": lift(asame),
    "async, as it turns out": lift(later),
    "group": lift_batch(group),
    "async group": lift_batch(agroup),
    "stream": lift_stream(letters),
    "quick stream": lift_stream(letters, blocking=False),
    "async stream": lift_stream(aletters),
    "transform": lift_transform(each),
    "async transform": lift_transform(aeach),
    "chunk by chunk": map_chunks(same),
    "chunk by chunk, quick": map_chunks(same, blocking=False),
    "chunk by chunk, async": map_chunks(asame),
}


def invoked(program: Program, value: object) -> object:
    return program.invoke(value)


def ainvoked(program: Program, value: object) -> object:
    return asyncio.run(program.ainvoke(value))


def invoked_and_listened(program: Program, value: object) -> object:
    return program.invoke(value, LISTENED)


def ainvoked_and_listened(program: Program, value: object) -> object:
    return asyncio.run(program.ainvoke(value, LISTENED))


def streamed(program: Program, value: object) -> object:
    (chunk,) = program.stream(value)
    return chunk


def astreamed(program: Program, value: object) -> object:
    async def read() -> object:
        (chunk,) = [chunk async for chunk in program.astream(value)]
        return chunk

    return asyncio.run(read())


def batched(program: Program, value: object) -> object:
    return program.batch([value])[0]


def abatched(program: Program, value: object) -> object:
    return asyncio.run(program.abatch([value]))[0]


WAYS: list[Way] = [
    invoked, ainvoked, invoked_and_listened, ainvoked_and_listened, streamed, astreamed, batched, abatched
]  # fmt: skip
every_way = pytest.mark.parametrize("way", WAYS)


@every_way
@pytest.mark.parametrize("beside", LEAVES.values(), ids=list(LEAVES))
@pytest.mark.parametrize("leaf", LEAVES.values(), ids=list(LEAVES))
def test_the_step_is_named_beside_every_other(way: Way, leaf: Program, beside: Program) -> None:
    turning = lift(turns_wrong, blocking=False)
    program = pipe(beside, turning, leaf, beside)
    assert way(program, "right") == "right"
    with pytest.raises(ValueError, match="it is wrong") as raised:
        way(program, "turns")
    assert raised.value.__notes__ == [f"in step RunnableSequence > 3: {leaf.name}"]


@every_way
@pytest.mark.parametrize("leaf", [group, agroup, later_group])
def test_a_group_that_fails_names_its_leaf(way: Way, leaf: Callable[[Sequence[str]], Any]) -> None:
    HEARD.clear()
    program: Program = pipe(map_batch(pipe(turns_wrong, lift_batch(leaf))), len)
    assert way(program, ["a", "b"]) == 2
    with pytest.raises(ValueError, match="it is wrong") as raised:
        way(program, ["a", "turns"])
    inside = "RunnableSequence > 1: RunnableEach<RunnableSequence> > RunnableSequence"
    assert raised.value.__notes__ == [f"in step {inside} > 2: {leaf.__name__}"]
    if HEARD:
        failed = [event.name for event in HEARD if isinstance(event, RunFailed)]
        assert sorted(failed) == sorted(
            [leaf.__name__] * 2 + ["RunnableSequence"] * 3 + ["RunnableEach<RunnableSequence>"]
        )
        assert all(event.error is raised.value for event in HEARD if isinstance(event, RunFailed))


def reply(messages: object) -> Any:  # Any: it fails before
    raise AssertionError("it is not called")


@pytest.mark.parametrize("way", [invoked_and_listened, ainvoked_and_listened])
def test_an_input_that_a_leaf_cannot_tell_is_told_as_it_is(way: Way) -> None:
    HEARD.clear()
    model: Program = chat_model(reply, name="parrot")
    with pytest.raises(TypeError) as raised:
        way(model, 3)
    started, failed = HEARD
    assert isinstance(started, RunStarted)
    assert started.input == 3
    assert isinstance(failed, RunFailed)
    assert failed.error is raised.value


FAILING: Program = pipe(turns_wrong, same)


def reads_events(value: object) -> None:
    list(FAILING.stream_events(value))


def reads_log(value: object) -> None:
    list(FAILING.stream_log(value))


async def areads_events(value: object) -> None:
    async for _ in FAILING.astream_events(value):
        pass


async def areads_log(value: object) -> None:
    async for _ in FAILING.astream_log(value):
        pass


@every_way
@pytest.mark.parametrize("watch", [reads_events, reads_log, areads_events, areads_log])
def test_a_leaf_that_watches_a_program_which_fails_is_on_the_path(way: Way, watch: Callable[[object], object]) -> None:
    with pytest.raises(ValueError, match="it is wrong") as raised:
        way(pipe(str, lift(watch, name="watches")), "turns")
    assert raised.value.__notes__ == ["in step RunnableSequence > 2: watches > RunnableSequence > 2: same"]
