"""Chunks add up lawfully: however a stream is cut, the sum is the same, in one pass, and no chunk is changed."""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlaw.algebra.chunks import require_monoid
from runlaw.kernel.monoid import (
    ADD,
    BY_VALUE,
    BYTES,
    LIST,
    STR,
    TUPLE,
    UNIFORM_TUPLE,
    WHOLE,
    RecordChunk,
    empties_of,
    last,
    record_monoid,
)
from runlaw.kernel.semigroup import Monoid, Semigroup


@dataclass(frozen=True)
class Reply:
    text: str
    tokens: int


@dataclass(frozen=True)
class ReplyChunk:
    """A chunk with a sum, a linear sum and a finished form of its own."""

    text: str
    tokens: int = 1

    def __add__(self, other: ReplyChunk) -> ReplyChunk:
        if not isinstance(other, ReplyChunk):
            return NotImplemented
        return ReplyChunk(self.text + other.text, self.tokens + other.tokens)

    @classmethod
    def __join__(cls, chunks: Sequence[ReplyChunk]) -> ReplyChunk:
        return cls("".join(chunk.text for chunk in chunks), sum(chunk.tokens for chunk in chunks))

    def __finish__(self) -> Reply:
        return Reply(self.text, self.tokens)


class Case(NamedTuple):
    """A way to add up, and chunks that it adds up."""

    monoid: Semigroup[Any]
    chunks: list[Any]


TEXT = st.text(max_size=4)
REPLIES = st.builds(ReplyChunk, TEXT, st.integers(0, 9))
FIELDS: Mapping[str, Semigroup[Any]] = {
    "text": STR,
    "items": LIST,
    "score": last,
    "total": Monoid(0, operator.add),
    "reply": ADD,
}
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "text": TEXT,
        "items": st.lists(st.integers(), max_size=3),
        "score": st.none() | st.integers(),
        "total": st.integers(),
        "reply": REPLIES,
        "other": st.binary(max_size=3),
    },
)
CHUNKS: list[tuple[Semigroup[Any], st.SearchStrategy[Any]]] = [
    (STR, TEXT),
    (BYTES, st.binary(max_size=4)),
    (LIST, st.lists(st.integers(), max_size=4)),
    (TUPLE, st.lists(st.none() | st.integers() | TEXT, max_size=4).map(tuple)),
    (UNIFORM_TUPLE, st.lists(st.integers(), max_size=4).map(tuple)),
    (last, st.none() | st.integers() | TEXT),
    (ADD, REPLIES),
    (Monoid(0, operator.add), st.integers()),
    (Semigroup(max, finish=str), st.integers()),
    (record_monoid(FIELDS), RECORDS),
    (record_monoid({}, record_monoid(FIELDS)), st.dictionaries(st.sampled_from("abc"), RECORDS)),
    (record_monoid({}, last), st.dictionaries(st.sampled_from("abc"), st.integers())),
    (require_monoid(dict[str, list[int]], "f"), st.dictionaries(st.sampled_from("abc"), st.lists(st.integers()))),
]
BY_VALUE_CHUNKS = [
    TEXT,
    st.binary(max_size=4),
    st.lists(st.integers(), max_size=4),
    st.lists(st.integers(), max_size=4).map(tuple),
    REPLIES,
    st.dictionaries(st.sampled_from("abc"), TEXT),
    st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.sampled_from("abc"), REPLIES)),
    st.fixed_dictionaries({}, optional={"a": TEXT, "b": REPLIES, "c": st.lists(TEXT, max_size=2)}),
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT | st.binary(max_size=2) | REPLIES,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.lists(inner, max_size=2).map(tuple)
        | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=4,
)
SIMILAR = st.lists(ANYTHING, max_size=4) | st.lists(st.dictionaries(st.sampled_from("abcdef"), ANYTHING, max_size=2))


def cases(min_size: int = 1, max_size: int = 8) -> st.SearchStrategy[Case]:
    """Cases of every built-in way to add up, and of some that users give."""
    known = [
        st.builds(Case, st.just(monoid), st.lists(chunk, min_size=min_size, max_size=max_size))
        for monoid, chunk in [*CHUNKS, *((BY_VALUE, chunk) for chunk in BY_VALUE_CHUNKS)]
    ]
    return st.one_of(known)


def cuts(chunks: Sequence[Any], data: st.DataObject) -> list[Sequence[Any]]:
    """The chunks in consecutive groups, none empty."""
    inner = sorted(data.draw(st.sets(st.integers(1, max(1, len(chunks) - 1)))))
    bounds = [0, *(place for place in inner if place < len(chunks)), len(chunks)]
    return [chunks[start:stop] for start, stop in pairwise(bounds)]


def outcome(f: Callable[[], object]) -> object:
    try:
        return f()
    except TypeError:
        return TypeError


@given(cases(min_size=3, max_size=3))
def test_combining_is_associative(case: Case) -> None:
    combine, (a, b, c) = case.monoid.combine, case.chunks
    assert combine(combine(a, b), c) == combine(a, combine(b, c))


@given(cases(max_size=1))
def test_the_empty_value_is_neutral_and_one_chunk_is_its_own_sum(case: Case) -> None:
    (chunk,) = case.chunks
    assert case.monoid.join([chunk]) == chunk
    if isinstance(case.monoid, Monoid):
        assert case.monoid.combine(case.monoid.empty, chunk) == chunk == case.monoid.combine(chunk, case.monoid.empty)
        assert case.monoid.join([]) == case.monoid.empty
        assert case.monoid.join([case.monoid.empty, chunk, case.monoid.empty]) == chunk
    else:
        with pytest.raises(ValueError, match="there were no chunks to add up"):
            case.monoid.join([])


@given(cases())
def test_joining_is_folding_with_combine(case: Case) -> None:
    joined = case.monoid.join(case.chunks)
    folded = reduce(case.monoid.combine, case.chunks)
    assert joined == folded
    assert type(joined) is type(folded)


@given(cases(), st.data())
def test_every_cut_has_the_same_sum(case: Case, data: st.DataObject) -> None:
    sums = [case.monoid.join(group) for group in cuts(case.chunks, data)]
    assert case.monoid.join(sums) == case.monoid.join(case.chunks)
    assert case.monoid.total(sums) == case.monoid.total(case.chunks) == case.monoid.finished(case.monoid.join(sums))


@given(cases())
def test_no_chunk_is_changed(case: Case) -> None:
    before = copy.deepcopy(case.chunks)
    empty = copy.deepcopy(getattr(case.monoid, "empty", None))
    total = case.monoid.join(case.chunks)
    case.monoid.total(case.chunks)
    reduce(case.monoid.combine, case.chunks)
    if len(case.chunks) > 1 and isinstance(total, (list, dict)) and case.monoid is not last:
        total.clear()
    assert case.chunks == before
    assert getattr(case.monoid, "empty", None) == empty


@given(st.sampled_from(BY_VALUE_CHUNKS).flatmap(lambda chunk: st.lists(chunk, min_size=1, max_size=6)))
def test_the_first_chunk_tells_what_a_declared_type_would(chunks: list[Any]) -> None:
    forms = {str: str, bytes: bytes, list: list[int], tuple: tuple[int, ...], ReplyChunk: ReplyChunk, dict: dict}
    declared = require_monoid(forms[type(chunks[0])], "f")
    assert BY_VALUE.join(chunks) == declared.join(chunks)
    assert BY_VALUE.total(chunks) == declared.total(chunks)


@given(SIMILAR.filter(bool), st.data())
def test_whatever_comes_is_added_up_whole_or_refused(chunks: list[Any], data: st.DataObject) -> None:
    joined = outcome(lambda: BY_VALUE.join(chunks))
    assert joined == outcome(lambda: reduce(BY_VALUE.combine, chunks))
    assert joined == outcome(lambda: BY_VALUE.join([BY_VALUE.join(group) for group in cuts(chunks, data)]))
    if joined is not TypeError:
        assert sorted(map(repr, atoms([joined]))) == sorted(map(repr, atoms(chunks)))


def atoms(chunks: Sequence[Any]) -> Iterator[object]:
    """What must be found again in a sum: characters, bytes, items, each key's own ones, and other values as such."""
    for chunk in chunks:
        match chunk:
            case str() | bytes() | list() | tuple():
                yield from ((type(chunk).__name__, part) for part in chunk)
            case ReplyChunk():
                yield from (("reply", part) for part in chunk.text)
            case dict():
                yield from ((key, atom) for key, value in chunk.items() for atom in atoms([value]))
            case _:
                yield chunk


@given(st.lists(RECORDS, min_size=1, max_size=6))
def test_record_chunks_add_up_as_dicts_do(chunks: list[dict[str, object]]) -> None:
    monoid = record_monoid(FIELDS)
    records = [RecordChunk(chunk, empties_of(FIELDS)) for chunk in chunks]
    total = monoid.join(records)
    assert total == monoid.join(chunks)
    assert type(total) is dict
    for record in records:
        for key, field in FIELDS.items():
            if isinstance(field, Monoid):
                read = record[key]
                assert read == record.get(key, field.empty)


class CountedList(list[int]):
    """A list that counts how often it is copied and refuses to be added with ``+``."""

    reads = 0

    def __iter__(self) -> Iterator[int]:
        CountedList.reads += 1
        return super().__iter__()

    def __add__(self, other: object) -> Any:
        raise AssertionError("added with +, which copies the whole sum so far")


class CountedTuple(tuple[int, ...]):
    """A tuple that counts how often it is copied and refuses to be added with ``+``."""

    reads = 0

    def __iter__(self) -> Iterator[int]:
        CountedTuple.reads += 1
        return super().__iter__()

    def __add__(self, other: object) -> Any:
        raise AssertionError("added with +, which copies the whole sum so far")


class CountedRecord(Mapping[str, str]):
    """A record of one key that counts how often it is read."""

    reads = 0

    def __init__(self, key: str, value: str) -> None:
        self.record = {key: value}

    def __getitem__(self, key: str) -> str:
        CountedRecord.reads += 1
        return self.record[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.record)

    def __len__(self) -> int:
        return len(self.record)


@given(st.integers(2, 300))
def test_joining_copies_every_chunk_once(n: int) -> None:
    CountedList.reads = CountedTuple.reads = CountedRecord.reads = 0
    assert LIST.join([CountedList([i]) for i in range(n)]) == list(range(n))
    assert CountedList.reads == n
    assert TUPLE.join([CountedTuple([i]) for i in range(n)]) == tuple(range(n))
    assert CountedTuple.reads == n
    records = record_monoid({}).join([CountedRecord("ab"[i % 2], "x") for i in range(n)])
    assert CountedRecord.reads == n
    assert records == {"a": "x" * ((n + 1) // 2), "b": "x" * (n // 2)}


@given(st.integers(2, 300))
def test_a_running_sum_in_records_hands_every_key_its_chunks_at_once(n: int) -> None:
    calls: list[int] = []

    class Counting(Monoid[str]):
        def join(self, chunks: Sequence[str]) -> str:
            calls.append(len(chunks))
            return "".join(chunks)

    monoid = record_monoid({"in": record_monoid({"text": Counting("", operator.add)})})
    assert monoid.join([{"in": {"text": "x"}}] * n) == {"in": {"text": "x" * n}}
    assert calls == [n]


@given(ANYTHING, ANYTHING)
def test_whole_values_never_add_up(a: object, b: object) -> None:
    assert WHOLE.join([a]) is a
    with pytest.raises(TypeError, match="do not know how to add up"):
        WHOLE.combine(a, b)
