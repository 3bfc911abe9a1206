"""Sections 1 and 9: the picture of a program, as a value and as drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pytest

from runlaw import (
    Graph,
    Runnable,
    assign,
    attempt,
    branch,
    fixed,
    identity,
    lift,
    map_batch,
    parallel,
    pipe,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
    with_validation,
)
from runlaw.extend import Node

from .support import exclaim, increment, length, long_pipe, shout, show, wrong

SVG = "{http://www.w3.org/2000/svg}"
TERMINAL_PIPE = """\
 +------------+
 ( shoutInput )
 +------------+
        |
        v
    +-------+
    | shout |
    +-------+
        |
        v
   +---------+
   | exclaim |
   +---------+
        |
        v
+---------------+
( exclaimOutput )
+---------------+
"""
TERMINAL_PARALLEL = """\
+----------------------------+
( RunnableParallel<a,b>Input )
+----------------------------+
               |
               v
   +-----------------------+
   | RunnableParallel<a,b> |
   +-----------------------+
     .---------+----------.
     | a                  | b
     v                    v
 +-------+   .- RunnableTimeout (2 s) --.
 | shout |   :        +-------+         :
 +-------+   :        | shout |         :
     |       :        +-------+         :
     |       :            |             :
     |       :            v             :
     |       :       +---------+        :
     |       :       | exclaim |        :
     |       :       +---------+        :
     |       '--------------------------'
     '---------+----------'
               |
               v
+-----------------------------+
( RunnableParallel<a,b>Output )
+-----------------------------+
"""


def is_short(text: str) -> bool:
    return len(text) < 9


@dataclass(frozen=True)
class Twice(Node[str, str]):
    inner: Runnable[str, str]

    def lower(self) -> Runnable[str, str]:
        return pipe(self.inner, self.inner)


def edges(program: Runnable[Any, Any]) -> list[tuple[str, str, str | None, bool]]:
    """The edges by the names of their nodes."""
    graph = program.get_graph()
    names = {node.id: node.name for node in graph.nodes}
    return [(names[edge.source], names[edge.target], edge.label, edge.conditional) for edge in graph.edges]


def names(program: Runnable[Any, Any]) -> list[str]:
    return [node.name for node in program.get_graph().nodes]


PROGRAMS: dict[str, Runnable[Any, Any]] = {
    "leaf": lift(length),
    "pipe": pipe(shout, exclaim, length, show),
    "identity": wrong(identity),
    "parallel": wrong(parallel)(low=shout, high=pipe(shout, exclaim)),
    "two parallels": pipe(parallel(shout, exclaim), wrong(parallel)(a=len, b=len, c=len)),
    "branch": branch((is_short, shout), (is_short, pipe(shout, exclaim)), default=exclaim),
    "fallbacks": with_fallbacks(shout, exclaim, shout),
    "assign": assign(n=len, m=lambda record: 1),
    "map_batch": map_batch(pipe(shout, exclaim)),
    "policies": with_timeout(with_retry(attempt(shout), delays=fixed(0, attempts=3)), 2.5),
    "validation": with_validation(shout, strict=True),
    "own kind": Twice(lift(shout)),
    "named": with_config(pipe(shout, with_config(exclaim, run_name="Say")), run_name="All", tags=["t"]),
    "odd names": pipe(lift(shout, name='a "b" <c> #1; `d` |e| [f]\n{g} & 質問'), lift(exclaim, name="end")),
    "wide": wrong(parallel)(**{f"key{number}": shout for number in range(30)}),
}
every_program = pytest.mark.parametrize("program", list(PROGRAMS.values()), ids=list(PROGRAMS))


@every_program
def test_a_picture_is_a_value_with_an_input_and_an_output(program: Runnable[Any, Any]) -> None:
    graph = program.get_graph()
    assert isinstance(graph, Graph)
    assert graph == program.get_graph()
    assert (graph.nodes[0].kind, graph.nodes[-1].kind) == ("input", "output")
    assert graph.nodes[0].name == program.input_schema.json_schema()["title"]
    assert graph.nodes[-1].name == program.output_schema.json_schema()["title"]


@every_program
def test_every_step_lies_on_a_way_from_the_input_to_the_output(program: Runnable[Any, Any]) -> None:
    graph = program.get_graph()
    ids = [node.id for node in graph.nodes]
    assert len(set(ids)) == len(ids)
    frames = {node.parent for node in graph.nodes} - {None}
    steps = set(ids) - frames
    assert frames <= set(ids)
    assert {edge.source for edge in graph.edges} == steps - {"output"}
    assert {edge.target for edge in graph.edges} == steps - {"input"}


@every_program
def test_the_json_of_a_picture_has_its_nodes_and_edges(program: Runnable[Any, Any]) -> None:
    graph = program.get_graph()
    made = graph.to_json()
    assert json.loads(json.dumps(made)) == made
    assert set(made) == {"nodes", "edges"}
    assert [node["name"] for node in made["nodes"]] == [node.name for node in graph.nodes]
    known = {node["id"] for node in made["nodes"]}
    assert all({edge["source"], edge["target"]} <= known for edge in made["edges"])


@every_program
def test_all_names_are_drawn(program: Runnable[Any, Any]) -> None:
    graph = program.get_graph()
    drawn = graph.draw_ascii()
    texts = [text.text for text in ElementTree.fromstring(graph.draw_svg()).iter(f"{SVG}text")]
    for node in graph.nodes:
        if len(node.text) <= 80:
            plain = node.text.replace("\n", " ")
            assert plain in drawn
            assert plain in texts


@every_program
def test_a_mermaid_picture_has_a_line_for_every_node_and_edge(program: Runnable[Any, Any]) -> None:
    graph = program.get_graph()
    first, *lines = [line.strip() for line in graph.draw_mermaid().splitlines()]
    assert first == "flowchart TB"
    frames = {node.parent for node in graph.nodes}
    starts = [line.split("[")[0].split("{")[0].split("(")[0] for line in lines]
    for node in graph.nodes:
        assert starts.count(f"subgraph {node.id}" if node.id in frames else node.id) == 1
    assert lines.count("end") == len(frames - {None})
    assert sum("-->" in line or "-.->" in line for line in lines) == len(graph.edges)
    assert graph.draw_mermaid(direction="LR").startswith("flowchart LR\n")


def test_a_mermaid_picture_refuses_an_unknown_direction() -> None:
    with pytest.raises(ValueError, match="direction must be 'TB' or 'LR'; got 'up'"):
        lift(shout).get_graph().draw_mermaid(direction=wrong("up"))


def test_a_mermaid_picture_escapes_names() -> None:
    line = next(line for line in PROGRAMS["odd names"].get_graph().draw_mermaid().splitlines() if "n1[" in line)
    assert line.strip() == ('n1["a #quot;b#quot; #lt;c#gt; #35;1; #96;d#96; |e| [f] {g} #amp; 質問"]')


def test_a_terminal_picture_of_a_pipe() -> None:
    assert pipe(shout, exclaim).get_graph().draw_ascii() == TERMINAL_PIPE


def test_a_terminal_picture_of_branches() -> None:
    program = parallel(a=shout, b=with_timeout(pipe(shout, exclaim), 2))
    assert program.get_graph().draw_ascii() == TERMINAL_PARALLEL


def test_the_columns_of_wide_letters_are_counted() -> None:
    lines = lift(shout, name="質問").get_graph().draw_ascii().splitlines()
    assert lines[5].strip() == "+------+"
    assert lines[6].strip() == "| 質問 |"


def test_a_parallel_fans_out_and_in() -> None:
    assert edges(pipe(parallel(a=shout, b=exclaim), wrong(str))) == [
        ("RunnableParallel<a,b>Input", "RunnableParallel<a,b>", None, False),
        ("RunnableParallel<a,b>", "shout", "a", False),
        ("RunnableParallel<a,b>", "exclaim", "b", False),
        ("shout", "str", None, False),
        ("exclaim", "str", None, False),
        ("str", "strOutput", None, False),
    ]


def test_the_ways_of_a_branch_are_conditional_and_named_after_the_predicates() -> None:
    assert edges(branch((is_short, shout), default=exclaim))[1:] == [
        ("RunnableBranch", "shout", "is_short", True),
        ("RunnableBranch", "exclaim", "default", True),
        ("shout", "RunnableBranchOutput", None, False),
        ("exclaim", "RunnableBranchOutput", None, False),
    ]


def test_the_ways_of_fallbacks_name_the_errors() -> None:
    assert edges(with_fallbacks(shout, exclaim, on=(KeyError, OSError)))[1:3] == [
        ("RunnableWithFallbacks", "shout", "first", False),
        ("RunnableWithFallbacks", "exclaim", "on KeyError, OSError", True),
    ]


def test_assign_passes_its_record_by() -> None:
    assert ("RunnableAssign<n>", "RunnableAssign<n>Output", "the record", False) in edges(assign(n=len))


FRAMES: dict[str, tuple[Runnable[Any, Any], str, str]] = {
    "map_batch": (map_batch(shout), "map_batch", "RunnableEach<shout> (every item)"),
    "bounded": (map_batch(shout, max_concurrency=2), "map_batch", "RunnableEach<shout> (every item, 2 at one time)"),
    "retry": (with_retry(shout), "retry", "RunnableRetry (up to 3 tries)"),
    "delays": (with_retry(shout, delays=[0]), "retry", "RunnableRetry (up to 2 tries)"),
    "without end": (with_retry(shout, delays=fixed(1)), "retry", "RunnableRetry (tries again)"),
    "timeout": (with_timeout(shout, 2.5), "timeout", "RunnableTimeout (2.5 s)"),
    "attempt": (attempt(shout, on=(KeyError,)), "attempt", "RunnableAttempt (KeyError as a value)"),
    "validation": (with_validation(shout), "validation", "shout (validated, lax)"),
    "named pipe": (with_config(pipe(shout, exclaim), run_name="All"), "sequence", "All"),
}


@pytest.mark.parametrize(("program", "kind", "text"), list(FRAMES.values()), ids=list(FRAMES))
def test_policies_are_frames_around_what_they_hold_for(program: Runnable[Any, Any], kind: str, text: str) -> None:
    graph = program.get_graph()
    frame, inner = graph.nodes[1], graph.nodes[2]
    assert (frame.kind, frame.text, frame.parent) == (kind, text, None)
    assert (inner.name, inner.parent) == ("shout", frame.id)


def test_what_changes_no_value_only_changes_names() -> None:
    assert names(with_listeners(with_types(with_config(shout, run_name="Say"), output=str), on_end=print)) == [
        "shoutInput",
        "Say",
        "shoutOutput",
    ]
    assert names(with_config(with_config(shout, run_name="in"), run_name="out"))[1] == "out"


def test_a_node_kind_of_ones_own_is_drawn_as_what_it_means() -> None:
    assert names(Twice(lift(shout))) == ["shoutInput", "shout", "shout", "shoutOutput"]


def test_nodes_say_their_kinds_types_and_tags() -> None:
    program = with_config(lift(length, run_type="tool", tags=["a"]), tags=["b"])
    node = program.get_graph().nodes[1]
    assert node.kind == "tool"
    assert dict(node.data) == {"input": "str", "output": "int", "tags": ["a", "b"]}


def test_pictures_of_equal_programs_are_equal_and_others_are_not() -> None:
    assert pipe(shout, exclaim).get_graph() == pipe(shout, exclaim).get_graph()
    assert pipe(shout, exclaim).get_graph() != pipe(exclaim, shout).get_graph()


def test_a_hundred_thousand_steps_are_drawn_completely() -> None:
    graph = long_pipe([increment] * 100_000).get_graph()
    assert len(graph.nodes) == 100_002
    assert len(graph.edges) == 100_001
    assert graph.draw_ascii().count("| increment |") == 100_000
    assert graph.draw_mermaid().count('["increment"]') == 100_000
    assert graph.draw_svg().count(">increment</text>") == 100_000
    assert len(graph.to_json()["nodes"]) == 100_002


NESTS: dict[str, Callable[[Runnable[Any, Any]], Runnable[Any, Any]]] = {
    "map_batch": wrong(map_batch),
    "retry": wrong(with_retry),
    "parallel": lambda program: wrong(parallel)(a=program, b=increment),
    "branch": lambda program: branch((bool, program), default=increment),
    "fallbacks": lambda program: with_fallbacks(increment, program),
    "attempt": wrong(attempt),
}


@pytest.mark.parametrize("nest", list(NESTS.values()), ids=list(NESTS))
def test_nesting_a_hundred_deep_is_drawn(nest: Callable[[Runnable[Any, Any]], Runnable[Any, Any]]) -> None:
    program: Runnable[Any, Any] = lift(increment)
    for _ in range(100):
        program = nest(program)
    graph = program.get_graph()
    assert len(graph.nodes) >= 103
    assert graph == program.get_graph()
    assert graph.draw_ascii()
    assert graph.draw_mermaid()
    assert json.dumps(graph.to_json())
    assert ElementTree.fromstring(graph.draw_svg()).tag == f"{SVG}svg"
