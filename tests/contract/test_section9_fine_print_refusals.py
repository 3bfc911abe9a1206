"""Section 9: what is given wrongly is refused with an error that says what was expected, what came, and where."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from runlaw import lift, lift_batch, lift_stream, map_batch, with_timeout
from runlaw.components import AIMessage, chat_model, chat_prompt, lexical_store, llm, prompt, retriever, tool, tool_loop
from runlaw.components import with_tools as tell_of_tools
from runlaw.components.messages import Message

from .modes import Mode, both
from .support import Way, aiterate, every_way, run, shout, wrong

PROGRAM = lift(shout)

# Inputs and options of a batch

BATCHES: dict[str, Callable[..., object]] = {
    "batch": PROGRAM.batch,
    "abatch": lambda values, **options: run(PROGRAM.abatch(values, **options)),
    "batch_as_completed": lambda values, **options: list(PROGRAM.batch_as_completed(values, **options)),
    "abatch_as_completed": PROGRAM.abatch_as_completed,
}
every_batch = pytest.mark.parametrize(("name", "batch"), list(BATCHES.items()), ids=list(BATCHES))


@every_batch
@pytest.mark.parametrize("values", [None, 3, PROGRAM])
def test_a_batch_of_what_cannot_be_iterated_is_refused(name: str, batch: Callable[..., object], values: object) -> None:
    with pytest.raises(TypeError, match=rf"^{name} takes an iterable of inputs, such as a list; got "):
        batch(values)


@every_batch
@pytest.mark.parametrize("value", ["no", 1, None, 0])
def test_return_exceptions_is_a_bool(name: str, batch: Callable[..., object], value: object) -> None:
    with pytest.raises(TypeError, match=rf"^{name}: return_exceptions must be a bool; got {value!r}$"):
        batch(["a"], return_exceptions=value)


class Counted:
    """What can be iterated by its indices alone."""

    def __getitem__(self, index: int) -> str:
        return "ab"[index]


def test_whatever_can_be_iterated_is_a_batch() -> None:
    assert PROGRAM.batch(wrong(Counted())) == PROGRAM.batch(iter("ab")) == PROGRAM.batch({"a": 1, "b": 2}) == ["A", "B"]
    assert "".join(PROGRAM.transform(wrong(Counted()))) == "AB"


# Chunks


def test_a_transform_of_what_cannot_be_iterated_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^transform takes an iterable of the chunks of one input; got 3$"):
        PROGRAM.transform(wrong(3))
    with pytest.raises(TypeError, match=r"^transform takes .*, which is async: use atransform\(\.\.\.\)$"):
        PROGRAM.transform(wrong(aiterate(["a"])))
    with pytest.raises(TypeError, match=r"^atransform takes an iterable, sync or async, of the chunks .*; got None$"):
        PROGRAM.atransform(wrong(None))


MIXED: dict[str, tuple[list[object], str]] = {
    "a number in a text": (["a", 3], "every chunk must be a str, as the first one is; got 3 of type int"),
    "bytes in a text": (["a", b"b"], "every chunk must be a str, as the first one is; got b'b' of type bytes"),
    "a text in bytes": ([b"a", "b"], "every chunk must be a bytes, as the first one is; got 'b' of type str"),
    "a number in a list": ([["a"], 3], "every chunk must be a list, as the first one is; got 3 of type int"),
}


@both
@pytest.mark.parametrize(("chunks", "message"), list(MIXED.values()), ids=list(MIXED))
def test_chunks_of_different_types_are_named(mode: Mode, chunks: list[object], message: str) -> None:
    mixed: Callable[[object], Iterator[str]] = wrong(lambda _: iter(chunks))
    with pytest.raises(TypeError, match=f"(?m)^{message}$"):
        mode.invoke(lift_stream(mixed), None)


# Sequences of items


def by_key(texts: Sequence[str]) -> Sequence[str]:
    return wrong({text: text for text in texts})  # type: ignore[no-any-return]  # which is under test


def by_set(texts: Sequence[str]) -> Sequence[str]:
    return wrong(set(texts))  # type: ignore[no-any-return]  # which is under test


@every_way
@pytest.mark.parametrize("items", [{"a": 1}, {"a"}, frozenset("a"), "a", b"a", 3, None], ids=repr)
def test_map_batch_refuses_what_is_no_sequence(way: Way, items: object) -> None:
    with pytest.raises(TypeError, match=f"(?m)takes a sequence of items; got {type(items).__name__}$"):
        way(map_batch(shout), wrong(items))


@every_way
@pytest.mark.parametrize(("fn", "kind"), [(by_key, "dict"), (by_set, "set")])
def test_lift_batch_refuses_results_that_are_no_sequence(
    way: Way, fn: Callable[[Sequence[str]], Sequence[str]], kind: str
) -> None:
    with pytest.raises(TypeError, match=f"(?m)must return a sequence of results; got {kind}$"):
        way(lift_batch(fn), "a")


def test_map_batch_takes_what_has_an_order() -> None:
    for items in (["a", "b"], ("a", "b"), iter(["a", "b"]), {"a": 1, "b": 2}.keys()):
        assert map_batch(shout).invoke(wrong(items)) == ["A", "B"]


# Components


def number(_: object) -> int:
    return 3


def numbers(_: object) -> Iterator[int]:
    yield 3


async def later(_: object) -> int:
    return 3


async def later_ones(_: object) -> AsyncIterator[int]:
    yield 3


@pytest.mark.parametrize("role", [chat_model, llm, retriever])
@pytest.mark.parametrize("fn", [number, numbers, later, later_ones])
def test_a_function_annotated_to_give_something_else_is_refused_when_built(role: Any, fn: Any) -> None:  # Any: wrong
    with pytest.raises(TypeError, match=rf"^{role.__name__} takes .* but {fn.__name__}\(\) is annotated to give .*int"):
        role(fn)


@pytest.mark.parametrize("role", [chat_model, llm, retriever])
def test_a_function_that_takes_no_single_argument_is_refused_when_built(role: Any) -> None:  # Any: wrong
    with pytest.raises(TypeError, match=rf"^{role.__name__} takes a function of one argument, but .* takes none"):
        role(lambda: 1)
    with pytest.raises(TypeError, match=rf"^{role.__name__} takes a function of one argument, but .* needs 2 \(a, b\)"):
        role(lambda a, b: 1)


def maybe(messages: list[Message]) -> AIMessage | None:
    return AIMessage(content="yes")


def anything(messages: Any) -> Any:  # Any: the test is about it
    return AIMessage(content="yes")


def some_message(messages: list[Message]) -> Message:
    return AIMessage(content="yes")


@pytest.mark.parametrize("fn", [maybe, anything, some_message, lambda _: AIMessage(content="yes")])
def test_a_function_that_may_give_what_is_asked_for_is_accepted(fn: Any) -> None:  # Any: some are not exact
    assert chat_model(fn).invoke("?").text == "yes"


@pytest.mark.parametrize("build", [prompt, chat_prompt])
@pytest.mark.parametrize("partial", [3, 0, "", [], [("a", 1)]], ids=repr)
def test_values_given_beforehand_are_a_mapping(build: Any, partial: object) -> None:  # Any: wrong
    with pytest.raises(TypeError, match=rf"^{build.__name__}: partial must be a mapping .*, or None; got "):
        build("{a}", partial=partial)


def test_a_store_of_what_cannot_be_iterated_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^a store adds a sequence of texts or documents; got None$"):
        lexical_store(wrong(None))
    store = lexical_store()
    with pytest.raises(TypeError, match=r"^a store adds a sequence of texts or documents; got 3$"):
        store.add(wrong(3))
    with pytest.raises(TypeError, match=r"^delete takes a sequence of ids; got None$"):
        store.delete(wrong(None))


@tool
def double(x: int) -> int:
    """Twice a number."""
    return 2 * x


def answer(messages: list[Message]) -> AIMessage:
    return AIMessage(content="yes")


def test_a_single_tool_is_refused_with_the_advice_to_put_it_in_a_list() -> None:
    for name, build in (("tool_loop", tool_loop), ("with_tools", tell_of_tools)):
        with pytest.raises(TypeError, match=rf"^{name}: tools must be a list of tools; got double: put it in a list$"):
            wrong(build)(chat_model(answer), double)
        with pytest.raises(TypeError, match=rf"^{name}: tools must be a list of tools; got 3$"):
            wrong(build)(chat_model(answer), 3)


def test_tools_may_come_from_an_iterator() -> None:
    (known,) = tool_loop(chat_model(answer), wrong(iter([double]))).node.fn.tools  # type: ignore[attr-defined]  # a leaf
    assert known == double


# Numbers


def test_a_number_of_seconds_that_no_float_can_hold_is_refused_when_built() -> None:
    with pytest.raises(ValueError, match=r"^with_timeout: seconds must be a number that fits in a float; got an int"):
        with_timeout(len, 10**400)


def test_refusals_do_not_print_large_values_in_full() -> None:
    large: Mapping[str, object] = {"text": "a" * 10_000}
    with pytest.raises(TypeError) as caught:
        lexical_store(wrong(Large(large)))
    assert len(str(caught.value)) < 400


class Large:
    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Large({self.value!r})"
