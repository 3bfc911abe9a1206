"""The laws of events and logs, on random programs in every way of watching them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

import jsonpatch
import pytest
from hypothesis import given
from hypothesis import strategies as st

from property_tests.programs import Program, inputs, plain, programs
from runlaw import RunConfig, RunLog
from runlaw.events import Custom, Event, RunEnded, RunFailed, RunStarted, RunStreamed, fold, replay
from runlaw.events.patch import LogPatches
from runlaw.events.reduce import reduce
from runlaw.events.select import Selection, keep

every_kind = programs(with_async=True)


def heard_in(watch: Callable[[RunConfig], object]) -> list[Event]:
    events: list[Event] = []
    watch({"listeners": [events.append]})
    return events


async def drained(chunks: Any) -> None:  # Any: an async generator of whatever
    async for _ in chunks:
        pass


def events_of(program: Program, text: str) -> list[Event]:
    """The events of ``stream_events``."""
    return heard_in(lambda config: list(program.stream_events(text, config)))


def async_events_of(program: Program, text: str) -> list[Event]:
    """The events of ``astream_events``."""
    return heard_in(lambda config: asyncio.run(drained(program.astream_events(text, config))))


def check_brackets(events: list[Event]) -> None:
    going: set[object] = set()
    seen: set[object] = set()
    for event in events:
        assert set(event.parent_ids) <= going
        if isinstance(event, RunStarted):
            assert event.run_id not in seen
            seen.add(event.run_id)
            going.add(event.run_id)
        else:
            assert event.run_id in going
            if isinstance(event, (RunEnded, RunFailed)):
                going.remove(event.run_id)
    assert not going


def said(event: Event, names: dict[object, str]) -> Hashable:
    """All that an event says, up to ids and times: runs are named by the way to them."""
    path = tuple(names[parent] for parent in event.parent_ids)
    shared = (type(event).__name__, path, event.name, event.run_type, event.tags, plain(event.metadata))
    match event:
        case RunStarted():
            return (*shared, plain(event.input))
        case RunStreamed():
            return (*shared, plain(event.chunk))
        case RunEnded():
            return (*shared, plain(event.output), plain(event.input))
        case RunFailed():
            return (*shared, repr(event.error))
        case Custom():
            return (*shared, plain(event.data))


def all_said(events: list[Event]) -> Counter[Hashable]:
    names: dict[object, str] = {event.run_id: event.name for event in events if isinstance(event, RunStarted)}
    return Counter(said(event, names) for event in events)


@given(every_kind, inputs)
@pytest.mark.parametrize("watch", [events_of, async_events_of], ids=["sync", "async"])
def test_each_run_starts_once_and_ends_once_inside_the_runs_around_it(
    watch: Callable[[Program, str], list[Event]], program: Program, text: str
) -> None:
    check_brackets(watch(program, text))


@given(every_kind, inputs)
def test_called_programs_are_bracketed_too(program: Program, text: str) -> None:
    check_brackets(heard_in(lambda config: program.invoke(text, config)))
    check_brackets(heard_in(lambda config: asyncio.run(program.ainvoke(text, config))))


@given(every_kind, inputs)
@pytest.mark.parametrize("watch", [events_of, async_events_of], ids=["sync", "async"])
def test_the_final_output_of_the_fold_is_what_invoke_gives(
    watch: Callable[[Program, str], list[Event]], program: Program, text: str
) -> None:
    events = watch(program, text)
    given_by_invoke = program.invoke(text)
    assert fold(events).final_output == given_by_invoke
    last = events[-1]
    assert isinstance(last, RunEnded)
    assert last.output == given_by_invoke


@given(every_kind, inputs)
def test_watching_changes_no_chunk(program: Program, text: str) -> None:
    first, *events = events_of(program, text)
    chunks = [event.chunk for event in events if isinstance(event, RunStreamed) and event.run_id == first.run_id]
    assert chunks == ([] if first.run_type == "prompt" else list(program.stream(text)))


@given(every_kind, inputs)
def test_sync_and_async_tell_the_same(program: Program, text: str) -> None:
    assert all_said(events_of(program, text)) == all_said(async_events_of(program, text))


@given(every_kind, inputs)
def test_invoke_and_ainvoke_tell_the_same(program: Program, text: str) -> None:
    sync = heard_in(lambda config: program.invoke(text, config))
    other = heard_in(lambda config: asyncio.run(program.ainvoke(text, config)))
    assert all_said(sync) == all_said(other)


@given(programs(), inputs, st.sampled_from(["each", "end"]))
def test_patches_applied_give_the_fold_at_every_prefix(program: Program, text: str, final_output: Any) -> None:
    events = events_of(program, text)
    patches, log, applied = LogPatches(final_output), RunLog(), RunLog()
    document: Any = {}
    for event in events:
        log = reduce(log, event, final_output=final_output)
        patch = patches.patch(event)
        if patch is not None:
            document = jsonpatch.apply_patch(document, patch.ops)
            applied = applied + patch
        assert log.state == document
    assert applied == log == fold(events, final_output=final_output)


@given(every_kind, inputs, st.sampled_from(["each", "end"]))
def test_the_patches_of_stream_log_give_its_states(program: Program, text: str, final_output: Any) -> None:
    log = replay(program.stream_log(text, final_output=final_output))
    (*_, last) = program.stream_log(text, final_output=final_output, diff=False)
    assert log.state["final_output"] == last.state["final_output"] == program.invoke(text)
    assert sorted(log.state["logs"]) == sorted(last.state["logs"])


selections = st.builds(
    Selection,
    include_names=st.none() | st.lists(st.sampled_from(["shout", "letters", "RunnableSequence", "named"]), max_size=2),
    include_types=st.none() | st.lists(st.sampled_from(["llm", "tool", "chain"]), max_size=1),
    exclude_tags=st.none() | st.lists(st.sampled_from(["t", "c", "seq:step:1", "map:key:a"]), max_size=1),
    exclude_names=st.none() | st.lists(st.sampled_from(["exclaim", "halves"]), max_size=1),
)


@given(every_kind, inputs, selections)
def test_filtering_commutes_with_folding(program: Program, text: str, selection: Selection) -> None:
    events = events_of(program, text)
    assert fold(events, selection=selection) == fold(keep(events, selection))
