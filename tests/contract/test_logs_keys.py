"""Part 2 of the events: keys of entries, chunks of sub-runs, failures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonpatch
import pytest

from runlaw import Runnable, lift, lift_stream, map_batch, pipe, with_config, with_fallbacks
from runlaw.events import replay

from .support import boom, letters, shout
from .watching import Way, every_way


def lists(text: str) -> Iterator[list[int]]:
    yield [1]
    yield [2]


@every_way
def test_repeated_names_are_numbered(way: Way) -> None:
    patches = way.log(pipe(list, map_batch(lift(shout, blocking=False))), "abc")
    assert list(replay(patches).state["logs"]) == ["list", "RunnableEach<shout>", "shout", "shout:2", "shout:3"]


@every_way
def test_names_are_escaped_in_paths_and_not_in_keys(way: Way) -> None:
    program = pipe(with_config(way.source(letters), run_name="a/b~c"), shout)
    patches = way.log(program, "ab")
    paths = [op["path"] for patch in patches for op in patch.ops]
    assert "/logs/a~1b~0c" in paths
    assert "/logs/a~1b~0c/streamed_output/-" in paths
    document: Any = jsonpatch.apply_patch({}, [op for patch in patches for op in patch.ops])
    assert document["logs"]["a/b~c"]["streamed_output"] == ["a", "b"]
    assert document == replay(patches).state


@every_way
def test_the_chunks_of_sub_runs_that_stream_are_logged_with_their_text(way: Way) -> None:
    entry = replay(way.log(pipe(way.source(letters), shout), "ab")).state["logs"]["letters"]
    assert (entry["streamed_output"], entry["streamed_output_str"]) == (["a", "b"], ["a", "b"])
    numbers: Runnable[str, list[int]] = lift_stream(lists, name="numbers")
    entry = replay(way.log(pipe(numbers, len), "ab")).state["logs"]["numbers"]
    assert (entry["streamed_output"], entry["streamed_output_str"]) == ([[1], [2]], [])
    assert entry["final_output"] == [1, 2]


@every_way
def test_a_failed_entry_has_its_error_and_its_end(way: Way) -> None:
    state = replay(way.log(with_fallbacks(way.leaf(boom), way.leaf(shout)), "a")).state
    assert state["logs"]["boom"]["error"] == {"type": "Boom", "message": "no a"}
    assert state["logs"]["boom"]["end_time"]
    assert state["logs"]["boom"]["final_output"] is None
    assert "error" not in state["logs"]["shout"]
    assert state["final_output"] == "A"


@every_way
@pytest.mark.parametrize("diff", [True, False])
def test_the_first_is_told_before_anything_runs(way: Way, diff: bool) -> None:
    calls: list[str] = []
    with way.read_log(lift(calls.append), "a", diff=diff) as reader:
        assert calls == []
        reader.next()


@every_way
def test_nested_programs_stand_in_the_log_too(way: Way) -> None:
    inner = lift_stream(letters) | lift(shout)

    def outer(text: str) -> str:
        return inner(text)

    logs = replay(way.log(lift(outer) | shout, "ab")).state["logs"]
    assert list(logs) == ["outer", "RunnableSequence", "letters", "shout", "shout:2"]
