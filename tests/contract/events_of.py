"""The events of a run, as a listener hears them."""

from __future__ import annotations

from runlaw import RunConfig, Runnable
from runlaw.events import Event

from .modes import Mode


def told(mode: Mode, program: Runnable[str, object], value: str = "ab", tags: list[str] | None = None) -> list[Event]:
    """The events of one invoke."""
    events: list[Event] = []
    mode.invoke(program, value, listening(events, tags))
    return events


def listening(events: list[Event], tags: list[str] | None = None) -> RunConfig:
    config: RunConfig = {"listeners": [events.append]}
    if tags is not None:
        config["tags"] = tags
    return config
