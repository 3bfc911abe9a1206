"""Section 2: mappings are merged key by key, to the class that the function says; to a dict where it says none."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from runlaw import lift, lift_stream, parallel, pipe
from runlaw.laws import check_laws, law_named

from .support import Way, every_way


def ordered(text: str) -> Iterator[OrderedDict[str, str]]:
    for letter in text:
        yield OrderedDict({"all": letter, letter: "!"})


def grouped(text: str) -> Iterator[defaultdict[str, list[int]]]:
    for place, letter in enumerate(text):
        groups: defaultdict[str, list[int]] = defaultdict(list)
        groups[letter].append(place)
        yield groups


class Headers(dict[str, str]):
    pass


def headers(text: str) -> Iterator[Headers]:
    for letter in text:
        yield Headers(all=letter)


def fixed(text: str) -> Iterator[MappingProxyType[str, str]]:
    for letter in text:
        yield MappingProxyType({"all": letter})


def collected(sum_of_chunks: Mapping[str, object]) -> Mapping[str, object]:
    return sum_of_chunks


MERGED: dict[str, tuple[Callable[[str], Iterator[Any]], dict[str, object]]] = {  # Any: mappings of several classes
    "OrderedDict": (ordered, {"all": "aba", "a": "!!", "b": "!"}),
    "defaultdict": (grouped, {"a": [0, 2], "b": [1]}),
    "a class derived from dict": (headers, {"all": "aba"}),
}
merged = pytest.mark.parametrize(("fn", "total"), list(MERGED.values()), ids=list(MERGED))


def without_annotations(fn: Callable[[str], Iterator[Any]]) -> Callable[[Any], Any]:  # Any: nothing is said of it
    def bare(text):  # type: ignore[no-untyped-def]  # nothing is said of it, which is under test
        return fn(text)

    return bare


@merged
@every_way
def test_mappings_of_every_class_are_merged(
    fn: Callable[[str], Iterator[Mapping[str, object]]], total: dict[str, object], way: Way
) -> None:
    for streamed in (lift_stream(fn), lift_stream(without_annotations(fn))):
        assert way(pipe(streamed, collected), "aba") == total


@merged
def test_the_sum_is_of_the_class_that_is_said(
    fn: Callable[[str], Iterator[Mapping[str, object]]], total: dict[str, object]
) -> None:
    for program in (lift_stream(fn), lift_stream(fn) | lift(collected)):
        for text in ("aba", "a", ""):
            assert type(program.invoke(text)) is type(next(fn("a")))
    assert type(lift_stream(without_annotations(fn)).invoke("aba")) is dict
    assert lift_stream(fn).invoke("") == {}


def test_a_defaultdict_makes_what_is_missing_as_its_chunks_do() -> None:
    assert lift_stream(grouped).invoke("aba")["z"] == []


class Named(OrderedDict[str, str]):
    def __init__(self, name: str) -> None:
        super().__init__(name=name)


def named(text: str) -> Iterator[Named]:
    yield Named(text)


@pytest.mark.parametrize("fn", [named, fixed])
def test_a_class_that_nothing_says_how_to_build_is_refused_when_built(
    fn: Callable[[str], Iterator[Mapping[str, str]]],
) -> None:
    with pytest.raises(TypeError, match=r"do not know how to add up \(nothing says how to build such a mapping"):
        lift_stream(fn)
    assert lift_stream(without_annotations(fixed)).invoke("aba") == {"all": "aba"}


@pytest.mark.parametrize("fn", [ordered, grouped])
def test_its_laws_hold_also_that_outputs_fit(fn: Callable[[str], Iterator[Mapping[str, object]]]) -> None:
    few = settings(max_examples=5, database=None, deadline=None)
    report = check_laws(lift_stream(fn), st.text("ab", max_size=3), settings=few)
    assert law_named("outputs fit") in report.applied


def test_a_branch_that_has_not_advanced_reads_as_the_empty_mapping() -> None:
    first = next(parallel(a=lift_stream(ordered), b=lift_stream(grouped)).stream("a"))
    (missing,) = {"a", "b"} - set(first)
    assert (type(first[missing]), first[missing]) == ({"a": OrderedDict, "b": defaultdict}[missing], {})
