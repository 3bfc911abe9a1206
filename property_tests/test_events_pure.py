"""Logs, patches, selections and JSON Lines over random runs, well bracketed and interleaved in any order."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import reduce as fold_left
from itertools import count
from typing import Any, Literal, get_args
from uuid import UUID

import jsonpatch
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runlaw.events import from_jsonl, replay, to_jsonl
from runlaw.events.entry import FinalOutput
from runlaw.events.event import Custom, Event, RunEnded, RunFailed, RunStarted, RunStreamed
from runlaw.events.patch import LogPatches
from runlaw.events.reduce import fold, reduce
from runlaw.events.run_info import RunInfo
from runlaw.events.select import EVERYTHING, Selection, keep
from runlaw.events.state import RunLog, RunLogPatch
from runlaw.events.stream_event import stream_event
from runlaw.kernel.monoid import BY_VALUE, LIST, STR, RecordChunk, last, record_monoid
from runlaw.kernel.nodes import RunType
from runlaw.kernel.semigroup import Monoid, Semigroup

NAMES = ["a", "b", "a:2", "a:2:2", "x/y", "~", "~1", "/", "", "Docs"]
RUN_TYPES: list[RunType] = list(get_args(RunType))
OUTPUTS = st.sampled_from([None, "", "out", 0, False, [1], {"a": {"b": [2.5]}}])
LENGTH = Monoid[str]("", str.__add__, finish=len)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
records = st.dictionaries(st.sampled_from(["joke", "poem"]), st.text(max_size=3)).map(lambda d: RecordChunk(d, {}))
KINDS: list[tuple[Semigroup[Any] | None, st.SearchStrategy[object]]] = [  # Any: the chunks are of any type
    (STR, st.text(max_size=3)),
    (None, st.text(max_size=3)),
    (LENGTH, st.sampled_from(["", "a", "bc"])),
    (LIST, st.lists(st.integers(), max_size=2)),
    (record_monoid({"joke": STR, "poem": STR}), records),
    (last, st.none() | st.booleans() | st.integers(0, 1)),
    (last, json_values),
    (None, st.integers()),
    (STR, st.integers()),  # they do not fit, and the run is to fail of them
]


@dataclass
class Run:
    """What one run is going to tell, beside its children."""

    info: RunInfo
    script: list[Event] = field(default_factory=list)
    end: Literal["well", "badly", "never"] = "well"
    output: object = None
    children: list["Run"] = field(default_factory=list)


@st.composite
def runs(
    draw: st.DrawFn, numbers: Iterator[int], parent_ids: tuple[UUID, ...] = (), size: int = 2, unique: bool = False
) -> Run:
    number = next(numbers)
    sums, chunks = draw(st.sampled_from(KINDS))
    info = RunInfo(
        UUID(int=number),
        parent_ids,
        str(number) if unique else draw(st.sampled_from(NAMES)),
        draw(st.sampled_from(RUN_TYPES)),
        draw(st.sampled_from([(), ("t",), ("u", "t")])),
        draw(st.sampled_from([{}, {"m": 1}, {"m": [{"x": None}], "n": "y"}])),
        sums,
    )
    streamed = draw(st.lists(chunks, max_size=4))
    run = Run(info, [RunStreamed(info, 2.0, chunk) for chunk in streamed])
    run.script += [Custom(info, 3.0, "half", 1) for _ in range(draw(st.integers(0, 1)))]
    run.end = draw(st.sampled_from(["well", "well", "badly", "never"]))
    try:
        run.output = (sums or BY_VALUE).total(streamed) if streamed else draw(OUTPUTS)
    except (TypeError, ValueError):
        run.output = draw(OUTPUTS)
    for _ in range(draw(st.integers(0, size))):
        run.children.append(draw(runs(numbers, (*parent_ids, info.run_id), size - 1, unique)))
    return run


def interleaved(run: Run, draw: st.DrawFn) -> list[Event]:
    """Start, then the script and the children in any order, then the end."""
    threads = [list(run.script), *(interleaved(child, draw) for child in run.children)]
    events: list[Event] = [RunStarted(run.info, 1.0, "in") if len(threads) % 2 else RunStarted(run.info, 1.0)]
    while threads := [thread for thread in threads if thread]:
        events.append(threads[draw(st.integers(0, len(threads) - 1))].pop(0))
    if run.end == "well":
        events.append(RunEnded(run.info, 1705703635.902, run.output, "in"))
    elif run.end == "badly":
        events.append(RunFailed(run.info, 4.5, ValueError("no")))
    return events


@st.composite
def tellings(draw: st.DrawFn) -> list[Event]:
    return interleaved(draw(runs(count(1))), draw)


@st.composite
def two_tellings(draw: st.DrawFn) -> tuple[Run, list[Event], list[Event]]:
    run = draw(runs(count(1), unique=True))
    return run, interleaved(run, draw), interleaved(run, draw)


names = st.none() | st.lists(st.sampled_from(NAMES), max_size=3)
types = st.none() | st.lists(st.sampled_from(RUN_TYPES), max_size=3)
tags = st.none() | st.lists(st.sampled_from(["t", "u"]), max_size=2)
metadata = st.sampled_from([None, {}, {"m": 1}, {"m": 1, "n": "y"}, {"m": [{"x": None}]}])
selections = st.builds(
    Selection,
    include_names=names,
    include_types=types,
    include_tags=tags,
    include_metadata=metadata,
    exclude_names=names,
    exclude_types=types,
    exclude_tags=tags,
    exclude_metadata=metadata,
)
modes: st.SearchStrategy[FinalOutput] = st.sampled_from(["each", "end"])


def end_of(events: Sequence[Event]) -> RunEnded | None:
    end = events[-1]
    return end if isinstance(end, RunEnded) and end.run is events[0].run else None


def patches_of(
    events: Sequence[Event], final_output: FinalOutput = "each", selection: Selection = EVERYTHING
) -> list[RunLogPatch | None]:
    patches = LogPatches(final_output, selection)
    return [patches.patch(event) for event in events]


@given(tellings(), modes, selections)
def test_patches_applied_by_jsonpatch_are_the_folded_state_at_every_prefix(
    events: list[Event], final_output: FinalOutput, selection: Selection
) -> None:
    log = added = RunLog()
    applied: object = log.state
    for event, patch in zip(events, patches_of(events, final_output, selection), strict=True):
        before, log = log, reduce(log, event, final_output=final_output, selection=selection)
        assert (log is before) == (patch is None)
        if patch is not None:
            applied = jsonpatch.apply_patch(applied, patch.ops)
            added += patch
        assert applied == log.state == added.state
        assert log.final_output == log.state["final_output"]
    assert fold(events, final_output=final_output, selection=selection) == log
    if end := end_of(events):
        assert log.final_output == end.output


@given(tellings(), modes, selections)
def test_folding_with_a_selection_is_selecting_then_folding(
    events: list[Event], final_output: FinalOutput, selection: Selection
) -> None:
    kept = list(keep(events, selection))
    assert fold(events, final_output=final_output, selection=selection) == fold(kept, final_output=final_output)
    patches = [patch for patch in patches_of(events, final_output, selection) if patch is not None]
    assert patches == [patch for patch in patches_of(kept, final_output) if patch is not None]


@given(tellings(), selections)
def test_selecting_never_changes_what_is_told_of_the_others(events: list[Event], selection: Selection) -> None:
    told = [stream_event(event) for event in events]
    kept = [stream_event(event) for event in keep(events, selection)]
    root = events[0].run
    assert kept == [
        one for one, event in zip(told, events, strict=True) if event.run is root or selection.selects(event.run)
    ]


@given(two_tellings())
def test_the_order_of_branches_changes_no_state(both: tuple[Run, list[Event], list[Event]]) -> None:
    _, first, second = both
    assert fold(first) == fold(second)


@given(tellings())
def test_a_log_handed_out_never_changes(events: list[Event]) -> None:
    logs, copies = [RunLog()], [RunLog().state]
    for event in events:
        logs.append(reduce(logs[-1], event))
        copies.append(deepcopy(logs[-1].state))
    assert [log.state for log in reversed(logs)] == copies[::-1]
    for log in logs:  # going on again from each of them, which others have gone on from
        for event in events[:1] if log is logs[0] else events[1:]:
            reduce(log, event)
    assert [log.state for log in logs] == copies
    changed = logs[-1].state
    changed["streamed_output"].append("!")
    for entry in changed["logs"].values():
        entry["tags"].append("!")
        entry["streamed_output"].append("!")
        entry["metadata"]["!"] = 1
    assert [log.state for log in logs] == copies


@given(tellings(), st.integers(0, 20), modes)
def test_adding_patches_is_associative_and_keeps_them(events: list[Event], cut: int, mode: FinalOutput) -> None:
    patches = [patch for patch in patches_of(events, mode) if patch is not None]
    shown = repr(patches)
    whole = fold_left(RunLogPatch.__add__, patches)
    halves = [fold_left(RunLogPatch.__add__, half, RunLogPatch()) for half in (patches[:cut], patches[cut:])]
    assert halves[0] + halves[1] == whole
    assert RunLog() + whole == RunLog() + halves[0] + halves[1] == replay(patches) == fold(events, final_output=mode)
    first = jsonpatch.apply_patch(None, whole.ops)
    assert jsonpatch.apply_patch(None, whole.ops) == first == replay([whole]).state
    assert repr(patches) == shown


PARTS = ["logs", "a", "b", "streamed_output", "final_output", "end_time", "tags", "name", "-", "0", "1", ""]
pointers = st.lists(st.sampled_from(PARTS), max_size=4).map(lambda parts: "".join(f"/{part}" for part in parts))
operations = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["add", "replace", "remove", "move", "copy", "test"]),
        "path": pointers,
        "from": pointers,
        "value": json_values,
    }
)


@given(tellings(), st.lists(operations, min_size=1, max_size=3))
@example([], [{"op": "add", "path": "/streamed_output/-", "value": 1}, {"op": "remove", "path": "/streamed_output/0"}])
def test_any_patch_does_what_jsonpatch_does(events: list[Event], ops: list[dict[str, object]]) -> None:
    log = fold(events)
    before = deepcopy(log.state)
    patch = RunLogPatch(*ops)
    try:
        state = jsonpatch.apply_patch(log.state, deepcopy(ops))
        expected = RunLog(state) if isinstance(state, dict) else state["none"]  # type: ignore[index]  # to fail
    except Exception:  # whatever jsonpatch, or the shape of a log, says against it
        with pytest.raises(ValueError, match=r"patch|part of a run log|must be a dict"):
            log + patch
    else:
        assert log + patch == expected
    assert log.state == before
    assert patch.ops == ops


@given(tellings())
def test_json_lines_are_read_back_equal(events: list[Event]) -> None:
    lines = list(to_jsonl(events))
    assert all(line.endswith("\n") and "\n" not in line[:-1] for line in lines)
    back = list(from_jsonl(lines))
    assert back == events
    assert list(from_jsonl("".join(lines))) == events
    assert list(to_jsonl(back)) == lines
    if end_of(events):
        assert fold(back) == fold(events)
