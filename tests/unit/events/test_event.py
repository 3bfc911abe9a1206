import copy
import pickle
from datetime import UTC, datetime
from typing import Any, assert_never
from uuid import UUID

import pytest

import runlaw.events
from runlaw.events import (
    UNKNOWN,
    Custom,
    Event,
    RecordedError,
    RunEnded,
    RunFailed,
    RunInfo,
    RunStarted,
    RunStreamed,
)
from runlaw.events.event import describe_error
from runlaw.kernel.semigroup import Semigroup

PARENT = UUID(int=1)
RUN = RunInfo(UUID(int=2), (PARENT,), "step", "tool", ("seq:step:1", "x"), {"k": [1]})
EVENTS: list[Event] = [
    RunStarted(RUN, 0.5, {"a": 1}),
    RunStarted(RUN, 0.5),
    RunStreamed(RUN, 0.5, "c"),
    RunEnded(RUN, 0.5, "out", None),
    RunFailed(RUN, 0.5, ValueError("no")),
    Custom(RUN, 0.5, "half-way", {"done": 5}),
]
each_event = pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)


@each_event
def test_an_event_carries_its_run(event: Event) -> None:
    assert event.run is RUN
    assert event.run_id == UUID(int=2)
    assert event.parent_ids == (PARENT,)
    assert event.run.name == "step"
    assert event.name == ("half-way" if isinstance(event, Custom) else "step")
    assert event.run_type == "tool"
    assert event.tags == ("seq:step:1", "x")
    assert event.metadata == {"k": [1]}
    assert event.timestamp == 0.5
    assert event.time == datetime(1970, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)


@each_event
def test_an_event_is_frozen(event: Event) -> None:
    for name in ("run", "run_id", "name", "tags", "time", "timestamp", *event.__match_args__, "new"):
        with pytest.raises(AttributeError):
            setattr(event, name, None)


@each_event
def test_an_event_is_equal_by_value(event: Event) -> None:
    twin = pickle.loads(pickle.dumps(event))
    assert twin == event == copy.deepcopy(event)
    assert twin is not event
    assert hash(twin) == hash(event)
    assert [other for other in EVENTS if other == event] == [event]


def test_a_run_is_frozen_and_equal_by_value() -> None:
    with pytest.raises(AttributeError):
        RUN.name = "other"  # type: ignore[misc]  # what is tested
    summed = RunInfo(RUN.run_id, RUN.parent_ids, RUN.name, RUN.run_type, RUN.tags, RUN.metadata, Semigroup(max))
    assert summed == RUN == pickle.loads(pickle.dumps(summed))
    assert hash(summed) == hash(RUN)
    assert RUN.sums is None
    others: list[object] = [PARENT, (), "other", "chain", ("x",), {}]
    for index, other in enumerate(others):
        parts: list[Any] = [
            RUN.run_id,
            RUN.parent_ids,
            RUN.name,
            RUN.run_type,
            RUN.tags,
            RUN.metadata,
        ]  # Any: six types
        parts[index] = other
        assert RunInfo(*parts) != RUN
    assert RUN != "step"
    assert repr(RUN) == "RunInfo('step', 'tool', run_id='00000000-0000-0000-0000-000000000002')"


def test_an_unknown_input_is_not_none() -> None:
    unknown, none = RunStarted(RUN, 0.5), RunStarted(RUN, 0.5, None)
    assert unknown.input is UNKNOWN
    assert not unknown.has_input
    assert none.has_input
    assert unknown != none
    assert RunEnded(RUN, 0.5, 1).has_input is False
    assert RunEnded(RUN, 0.5, 1, None).has_input is True
    assert RunFailed(RUN, 0.5, ValueError()).has_input is False
    assert RunFailed(RUN, 0.5, ValueError(), 1).has_input is True
    assert pickle.loads(pickle.dumps(UNKNOWN)) is copy.deepcopy(UNKNOWN) is UNKNOWN
    assert repr(unknown) == f"RunStarted(run={RUN!r}, timestamp=0.5, input=UNKNOWN)"


def test_errors_are_compared_by_type_name_and_message() -> None:
    assert RunFailed(RUN, 0.5, ValueError("a")) == RunFailed(RUN, 0.5, RecordedError("ValueError", "a"))
    assert RunFailed(RUN, 0.5, ValueError("a")) != RunFailed(RUN, 0.5, ValueError("b"))
    assert RunFailed(RUN, 0.5, ValueError("a")) != RunFailed(RUN, 0.5, TypeError("a"))
    recorded = RecordedError("KeyError", "'k'")
    assert str(recorded) == "'k'"
    assert describe_error(pickle.loads(pickle.dumps(recorded))) == {"type": "KeyError", "message": "'k'"}


def test_an_error_that_cannot_be_printed_is_told_all_the_same() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise RuntimeError("broken")

    assert describe_error(Broken()) == {"type": "Broken", "message": ""}


def test_a_match_over_the_five_classes_is_exhaustive() -> None:
    def payload(event: Event) -> object:
        match event:
            case RunStarted(input=value) | RunEnded(output=value):
                return value
            case RunStreamed(_, _, chunk):
                return chunk
            case RunFailed(error=error):
                return str(error)
            case Custom(name=name, data=data):
                return name, data
            case _:
                assert_never(event)

    assert [payload(event) for event in EVENTS] == [{"a": 1}, UNKNOWN, "c", "out", "no", ("half-way", {"done": 5})]


def test_the_package_offers_what_users_need() -> None:
    names = ["Custom", "Event", "RunEnded", "RunFailed", "RunStarted", "RunStreamed", "UNKNOWN"]
    assert all(hasattr(runlaw.events, name) for name in [*names, "fold", "from_jsonl", "replay", "to_jsonl"])
