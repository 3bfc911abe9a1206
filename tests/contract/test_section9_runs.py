"""Section 9: which runs there are, what they are called and tagged, and what listeners are told of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

import pytest

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    identity,
    lift,
    lift_stream,
    lift_transform,
    map_batch,
    parallel,
    pick,
    pipe,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
)
from runlaw.events import Event, RunEnded, RunFailed, RunStarted, RunStreamed

from .events_of import listening, told
from .modes import Mode, both
from .support import Boom, Flaky, boom, exclaim, letters, shout, upper_chunks, wrong


def started(events: list[Event]) -> list[str]:
    return [event.name for event in events if isinstance(event, RunStarted)]


def tags_of(events: list[Event], name: str) -> list[list[str]]:
    return [list(event.tags) for event in events if isinstance(event, RunStarted) and event.name == name]


def truth(value: object) -> bool:
    return bool(value)


def untruth(value: object) -> bool:
    return not value


def record(text: str) -> Mapping[str, object]:
    return {"text": text}


def size(value: Mapping[str, object]) -> int:
    return len(value)


RUNS: dict[str, tuple[Runnable[str, object], list[str]]] = {
    "leaf": (lift(shout), ["shout"]),
    "pipe": (pipe(shout, exclaim), ["RunnableSequence", "exclaim", "shout"]),
    "parallel": (parallel(shout, exclaim), ["RunnableParallel<0,1>", "exclaim", "shout"]),
    "parallel, keyed": (parallel(a=shout, b=exclaim), ["RunnableParallel<a,b>", "exclaim", "shout"]),
    "branch": (branch((truth, shout), default=exclaim), ["RunnableBranch", "shout", "truth"]),
    "map_batch": (
        pipe(list, map_batch(shout)),
        ["RunnableEach<shout>", "RunnableSequence", "list", "shout", "shout"],
    ),
    "assign": (
        pipe(record, wrong(assign(n=size))),
        ["RunnableAssign<n>", "RunnableSequence", "record", "size"],
    ),
    "pick": (pipe(record, wrong(pick("text"))), ["RunnablePick<text>", "RunnableSequence", "record"]),
    "with_retry": (with_retry(shout), ["RunnableRetry", "shout"]),
    "with_fallbacks": (with_fallbacks(boom, shout), ["RunnableWithFallbacks", "boom", "shout"]),
    "attempt": (attempt(shout), ["RunnableAttempt", "shout"]),
    "with_timeout": (with_timeout(shout, 60.0), ["RunnableTimeout", "shout"]),
    "with_config": (with_config(shout, tags=["t"]), ["shout"]),
    "with_types": (with_types(shout, output=str), ["shout"]),
    "with_listeners": (with_listeners(shout, on_end=lambda event: None), ["shout"]),
    "identity in a pipe": (pipe(identity, shout, identity), ["shout"]),
    "identity": (parallel(identity, shout), ["RunnableParallel<0,1>", "RunnablePassthrough", "shout"]),
    "lambda": (lift(lambda text: text), ["RunnableLambda"]),
}


@both
@pytest.mark.parametrize(("program", "names"), list(RUNS.values()), ids=list(RUNS))
def test_every_step_and_policy_opens_a_run_of_its_own_but_config_types_and_listeners_do_not(
    mode: Mode, program: Runnable[str, object], names: list[str]
) -> None:
    assert sorted(started(told(mode, program))) == sorted(names)


@both
@pytest.mark.parametrize(("program", "names"), list(RUNS.values()), ids=list(RUNS))
def test_every_start_has_one_end_or_error_and_parents_enclose_children(
    mode: Mode, program: Runnable[str, object], names: list[str]
) -> None:
    events: list[Event] = []
    mode.stream(program, "ab", listening(events))
    open_runs: list[str] = []
    for event in events:
        run_id = str(event.run_id)
        if isinstance(event, RunStarted):
            assert {str(parent) for parent in event.parent_ids} <= set(open_runs)
            open_runs.append(run_id)
        elif isinstance(event, (RunEnded, RunFailed)):
            open_runs.remove(run_id)
        else:
            assert run_id in open_runs
    assert open_runs == []
    assert sorted(started(events)) == sorted(names)


@both
def test_steps_of_a_pipe_are_tagged_with_their_number(mode: Mode) -> None:
    events = told(mode, pipe(shout, exclaim))
    assert tags_of(events, "shout") == [["seq:step:1"]]
    assert tags_of(events, "exclaim") == [["seq:step:2"]]
    assert tags_of(events, "RunnableSequence") == [[]]


@both
def test_branches_of_a_parallel_are_tagged_with_their_key_or_number(mode: Mode) -> None:
    events = told(mode, parallel(a=shout, b=exclaim))
    assert tags_of(events, "shout") == [["map:key:a"]]
    assert tags_of(events, "exclaim") == [["map:key:b"]]
    assert tags_of(told(mode, parallel(shout, exclaim)), "exclaim") == [["map:key:1"]]


@both
def test_the_children_of_a_branch_are_tagged_by_their_part(mode: Mode) -> None:
    events = told(mode, branch((untruth, exclaim), (truth, shout), default=exclaim))
    assert tags_of(events, "untruth") == [["condition:1"]]
    assert tags_of(events, "truth") == [["condition:2"]]
    assert tags_of(events, "shout") == [["branch:2"]]
    other = told(mode, branch((untruth, exclaim), default=shout))
    assert tags_of(other, "shout") == [["branch:default"]]


@both
def test_from_the_second_try_on_children_of_a_retry_carry_its_number(mode: Mode) -> None:
    events = told(mode, with_retry(Flaky(2), delays=[0, 0]))
    assert tags_of(events, "Flaky") == [[], ["retry:attempt:2"], ["retry:attempt:3"]]


@both
def test_tags_are_in_the_order_structural_inherited_own(mode: Mode) -> None:
    program = pipe(lift(shout, tags=["own"]), exclaim)
    assert tags_of(told(mode, program, tags=["call"]), "shout") == [["seq:step:1", "call", "own"]]


@both
def test_structural_tags_and_run_names_do_not_pass_to_children(mode: Mode) -> None:
    program = pipe(with_config(pipe(shout, exclaim) | with_timeout(exclaim, 60.0), run_name="inner"), exclaim)
    events = told(mode, parallel(a=with_timeout(pipe(shout, exclaim), 60.0)))
    assert tags_of(events, "RunnableTimeout") == [["map:key:a"]]
    assert tags_of(events, "shout") == [["seq:step:1"]]
    assert started(told(mode, program)).count("inner") <= 1


@both
def test_a_run_name_wins_in_events(mode: Mode) -> None:
    events: list[Event] = []
    mode.invoke(pipe(with_config(shout, run_name="S"), exclaim), "a", {**listening(events), "run_name": "root"})
    assert sorted(started(events)) == ["S", "exclaim", "root"]


@both
def test_the_run_type_is_that_of_the_leaf(mode: Mode) -> None:
    events = told(mode, pipe(lift(shout, run_type="tool"), exclaim))
    types = {event.name: event.run_type for event in events if isinstance(event, RunStarted)}
    assert types == {"RunnableSequence": "chain", "shout": "tool", "exclaim": "chain"}


@both
def test_events_carry_ids_parents_tags_metadata_and_time(mode: Mode) -> None:
    events: list[Event] = []
    mode.invoke(pipe(shout, exclaim), "a", {**listening(events, ["t"]), "metadata": {"k": 1}})
    root = events[0]
    assert list(root.parent_ids) == []
    for event in events:
        assert str(UUID(str(event.run_id))) == str(event.run_id)
        assert isinstance(event.time, datetime)
        assert "t" in event.tags
        assert dict(event.metadata) == {"k": 1}
    children = [event for event in events if event.name in ("shout", "exclaim")]
    assert {tuple(map(str, event.parent_ids)) for event in children} == {(str(root.run_id),)}


@both
def test_an_end_event_has_the_output_and_the_input(mode: Mode) -> None:
    ends = {event.name: event for event in told(mode, pipe(shout, exclaim)) if isinstance(event, RunEnded)}
    assert (ends["shout"].input, ends["shout"].output) == ("ab", "AB")
    assert (ends["exclaim"].input, ends["exclaim"].output) == ("AB", "AB!")
    assert (ends["RunnableSequence"].input, ends["RunnableSequence"].output) == ("ab", "AB!")


@both
def test_a_failing_run_tells_its_error_and_so_do_the_runs_around_it(mode: Mode) -> None:
    events: list[Event] = []
    with pytest.raises(Boom) as caught:
        mode.invoke(pipe(shout, boom), "a", listening(events))
    failed = [event for event in events if isinstance(event, RunFailed)]
    assert [event.name for event in failed] == ["boom", "RunnableSequence"]
    assert all(event.error is caught.value for event in failed)


@both
def test_events_are_frozen(mode: Mode) -> None:
    for event in told(mode, lift(shout)):
        with pytest.raises(AttributeError):
            wrong(event).name = "other"


@both
def test_listening_changes_no_value_and_no_chunk(mode: Mode) -> None:
    program = pipe(
        lift_stream(letters), lift_transform(upper_chunks), parallel(a=exclaim, b=lift_transform(upper_chunks))
    )
    events: list[Event] = []
    assert dict(mode.invoke(program, "ab", listening(events))) == dict(mode.invoke(program, "ab"))
    heard = [dict(chunk) for chunk in mode.stream(program, "ab", listening(events))]
    quiet = [dict(chunk) for chunk in mode.stream(program, "ab")]
    assert sorted(map(repr, heard)) == sorted(map(repr, quiet))


@both
def test_in_observed_streaming_a_lifted_step_tells_one_chunk(mode: Mode) -> None:
    events: list[Event] = []
    mode.stream(pipe(lift_stream(letters), exclaim), "abc", listening(events))
    chunks: dict[str, list[object]] = {}
    for event in events:
        if isinstance(event, RunStreamed):
            chunks.setdefault(event.name, []).append(event.chunk)
    assert chunks["letters"] == ["a", "b", "c"]
    assert chunks["exclaim"] == ["abc!"]
    assert chunks["RunnableSequence"] == ["abc!"]


@both
def test_empty_chunks_are_told_too(mode: Mode) -> None:
    def gaps(_: str) -> Iterator[str]:
        yield from ["", "a", ""]

    events: list[Event] = []
    assert mode.stream(lift_stream(gaps), "", listening(events)) == ["", "a", ""]
    assert [event.chunk for event in events if isinstance(event, RunStreamed)] == ["", "a", ""]


# Input known or not


def starts(events: list[Event]) -> dict[str, RunStarted]:
    return {event.name: event for event in events if isinstance(event, RunStarted)}


@both
def test_under_invoke_every_start_event_has_the_input(mode: Mode) -> None:
    found = starts(told(mode, pipe(shout, lift(exclaim, run_type="tool"))))
    assert {name: event.input for name, event in found.items()} == {
        "RunnableSequence": "ab",
        "shout": "ab",
        "exclaim": "AB",
    }


@both
def test_in_a_stream_the_root_and_the_first_step_have_their_input_in_the_start_event(mode: Mode) -> None:
    events: list[Event] = []
    mode.stream(pipe(lift_stream(letters), exclaim), "abc", listening(events))
    found = starts(events)
    assert (found["RunnableSequence"].input, found["letters"].input) == ("abc", "abc")


@both
def test_in_a_stream_a_chain_starts_at_once_and_has_its_input_in_the_end_event(mode: Mode) -> None:
    events: list[Event] = []
    mode.stream(pipe(lift_stream(letters), lift_transform(upper_chunks), exclaim), "abc", listening(events))
    chunks = [i for i, event in enumerate(events) if isinstance(event, RunStreamed) and event.name == "letters"]
    assert set(started(events[: chunks[1]])) == {"RunnableSequence", "letters", "upper_chunks", "exclaim"}
    assert starts(events)["exclaim"].input != "ABC"
    ends = {event.name: event.input for event in events if isinstance(event, RunEnded)}
    assert ends == {"RunnableSequence": "abc", "letters": "abc", "upper_chunks": "abc", "exclaim": "ABC"}


@both
@pytest.mark.parametrize("run_type", ["prompt", "chat_model", "llm", "retriever", "tool"])
def test_in_a_stream_other_run_types_start_when_their_input_is_whole(mode: Mode, run_type: str) -> None:
    leaf: Runnable[str, str] = wrong(lift)(exclaim, run_type=run_type)
    events: list[Event] = []
    mode.stream(pipe(lift_stream(letters), leaf), "abc", listening(events))
    start = starts(events)["exclaim"]
    assert start.input == "abc"
    chunks = [i for i, event in enumerate(events) if isinstance(event, RunStreamed) and event.name == "letters"]
    assert events.index(start) > max(chunks)
    (end,) = [event for event in events if isinstance(event, RunEnded) and event.name == "exclaim"]
    assert end.input == "abc"
