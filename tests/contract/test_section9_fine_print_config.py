"""Sections 1 and 9: what a config may say, who wins, and what passes to children."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest

from runlaw import RunConfig, Runnable, current_run, lift, lift_stream, map_batch, parallel, pipe, with_config
from runlaw.events import Event

from .modes import ASYNC, SYNC, Mode, both
from .support import alist, letters, run, shout, within, wrong


class Seen(NamedTuple):
    """What a leaf sees of its run."""

    name: str
    tags: list[str]
    metadata: dict[str, object]
    run_id: UUID


def look(_: object) -> Seen:
    here = current_run()
    assert here is not None
    return Seen(here.name, list(here.tags), dict(here.metadata), UUID(str(here.run_id)))


def plain_tags(seen: Seen) -> list[str]:
    """The tags but those that tell a place in the program."""
    return [tag for tag in seen.tags if ":" not in tag]


async def hear_later(event: Event) -> None: ...


LEAF = lift(look)

# Refusals

WRONG: dict[str, tuple[dict[str, object], type[Exception] | tuple[type[Exception], ...], str]] = {
    "an unknown key": ({"tagz": ["a"]}, TypeError, "tagz"),
    "an unknown key beside a known one": ({"tags": ["a"], "callbacks": []}, TypeError, "callbacks"),
    "a run_name that is no str": ({"run_name": 3}, (TypeError, ValueError), "run_name"),
    "a run_id that is no UUID": ({"run_id": "abc"}, (TypeError, ValueError), "run_id"),
    "tags that are a bare str": ({"tags": "abc"}, (TypeError, ValueError), "tags"),
    "tags that are no strs": ({"tags": [1]}, (TypeError, ValueError), "tags"),
    "metadata that is no mapping": ({"metadata": ["a"]}, (TypeError, ValueError), "metadata"),
    "metadata with keys that are no strs": ({"metadata": {1: 2}}, (TypeError, ValueError), "metadata"),
    "a limit of zero": ({"max_concurrency": 0}, (TypeError, ValueError), "max_concurrency"),
    "a negative limit": ({"max_concurrency": -2}, (TypeError, ValueError), "max_concurrency"),
    "a limit that is no int": ({"max_concurrency": "2"}, (TypeError, ValueError), "max_concurrency"),
    "a limit that is a bool": ({"max_concurrency": True}, (TypeError, ValueError), "max_concurrency"),
    "listeners that are no sequence": ({"listeners": print}, (TypeError, ValueError), "listeners"),
    "listeners that are not callable": ({"listeners": [3]}, (TypeError, ValueError), "listeners"),
    "listeners that are async": ({"listeners": [hear_later]}, TypeError, r"listeners'\]\[0\] must be a plain function"),
}
wrong_configs = pytest.mark.parametrize(("config", "error", "key"), list(WRONG.values()), ids=list(WRONG))


@both
@wrong_configs
def test_an_unknown_key_or_a_wrong_value_is_an_error_that_names_the_key(
    mode: Mode, config: dict[str, object], error: type[Exception] | tuple[type[Exception], ...], key: str
) -> None:
    given: RunConfig = wrong(config)
    runs: list[Callable[[], object]] = [
        lambda: mode.invoke(lift(shout), "a", given),
        lambda: mode.stream(lift(shout), "a", given),
        lambda: mode.transform(lift(shout), ["a"], given),
        lambda: mode.batch(lift(shout), ["a"], given),
        lambda: mode.batch(lift(shout), ["a", "b"], [{}, given]),
        lambda: mode.outcomes(lift(shout), ["a"], given),
        lambda: mode.as_completed(lift(shout), ["a"], given),
    ]
    for attempted in runs:
        with pytest.raises(error, match=key):
            attempted()


@wrong_configs
def test_with_config_refuses_a_bad_config_when_built(
    config: dict[str, object], error: type[Exception] | tuple[type[Exception], ...], key: str
) -> None:
    with pytest.raises(error, match=key):
        with_config(shout, wrong(config))
    with pytest.raises(error, match=key):
        wrong(with_config)(shout, **config)
    with pytest.raises(error, match=key):
        wrong(lift(shout)).with_config(**config)


@both
def test_a_config_that_is_no_mapping_is_a_type_error(mode: Mode) -> None:
    for config in (3, "tags", [("tags", ["a"])]):
        with pytest.raises(TypeError):
            mode.invoke(lift(shout), "a", wrong(config))


@both
def test_an_empty_config_and_no_config_are_the_same(mode: Mode) -> None:
    assert mode.invoke(lift(shout), "a", {}) == mode.invoke(lift(shout), "a", None) == mode.invoke(lift(shout), "a")


# Who wins


@both
def test_the_calls_config_wins_over_with_config(mode: Mode) -> None:
    program = LEAF.with_config(run_name="mine", metadata={"k": "mine", "own": 1})
    seen = mode.invoke(program, "", {"run_name": "call", "metadata": {"k": "call"}})
    assert seen.name == "call"
    assert seen.metadata == {"k": "call", "own": 1}


@both
def test_an_outer_with_config_wins_over_an_inner_one(mode: Mode) -> None:
    inner = LEAF.with_config(run_name="inner", metadata={"k": "inner", "own": 1})
    seen = mode.invoke(inner.with_config(run_name="outer", metadata={"k": "outer"}), "")
    assert seen.name == "outer"
    assert seen.metadata == {"k": "outer", "own": 1}


@both
def test_tags_add_up_in_order_without_repeats(mode: Mode) -> None:
    inner = LEAF.with_config(tags=["a", "b"])
    outer = inner.with_config(tags=["b", "c"])
    seen = mode.invoke(outer, "", {"tags": ["c", "d", "a"]})
    assert sorted(seen.tags) == ["a", "b", "c", "d"]
    assert seen.tags == ["a", "b", "c", "d"]
    assert mode.invoke(LEAF, "", {"tags": ["x", "y", "x"]}).tags == ["x", "y"]


@both
def test_tags_and_metadata_of_the_call_and_of_with_config_pass_to_children(mode: Mode) -> None:
    program = pipe(shout, parallel(LEAF, pipe(shout, LEAF))).with_config(tags=["w"], metadata={"w": 1})
    for seen in mode.invoke(program, "", {"tags": ["c"], "metadata": {"c": 2}}):
        assert plain_tags(seen) == ["w", "c"]
        assert seen.metadata == {"w": 1, "c": 2}


@both
def test_tags_and_metadata_of_lift_do_not_pass_to_children(mode: Mode) -> None:
    def outer(value: str) -> tuple[Seen, Seen]:
        return look(value), LEAF(value)

    own, child = mode.invoke(lift(outer, tags=["own"], metadata={"own": 1}), "", {"tags": ["call"]})
    assert sorted(plain_tags(own)) == ["call", "own"]
    assert own.metadata == {"own": 1}
    assert plain_tags(child) == ["call"]
    assert child.metadata == {}


@both
def test_run_name_does_not_pass_to_children(mode: Mode) -> None:
    first, second = mode.invoke(parallel(LEAF, pipe(shout, LEAF)), "", {"run_name": "root"})
    assert (first.name, second.name) == ("look", "look")


@both
def test_a_runnable_called_inside_a_leaf_inherits_tags_and_metadata_by_call_and_by_any_method(mode: Mode) -> None:
    def outer(value: str) -> list[Seen]:
        return [
            LEAF(value),
            LEAF.invoke(value),
            *LEAF.stream(value),
            *LEAF.batch([value, value]),
            *(seen for _, seen in LEAF.batch_as_completed([value])),
            *LEAF.transform(iter([value])),
        ]

    found = mode.invoke(lift(outer), "", {"tags": ["call"], "metadata": {"k": 1}})
    assert [plain_tags(seen) for seen in found] == [["call"]] * 7
    assert [seen.metadata for seen in found] == [{"k": 1}] * 7


def test_a_runnable_awaited_inside_an_async_leaf_inherits_tags_too() -> None:
    @lift
    async def outer(value: str) -> list[Seen]:
        return [
            LEAF(value),
            await LEAF.ainvoke(value),
            *await alist(LEAF.astream(value)),
            *await LEAF.abatch([value]),
        ]

    found = run(outer.ainvoke("", {"tags": ["call"]}))
    assert [plain_tags(seen) for seen in found] == [["call"]] * 4


@both
def test_a_config_given_inside_a_leaf_adds_to_what_is_inherited(mode: Mode) -> None:
    def outer(value: str) -> Seen:
        return LEAF.invoke(value, {"tags": ["inner"], "metadata": {"k": "inner"}})

    seen = mode.invoke(lift(outer), "", {"tags": ["call"], "metadata": {"k": "call", "c": 1}})
    assert plain_tags(seen) == ["call", "inner"]
    assert seen.metadata == {"k": "inner", "c": 1}


def test_outside_a_run_there_is_no_current_run() -> None:
    assert current_run() is None
    LEAF.invoke("")
    chunks = lift_stream(letters).stream("ab")
    next(chunks)
    assert current_run() is None
    chunks.close()
    assert current_run() is None


def test_a_suspended_stream_is_not_the_current_run_of_its_consumer() -> None:
    chunks = lift_stream(letters).stream("ab", {"tags": ["inside"]})
    next(chunks)
    assert current_run() is None
    assert LEAF.invoke("").tags == []
    chunks.close()


# run_id


@both
def test_a_run_id_belongs_to_the_one_run(mode: Mode) -> None:
    run_id = uuid4()
    assert mode.invoke(LEAF, "", {"run_id": run_id}).run_id == run_id
    first, second = mode.invoke(parallel(LEAF, LEAF), "", {"run_id": run_id})
    assert len({run_id, first.run_id, second.run_id}) == 3


@both
def test_a_batch_of_several_refuses_one_run_id_for_all(mode: Mode) -> None:
    config: RunConfig = {"run_id": uuid4()}
    with pytest.raises(ValueError, match="run_id"):
        mode.batch(LEAF, ["a", "b"], config)
    with pytest.raises(ValueError, match="run_id"):
        mode.as_completed(LEAF, ["a", "b"], config)
    assert mode.batch(LEAF, ["a"], config)[0].run_id == config["run_id"]


@both
def test_a_batch_takes_one_run_id_per_input(mode: Mode) -> None:
    ids = [uuid4(), uuid4()]
    assert [seen.run_id for seen in mode.batch(LEAF, ["a", "b"], [{"run_id": ids[0]}, {"run_id": ids[1]}])] == ids


@both
def test_every_run_has_an_id_of_its_own(mode: Mode) -> None:
    ids = {seen.run_id for seen in mode.batch(LEAF, ["a"] * 20)} | {mode.invoke(LEAF, "").run_id}
    assert len(ids) == 21


# One config for all, or exactly one per input


@both
def test_one_config_holds_for_all_inputs_of_a_batch(mode: Mode) -> None:
    assert [seen.tags for seen in mode.batch(LEAF, ["a", "b"], {"tags": ["t"]})] == [["t"], ["t"]]


@both
def test_each_input_of_a_batch_may_have_its_own_config(mode: Mode) -> None:
    configs: list[RunConfig] = [{"tags": ["one"]}, {}, {"run_name": "third"}]
    seen = mode.batch(LEAF, ["a", "b", "c"], configs)
    assert [(one.tags, one.name) for one in seen] == [(["one"], "look"), ([], "look"), ([], "third")]
    as_completed = dict(mode.as_completed(LEAF, ["a", "b", "c"], configs))
    assert as_completed[0].tags == ["one"]
    assert as_completed[2].name == "third"


@both
@pytest.mark.parametrize("number", [0, 1, 3])
def test_another_number_of_configs_than_inputs_is_refused(mode: Mode, number: int) -> None:
    configs: list[RunConfig] = [{"tags": ["t"]}] * number
    with pytest.raises(ValueError):
        mode.batch(LEAF, ["a", "b"], configs)
    with pytest.raises(ValueError):
        mode.outcomes(LEAF, ["a", "b"], configs)
    with pytest.raises(ValueError):
        mode.as_completed(LEAF, ["a", "b"], configs)


@both
def test_no_configs_for_no_inputs_are_accepted(mode: Mode) -> None:
    assert mode.batch(LEAF, [], []) == []


# Config never changes a value


@both
def test_a_config_changes_no_value(mode: Mode) -> None:
    config: RunConfig = {"run_name": "n", "tags": ["t"], "metadata": {"k": 1}, "max_concurrency": 1, "listeners": []}
    program: Runnable[list[str], list[str]] = map_batch(shout)
    assert mode.invoke(program, ["a", "b"], config) == mode.invoke(program, ["a", "b"])
    assert within(lambda: mode.invoke(with_config(program, config), ["a"])) == ["A"]


def test_changing_a_config_later_changes_no_program() -> None:
    tags = ["a"]
    metadata: dict[str, object] = {"k": 1}
    program = LEAF.with_config(tags=tags, metadata=metadata)
    tags.append("b")
    metadata["k"] = 2
    assert program.invoke("").tags == ["a"]
    assert program.invoke("").metadata == {"k": 1}


def test_a_leaf_that_changes_its_metadata_changes_no_other_run() -> None:
    def vandal(_: object) -> int:
        here = current_run()
        assert here is not None
        metadata: Mapping[str, object] = here.metadata
        try:
            wrong(metadata)["k"] = "changed"
            wrong(here.tags).append("changed")
        except (TypeError, AttributeError):
            pass
        return 0

    config: RunConfig = {"metadata": {"k": 1}, "tags": ["t"]}
    program = pipe(vandal, LEAF)
    for mode in (SYNC, ASYNC):
        seen = mode.invoke(program, "", config)
        assert seen.metadata == {"k": 1}
        assert plain_tags(seen) == ["t"]
    assert config == {"metadata": {"k": 1}, "tags": ["t"]}


@both
def test_a_run_id_of_with_config_is_that_of_the_run(mode: Mode) -> None:
    rid = uuid4()
    heard: list[Event] = []
    mode.invoke(with_config(shout, run_id=rid, listeners=[heard.append]), "abc")
    assert {event.run_id for event in heard} == {rid}
    assert mode.invoke(with_config(LEAF, run_id=rid), "abc").run_id == rid


@both
def test_a_run_id_of_with_config_is_that_of_a_step(mode: Mode) -> None:
    rid = uuid4()
    heard: list[Event] = []
    step = with_config(shout, run_id=rid)
    mode.invoke(with_config(pipe(str.strip, step), listeners=[heard.append]), "abc")
    assert {event.name for event in heard if event.run_id == rid} == {"shout"}


@both
def test_the_run_id_of_the_call_wins_over_that_of_with_config(mode: Mode) -> None:
    rid = uuid4()
    program = with_config(LEAF, run_id=uuid4())
    assert mode.invoke(program, "abc", {"run_id": rid}).run_id == rid


@both
def test_a_batch_of_several_refuses_a_run_id_of_with_config(mode: Mode) -> None:
    program = with_config(LEAF, run_id=uuid4())
    with pytest.raises(ValueError, match="run_id"):
        mode.batch(program, ["a", "b"])
    (seen,) = mode.batch(program, ["a"])
    assert seen.run_id == program.invoke("a").run_id
