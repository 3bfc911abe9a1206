"""Models and retrievers from functions: every shape of function, and what is checked."""

import asyncio
import functools
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import Any

import pytest

from runlaw.components import (
    AIMessage,
    AIMessageChunk,
    Document,
    HumanMessage,
    Message,
    StringPromptValue,
    chat_model,
    llm,
    retriever,
)
from runlaw.components.adapted import AsyncStreamCall, AsyncValueCall, Shape, StreamCall, ValueCall, adapted, shape_of

CHUNKS = [AIMessageChunk(content="HI"), AIMessageChunk(content="!")]


def value(messages: list[Message]) -> AIMessage:
    return AIMessage(content=messages[-1].text.upper() + "!")


async def async_value(messages: list[Message]) -> AIMessage:
    return value(messages)


def generator(messages: list[Message]) -> Iterator[AIMessageChunk]:
    yield AIMessageChunk(content=messages[-1].text.upper())
    yield AIMessageChunk(content="!")


async def async_generator(messages: list[Message]) -> AsyncIterator[AIMessageChunk]:
    for chunk in generator(messages):
        yield chunk


def gives_iterator(messages: list[Message]) -> Iterator[AIMessageChunk]:
    return generator(messages)


def gives_async_iterator(messages: list[Message]) -> AsyncGenerator[AIMessageChunk, None]:
    return async_generator(messages)  # type: ignore[return-value]  # an async generator at run time


async def awaits_async_iterator(messages: list[Message]) -> AsyncIterator[AIMessageChunk]:
    return async_generator(messages)


def gives_awaitable(messages: list[Message]) -> Awaitable[AIMessage]:
    return async_value(messages)


class Model:
    def __call__(self, messages: list[Message]) -> Generator[AIMessageChunk, None, None]:
        yield from CHUNKS


class Bound:
    def value(self, messages: list[Message]) -> AIMessage:
        return value(messages)


def found(query: str) -> list[Document]:
    return [Document(page_content=query)]


def second(_: int, messages: list[Message]) -> AIMessage:
    return value(messages)


def unannotated(messages):  # type: ignore[no-untyped-def]  # what untyped callers write
    return generator(messages)


def unresolvable(messages: list[Message]) -> "Nowhere":  # type: ignore[name-defined]  # noqa: F821  # wrong on purpose
    return value(messages)


SHAPES: list[tuple[Callable[..., Any], Shape]] = [
    (value, Shape(False, False)),
    (async_value, Shape(False, True)),
    (generator, Shape(True, False)),
    (async_generator, Shape(True, True)),
    (gives_iterator, Shape(True, False)),
    (gives_async_iterator, Shape(True, True)),
    (awaits_async_iterator, Shape(True, True)),
    (gives_awaitable, Shape(False, True)),
    (Model(), Shape(True, False)),
    (Bound().value, Shape(False, False)),
    (functools.partial(second, 1), Shape(False, False)),
    (unannotated, Shape(None, False)),
    (unresolvable, Shape(None, False)),
    (lambda messages: value(messages[-1:]), Shape(None, False)),
]


@pytest.mark.parametrize(("fn", "shape"), SHAPES)
def test_the_shape_of_a_function(fn: Callable[..., Any], shape: Shape) -> None:
    assert shape_of(fn) == shape


@pytest.mark.parametrize(("fn", "shape"), SHAPES)
def test_every_shape_makes_a_chat_model(fn: Callable[..., Any], shape: Shape) -> None:
    model = chat_model(fn)
    answer = asyncio.run(model.ainvoke("hi")) if shape.asynchronous else model.invoke("hi")
    assert answer == AIMessage(content="HI!")
    assert type(answer) is AIMessage
    call = adapted(fn, "chat_model")
    kinds = (StreamCall, AsyncStreamCall) if shape.streams is not False else (ValueCall, AsyncValueCall)
    assert type(call) is kinds[shape.asynchronous]


def test_chunks_are_streamed() -> None:
    assert list(chat_model(generator).stream("hi")) == CHUNKS
    assert list(chat_model(lambda messages: iter(CHUNKS)).stream("hi")) == CHUNKS
    assert list(chat_model(value).stream("hi")) == [AIMessage(content="HI!")]


def test_chunks_are_streamed_async() -> None:
    async def stream() -> list[AIMessage]:
        return [chunk async for chunk in chat_model(async_generator).astream("hi")]

    assert asyncio.run(stream()) == CHUNKS


def test_what_a_chat_model_is_given() -> None:
    def count(messages: list[Message]) -> AIMessage:
        return AIMessage(content=f"{len(messages)} {messages[-1].text}")

    model = chat_model(count)
    for given in ("x", StringPromptValue(text="x"), [HumanMessage(content="x")]):
        assert model.invoke(given).text == "1 x"


def test_names() -> None:
    assert chat_model(value).name == "value"
    assert chat_model(value, name="gpt").name == "gpt"
    assert chat_model(Model()).name == "Model"
    assert llm(lambda text: text).name == "RunnableLambda"
    assert retriever(lambda query: []).name == "Retriever"


def test_an_llm_is_given_text() -> None:
    shout = llm(str.upper, name="shout")
    assert shout.invoke("hi") == "HI"
    assert shout.invoke([HumanMessage(content="hi")]) == "HUMAN: HI"

    def words(text: str) -> Iterator[str]:
        yield from text.split()

    assert list(llm(words).stream("a b")) == ["a", "b"]
    assert llm(words).invoke("a b") == "ab"


def test_a_retriever_may_stream_lists() -> None:
    one, two = Document(page_content="1"), Document(page_content="2")

    def find(query: str) -> Iterator[list[Document]]:
        yield [one]
        yield [two]

    assert list(retriever(find).stream("q")) == [[one], [two]]
    assert retriever(find).invoke("q") == [one, two]
    assert retriever(lambda query: [one]).invoke("q") == [one]


ANY_CHAT_MODEL: Any = chat_model  # Any: to misuse them
ANY_LLM: Any = llm
ANY_RETRIEVER: Any = retriever


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: ANY_CHAT_MODEL(lambda messages: "text").invoke("x"), "must give an AIMessage, or an iterator of"),
        (lambda: ANY_CHAT_MODEL(lambda messages: iter(["text"])).invoke("x"), "got str: 'text'"),
        (lambda: ANY_LLM(lambda text: 3).invoke("x"), "must give a str, or an iterator of str; got int: 3"),
        (lambda: ANY_RETRIEVER(lambda query: ["x"]).invoke("x"), "must give a list of Documents"),
        (lambda: ANY_RETRIEVER(lambda query: []).invoke(3), "a retriever takes a str, its query; got int: 3"),
        (lambda: ANY_CHAT_MODEL(3), "chat_model takes a function; got int: 3"),
        (lambda: ANY_CHAT_MODEL(lambda messages: 3).invoke(3), "a chat model takes a str, a sequence of messages"),
    ],
)
def test_what_is_refused(made: Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        made()
    assert message in str(caught.value)


def test_an_async_result_that_could_not_be_foreseen() -> None:
    made = []

    def sneaky(messages):  # type: ignore[no-untyped-def]  # what untyped callers write
        made.append(async_value(messages))
        return made[-1]

    with pytest.raises(TypeError, match=r"got coroutine: .*; annotate what the function returns"):
        chat_model(sneaky).invoke("x")
    made[0].close()


def test_closing_a_stream_closes_the_functions_iterator() -> None:
    closed = []

    def endless() -> Iterator[AIMessage]:
        try:
            while True:
                yield CHUNKS[0]
        finally:
            closed.append(True)

    def model(messages: list[Message]) -> Iterator[AIMessage]:
        return endless()

    stream = chat_model(model, blocking=False).stream("x")
    next(stream)
    stream.close()
    assert closed == [True]


def test_equal_functions_make_equal_parts() -> None:
    assert chat_model(value) == chat_model(value)
    assert chat_model(value, name="a") != chat_model(value, name="b")
    assert hash(retriever(found)) == hash(retriever(found))
