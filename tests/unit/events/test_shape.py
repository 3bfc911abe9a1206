"""A log is a ``RunState`` after every patch, or the patch is refused in few words that say where."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from threading import Lock
from traceback import format_exception
from typing import Any
from uuid import UUID

import pytest

from runlaw.events import replay
from runlaw.events.event import Event, RunEnded, RunFailed, RunStarted, RunStreamed
from runlaw.events.patch import LogPatches
from runlaw.events.run_info import RunInfo
from runlaw.events.state import RunLog, RunLogPatch

ENTRY: dict[str, Any] = {  # Any: a JSON document
    "id": "2",
    "name": "step",
    "type": "tool",
    "tags": ["t"],
    "metadata": {"k": [1]},
    "start_time": "2024-01-19T22:33:55.902+00:00",
    "streamed_output_str": ["x"],
    "streamed_output": ["x"],
    "final_output": None,
    "end_time": None,
}
STATE: dict[str, Any] = {  # Any: as above
    "id": "1",
    "name": "RunnableSequence",
    "type": "chain",
    "streamed_output": ["H"],
    "final_output": "H",
    "logs": {"step": ENTRY},
}
MISSING = object()
ENTRY_FIELDS = ", ".join(ENTRY)


def op(kind: str, path: str, **more: object) -> dict[str, object]:
    return {"op": kind, "path": path, **more}


def without(part: dict[str, Any], changes: dict[str, object]) -> dict[str, object]:  # Any: as above
    return {key: value for key, value in {**part, **changes}.items() if value is not MISSING}


WRONG_STATES: list[tuple[dict[str, object], str]] = [
    ({"id": MISSING}, "its 'id' must be a str; got nothing"),
    ({"id": 5}, "its 'id' must be a str; got 5"),
    ({"name": None}, "its 'name' must be a str; got None"),
    (
        {"type": "chian"},
        "its 'type' must be one of chain, llm, chat_model, prompt, tool, retriever, parser; got 'chian'",
    ),
    ({"type": []}, "its 'type' must be a str; got []"),
    ({"streamed_output": "H"}, "its 'streamed_output' must be a list; got 'H'"),
    ({"final_output": MISSING}, "its 'final_output' must be there; got nothing"),
    ({"logs": []}, "its 'logs' must be a dict; got []"),
    ({"foo": 1}, "its fields must be id, name, type, streamed_output, final_output, logs; got 'foo' as well"),
    ({"error": 1}, "its fields must be id, name, type, streamed_output, final_output, logs; got 'error' as well"),
]
WRONG_ENTRIES: list[tuple[dict[str, object], str]] = [
    ({"id": MISSING}, "its 'id' must be a str; got nothing"),
    ({"name": MISSING}, "its 'name' must be a str; got nothing"),
    ({"type": "x"}, "its 'type' must be one of chain, llm, chat_model, prompt, tool, retriever, parser; got 'x'"),
    ({"tags": ("t",)}, "its 'tags' must be a list; got ('t',)"),
    ({"tags": ["t", 1]}, "its 'tags' must be a list of str; got 1 in it"),
    ({"metadata": []}, "its 'metadata' must be a dict; got []"),
    ({"start_time": 1.0}, "its 'start_time' must be a str; got 1.0"),
    ({"streamed_output_str": [None]}, "its 'streamed_output_str' must be a list of str; got None in it"),
    ({"streamed_output": {}}, "its 'streamed_output' must be a list; got {}"),
    ({"final_output": MISSING}, "its 'final_output' must be there; got nothing"),
    ({"end_time": 3}, "its 'end_time' must be a str or None; got 3"),
    ({"end_time": MISSING}, "its 'end_time' must be a str or None; got nothing"),
    ({"error": {"type": "E"}}, "its 'error' must be a dict of 'type' and 'message', both str; got {'type': 'E'}"),
    ({"error": None}, "its 'error' must be a dict of 'type' and 'message', both str; got None"),
    ({"foo": 1}, f"its fields must be {ENTRY_FIELDS}; got 'foo' as well"),
    ({"foo": 1, "error": {"type": "E", "message": ""}}, f"its fields must be {ENTRY_FIELDS}; got 'foo' as well"),
]


@pytest.mark.parametrize(("changes", "reason"), WRONG_STATES, ids=[reason for _, reason in WRONG_STATES])
def test_a_state_of_another_shape_is_refused_given_whole_and_by_a_patch(
    changes: dict[str, object], reason: str
) -> None:
    wrong = without(STATE, changes)
    with pytest.raises(ValueError) as caught:
        RunLog(wrong)
    assert str(caught.value) == f"state is no part of a run log: {reason}"
    (name,) = changes
    step = op("remove", f"/{name}") if changes[name] is MISSING else op("add", f"/{name}", value=changes[name])
    for patch in (RunLogPatch(op("replace", "", value=wrong)), RunLogPatch(step)):
        with pytest.raises(ValueError) as caught:
            RunLog(STATE) + patch
        assert str(caught.value).startswith("the patch must leave a run log: after its ops[0], {'op': '")
        assert f"state is no part of a run log: {reason}; " in str(caught.value)


@pytest.mark.parametrize(("changes", "reason"), WRONG_ENTRIES, ids=[reason for _, reason in WRONG_ENTRIES])
def test_an_entry_of_another_shape_is_refused_given_whole_and_by_a_patch(
    changes: dict[str, object], reason: str
) -> None:
    wrong = without(ENTRY, changes)
    with pytest.raises(ValueError) as caught:
        RunLog({**STATE, "logs": {"step": wrong}})
    assert str(caught.value) == f"logs['step'] is no part of a run log: {reason}"
    log = RunLog(STATE)
    steps = [
        op("remove", f"/logs/step/{name}") if value is MISSING else op("add", f"/logs/step/{name}", value=value)
        for name, value in changes.items()
    ]
    for patch in (RunLogPatch(op("add", "/logs/step", value=wrong)), RunLogPatch(*steps)):
        with pytest.raises(ValueError) as caught:
            log + patch
        assert f"logs['step'] is no part of a run log: {reason}; " in str(caught.value)
    with pytest.raises(ValueError, match=r"logs\['new'\] is no part of a run log: "):
        log + RunLogPatch(op("add", "/logs/new", value=wrong))
    assert log.state == STATE


@pytest.mark.parametrize(
    ("ops", "wrong"),
    [
        ([op("move", "/name", **{"from": "/id"})], 0),
        ([op("move", "/foo", **{"from": "/id"})], 0),
        ([op("copy", "/foo", **{"from": "/id"})], 0),
        ([op("add", "/logs/step/streamed_output_str/-", value=5)], 0),
        ([op("add", "/streamed_output/-", value=1), op("remove", "/id"), op("add", "/final_output", value=2)], 1),
        ([op("remove", "/id"), op("add", "/id", value="3"), op("add", "/name", value=5)], 2),
        ([op("add", "/logs", value={5: ENTRY})], 0),
    ],
    ids=str,
)
def test_the_operation_after_which_there_is_no_log_is_named(ops: list[dict[str, object]], wrong: int) -> None:
    log = RunLog(STATE)
    with pytest.raises(ValueError) as caught:
        log + RunLogPatch(*ops)
    message = str(caught.value)
    assert message.startswith(f"the patch must leave a run log: after its ops[{wrong}], {{'op': '{ops[wrong]['op']}'")
    assert f"'path': '{ops[wrong]['path']}'" in message
    assert message.endswith("; give operations that lead to a RunState")
    assert log.state == STATE


def test_operations_may_mend_what_those_before_them_broke() -> None:
    ops = [
        op("move", "/foo", **{"from": "/id"}),
        op("add", "/streamed_output/-", value="i"),
        op("move", "/id", **{"from": "/foo"}),
        op("add", "/streamed_output/-", value="!"),
        op("add", "/logs/step/end_time", value="now"),
    ]
    after = (RunLog(STATE) + RunLogPatch(*ops)).state
    assert after["streamed_output"] == ["H", "i", "!"]
    assert after["logs"]["step"]["end_time"] == "now"
    assert after["id"] == "1"


UNFIT: list[tuple[dict[str, object], str]] = [
    (op("add", "/logs/gone/end_time", value="now"), "needs a value at '/logs/gone', and there is none"),
    (op("add", "/logs/gone/streamed_output/-", value="x"), "needs a value at '/logs/gone', and there is none"),
    (op("remove", "/logs/a~1b~0c/tags"), "needs a value at '/logs/a~1b~0c', and there is none"),
    (op("replace", "/streamed_output/7", value="x"), "needs a value at '/streamed_output/7', and there is none"),
    (op("replace", "/final_output/x", value="x"), "needs a value at '/final_output/x', and there is none"),
    (op("test", "/nothing", value="x"), "needs a value at '/nothing', and there is none"),
    (op("move", "/logs/b", **{"from": "/logs/gone"}), "needs a value at '/logs/gone', and there is none"),
    (op("copy", "/gone/b", **{"from": "/logs/step"}), "needs a value at '/gone', and there is none"),
    (
        op("test", "/id", value="2"),
        "cannot be applied: 1 (<class 'str'>) is not equal to tested value 2 (<class 'str'>)",
    ),
    (op("jump", "/id"), "cannot be applied: Unknown operation 'jump'"),
    (op("add", "/id"), "cannot be applied: The operation does not contain a 'value' member"),
    (op("move", "/id"), "cannot be applied: The operation does not contain a 'from' member"),
    (op("move", "/id", **{"from": 3}), "cannot be applied: "),
    (op("add", "id", value="2"), "cannot be applied: Location must start with /"),
]


@pytest.mark.parametrize(("wrong", "reason"), UNFIT, ids=[str(each) for each, _ in UNFIT])
def test_an_operation_that_cannot_be_applied_is_named_with_what_it_lacks(wrong: dict[str, object], reason: str) -> None:
    log = RunLog(STATE)
    with pytest.raises(ValueError) as caught:
        log + RunLogPatch(op("add", "/streamed_output/-", value="i"), wrong)
    assert str(caught.value).startswith(f"the patch does not fit the log: its ops[1], {wrong}, {reason}")
    assert str(caught.value).endswith("; apply the patches of one run in order, each once, from the first")
    assert log.state == STATE


def events() -> list[Event]:
    root = RunInfo(UUID(int=1), (), "root", "chain", (), {})
    step = RunInfo(UUID(int=2), (root.run_id,), "a/b~c", "tool", ("t",), {"k": [1]})
    return [
        RunStarted(root, 1.0, "in"),
        RunStarted(step, 1.0, "in"),
        RunStreamed(step, 1.0, "x"),
        RunStreamed(root, 1.0, "y"),
        RunFailed(step, 2.0, KeyError("k")),
        RunStarted(RunInfo(UUID(int=3), (root.run_id,), "a/b~c", "retriever", (), {}), 2.0, "in"),
        RunEnded(root, 3.0, "yz", "in"),
    ]


def patches_of(told: list[Event]) -> list[RunLogPatch]:
    patches = LogPatches()
    return [patch for event in told if (patch := patches.patch(event)) is not None]


def test_patches_that_were_told_apply_alone_in_sum_and_after_a_round_trip() -> None:
    patches = patches_of(events())
    told = replay(patches)
    both = RunLogPatch()
    for patch in patches:
        both += patch
    again = [RunLogPatch(*json.loads(json.dumps(patch.ops))) for patch in patches]
    assert replay([both]) == replay(again) == RunLog() + both == told
    assert RunLog(json.loads(json.dumps(told.state))) == told
    assert replay([RunLogPatch(), *patches[:1]]) == replay(patches[:1])


def test_replay_names_the_patch_that_does_not_fit() -> None:
    patches = patches_of(events())
    with pytest.raises(ValueError) as caught:
        replay([*patches[:1], *patches[2:]])
    assert str(caught.value) == (
        "patches[1] does not fit the log: its ops[0], {'op': 'add', 'path': '/logs/a~1b~0c/streamed_output/-', "
        "'value': 'x'}, needs a value at '/logs/a~1b~0c', and there is none; apply the patches of one run in order, "
        "each once, from the first"
    )
    with pytest.raises(ValueError, match=r"patches\[2\] must leave a run log: after its ops\[0\], \{'op': 'remove'"):
        replay([*patches[:2], RunLogPatch(op("remove", "/name"))])


def test_replay_begins_with_the_first_patch_of_a_run() -> None:
    patches = patches_of(events())
    with pytest.raises(ValueError) as caught:
        replay([RunLogPatch(), *patches[1:]])
    message = str(caught.value)
    assert message.startswith("patches[1] begins no log: the first patch of a run has the operation replace '' with ")
    assert "got {'op': 'add', 'path': '/logs/a~1b~0c', 'value': {" in message
    assert message.endswith("or add these to the log before them: log + patch")
    log = replay(patches[:2])
    for patch in patches[2:]:
        log += patch
    assert log == replay(patches)


@pytest.mark.parametrize(
    "wrong",
    [
        op("add", "/logs/gone/end_time", value="x" * 100_000),
        op("test", "/final_output", value="x" * 100_000),
        op("test", "/final_output/" + "x" * 100_000, value=1),
        op("add", "/logs/" + "x" * 100_000, value={"id": "x" * 100_000}),
        op("add", "/name", value=["x"] * 100_000),
        op("add", "/logs/step/tags", value=["x", ["x"] * 100_000]),
        op("add", "/" + "x" * 100_000, value=1),
        op("x" * 100_000, "/name"),
        op("add", "", value=["x"] * 100_000),
    ],
    ids=lambda wrong: f"{wrong['op']:.9} {wrong['path']:.20}",
)
def test_errors_are_short_whatever_the_log(wrong: dict[str, object]) -> None:
    state = {**STATE, "streamed_output": ["word"] * 100_000, "final_output": "word" * 100_000}
    begin = RunLogPatch(op("replace", "", value=state))
    ways: list[Callable[[RunLogPatch], RunLog]] = [
        lambda patch: RunLog(state) + patch,
        lambda patch: replay([begin, patch]),
    ]
    for way in ways:
        with pytest.raises(ValueError) as caught:
            way(RunLogPatch(wrong))
        assert len(str(caught.value)) < 700
        assert len("".join(format_exception(caught.value))) < 10_000


def test_a_log_that_cannot_be_copied_is_said_to_be_such() -> None:
    log = RunLog({**STATE, "final_output": Lock()})
    with pytest.raises(
        ValueError, match="the patch has operations for which the log must be copied, and it cannot be: "
    ):
        log + RunLogPatch(op("replace", "/name", value="other"))
    assert (log + RunLogPatch(op("add", "/streamed_output/-", value="i"))).state["streamed_output"] == ["H", "i"]


async def _patches() -> AsyncIterator[RunLogPatch]:
    yield RunLogPatch()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (RunLogPatch(), r"got RunLogPatch\(\); write replay\(\[patch\]\) for one patch"),
        (None, r"got None; write replay\(\[patch\]\) for one patch"),
        (_patches(), r"got <async_generator .*; collect them first: \[patch async for patch in patches\]"),
    ],
    ids=["a patch", "None", "an async generator"],
)
def test_replay_says_what_to_write_for_what_is_no_iterable(given: Any, message: str) -> None:  # Any: anything
    with pytest.raises(TypeError, match=f"replay takes an iterable of RunLogPatch values; {message}"):
        replay(given)


def test_replay_names_what_is_no_patch_in_few_words() -> None:
    wrong: Any = {"op": "add", "path": "x" * 1000}  # Any: what is tested
    with pytest.raises(
        TypeError, match=r"replay takes RunLogPatch values; got \{'op': .* as patches\[1\]; write "
    ) as caught:
        replay([RunLogPatch(), wrong])
    assert len(str(caught.value)) < 200
    with pytest.raises(TypeError) as caught:
        RunLogPatch({"path": "x" * 1000})
    assert len(str(caught.value)) < 200


def test_states_are_not_changed_by_being_refused() -> None:
    given = deepcopy(STATE)
    with pytest.raises(ValueError, match="its 'id'"):
        RunLog(given) + RunLogPatch(op("remove", "/id"))
    assert given == STATE
