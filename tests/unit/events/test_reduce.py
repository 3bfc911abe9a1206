"""The fold and the patches of the same events; what they have in common is in the property tests."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from runlaw.events import fold, from_jsonl, replay, to_jsonl
from runlaw.events.entry import FinalOutput
from runlaw.events.event import Custom, Event, RunEnded, RunFailed, RunStarted, RunStreamed
from runlaw.events.patch import LogPatches
from runlaw.events.reduce import reduce
from runlaw.events.run_info import RunInfo
from runlaw.events.select import EVERYTHING, Selection
from runlaw.events.state import RunLog, RunLogPatch
from runlaw.kernel.monoid import STR, last
from runlaw.kernel.nodes import RunType
from runlaw.kernel.semigroup import Monoid

ROOT = RunInfo(UUID(int=1), (), "root", "chain", (), {}, STR)
TIME = 1705703635.902


def child(number: int, name: str, run_type: RunType = "chain") -> RunInfo:
    return RunInfo(UUID(int=number), (ROOT.run_id,), name, run_type, ("t",), {"k": 1})


def patches_of(
    events: Sequence[Event], final_output: FinalOutput = "each", selection: Selection = EVERYTHING
) -> list[RunLogPatch]:
    patches = LogPatches(final_output, selection)
    return [patch for event in events if (patch := patches.patch(event)) is not None]


def streamed(chunks: Sequence[object], run: RunInfo = ROOT) -> list[Event]:
    return [RunStarted(run, TIME, "in"), *(RunStreamed(run, TIME, chunk) for chunk in chunks)]


def ops_of(events: Sequence[Event], final_output: FinalOutput = "each") -> list[list[dict[str, object]]]:
    assert replay(patches_of(events, final_output)) == fold(events, final_output=final_output)
    return [patch.ops for patch in patches_of(events, final_output)]


def replace(value: object) -> dict[str, object]:
    return {"op": "replace", "path": "/final_output", "value": value}


def add(path: str, value: object) -> dict[str, object]:
    return {"op": "add", "path": path, "value": value}


def test_a_sub_run_that_streams_text_and_ends() -> None:
    model = child(2, "a/b~c", "llm")
    events: list[Event] = [RunStarted(ROOT, TIME), *streamed(["Hi"], model), RunEnded(model, TIME, "Hi", "in")]
    assert ops_of(events)[1:] == [
        [
            add(
                "/logs/a~1b~0c",
                {
                    "id": str(UUID(int=2)),
                    "name": "a/b~c",
                    "type": "llm",
                    "tags": ["t"],
                    "metadata": {"k": 1},
                    "start_time": "2024-01-19T22:33:55.902+00:00",
                    "streamed_output_str": [],
                    "streamed_output": [],
                    "final_output": None,
                    "end_time": None,
                },
            )
        ],
        [add("/logs/a~1b~0c/streamed_output/-", "Hi"), add("/logs/a~1b~0c/streamed_output_str/-", "Hi")],
        [
            add("/logs/a~1b~0c/final_output", "Hi"),
            add("/logs/a~1b~0c/end_time", "2024-01-19T22:33:55.902+00:00"),
        ],
    ]


def test_text_of_a_chat_model_and_of_no_other() -> None:
    class Chunk:
        text = "Hi"

    for run_type, texts in (("chat_model", ["Hi"]), ("chain", []), ("retriever", [])):
        chunk, run = Chunk(), child(2, "it", run_type)  # type: ignore[arg-type]  # each is a run type
        events = [RunStarted(ROOT, TIME), *streamed([chunk, 3], run)]
        assert replay(patches_of(events)) == fold(events)
        entry = fold(events).state["logs"]["it"]
        assert entry["streamed_output"] == [chunk, 3]
        assert entry["streamed_output_str"] == texts


def test_a_failed_entry_has_an_error_and_an_end() -> None:
    run = child(2, "it")
    events: list[Event] = [RunStarted(ROOT, TIME), RunStarted(run, TIME), RunFailed(run, TIME, ValueError("no"))]
    error = {"type": "ValueError", "message": "no"}
    assert ops_of(events)[-1] == [
        add("/logs/it/error", error),
        add("/logs/it/end_time", "2024-01-19T22:33:55.902+00:00"),
    ]
    entry = fold(events).state["logs"]["it"]
    assert (entry["error"], entry["final_output"]) == (error, None)


def test_keys_are_counted_and_never_taken_twice() -> None:
    names = ["a", "a", "a:3", "a", "a", "a:3"]
    events: list[Event] = [RunStarted(ROOT, TIME)]
    events += [RunStarted(child(number, name), TIME) for number, name in enumerate(names, 2)]
    assert list(fold(events).state["logs"]) == ["a", "a:2", "a:3", "a:4", "a:5", "a:3:2"]
    assert replay(patches_of(events)) == fold(events)
    early = fold(events[:3])
    assert list(reduce(early, events[4]).state["logs"]) == ["a", "a:2", "a:3"]
    assert list(early.state["logs"]) == ["a", "a:2"]


def test_the_sum_so_far_is_told_where_it_changed() -> None:
    assert ops_of(streamed(["", "H", ""]))[1:] == [
        [add("/streamed_output/-", ""), replace("")],
        [add("/streamed_output/-", "H"), replace("H")],
        [add("/streamed_output/-", "")],
    ]
    snapshots = RunInfo(UUID(int=1), (), "root", "chain", (), {}, last)
    assert [
        op["value"] for ops in ops_of(streamed([True, 1, 1, 1.0, None, None], snapshots))[1:] for op in ops[1:]
    ] == [
        True,
        1,
        1.0,
        None,
    ]


def test_the_end_of_the_root_is_told_where_it_differs_from_the_sum() -> None:
    assert len(ops_of([*streamed(["H"]), RunEnded(ROOT, TIME, "H")])) == 2
    assert ops_of([*streamed(["H"]), RunEnded(ROOT, TIME, "!")])[2:] == [[replace("!")]]
    assert ops_of([RunStarted(ROOT, TIME), RunEnded(ROOT, TIME, 3)])[1:] == [[replace(3)]]
    assert len(ops_of([RunStarted(ROOT, TIME), RunEnded(ROOT, TIME, None)])) == 1


def test_the_output_at_the_end_is_told_once() -> None:
    events = [*streamed(["H", "i"]), RunEnded(ROOT, TIME, "Hi")]
    assert ops_of(events, "end")[1:] == [
        [add("/streamed_output/-", "H")],
        [add("/streamed_output/-", "i")],
        [replace("Hi")],
    ]
    assert fold(events[:-1], final_output="end").final_output is None


@pytest.mark.parametrize("kind", ["prompt", "retriever"])
@pytest.mark.parametrize("final_output", ["each", "end"])
def test_a_root_that_gives_all_at_once_has_one_chunk(kind: RunType, final_output: FinalOutput) -> None:
    root = RunInfo(UUID(int=1), (), "root", kind, (), {}, STR)
    ended = RunEnded(root, TIME, "Hi")
    events: list[Event] = [RunStarted(root, TIME), ended]
    assert ops_of(events, final_output)[1:] == [[add("/streamed_output/-", "Hi"), replace("Hi")]]
    state = fold(events, final_output=final_output).state
    assert (state["streamed_output"], state["final_output"]) == (["Hi"], "Hi")
    told = ops_of([*streamed(["H", "i"], root), RunEnded(root, TIME, "Hi!")], final_output)
    assert told[-1] == [replace("Hi!")]


def test_events_of_ones_own_are_not_in_the_log() -> None:
    inner = child(2, "a")
    events: list[Event] = [
        RunStarted(ROOT, TIME),
        Custom(ROOT, TIME, "n", 1),
        RunStarted(inner, TIME),
        Custom(inner, TIME, "n", 1),
    ]
    assert len(ops_of([*events, RunFailed(ROOT, TIME, ValueError("no"))])) == 2
    assert fold(events).state["logs"]["a"]["streamed_output"] == []


def test_only_events_are_folded() -> None:
    wrong: Any = {"event": "on_chain_start"}  # Any: no event on purpose
    with pytest.raises(TypeError, match=r"^a log is folded from events, as listeners are told of them; got \{'event'"):
        fold([wrong])


def test_sums_that_failed_stay_unknown() -> None:
    unknown = RunInfo(UUID(int=1), (), "root", "chain", (), {})
    events = streamed([1, 2, "a"], unknown)
    assert [log.final_output for log in map(fold, (events[:2], events[:3], events))] == [1, None, None]
    assert [op["value"] for ops in ops_of(events)[1:] for op in ops[1:]] == [1, None]


def test_sums_are_finished() -> None:
    lengths = RunInfo(UUID(int=1), (), "root", "chain", (), {}, Monoid[str]("", str.__add__, finish=len))
    events = streamed(["ab", "", "c"], lengths)
    assert [ops[-1]["value"] for ops in ops_of(events)[1:]] == [2, "", 3]
    assert fold(events).final_output == 3


def test_chunks_that_do_not_add_up_have_no_sum() -> None:
    def broken(total: str) -> str:
        return total[5]

    unknown = RunInfo(UUID(int=1), (), "root", "chain", (), {})
    unfinished = RunInfo(UUID(int=1), (), "root", "chain", (), {}, Monoid[str]("", str.__add__, finish=broken))
    for run, chunks, final in (
        (unknown, [1, 2], None),
        (unknown, [1], 1),
        (ROOT, [1], None),
        (unfinished, ["a"], None),
    ):
        events = streamed(chunks, run)
        assert replay(patches_of(events)) == fold(events)
        assert fold(events).final_output == final
        assert fold([*events, RunEnded(run, TIME, "out")]).final_output == "out"


def test_sums_are_found_again_in_events_read_back() -> None:
    events = streamed(["H", "i"])
    assert fold(from_jsonl(to_jsonl(events))).final_output == "Hi" == fold(events).final_output


def test_a_failure_of_the_root_and_custom_events_change_nothing() -> None:
    log = fold(streamed(["H"]))
    for event in (
        RunFailed(ROOT, TIME, ValueError()),
        Custom(ROOT, TIME, "n", 1),
        Custom(child(2, "a"), TIME, "n", 1),
        RunStreamed(child(2, "a"), TIME, "c"),
        RunEnded(ROOT, TIME, "H"),
    ):
        assert reduce(log, event) is log


def test_runs_left_out_are_not_counted() -> None:
    first, second = child(2, "a"), RunInfo(UUID(int=3), (ROOT.run_id,), "a", "llm", (), {})
    events: list[Event] = [RunStarted(ROOT, TIME), *streamed(["x"], first), *streamed(["y"], second)]
    selection = Selection(include_types=["llm"])
    logs = fold(events, selection=selection).state["logs"]
    assert list(logs) == ["a"]
    assert logs["a"]["streamed_output"] == ["y"]
    assert replay(patches_of(events, "each", selection)) == fold(events, selection=selection)


def test_a_log_goes_on_from_what_patches_led_to() -> None:
    run = child(2, "a")
    events = [*streamed(["H"]), *streamed(["x"], run), RunStreamed(ROOT, TIME, "i"), RunEnded(run, TIME, "x")]
    for cut in range(1, len(events)):
        log = replay(patches_of(events[:cut]))
        for event in events[cut:]:
            log = reduce(log, event)
        assert log == fold(events)
        mixed = fold(events[:cut])
        for patch in patches_of(events)[cut:]:
            mixed += patch
        assert mixed == fold(events)


def test_an_old_sum_is_found_again() -> None:
    logs = [RunLog()]
    for event in streamed(["a", "b", "c"]):
        logs.append(reduce(logs[-1], event))
    finals = [None, None, "a", "ab", "abc"]
    assert [log.final_output for log in logs] == finals
    assert [log.final_output for log in reversed(logs)] == finals[::-1]


def test_a_log_may_be_about_a_run_inside_another() -> None:
    inner = RunInfo(UUID(int=2), (ROOT.run_id,), "inner", "chain", (), {}, STR)
    leaf = RunInfo(UUID(int=3), (ROOT.run_id, inner.run_id), "leaf", "chain", (), {})
    events = [*streamed(["x"], inner), RunStarted(leaf, TIME)]
    assert list(fold(events).state["logs"]) == ["leaf"]
    assert len(ops_of(events)) == 3


@pytest.mark.parametrize("tell", [fold, patches_of])
def test_a_log_is_about_one_run_from_its_start(tell: object) -> None:
    assert callable(tell)
    other = RunInfo(UUID(int=9), (), "other", "chain", (), {})
    with pytest.raises(
        ValueError, match=r"the first event of a log must be the RunStarted of its root run; got .*'root'"
    ):
        tell([RunStreamed(ROOT, TIME, "x")])
    with pytest.raises(
        ValueError, match=r"the run 'other' \(.*9\) is not inside the run 'root' \(.*1\) that this log is"
    ):
        tell([RunStarted(ROOT, TIME), RunStarted(other, TIME)])


def test_what_is_kept_of_runs_that_go_on_does_not_grow() -> None:
    patches = LogPatches()
    patches.patch(RunStarted(ROOT, TIME))
    for number in range(2, 50):
        run = child(number, "a")
        patches.patch(RunStarted(run, TIME))
        patches.patch(RunEnded(run, TIME, None))
    assert patches._paths == {}
