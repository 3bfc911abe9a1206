"""The reference interpreter where something fails: what came before, what was raised, and whether time decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from runlaw import (
    Semigroup,
    assign,
    attempt,
    branch,
    const,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pick,
    pipe,
    with_config,
    with_fallbacks,
    with_retry,
    with_timeout,
    with_validation,
)
from runlaw.interpret.reference import reference, reference_chunks, reference_stream, reference_sums

Program = Callable[[Any], Any]  # Any: a program of whatever types


def shout(text: str) -> str:
    return text.upper()


def letters(text: str) -> Iterator[str]:
    yield from text


def through(chunks: Iterator[str]) -> Iterator[str]:
    yield from chunks


def fail(value: object) -> Any:  # Any: it gives nothing
    raise ValueError(f"not {value!r}")


def fail_otherwise(value: object) -> Any:  # Any: as above
    raise KeyError("other")


def overflow(value: object) -> Any:  # Any: as above
    raise RecursionError("too deep")


def break_off(text: str) -> Iterator[str]:
    yield text
    raise ValueError("broke off")


def nothing(text: str) -> Iterator[int]:
    yield from ()


def unsaid(text):  # type: ignore[no-untyped-def]  # only its chunks tell how they add up
    yield 1
    yield 2


def refuse(one: str, other: str) -> str:
    raise ValueError("they do not add up")


def split(text: str) -> list[str]:
    return text.split()


def is_long(text: str) -> bool:
    return len(text) > 2


def wrong(value: object) -> Any:  # Any: what a type checker would refuse, or does not follow
    return value


REFUSED: Semigroup[str] = Semigroup(refuse)
LARGEST: Semigroup[int] = Semigroup(max)
TORN = parallel(a=lift_stream(letters), b=lift(fail))
BROKEN: dict[str, tuple[Program, list[Any], str]] = {  # Any: chunks of every type
    "no sequence": (map_batch(shout), [], "RunnableEach<shout> takes a sequence of items; got str"),
    "no record to assign to": (
        assign(c=len),
        [{"c": 2}],
        "RunnableAssign<c> takes a record (a mapping of str to values)",
    ),
    "no record to pick from": (pick("a"), [], "RunnablePick<a> takes a record (a mapping of str to values); got str"),
    "a fallback for others": (with_fallbacks(lift(fail), const(1), on=(KeyError,)), [], "not 'ab'"),
    "a retry for others": (with_retry(lift_stream(fail), on=(KeyError,), delays=[0.0]), [], "not 'ab'"),
    "not to be caught": (with_fallbacks(overflow, shout), [], "too deep"),
    "not to be tried again": (with_retry(lift_stream(overflow), delays=[0.0]), [], "too deep"),
    "no failure": (attempt(overflow), [], "too deep"),
    "within a time": (with_timeout(lift_stream(break_off), 60), ["ab"], "broke off"),
    "a branch": (parallel(a=lift_stream(break_off)), [{"a": "ab"}], "broke off"),
    "of what comes before": (pipe(lift_stream(break_off), with_fallbacks(lift(shout), const(1))), [], "broke off"),
    "before an attempt": (pipe(lift_stream(break_off), attempt(shout)), [], "broke off"),
    "before a branch": (pipe(lift_stream(break_off), branch((is_long, shout), default=shout)), [], "broke off"),
    "before a check": (pipe(lift_stream(break_off), with_validation(shout)), [], "broke off"),
    "before an item": (pipe(lift_stream(break_off), split, map_batch(shout)), [], "broke off"),
    "no sum": (pipe(lift_stream(letters, monoid=REFUSED), lift(shout)), [], "they do not add up"),
    "no sum known": (lift_stream(unsaid), [], "int"),
    "no empty value": (parallel(a=lift_stream(nothing, monoid=LARGEST), b=len), [{"b": 2}], "empty"),
}


@pytest.mark.parametrize(("program", "chunks", "error"), BROKEN.values(), ids=list(BROKEN))
def test_a_stream_has_the_chunks_before_its_error(program: Program, chunks: list[Any], error: str) -> None:
    outcome = reference_stream(program, "ab")
    assert outcome.value == chunks
    assert error in str(outcome.error)


def test_a_failing_item_leaves_no_items() -> None:
    outcome = reference_stream(map_batch(fail), ["a"])
    assert (outcome.value, str(outcome.error), outcome.unsure) == ([], "not 'a'", False)


SURE: dict[str, tuple[Program, Any, bool]] = {  # Any: values of every type
    "after a branch that failed": (pipe(TORN, pick("a")), "ab", True),
    "chunk by chunk after it": (pipe(TORN, map_chunks(str, monoid=REFUSED)), "ab", True),
    "through a transform after it": (wrong(pipe)(TORN, pick("a"), lift_transform(through)), "ab", True),
    "instead of it": (with_fallbacks(TORN, shout), "ab", True),
    "assigned beside it": (assign(a=fail, b=len), {"x": 1}, True),
    "alone": (pipe(lift_stream(break_off), map_chunks(shout)), "ab", False),
    "instead of one alone": (with_fallbacks(lift(fail), shout), "ab", False),
    "through a transform alone": (pipe(lift_stream(break_off), lift_transform(through)), "ab", False),
    "one item of two": (map_batch(branch((is_long, fail), default=shout)), ["abc", "a"], True),
    "one group of two": (map_batch(lift_batch(fail, max_batch_size=1)), ["a", "b"], True),
}


@pytest.mark.parametrize(("program", "value", "unsure"), SURE.values(), ids=list(SURE))
def test_it_is_unsure_of_a_stream_that_failed_beside_others(program: Program, value: Any, unsure: bool) -> None:
    assert reference_stream(program, value).unsure is unsure


def test_a_group_has_only_the_items_that_are_left() -> None:
    groups: list[list[str]] = []

    def note(texts: Sequence[str]) -> list[str]:
        groups.append(list(texts))
        return [text.upper() for text in texts]

    def some(text: str) -> str:
        return fail(text) if text == "b" else text

    program = map_batch(pipe(some, with_config(lift_batch(note, max_batch_size=2), tags=["t"]), shout))
    assert str(reference(program, ["a", "b", "c", "d"]).error) == "not 'b'"
    assert groups == [["a", "c"], ["d"]]
    assert reference(program, ["a", "c", "d"]).value == ["A", "C", "D"]
    assert reference(program, []).value == []


def test_a_leaf_that_gives_no_iterator_is_refused() -> None:
    for given, kind in (("text", "str"), (3, "int")):
        leaf = lift_stream(wrong(lambda _, given=given: given), name="leaf")
        assert str(reference(leaf, "a").error) == f"leaf must return an iterator of chunks; got {kind}"


def test_sums_of_records_are_those_of_their_fields() -> None:
    record = parallel(a=lift_stream(letters), b=lift(len))
    assigned = wrong(pipe)(record, assign(c=lift_stream(count, monoid=LARGEST)))
    sums = reference_sums(assigned, "xy")
    assert sums.total([{"a": "x"}, {"c": 1}, {"a": "y", "b": 2}, {"c": 3}]) == {"a": "xy", "c": 3, "b": 2}
    assert reference_sums(pipe(record, pick("a")), "xy").total(["x", "y"]) == "xy"
    assert reference_sums(pipe(record, pick("a", "b")), "xy").total([{"a": "x"}, {"a": "y"}]) == {"a": "xy"}
    replaced = wrong(pipe)(record, assign(a=lift_stream(count, monoid=LARGEST)))
    assert reference_sums(replaced, "xy").total([{"a": 1}, {"a": 0}]) == {"a": 1}
    assert reference(replaced, "xy").value == {"a": 2, "b": 2}


def count(given: dict[str, object]) -> Iterator[int]:
    yield len(given)


def test_a_chunk_of_a_record_has_empty_values_for_the_rest() -> None:
    chunk, *_ = reference_chunks(parallel(a=map_chunks(shout), b=lift_stream(letters)), ["x"]).value
    assert (chunk["a"], chunk["b"]) == ("X", "")


def test_what_it_does_not_know_it_says() -> None:
    from runlaw.kernel.nodes import Node

    class Unknown(Node):
        """A kind without a meaning."""

    assert "the reference does not know Unknown" in str(reference(Unknown(), 1).error)
    assert isinstance(reference(Unknown(), 1).error, NotImplementedError)


def test_the_last_error_of_tries_and_the_first_of_fallbacks_are_raised() -> None:
    tries: list[int] = []

    def counting(_: object) -> Any:  # Any: it fails
        tries.append(1)
        raise ValueError(f"try {len(tries)}")

    assert str(reference_stream(with_retry(counting, delays=[0.0, 0.0]), "a").error) == "try 3"
    assert str(reference_stream(with_fallbacks(fail_otherwise, fail), "a").error) == "'other'"
