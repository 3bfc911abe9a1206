"""Sections 1 and 9: Runnables called inside leaves are children of the leaf's run, in every way, thread and task."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextvars import copy_context
from typing import Any

import pytest

from runlaw import (
    Runnable,
    attempt,
    branch,
    current_run,
    emit,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    parallel,
    pipe,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
)
from runlaw.events import Custom, Event, RunStarted

from .support import Boom, alist, boom, exclaim, letters, run, shout
from .watching import Dicts, Way, check_brackets, every_way, kinds, named

inner = lift_stream(letters) | lift(shout, blocking=False)


def parents(events: Dicts, name: str) -> list[list[str]]:
    """The names of the runs around each run of that name, outermost first."""
    names = {event["run_id"]: event["name"] for event in events if event["event"] != "on_custom_event"}
    return [
        [names[parent] for parent in event["parent_ids"]]
        for event in named(events, name)
        if event["event"].endswith("_start")
    ]


SYNC_CALLS: dict[str, Callable[[str], object]] = {
    "call": inner,
    "invoke": inner.invoke,
    "stream": lambda text: list(inner.stream(text)),
    "transform": lambda text: list(inner.transform([text])),
    "batch": lambda text: inner.batch([text, text]),
    "batch_as_completed": lambda text: list(inner.batch_as_completed([text])),
    "map_batch": lambda text: map_batch(inner)([text]),
    "stream_events": lambda text: [event["event"] for event in inner.stream_events(text)],
    "stream_log": lambda text: len(list(inner.stream_log(text))),
    "a loop of its own": lambda text: asyncio.run(inner.ainvoke(text)),
}
ASYNC_CALLS: dict[str, Callable[[str], Awaitable[object]]] = {
    "ainvoke": inner.ainvoke,
    "astream": lambda text: alist(inner.astream(text)),
    "atransform": lambda text: alist(inner.atransform([text])),
    "abatch": lambda text: inner.abatch([text, text]),
    "abatch_as_completed": lambda text: alist(inner.abatch_as_completed([text])),
    "astream_events": lambda text: alist(inner.astream_events(text)),
    "astream_log": lambda text: alist(inner.astream_log(text)),
}


@every_way
@pytest.mark.parametrize("call", list(SYNC_CALLS.values()), ids=list(SYNC_CALLS))
def test_a_runnable_called_inside_a_sync_leaf_is_its_child(way: Way, call: Callable[[str], object]) -> None:
    def outer(text: str) -> object:
        return call(text)

    events = way.events(pipe(exclaim, lift(outer), repr), "ab")
    check_brackets(events)
    found = parents(events, "letters")
    assert found
    for names in found:
        assert names[:2] == ["RunnableSequence", "outer"]
        assert names[-1] == "RunnableSequence"


@pytest.mark.parametrize("call", list(ASYNC_CALLS.values()), ids=list(ASYNC_CALLS))
@pytest.mark.parametrize("sync", [False, True], ids=["astream_events", "stream_events"])
def test_a_runnable_awaited_inside_an_async_leaf_is_its_child(
    call: Callable[[str], Awaitable[object]], sync: bool
) -> None:
    async def outer(text: str) -> object:
        return await call(text)

    program = pipe(exclaim, lift(outer), repr)
    events: Dicts = (
        [dict(event) for event in program.stream_events("ab")]
        if sync
        else [dict(event) for event in run(alist(program.astream_events("ab")))]
    )
    check_brackets(events)
    found = parents(events, "letters")
    assert found
    for names in found:
        assert names[:2] == ["RunnableSequence", "outer"]


def test_a_sync_runnable_called_on_the_loop_is_a_child() -> None:
    async def outer(text: str) -> str:
        return inner(text)

    events: Dicts = [dict(event) for event in run(alist(lift(outer).astream_events("ab")))]
    check_brackets(events)
    assert parents(events, "letters") == [["outer", "RunnableSequence"]]


@every_way
def test_streaming_leaves_tell_their_chunks_live_also_where_they_are_called(way: Way) -> None:
    def words(text: str) -> Iterator[str]:
        yield from [text, "!", "?"]

    said = way.source(words)
    programs: dict[str, Runnable[Any, Any]] = {
        "map_batch": pipe(way.leaf(lambda text: [text, text], name="twice"), map_batch(said)),
        "attempt": attempt(said),
        "branch": branch((said | way.leaf(bool, name="truth"), said), default=said),
        "timeout": with_timeout(said, 60.0),
        "positional": parallel(said, said),
    }
    for name, program in programs.items():
        events = way.events(program, "a")
        check_brackets(events)
        runs: dict[str, list[str]] = {}
        for event in named(events, "words"):
            if event["event"] == "on_chain_stream":
                runs.setdefault(event["run_id"], []).append(event["data"]["chunk"])
        assert runs, name
        assert all(chunks == ["a", "!", "?"] for chunks in runs.values()), name


def test_a_streaming_leaf_called_inside_a_leaf_tells_its_chunks() -> None:
    def outer(text: str) -> str:
        return lift_stream(letters)(text)

    events: Dicts = [dict(event) for event in lift(outer).stream_events("ab")]
    assert [event["data"]["chunk"] for event in named(events, "letters") if "chunk" in event["data"]] == ["a", "b"]


def test_an_invoke_tells_no_chunks() -> None:
    events: list[Event] = []
    pipe(lift_stream(letters), shout).invoke("ab", {"listeners": [events.append]})
    assert [type(event).__name__ for event in events] == [
        "RunStarted",
        "RunStarted",
        "RunEnded",
        "RunStarted",
        "RunEnded",
        "RunEnded",
    ]


@every_way
def test_emit_tells_from_threads_and_tasks_of_a_leaf(way: Way) -> None:
    def work(text: str) -> str:
        threads = [threading.Thread(target=copy_context().run, args=(emit, "note", n)) for n in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return text

    events = way.events(pipe(shout, lift(work)), "a")
    check_brackets(events)
    notes = [event for event in events if event["event"] == "on_custom_event"]
    assert sorted(event["data"] for event in notes) == [0, 1, 2, 3, 4]
    assert {event["run_id"] for event in notes} == {event["run_id"] for event in named(events, "work")}


def test_emit_tells_from_async_leaves_and_their_tasks() -> None:
    async def work(text: str) -> str:
        async def part(number: int) -> None:
            await asyncio.sleep(0)
            emit("note", number)

        emit("begin")
        await asyncio.gather(part(1), part(2))
        return text

    async def chunks(text: str) -> AsyncIterator[str]:
        for letter in text:
            await asyncio.sleep(0)
            emit("letter", letter)
            yield letter

    program = lift(work) | lift_stream(chunks)
    for events in ([*program.stream_events("ab")], run(alist(program.astream_events("ab")))):
        told = [(event["name"], event["data"]) for event in events if event["event"] == "on_custom_event"]
        assert told == [("begin", None), ("note", 1), ("note", 2), ("letter", "a"), ("letter", "b")]


@every_way
def test_what_a_leaf_emits_after_its_end_is_dropped(way: Way) -> None:
    release = threading.Event()
    emitted = threading.Event()

    def work(text: str) -> str:
        def late() -> None:
            release.wait(20)
            emit("late")
            emitted.set()

        threading.Thread(target=copy_context().run, args=(late,)).start()
        return text

    def wait(text: str) -> str:
        release.set()
        emitted.wait(20)
        return text

    events = way.events(pipe(lift(work), lift(wait)), "a")
    check_brackets(events)
    assert [event for event in events if event["event"] == "on_custom_event"] == []


@every_way
def test_current_run_is_that_of_the_events(way: Way) -> None:
    seen: list[tuple[str, str, tuple[str, ...]]] = []

    def look(text: Any) -> Any:
        here = current_run()
        assert here is not None
        seen.append((here.name, str(here.run_id), here.tags))
        return text

    step = way.leaf(look)
    program = pipe(step, parallel(a=step, b=with_retry(step)), way.leaf(list, name="keys"), map_batch(step))
    events = way.events(program | with_fallbacks(step, step), "a", {"tags": ["call"]})
    starts = [(e["name"], e["run_id"], tuple(e["tags"])) for e in events if e["event"] == "on_chain_start"]
    assert sorted(seen) == sorted(start for start in starts if start[0] == "look")


@every_way
def test_listeners_in_the_config_are_told_as_well(way: Way) -> None:
    heard: list[Event] = []
    events = way.events(pipe(shout, exclaim), "a", {"listeners": [heard.append]})
    assert [str(event.run_id) for event in heard] == [event["run_id"] for event in events]


@every_way
def test_with_listeners_hears_its_own_run_in_every_way(way: Way) -> None:
    heard: list[Event] = []
    step = with_listeners(way.leaf(shout), on_start=heard.append, on_end=heard.append)
    way.events(pipe(exclaim, step), "a")
    assert [(type(event).__name__, event.name) for event in heard] == [("RunStarted", "shout"), ("RunEnded", "shout")]


def test_listeners_hear_every_item_of_a_batch() -> None:
    heard: list[Event] = []

    def dot(texts: Sequence[str]) -> list[str]:
        return [text + "." for text in texts]

    program = lift(shout) | lift_batch(dot)
    assert program.batch(["a", "b"], {"listeners": [heard.append]}) == ["A.", "B."]
    names = [event.name for event in heard if isinstance(event, RunStarted)]
    assert sorted(names) == ["RunnableSequence", "RunnableSequence", "dot", "dot", "shout", "shout"]
    assert run(program.abatch(["a", "b"], {"listeners": [heard.append]})) == ["A.", "B."]
    assert len([event for event in heard if isinstance(event, RunStarted)]) == 12


def test_the_abandoned_items_of_a_batch_are_told_to_fail_before_the_error_is_raised() -> None:
    entered, release = threading.Event(), threading.Event()

    def step(text: str) -> str:
        if text == "bad":
            entered.wait(20)
            raise Boom(text)
        entered.set()
        release.wait(20)
        return text

    heard: list[tuple[str, str, object]] = []

    def listen(event: Event) -> None:
        heard.append((type(event).__name__, event.name, getattr(event, "input", None)))

    with pytest.raises(Boom):
        (lift(step) | lift(shout)).batch(["slow", "bad"], {"listeners": [listen]})
    told = list(heard)
    release.set()
    assert told.count(("RunFailed", "RunnableSequence", "slow")) == 1
    assert told.count(("RunFailed", "step", "slow")) == 1
    assert len(told) == 8


@every_way
def test_abandoned_siblings_are_told_to_fail_before_the_run_around_them(way: Way) -> None:
    entered, release = threading.Event(), threading.Event()

    def slow(text: str) -> str:
        entered.set()
        release.wait(20)
        return text

    def fails(text: str) -> str:
        entered.wait(20)
        raise Boom(text)

    with way.read(parallel(a=lift(slow) | lift(shout), b=lift(fails)), "a") as reader:
        events, error = reader.to_error()
    release.set()
    assert isinstance(error, Boom)
    check_brackets(events)
    errors = {event["name"]: type(event["data"]["error"]) for event in events if event["event"].endswith("_error")}
    assert errors["fails"] is errors["RunnableParallel<a,b>"] is Boom
    assert errors["slow"] is errors["RunnableSequence"] is asyncio.CancelledError
    assert "shout" not in [name for _, name in kinds(events)]


@every_way
def test_a_step_whose_reader_wants_no_more_ends_with_what_it_gave(way: Way) -> None:
    def first_two(chunks: Iterator[str]) -> Iterator[str]:
        yield next(chunks)
        yield next(chunks)

    program = lift_stream(letters) | lift_transform(first_two)
    events = way.events(program, "abcdef")
    check_brackets(events)
    ends = {event["name"]: event["data"]["output"] for event in events if event["event"] == "on_chain_end"}
    assert ends["first_two"] == ends["RunnableSequence"] == "ab"
    assert ends["letters"].startswith("ab")
    assert [event for event in events if event["event"].endswith("_error")] == []


@every_way
def test_a_step_whose_input_fails_before_it_starts_is_not_told_of(way: Way) -> None:
    with way.read(pipe(way.leaf(boom), shout, exclaim), "a") as reader:
        events, error = reader.to_error()
    assert isinstance(error, Boom)
    check_brackets(events)
    assert {name for _, name in kinds(events)} == {"RunnableSequence", "boom"}


@every_way
def test_failures_that_a_policy_catches_are_told(way: Way) -> None:
    events = way.events(with_fallbacks(way.leaf(boom), way.leaf(shout)), "a")
    check_brackets(events)
    told = [each for each in kinds(events) if not each[0].endswith("_stream")]
    assert told == [
        ("on_chain_start", "RunnableWithFallbacks"),
        ("on_chain_start", "boom"),
        ("on_chain_error", "boom"),
        ("on_chain_start", "shout"),
        ("on_chain_end", "shout"),
        ("on_chain_end", "RunnableWithFallbacks"),
    ]


def test_a_listener_that_raises_changes_nothing_and_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Event] = []

    def broken(event: Event) -> None:
        raise Boom("listener")

    program = pipe(shout, exclaim)
    assert program.invoke("a", {"listeners": [broken, heard.append]}) == "A!"
    assert run(program.ainvoke("a", {"listeners": [broken]})) == "A!"
    assert len(heard) == 6
    assert len(caplog.records) == 2
    assert "broken" in caplog.text
    assert caplog.records[0].name == "runlaw"


def test_what_a_listener_runs_is_no_part_of_the_run() -> None:
    heard: list[Event] = []

    def listen(event: Event) -> None:
        heard.append(event)
        assert current_run() is None or isinstance(event, Custom) is False
        lift(exclaim)("x")

    def work(text: str) -> str:
        emit("note")
        return lift(shout)(text)

    parallel(a=lift(work), b=lift(work)).invoke("a", {"listeners": [listen]})
    assert "exclaim" not in {event.name for event in heard}
    assert len(heard) == 2 + 2 * (2 + 1 + 2)
