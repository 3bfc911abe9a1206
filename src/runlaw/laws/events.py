"""Events: runs are bracketed as programs are nested, tell what happened, and change nothing."""

from __future__ import annotations

from typing import Any

from runlaw.combinators.attempt import attempt
from runlaw.combinators.batch import map_batch
from runlaw.combinators.config import with_listeners
from runlaw.combinators.parallel import parallel
from runlaw.combinators.pipe import pipe
from runlaw.combinators.retry import with_retry
from runlaw.events.event import RunEnded, RunFailed, RunStarted, RunStreamed
from runlaw.interpret.reference import reference_sums
from runlaw.laws.assumptions import SUCCEEDS, SUMS_UP, TELLS_CHUNKS
from runlaw.laws.law import Case, Claim, law, nothing_wrong, outcomes
from runlaw.laws.outcomes import observe, same_value
from runlaw.laws.palette import boxed, fails, same
from runlaw.laws.trace import Trace, misplaced
from runlaw.laws.ways import run


def trace(case: Case) -> Trace:
    """The trace of the case's program in the case's way."""
    return Trace.of(case.program, case.value, case.way)


def with_failures(case: Case) -> Case:
    """The case, of which every second has a program that fails at its end."""
    return case._replace(program=pipe(case.program, fails)) if case.number % 2 else case


@law("events", "every run has one start and one end, and ends after the runs inside it")
def brackets(case: Case) -> Claim:
    case = with_failures(case)
    return nothing_wrong(f"the events of {case.program!r}, by {case.way}", lambda: misplaced(trace(case)))


@law("events", "listening changes no outcome")
def listening_changes_nothing(case: Case) -> Claim:
    r, x, way = case.program, case.value, case.way
    heard = Trace.of(r, x, way).outcome

    def again() -> Any:  # Any: what the program gives
        if heard.error is not None:
            raise heard.error
        return heard.value

    quiet = run(way, r, x)

    def unheard() -> Any:  # Any: what the program gives
        if quiet.error is not None:
            raise quiet.error
        return quiet.value

    return outcomes(f"{r!r}, by {way}, heard", again, f"{r!r}, by {way}", unheard, (r, x))


@law("events", "the root's end tells what the run gives", SUMS_UP)
def the_end_tells_the_output(case: Case) -> Claim:
    case = with_failures(case)

    def find() -> list[str]:
        told = trace(case)
        last = told.events[-1]
        if told.outcome.error is not None:
            right = isinstance(last, RunFailed) and same_value(last.error, told.outcome.error)
        else:
            right = isinstance(last, RunEnded) and same_value(last.output, told.outcome.value)
        return [] if right and last.run == told.root else [f"{last!r} after {told.outcome!r}"]

    return nothing_wrong(f"the last event of {case.program!r}, by {case.way}", find)


@law("events", "the root's start and end tell the input, and nothing comes before that start")
def the_start_tells_the_input(case: Case) -> Claim:
    def find() -> list[str]:
        first = trace(case).events[0]
        right = isinstance(first, RunStarted) and not first.parent_ids and same_value(first.input, case.value)
        return [] if right else [f"{first!r}"]

    return nothing_wrong(f"the first event of {case.program!r}, by {case.way}", find)


@law(
    "events",
    "the chunks that the root tells are those that the stream gives, and add up to its output",
    SUCCEEDS,
    SUMS_UP,
    TELLS_CHUNKS,
)
def told_chunks_add_up(case: Case) -> Claim:
    way = case.streaming

    def told() -> Any:  # Any: what the program gives
        seen = Trace.of(case.program, case.value, way)
        chunks = [event.chunk for event in seen.of_run(seen.root.run_id) if isinstance(event, RunStreamed)]
        return reference_sums(case.program, case.value).total(chunks)

    r, x = case.program, case.value
    return outcomes(f"the chunks told of {r!r}, by {way}", told, f"{r!r}, invoked", lambda: r.invoke(x), (r, x))


@law("events", "sync and async runs tell the same runs", SUCCEEDS)
def sync_and_async_tell_the_same(case: Case) -> Claim:
    ways = ("stream", "astream") if case.way in ("stream", "astream") else ("invoke", "ainvoke")
    r, x = case.program, case.value
    return outcomes(
        f"the runs of {r!r}, by {ways[0]}", lambda: Trace.of(r, x, ways[0]).shape(),
        f"the runs of {r!r}, by {ways[1]}", lambda: Trace.of(r, x, ways[1]).shape(), (r, x),
    )  # fmt: skip


@law("events", "every run's parents are the runs around it, outermost first, from the root")
def parents_are_a_path(case: Case) -> Claim:
    def find() -> list[str]:
        told = trace(case)
        paths = {one.run_id: (*one.parent_ids, one.run_id) for one in told.runs}
        return [
            f"{one.name} has the parents {one.parent_ids}"
            for one in told.runs
            if (one.parent_ids and paths.get(one.parent_ids[-1]) != one.parent_ids)
            or (not one.parent_ids) != (one == told.root)
        ]

    return nothing_wrong(f"the parents in runs of {case.program!r}, by {case.way}", find)


@law("events", "no two runs share an id")
def ids_differ(case: Case) -> Claim:
    def find() -> list[str]:
        ids = [one.run_id for one in Trace.of(parallel(case.program, same), case.value, case.way).runs]
        return [] if len(set(ids)) == len(ids) else [f"{len(ids) - len(set(ids))} ids are used again"]

    return nothing_wrong("the run ids", find)


@law("events", "a pipe tells a run of each step that ran, named and tagged by its place", of_library=True)
def steps_are_told(case: Case) -> Claim:
    def find() -> list[str]:
        seen = Trace.of(pipe(same, boxed, fails, same), case.value, case.way)
        told = [(one.name, one.tags[:1]) for one in seen.runs if one.parent_ids]
        right = [("same", ("seq:step:1",)), ("boxed", ("seq:step:2",)), ("fails", ("seq:step:3",))]
        started = right if case.way in ("invoke", "ainvoke") else [*right, ("same", ("seq:step:4",))]
        return [] if sorted(told) in (sorted(right), sorted(started)) else [f"{told}"]

    return nothing_wrong("the runs of a pipe that fails at its third step", find)


@law("events", "a parallel tells a run of each branch, tagged with its key", of_library=True)
def branches_are_told(case: Case) -> Claim:
    def find() -> list[str]:
        seen = Trace.of(parallel(same, boxed, same), case.value, case.way)
        told = sorted((one.name, one.tags[:1]) for one in seen.runs if one.parent_ids)
        right = [("boxed", ("map:key:1",)), ("same", ("map:key:0",)), ("same", ("map:key:2",))]
        return [] if told == right else [f"{told}"]

    return nothing_wrong("the runs of a parallel", find)


@law("events", "map_batch tells a run of each item", of_library=True)
def items_are_told(case: Case) -> Claim:
    def find() -> list[str]:
        seen = Trace.of(map_batch(same), [1] * case.number, case.way)
        told = [one.name for one in seen.runs if one.parent_ids]
        return [] if told == ["same"] * case.number else [f"{told} for {case.number} items"]

    return nothing_wrong("the runs of a map_batch", find)


@law("events", "with_retry tells a run of each try, from the second on tagged with its number", of_library=True)
def tries_are_told(case: Case) -> Claim:
    def find() -> list[str]:
        seen = Trace.of(with_retry(fails, delays=[0.0] * case.number), case.value, case.way)
        told = [one.tags for one in seen.runs if one.parent_ids]
        right = [()] + [(f"retry:attempt:{number}",) for number in range(2, case.number + 2)]
        return [] if told == right else [f"{told}"]

    return nothing_wrong("the tries told", find)


@law("events", "with_listeners calls back once at the start and once at the end of its own run")
def listeners_hear_once(case: Case) -> Claim:
    def find() -> list[str]:
        heard: list[str] = []
        listened = with_listeners(
            case.program,
            on_start=lambda event: heard.append("start"),
            on_end=lambda event: heard.append("end"),
            on_error=lambda event: heard.append("error"),
        )
        outcome = run(case.way, attempt(listened) if case.number == 3 else listened, case.value)
        failed = outcome.error is not None or (case.number == 3 and type(outcome.value).__name__ == "Failure")
        right = ["start", "error"] if failed else ["start", "end"]
        if failed and not observe(lambda: case.program.invoke(case.value)).error:
            return []
        return [] if heard == right else [f"{heard}"]

    return nothing_wrong(f"the callbacks around {case.program!r}, by {case.way}", find, (case.program, case.value))
