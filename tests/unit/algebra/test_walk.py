"""What a program is made of: its parts, their labels and tags, and their names."""

from __future__ import annotations

from typing import Any

import pytest

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    const,
    identity,
    lift,
    map_batch,
    parallel,
    pick,
    pipe,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
)
from runlaw.algebra.walk import children, directly_inside, lowered, name, own_name
from runlaw.events import Event
from runlaw.kernel.nodes import Leaf, Node

Program = Runnable[Any, Any]  # Any: programs of all types


def step(text: str) -> str:
    return text


def other(text: str) -> str:
    return text


def ok(text: str) -> bool:
    return True


def hear(event: Event) -> None: ...


class Twice(Node):
    """A kind of somebody's own."""

    def lower(self) -> object:
        return pipe(step, other)


class Broken(Node):
    """A kind that says wrongly what it means."""

    def lower(self) -> object:
        return "nothing"


class Itself(Node):
    """A kind that means itself."""

    def lower(self) -> object:
        return self


class Circle(Node):
    """A kind that asks what it means to say what it means."""

    def lower(self) -> object:
        return lowered(self)


WHATEVER: Program = pipe(identity)
PARTS: list[tuple[Program, list[tuple[str, str | None, str]]]] = [
    (pipe(step, other), [("1", "seq:step:1", "step"), ("2", "seq:step:2", "other")]),
    (parallel(a=step, b=other), [("a", "map:key:a", "step"), ("b", "map:key:b", "other")]),
    (parallel(step, other), [("0", "map:key:0", "step"), ("1", "map:key:1", "other")]),
    (assign(n=len), [("n", "map:key:n", "len")]),
    (lift(step), []),
    (WHATEVER, []),
    (const(1), []),
    (pick("a"), []),
]


@pytest.mark.parametrize(("program", "parts"), PARTS, ids=range(len(PARTS)))
def test_the_parts_of_a_program(program: Program, parts: list[tuple[str, str | None, str]]) -> None:
    found = list(children(program.node))
    assert [(child.label, child.tag, name(child.node)) for child in found] == parts
    assert list(directly_inside(program.node)) == [child.node for child in found]


NAMES: dict[str, Program] = {
    "step": lift(step),
    "RunnableSequence": pipe(step, other),
    "RunnableParallel<a,b>": parallel(a=step, b=other),
    "RunnableParallel<0,1>": parallel(step, other),
    "RunnableAssign<n,m>": assign(n=len, m=len),
    "RunnablePick<a,b>": pick("a", "b"),
    "RunnableEach<other>": map_batch(other),
    "RunnableBranch": branch((ok, step), default=other),
    "RunnablePassthrough": WHATEVER,
    "RunnableConst": const(1),
    "RunnableRetry": with_retry(step),
    "RunnableWithFallbacks": with_fallbacks(step, other),
    "RunnableAttempt": attempt(step),
    "RunnableTimeout": with_timeout(step, 1),
}


@pytest.mark.parametrize(("said", "program"), NAMES.items())
def test_names(said: str, program: Program) -> None:
    assert own_name(program.node) == name(program.node) == said
    for around in (with_config(program, tags=["t"]), with_listeners(program, on_end=hear)):
        assert own_name(around.node) == name(around.node) == said
    renamed = with_listeners(with_config(program, run_name="r"), on_end=hear)
    assert name(renamed.node) == "r"
    assert own_name(renamed.node) == said


def test_types_do_not_rename() -> None:
    assert name(with_types(with_config(step, run_name="r"), output=str).node) == "r"
    assert own_name(with_types(step, output=str).node) == "step"


def test_a_kind_of_ones_own_is_named_as_what_it_means() -> None:
    node = Twice()
    assert lowered(node) == pipe(step, other).node
    assert lowered(node) is lowered(node)
    assert own_name(node) == name(node) == "RunnableSequence"


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (Broken(), r"^Broken.lower\(\) must give a Runnable; got 'nothing'$"),
        (Itself(), r"^Itself.lower\(\) gives itself: say what it means by other programs$"),
        (Circle(), r"^Circle.lower\(\) leads back to itself: say what it means by other programs$"),
    ],
    ids=["no program", "itself", "a circle"],
)
def test_a_kind_that_says_wrongly_what_it_means(node: Node, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        lowered(node)


def test_a_leaf_is_no_program_of_others() -> None:
    node = lift(step).node
    assert isinstance(node, Leaf)
    assert list(directly_inside(node)) == []
