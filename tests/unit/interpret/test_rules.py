"""Rules for a kind of somebody's own: used where there is one, and ``lower()`` where there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from runlaw import Runnable, lift, map_batch, map_chunks, parallel, pipe, with_config, with_retry
from runlaw.events import Event, RunStarted
from runlaw.extend import Call, Flat, Node, Opener, Program, rule
from runlaw.interpret.machine import Machine
from runlaw.interpret.program import RULES, Mode
from runlaw.kernel.nodes import Node as KernelNode

AnyProgram = Runnable[Any, Any]  # Any: programs of all types


def mark(text: str) -> str:
    return text + "lowered "


def by_rule(text: Any) -> str:  # Any: text
    return f"{text}by rule "


@dataclass(frozen=True)
class Plain(Node[str, str]):
    """It has no rule."""

    def lower(self) -> Runnable[str, str]:
        return map_chunks(mark)


@dataclass(frozen=True)
class Called(Plain):
    """It has one for calls."""


@dataclass(frozen=True)
class Quick(Plain):
    """It has one for calls that need nothing but the value."""


@dataclass(frozen=True)
class Streamed(Plain):
    """It has one for streams."""


@dataclass(frozen=True)
class Awaited(Plain):
    """It has one for calls that are awaited."""


@dataclass(frozen=True)
class Flowing(Plain):
    """It has one for calls of every way of running, which asks for what is to be done."""


@pytest.fixture(autouse=True)
def _rules_of_their_own() -> Iterator[None]:
    before = dict(RULES)

    @rule(Called, "call")
    def called(program: Program) -> Call:
        return lambda value, run: by_rule(value)

    @rule(Quick, "flat")
    def quick(program: Program) -> Flat:
        return by_rule

    @rule(Streamed, "stream")
    def streamed(program: Program) -> Opener:
        def chunks(source: Any) -> Iterator[str]:  # Any: a stream
            for chunk in source.chunks:
                yield by_rule(chunk)

        return lambda source, run: source.then(chunks(source), source.sums, program)

    @rule(Awaited, "acall")
    def awaited(program: Program) -> Call:
        async def call(value: Any, run: Any) -> str:  # Any: text, and a run
            return by_rule(value)

        return call

    @rule(Flowing, "call_flow")
    def flowing(program: Program, value: Any) -> Any:  # Any: text, and requests
        yield from ()
        return by_rule(value)

    yield
    RULES.clear()
    RULES.update(before)


def invoked(program: AnyProgram) -> object:
    return program.invoke("")


def ainvoked(program: AnyProgram) -> object:
    return asyncio.run(program.ainvoke(""))


def streamed_by(program: AnyProgram) -> object:
    return "".join(program.stream(""))


def astreamed_by(program: AnyProgram) -> object:
    async def read() -> str:
        return "".join([chunk async for chunk in program.astream("")])

    return asyncio.run(read())


def listened(program: AnyProgram) -> object:
    return program.invoke("", {"listeners": [lambda event: None]})


RULED: dict[type[Plain], list[Callable[[AnyProgram], object]]] = {
    Plain: [],
    Called: [invoked],
    Quick: [invoked],
    Streamed: [streamed_by],
    Awaited: [ainvoked],
    Flowing: [invoked, ainvoked],
}


@pytest.mark.parametrize("way", [invoked, ainvoked, streamed_by, astreamed_by, listened])
@pytest.mark.parametrize(("kind", "ruled"), RULED.items())
def test_a_rule_is_used_for_its_meaning_and_lower_for_the_others(
    kind: type[Plain], ruled: list[Callable[[AnyProgram], object]], way: Callable[[AnyProgram], object]
) -> None:
    expected = "by rule " if way in ruled else "lowered "
    assert way(kind()) == expected
    assert way(with_config(kind(), tags=["t"])) == expected


@pytest.mark.parametrize("kind", list(RULED))
def test_it_stands_in_other_programs(kind: type[Plain]) -> None:
    said = "by rule " if invoked in RULED[kind] else "lowered "
    assert pipe(str, kind(), kind()).invoke("") == said * 2
    assert parallel(a=kind(), b=str).invoke("") == {"a": said, "b": ""}
    assert map_batch(kind()).invoke(["", ""]) == [said] * 2
    assert with_retry(kind()).invoke("") == said


@pytest.mark.parametrize("kind", list(RULED))
def test_it_is_watched_as_what_it_means(kind: type[Plain]) -> None:
    heard: list[Event] = []
    program = with_config(kind(), run_name="named", tags=["t"])
    assert program.invoke("", {"listeners": [heard.append]}) == "lowered "
    (started,) = [event for event in heard if isinstance(event, RunStarted)]
    assert (started.name, started.tags) == ("named", ("t",))


class Nothing(KernelNode):
    """A kind that says nothing of itself."""


def test_a_kind_without_rules_or_lower_has_no_meaning() -> None:
    program = Machine.of(lift(mark).node).program(Mode())
    nothing = type(program)(Nothing(), Mode())
    for meaning in ("call", "stream"):
        with pytest.raises(NotImplementedError, match=r"^Nothing has neither a rule for this meaning nor lower\(\)$"):
            getattr(nothing, meaning)
