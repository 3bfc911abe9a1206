"""What a run inherits of tags and metadata, as it is told in events and as the code in a leaf sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from runlaw import Runnable, current_run, lift, pipe, with_config, with_retry
from runlaw.events import Event, RunStarted

Program = Runnable[Any, Any]  # Any: programs of all types
SEEN: list[tuple[tuple[str, ...], dict[str, object]]] = []


def look(value: object) -> object:
    run = current_run()
    assert run is not None
    SEEN.append((run.tags, dict(run.metadata)))
    return value


def same(value: object) -> object:
    return value


LOOK = lift(look, tags=["leaf"])
INNER = with_config(pipe(LOOK, same), tags=["c", "a"], metadata={"k": "inner", "c": 3})
MIDDLE = with_config(with_retry(INNER), tags=["b"], metadata={"k": "middle", "b": 2})
OUTER: Program = with_config(pipe(MIDDLE, same), tags=["a"], metadata={"k": "outer", "a": 1})
WAYS: list[Callable[[Any], object]] = [  # Any: a config
    lambda config: OUTER.invoke(1, config),
    lambda config: asyncio.run(OUTER.ainvoke(1, config)),
    lambda config: list(OUTER.stream(1, config)),
    lambda config: OUTER.batch([1], config),
]


@pytest.mark.parametrize("way", WAYS)
def test_tags_add_up_from_the_outside_in_and_the_outer_metadata_win(way: Callable[[Any], object]) -> None:
    SEEN.clear()
    events: list[Event] = []
    way(None)
    way({"listeners": [events.append]})
    assert SEEN == [(("seq:step:1", "a", "b", "c", "leaf"), {"k": "outer", "a": 1, "b": 2, "c": 3})] * 2
    (run,) = [event.run for event in events if isinstance(event, RunStarted) and event.name == "look"]
    assert (run.tags, dict(run.metadata)) == SEEN[0]


@pytest.mark.parametrize("way", WAYS)
def test_what_is_said_of_a_call_comes_first_for_those_inside(way: Callable[[Any], object]) -> None:
    SEEN.clear()
    way({"tags": ["z"], "metadata": {"k": "call"}})
    ((tags, metadata),) = SEEN
    assert sorted(tags) == ["a", "b", "c", "leaf", "seq:step:1", "z"]
    assert metadata["k"] == "call"
