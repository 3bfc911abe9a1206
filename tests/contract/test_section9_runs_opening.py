"""Section 9: the run of a streaming leaf that is no generator function, so that its body runs before its chunks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from runlaw import (
    RunConfig,
    Runnable,
    current_run,
    lift,
    lift_stream,
    lift_transform,
    parallel,
    pipe,
    with_fallbacks,
    with_timeout,
)
from runlaw.events import RunStarted
from runlaw.interpret.current import KEYS, LEAVES

from .events_of import listening
from .modes import Mode, both
from .support import alist, letters, run, shout, within

Program = Runnable[str, str]


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    yield
    assert not LEAVES
    assert not KEYS


def path() -> str:
    here = current_run()
    return "no run" if here is None else here.path


def run_id() -> str:
    here = current_run()
    return "no run" if here is None else str(here.run_id)


def same_as(opening: str) -> Callable[[object], str]:
    return lambda _: f"{run_id() == opening} {opening}"


def asks(text: str) -> Iterator[str]:
    return iter([path(), ";"])


def asks_chunks(chunks: Iterator[str]) -> Iterator[str]:
    return iter([path(), ";"])


def unsaid(text: Any) -> Any:  # Any: only a call tells what it is
    return iter([path(), ";"])


def aasks(text: str) -> AsyncIterator[str]:
    return astay([path(), ";"])


async def astay(chunks: list[str]) -> AsyncIterator[str]:
    for chunk in chunks:
        yield chunk


LEAF: dict[str, Callable[[], Program]] = {
    "stream": lambda: lift_stream(asks, name="leaf"),
    "quick": lambda: lift_stream(asks, name="leaf", blocking=False),
    "transform": lambda: lift_transform(asks_chunks, name="leaf"),
    "unsaid": lambda: lift_stream(unsaid, name="leaf"),
    "unsaid transform": lambda: lift_transform(unsaid, name="leaf"),
    "async": lambda: lift_stream(aasks, name="leaf"),
}
AROUND: dict[str, Callable[[Program], Runnable[str, Any]]] = {  # Any: a parallel gives a record
    "alone": lambda leaf: leaf,
    "with_retry": lambda leaf: leaf.with_retry(),
    "with_fallbacks": lambda leaf: with_fallbacks(leaf, shout),
    "with_timeout": lambda leaf: with_timeout(leaf, 60),
    "after a step": lambda leaf: pipe(shout, leaf),
    "after a stream": lambda leaf: pipe(lift_stream(letters), leaf),
    "parallel": lambda leaf: parallel(a=leaf, b=leaf),
}
every_leaf = pytest.mark.parametrize("leaf", list(LEAF.values()), ids=list(LEAF))


@both
@every_leaf
@pytest.mark.parametrize("around", list(AROUND.values()), ids=list(AROUND))
def test_its_body_finds_it_as_it_does_when_called(
    mode: Mode, leaf: Callable[[], Program], around: Callable[[Program], Runnable[str, Any]]
) -> None:
    program = around(leaf())
    called = mode.invoke(program, "ab")
    chunks = within(lambda: mode.stream(program, "ab"))
    if isinstance(called, str):
        assert chunks == [called.rstrip(";"), ";"]
        assert called.endswith("leaf;")
    else:
        assert {key: "".join(chunk.get(key, "") for chunk in chunks) for key in "ab"} == called
        assert called["a"].endswith("> a: leaf;")


@both
@every_leaf
def test_its_body_finds_it_where_it_is_watched_or_named(mode: Mode, leaf: Callable[[], Program]) -> None:
    program = pipe(lift_stream(letters), leaf())
    configs: list[RunConfig] = [listening([]), {"run_name": "named"}, {"max_concurrency": 1}]
    for config in configs:
        name = "named" if "run_name" in config else "RunnableSequence"
        assert within(lambda: mode.stream(program, "ab", config)) == [f"{name} > 2: leaf", ";"]  # noqa: B023  # run at once


def test_its_body_and_its_chunks_are_one_run() -> None:
    def asked(text: str) -> Iterator[str]:
        opening = run_id()
        return map(same_as(opening), text)

    def asked_generator(text: str) -> Iterator[str]:
        opening = run_id()
        return (f"{run_id() == opening} {opening}" for _ in text)

    def asked_unsaid(text: Any) -> Any:  # Any: only a call tells what it is
        return asked_generator(text)

    for fn in (asked, asked_generator, asked_unsaid):
        leaf: Program = lift_stream(fn)
        for chunks in (list(leaf.stream("ab")), within(lambda: run(alist(leaf.astream("ab"))))):  # noqa: B023  # as above
            assert len(set(chunks)) == 1
            assert chunks[0].startswith("True ")
        assert list(leaf.stream("a")) != list(leaf.stream("a"))


def test_steps_of_one_kind_in_a_pipe_are_runs_of_their_own() -> None:
    found: list[str] = []

    def step(chunks: Iterator[str]) -> Iterator[str]:
        found.append(run_id())
        return iter(list(chunks))

    program = pipe(lift_stream(letters), lift_transform(step), lift_transform(step))
    assert list(program.stream("ab")) == ["a", "b"]
    assert len(set(found)) == 2
    assert "no run" not in found


def test_its_input_is_made_in_the_runs_of_the_steps_before_it() -> None:
    def source(_: str) -> Iterator[str]:
        yield path()

    def eager(chunks: Iterator[str]) -> Iterator[str]:
        return iter([*chunks, path()])

    program = pipe(lift_stream(source), lift_transform(eager))
    assert list(program.stream("")) == ["RunnableSequence > 1: source", "RunnableSequence > 2: eager"]


def test_what_its_body_runs_is_inside_it() -> None:
    def child(text: str) -> str:
        return path()

    def outer(text: str) -> Iterator[str]:
        return iter([lift(child)(text), lift(child).with_config(tags=["t"]).invoke(text), path()])

    leaf: Program = lift_stream(outer)
    assert list(leaf.stream("a")) == ["outer > child", "outer > child", "outer"]
    inside: list[Any] = []  # Any: events
    lone: Program = lift_stream(lambda text: iter([lift(child).invoke(text, listening(inside)), run_id()]))
    _, own = list(lone.stream("a"))
    (started,) = [event for event in inside if isinstance(event, RunStarted)]
    assert [str(one) for one in started.parent_ids] == [own]


def test_a_body_that_asks_and_fails_leaves_nothing_behind() -> None:
    def fails(text: str) -> Iterator[str]:
        raise ValueError(path())

    leaf: Program = lift_stream(fails)
    with pytest.raises(ValueError, match="RunnableSequence > 2: fails") as raised:
        list(pipe(shout, leaf).stream("a"))
    assert raised.value.__notes__ == ["in step RunnableSequence > 2: fails"]
