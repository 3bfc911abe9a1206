"""The events of one run, for laws on traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from runlaw.events.event import Event, RunEnded, RunFailed, RunStarted
from runlaw.events.run_info import RunInfo
from runlaw.interpret.reference import Outcome
from runlaw.laws.outcomes import observe
from runlaw.laws.ways import achunks_of, chunks_of, run_async, total
from runlaw.runnable import Runnable

if TYPE_CHECKING:
    from runlaw.kernel.config import RunConfig

Program = Runnable[Any, Any]  # Any: of whatever types


class Trace:
    """The outcome of one run, and every event that was told of it, in order."""

    def __init__(self, outcome: Outcome, events: list[Event]) -> None:
        self.outcome = outcome
        self.events = events

    @staticmethod
    def of(program: Program, value: Any, way: str, config: RunConfig | None = None) -> Trace:  # Any: an input
        """Run a program, listening."""
        events: list[Event] = []
        said: RunConfig = {**(config or {}), "listeners": [events.append]}
        if way == "invoke":
            outcome = observe(lambda: program.invoke(value, said))
        elif way == "ainvoke":
            outcome = observe(lambda: run_async(program.ainvoke(value, said)))
        elif way == "stream":
            outcome = observe(lambda: total(program, value, chunks_of(program, value, said)))
        else:
            outcome = observe(lambda: total(program, value, achunks_of(program, value, said)))
        return Trace(outcome, events)

    @property
    def runs(self) -> list[RunInfo]:
        """Every run that started, in order."""
        return [event.run for event in self.events if isinstance(event, RunStarted)]

    @property
    def root(self) -> RunInfo:
        """The run around all others."""
        return self.runs[0]

    def of_run(self, run_id: UUID) -> list[Event]:
        """The events of one run."""
        return [event for event in self.events if event.run_id == run_id]

    def shape(self) -> list[tuple[object, ...]]:
        """Each run with the names on its way from the root, its type, tags and how it ended; in a fixed order."""
        names = {run.run_id: run.name for run in self.runs}
        ends = {event.run_id: type(event).__name__ for event in self.events if isinstance(event, RunEnded | RunFailed)}
        rows: list[tuple[object, ...]] = [
            (
                tuple(names.get(one, "?") for one in run.parent_ids),
                run.name,
                run.run_type,
                run.tags,
                ends.get(run.run_id),
            )
            for run in self.runs
        ]
        return sorted(rows, key=repr)


def misplaced(trace: Trace) -> list[str]:
    """What is wrong with the brackets of a trace: starts and ends that lack, repeat or do not enclose."""
    wrong: list[str] = []
    open_runs: dict[UUID, str] = {}
    ended: set[UUID] = set()
    for event in trace.events:
        name, run_id = event.run.name, event.run_id
        if isinstance(event, RunStarted):
            if run_id in open_runs or run_id in ended:
                wrong.append(f"{name} started twice")
            wrong += [f"{name} started outside of its parent" for one in event.parent_ids if one not in open_runs]
            open_runs[run_id] = name
            continue
        if run_id not in open_runs:
            wrong.append(f"{name}: {type(event).__name__} while it did not run")
        if isinstance(event, RunEnded | RunFailed):
            open_runs.pop(run_id, None)
            ended.add(run_id)
            inside = {other.run_id for other in trace.events if run_id in other.parent_ids}
            wrong += [f"{name} ended before {open_runs[one]} inside it" for one in inside if one in open_runs]
    return wrong + [f"{name} never ended" for name in open_runs.values()]
