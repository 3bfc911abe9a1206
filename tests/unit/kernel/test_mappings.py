"""Mappings of a class of their own: merged to a mapping of that class."""

from __future__ import annotations

import pickle
from collections import ChainMap, Counter, OrderedDict, UserDict, defaultdict
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from runlaw.kernel.mappings import Mappings, can_be_built
from runlaw.kernel.monoid import ADD, BY_VALUE, LIST, STR, empties_of, last, record_monoid


class Headers(dict[str, str]): ...


class Named(dict[str, str]):
    def __init__(self, name: str) -> None: ...


class Made(OrderedDict[str, str]):
    def __new__(cls, *args: object) -> Made:
        return super().__new__(cls)


class Grouped(defaultdict[str, list[int]]): ...


class Words:
    """A sum of words, which is finished to a text."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def __add__(self, other: Words) -> Words:
        return Words(*self.words, *other.words)

    def __finish__(self) -> str:
        return " ".join(self.words)


@pytest.mark.parametrize("kind", [dict, OrderedDict, defaultdict, Headers, Grouped])
def test_what_can_be_built(kind: type[dict[str, object]]) -> None:
    assert can_be_built(kind)
    total = Mappings(kind, BY_VALUE).join([kind(), kind()])
    assert (type(total), total) == (kind, {})


@pytest.mark.parametrize("kind", [Mapping, MappingProxyType, ChainMap, UserDict, Named, Made])
def test_what_cannot(kind: type) -> None:
    assert not can_be_built(kind)


def test_the_sum_is_of_the_class_and_no_chunk_is_changed() -> None:
    chunks = [OrderedDict(a="x", b="y"), OrderedDict(c="z", a="!")]
    total = Mappings(OrderedDict, STR).join(chunks)
    assert type(total) is OrderedDict
    assert list(total.items()) == [("a", "x!"), ("b", "y"), ("c", "z")]
    assert chunks == [OrderedDict(a="x", b="y"), OrderedDict(c="z", a="!")]


def test_a_defaultdict_has_the_first_factory_that_there_is() -> None:
    monoid = Mappings(defaultdict, LIST)
    factories: list[type[list[int]] | None] = [None, list]
    for order in (factories, factories[::-1]):
        total = monoid.join([defaultdict(factory, {"a": [1]}) for factory in order])
        assert (total.default_factory, total) == (list, {"a": [1, 1]})
    assert monoid.join([monoid.empty, defaultdict(list)]).default_factory is list
    assert monoid.join([]).default_factory is None


def test_the_empty_one_is_of_the_class_and_anew_each_time() -> None:
    monoid = Mappings(OrderedDict, STR)
    assert type(monoid.join([])) is type(monoid.empty) is OrderedDict
    assert monoid.join([]) is not monoid.join([])
    assert type(empties_of({"a": monoid})["a"]) is OrderedDict


def test_values_are_finished_in_a_mapping_of_the_class() -> None:
    total = Mappings(OrderedDict, ADD).total([OrderedDict(a=Words("to")), OrderedDict(a=Words("be"), b=Words("or"))])
    assert (type(total), total) == (OrderedDict, {"a": "to be", "b": "or"})


def test_they_are_values() -> None:
    one = Mappings(OrderedDict, STR)
    assert one == Mappings(OrderedDict, STR) == pickle.loads(pickle.dumps(one))
    assert hash(one) == hash(Mappings(OrderedDict, STR))
    assert one not in [Mappings(defaultdict, STR), Mappings(OrderedDict, last), record_monoid({}, STR)]
    assert repr(one) == "Mappings(OrderedDict, STR)"


def test_what_does_not_add_up_is_named() -> None:
    with pytest.raises(TypeError, match=r"^the key 'a' of a record came in 2 chunks"):
        Mappings(OrderedDict, BY_VALUE).join([OrderedDict(a=1), OrderedDict(a=2)])
    with pytest.raises(TypeError, match=r"^every chunk must be a mapping, as the first one is; got 3"):
        Mappings(OrderedDict, BY_VALUE).join([OrderedDict(a=1), 3])  # type: ignore[list-item]  # which is under test


def test_counters_count() -> None:
    assert can_be_built(Counter) is False
