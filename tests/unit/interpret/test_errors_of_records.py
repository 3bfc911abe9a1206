"""What is no record, or no sequence, or adds up to no value, is blamed on the step that finds it so, in every way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from runlaw import (
    Runnable,
    Semigroup,
    assign,
    last,
    lift,
    lift_stream,
    map_batch,
    map_chunks,
    parallel,
    pick,
    pipe,
    with_config,
)

Program = Runnable[Any, Any]  # Any: programs of all types
Way = Callable[[Program, object], object]
LISTENED: Any = {"listeners": [lambda event: None]}  # Any: a config
LARGEST: Semigroup[int] = Semigroup(max)


def same(value: object) -> Any:  # Any: as it comes
    return value


def number(chunk: str) -> int:
    return len(chunk)


def pieces(value: Any) -> Iterator[Any]:  # Any: as it comes
    yield from value


def one(value: Any) -> Iterator[Any]:  # Any: as it comes
    yield value


async def apieces(value: Any) -> AsyncIterator[Any]:  # Any: as it comes
    for piece in value:
        yield piece


def letters(text: str) -> Iterator[str]:
    yield from text


def numbers(text: str) -> Iterator[int]:
    yield from map(int, text)


async def anumbers(text: str) -> AsyncIterator[int]:
    for letter in text:
        yield int(letter)


def invoked(program: Program, value: object) -> object:
    return program.invoke(value)


def listened(program: Program, value: object) -> object:
    return program.invoke(value, LISTENED)


def streamed(program: Program, value: object) -> object:
    return list(program.stream(value))


def streamed_and_listened(program: Program, value: object) -> object:
    return list(program.stream(value, LISTENED))


def batched(program: Program, value: object) -> object:
    return program.batch([value, value])


async def read(chunks: AsyncIterator[Any]) -> list[Any]:  # Any: chunks
    return [chunk async for chunk in chunks]


def ainvoked(program: Program, value: object) -> object:
    return asyncio.run(program.ainvoke(value))


def alistened(program: Program, value: object) -> object:
    return asyncio.run(program.ainvoke(value, LISTENED))


def astreamed(program: Program, value: object) -> object:
    return asyncio.run(read(program.astream(value)))


def astreamed_and_listened(program: Program, value: object) -> object:
    return asyncio.run(read(program.astream(value, LISTENED)))


CALLS: list[Way] = [invoked, listened, batched, ainvoked, alistened]
STREAMS: list[Way] = [streamed, streamed_and_listened, astreamed, astreamed_and_listened]
PICK, PICKS, ASSIGN, EACH = pick("z"), pick("a", "z"), assign(n=lift(same)), map_batch(same)
WRONG: dict[str, tuple[Program, object, type[Exception], str]] = {
    "pick of none": (PICK, 3, TypeError, "RunnablePick<z> takes a record (a mapping of str to values); got int"),
    "pick without": (PICK, {"a": 1}, KeyError, "\"RunnablePick<z>: the record has no key 'z'; it has 'a'\""),
    "pick of empty": (PICK, {}, KeyError, "\"RunnablePick<z>: the record has no key 'z'; it has no keys\""),
    "picks without": (PICKS, {"a": 1}, KeyError, "\"RunnablePick<a,z>: the record has no key 'z'; it has 'a'\""),
    "assign to none": (
        ASSIGN,
        [3],
        TypeError,
        "RunnableAssign<n> takes a record (a mapping of str to values); got list",
    ),
    "items of none": (EACH, 3, TypeError, "RunnableEach<same> takes a sequence of items; got int"),
    "items of a text": (EACH, "ab", TypeError, "RunnableEach<same> takes a sequence of items; got str"),
    "items of a record": (EACH, {"a": 1}, TypeError, "RunnableEach<same> takes a sequence of items; got dict"),
}


@pytest.mark.parametrize("way", [*CALLS, *STREAMS])
@pytest.mark.parametrize("before", [lift(same), lift_stream(one, monoid=last)], ids=["whole", "as a chunk"])
@pytest.mark.parametrize(("step", "value", "kind", "message"), WRONG.values(), ids=list(WRONG))
def test_a_value_of_a_wrong_kind_is_blamed_on_the_step(
    way: Way, before: Program, step: Program, value: object, kind: type[Exception], message: str
) -> None:
    for program, path in [
        (step, step.name),
        (pipe(same, step), f"RunnableSequence > 2: {step.name}"),
        (pipe(before, step, lift(same)), f"RunnableSequence > 2: {step.name}"),
        (parallel(a=same, b=pipe(same, step)), f"RunnableParallel<a,b> > b: RunnableSequence > 2: {step.name}"),
    ]:
        with pytest.raises(kind) as raised:
            way(program, value)
        assert type(raised.value) is kind
        assert str(raised.value) == message
        assert raised.value.__notes__ == [f"in step {path}"]


@pytest.mark.parametrize("way", STREAMS)
@pytest.mark.parametrize("source", [pieces, apieces])
def test_a_key_that_comes_late_is_picked_and_one_that_never_comes_is_missed_at_the_end(
    way: Way, source: Callable[[Any], Any]
) -> None:
    before: Program = lift_stream(source)
    given = [{"a": "x"}, {"b": "y"}, {"a": "z", "b": "w"}]
    assert way(pipe(before, pick("b")), given) == ["y", "w"]
    assert way(pipe(before, pick("a", "b")), given) == given
    seen: list[object] = []

    def see(chunk: dict[str, str]) -> dict[str, str]:
        seen.append(chunk)
        return chunk

    seeing: Program = map_chunks(see, blocking=False)
    with pytest.raises(KeyError) as raised:
        way(before | pick("a", "z") | seeing, given)
    assert seen == [{"a": "x"}, {"a": "z"}]
    assert str(raised.value) == "\"RunnablePick<a,z>: the record has no key 'z'; it has 'a', 'b'\""
    assert raised.value.__notes__ == ["in step RunnableSequence > 2: RunnablePick<a,z>"]


SILENT: dict[str, tuple[Program, str]] = {
    "the one that is read": (pipe(lift_stream(numbers, monoid=LARGEST), lift(same)), "RunnableSequence > 1: numbers"),
    "async": (pipe(lift_stream(anumbers, monoid=LARGEST), lift(same)), "RunnableSequence > 1: anumbers"),
    "called for each chunk": (
        pipe(lift_stream(letters), map_chunks(number, monoid=LARGEST), lift(same)),
        "RunnableSequence > 2: number",
    ),
    "called for each chunk of one without": (
        pipe(lift_stream(numbers, monoid=LARGEST), map_chunks(abs, monoid=LARGEST), lift(same)),
        "RunnableSequence > 1: numbers",
    ),
    "within another": (
        pipe(with_config(lift_stream(numbers, monoid=LARGEST), max_concurrency=2), lift(same)),
        "RunnableSequence > 1: numbers",
    ),
}


@pytest.mark.parametrize("way", STREAMS)
@pytest.mark.parametrize(("program", "path"), SILENT.values(), ids=list(SILENT))
def test_a_stream_without_a_value_is_blamed_on_the_step_that_made_no_chunks(
    way: Way, program: Program, path: str
) -> None:
    with pytest.raises(ValueError, match="empty") as raised:
        way(program, "")
    assert raised.value.__notes__ == [f"in step {path}"]
