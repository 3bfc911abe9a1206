"""How chunks add up: the built-in monoids, those given by users, and what they refuse."""

from __future__ import annotations

import copy
import operator
import pickle
from collections import OrderedDict, UserString, deque
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest

from runlaw.kernel.monoid import (
    ADD,
    BY_VALUE,
    BYTES,
    GIVEN,
    LIST,
    STR,
    TUPLE,
    UNIFORM_TUPLE,
    WHOLE,
    last,
    list_monoid,
    record_monoid,
    tuple_monoid,
)
from runlaw.kernel.semigroup import Monoid, Semigroup

from .monoid_samples import Answer, Piece, Price


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
    with pytest.raises(ValueError, match=r"a type that adds up by a \+ of its own has no empty value"):
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
        (STR, ["a", 1], "^every chunk must be a str, as the first one is; got 1 of type int$"),
        (STR, [1, "a"], "^every chunk must be a str; got 1 of type int$"),
        (BYTES, [b"a", "b"], "^every chunk must be a bytes, as the first one is; got 'b' of type str$"),
        (BYTES, [bytearray(b"a"), memoryview(b"b"), None], "got None of type NoneType$"),
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


def _longest(a: Any, b: Any) -> Any:  # Any: of anything with a length
    return max(a, b, key=len)


def test_chunks_that_are_given_as_input_are_spoken_of_as_input() -> None:
    assert GIVEN.join([3]) == 3
    assert GIVEN.join(["a", "b"]) == "ab"
    with pytest.raises(TypeError, match=r"the input came in 2 chunks of type int, .* give it in one chunk"):
        GIVEN.join([1, 2])
    with pytest.raises(ValueError, match="the input came in no chunks"):
        GIVEN.join([])
