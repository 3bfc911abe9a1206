"""Logs that others have gone on from, values that cannot be compared, and comparisons with something else."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest

from runlaw.events.event import RunEnded, RunStarted, RunStreamed
from runlaw.events.patch import LogPatches
from runlaw.events.reduce import reduce
from runlaw.events.run_info import RunInfo
from runlaw.events.state import RunLog, RunLogPatch
from runlaw.events.sums import same
from runlaw.kernel.monoid import last

ROOT = RunInfo(UUID(int=1), (), "root", "chain", (), {}, last)


def started(number: int, name: str = "f") -> RunStarted:
    return RunStarted(RunInfo(UUID(int=number), (ROOT.run_id,), name, "chain", (), {}), 1.0, None)


def keys(log: RunLog) -> list[str]:
    return list(log.state["logs"])


def test_keys_are_those_of_the_log_that_is_gone_on_from() -> None:
    base = reduce(RunLog(), RunStarted(ROOT, 1.0, "in"))
    one = reduce(base, started(2))
    other = reduce(base, started(3))
    assert keys(one) == keys(other) == ["f"]
    assert [log.state["logs"]["f"]["id"] for log in (one, other)] == [str(UUID(int=2)), str(UUID(int=3))]
    both = reduce(one, started(4))
    assert keys(both) == ["f", "f:2"]
    assert keys(reduce(other, started(5))) == ["f", "f:2"]
    assert keys(reduce(reduce(one, started(6)), started(7))) == ["f", "f:2", "f:3"]
    assert keys(reduce(one, started(8, "g"))) == ["f", "g"]
    assert keys(base) == []
    assert keys(both) == ["f", "f:2"]


def test_what_entries_hold_is_not_shared() -> None:
    entry: Any = {  # Any: a JSON document
        "id": "2",
        "name": "f",
        "type": "chain",
        "tags": ["t"],
        "metadata": {"a": [1]},
        "start_time": "now",
        "streamed_output_str": [],
        "streamed_output": [],
        "final_output": None,
        "end_time": "now",
        "error": {"type": "E", "message": "m"},
    }
    given: Any = {**RunLog().state, "logs": {"f": entry}}  # Any: as above
    kept = deepcopy(entry)
    log = RunLog(given)
    entry["metadata"]["a"].append(2)
    entry["tags"].append("u")
    first: Any = log.state["logs"]["f"]  # Any: as above
    assert first == kept
    first["metadata"]["a"].append(3)
    first["tags"].append("v")
    first["error"]["message"] = "n"
    assert log.state["logs"]["f"] == kept
    after: Any = (log + RunLogPatch({"op": "add", "path": "/logs/f/metadata/b", "value": 1})).state  # Any: as above
    assert after["logs"]["f"]["metadata"] == {"a": [1], "b": 1}
    assert log.state["logs"]["f"] == kept


class Array:
    """Its ``==`` has no truth value, as that of an array."""

    def __init__(self, *items: int) -> None:
        self.items = items

    def __eq__(self, other: object) -> Any:  # Any: as an array does
        raise ValueError("the truth value of an array is ambiguous")

    __hash__ = object.__hash__


def test_values_are_the_same_only_where_that_is_sure() -> None:
    array = Array(1)
    assert same(array, array)
    assert not same(array, Array(1))
    assert same([1], [1])
    assert not same([1], [2])
    assert not same(1, True)
    assert not same(1, 1.0)
    assert same(array, Array(1)) is False


def test_an_output_that_cannot_be_compared_is_told_again() -> None:
    one, other = Array(1), Array(1)
    patches = LogPatches("each")
    told = [
        patches.patch(event)
        for event in (
            RunStarted(ROOT, 1.0, "in"),
            RunStreamed(ROOT, 1.0, one),
            RunEnded(ROOT, 1.0, other, "in"),
        )
    ]
    last_patch = told[-1]
    assert last_patch is not None
    assert [op["path"] for op in last_patch.ops] == ["/final_output"]
    again = LogPatches("each")
    for event in (RunStarted(ROOT, 1.0, "in"), RunStreamed(ROOT, 1.0, one)):
        again.patch(event)
    ended = again.patch(RunEnded(ROOT, 1.0, one, "in"))
    assert ended is None or [op["path"] for op in ended.ops] == []


@pytest.mark.parametrize("value", [RunLog(), RunLogPatch()])
def test_comparisons_with_something_else_are_left_to_it(value: RunLog | RunLogPatch) -> None:
    assert value == ANY
    assert value != 3
    assert (value == 3) is False
    assert value.__eq__(3) is NotImplemented
