"""Section 2: how chunks of a type add up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from operator import add
from typing import TypedDict

import pytest

from runlaw import Monoid, Runnable, Semigroup, last, lift, lift_stream, lift_transform, map_chunks, pipe

from .modes import Mode, both
from .support import increment, letters, wrong


@dataclass(frozen=True)
class Money:
    cents: int

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)


class Doc(TypedDict, total=False):
    title: str
    lines: list[str]


def texts(_: str) -> Iterator[str]:
    yield from ["a", "b", "c"]


def blobs(_: str) -> Iterator[bytes]:
    yield from [b"a", b"b"]


def lists(_: str) -> Iterator[list[int]]:
    yield from [[1], [2, 3]]


def tuples(_: str) -> Iterator[tuple[int, ...]]:
    yield from [(1,), (2, 3)]


def mappings(_: str) -> Iterator[dict[str, str]]:
    yield from [{"a": "1"}, {"b": "2"}, {"a": "3"}]


def nested(_: str) -> Iterator[dict[str, dict[str, list[int]]]]:
    yield from [{"a": {"x": [1]}}, {"a": {"y": [2]}}, {"a": {"x": [3]}}]


def records(_: str) -> Iterator[Doc]:
    yield from [Doc(title="T"), Doc(lines=["1"]), Doc(title="U", lines=["2"])]


def sums(_: str) -> Iterator[Money]:
    yield from [Money(1), Money(2), Money(3)]


KNOWN: dict[str, tuple[Runnable[str, object], object]] = {
    "str": (lift_stream(texts), "abc"),
    "bytes": (lift_stream(blobs), b"ab"),
    "list": (lift_stream(lists), [1, 2, 3]),
    "tuple of one type": (lift_stream(tuples), (1, 2, 3)),
    "mapping": (lift_stream(mappings), {"a": "13", "b": "2"}),
    "mapping of mappings": (lift_stream(nested), {"a": {"x": [1, 3], "y": [2]}}),
    "TypedDict": (lift_stream(records), {"title": "TU", "lines": ["1", "2"]}),
    "a type with __add__": (lift_stream(sums), Money(6)),
}
known = pytest.mark.parametrize(("program", "total"), list(KNOWN.values()), ids=list(KNOWN))


@both
@known
def test_text_lists_mappings_and_types_that_add_know_their_monoid(
    mode: Mode, program: Runnable[str, object], total: object
) -> None:
    assert mode.invoke(program, "") == total
    assert len(mode.stream(program, "")) >= 2
    assert mode.batch(program, ["", ""]) == [total, total]


@both
@known
def test_a_lift_after_a_stream_sees_the_sum(mode: Mode, program: Runnable[str, object], total: object) -> None:
    seen: list[object] = []

    def look(value: object) -> str:
        seen.append(value)
        return "seen"

    assert mode.stream(pipe(program, look), "") == ["seen"]
    assert seen == [total]


def test_adding_up_does_not_change_the_chunks() -> None:
    chunks = [[1], [2], [3]]
    records = [{"a": [1]}, {"a": [2]}]

    def give(_: str) -> Iterator[list[int]]:
        yield from chunks

    def give_records(_: str) -> Iterator[dict[str, list[int]]]:
        yield from records

    assert lift_stream(give).invoke("") == [1, 2, 3]
    assert lift_stream(give_records).invoke("") == {"a": [1, 2]}
    assert chunks == [[1], [2], [3]]
    assert records == [{"a": [1]}, {"a": [2]}]


def ints(_: str) -> Iterator[int]:
    yield from [1, 2, 3]


def floats(_: str) -> Iterator[float]:
    yield from [1.0]


def complexes(_: str) -> Iterator[complex]:
    yield from [1j]


def bools(_: str) -> Iterator[bool]:
    yield from [True]


def decimals(_: str) -> Iterator[Decimal]:
    yield from [Decimal(1)]


def fractions(_: str) -> Iterator[Fraction]:
    yield from [Fraction(1)]


def deltas(_: str) -> Iterator[timedelta]:
    yield from [timedelta(1)]


def nones(_: str) -> Iterator[None]:
    yield from [None]


def sets(_: str) -> Iterator[set[int]]:
    yield from [{1}]


def functions(_: str) -> Iterator[Callable[[], object]]:
    yield from [dict]


async def aints(_: str) -> AsyncIterator[int]:
    yield 1


UNKNOWN: list[object] = [ints, floats, complexes, bools, decimals, fractions, deltas, nones, sets, functions, aints]


@pytest.mark.parametrize("fn", UNKNOWN, ids=lambda fn: fn.__name__)
def test_a_streaming_leaf_over_numbers_or_unknown_types_is_refused_without_a_monoid(fn: object) -> None:
    with pytest.raises(TypeError, match="monoid"):
        lift_stream(wrong(fn))


def test_a_streaming_leaf_over_numbers_is_refused_as_a_decorator_too() -> None:
    with pytest.raises(TypeError, match="monoid"):
        wrong(lift_stream)(name="numbers")(ints)


def test_a_transform_over_numbers_is_refused_without_a_monoid() -> None:
    def through(chunks: Iterator[str]) -> Iterator[int]:
        for chunk in chunks:
            yield len(chunk)

    with pytest.raises(TypeError, match="monoid"):
        lift_transform(wrong(through))
    assert lift_transform(through, monoid=Monoid(0, add)).invoke("abc") == 3


def test_map_chunks_over_numbers_is_refused_without_a_monoid() -> None:
    def size(chunk: str) -> int:
        return len(chunk)

    with pytest.raises(TypeError, match="monoid"):
        map_chunks(wrong(size))
    assert map_chunks(size, monoid=Monoid(0, add)).invoke("abc") == 3


@both
def test_numbers_add_up_as_the_given_monoid_says(mode: Mode) -> None:
    assert mode.invoke(lift_stream(ints, monoid=Monoid(0, add)), "") == 6
    assert mode.invoke(lift_stream(ints, monoid=Semigroup(max)), "") == 3
    assert mode.invoke(lift_stream(ints, monoid=last), "") == 3
    assert mode.stream(lift_stream(ints, monoid=Monoid(0, add)), "") == [1, 2, 3]


@both
def test_a_given_monoid_wins_over_that_of_the_type(mode: Mode) -> None:
    assert mode.invoke(lift_stream(texts, monoid=last), "") == "c"
    assert mode.invoke(lift_stream(texts, monoid=Monoid("", lambda one, other: f"{one}<{other}")), "") in (
        "<a<b<c",
        "a<b<c",
    )


@both
def test_in_last_a_later_chunk_replaces_an_earlier_one(mode: Mode) -> None:
    calls: list[object] = []

    def look(value: int) -> int:
        calls.append(value)
        return value

    assert mode.stream(pipe(lift_stream(ints, monoid=last), look), "") == [3]
    assert calls == [3]


def nothing_at_all(_: str) -> Iterator[int]:
    return iter(())


@both
def test_an_empty_stream_gives_the_empty_value_of_its_monoid(mode: Mode) -> None:
    assert mode.invoke(lift_stream(letters), "") == ""
    assert mode.invoke(lift_stream(nothing_at_all, monoid=Monoid(7, add)), "") == 7
    assert mode.stream(lift_stream(letters), "") == []


@both
def test_an_empty_stream_of_a_semigroup_raises_saying_so(mode: Mode) -> None:
    with pytest.raises((TypeError, ValueError), match="empty"):
        mode.invoke(lift_stream(nothing_at_all, monoid=Semigroup(max)), "")


ordered: Monoid[list[int]] = Monoid([], add, finish=sorted)


def jumble(_: str) -> Iterator[list[int]]:
    yield from [[3], [1], [2]]


@both
def test_finish_turns_a_sum_into_the_value(mode: Mode) -> None:
    program = lift_stream(jumble, monoid=ordered)
    assert mode.invoke(program, "") == [1, 2, 3]
    assert mode.batch(program, [""]) == [[1, 2, 3]]
    assert mode.stream(program, "") == [[3], [1], [2]]


@both
def test_every_collector_sees_the_finished_value(mode: Mode) -> None:
    seen: list[list[int]] = []

    def look(value: list[int]) -> str:
        seen.append(list(value))
        return "seen"

    assert mode.stream(pipe(lift_stream(jumble, monoid=ordered), look), "") == ["seen"]
    assert mode.invoke(pipe(lift_stream(jumble, monoid=ordered), look), "") == "seen"
    assert seen == [[1, 2, 3], [1, 2, 3]]


@both
def test_finish_is_applied_to_an_empty_stream_too(mode: Mode) -> None:
    def bracket(text: str) -> str:
        return f"[{text}]"

    program = lift_stream(letters, monoid=Monoid("", add, finish=bracket))
    assert mode.invoke(program, "") == "[]"
    assert mode.invoke(program, "ab") == "[ab]"


def smaller(one: int, other: int) -> int:
    return min(one, other)


def test_a_semigroup_may_finish_too() -> None:
    assert lift_stream(ints, monoid=Semigroup(smaller, finish=increment)).invoke("") == 2


@both
def test_a_leaf_without_annotations_finds_its_monoid_from_the_first_chunk(mode: Mode) -> None:
    untyped: Callable[[str], Iterator[str]] = wrong(lambda text: iter(list(text)))
    assert mode.invoke(lift_stream(untyped), "abc") == "abc"


@both
def test_a_leaf_without_annotations_fails_where_its_first_chunk_has_no_monoid(mode: Mode) -> None:
    untyped: Callable[[str], Iterator[str]] = wrong(lambda text: iter([1, 2]))
    program = lift_stream(untyped)
    with pytest.raises(TypeError, match="monoid"):
        mode.invoke(program, "")


@both
def test_nothing_is_guessed_when_values_under_one_key_do_not_add_up(mode: Mode) -> None:
    untyped: Callable[[str], Iterator[Mapping[str, str]]] = wrong(lambda text: iter([{"a": 1}, {"a": 2}]))
    with pytest.raises(TypeError):
        mode.invoke(lift_stream(untyped), "")


@both
def test_nothing_is_guessed_when_chunks_are_of_different_types(mode: Mode) -> None:
    untyped: Callable[[str], Iterator[str]] = wrong(lambda text: iter(["a", b"b"]))
    with pytest.raises(TypeError):
        mode.invoke(lift_stream(untyped), "")


def test_what_is_no_monoid_is_refused_when_built() -> None:
    for value in (3, "last", add):
        with pytest.raises(TypeError, match="monoid"):
            lift_stream(ints, monoid=wrong(value))


def test_a_monoid_of_something_else_than_functions_is_refused() -> None:
    with pytest.raises(TypeError):
        Monoid(0, wrong("add"))
    with pytest.raises(TypeError):
        Semigroup(wrong(None))


def test_adding_up_a_long_stream_is_linear() -> None:
    def many(_: str) -> Iterator[str]:
        for _i in range(200_000):
            yield "x" * 10

    def many_lists(_: str) -> Iterator[list[int]]:
        for number in range(100_000):
            yield [number] * 10

    assert len(lift_stream(many).invoke("")) == 2_000_000
    assert len(lift_stream(many_lists).invoke("")) == 1_000_000


def test_lift_of_a_sum_of_own_type_collects_it() -> None:
    def cents(money: Money) -> int:
        return money.cents

    assert list(lift(cents).transform(iter([Money(1), Money(2)]))) == [3]
