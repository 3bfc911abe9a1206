"""The state of a run as a left fold over its events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, assert_never

from runlaw.events.entry import (
    FinalOutput,
    check_inside,
    gives_at_once,
    iso_time,
    logged_output,
    new_entry,
    new_state,
    not_started,
    text_of,
)
from runlaw.events.event import Custom, Event, RunEnded, RunFailed, RunStarted, RunStreamed, Told, describe_error
from runlaw.events.history import History
from runlaw.events.select import EVERYTHING
from runlaw.events.state import RunLog, history_of, log_of
from runlaw.events.sums import same

if TYPE_CHECKING:
    from runlaw.events.select import Selection


def reduce(
    log: RunLog, event: Event, *, final_output: FinalOutput = "each", selection: Selection = EVERYTHING
) -> RunLog:
    """The log after the event.

    The first event is the start of the run that the log is about. Events of runs that the log has no entry of
    change nothing; where nothing changes, the log itself is given back.

    Args:
        log: The log before it.
        event: The next event.
        final_output: ``"each"``: the final output is the sum of the chunks so far; ``"end"``: it is ``None``
            until the run ends.
        selection: The sub-runs that the log has entries of.

    Raises:
        ValueError: The first event is no start, or a run starts outside of the run that the log is about.
    """
    history = _after(history_of(log), event, final_output, selection)
    return log if history is None else log_of(history)


def fold(events: Iterable[Event], *, final_output: FinalOutput = "each", selection: Selection = EVERYTHING) -> RunLog:
    """The log that the events of one run and of the runs inside it lead to.

    Its ``final_output`` is what the run returned, or the sum of the chunks so far; its ``state`` is the whole.

    Args:
        events: The events, in order.
        final_output: As for ``reduce``.
        selection: As for ``reduce``.

    Raises:
        ValueError: As ``reduce`` does.

    >>> from uuid import UUID
    >>> from runlaw.events.run_info import RunInfo
    >>> run = RunInfo(UUID(int=1), (), "greet", "chain", (), {})
    >>> events = [RunStarted(run, 0.0, "you"), RunStreamed(run, 0.1, "Hi, "), RunStreamed(run, 0.2, "you")]
    >>> fold(events).final_output
    'Hi, you'
    """
    history = history_of(RunLog())
    for event in events:
        history = _after(history, event, final_output, selection) or history
    return log_of(history)


def _after(history: History, event: Event, final_output: FinalOutput, selection: Selection) -> History | None:
    """The history after the event; ``None`` where nothing changes."""
    if not isinstance(event, Told):
        raise TypeError(f"a log is folded from events, as listeners are told of them; got {event!r}")
    run = event.run
    if not history.run_id:
        if not isinstance(event, RunStarted):
            raise not_started(run)
        return History.of(new_state(run), run)
    if isinstance(event, RunStarted):
        return _started(history, event, selection)
    if run is history.root or run.id_text == history.run_id:
        return _root(history, event, final_output)
    key = history.key_of(run.id_text)
    return None if key is None else _sub_run(history, event, key)


def _started(history: History, event: RunStarted, selection: Selection) -> History | None:
    check_inside(history.root, event.run)
    if not selection.selects(event.run):
        return None
    return history.with_entry(history.free_key(event.name), new_entry(event))


def _root(
    history: History, event: RunStreamed | RunEnded | RunFailed | Custom, final_output: FinalOutput
) -> History | None:
    match event:
        case RunStreamed():
            if final_output == "end":
                return history.with_chunk_alone(event.chunk)
            return history.with_chunk(event.chunk, event.run.sums)
        case RunEnded():
            if same(history.final_output, event.output):
                return None
            if gives_at_once(event.run) and not history.has_chunks:
                history = history.with_chunk_alone(event.output)
            return history.with_final_output(event.output)
        case RunFailed() | Custom():
            return None
        case _:
            assert_never(event)


def _sub_run(history: History, event: RunStreamed | RunEnded | RunFailed | Custom, key: str) -> History | None:
    match event:
        case RunStreamed():
            history = history.with_entry_chunk(key, event.chunk)
            text = text_of(event.run, event.chunk)
            return history if text is None else history.with_entry_text(key, text)
        case RunEnded():
            output = logged_output(event.run, event.output)
            return history.with_entry_fields(key, {"final_output": output, "end_time": iso_time(event.timestamp)})
        case RunFailed():
            error = describe_error(event.error)
            return history.with_entry_fields(key, {"error": error, "end_time": iso_time(event.timestamp)})
        case Custom():
            return None
        case _:
            assert_never(event)
