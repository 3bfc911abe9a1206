"""Whatever iterator a streaming leaf gives, of one kind or another: read, closed and blamed alike in every way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from runlaw import Runnable, lift, lift_stream, lift_transform, map_chunks, pipe

Program = Runnable[Any, Any]  # Any: programs of all types
Way = Callable[[Program, str], list[Any]]  # Any: chunks
LISTENED: Any = {"listeners": [lambda event: None]}  # Any: a config


class Letters:
    """An iterator that is no generator, and can be closed."""

    def __init__(self, text: str) -> None:
        self.left = list(text)
        self.closed = 0

    def __iter__(self) -> Letters:
        return self

    def __next__(self) -> str:
        if not self.left:
            raise StopIteration
        if self.left[0] == "!":
            raise ValueError("broke off")
        return self.left.pop(0)

    def close(self) -> None:
        self.closed += 1


class AsyncLetters:
    """The same for ``async for``."""

    def __init__(self, text: str) -> None:
        self.letters = Letters(text)

    def __aiter__(self) -> AsyncLetters:
        return self

    async def __anext__(self) -> str:
        await asyncio.sleep(0)
        try:
            return next(self.letters)
        except StopIteration:
            raise StopAsyncIteration from None

    async def aclose(self) -> None:
        self.letters.close()


MADE: list[Letters] = []


def closed() -> int:
    """How often the last one was closed."""
    return MADE[-1].closed


def letters(text: str) -> Iterator[str]:
    MADE.append(Letters(text))
    return MADE[-1]


def aletters(text: str) -> AsyncIterator[str]:
    made = AsyncLetters(text)
    MADE.append(made.letters)
    return made


def unsaid(text):  # type: ignore[no-untyped-def]  # what it gives is known when it is called
    return letters(text)


def aunsaid(text):  # type: ignore[no-untyped-def]  # as above
    return aletters(text)


def generated(text: str) -> Iterator[str]:
    made = letters(text)
    try:
        yield from made
    finally:
        MADE[-1].close()


async def agenerated(text: str) -> AsyncIterator[str]:
    made = aletters(text)
    try:
        async for letter in made:
            yield letter
    finally:
        MADE[-1].close()


def agiven(text):  # type: ignore[no-untyped-def]  # as above
    return agenerated(text)


def of_chunks(chunks: Iterator[str]) -> Iterator[str]:
    return letters("".join(chunks))


SYNC: dict[str, Program] = {
    "iterator": lift_stream(letters),
    "quick iterator": lift_stream(letters, blocking=False),
    "iterator of no known type": lift_stream(unsaid),
    "generator": lift_stream(generated),
    "transform": lift_transform(of_chunks),
    "after a step": pipe(lift(str), lift_stream(letters)),
    "before a step": pipe(lift_stream(letters), map_chunks(str)),
}
ASYNC: dict[str, Program] = {
    "async iterator": lift_stream(aletters),
    "async generator": lift_stream(agenerated),
    "async generator of no known type": lift_stream(agiven),
    "async after a step": pipe(lift(str), lift_stream(aletters)),
    "async before a step": pipe(lift_stream(aletters), map_chunks(str)),
}


def streamed(program: Program, text: str) -> list[Any]:  # Any: chunks
    return list(program.stream(text))


def listened(program: Program, text: str) -> list[Any]:  # Any: chunks
    return list(program.stream(text, LISTENED))


def watched(program: Program, text: str) -> list[Any]:  # Any: chunks
    events = [event for event in program.stream_events(text) if not event["parent_ids"]]
    return [event["data"]["chunk"] for event in events if event["event"] == "on_chain_stream"]


async def collect(chunks: AsyncIterator[Any]) -> list[Any]:  # Any: chunks
    return [chunk async for chunk in chunks]


def astreamed(program: Program, text: str) -> list[Any]:  # Any: chunks
    return asyncio.run(collect(program.astream(text)))


def alistened(program: Program, text: str) -> list[Any]:  # Any: chunks
    return asyncio.run(collect(program.astream(text, LISTENED)))


def invoked(program: Program, text: str) -> list[Any]:  # Any: letters
    return list(program.invoke(text))


def ainvoked(program: Program, text: str) -> list[Any]:  # Any: letters
    return list(asyncio.run(program.ainvoke(text)))


def ainvoked_and_listened(program: Program, text: str) -> list[Any]:  # Any: letters
    return list(asyncio.run(program.ainvoke(text, LISTENED)))


WAYS: list[Way] = [
    streamed, listened, watched, astreamed, alistened, invoked, ainvoked, ainvoked_and_listened
]  # fmt: skip
every_way = pytest.mark.parametrize("way", WAYS)
every_program = pytest.mark.parametrize("program", [*SYNC.values(), *ASYNC.values()], ids=[*SYNC, *ASYNC])


@every_way
@every_program
def test_it_is_read_to_its_end_and_closed(way: Way, program: Program) -> None:
    assert way(program, "abc") == ["a", "b", "c"]
    assert MADE[-1].left == []
    assert closed() == 1


@every_way
@every_program
def test_one_that_breaks_off_is_closed_and_blamed(way: Way, program: Program) -> None:
    with pytest.raises(ValueError, match="broke off") as raised:
        way(program, "ab!")
    assert closed() == 1
    (note,) = raised.value.__notes__
    assert note.endswith(("letters", "unsaid", "generated", "agiven", "of_chunks"))


@pytest.mark.parametrize("config", [None, LISTENED], ids=["plain", "listened to"])
@every_program
def test_it_is_closed_when_nobody_wants_more(program: Program, config: Any) -> None:  # Any: a config
    chunks = program.stream("abc", config)
    assert next(chunks) == "a"
    assert not closed()
    chunks.close()
    assert closed()

    async def scenario() -> None:
        achunks = program.astream("abc", config)
        assert await anext(achunks) == "a"
        assert not closed()
        await achunks.aclose()

    asyncio.run(scenario())
    assert closed()


def refuses(text: str) -> Iterator[str]:
    raise ValueError("broke off")


def arefuses(text: str) -> AsyncIterator[str]:
    raise ValueError("broke off")


@every_way
@pytest.mark.parametrize("leaf", [refuses, arefuses])
@pytest.mark.parametrize("blocking", [False, True])
def test_one_that_makes_no_iterator_at_all_is_blamed(way: Way, leaf: Callable[..., Any], blocking: bool) -> None:
    program: Program = lift_stream(leaf, blocking=blocking)
    for tried, note in [(program, leaf.__name__), (pipe(lift(str), program), f"RunnableSequence > 2: {leaf.__name__}")]:
        with pytest.raises(ValueError, match="broke off") as raised:
            way(tried, "ab")
        assert raised.value.__notes__ == [f"in step {note}"]


def number(text):  # type: ignore[no-untyped-def]  # what it gives is known when it is called
    return 3


def text_itself(text):  # type: ignore[no-untyped-def]  # as above
    return text


def anumber(text: str) -> AsyncIterator[str]:
    given: Any = 3  # Any: what the annotation says is not so
    return given  # type: ignore[no-any-return]  # as above


@every_way
@pytest.mark.parametrize(
    ("leaf", "message"),
    [
        (number, "number must return an iterator of chunks; got int"),
        (text_itself, "text_itself must return an iterator of chunks; got str"),
        (anumber, "anumber must return an async iterator of chunks; got int"),
    ],
)
def test_what_is_no_iterator_is_refused(way: Way, leaf: Callable[..., Any], message: str) -> None:
    with pytest.raises(TypeError, match=message) as raised:
        way(lift_stream(leaf), "ab")
    assert raised.value.__notes__ == [f"in step {leaf.__name__}"]


def counted(text):  # type: ignore[no-untyped-def]  # as above
    yield from range(3)


async def acounted(text):  # type: ignore[no-untyped-def]  # as above
    yield 0
    yield 1


@every_way
@pytest.mark.parametrize("leaf", [counted, acounted])
def test_the_first_chunk_must_tell_how_all_add_up(way: Way, leaf: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="int"):
        way(lift_stream(leaf), "ab")


def test_an_async_leaf_of_no_known_type_is_refused_in_a_loop() -> None:
    async def scenario() -> None:
        with pytest.raises(RuntimeError, match=r"^agiven has an async step .* use `async for ... in x.astream"):
            list(lift_stream(agiven).stream("ab"))

    asyncio.run(scenario())


class Stubborn(Exception):
    """Raised by a step that is closed."""


def stubborn(name: str) -> Callable[[Iterator[str]], Iterator[str]]:
    def chunks(given: Iterator[str]) -> Iterator[str]:
        try:
            for chunk in given:  # noqa: UP028 - "yield from" would close the step above
                yield chunk
        except GeneratorExit:
            raise Stubborn(name) from None

    return chunks


def astubborn(name: str) -> Callable[[AsyncIterator[str]], AsyncIterator[str]]:
    async def chunks(given: AsyncIterator[str]) -> AsyncIterator[str]:
        try:
            async for chunk in given:
                yield chunk
        except GeneratorExit:
            raise Stubborn(name) from None

    return chunks


def test_all_steps_are_closed_though_some_raise_and_the_first_error_is_told() -> None:
    steps: list[Program] = [lift_transform(stubborn(name)) for name in ("one", "two")]
    chunks = pipe(lift_stream(generated), *steps).stream("abc")
    next(chunks)
    with pytest.raises(Stubborn, match="two"):
        chunks.close()
    assert closed()

    async def scenario() -> None:
        asteps: list[Program] = [lift_transform(astubborn(name)) for name in ("one", "two")]
        achunks = pipe(lift_stream(agenerated), *asteps).astream("abc")
        await anext(achunks)
        with pytest.raises(Stubborn, match="two"):
            await achunks.aclose()

    asyncio.run(scenario())
    assert closed()
