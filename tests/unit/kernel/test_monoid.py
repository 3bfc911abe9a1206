"""How chunks add up: the built-in monoids, those given by users, and what they refuse."""

from __future__ import annotations

import array
import copy
import operator
import pickle
from collections import Counter, OrderedDict, UserString, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from fractions import Fraction
from numbers import Number
from types import MappingProxyType
from typing import Any, NamedTuple

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
    Monoid,
    RecordChunk,
    Semigroup,
    empties_of,
    last,
    list_monoid,
    monoid_of_class,
    monoid_of_value,
    record_monoid,
    tuple_monoid,
)


class Answer:
    """What a sum of ``Piece`` stands for."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answer) and type(other) is type(self) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


class Piece(Answer):
    """A chunk with a ``+`` of its own that finishes as an ``Answer`` and joins in one go."""

    joins = 0
    additions = 0

    def __add__(self, other: Piece) -> Piece:
        if not isinstance(other, Piece):
            return NotImplemented
        Piece.additions += 1
        return Piece(self.text + other.text)

    @classmethod
    def __join__(cls, chunks: Sequence[Piece]) -> Piece:
        Piece.joins += 1
        return cls("".join(chunk.text for chunk in chunks))

    def __finish__(self) -> Answer:
        return Answer(self.text)


class Price:
    """A type with ``+`` that refuses to add up different currencies."""

    def __init__(self, currency: str) -> None:
        self.currency = currency

    def __add__(self, other: Price) -> Price:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency}")
        return self


class Point(NamedTuple):
    x: int
    y: int


class Path(tuple[str, ...]):
    """A tuple with a ``+`` that keeps the type."""

    def __add__(self, other: object) -> Path:
        return Path((*self, *other)) if isinstance(other, tuple) else NotImplemented


class Markup(str):
    def __add__(self, other: str) -> Markup:
        return Markup(str(self) + other)


class Token(str):
    pass


class Mood(StrEnum):
    GLAD = "glad"


class Shade(str, Enum):  # noqa: UP042  # the older way, which users have
    DARK = "dark"


class Docs(list[str]):
    pass


class Vector:
    def __add__(self, other: Vector) -> Vector:
        return self

    def __sub__(self, other: Vector) -> Vector:
        return self


class Tensor:
    def __add__(self, other: Tensor) -> Tensor:
        return self

    def __array__(self) -> object:
        return self


class Unaddable(Piece):
    __add__ = None  # type: ignore[assignment]  # how a subclass takes an operator back


class Log(dict[str, str]):
    def __add__(self, other: Log) -> Log:
        return Log({**self, **other})

    def __finish__(self) -> str:
        return " ".join(self.values())


class Natural(Number):
    """A number by its own word: it can be added, and not subtracted."""

    def __add__(self, other: Natural) -> Natural:
        return self

    __hash__ = object.__hash__


def test_a_users_monoid_folds_with_combine() -> None:
    total = Monoid(0, operator.add)
    assert (total.join([1, 2, 3]), total.join([5]), total.join([])) == (6, 5, 0)
    assert total.total((1, 2)) == 3
    assert total.combine(1, 2) == 3


def test_finish_turns_the_sum_into_the_value() -> None:
    mean = Monoid((0.0, 0), lambda a, b: (a[0] + b[0], a[1] + b[1]), finish=lambda s: s[0] / s[1] if s[1] else None)
    assert mean.join([(3.0, 1), (5.0, 1)]) == (8.0, 2)
    assert mean.total([(3.0, 1), (5.0, 1)]) == 4.0
    assert mean.total([]) is None
    assert mean.finished((9.0, 3)) == 3.0


def test_a_semigroup_of_no_chunks_has_no_sum() -> None:
    longest: Semigroup[str] = Semigroup(_longest)
    with pytest.raises(
        ValueError, match=r"^there were no chunks to add up, and Semigroup\(_longest\) has no empty value"
    ):
        longest.join([])
    with pytest.raises(ValueError, match=r"and last has no empty value; yield at least one chunk, or give monoid="):
        last.total([])
    with pytest.raises(ValueError, match="and ADD has no empty value"):
        ADD.join([])
    with pytest.raises(ValueError, match="which only a first chunk could tell, is unknown; annotate the function"):
        BY_VALUE.join([])


@pytest.mark.parametrize("build", [Semigroup, lambda f: Monoid(0, f)])
def test_combine_must_be_a_function(build: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match=r"combine must be a function from two chunks to their sum; got 3"):
        build(3)


def test_finish_must_be_a_function_or_none() -> None:
    with pytest.raises(
        TypeError, match=r"^Monoid: finish must be a function from the sum to the value, or None; got 'x'"
    ):
        Monoid(0, operator.add, finish="x")  # type: ignore[arg-type]  # wrong on purpose


def test_equal_by_parts() -> None:
    assert Monoid(0, operator.add) == Monoid(0, operator.add)
    assert hash(Monoid(0, operator.add)) == hash(Monoid(0, operator.add))
    assert Monoid([], _longest) == Monoid([], _longest)
    assert hash(Monoid([], _longest)) == hash(Monoid([], _longest))
    assert record_monoid({"a": STR}) == record_monoid({"a": STR})
    assert hash(record_monoid({"a": STR})) == hash(record_monoid({"a": STR}))
    assert Semigroup[str](_longest) == Semigroup(_longest)


@pytest.mark.parametrize(
    "other",
    [
        Monoid(1, operator.add),
        Monoid(0, operator.mul),
        Monoid(0, operator.add, finish=str),
        Monoid(0.0, operator.add),
        Monoid(False, operator.or_),
        Semigroup[int](operator.add),
        0,
    ],
)
def test_unequal_by_any_part(other: object) -> None:
    assert Monoid(0, operator.add) != other


def test_an_empty_value_whose_equality_is_no_truth_value() -> None:
    class Odd:
        def __eq__(self, other: object) -> bool:
            raise ValueError("ambiguous")

        __hash__ = None  # type: ignore[assignment]  # unhashable on purpose

    odd = Odd()
    assert Monoid(odd, _longest) == Monoid(odd, _longest)
    assert Monoid(odd, _longest) != Monoid(Odd(), _longest)
    assert hash(Monoid(odd, _longest)) == hash(Monoid(Odd(), _longest))


def test_frozen() -> None:
    monoid = Monoid(0, operator.add)
    with pytest.raises(AttributeError, match="Monoid cannot be changed"):
        monoid.empty = 1
    with pytest.raises(AttributeError, match="Monoid cannot be changed"):
        del monoid.combine
    with pytest.raises(AttributeError, match="Monoid cannot be changed"):
        monoid.other = 1
    assert monoid == Monoid(0, operator.add)


@pytest.mark.parametrize(
    ("monoid", "text"),
    [
        (Monoid(0, operator.add), "Monoid(0, add)"),
        (Semigroup(max), "Semigroup(max)"),
        (Monoid("", operator.add, finish=str.strip), "Monoid('', add, finish=str.strip)"),
        (STR, "STR"),
        (last, "last"),
        (BY_VALUE, "BY_VALUE"),
        (record_monoid({"a": STR, "b": last}), "record_monoid({'a': STR, 'b': last})"),
        (record_monoid({}, WHOLE), "record_monoid({}, WHOLE)"),
    ],
)
def test_repr(monoid: Semigroup[Any], text: str) -> None:
    assert repr(monoid) == text


@pytest.mark.parametrize("builtin", [STR, BYTES, LIST, TUPLE, UNIFORM_TUPLE, last, ADD, WHOLE, BY_VALUE])
def test_builtins_pickle_and_copy_as_themselves(builtin: Semigroup[Any]) -> None:
    assert pickle.loads(pickle.dumps(builtin)) is builtin
    assert copy.deepcopy(builtin) is builtin


@pytest.mark.parametrize(
    "monoid",
    [
        Monoid(0, operator.add),
        Semigroup[str](max, finish=str),
        record_monoid({"a": STR, "b": record_monoid({"c": last})}),
        record_monoid({}, WHOLE),
    ],
)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles(monoid: Semigroup[Any], protocol: int) -> None:
    again = pickle.loads(pickle.dumps(monoid, protocol))
    assert again == monoid
    assert copy.deepcopy(monoid) == monoid


def test_sequences_join() -> None:
    lists: Monoid[list[int]] = list_monoid()
    tuples: Monoid[tuple[int, ...]] = tuple_monoid()
    assert STR.join(["a", "", "b"]) == "ab"
    assert BYTES.join([b"a", b"b"]) == b"ab"
    assert lists.join([[1], [], [2, 3]]) == [1, 2, 3]
    assert tuples.join([(1,), (2, 3)]) == (1, 2, 3)
    assert (STR.join([]), BYTES.join([]), LIST.join([]), TUPLE.join([])) == ("", b"", [], ())


def test_no_chunk_and_no_empty_value_is_ever_changed_or_handed_out() -> None:
    first, second = [1], [2]
    total = LIST.join([first, second])
    total.append(3)
    LIST.join([first]).append(3)
    LIST.join([]).append(3)
    assert (first, second, LIST.empty, LIST.join([])) == ([1], [2], [], [])
    mine: Monoid[list[int]] = Monoid([], operator.add)
    mine.join([]).append(1)
    assert mine.join([]) == []
    record = {"a": [1]}
    assert record_monoid({}).join([record, {"a": [2]}]) == {"a": [1, 2]}
    assert record == {"a": [1]}


@pytest.mark.parametrize(
    ("monoid", "chunks", "text"),
    [
        (STR, ["a", 1], "expected str instance, int found"),
        (LIST, [[1], "ab"], r"every chunk must be a list, as the first one is; got 'ab' of type str"),
        (LIST, [[1], (2,)], r"every chunk must be a list, as the first one is; got \(2,\) of type tuple"),
        (TUPLE, [(1,), [2]], r"every chunk must be a tuple, as the first one is; got \[2\] of type list"),
        (record_monoid({}), [{}, None], r"every chunk must be a mapping, as the first one is; got None"),
    ],
)
def test_a_chunk_of_another_type_is_refused(monoid: Semigroup[Any], chunks: list[object], text: str) -> None:
    with pytest.raises(TypeError, match=text):
        monoid.join(chunks)


def test_last_takes_any_type() -> None:
    numbers: Semigroup[int] = last
    assert numbers.join([1, 2]) == 2
    assert last.combine("a", "b") == "b"
    assert last.total([{"a": 1}, {"a": 2}]) == {"a": 2}


def test_a_type_with_its_own_add_joins_in_one_go_and_finishes() -> None:
    Piece.joins = Piece.additions = 0
    chunks = [Piece(str(n)) for n in range(10_000)]
    total = ADD.join(chunks)
    assert (type(total), total.text) == (Piece, "".join(map(str, range(10_000))))
    assert (Piece.joins, Piece.additions) == (1, 0)
    assert ADD.total([Piece("a"), Piece("b")]) == Answer("ab")
    assert ADD.total([Piece("a")]) == Answer("a")
    assert ADD.combine(Piece("a"), Piece("b")) == Piece("ab")


def test_one_go_only_for_chunks_of_the_class() -> None:
    class Shout(Answer):
        def __radd__(self, other: Piece) -> Piece:
            return Piece(other.text + self.text.upper())

    assert ADD.join([Piece("a"), Shout("b"), Piece("c")]) == Piece("aBc")


def test_a_type_with_only_add_is_folded() -> None:
    assert ADD.join([UserString("a"), UserString("b")]) == "ab"
    assert ADD.join([deque([1]), deque([2])]) == deque([1, 2])
    assert ADD.join([bytearray(b"a"), bytearray(b"b")]) == bytearray(b"ab")


def test_byte_arrays_join_in_one_go() -> None:
    class Refusing(bytearray):
        def __radd__(self, other: object) -> bytearray:
            raise AssertionError("added with +, which copies the whole sum so far")

    assert ADD.join([bytearray(b"a"), Refusing(b"b"), Refusing(b"c")]) == bytearray(b"abc")


def test_what_add_raises_comes_through() -> None:
    with pytest.raises(ValueError, match="EUR and USD"):
        ADD.join([Price("EUR"), Price("USD")])
    with pytest.raises(TypeError, match="can only concatenate deque"):
        BY_VALUE.join([deque([1]), 3])


def test_records_add_up_key_by_key() -> None:
    scores = record_monoid({"score": last, "text": STR})
    chunks: list[Mapping[str, object]] = [
        {"text": "a", "score": 1},
        {"more": [1]},
        {"text": "b", "more": [2]},
        {"score": 2},
    ]
    assert scores.join(chunks) == {"text": "ab", "score": 2, "more": [1, 2]}
    assert list(scores.join(chunks)) == ["text", "score", "more"]
    assert scores.join([]) == {}
    assert type(scores.join([MappingProxyType({"a": 1}), OrderedDict(b=2)])) is dict
    assert scores.combine({"text": "a"}, {"text": "b"}) == {"text": "ab"}


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
    other["more"] = 1
    inner = other["inner"]
    assert isinstance(inner, Mapping)
    assert (type(other), chunk, inner["text"]) == (RecordChunk, {"text": "a"}, "")


def _longest(a: Any, b: Any) -> Any:  # Any: of anything with a length
    return max(a, b, key=len)
