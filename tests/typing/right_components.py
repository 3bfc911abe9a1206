"""Components that every checker must accept, with exactly these types."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import assert_type

from pydantic import BaseModel, JsonValue, TypeAdapter

from runlaw import Runnable, lift, pipe
from runlaw.components import (
    AIMessage,
    AIMessageChunk,
    ChatInput,
    ChatPromptValue,
    Document,
    Message,
    StringPromptValue,
    chat_model,
    chat_prompt,
    json_parser,
    list_parser,
    llm,
    prompt,
    retriever,
    scripted_chat_model,
    str_parser,
)
from tests.typing.parts import Named, named, shout, size


class Topic(BaseModel):
    topic: str


def answer(messages: list[Message]) -> AIMessage:
    return AIMessage(content=messages[-1].text)


def answer_in_chunks(messages: list[Message]) -> Iterator[AIMessageChunk]:
    yield AIMessageChunk(content="a")


async def answer_later(messages: list[Message]) -> AsyncIterator[AIMessageChunk]:
    yield AIMessageChunk(content="a")


def look_up(query: str) -> list[Document]:
    return [Document(page_content=query)]


def tell(text: str) -> Iterator[str]:
    yield text


model = chat_model(answer)

assert_type(chat_model(answer), Runnable[ChatInput, AIMessage])
assert_type(chat_model(answer_in_chunks, name="model"), Runnable[ChatInput, AIMessage])
assert_type(chat_model(answer_later), Runnable[ChatInput, AIMessage])
assert_type(scripted_chat_model(["a"]), Runnable[ChatInput, AIMessage])
assert_type(llm(shout), Runnable[ChatInput, str])
assert_type(llm(tell), Runnable[ChatInput, str])
assert_type(str_parser(), Runnable[AIMessage | str, str])
assert_type(list_parser(), Runnable[AIMessage | str, list[str]])
assert_type(json_parser(Topic), Runnable[AIMessage | str, Topic])
assert_type(json_parser(TypeAdapter(list[int])), Runnable[AIMessage | str, list[int]])
assert_type(json_parser(), Runnable[AIMessage | str, JsonValue])
assert_type(retriever(look_up), Runnable[str, list[Document]])
assert_type(chat_prompt(Named, "{name} {size}"), Runnable[Named, ChatPromptValue])
assert_type(chat_prompt(Topic, [("system", "be kind"), ("human", "{topic}")]), Runnable[Topic, ChatPromptValue])
assert_type(prompt(Named, "{name}"), Runnable[Named, StringPromptValue])
assert_type(pipe(named, chat_prompt(Named, "{name}"), model, str_parser()), Runnable[str, str])
assert_type(pipe(prompt(Named, "{name}"), model, str_parser(), size), Runnable[Named, int])
assert_type(chat_prompt(Named, "{name}") | model | str_parser(), Runnable[Named, str])
assert_type(chat_prompt(Named, "{name}") | model | json_parser(Topic), Runnable[Named, Topic])
assert_type(lift(shout) | model | str_parser(), Runnable[str, str])
assert_type(lift(named) | chat_prompt(Named, "{name}") | llm(shout) | list_parser(), Runnable[str, list[str]])
