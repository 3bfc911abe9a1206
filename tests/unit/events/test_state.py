import copy
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jsonpatch
import pytest

from runlaw.events import replay
from runlaw.events.state import LogEntry, RunLog, RunLogPatch, RunState

ENTRY: LogEntry = {
    "id": "2",
    "name": "a/b~c",
    "type": "retriever",
    "tags": ["t"],
    "metadata": {"k": [1]},
    "start_time": "2024-01-19T22:33:55.902+00:00",
    "streamed_output_str": ["x"],
    "streamed_output": ["x"],
    "final_output": None,
    "end_time": None,
}
STATE: RunState = {
    "id": "1",
    "name": "RunnableSequence",
    "type": "chain",
    "streamed_output": ["H"],
    "final_output": "H",
    "logs": {"a/b~c": ENTRY},
}
LEAVES = r"the patch must leave a run log: after its ops\[0\], {'op': 'add', 'path': '"


def add(path: str, value: object) -> RunLogPatch:
    return RunLogPatch({"op": "add", "path": path, "value": value})


def test_an_empty_log_is_empty() -> None:
    assert RunLog().state == {
        "id": "",
        "name": "",
        "type": "chain",
        "streamed_output": [],
        "final_output": None,
        "logs": {},
    }
    assert RunLog().final_output is None
    assert replay([]) == RunLog() == RunLog() + RunLogPatch()


def test_a_log_of_a_state_is_that_state_and_holds_its_own_copy() -> None:
    given = copy.deepcopy(STATE)
    log = RunLog(given)
    given["streamed_output"].append("!")
    given["logs"]["a/b~c"]["tags"].append("!")
    given["logs"]["a/b~c"]["streamed_output"].append("!")
    assert log.state == STATE
    assert log.final_output == "H"
    assert log == RunLog(STATE) != RunLog()
    assert log != STATE


@pytest.mark.parametrize("twin_of", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_logs_and_patches_are_copied_and_pickled(twin_of: Any) -> None:  # Any: a generic function
    log = RunLog(STATE) + add("/streamed_output/-", "i")
    patch = add("/logs/x", ENTRY)
    assert twin_of(log) == log
    assert twin_of(patch) == patch
    assert twin_of(log) + twin_of(patch) == log + patch


def test_logs_and_patches_are_not_hashable() -> None:
    for value in (RunLog(), RunLogPatch()):
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)


@pytest.mark.parametrize(
    "patch",
    [
        add("/streamed_output/-", {"any": "chunk"}),
        add("/final_output", None),
        RunLogPatch({"op": "replace", "path": "/final_output", "value": 3}),
        add("/logs/a~1b~0c/streamed_output/-", "y"),
        add("/logs/a~1b~0c/streamed_output_str/-", "y"),
        add("/logs/a~1b~0c/final_output", {"documents": []}),
        add("/logs/a~1b~0c/end_time", "later"),
        add("/logs/a~1b~0c/error", {"type": "E", "message": "m"}),
        add("/logs/other", ENTRY),
        add("/logs/a~1b~0c", ENTRY),
        add("/logs/a~1b~0c/tags/0", "first"),
        add("/streamed_output/0", "first"),
        add("/streamed_output/0", ENTRY),
        add("/logs/a~1b~0c/metadata/k/0", "first"),
        RunLogPatch({"op": "replace", "path": "/logs/a~1b~0c/final_output", "value": 3}),
        RunLogPatch({"op": "replace", "path": "/logs/a~1b~0c", "value": ENTRY | {"name": "b"}}),
        RunLogPatch({"op": "remove", "path": "/logs/a~1b~0c"}),
        RunLogPatch({"op": "move", "from": "/logs/a~1b~0c", "path": "/logs/moved"}),
        RunLogPatch({"op": "test", "path": "/name", "value": "RunnableSequence"}),
        RunLogPatch({"op": "replace", "path": "", "value": {**STATE, "id": "3"}}),
        RunLogPatch({"op": "remove", "path": "/logs"}, {"op": "add", "path": "/logs", "value": {}}),
        add("/logs/x", {}) + add("/logs/x", ENTRY),
    ],
    ids=str,
)
def test_adding_a_patch_is_applying_it_and_leaves_both_as_they_were(patch: RunLogPatch) -> None:
    log, shown = RunLog(STATE), repr(patch)
    after = log + patch
    assert after.state == jsonpatch.apply_patch(copy.deepcopy(STATE), json.loads(json.dumps(patch.ops)))
    assert after == replay([add("", STATE), patch])
    assert log.state == STATE
    assert repr(patch) == shown


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (RunLogPatch({"op": "remove", "path": "/nothing"}), "the patch does not fit the log: .*nothing"),
        (RunLogPatch({"op": "test", "path": "/id", "value": "2"}), "the patch does not fit the log: "),
        (
            RunLogPatch({"op": "test", "path": "/logs/a~1b~0c/final_output", "value": 3}),
            "the patch does not fit the log",
        ),
        (RunLogPatch({"op": "replace", "path": "/logs/other", "value": ENTRY}), "the patch does not fit the log: "),
        (RunLogPatch({"op": "replace", "path": "/streamed_output/-", "value": 1}), "the patch does not fit the log: "),
        (RunLogPatch({"op": "jump", "path": "/id"}), "the patch does not fit the log: "),
        (add("/name/x", 1), "the patch does not fit the log: "),
        (add("/logs/missing/end_time", "now"), "the patch does not fit the log: .*missing"),
        (add("", None), f"{LEAVES}.*, state must be a dict; got None; "),
        (add("", {}), f"{LEAVES}.*, state is no part of a run log: its 'id' must be a str; got nothing; "),
        (RunLogPatch({"op": "remove", "path": "/logs"}), "state is no part of a run log: its 'logs' must be a dict"),
        (
            add("/logs/x", {"streamed_output": []}),
            rf"{LEAVES}.*, logs\['x'\] is no part of a run log: its 'id' must be a str; got nothing; ",
        ),
        (add("/logs/x", 3), r"logs\['x'\] must be a dict; got 3"),
    ],
    ids=str,
)
def test_a_patch_that_does_not_fit_is_refused(patch: RunLogPatch, message: str) -> None:
    log = RunLog(STATE)
    with pytest.raises(ValueError, match=message):
        log + patch
    assert log.state == STATE
    assert (log + add("/streamed_output/-", "i")).state["streamed_output"] == ["H", "i"]


def test_patches_hold_their_own_operations() -> None:
    op: dict[str, object] = {"op": "add", "path": "/logs/x", "value": copy.deepcopy(ENTRY)}
    patch = RunLogPatch(op)
    op["path"] = "/other"
    patch.ops[0]["path"] = "/other"
    value: Any = patch.ops[0]["value"]  # Any: an entry
    value["streamed_output"].append("!")
    assert patch == add("/logs/x", ENTRY) != add("/other", ENTRY)
    assert patch != patch.ops


@pytest.mark.parametrize("op", [3, {}, {"op": "add"}, {"path": ""}, {"op": 1, "path": ""}, {"op": "add", "path": None}])
def test_what_is_no_operation_is_refused(op: Any) -> None:  # Any: anything
    with pytest.raises(TypeError, match="a JSON Patch operation must be a dict with 'op' and 'path' as str; got "):
        RunLogPatch(op)


def test_only_patches_are_added_and_replayed() -> None:
    for left, right in ((RunLog(), RunLog()), (RunLogPatch(), RunLog()), (RunLog(), {}), (RunLogPatch(), [])):
        with pytest.raises(TypeError, match="unsupported operand"):
            left + right  # type: ignore[operator]  # what is tested
    with pytest.raises(TypeError, match=r"replay takes RunLogPatch values; got \{'op'"):
        replay([{"op": "add"}])  # type: ignore[list-item]  # what is tested


def test_logs_print_as_their_states() -> None:
    assert repr(RunLogPatch()) == "RunLogPatch()"
    short = RunLogPatch({"op": "remove", "path": "/a"}, {"op": "remove", "path": "/b"})
    assert repr(short) == "RunLogPatch({'op': 'remove', 'path': '/a'}, {'op': 'remove', 'path': '/b'})"
    assert repr(RunLog()).startswith("RunLog({'final_output': None,\n 'id': '',\n 'logs': {},\n")


def test_many_may_go_on_from_one_log_at_a_time() -> None:
    log = RunLog(STATE)

    def went_on(name: str) -> RunLog:
        after = log
        for number in range(200):
            after += add("/streamed_output/-", f"{name}{number}")
            after += add("/final_output", number)
        return after

    with ThreadPoolExecutor(8) as pool:
        logs = list(pool.map(went_on, "abcdefgh"))
    for name, after in zip("abcdefgh", logs, strict=True):
        assert after.state["streamed_output"] == ["H", *(f"{name}{number}" for number in range(200))]
        assert after.final_output == 199
    assert log.state == STATE


def test_a_test_of_the_whole_state_changes_nothing_and_may_fail() -> None:
    log = RunLog() + RunLogPatch({"op": "add", "path": "/streamed_output/-", "value": "H"})
    state: Any = log.state
    assert log + RunLogPatch({"op": "test", "path": "", "value": state}) == log
    with pytest.raises(ValueError, match="test"):
        log + RunLogPatch({"op": "test", "path": "", "value": {**state, "id": "another"}})
