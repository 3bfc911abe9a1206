"""The reference interpreter by itself: small programs of every node kind, with answers written by hand."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import ValidationError
from returns.result import Failure, Success

from runlaw import (
    Monoid,
    Runnable,
    assign,
    attempt,
    branch,
    const,
    identity,
    last,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pick,
    pipe,
    unpack,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
    with_validation,
)
from runlaw.extend import Node
from runlaw.interpret.reference import Outcome, reference, reference_chunks, reference_stream, reference_sums

Program = Callable[[Any], Any]  # Any: a program of whatever types


def shout(text: str) -> str:
    return text.upper()


async def ashout(text: str) -> str:
    await asyncio.sleep(0)
    return text.upper()


def letters(text: str) -> Iterator[str]:
    yield from text


async def aletters(text: str) -> AsyncIterator[str]:
    for letter in text:
        await asyncio.sleep(0)
        yield letter


def quoted(chunks: Iterator[str]) -> Iterator[str]:
    yield "<"
    yield from chunks
    yield ">"


async def aquoted(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    yield "<"
    async for chunk in chunks:
        yield chunk
    yield ">"


def titles(texts: Sequence[str]) -> list[str]:
    return [f"{text.title()} of {len(texts)}" for text in texts]


def fail(value: object) -> Any:  # Any: it gives nothing
    raise ValueError(f"not {value!r}")


def fail_otherwise(value: object) -> Any:  # Any: it gives nothing
    raise KeyError("other")


def overflow(value: object) -> Any:  # Any: it gives nothing
    raise RecursionError("too deep")


def stop(value: object) -> Any:  # Any: it gives nothing
    raise StopIteration(value)


def break_off(text: str) -> Iterator[str]:
    yield text
    raise ValueError("broke off")


def is_long(text: str) -> bool:
    return len(text) > 2


def split(text: str) -> list[str]:
    return text.split()


@dataclass(frozen=True)
class Twice(Node[str, str]):
    inner: Runnable[str, str]

    def lower(self) -> Runnable[str, str]:
        return pipe(self.inner, self.inner)


@dataclass(frozen=True)
class FourTimes(Node[str, str]):
    inner: Runnable[str, str]

    def lower(self) -> Runnable[str, str]:
        return Twice(Twice(self.inner))


def double(text: str) -> str:
    return text + text


RECORD = {"a": "x", "b": 2}
NO_ITEM: Any = const([])  # Any: what Python sees as false is no bool
ONE_ITEM: Any = const([0])  # Any: as above
CALLS: list[tuple[Program, Any, Any]] = [  # Any: values of every type
    (lift(shout), "ab", "AB"),
    (lift(ashout), "ab", "AB"),
    (lift_stream(letters), "abc", "abc"),
    (lift_stream(letters), "", ""),
    (lift_stream(aletters), "abc", "abc"),
    (lift_stream(letters, monoid=last), "abc", "c"),
    (lift_stream(letters, monoid=Monoid("", operator.add, finish=len)), "abc", 3),
    (lift_transform(quoted), "ab", "<ab>"),
    (lift_transform(aquoted), "ab", "<ab>"),
    (map_chunks(shout), "ab", "AB"),
    (lift_batch(titles), "ab", "Ab of 1"),
    (unpack(operator.sub), (5, 2), 3),
    (identity, "ab", "ab"),
    (const(7), "ab", 7),
    (pipe(shout, double, lift_stream(letters)), "ab", "ABAB"),
    (parallel(a=shout, b=len), "ab", {"a": "AB", "b": 2}),
    (parallel(shout, len, double), "ab", ("AB", 2, "abab")),
    (assign(c=len, a=const("new")), RECORD, {"a": "new", "b": 2, "c": 2}),
    (pick("b"), RECORD, 2),
    (pick("b", "a"), RECORD, {"b": 2, "a": "x"}),
    (map_batch(shout), ["a", "b"], ["A", "B"]),
    (map_batch(shout, max_concurrency=1), ("a", "b"), ["A", "B"]),
    (map_batch(shout), [], []),
    (map_batch(lift_batch(titles)), ["a", "b", "c"], ["A of 3", "B of 3", "C of 3"]),
    (map_batch(lift_batch(titles, max_batch_size=2)), ["a", "b", "c"], ["A of 2", "B of 2", "C of 1"]),
    (map_batch(pipe(shout, lift_batch(titles))), ["a", "b"], ["A of 2", "B of 2"]),
    (branch((is_long, shout), default=double), "abc", "ABC"),
    (branch((is_long, shout), default=double), "ab", "abab"),
    (branch((NO_ITEM, const(1)), (ONE_ITEM, const(2)), (is_long, const(3)), default=const(4)), "abc", 2),
    (with_retry(shout, delays=[0.0]), "a", "A"),
    (with_fallbacks(shout, fail), "a", "A"),
    (with_fallbacks(fail, fail_otherwise, shout), "a", "A"),
    (with_fallbacks(lift_stream(break_off), shout), "a", "A"),
    (attempt(shout), "a", Success("A")),
    (with_timeout(shout, 60), "a", "A"),
    (with_config(shout, run_name="n", tags=["t"], max_concurrency=1), "a", "A"),
    (with_listeners(shout, on_end=print), "a", "A"),
    (with_types(shout, input=str, output=str), "a", "A"),
    (with_types(split, output=tuple[str, ...]), "a b", ["a", "b"]),
    (with_validation(with_types(len, input=str, output=int)), "ab", 2),
    (with_validation(with_types(identity, input=int, output=int)), "3", 3),
    (Twice(lift(double)), "a", "aaaa"),
    (FourTimes(lift(double)), "a", "a" * 16),
]


@pytest.mark.parametrize(("program", "value", "result"), CALLS, ids=[f"{n}" for n in range(len(CALLS))])
def test_calls(program: Program, value: Any, result: Any) -> None:  # Any: as above
    outcome = reference(program, value)
    assert outcome == Outcome(result)
    assert type(outcome.value) is type(result)


FAILURES: list[tuple[Program, Any, type[Exception], str]] = [  # Any: as above
    (lift(fail), "a", ValueError, "not 'a'"),
    (lift(stop), "a", RuntimeError, "stop let a StopIteration escape"),
    (lift_stream(break_off), "a", ValueError, "broke off"),
    (lift_batch(fail), "a", ValueError, "not ['a']"),
    (lift_batch(lambda texts: "ab", name="b"), "a", TypeError, "b must return a sequence of results; got str"),
    (lift_batch(lambda texts: [], name="b"), "a", ValueError, "b was given 1 values and returned 0 results"),
    (pipe(shout, fail, fail_otherwise), "a", ValueError, "not 'A'"),
    (parallel(a=shout, b=fail), "a", ValueError, "not 'a'"),
    (assign(c=fail), RECORD, ValueError, f"not {RECORD!r}"),
    (assign(c=len), 3, TypeError, "RunnableAssign<c> takes a record (a mapping of str to values); got int"),
    (pick("z"), RECORD, KeyError, "\"RunnablePick<z>: the record has no key 'z'; it has 'a', 'b'\""),
    (pick("z"), {}, KeyError, "\"RunnablePick<z>: the record has no key 'z'; it has no keys\""),
    (map_batch(fail), ["a"], ValueError, "not 'a'"),
    (map_batch(shout), "ab", TypeError, "RunnableEach<shout> takes a sequence of items; got str"),
    (branch((fail, shout), default=shout), "a", ValueError, "not 'a'"),
    (branch((is_long, shout), default=fail), "a", ValueError, "not 'a'"),
    (with_retry(fail, delays=[0.0, 0.0]), "a", ValueError, "not 'a'"),
    (with_fallbacks(fail, fail_otherwise), "a", ValueError, "not 'a'"),
    (with_fallbacks(fail, shout, on=(KeyError,)), "a", ValueError, "not 'a'"),
    (with_fallbacks(overflow, shout), "a", RecursionError, "too deep"),
    (with_retry(overflow, delays=[0.0]), "a", RecursionError, "too deep"),
    (attempt(overflow), "a", RecursionError, "too deep"),
    (attempt(fail, on=(KeyError,)), "a", ValueError, "not 'a'"),
    (Twice(lift(fail)), "a", ValueError, "not 'a'"),
]


@pytest.mark.parametrize(("program", "value", "kind", "text"), FAILURES, ids=[f"{n}" for n in range(len(FAILURES))])
def test_failures(program: Program, value: Any, kind: type[Exception], text: str) -> None:  # Any: as above
    outcome = reference(program, value)
    assert (type(outcome.error), str(outcome.error), outcome.unsure) == (kind, text, False)


def test_an_attempt_holds_the_failure() -> None:
    outcome = reference(attempt(fail), "a")
    assert isinstance(outcome.value, Failure)
    assert str(outcome.value.failure()) == "not 'a'"


def test_values_are_checked_where_types_are() -> None:
    checked: Program = with_validation(with_types(identity, input=int, output=int))
    assert isinstance(reference(checked, "x").error, ValidationError)
    strict: Program = with_validation(with_types(identity, input=int, output=int), strict=True)
    assert isinstance(reference(strict, "3").error, ValidationError)
    assert isinstance(reference(with_validation(with_types(fail, input=int)), "x").error, ValidationError)


def test_tries_are_one_more_than_the_delays() -> None:
    tried = []

    def third(value: int) -> int:
        tried.append(value)
        if len(tried) < 3:
            raise ValueError(f"try {len(tried)}")
        return value

    assert reference(with_retry(third, delays=[0.0, 0.0]), 5) == Outcome(5)
    tried.clear()
    assert str(reference(with_retry(third, delays=[0.0]), 5).error) == "try 2"
    assert len(tried) == 2


@pytest.mark.parametrize(
    ("program", "unsure"),
    [
        (parallel(fail, fail_otherwise), True),
        (parallel(fail, fail), False),
        (parallel(shout, fail), False),
        (assign(a=fail, b=fail_otherwise), True),
        (attempt(parallel(fail, fail_otherwise)), True),
    ],
)
def test_it_says_where_time_decides_which_error_is_raised(program: Program, unsure: bool) -> None:
    value: object = RECORD if "assign" in repr(program) else "a"
    assert reference(program, value).unsure is unsure


def test_items_that_fail_in_different_ways_leave_it_unsure() -> None:
    assert reference(map_batch(fail), ["a", "b"]).unsure
    assert not reference(map_batch(fail), ["a", "a"]).unsure
    assert not reference(map_batch(lift_batch(fail, max_batch_size=1)), ["a", "b"]).unsure


# What a program gives of one whole value, and of chunks: the chunks and the error after them.
STREAMS: list[tuple[Program, Any, list[Any]]] = [  # Any: as above
    (lift(shout), "ab", ["AB"]),
    (lift_stream(letters), "ab", ["a", "b"]),
    (lift_stream(aletters), "ab", ["a", "b"]),
    (lift_stream(letters), "", []),
    (lift_transform(quoted), "ab", ["<", "ab", ">"]),
    (lift_transform(aquoted), "ab", ["<", "ab", ">"]),
    (map_chunks(shout), "ab", ["AB"]),
    (lift_batch(titles), "ab", ["Ab of 1"]),
    (identity, "ab", ["ab"]),
    (const(7), "ab", [7]),
    (pipe(lift_stream(letters), map_chunks(shout), lift_transform(quoted)), "ab", ["<", "A", "B", ">"]),
    (pipe(lift_stream(letters), lift(shout)), "ab", ["AB"]),
    (parallel(a=lift_stream(letters), b=len), "xy", [{"a": "x"}, {"a": "y"}, {"b": 2}]),
    (parallel(a=lift_stream(letters), b=len), "", [{"a": ""}, {"b": 0}]),
    (parallel(lift_stream(letters), len), "xy", [("xy", 2)]),
    (assign(c=len), RECORD, [RECORD, {"c": 2}]),
    (assign(a=len), RECORD, [{"b": 2}, {"a": 2}]),
    (pick("a"), RECORD, ["x"]),
    (pick("a", "b"), RECORD, [{"a": "x", "b": 2}]),
    (map_batch(shout), ["a", "b"], [["A"], ["B"]]),
    (branch((is_long, lift_stream(letters)), default=shout), "abc", ["a", "b", "c"]),
    (branch((is_long, lift_stream(letters)), default=shout), "ab", ["AB"]),
    (with_retry(lift_stream(letters), delays=[0.0]), "ab", ["a", "b"]),
    (with_fallbacks(fail, lift_stream(letters)), "ab", ["a", "b"]),
    (attempt(lift_stream(letters)), "ab", [Success("ab")]),
    (with_timeout(lift_stream(letters), 60), "ab", ["a", "b"]),
    (with_config(lift_stream(letters), tags=["t"]), "ab", ["a", "b"]),
    (with_listeners(lift_stream(letters), on_end=print), "ab", ["a", "b"]),
    (with_types(lift_stream(letters), output=str), "ab", ["a", "b"]),
    (with_validation(lift_stream(letters)), "ab", ["ab"]),
    (Twice(lift_stream(letters)), "ab", ["a", "b"]),
]


@pytest.mark.parametrize(("program", "value", "chunks"), STREAMS, ids=[f"{n}" for n in range(len(STREAMS))])
def test_streams(program: Program, value: Any, chunks: list[Any]) -> None:  # Any: as above
    assert reference_stream(program, value) == Outcome(chunks)


CHUNKS: list[tuple[Program, list[Any], list[Any]]] = [  # Any: as above
    (lift(shout), ["a", "b"], ["AB"]),
    (lift_stream(letters), ["ab", "c"], ["a", "b", "c"]),
    (lift_transform(quoted), ["a", "", "b"], ["<", "a", "", "b", ">"]),
    (map_chunks(shout), ["a", "", "b"], ["A", "", "B"]),
    (identity, ["a", "b"], ["a", "b"]),
    (const(7), ["a", "b"], [7]),
    (branch((is_long, map_chunks(shout)), default=const("short")), ["a", "bc"], ["ABC"]),
    (map_batch(shout), [["a"], ["b", "c"]], [["A"], ["B"], ["C"]]),
    (parallel(a=map_chunks(shout), b=lift(len)), ["x", "y"], [{"a": "X"}, {"a": "Y"}, {"b": 2}]),
    (assign(c=lift(len)), [{"a": "x"}, {"a": "y"}], [{"a": "x"}, {"a": "y"}, {"c": 1}]),
    (assign(a=lift(len)), [{"a": "x"}, {}], [{}, {"a": 1}]),
    (assign(a=lift(len)), [{}], [{}, {"a": 0}]),
    (assign(a=lift(len)), [{"a": "x"}], [{"a": 1}]),
    (pick("a"), [{"b": 1}, {"a": "x"}, {"a": "y", "b": 2}], ["x", "y"]),
    (pick("a", "b"), [{"b": 1}, {"a": "x", "z": 0}], [{"b": 1}, {"a": "x"}]),
    (with_fallbacks(pipe(identity, fail), map_chunks(shout)), ["a", "b"], ["A", "B"]),
]


@pytest.mark.parametrize(("program", "given", "chunks"), CHUNKS, ids=[f"{n}" for n in range(len(CHUNKS))])
def test_chunks(program: Program, given: list[Any], chunks: list[Any]) -> None:  # Any: as above
    assert reference_chunks(program, given) == Outcome(chunks)


BROKEN: list[tuple[Program, list[Any], str]] = [  # Any: as above
    (lift_stream(break_off), ["a"], "broke off"),
    (pipe(lift_stream(break_off), map_chunks(shout)), ["A"], "broke off"),
    (pipe(lift_stream(break_off), lift(shout)), [], "broke off"),
    (pipe(lift_stream(break_off), lift_transform(quoted)), ["<", "a"], "broke off"),
    (pipe(lift_stream(letters), map_chunks(fail)), [], "not 'a'"),
    (with_fallbacks(lift_stream(break_off), shout), ["a"], "broke off"),
    (with_retry(lift_stream(break_off), delays=[0.0]), ["a"], "broke off"),
    (pipe(lift_stream(break_off), with_fallbacks(lift(shout), const("caught"))), [], "broke off"),
    (with_fallbacks(fail, fail_otherwise), [], "not 'a'"),
    (branch((fail, shout), default=shout), [], "not 'a'"),
]


@pytest.mark.parametrize(("program", "chunks", "error"), BROKEN, ids=[f"{n}" for n in range(len(BROKEN))])
def test_streams_that_break_off(program: Program, chunks: list[Any], error: str) -> None:  # Any: as above
    outcome = reference_stream(program, "a")
    assert (outcome.value, str(outcome.error)) == (chunks, error)


def test_a_picked_key_must_come_once() -> None:
    outcome = reference_chunks(pick("a", "z"), [{"a": 1}, {"b": 2}])
    assert outcome.value == [{"a": 1}]
    assert str(outcome.error) == "\"RunnablePick<a,z>: the record has no key 'z'; it has 'a', 'b'\""


def test_chunks_before_an_error_beside_others_are_unsure() -> None:
    assert reference_stream(parallel(a=lift_stream(letters), b=lift(fail)), "ab").unsure
    assert not reference_stream(pipe(lift_stream(letters), lift(fail)), "ab").unsure
    assert reference_stream(map_batch(fail), ["a", "b"]).unsure
    assert not reference_stream(map_batch(fail), ["a"]).unsure


def test_what_chunks_add_up_to() -> None:
    program = parallel(a=lift_stream(letters), b=len)
    sums = reference_sums(program, "ab")
    assert sums.total([{"a": "a"}, {"b": 2}, {"a": "b"}]) == {"a": "ab", "b": 2}
    assert reference_sums(lift_stream(letters, monoid=last), "ab").total(["a", "b"]) == "b"


def test_reading_a_key_of_a_chunk_gives_its_empty_value() -> None:
    program = parallel(a=lift_stream(letters), b=lift_stream(letters))
    first, *_ = reference_stream(program, "x").value
    assert (first["a"], first["b"], dict(first)) == ("x", "", {"a": "x"})


def test_nodes_are_taken_as_programs_are_and_others_refused() -> None:
    assert reference(lift(shout).node, "a") == Outcome("A")
    with pytest.raises(TypeError, match=r"the reference takes a Runnable or a node; got 3"):
        reference_stream(3, "a")
