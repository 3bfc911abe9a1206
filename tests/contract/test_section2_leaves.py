"""Section 2: leaves from pure functions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Any, assert_type

import pytest

from runlaw import (
    Runnable,
    const,
    identity,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pipe,
    unpack,
)

from .modes import Mode, both
from .support import (
    Calls,
    Way,
    aletters,
    ashout,
    every_way,
    exclaim,
    increment,
    letters,
    run,
    shout,
    upper_chunks,
    wrong,
)


@both
def test_lift_collects_its_input_then_runs_once(mode: Mode) -> None:
    calls = Calls()
    assert mode.transform(lift(calls), ["a", "b", "c"]) == ["ABC"]
    assert calls.values == ["abc"]


@both
def test_lift_runs_once_over_an_empty_stream_of_text(mode: Mode) -> None:
    calls = Calls()
    assert mode.transform(lift(calls), []) == [""]
    assert calls.values == [""]


@both
def test_lift_takes_a_single_chunk_of_a_type_that_does_not_add_up(mode: Mode) -> None:
    assert mode.transform(lift(increment), [1]) == [2]


@both
def test_lift_refuses_to_guess_how_numbers_add_up(mode: Mode) -> None:
    with pytest.raises(TypeError):
        mode.transform(lift(increment), [1, 2])


@both
def test_lift_of_an_async_function_collects_and_runs_once(mode: Mode) -> None:
    assert mode.transform(lift(ashout), ["a", "b"]) == ["AB"]


class AsyncShout:
    async def __call__(self, text: str) -> str:
        return text.upper()


def later(text: str) -> Awaitable[str]:
    return ashout(text)


async def glue(suffix: str, text: str) -> str:
    return text + suffix


@every_way
def test_lift_takes_any_callable_that_gives_an_awaitable(way: Way) -> None:
    assert way(lift(AsyncShout()), "a") == "A"
    assert way(lift(later), "a") == "A"
    assert way(lift(partial(glue, "!")), "a") == "a!"


class Greeter:
    greeting = "hi "

    def greet(self, name: str) -> str:
        return self.greeting + name

    @classmethod
    def of_class(cls, name: str) -> str:
        return cls.greeting + name

    @staticmethod
    def of_nothing(name: str) -> str:
        return "hi " + name

    def __call__(self, name: str) -> str:
        return self.greet(name)


@every_way
def test_lift_takes_methods_callable_objects_partials_and_builtins(way: Way) -> None:
    greeter = Greeter()
    for fn in (greeter.greet, Greeter.of_class, Greeter.of_nothing, greeter):
        assert way(lift(fn), "Ann") == "hi Ann"
    assert way(lift(len), "abc") == 3
    assert way(lift(str.upper), "abc") == "ABC"
    assert way(lift(int), "12") == 12


@both
def test_lift_stream_takes_its_whole_input_and_gives_chunks(mode: Mode) -> None:
    seen: list[str] = []

    def spell(text: str) -> Iterator[str]:
        seen.append(text)
        yield from text

    assert mode.transform(lift_stream(spell), ["ab", "c"]) == ["a", "b", "c"]
    assert seen == ["abc"]
    assert mode.invoke(lift_stream(spell), "abc") == "abc"


@both
def test_lift_stream_takes_async_iterators(mode: Mode) -> None:
    assert mode.stream(lift_stream(aletters), "abc") == ["a", "b", "c"]
    assert mode.invoke(lift_stream(aletters), "abc") == "abc"


@both
def test_lift_stream_takes_functions_that_return_any_iterator(mode: Mode) -> None:
    def spell(text: str) -> Iterator[str]:
        return iter([text, text])

    assert mode.stream(lift_stream(spell), "a") == ["a", "a"]


@both
def test_lift_transform_takes_chunks_and_gives_chunks(mode: Mode) -> None:
    assert mode.transform(lift_transform(upper_chunks), ["a", "b"]) == ["A", "B"]
    assert mode.stream(lift_transform(upper_chunks), "ab") == ["AB"]
    assert mode.invoke(lift_transform(upper_chunks), "ab") == "AB"


@both
def test_lift_transform_takes_the_async_form(mode: Mode) -> None:
    async def through(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
        async for chunk in chunks:
            yield chunk.upper()

    assert mode.transform(lift_transform(through), ["a", "b"]) == ["A", "B"]
    assert mode.invoke(lift_transform(through), "ab") == "AB"


@both
def test_lift_transform_may_give_more_or_fewer_chunks_than_it_takes(mode: Mode) -> None:
    def pairwise(chunks: Iterator[str]) -> Iterator[str]:
        for chunk in chunks:
            yield chunk + next(chunks, "")

    def doubled(chunks: Iterator[str]) -> Iterator[str]:
        for chunk in chunks:
            yield chunk
            yield chunk

    assert mode.transform(lift_transform(pairwise), ["a", "b", "c"]) == ["ab", "c"]
    assert mode.transform(lift_transform(doubled), ["a", "b"]) == ["a", "a", "b", "b"]


@both
def test_lift_transform_need_not_read_its_input(mode: Mode) -> None:
    def deaf(chunks: Iterator[str]) -> Iterator[str]:
        yield "x"

    def first(chunks: Iterator[str]) -> Iterator[str]:
        yield next(chunks)

    assert mode.transform(pipe(lift_transform(upper_chunks), lift_transform(deaf)), ["a", "b"]) == ["x"]
    assert mode.transform(pipe(lift_transform(upper_chunks), lift_transform(first)), ["a", "b"]) == ["A"]


class Groups:
    """A batch function that remembers the sizes of its groups."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> Sequence[str]:
        self.groups.append(list(texts))
        return [text.upper() for text in texts]

    async def asynchronous(self, texts: Sequence[str]) -> Sequence[str]:
        await asyncio.sleep(0)
        return self(texts)


@both
@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync leaf", "async leaf"])
def test_batch_calls_lift_batch_with_whole_groups(mode: Mode, asynchronous: bool) -> None:
    groups = Groups()
    leaf = lift_batch(groups.asynchronous) if asynchronous else lift_batch(groups)
    assert mode.batch(leaf, ["a", "b", "c"]) == ["A", "B", "C"]
    assert groups.groups == [["a", "b", "c"]]


@both
def test_map_batch_calls_lift_batch_with_whole_groups(mode: Mode) -> None:
    groups = Groups()
    assert mode.invoke(map_batch(lift_batch(groups)), ["a", "b", "c"]) == ["A", "B", "C"]
    assert groups.groups == [["a", "b", "c"]]


@both
def test_invoke_calls_lift_batch_with_a_group_of_one(mode: Mode) -> None:
    groups = Groups()
    assert mode.invoke(lift_batch(groups), "a") == "A"
    assert mode.stream(lift_batch(groups), "b") == ["B"]
    assert groups.groups == [["a"], ["b"]]


@both
def test_max_batch_size_bounds_the_groups(mode: Mode) -> None:
    groups = Groups()
    leaf = lift_batch(groups, max_batch_size=2)
    assert mode.batch(leaf, list("abcde")) == list("ABCDE")
    assert sorted(groups.groups) == [["a", "b"], ["c", "d"], ["e"]]


@both
def test_batch_over_a_pipe_calls_a_lift_batch_in_the_middle_with_whole_groups(mode: Mode) -> None:
    groups = Groups()
    program = pipe(exclaim, lift_batch(groups), exclaim)
    assert mode.batch(program, ["a", "b", "c"]) == ["A!!", "B!!", "C!!"]
    assert groups.groups == [["a!", "b!", "c!"]]
    groups.groups.clear()
    assert mode.invoke(map_batch(program), ["a", "b"]) == ["A!!", "B!!"]
    assert groups.groups == [["a!", "b!"]]


@both
def test_an_empty_batch_does_not_call_lift_batch(mode: Mode) -> None:
    groups = Groups()
    assert mode.batch(lift_batch(groups), []) == []
    assert mode.invoke(map_batch(lift_batch(groups)), []) == []
    assert groups.groups == []


@both
@pytest.mark.parametrize("answers", [[], ["A"], ["A", "B", "C"]], ids=["none", "too few", "too many"])
def test_lift_batch_must_give_as_many_values_as_it_takes(mode: Mode, answers: list[str]) -> None:
    def miscounting(texts: Sequence[str]) -> Sequence[str]:
        return answers

    with pytest.raises(ValueError, match="2"):
        mode.batch(lift_batch(miscounting), ["a", "b"])


@both
def test_map_chunks_is_applied_chunk_by_chunk(mode: Mode) -> None:
    calls = Calls()
    assert mode.transform(map_chunks(calls), ["a", "b"]) == ["A", "B"]
    assert calls.values == ["a", "b"]
    assert mode.invoke(map_chunks(shout), "ab") == "AB"


@both
def test_map_chunks_of_no_chunks_gives_none(mode: Mode) -> None:
    assert mode.transform(map_chunks(shout), []) == []


def test_identity_keeps_the_type_of_its_value() -> None:
    assert_type(identity.invoke(3), int)
    assert_type(identity("a"), str)
    assert identity.invoke(3) == 3
    assert identity("a") == "a"
    assert run(identity.ainvoke(3)) == 3
    assert identity.batch([1, 2]) == [1, 2]
    value = object()
    assert identity.invoke(value) is value


@both
def test_identity_passes_any_value_on_chunk_by_chunk(mode: Mode) -> None:
    assert list(identity.transform(iter([1, 2, 3]))) == [1, 2, 3]
    assert mode.transform(pipe(identity, identity, map_chunks(shout)), ["a", "b"]) == ["A", "B"]
    assert mode.transform(parallel(identity, shout), ["a"]) == [("a", "A")]


@every_way
def test_const_gives_its_value_whatever_comes_in(way: Way) -> None:
    value = [1]
    assert way(const(value), "anything") is value
    assert way(pipe(const("x"), shout), None) == "X"


def test_const_takes_any_object() -> None:
    assert_type(const(3), Runnable[object, int])
    assert const(None).invoke(object()) is None


@every_way
def test_unpack_spreads_a_tuple_over_the_arguments(way: Way) -> None:
    def describe(name: str, age: int) -> str:
        return f"{name} is {age}"

    assert way(unpack(describe), ("Ann", 7)) == "Ann is 7"
    assert way(pipe(parallel(shout, len), unpack(describe)), "abc") == "ABC is 3"


def test_unpack_takes_functions_of_no_argument_and_of_many() -> None:
    def nothing() -> str:
        return "nothing"

    def many(a: int, b: int, c: int, d: int, e: int) -> int:
        return a + b + c + d + e

    assert unpack(nothing).invoke(()) == "nothing"
    assert unpack(many).invoke((1, 2, 3, 4, 5)) == 15


@pytest.mark.parametrize("value", [("Ann",), ("Ann", 7, 8)], ids=["too few", "too many"])
def test_unpack_of_a_tuple_of_another_length_is_a_type_error(value: object) -> None:
    def describe(name: str, age: int) -> str:
        return f"{name} is {age}"

    with pytest.raises(TypeError):
        unpack(describe).invoke(wrong(value))


@every_way
def test_a_function_without_annotations_is_accepted(way: Way) -> None:
    assert way(lift(lambda text: text + "?"), "a") == "a?"
    untyped: Callable[[str], str] = wrong(lambda text: text.upper())
    assert way(pipe(untyped, exclaim, untyped), "a") == "A!"


@every_way
def test_a_leaf_that_does_not_block_is_never_worth_a_thread(way: Way) -> None:
    threads: set[int] = set()

    def touch(text: str) -> str:
        threads.add(threading.get_ident())
        return text

    assert way(pipe(lift(touch, blocking=False), exclaim_quick), "a") == "a!"
    assert threads == {threading.get_ident()}


exclaim_quick = lift(exclaim, blocking=False)


def test_letters_and_their_async_twin_stream_alike() -> None:
    assert list(lift_stream(letters).stream("ab")) == list(lift_stream(aletters).stream("ab"))


def test_a_group_of_a_function_that_says_nothing_goes_to_a_thread_in_async_runs() -> None:
    seen: list[threading.Thread] = []

    def groups(values: Any) -> Any:  # Any: it says nothing of its values
        seen.append(threading.current_thread())
        return list(values)

    assert asyncio.run(lift_batch(groups).abatch([1, 2])) == [1, 2]
    assert asyncio.run(lift_batch(groups, blocking=False).abatch([1, 2])) == [1, 2]
    assert [thread is threading.main_thread() for thread in seen] == [False, True]
