"""The options of stream_events: version, config and filters."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from runlaw import lift, lift_stream, parallel, pipe, with_config

from .support import exclaim, letters, shout, wrong
from .watching import Dicts, Way, both_ways, every_way, kinds, named

program = pipe(
    lift_stream(letters, run_type="llm"),
    with_config(lift(shout), tags=["loud"], metadata={"kind": "loud", "level": 2}),
    parallel(a=lift(exclaim, run_type="parser"), b=lift(exclaim, name="other")),
)

FILTERS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "names": ({"include_names": ["shout", "other"]}, {"shout", "other"}),
    "types": ({"include_types": ["llm", "parser"]}, {"letters", "exclaim"}),
    "tags": ({"include_tags": ["loud"]}, {"shout"}),
    "structural tags": ({"include_tags": ["map:key:a", "seq:step:1"]}, {"letters", "exclaim"}),
    "metadata": ({"include_metadata": {"kind": "loud"}}, {"shout"}),
    "metadata that differ": ({"include_metadata": {"kind": "loud", "level": 3}}, set()),
    "names or types": ({"include_names": ["shout"], "include_types": ["llm"]}, {"shout", "letters"}),
    "exclude wins": ({"include_names": ["shout", "letters"], "exclude_tags": ["loud"]}, {"letters"}),
    "exclude names": (
        {"exclude_names": ["RunnableSequence", "letters"]},
        {"shout", "RunnableParallel<a,b>", "exclaim", "other"},
    ),
    "exclude types": ({"exclude_types": ["chain"]}, {"letters", "exclaim"}),
    "exclude metadata": (
        {"exclude_metadata": {"level": 2}},
        {"RunnableSequence", "letters", "RunnableParallel<a,b>", "exclaim", "other"},
    ),
    "nothing": ({"include_names": []}, set()),
    "parents, not children": ({"exclude_names": ["RunnableParallel<a,b>"], "include_types": ["parser"]}, {"exclaim"}),
}


def content(events: Dicts) -> Dicts:
    """All that events say, ids aside, in an order that threads cannot change: that of each run is its own."""
    said = [{key: value for key, value in event.items() if key not in ("run_id", "parent_ids")} for event in events]
    return sorted(said, key=lambda event: (event["name"], event["tags"]))


@every_way
@pytest.mark.parametrize(("filters", "names"), list(FILTERS.values()), ids=list(FILTERS))
def test_filters_select_runs_and_change_no_event_that_stays(way: Way, filters: dict[str, Any], names: set[str]) -> None:
    events = way.events(program, "ab", **filters)
    assert {event["name"] for event in events} == names
    everything = way.events(program, "ab")
    stay = [event for event in everything if event["name"] in names]
    assert sorted(kinds(events)) == sorted(kinds(stay))
    for name in names & {"letters", "shout", "exclaim", "other"}:
        assert content(named(events, name)) == content(named(stay, name))


@both_ways
def test_a_filtered_event_keeps_its_parents(way: Way) -> None:
    (event, *_) = way.events(program, "ab", {"run_id": (root := uuid4())}, include_names=["other"])
    assert len(event["parent_ids"]) == 2
    assert event["parent_ids"][0] == str(root)


@both_ways
def test_the_config_is_obeyed(way: Way) -> None:
    run_id = uuid4()
    config = {"run_name": "named", "run_id": run_id, "tags": ["t"], "metadata": {"k": 1}, "max_concurrency": 1}
    first, *others = way.events(program, "ab", wrong(config))
    assert (first["name"], first["run_id"], first["tags"], first["metadata"]) == ("named", str(run_id), ["t"], {"k": 1})
    assert all("t" in event["tags"] and event["metadata"]["k"] == 1 for event in others)


@both_ways
@pytest.mark.parametrize("version", ["v3", "", None, 2, b"v1"])
def test_an_unknown_version_is_refused_at_the_call(way: Way, version: object) -> None:
    with pytest.raises(ValueError, match='version must be "v1" or "v2"; got'):
        way.read(program, "ab", version=version)


@both_ways
def test_wrong_options_are_refused_at_the_call(way: Way) -> None:
    wrong_options: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"include_names": "Docs"}, TypeError, "include_names"),
        ({"exclude_tags": "loud"}, TypeError, "exclude_tags"),
        ({"include_names": [1]}, TypeError, "include_names"),
        ({"include_metadata": ["kind"]}, TypeError, "include_metadata"),
        ({"include_types": ["model"]}, ValueError, "include_types"),
        ({"include_name": ["Docs"]}, TypeError, "include_name"),
        ({"diff": True}, TypeError, "diff"),
    ]
    for options, error, message in wrong_options:
        with pytest.raises(error, match=message):
            way.read(program, "ab", **options)
    with pytest.raises(TypeError, match="tag"):
        way.read(program, "ab", wrong({"tag": ["t"]}))
    with pytest.raises(TypeError, match="run_id"):
        way.read(program, "ab", {"run_id": wrong("x")})


@both_ways
def test_options_are_refused_by_the_name_of_the_method(way: Way) -> None:
    with pytest.raises(TypeError, match=r"^a?stream_events has no argument 'names'; its filters are exclude_metadata"):
        way.read(program, "ab", names=[])


@both_ways
def test_v1_has_no_parents(way: Way) -> None:
    assert all(event["parent_ids"] == [] for event in way.events(program, "ab", version="v1"))


@both_ways
def test_events_belong_to_the_reader(way: Way) -> None:
    before = kinds(way.events(program, "ab"))
    told = way.events(program, "ab", {"tags": ["t"], "metadata": {"k": 1}})
    for event in told:
        event["tags"].append("mine")
        event["metadata"]["mine"] = True
        event["parent_ids"].append("mine")
    again = way.events(program, "ab", {"tags": ["t"], "metadata": {"k": 1}})
    assert sorted(kinds(again)) == sorted(before)
    assert not any("mine" in event["tags"] or "mine" in event["metadata"] for event in again)
    assert [event["tags"].count("mine") for event in told] == [1] * len(told)
