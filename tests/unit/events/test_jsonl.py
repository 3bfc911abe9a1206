import json
from collections import OrderedDict
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from io import StringIO
from math import inf, nan
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from runlaw.events import from_jsonl, to_jsonl
from runlaw.events.event import UNKNOWN, Custom, Event, RecordedError, RunEnded, RunFailed, RunStarted, RunStreamed
from runlaw.events.run_info import RunInfo

ROOT = RunInfo(UUID(int=1), (), "root\u2028", "chain", (), {})
RUN = RunInfo(UUID(int=2), (ROOT.run_id,), "step", "tool", ("a", "b"), {"k": [1, {"x": None}]})
EVENTS: list[Event] = [
    RunStarted(ROOT, 1705703635.902, "in"),
    RunStarted(RUN, 1705703635.9020001),
    RunStreamed(RUN, 2.0, {"a": [1, 1.0, True, None, "é\n\u2028😀"], "": {}}),
    Custom(RUN, 3, "half-way", -0.0),
    RunFailed(RUN, 4.0, KeyError("k"), None),
    RunEnded(ROOT, 5.0, 10**300, "in"),
]


class Colour(StrEnum):
    RED = "red"


class Level(IntEnum):
    LOW = 1


def line_of(value: object) -> str:
    return next(to_jsonl([RunStreamed(RUN, 2.0, value)]))


def test_events_are_read_back_equal(tmp_path: Path) -> None:
    lines = list(to_jsonl(EVENTS))
    assert list(from_jsonl(lines)) == EVENTS
    assert list(from_jsonl("".join(lines))) == EVENTS
    assert list(from_jsonl("\n".join(lines))) == EVENTS
    path = tmp_path / "run.jsonl"
    with path.open("w") as file:
        file.writelines(to_jsonl(EVENTS))
    with path.open() as file:
        assert list(from_jsonl(file)) == EVENTS


def test_a_line_stands_for_itself() -> None:
    assert json.loads(list(to_jsonl(EVENTS))[4]) == {
        "event": "RunFailed",
        "time": 4.0,
        "run_id": str(RUN.run_id),
        "parent_ids": [str(ROOT.run_id)],
        "run_name": "step",
        "run_type": "tool",
        "tags": ["a", "b"],
        "metadata": {"k": [1, {"x": None}]},
        "error": {"type": "KeyError", "message": "'k'"},
        "input": None,
    }
    assert [event for line in to_jsonl(EVENTS) for event in from_jsonl([line])] == EVENTS


def test_lines_come_one_by_one() -> None:
    def events() -> Any:  # Any: a generator that fails
        yield EVENTS[0]
        raise RuntimeError("later")

    lines = to_jsonl(events())
    assert list(from_jsonl(next(lines))) == EVENTS[:1]
    with pytest.raises(RuntimeError, match="later"):
        next(lines)


def test_numbers_keep_their_types() -> None:
    (event,) = from_jsonl(line_of([1, 1.0, True]))
    assert isinstance(event, RunStreamed)
    assert repr(event.chunk) == "[1, 1.0, True]"


def test_an_unknown_input_stays_unknown_and_an_error_is_recorded() -> None:
    _, started, _, _, failed, _ = from_jsonl(to_jsonl(EVENTS))
    assert isinstance(started, RunStarted)
    assert started.input is UNKNOWN
    assert isinstance(failed, RunFailed)
    assert failed.input is None
    assert isinstance(failed.error, RecordedError)
    assert (failed.error.type_name, failed.error.message) == ("KeyError", "'k'")


def test_events_of_one_run_share_it() -> None:
    back = list(from_jsonl(to_jsonl(EVENTS)))
    assert back[1].run is back[2].run is back[3].run is back[4].run
    assert back[0].run is back[5].run


REFUSED = [
    ((1, 2), "of type tuple"),
    ({1}, "of type set"),
    (b"x", "of type bytes"),
    (nan, "a float that is not finite"),
    (-inf, "a float that is not finite"),
    (UUID(int=3), "of type UUID"),
    (datetime.now(UTC), "of type datetime"),
    ({1: 2}, "a dict with the key 1"),
    ({None: 2}, "a dict with the key None"),
    ({Colour.RED: 2}, "a dict with the key <Colour.RED: 'red'>"),
    (Colour.RED, "of type Colour"),
    (Level.LOW, "of type Level"),
    ("\ud83d\ude00", "text with a lone surrogate"),
    ({"\udc00": 1}, "a dict with the key '\\udc00'"),
    (10**4300, "an int of too many digits"),
    (ValueError("no"), "of type ValueError"),
    (UNKNOWN, "of type Unknown"),
]


@pytest.mark.parametrize(("value", "what"), REFUSED, ids=[what for _, what in REFUSED])
def test_what_json_cannot_hold_is_refused_with_its_path(value: object, what: str) -> None:
    with pytest.raises(TypeError) as caught:
        line_of([0, {"k": value}])
    assert str(caught.value).startswith(f"events[0].chunk[1]['k'] is {what}, which JSON cannot hold: ")
    assert str(caught.value).endswith("; give to_jsonl an encoder for it")
    lines = to_jsonl([RunStreamed(RUN, 2.0, [value])], encoder=lambda _: "told")
    assert list(from_jsonl(lines)) == [RunStreamed(RUN, 2.0, ["told"])]


def test_the_path_begins_with_the_event_and_the_field() -> None:
    bad = RunInfo(UUID(int=2), (), "step", "tool", (), {"k": {"t": (1,)}})
    cases: list[tuple[Event, str]] = [
        (RunStarted(RUN, 0.0, {1}), "events[1].input "),
        (RunEnded(RUN, 0.0, {1}), "events[1].output "),
        (RunEnded(RUN, 0.0, 1, {1}), "events[1].input "),
        (RunFailed(RUN, 0.0, ValueError(), {1}), "events[1].input "),
        (Custom(RUN, 0.0, "n", {1}), "events[1].data "),
        (RunStreamed(RUN, nan, 1), "events[1].timestamp "),
        (RunStreamed(bad, 0.0, 1), "events[1].metadata['k']['t'] "),
    ]
    for event, path in cases:
        with pytest.raises(TypeError) as caught:
            list(to_jsonl([EVENTS[0], event]))
        assert str(caught.value).startswith(path)


def test_a_value_that_holds_itself_is_refused() -> None:
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(TypeError, match=r"events\[0\].chunk is nested too deeply for JSON, or holds itself"):
        line_of(loop)


def test_a_subclass_of_dict_is_read_back_as_an_equal_dict() -> None:
    assert list(from_jsonl(line_of(OrderedDict(a=1)))) == [RunStreamed(RUN, 2.0, {"a": 1})]


def test_an_encoder_and_a_decoder_take_values_through() -> None:
    def encode(value: object) -> object:
        match value:
            case set():
                return {"$set": sorted(value)}
            case tuple():
                return {"$tuple": list(value)}
            case _:
                raise TypeError(f"no {type(value).__name__}")

    def decode(value: dict[str, object]) -> object:
        match value:
            case {"$set": list(items)}:
                return set(items)
            case {"$tuple": list(items)}:
                return tuple(items)
            case _:
                return value

    metadata_run = RunInfo(UUID(int=2), (), "step", "tool", (), {"at": (1, 2)})
    events: list[Event] = [
        RunStreamed(RUN, 2.0, [({1, 2}, "a")]),
        RunStarted(metadata_run, 1.0, {"k": {3}}),
        RunStreamed(metadata_run, 1.0, ()),
    ]
    assert list(from_jsonl(to_jsonl(events, encoder=encode), decoder=decode)) == events
    with pytest.raises(TypeError, match="no bytes") as caught:
        list(to_jsonl([RunStreamed(RUN, 2.0, [b""])], encoder=encode))
    assert caught.value.__notes__ == ["while encoding events[0].chunk[0]"]


def test_what_an_encoder_gives_is_checked_too() -> None:
    def gives_a_tuple(_: object) -> object:
        return (1,)

    with pytest.raises(
        TypeError, match=r"events\[0\].chunk: what the encoder gave is of type tuple, which JSON cannot"
    ):
        list(to_jsonl([RunStreamed(RUN, 2.0, {1})], encoder=gives_a_tuple))


def test_only_events_are_written() -> None:
    with pytest.raises(TypeError, match=r"events\[1\] must be an event of runlaw.events; got 'x'"):
        list(to_jsonl([EVENTS[0], "x"]))  # type: ignore[list-item]  # what is tested


EVENT_NAMES = "RunStarted, RunStreamed, RunEnded, RunFailed, Custom"
RUN_TYPES = "chain, llm, chat_model, prompt, tool, retriever, parser"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"event": "Other"}, f"'event' must be one of {EVENT_NAMES}; got 'Other'"),
        ({"event": None}, "'event' must be of type str; got None"),
        ({"time": "now"}, "'time' must be of type int or float; got 'now'"),
        ({"time": True}, "'time' must be of type int or float; got True"),
        ({"run_id": "1"}, "'run_id' must be of UUIDs; got '1'"),
        ({"parent_ids": ["1"]}, "'parent_ids' must be of UUIDs; got '1'"),
        ({"parent_ids": [1]}, "'parent_ids' must be a list of str; got [1]"),
        ({"tags": "a"}, "'tags' must be of type list; got 'a'"),
        ({"run_type": "x"}, f"'run_type' must be one of {RUN_TYPES}; got 'x'"),
        ({"metadata": []}, "'metadata' must be of type dict; got []"),
        ({"event": "RunEnded"}, "it has no 'output'"),
        ({"event": "RunFailed", "error": {"type": "E"}}, "its 'error' has no 'message'"),
        ({"event": "RunFailed", "error": {"type": "E", "message": None}}, "'message' must be of type str; got None"),
    ],
)
def test_a_line_that_is_no_event_is_refused_with_its_number(change: dict[str, object], reason: str) -> None:
    good = line_of(1)
    bad = json.dumps({**json.loads(good), **change})
    events = from_jsonl(StringIO(f"{good}\n{bad}\n"))
    assert next(events) == RunStreamed(RUN, 2.0, 1)
    with pytest.raises(ValueError) as caught:
        next(events)
    assert str(caught.value) == f"line 3 is no event: {reason}"


@pytest.mark.parametrize("line", ["nonsense", "[1]", '{"time": NaN}', "[" * 100_000])
def test_a_line_that_is_no_json_object_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="line 1 is no event: "):
        list(from_jsonl(line))


SURROGATE = "a\ud83d"
LONE: list[tuple[Event, str]] = [
    (RunStarted(RunInfo(UUID(int=2), (), SURROGATE, "tool", (), {}), 0.0), "events[0].run.name"),
    (RunStarted(RunInfo(UUID(int=2), (), "f", "tool", ("t", SURROGATE), {}), 0.0), "events[0].tags[1]"),
    (RunStarted(RunInfo(UUID(int=2), (), "f", "tool", (), {SURROGATE: 1}), 0.0), "a key of events[0].metadata"),
    (Custom(RUN, 0.0, SURROGATE, None), "events[0].name"),
    (RunFailed(RUN, 0.0, ValueError(SURROGATE)), "the message of events[0].error"),
    (RunFailed(RUN, 0.0, RecordedError(SURROGATE, "")), "the type of events[0].error"),
]


@pytest.mark.parametrize(("event", "path"), LONE, ids=[path for _, path in LONE])
def test_a_lone_surrogate_where_no_value_is_is_refused_with_an_encoder_too(event: Event, path: str) -> None:
    for encoder in (None, lambda _: {"text": "told"}):
        with pytest.raises(TypeError) as caught:
            list(to_jsonl([event], encoder=encoder))
        assert str(caught.value) == (
            f"{path} must be text that JSON can hold; got {SURROGATE!r}, which has a lone surrogate; make it without, "
            "as text.encode(errors='replace').decode() does"
        )
    assert SURROGATE.encode(errors="replace").decode() == "a?"


def test_an_encoder_is_asked_about_values_in_metadata() -> None:
    run = RunInfo(UUID(int=2), (), "f", "tool", (), {"k": SURROGATE, "m": {SURROGATE: 1}})
    (event,) = from_jsonl(to_jsonl([RunStarted(run, 0.0)], encoder=ascii))
    assert event.metadata == {"k": r"'a\ud83d'", "m": r"{'a\ud83d': 1}"}


@pytest.mark.parametrize("time", [nan, inf, True, "now"])
def test_a_time_that_is_no_number_is_refused_with_an_encoder_too(time: Any) -> None:  # Any: what is tested
    with pytest.raises(
        TypeError, match=r"events\[0\].timestamp must be a finite number of seconds since the epoch; got "
    ):
        list(to_jsonl([RunStreamed(RUN, time, 1)], encoder=repr))


def test_texts_of_other_kinds_are_read_back_equal_or_refused() -> None:
    run = RunInfo(UUID(int=2), (), Colour.RED, "tool", (Colour.RED,), {})
    assert list(from_jsonl(to_jsonl([RunStarted(run, 0.0)]))) == [RunStarted(run, 0.0)]
    wrong: Any = 5  # Any: what is tested
    with pytest.raises(TypeError, match=r"events\[0\].name must be text; got 5"):
        list(to_jsonl([Custom(RUN, 0.0, wrong, None)], encoder=repr))


@pytest.mark.parametrize(
    ("event", "key"),
    [
        (RunStreamed(RUN, 2.0, 1), key)
        for key in ("event", "time", "run_id", "parent_ids", "run_name", "run_type", "tags", "metadata", "chunk")
    ]
    + [
        (Custom(RUN, 2.0, "n", 1), "name"),
        (Custom(RUN, 2.0, "n", 1), "data"),
        (RunFailed(RUN, 2.0, OSError()), "error"),
    ],
    ids=str,
)
def test_a_key_that_is_not_there_is_said_to_be_missing(event: Event, key: str) -> None:
    record = json.loads(next(to_jsonl([event])))
    del record[key]
    with pytest.raises(ValueError) as caught:
        list(from_jsonl([json.dumps(record)]))
    assert str(caught.value) == f"line 1 is no event: it has no {key!r}"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([None], "from_jsonl takes lines of text; got None as line 1"),
        (["\n", {"event": "x" * 999}], "from_jsonl takes lines of text; got {'event': 'xxx"),
        ([b"{}"], "from_jsonl takes lines of text; got b'{}' as line 1; open the file as text, or decode() the bytes"),
        (
            b"{}",
            "from_jsonl takes lines of text: one str, an open file or an iterable of str; got b'{}'; open the file ",
        ),
        (Path("a"), "from_jsonl takes lines of text: one str, an open file or an iterable of str; got "),
        (None, "from_jsonl takes lines of text: one str, an open file or an iterable of str; got None"),
    ],
    ids=lambda given: repr(given)[:40],
)
def test_what_is_no_line_of_text_is_refused(lines: Any, message: str) -> None:  # Any: what is tested
    with pytest.raises(TypeError) as caught:
        list(from_jsonl(lines))
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 300


def test_errors_are_short_whatever_the_line() -> None:
    record = json.loads(line_of(1))
    for change in ({"tags": "x" * 9999}, {"run_type": "x" * 9999}, {"run_id": "x" * 9999}, {"tags": [1] * 9999}):
        with pytest.raises(ValueError) as caught:
            list(from_jsonl([json.dumps({**record, **change})]))
        assert len(str(caught.value)) < 300
