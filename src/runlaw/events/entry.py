"""What a log keeps of one run: its key, its entry, its texts and times."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from runlaw.events.event import RunStarted
    from runlaw.events.run_info import RunInfo

FinalOutput: TypeAlias = Literal["each", "end"]
"""When a log tells ``final_output``: the sum so far with each chunk, or the whole once, at the end."""


def log_key(name: str, taken: Container[str], next_number: dict[str, int]) -> str:
    """The key of a new entry: the name of its run, then ``name:2``, ``name:3`` and so on.

    ``next_number`` remembers where to go on; the key depends on the taken ones only.
    """
    if name not in taken:
        return name
    number = next_number.get(name, 2)
    while f"{name}:{number}" in taken:
        number += 1
    next_number[name] = number + 1
    return f"{name}:{number}"


def escaped(key: str) -> str:
    """A key as a part of a JSON Pointer (RFC 6901, section 3).

    >>> escaped("a/b~c")
    'a~1b~0c'
    """
    return key.replace("~", "~0").replace("/", "~1")


def iso_time(timestamp: float) -> str:
    """An instant, in seconds since the epoch, as ISO 8601 with milliseconds, in UTC.

    >>> iso_time(1705703635.902)
    '2024-01-19T22:33:55.902+00:00'
    """
    from datetime import UTC, datetime

    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="milliseconds")


def new_state(run: RunInfo) -> dict[str, object]:
    """The state of a log whose root run has just started."""
    return {
        "id": run.id_text,
        "name": run.name,
        "type": run.run_type,
        "streamed_output": [],
        "final_output": None,
        "logs": {},
    }


def new_entry(event: RunStarted) -> dict[str, object]:
    """The entry of a run that has just started."""
    run = event.run
    return {
        "id": run.id_text,
        "name": run.name,
        "type": run.run_type,
        "tags": list(run.tags),
        "metadata": dict(run.metadata),
        "start_time": iso_time(event.timestamp),
        "streamed_output_str": [],
        "streamed_output": [],
        "final_output": None,
        "end_time": None,
    }


def text_of(run: RunInfo, chunk: object) -> str | None:
    """The text of a chunk: a ``str`` itself, the ``text`` of a chat model's chunk; ``None`` for all else."""
    if isinstance(chunk, str):
        return chunk
    if run.run_type != "chat_model":
        return None
    text = getattr(chunk, "text", None)
    return text if isinstance(text, str) else None


def gives_at_once(run: RunInfo) -> bool:
    """Whether the run may give its output in one piece that no event tells as a chunk; in its log it is one."""
    return run.run_type in ("prompt", "retriever")


def logged_output(run: RunInfo, output: object) -> object:
    """The final output of an entry: a retriever's documents stand under ``documents``."""
    return {"documents": output} if run.run_type == "retriever" else output


def check_inside(root: RunInfo | None, run: RunInfo) -> None:
    """A log is about one run and the runs inside it.

    Raises:
        ValueError: ``run`` is not inside ``root``.
    """
    if root is not None and root.run_id not in run.parent_ids:
        raise ValueError(
            f"the run {run.name!r} ({run.run_id}) is not inside the run {root.name!r} ({root.run_id}) that this log "
            "is about; fold the events of one root run at a time, such as those whose parent_ids begin with its run_id"
        )


def not_started(run: RunInfo) -> ValueError:
    """The error of a log whose first event is no start."""
    return ValueError(
        f"the first event of a log must be the RunStarted of its root run; got another event of the run "
        f"{run.name!r} ({run.run_id}); fold the events from the start of the run on"
    )
