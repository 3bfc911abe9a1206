"""What was given up reads no further and starts nothing more, whatever step it was in, and closes what it read."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import pytest

from runlaw import (
    Runnable,
    attempt,
    branch,
    last,
    lift,
    lift_batch,
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
    with_validation,
)

Program = Runnable[Any, Any]  # Any: programs of all types
PATIENCE = 10.0


class Endless:
    """Chunks without an end, that tell when they are closed, if they were ever asked for."""

    def __init__(self) -> None:
        self.opened = False
        self.closed = threading.Event()

    def is_closed(self) -> bool:
        return not self.opened or self.closed.wait(PATIENCE)

    def chunks(self, _: object) -> Iterator[str]:
        self.opened = True
        try:
            while True:
                time.sleep(0.001)
                yield "a"
        finally:
            self.closed.set()

    async def achunks(self, _: object) -> AsyncIterator[str]:
        self.opened = True
        try:
            while True:
                await asyncio.sleep(0.001)
                yield "a"
        finally:
            self.closed.set()

    def records(self, _: object) -> Iterator[dict[str, str]]:
        for chunk in self.chunks(_):
            yield {"k": chunk}


def same(text: str) -> str:
    return text


def through(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:  # noqa: UP028 - it is the other way to read chunks
        yield chunk


def delegated(chunks: Iterator[str]) -> Iterator[str]:
    yield from chunks


async def athrough(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        yield chunk


STEPS: dict[str, Program] = {
    "call": lift(same),
    "chunk by chunk": map_chunks(same),
    "chunk by chunk, quick": map_chunks(same, blocking=False),
    "transform": lift_transform(through),
    "delegating": lift_transform(delegated),
    "async transform": lift_transform(athrough),
    "retry": with_retry(lift_transform(through)),
    "fallbacks": with_fallbacks(lift_transform(through), same),
    "within another time": with_timeout(lift_transform(through), 60),
    "parallel": parallel(a=lift_transform(through), b=map_chunks(same)),
    "quick parallel": parallel(a=map_chunks(same, blocking=False)),
    "attempt": attempt(map_chunks(same)),
    "branch": branch((bool, same), default=same),
    "checked": with_validation(map_chunks(same)),
    "limited": with_config(map_chunks(same), max_concurrency=1),
    "several": pipe(map_chunks(same), lift_transform(through), map_chunks(same)),
}


def wrong(value: object) -> Any:  # Any: a checker does not follow it
    return value


def invoked(program: Program, config: Any) -> None:  # Any: a config
    program.invoke("", config)


def streamed(program: Program, config: Any) -> None:  # Any: as above
    for _ in program.stream("", config):
        pass


def ainvoked(program: Program, config: Any) -> None:  # Any: as above
    asyncio.run(program.ainvoke("", config))


def astreamed(program: Program, config: Any) -> None:  # Any: as above
    async def read() -> None:
        async for _ in program.astream("", config):
            pass

    asyncio.run(read())


CONFIGS: dict[str, object] = {"": None, "limited": {"max_concurrency": 2}, "listened": {"listeners": [lambda _: None]}}
every_way = pytest.mark.parametrize("way", [invoked, streamed, ainvoked, astreamed])
every_config = pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))


@every_way
@every_config
@pytest.mark.parametrize("step", STEPS.values(), ids=list(STEPS))
def test_what_takes_too_long_is_closed(way: Callable[[Program, Any], None], config: object, step: Program) -> None:
    for asynchronous in (False, True):
        endless = Endless()
        source: Program = lift_stream(endless.achunks if asynchronous else endless.chunks)
        with pytest.raises(TimeoutError, match=r"it took longer than 0\.02 seconds"):
            way(with_timeout(pipe(source, step), 0.02), config)
        assert endless.is_closed()


@every_way
@every_config
def test_records_that_take_too_long_are_closed(way: Callable[[Program, Any], None], config: object) -> None:
    endless = Endless()
    with pytest.raises(TimeoutError):
        way(with_timeout(wrong(pipe)(lift_stream(endless.records), pick("k"), map_chunks(same)), 0.02), config)
    assert endless.is_closed()


LATER: dict[str, Callable[[Program], object]] = {
    "invoke": lambda program: program.invoke("x"),
    "call": lambda program: program("x"),
    "stream": lambda program: list(program.stream("x")),
    "transform": lambda program: list(program.transform(iter("x"))),
    "batch": lambda program: program.batch(["x", "y"]),
    "batch_as_completed": lambda program: list(program.batch_as_completed(["x", "y"])),
    "stream_events": lambda program: list(program.stream_events("x")),
    "stream_log": lambda program: list(program.stream_log("x")),
}


@every_config
@pytest.mark.parametrize("later", LATER.values(), ids=list(LATER))
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_leaf_that_was_given_up_runs_no_other_program(
    later: Callable[[Program], object], config: object, asynchronous: bool
) -> None:
    began, release, ended = threading.Event(), threading.Event(), threading.Event()
    ran: list[object] = []

    def note(value: object) -> object:
        ran.append(value)
        return value

    def leaf(_: object) -> None:
        began.set()
        try:
            release.wait(PATIENCE)
            later(pipe(note, parallel(note, note)))
        finally:
            ended.set()

    program: Program = with_timeout(leaf, 0.02)

    async def scenario() -> None:
        with pytest.raises(TimeoutError):
            await program.ainvoke("", config)  # type: ignore[arg-type]  # a config
        release.set()
        assert not began.is_set() or await asyncio.to_thread(ended.wait, PATIENCE)

    if asynchronous:
        asyncio.run(scenario())
    else:
        with pytest.raises(TimeoutError):
            invoked(program, config)
        release.set()
        assert not began.is_set() or ended.wait(PATIENCE)
    assert ran == []


@pytest.mark.parametrize("later", LATER.values(), ids=list(LATER))
def test_a_leaf_that_is_given_up_while_it_runs_another_program_starts_no_further_step(
    later: Callable[[Program], object],
) -> None:
    release, began = threading.Event(), threading.Event()
    ran: list[object] = []

    def stays(value: str) -> str:
        began.set()
        release.wait(PATIENCE)
        return value

    inner: Program = pipe(stays, lift(ran.append))
    ended = threading.Event()

    def leaf(_: object) -> None:
        try:
            later(inner)
        finally:
            ended.set()

    with pytest.raises(TimeoutError):
        with_timeout(leaf, 0.5).invoke("")
    assert began.wait(PATIENCE)
    release.set()
    assert ended.wait(PATIENCE)
    time.sleep(0.02)
    assert ran == []


def test_steps_around_a_group_do_not_go_on() -> None:
    release, ended = threading.Event(), threading.Event()
    ran: list[object] = []

    def stays(text: str) -> str:
        release.wait(PATIENCE)
        ended.set()
        return text

    def group(texts: Sequence[str]) -> list[str]:
        ran.append(texts)
        return list(texts)

    program = map_batch(wrong(pipe)(stays, lift(ran.append), lift_batch(group)))
    with pytest.raises(TimeoutError):
        with_timeout(program, 0.3).invoke(["a", "b"])
    release.set()
    assert ended.wait(PATIENCE)
    time.sleep(0.05)
    assert ran == []


def test_a_reader_of_events_that_was_given_up_reads_no_more() -> None:
    endless = Endless()
    ended = threading.Event()
    source: Program = lift_stream(endless.chunks, monoid=last)

    def reads(_: object) -> None:
        try:
            for _ in source.stream_events(""):
                pass
        finally:
            ended.set()

    with pytest.raises(TimeoutError):
        with_timeout(reads, 0.05).invoke("")
    assert ended.wait(PATIENCE)
    assert endless.is_closed()


@pytest.mark.parametrize("config", [None, {"max_concurrency": 2}])
def test_a_step_after_branches_goes_on_when_they_have_ended(config: Any) -> None:  # Any: a config
    closed = threading.Event()

    def after(records: Iterator[dict[str, str]]) -> Iterator[str]:
        try:
            for _ in records:
                pass
            for letter in "xyz":
                yield letter
                time.sleep(0.02)
        finally:
            closed.set()

    branches = parallel(a=lift_transform(through), b=map_chunks(same))
    program: Program = wrong(pipe)(lift_stream(letters), branches, lift_transform(after))
    assert list(program.stream("ab", config)) == ["x", "y", "z"]
    assert closed.is_set()
    closed.clear()
    chunks = program.stream("ab", config)
    assert next(chunks) == "x"
    time.sleep(0.05)
    assert not closed.is_set()
    assert next(chunks) == "y"
    chunks.close()
    assert closed.is_set()


def letters(text: str) -> Iterator[str]:
    yield from text
