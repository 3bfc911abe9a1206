"""Sections 3 and 9: the note on the error of a failing step, whatever the error and wherever it is caught."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
from returns.result import Failure

from runlaw import (
    RunConfig,
    Runnable,
    assign,
    attempt,
    branch,
    lift,
    lift_stream,
    map_batch,
    map_chunks,
    parallel,
    pick,
    pipe,
    with_config,
    with_fallbacks,
    with_retry,
    with_timeout,
)

from .modes import Mode, both
from .support import Way, every_way, notes, wrong


@dataclass(frozen=True)
class Frozen(Exception):
    key: str


class NoNotes(Exception):
    def add_note(self, note: str, /) -> None:
        raise NotImplementedError(note)


class Sealed(Exception):
    __slots__ = ("key",)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)


class OtherFields(Exception):
    @property
    def __dict__(self) -> dict[str, object]:  # type: ignore[override]  # on purpose
        return {}


class OddNotes(Exception):
    __notes__ = ()  # type: ignore[assignment]  # on purpose: nothing can be added to it


REFUSING: dict[str, Callable[[], Exception]] = {
    "frozen": lambda: Frozen("k"),
    "add_note raises": NoNotes,
    "attributes cannot be set": Sealed,
    "__dict__ is a property": OtherFields,
}
refusing = pytest.mark.parametrize("make", list(REFUSING.values()), ids=list(REFUSING))


def failing(make: Callable[[], Exception]) -> Callable[[str], str]:
    def find(key: str) -> str:
        raise make()

    return find


@every_way
@refusing
def test_an_exception_that_refuses_notes_keeps_its_type_and_has_the_note(
    way: Way, make: Callable[[], Exception]
) -> None:
    program = pipe(str.strip, failing(make))
    with pytest.raises(type(make())) as caught:
        way(program, "k")
    assert notes(caught.value) == ["in step RunnableSequence > 2: find"]


@every_way
@refusing
def test_policies_catch_an_exception_that_refuses_notes(way: Way, make: Callable[[], Exception]) -> None:
    find, kind = failing(make), type(make())
    assert way(with_fallbacks(find, str.upper, on=(kind,)), "k") == "K"
    assert isinstance(way(attempt(find, on=(kind,)), "k"), Failure)
    for program in (with_retry(find, on=(kind,), delays=[0]), with_fallbacks(find, find), parallel(a=find, b=str)):
        with pytest.raises(kind):
            way(wrong(program), "k")


@both
@refusing
def test_batches_keep_an_exception_that_refuses_notes(mode: Mode, make: Callable[[], Exception]) -> None:
    (error,) = mode.outcomes(lift(failing(make)), ["k"])
    assert type(error) is type(make())


@refusing
def test_events_tell_of_an_exception_that_refuses_notes(make: Callable[[], Exception]) -> None:
    with pytest.raises(type(make())):
        list(lift(failing(make)).stream_events("k"))


@both
def test_an_exception_whose_notes_are_of_another_kind_is_left_as_it_is(mode: Mode) -> None:
    with pytest.raises(OddNotes):
        mode.invoke(lift(failing(OddNotes)), "k")


# A Runnable inside a leaf


def bad(_: object) -> Any:  # Any: it gives nothing
    raise ValueError("bad")


def by_batch(value: object) -> list[str]:
    (error,) = lift(bad).batch([value], return_exceptions=True)
    return notes(wrong(error))


def by_attempt(value: object) -> list[str]:
    return notes(attempt(bad)(value).failure())


def by_call(value: object) -> list[str]:
    try:
        lift(bad)(value)
    except ValueError as error:
        return notes(error)
    return []


def by_stream(value: object) -> list[str]:
    try:
        list(lift(bad).stream(value))
    except ValueError as error:
        return notes(error)
    return []


def by_threads(value: object) -> list[str]:
    try:
        parallel(bad, str)(value)
    except ValueError as error:
        return notes(error)
    return []


def by_another(value: object) -> list[str]:
    return pipe(str, by_call)(value)


INSIDE: dict[str, tuple[Callable[[object], list[str]], str]] = {
    "batch": (by_batch, "by_batch > bad"),
    "attempt": (by_attempt, "by_attempt > RunnableAttempt > bad"),
    "call": (by_call, "by_call > bad"),
    "stream": (by_stream, "by_stream > bad"),
    "threads": (by_threads, "by_threads > RunnableParallel<0,1> > 0: bad"),
    "two runs": (by_another, "by_another > RunnableSequence > 2: by_call > bad"),
}
inside = pytest.mark.parametrize(("leaf", "path"), list(INSIDE.values()), ids=list(INSIDE))


@every_way
@inside
def test_an_error_caught_inside_a_leaf_has_the_whole_path(
    way: Way, leaf: Callable[[object], list[str]], path: str
) -> None:
    assert way(pipe(str, leaf), 1) == [f"in step RunnableSequence > 2: {path}"]


@both
@inside
@pytest.mark.parametrize("config", [{"tags": ["a"]}, {"listeners": [lambda event: None]}], ids=["tags", "listeners"])
def test_an_error_caught_inside_a_leaf_of_a_run_with_a_name_has_the_whole_path(
    mode: Mode, leaf: Callable[[object], list[str]], path: str, config: RunConfig
) -> None:
    named: RunConfig = {"run_name": "root", **config}
    assert mode.invoke(pipe(str, leaf), 1, named) == [f"in step root > 2: {path}"]


@every_way
def test_the_cause_of_an_error_has_the_whole_path_too(way: Way) -> None:
    def wrap(value: object) -> object:
        try:
            return lift(bad)(value)
        except ValueError as error:
            raise KeyError("wrapped") from error

    with pytest.raises(KeyError) as caught:
        way(pipe(str, wrap), 1)
    assert notes(caught.value) == ["in step RunnableSequence > 2: wrap"]
    assert notes(wrong(caught.value.__cause__)) == ["in step RunnableSequence > 2: wrap > bad"]


@every_way
def test_an_error_that_passes_through_three_runs_has_the_whole_path_once(way: Way) -> None:
    def last(text: str) -> object:
        return lift(bad)(text)

    def middle(value: object) -> object:
        return pipe(str, last)(value)

    with pytest.raises(ValueError, match="bad") as caught:
        way(pipe(str, middle), 1)
    path = "RunnableSequence > 2: middle > RunnableSequence > 2: last > bad"
    assert notes(caught.value) == [f"in step {path}"]


def test_an_error_that_a_leaf_kept_and_raises_itself_is_noted_once() -> None:
    def keep(value: object) -> object:
        (error,) = lift(bad).batch([value], return_exceptions=True)
        raise wrong(error)

    def between(text: str) -> object:
        return pipe(str, keep)(text)

    with pytest.raises(ValueError, match="bad") as caught:
        pipe(str, between).invoke(1)
    path = "RunnableSequence > 2: between > RunnableSequence > 2: keep > bad"
    assert notes(caught.value) == [f"in step {path}"]


def test_async_runs_inside_async_runs_are_on_the_path_of_what_they_raise() -> None:
    async def fails(_: object) -> object:
        raise ValueError("bad")

    async def inner(value: object) -> object:
        return await lift(fails).ainvoke(value)

    async def middle(value: object) -> object:
        return await pipe(str, lift(inner)).ainvoke(value)

    with pytest.raises(ValueError, match="bad") as caught:
        asyncio.run(pipe(str, lift(middle)).ainvoke(1))
    assert notes(caught.value) == ["in step RunnableSequence > 2: middle > RunnableSequence > 2: inner > fails"]


# Streams without chunks


class Sum:
    """Adds up, and has no empty value."""

    def __add__(self, other: Sum) -> Sum:
        return self


def no_sums(_: object) -> Iterator[Sum]:
    return iter(())


async def ano_sums(more: object) -> AsyncIterator[Sum]:
    while not more:
        yield Sum()


def same(value: Sum) -> Sum:
    return value


EMPTY: dict[str, tuple[Runnable[Any, Any], str]] = {  # Any: nothing ever comes of them
    "a branch": (parallel(a=lift_stream(no_sums), b=str), "RunnableParallel<a,b> > a: no_sums"),
    "a quick branch": (
        parallel(a=lift_stream(no_sums, blocking=False), b=lift(str, blocking=False)),
        "RunnableParallel<a,b> > a: no_sums",
    ),
    "of no type": (
        parallel(a=wrong(lift_stream)(lambda _: iter(())), b=str),
        "RunnableParallel<a,b> > a: RunnableLambda",
    ),
    "a branch in a pipe": (
        lift(str) | parallel(a=lift_stream(no_sums), b=len),
        "RunnableSequence > 2: RunnableParallel<a,b> > a: no_sums",
    ),
    "a step": (lift_stream(no_sums) | lift(same), "RunnableSequence > 1: no_sums"),
    "an async step": (lift_stream(ano_sums) | lift(same), "RunnableSequence > 1: ano_sums"),
    "before chunks": (lift_stream(no_sums) | map_chunks(same) | lift(same), "RunnableSequence > 1: no_sums"),
    "before branches": (
        lift_stream(no_sums) | parallel(a=map_chunks(same), b=same),
        "RunnableSequence > 1: no_sums",
    ),
    "before a branch": (
        lift_stream(no_sums) | branch((lambda _: True, same), default=same),
        "RunnableSequence > 1: no_sums",
    ),
    "a retried step": (
        with_retry(lift_stream(no_sums), delays=[]) | lift(same),
        "RunnableSequence > 1: RunnableRetry > no_sums",
    ),
    "a step in time": (
        with_timeout(lift_stream(no_sums), 60) | lift(same),
        "RunnableSequence > 1: RunnableTimeout > no_sums",
    ),
}
empty = pytest.mark.parametrize(("program", "path"), list(EMPTY.values()), ids=list(EMPTY))


@every_way
@empty
def test_the_step_that_made_no_chunks_is_to_blame(
    way: Way,
    program: Runnable[Any, Any],  # Any: see EMPTY
    path: str,
) -> None:
    with pytest.raises(ValueError, match="no chunks to add up") as caught:
        way(program, 1)
    assert notes(caught.value) == [f"in step {path}"]


@both
@empty
def test_the_step_that_made_no_chunks_is_to_blame_where_somebody_listens(
    mode: Mode,
    program: Runnable[Any, Any],  # Any: see EMPTY
    path: str,
) -> None:
    for run in (mode.invoke, mode.stream):
        with pytest.raises(ValueError, match="no chunks to add up") as caught:
            run(program, 1, {"listeners": [lambda event: None]})
        assert notes(caught.value) == [f"in step {path}"]


@both
def test_no_chunks_from_outside_are_no_steps_fault(mode: Mode) -> None:
    with pytest.raises(ValueError, match="no chunks to add up") as caught:
        mode.transform(lift(same), [])
    assert notes(caught.value) == ["in step same"]


def stops(_: object) -> object:
    raise StopIteration


def no_chunks(_: object) -> Iterator[str]:
    return cast("Iterator[str]", 3)  # cast: a wrong leaf


@pytest.mark.parametrize(
    ("program", "value"),
    [
        (lift(stops), 1),
        (pick("k"), {}),
        (pick("k"), 3),
        (assign(a=lift(len)), 3),
        (map_batch(lift(len)), 3),
        (lift_stream(no_chunks), 1),
    ],
    ids=["StopIteration", "a missing key", "no record", "assign", "no items", "no iterator"],
)
def test_an_error_is_the_same_whatever_the_run_is_called_but_for_its_note(program: Any, value: object) -> None:
    named = with_config(program, run_name="other")
    for way in (lambda p: p.invoke(value), lambda p: list(p.stream(value)), lambda p: asyncio.run(p.ainvoke(value))):
        errors = []
        for one in (program, named):
            with pytest.raises(Exception) as caught:
                way(one)
            errors.append(caught.value)
        assert (type(errors[0]), str(errors[0])) == (type(errors[1]), str(errors[1]))
        assert errors[1].__notes__ == ["in step other"]
