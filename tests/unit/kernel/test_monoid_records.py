"""How records add up, key by key."""

from __future__ import annotations

import array
import copy
import operator
import pickle
from collections import Counter, OrderedDict, UserString, defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pytest

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
    monoid_of_class,
    monoid_of_value,
    record_monoid,
)
from runlaw.kernel.semigroup import Monoid, Semigroup

from .monoid_samples import (
    Answer,
    Docs,
    Log,
    Markup,
    Mood,
    Natural,
    Path,
    Piece,
    Point,
    Price,
    Shade,
    Tensor,
    Token,
    Unaddable,
    Vector,
)


def test_records_in_records() -> None:
    chunks: list[Mapping[str, object]] = [{"a": {"b": "x"}}, {"a": {"c": [1]}}, {"a": {"b": "y"}}]
    assert record_monoid({}).join(chunks) == {"a": {"b": "xy", "c": [1]}}
    assert record_monoid({"a": record_monoid({"b": last})}).join(chunks) == {"a": {"b": "y", "c": [1]}}


def test_a_key_that_cannot_add_up_may_come_once() -> None:
    assert record_monoid({}).join([{"n": 1}, {"m": 2}]) == {"n": 1, "m": 2}
    with pytest.raises(
        TypeError,
        match=r"^the key 'n' of a record came in 2 chunks, and nothing says how its values, of "
        r"type int, add up; let it come in one, or say how: monoid=record_monoid\(\{'n': last\}\)$",
    ):
        record_monoid({}).join([{"n": 1}, {"n": 2}])
    with pytest.raises(TypeError, match="the key 'n' of a record came in 2 chunks"):
        record_monoid({"n": WHOLE}).combine({"n": "a"}, {"n": "b"})


def test_an_error_inside_records_names_every_key_on_the_way() -> None:
    with pytest.raises(TypeError, match="the key 'b' of a record") as caught:
        record_monoid({}).join([{"a": {"b": 1}}, {"a": {"b": 2}}])
    assert caught.value.__notes__ == ["while adding up the key 'a' of a record"]
    with pytest.raises(ValueError, match="EUR and USD") as caught_value:
        record_monoid({}).join([{"price": Price("EUR")}, {"price": Price("USD")}])
    assert caught_value.value.__notes__ == ["while adding up the key 'price' of a record"]


def test_the_default_serves_unknown_keys() -> None:
    assert record_monoid({"a": STR}, last).join([{"a": "x", "n": 1}, {"a": "y", "n": 2}]) == {"a": "xy", "n": 2}


def test_record_monoid_wants_monoids() -> None:
    with pytest.raises(TypeError, match=r"^record_monoid: the key 'a' needs a Monoid or Semigroup; got <class 'str'>$"):
        record_monoid({"a": str})  # type: ignore[dict-item]  # wrong on purpose
    with pytest.raises(TypeError, match=r"^record_monoid: default needs a Monoid or Semigroup; got 0$"):
        record_monoid({}, 0)  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(TypeError, match=r"^record_monoid: fields must be a mapping from keys to monoids; got 'a'$"):
        record_monoid("a")  # type: ignore[arg-type]  # wrong on purpose


def test_a_record_monoid_keeps_its_fields_from_later_changes() -> None:
    fields: dict[str, Semigroup[Any]] = {"a": last}
    monoid = record_monoid(fields)
    fields["a"] = STR
    assert monoid.join([{"a": "x"}, {"a": "y"}]) == {"a": "y"}


def test_records_finish_each_value_by_its_own_monoid() -> None:
    upper = Monoid("", operator.add, finish=str.upper)
    monoid = record_monoid({"a": upper, "b": ADD})
    assert monoid.total([{"a": "x", "b": Piece("p")}, {"a": "y"}]) == {"a": "XY", "b": Answer("p")}
    nested: list[Mapping[str, object]] = [{"in": {"b": Piece("p")}}, {"in": {"b": Piece("q")}, "n": 1}]
    assert record_monoid({}).total(nested) == {"in": {"b": Answer("pq")}, "n": 1}
    assert BY_VALUE.total(nested) == {"in": {"b": Answer("pq")}, "n": 1}


def test_finishing_by_value_leaves_finished_values_alone() -> None:
    plain: dict[str, object] = {"a": {"b": 1}}
    plain["self"] = plain
    assert BY_VALUE.finished(plain) is plain
    deep: dict[str, object] = {}
    for _ in range(100_000):
        deep = {"in": deep}
    assert BY_VALUE.finished(deep) is deep
    assert BY_VALUE.total([Log(a="x"), Log(b="y")]) == "x y"
    answer = Answer("a")
    assert BY_VALUE.finished(answer) is answer
    assert BY_VALUE.finished(Piece("a")) == answer


@pytest.mark.parametrize(
    ("chunk", "monoid"),
    [
        ("a", STR),
        (b"a", BYTES),
        ([1], LIST),
        ((), UNIFORM_TUPLE),
        ((1, 2), UNIFORM_TUPLE),
        ({}, record_monoid({})),
        (OrderedDict(), record_monoid({})),
        (defaultdict(list), record_monoid({})),
        (MappingProxyType({}), record_monoid({})),
        (RecordChunk({}, {}), record_monoid({})),
        (Piece("a"), ADD),
        (Price("EUR"), ADD),
        (Markup("a"), ADD),
        (Path(("a",)), ADD),
        (Log(), ADD),
        (UserString("a"), ADD),
        (bytearray(b"a"), ADD),
        (deque(["a"]), ADD),
    ],
    ids=lambda value: type(value).__name__,
)
def test_types_that_know_how_to_add_up(chunk: object, monoid: Semigroup[Any]) -> None:
    assert monoid_of_value(chunk) == monoid


@pytest.mark.parametrize(
    "chunk",
    [
        1, 1.5, 1j, True, None, Decimal(1), Fraction(1, 2), timedelta(1), date(2026, 1, 1), array.array("i", [1]),
        Counter("a"), Vector(), Natural(), Tensor(),
        {1}, frozenset({1}), object(), range(3), print, int, memoryview(b"a"),
        (1, "a"), Point(1, 2), Token("a"), Mood.GLAD, Shade.DARK, Docs(["a"]), Answer("a"), Unaddable("a"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_types_that_do_not(chunk: object) -> None:
    assert monoid_of_value(chunk) is None
    assert BY_VALUE.join([chunk]) is chunk
    with pytest.raises(
        TypeError, match=rf"^chunks of type {type(chunk).__qualname__} do not know how to add up; give mono"
    ):
        BY_VALUE.join([chunk, chunk])


def test_a_metaclass_does_not_lend_its_operators() -> None:
    class Meta(type):
        def __add__(cls, other: object) -> object:
            return cls

    class Plain(metaclass=Meta):
        pass

    assert monoid_of_class(Plain) is None


def test_tuples_known_by_value_only_are_of_one_type() -> None:
    assert BY_VALUE.join([(1,), (2, 3)]) == (1, 2, 3)
    assert BY_VALUE.join([(1, "a")]) == (1, "a")
    assert UNIFORM_TUPLE.join([(1, "a")]) == (1, "a")
    assert UNIFORM_TUPLE.join([]) == ()
    with pytest.raises(TypeError, match=r"^chunks of type tuple do not know how to add up"):
        BY_VALUE.join([(1, "a"), (2, "b")])
    with pytest.raises(
        TypeError, match=r"^tuples of int and str do not know how to add up: it may be that each is one"
    ):
        BY_VALUE.join([(1,), ("a",)])
    with pytest.raises(TypeError, match=r"^tuples of int and str do not know how to add up"):
        UNIFORM_TUPLE.combine((1,), ("a",))
    assert TUPLE.join([(1, "a"), (2,)]) == (1, "a", 2)


def test_whole_values_come_in_one_chunk() -> None:
    assert WHOLE.total([3]) == 3
    with pytest.raises(
        TypeError, match=r"^chunks of type str do not know how to add up; give monoid=, for example monoid="
    ):
        WHOLE.join(["a", "b"])


def test_a_record_chunk_reads_empty_values_of_keys_that_did_not_advance() -> None:
    empties = empties_of({"text": STR, "items": LIST, "score": last, "inner": record_monoid({"text": STR, "n": WHOLE})})
    chunk = RecordChunk({"text": "a"}, empties)
    assert (chunk["text"], chunk["items"], chunk["inner"]) == ("a", [], {})
    inner = chunk["inner"]
    assert isinstance(inner, dict)
    assert inner["text"] == ""
    for absent in ("score", "other"):
        with pytest.raises(KeyError, match=absent):
            chunk[absent]
    with pytest.raises(KeyError, match="n"):
        inner["n"]


def test_a_record_chunk_is_else_the_dict_of_its_keys() -> None:
    chunk = RecordChunk({"text": "a"}, empties_of({"items": LIST}))
    items = chunk["items"]
    assert isinstance(items, list)
    items.append(1)
    assert chunk["items"] == []
    assert chunk == {"text": "a"}
    assert operator.eq({"text": "a"}, chunk)
    assert repr(chunk) == "{'text': 'a'}"
    assert (chunk.get("items"), chunk.get("items", 1), "items" in chunk, len(chunk), list(chunk)) == (
        None, 1, False, 1, ["text"],
    )  # fmt: skip


@pytest.mark.parametrize("again", [lambda c: pickle.loads(pickle.dumps(c)), copy.copy, copy.deepcopy, RecordChunk.copy])
def test_a_record_chunk_copies_whole(again: Callable[[RecordChunk], RecordChunk]) -> None:
    chunk = RecordChunk({"text": "a"}, empties_of({"inner": record_monoid({"text": STR})}))
    other = again(chunk)
    assert other == {"text": "a"}
    other["more"] = 1
    inner = other["inner"]
    assert isinstance(inner, Mapping)
    assert (type(other), chunk, inner["text"]) == (RecordChunk, {"text": "a"}, "")


def test_a_key_that_did_not_advance_and_has_no_empty_value_is_explained() -> None:
    chunk = RecordChunk({"joke": "Why"}, empties_of({"joke": STR, "score": last}))
    with pytest.raises(KeyError, match="score") as raised:
        chunk["score"]
    assert "did not advance" in raised.value.__notes__[0]
