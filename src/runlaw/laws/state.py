"""State: the log of a run is a fold over its events, and the patches that are sent lead to the same log."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from runlaw.events.event import Event
from runlaw.events.jsonl import from_jsonl, to_jsonl
from runlaw.events.patch import LogPatches
from runlaw.events.reduce import fold, reduce
from runlaw.events.select import Selection
from runlaw.events.state import RunLog, RunLogPatch, replay
from runlaw.laws.assumptions import IN_ORDER, SUCCEEDS, SUMS_UP
from runlaw.laws.law import Case, Claim, Program, law, nothing_wrong, outcomes
from runlaw.laws.outcomes import first_difference, observe, same_value
from runlaw.laws.trace import Trace
from runlaw.laws.ways import chunks_of, collect, run_async, total


def events(case: Case) -> list[Event]:
    """The events of the case's program in the case's way."""
    return Trace.of(case.program, case.value, case.way).events


def patches(told: Iterable[Event]) -> list[RunLogPatch]:
    """The patches of events, in order."""
    telling = LogPatches()
    return [patch for event in told if (patch := telling.patch(event)) is not None]


def selection(case: Case) -> Selection:
    """A selection of runs; which one depends on the case."""
    choices = (
        Selection(exclude_names=["same"]),
        Selection(include_types=["chain"], exclude_tags=["seq:step:1"]),
        Selection(include_tags=["seq:step:2", "map:key:a"]),
        Selection(include_names=["RunnableSequence", "exclaim"]),
    )
    return choices[case.number]


@law("state", "the patches of the events, applied in order, give the fold of the events, at every prefix")
def patches_are_the_fold(case: Case) -> Claim:
    def find() -> list[str]:
        told = events(case)
        telling = LogPatches()
        log = folded = RunLog()
        for event in told:
            folded = reduce(folded, event)
            patch = telling.patch(event)
            log = log if patch is None else log + patch
            if not same_value(log.state, folded.state):
                return [f"after {event!r}: {log} is not {folded}"]
        return [] if replay(patches(told)) == folded else ["replaying the patches gives another log"]

    return nothing_wrong(f"the patches of {case.program!r}, by {case.way}", find)


@law("state", "the jsonpatch package reads the patches as we do")
def patches_are_json_patches(case: Case) -> Claim:
    import jsonpatch

    def find() -> list[str]:
        document: Any = RunLog().state  # Any: a JSON document
        log = RunLog()
        for patch in patches(events(case)):
            log += patch
            document = jsonpatch.apply_patch(document, patch.ops)
            if not same_value(document, log.state):
                return [f"{document} is not {log.state}"]
        return []

    return nothing_wrong(f"the patches of {case.program!r}, by {case.way}", find)


@law("state", "folding is a left fold: reduce(fold(events), event) = fold(events and event)")
def folding_steps(case: Case) -> Claim:
    told = events(case)

    def stepwise() -> RunLog:
        log = RunLog()
        for event in told:
            log = reduce(log, event)
        return log

    return outcomes("reduce, event by event", stepwise, "fold", lambda: fold(told))


@law("state", "(log + p) + q = log + (p + q), for patches")
def adding_patches(case: Case) -> Claim:
    made = patches(events(case))

    def at_once() -> RunLog:
        both = RunLogPatch()
        for patch in made:
            both += patch
        return RunLog() + both

    return outcomes("patch by patch", lambda: replay(made), "their sum", at_once)


@law("state", "folding with a filter gives the log without the entries that the filter leaves out")
def filters_commute(case: Case) -> Claim:
    chosen = selection(case)
    told = events(case)
    names = {one.run_id: one for one in Trace(Trace.of(case.program, case.value, case.way).outcome, told).runs}
    kept = {str(run_id) for run_id, one in names.items() if chosen.selects(one)}

    def expected() -> list[Any]:  # Any: log entries
        return [_bare(entry) for entry in fold(told).state["logs"].values() if entry["id"] in kept]

    return outcomes(
        "the entries of the fold with the filter",
        lambda: [_bare(entry) for entry in fold(told, selection=chosen).state["logs"].values()],
        "the entries of the fold, filtered", expected,
    )  # fmt: skip


def _bare(entry: Any) -> Any:  # Any: a log entry
    return dict(entry)


@law("state", "the log's final output is what the run gives", SUMS_UP)
def the_log_ends_with_the_output(case: Case) -> Claim | None:
    seen = Trace.of(case.program, case.value, case.way)
    if seen.outcome.error is not None:
        return None
    return outcomes(
        "the log's final output", lambda: fold(seen.events).final_output,
        "what the run gives", lambda: seen.outcome.value,
    )  # fmt: skip


@law("state", "from_jsonl(to_jsonl(events)) folds to the log of the events")
def lines_keep_the_log(case: Case) -> Claim | None:
    told = events(case)
    lines = observe(lambda: list(to_jsonl(told, _as_json)))
    if lines.error is not None:
        return None
    return outcomes(
        "the log of the events, written and read", lambda: _plain(fold(from_jsonl(lines.value))),
        "the log of the events", lambda: _plain(fold(told)),
    )  # fmt: skip


def _plain(log: RunLog) -> str:
    return json.dumps(log.state, sort_keys=True, default=repr)


def _as_json(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"JSON has no {value!r}")


def logged(program: Program, value: Any, asynchronous: bool) -> RunLog:  # Any: what the program takes
    """The log that the patches of ``stream_log`` or ``astream_log`` lead to."""
    if asynchronous:
        return replay(run_async(collect(program.astream_log(value))))
    return replay(program.stream_log(value))


@law("state", "the patches of r.stream_log(x) lead to a log whose chunks are those of r", SUCCEEDS, SUMS_UP)
def stream_log_tells_the_chunks(case: Case) -> Claim:
    r, x = case.program, case.value
    return outcomes(
        f"{r!r}.stream_log", lambda: total(r, x, list(logged(r, x, case.asynchronous).state["streamed_output"])),
        f"{r!r}, by stream", lambda: total(r, x, chunks_of(r, x)), (r, x),
    )  # fmt: skip


@law(
    "state",
    "r.stream_log(x, diff=False) gives the logs of the patches of r.stream_log(x), one for each",
    IN_ORDER,
    SUCCEEDS,
)
def logs_are_sums_of_patches(case: Case) -> Claim:
    r, x = case.program, case.value

    def find() -> list[str]:
        logs = [log.final_output for log in r.stream_log(x, diff=False)]
        sums: list[object] = []
        log = RunLog()
        for patch in r.stream_log(x):
            log += patch
            sums.append(log.final_output)
        place = first_difference(logs, sums)
        return [] if place is None else [f"log {place} has {logs[place:][:1]}, the patches give {sums[place:][:1]}"]

    return nothing_wrong(f"the logs of {r!r}", find, (r, x))


@law("state", "r.stream_events(x) tells a start and an end or error of every run, in the order of the runs", SUCCEEDS)
def stream_events_are_bracketed(case: Case) -> Claim | None:
    r, x = case.program, case.value
    if observe(lambda: chunks_of(r, x)).error is not None:
        return None

    def find() -> list[str]:
        told = run_async(collect(r.astream_events(x))) if case.asynchronous else list(r.stream_events(x))
        open_runs: list[str] = []
        wrong = []
        for event in told:
            if event["event"].endswith("_start"):
                open_runs.append(event["run_id"])
            elif event["run_id"] not in open_runs:
                wrong.append(f"{event['event']} of {event['name']} while it does not run")
            elif event["event"].endswith(("_end", "_error")):
                open_runs.remove(event["run_id"])
        return wrong + [f"{len(open_runs)} runs never end" for _ in open_runs[:1]]

    return nothing_wrong(f"the events of {r!r}", find, (r, x))
