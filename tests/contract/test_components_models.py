"""Section 7: prompts, models and parsers, sentence by sentence."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass

import pytest
from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypedDict

from runlaw import Runnable
from runlaw.components import (
    AIMessage,
    AIMessageChunk,
    BrokenReply,
    ChatInput,
    ChatPromptValue,
    Document,
    HumanMessage,
    Message,
    StringPromptValue,
    SystemMessage,
    chat_model,
    chat_prompt,
    extractive_chat_model,
    json_parser,
    list_parser,
    llm,
    prompt,
    scripted_chat_model,
    str_parser,
)


def test_messages_prompt_values_and_documents_have_the_seeds_json() -> None:
    assert json.loads(AIMessage(content="hi").model_dump_json()) == {
        "type": "ai", "content": "hi", "additional_kwargs": {}, "example": False,
    }  # fmt: skip
    assert StringPromptValue(text="hi").model_dump() == {"text": "hi", "type": "StringPromptValue"}
    assert ChatPromptValue(messages=[]).model_dump()["type"] == "ChatPromptValueConcrete"
    assert Document(page_content="x").model_dump()["type"] == "Document"
    for value in (AIMessage(content="hi"), Document(page_content="x"), StringPromptValue(text="y")):
        assert type(value).model_validate_json(value.model_dump_json()) == value


def test_a_chat_prompt_of_a_text() -> None:
    made: Runnable[Mapping[str, object], ChatPromptValue] = chat_prompt("tell me of {topic}")
    assert made.invoke({"topic": "bears"}) == ChatPromptValue(messages=[HumanMessage(content="tell me of bears")])
    with pytest.raises(KeyError, match="topic"):
        made.invoke({})


def test_a_chat_prompt_of_messages() -> None:
    made = chat_prompt([("system", "Be {how}."), ("human", "{question}"), ("placeholder", "{history}")])
    said = [HumanMessage(content="a"), AIMessage(content="b")]
    assert made.invoke({"how": "brief", "question": "why?", "history": said}).messages == [
        SystemMessage(content="Be brief."),
        HumanMessage(content="why?"),
        *said,
    ]


class TopicDict(TypedDict):
    topic: str


@dataclass(frozen=True)
class TopicClass:
    topic: str


class TopicModel(BaseModel):
    topic: str


@pytest.mark.parametrize(
    ("kind", "value"),
    [(TopicDict, {"topic": "bears"}), (TopicClass, TopicClass("bears")), (TopicModel, TopicModel(topic="bears"))],
)
def test_a_prompt_of_a_record(kind: type[object], value: object) -> None:
    assert chat_prompt(kind, "of {topic}").invoke(value).messages[0].text == "of bears"
    assert prompt(kind, "of {topic}").invoke(value) == StringPromptValue(text="of bears")
    for make in (chat_prompt, prompt):
        with pytest.raises(ValueError, match="'other' is no field of"):
            make(kind, "of {other}")


def whole(messages: list[Message]) -> AIMessage:
    return AIMessage(content=messages[-1].text)


def in_chunks(messages: list[Message]) -> Iterator[AIMessageChunk]:
    for letter in messages[-1].text:
        yield AIMessageChunk(content=letter)


async def in_chunks_async(messages: list[Message]) -> AsyncIterator[AIMessageChunk]:
    for letter in messages[-1].text:
        yield AIMessageChunk(content=letter)


@pytest.mark.parametrize("fn", [whole, in_chunks, in_chunks_async])
def test_a_chat_model_of_a_function(fn: object) -> None:
    model = chat_model(fn, name="m")  # type: ignore[arg-type]  # each of them is one of its kinds
    said: list[Message] = [HumanMessage(content="ab")]
    inputs: list[ChatInput] = ["ab", said, StringPromptValue(text="ab"), ChatPromptValue(messages=said)]
    for value in inputs:
        answer = model.invoke(value)
        assert (answer.text, type(answer)) == ("ab", AIMessage)
    assert model.name == "m"
    chunks = list(model.stream("ab"))
    assert [chunk.text for chunk in chunks] == (["ab"] if fn is whole else ["a", "b"])
    assert issubclass(AIMessageChunk, AIMessage)


@pytest.mark.parametrize("fn", [str.upper, lambda text: iter(text.upper())])
def test_an_llm_of_a_function(fn: object) -> None:
    model = llm(fn, name="m")  # type: ignore[arg-type]  # both are of its kinds
    assert model.invoke("ab") == model.invoke(StringPromptValue(text="ab")) == "AB"
    assert "".join(model.stream("ab")) == "AB"


def test_the_text_parser_streams() -> None:
    assert list(str_parser().transform([AIMessageChunk(content="a"), AIMessageChunk(content="b")])) == ["a", "b"]
    assert str_parser().invoke("a") == "a"


class Joke(BaseModel):
    setup: str
    stars: int = 0


def test_the_json_parser_streams_snapshots_that_fit() -> None:
    text = '{"setup": "why", "stars": 3}'
    for kind in (Joke, TypeAdapter(Joke)):
        snapshots = list(json_parser(kind).transform(text))
        assert snapshots[-1] == Joke(setup="why", stars=3)
        assert all(isinstance(snapshot, Joke) for snapshot in snapshots)
        assert len(snapshots) > 2
    plain = list(json_parser().transform(text))
    assert plain[-1] == {"setup": "why", "stars": 3}
    assert {} in plain
    with pytest.raises(ValueError, match="stars"):
        json_parser(Joke).invoke('{"setup": "why", "stars": "many"}')


def test_the_list_parser_streams_items() -> None:
    assert list(list_parser().transform(["a, ", "b", ", c"])) == [["a"], ["b"], ["c"]]


def test_the_extractive_model_answers_with_the_nearest_sentence_in_chunks() -> None:
    model = extractive_chat_model()
    asked = "Bears sleep in winter. Cats never do.\n\nQuestion: when do bears sleep?"
    assert model.invoke(asked).text == "Bears sleep in winter."
    assert [chunk.text for chunk in model.stream(asked)] == ["Bears", " sleep", " in", " winter."]


def test_the_scripted_model_gives_its_replies_and_fails_on_demand() -> None:
    model = scripted_chat_model(["one two", ValueError("no"), BrokenReply("a b c", 2, ConnectionError("lost"))])
    assert [chunk.text for chunk in model.stream("x")] == ["one", " two"]
    with pytest.raises(ValueError, match="no"):
        model.invoke("x")
    chunks = model.stream("x")
    assert [next(chunks).text, next(chunks).text] == ["a", " b"]
    with pytest.raises(ConnectionError):
        next(chunks)


def test_chains_run_in_every_way() -> None:
    chain = chat_prompt("of {topic}") | scripted_chat_model(["a b"]) | str_parser()

    async def run() -> list[str]:
        return [await chain.ainvoke({"topic": "x"}), *[chunk async for chunk in chain.astream({"topic": "x"})]]

    assert chain.invoke({"topic": "x"}) == "a b"
    assert asyncio.run(run()) == ["a b", "a", " b"]
