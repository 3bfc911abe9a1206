"""Section 2: the lift functions as decorators, and their common options."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from runlaw import Runnable, current_run, lift, lift_batch, lift_stream, lift_transform

from .support import Way, every_way, exclaim, letters, shout, upper_chunks, wrong


def shout_all(texts: Sequence[str]) -> Sequence[str]:
    return [text.upper() for text in texts]


LIFTS: dict[str, tuple[Any, Any]] = {  # Any: the four decorators take functions of different shapes
    "lift": (lift, shout),
    "lift_stream": (lift_stream, letters),
    "lift_transform": (lift_transform, upper_chunks),
    "lift_batch": (lift_batch, shout_all),
}
every_lift = pytest.mark.parametrize(("decorator", "fn"), list(LIFTS.values()), ids=list(LIFTS))
OPTIONS: dict[str, object] = {
    "name": "other",
    "run_type": "tool",
    "tags": ["a", "b"],
    "metadata": {"k": 1},
    "blocking": False,
}


@every_lift
@pytest.mark.parametrize("option", list(OPTIONS))
def test_an_option_beside_the_function_is_the_decorator_with_that_option(
    decorator: Any, fn: Any, option: str
) -> None:  # Any: see LIFTS
    options = {option: OPTIONS[option]}
    assert decorator(fn, **options) == decorator(**options)(fn)
    assert decorator(fn, **options) != decorator(fn)
    assert isinstance(decorator(**options)(fn), Runnable)


@every_lift
def test_each_of_the_lifts_works_with_all_options_at_once(decorator: Any, fn: Any) -> None:  # Any: see LIFTS
    program = decorator(fn, **OPTIONS)
    assert program == decorator(**OPTIONS)(fn)
    assert program.name == "other"
    assert program.invoke("ab").lower() == "ab"


@every_lift
def test_each_of_the_lifts_works_with_empty_parentheses(decorator: Any, fn: Any) -> None:  # Any: see LIFTS
    assert decorator()(fn) == decorator(fn)


@every_lift
def test_a_leaf_has_the_name_of_its_function_unless_it_is_given_one(decorator: Any, fn: Any) -> None:  # Any: see LIFTS
    assert decorator(fn).name == fn.__name__
    assert decorator(fn, name="given").name == "given"


def test_lift_works_as_a_bare_decorator() -> None:
    @lift
    def quote(text: str) -> str:
        return f"'{text}'"

    assert isinstance(quote, Runnable)
    assert quote("a") == quote.invoke("a") == "'a'"


def test_lift_works_as_a_decorator_with_options() -> None:
    @lift(name="q", tags=["t"], blocking=False)
    def quote(text: str) -> str:
        return f"'{text}'"

    assert quote.name == "q"
    assert quote.invoke("a") == "'a'"


def test_lift_stream_works_as_a_decorator_with_options() -> None:
    @lift_stream(name="spell")
    def each(text: str) -> Iterator[str]:
        yield from text

    assert each.name == "spell"
    assert list(each.stream("ab")) == ["a", "b"]


def test_lift_batch_works_as_a_decorator_with_its_own_option() -> None:
    sizes: list[int] = []

    @lift_batch(max_batch_size=2)
    def each(texts: Sequence[str]) -> Sequence[str]:
        sizes.append(len(texts))
        return texts

    assert each.batch(["a", "b", "c"]) == ["a", "b", "c"]
    assert sorted(sizes) == [1, 2]


def test_a_decorated_function_keeps_its_documentation() -> None:
    @lift
    def quote(text: str) -> str:
        """Put quotation marks around a text."""
        return f"'{text}'"

    assert quote.__doc__ == "Put quotation marks around a text."


@every_way
def test_tags_and_metadata_of_a_leaf_are_those_of_its_run(way: Way) -> None:
    def look(_: str) -> tuple[list[str], dict[str, object]]:
        here = current_run()
        assert here is not None
        return list(here.tags), dict(here.metadata)

    tags, metadata = way(lift(look, tags=["x", "y"], metadata={"k": 1}), "a")
    assert tags == ["x", "y"]
    assert metadata == {"k": 1}


BAD: dict[str, tuple[str, object]] = {
    "name, no str": ("name", 3),
    "run_type, unknown": ("run_type", "planner"),
    "run_type, no str": ("run_type", 3),
    "tags, a bare str": ("tags", "abc"),
    "tags, no strs": ("tags", [1]),
    "metadata, no mapping": ("metadata", ["k"]),
    "metadata, no str keys": ("metadata", {1: "v"}),
    "blocking, no bool": ("blocking", "no"),
}


@every_lift
@pytest.mark.parametrize(("option", "value"), list(BAD.values()), ids=list(BAD))
def test_bad_options_of_a_leaf_are_refused_when_built(
    decorator: Any, fn: Any, option: str, value: object
) -> None:  # Any: see LIFTS
    with pytest.raises((TypeError, ValueError), match=option):
        decorator(fn, **{option: value})


@every_lift
def test_an_unknown_option_of_a_leaf_is_refused(decorator: Any, fn: Any) -> None:  # Any: see LIFTS
    with pytest.raises(TypeError):
        decorator(fn, nmae="x")


@every_lift
def test_what_is_no_function_is_refused_by_each_of_the_lifts(decorator: Any, fn: Any) -> None:  # Any: see LIFTS
    for value in (3, "text", None):
        with pytest.raises(TypeError):
            decorator(value, name="x")


@pytest.mark.parametrize("size", [0, -1], ids=["zero", "negative"])
def test_a_max_batch_size_below_one_is_refused_when_built(size: int) -> None:
    with pytest.raises(ValueError, match="max_batch_size"):
        lift_batch(shout_all, max_batch_size=size)


def test_a_max_batch_size_that_is_no_whole_number_is_refused_when_built() -> None:
    for size in (1.5, "2", True):
        with pytest.raises(TypeError, match="max_batch_size"):
            lift_batch(shout_all, max_batch_size=wrong(size))


def test_changing_the_given_tags_and_metadata_later_does_not_change_the_leaf() -> None:
    tags = ["a"]
    metadata: dict[str, object] = {"k": 1}
    leaf = lift(exclaim, tags=tags, metadata=metadata)
    tags.append("b")
    metadata["k"] = 2
    assert leaf == lift(exclaim, tags=["a"], metadata={"k": 1})


@pytest.mark.parametrize("run_type", ["chain", "llm", "chat_model", "prompt", "tool", "retriever", "parser"])
def test_run_type_is_one_of_seven(run_type: str) -> None:
    leaf: Runnable[str, str] = wrong(lift)(shout, run_type=run_type)
    assert leaf.invoke("a") == "A"
    assert (leaf == lift(shout)) == (run_type == "chain")
