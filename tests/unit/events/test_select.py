from typing import Any
from uuid import UUID

import pytest

from runlaw.events.event import Custom, Event, RunEnded, RunStarted
from runlaw.events.run_info import RunInfo
from runlaw.events.select import EVERYTHING, Selection, keep

RUN = RunInfo(UUID(int=1), (), "Docs", "retriever", ("a", "b"), {"user": 1, "team": [2]})


@pytest.mark.parametrize(
    ("criteria", "selected"),
    [
        ({}, True),
        ({"include_names": ["Docs"]}, True),
        ({"include_names": ["docs"]}, False),
        ({"include_names": []}, False),
        ({"include_types": ("retriever",)}, True),
        ({"include_types": ["llm"]}, False),
        ({"include_tags": ["b", "z"]}, True),
        ({"include_tags": ["z"]}, False),
        ({"include_metadata": {"user": 1}}, True),
        ({"include_metadata": {"user": 1, "team": [2]}}, True),
        ({"include_metadata": {"user": 1, "team": [3]}}, False),
        ({"include_metadata": {"other": None}}, False),
        ({"include_metadata": {}}, True),
        ({"include_metadata": {}, "include_names": ["x"]}, False),
        ({"include_names": ["x"], "include_tags": ["a"]}, True),
        ({"include_names": ["x"], "include_types": ["llm"], "include_metadata": {"user": 1}}, True),
        ({"exclude_names": ["Docs"]}, False),
        ({"exclude_names": []}, True),
        ({"exclude_types": ["retriever"]}, False),
        ({"exclude_tags": ["b"]}, False),
        ({"exclude_tags": ["z"]}, True),
        ({"exclude_metadata": {"user": 1}}, False),
        ({"exclude_metadata": {"user": 2}}, True),
        ({"exclude_metadata": {}}, True),
        ({"include_names": ["Docs"], "exclude_tags": ["a"]}, False),
        ({"include_names": ["Docs"], "exclude_names": ["x"], "exclude_metadata": {"user": 1}}, False),
    ],
)
def test_includes_add_up_and_any_exclude_wins(criteria: dict[str, Any], selected: bool) -> None:  # Any: any criterion
    selection = Selection(**criteria)
    assert selection.selects(RUN) is selected
    assert selection.is_total is not any(value or value == [] for value in criteria.values())


@pytest.mark.parametrize("name", ["names", "types", "tags"])
@pytest.mark.parametrize("side", ["include", "exclude"])
def test_a_bare_str_and_other_wrong_values_are_refused(side: str, name: str) -> None:
    def refused(value: object) -> str:
        with pytest.raises(TypeError) as caught:
            Selection(**{f"{side}_{name}": value})  # type: ignore[arg-type]  # what is tested
        return str(caught.value)

    assert refused("llm") == f"{side}_{name} must be a sequence of str, not one str; write ['llm']"
    assert refused(3) == f"{side}_{name} must be a sequence of str; got 3"
    assert refused(["llm", 3]) == f"{side}_{name} must be a sequence of str; got 3 in it"


def test_metadata_must_be_a_mapping_and_types_must_exist() -> None:
    with pytest.raises(TypeError, match=r"exclude_metadata must be a mapping, .*; got \['user'\]"):
        Selection(exclude_metadata=["user"])  # type: ignore[arg-type]  # what is tested
    with pytest.raises(ValueError, match="include_types has the unknown run type 'chat'; the run types are ch"):
        Selection(include_types=["chat"])  # type: ignore[list-item]  # what is tested


def test_leaving_a_run_out_leaves_its_children_in_and_the_first_run_stays() -> None:
    root = RunInfo(UUID(int=1), (), "root", "chain", (), {})
    outer = RunInfo(UUID(int=2), (root.run_id,), "outer", "chain", (), {})
    inner = RunInfo(UUID(int=3), (root.run_id, outer.run_id), "inner", "chain", (), {})
    events: list[Event] = [RunStarted(run, 0.0) for run in (root, outer, inner)]
    events += [RunEnded(run, 1.0, None) for run in (inner, outer, root)]
    assert [event.name for event in keep(events, Selection(exclude_names=["outer", "root"]))] == [
        "root",
        "inner",
        "inner",
        "root",
    ]
    assert list(keep(events, EVERYTHING)) == events
    assert list(keep([], EVERYTHING)) == []


def test_an_event_of_ones_own_goes_by_its_own_name_and_its_runs() -> None:
    run = RunInfo(UUID(int=1), (), "step", "chain", (), {})
    note = Custom(run, 0.0, "note", None)
    assert Selection(include_names=["note"]).tells(note)
    assert Selection(include_names=["step"]).tells(note)
    assert not Selection(include_names=["other"]).tells(note)
    assert not Selection(exclude_names=["note"]).tells(note)
    assert not Selection(exclude_names=["step"]).tells(note)
    assert Selection(exclude_names=["note"]).selects(run)
