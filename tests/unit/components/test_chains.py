"""Components together: what they are called, how they agree, and that they travel."""

import asyncio
import pickle
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from runlaw import Runnable, identity, parallel
from runlaw.components import (
    AIMessage,
    AIMessageChunk,
    ChatPromptValue,
    Document,
    HumanMessage,
    Message,
    chat_model,
    chat_prompt,
    extractive_chat_model,
    join_documents,
    json_parser,
    lexical_store,
    list_parser,
    prompt,
    retriever,
    scripted_chat_model,
    str_parser,
)
from runlaw.events import Event, RunEnded, RunStarted, RunStreamed

TEMPLATE = """Answer the question based only on the following context:
{context}

Question: {question}
"""
QUESTION = "where did harrison work?"
CHUNKS = ["", "H", "arrison", " worked", " at", " Kens", "ho", ".", ""]


@chat_model
def shout(messages: list[Message]) -> AIMessage:
    return AIMessage(content=messages[-1].text.upper())


@retriever
def find(query: str) -> list[Document]:
    return [Document(page_content=query)]


def seed_chain(model: Runnable[Any, AIMessage]) -> Runnable[str, str]:
    store = lexical_store(["harrison worked at kensho"])
    inputs: dict[str, Callable[[str], object]] = {
        "context": store.as_retriever().with_config(run_name="Docs"),
        "question": identity,
    }
    return inputs | chat_prompt(TEMPLATE) | model.with_config(run_name="my_llm") | str_parser()


def watched(chain: Runnable[str, str]) -> list[Event]:
    events: list[Event] = []
    assert list(chain.stream(QUESTION, {"listeners": [events.append]})) == CHUNKS
    return events


def test_the_seeds_chain_streams_the_seeds_chunks() -> None:
    events = watched(seed_chain(scripted_chat_model([CHUNKS])))
    started = [(event.name, event.run_type) for event in events if isinstance(event, RunStarted)]
    assert sorted(started) == [
        ("ChatPromptTemplate", "prompt"),
        ("Docs", "retriever"),
        ("RunnableParallel<context,question>", "chain"),
        ("RunnablePassthrough", "chain"),
        ("RunnableSequence", "chain"),
        ("StrOutputParser", "parser"),
        ("my_llm", "chat_model"),
    ]
    assert [event.chunk for event in events if isinstance(event, RunStreamed) and event.name == "my_llm"] == [
        AIMessageChunk(content=text) for text in CHUNKS
    ]
    ended = {event.name: event for event in events if isinstance(event, RunEnded)}
    found = [Document(page_content="harrison worked at kensho")]
    assert ended["Docs"].output == found
    assert "Tantivy" in ended["Docs"].tags
    asked = ChatPromptValue(messages=[HumanMessage(content=TEMPLATE.format(context=found, question=QUESTION))])
    assert ended["ChatPromptTemplate"].output == asked
    assert ended["my_llm"].output == AIMessage(content="Harrison worked at Kensho.")
    assert type(ended["my_llm"].output) is AIMessage
    assert ended["RunnableSequence"].output == "Harrison worked at Kensho."


def test_all_ways_of_running_agree() -> None:
    chain = seed_chain(extractive_chat_model())
    answer = "harrison worked at kensho"

    async def ask() -> tuple[str, list[str], list[str]]:
        streamed = [word async for word in chain.astream(QUESTION)]
        return await chain.ainvoke(QUESTION), streamed, await chain.abatch([QUESTION] * 2)

    words = ["harrison", " worked", " at", " kensho"]
    assert chain.invoke(QUESTION) == chain(QUESTION) == answer
    assert list(chain.stream(QUESTION)) == words
    assert chain.batch([QUESTION] * 2) == [answer] * 2
    assert asyncio.run(ask()) == (answer, words, [answer] * 2)


@pytest.mark.parametrize(
    ("parser", "text", "value"),
    [(json_parser(list[int]), "[1, 22]", [1, 22]), (list_parser(), "a, b\n- c", ["a", "b", "c"])],
)
def test_parsers_work_in_every_way(parser: Runnable[AIMessage | str, object], text: str, value: object) -> None:
    chain = scripted_chat_model([list(text)]) | parser

    async def ask() -> tuple[object, list[object]]:
        return await chain.ainvoke("x"), [part async for part in chain.astream("x")]

    streamed = list(chain.stream("x"))
    assert len(streamed) > 1
    assert chain.invoke("x") == value
    assert asyncio.run(ask()) == (value, streamed)


def test_records_of_models_stream_with_empty_messages() -> None:
    both = parallel(joke=scripted_chat_model("a b"), poem=scripted_chat_model("c"))
    first: Mapping[str, object] = next(both.stream("x"))
    assert {key: first[key] for key in ("joke", "poem")} == {
        "joke": AIMessageChunk(content="a"),
        "poem": AIMessageChunk(content=""),
    }
    assert both.invoke("x") == {"joke": AIMessage(content="a b"), "poem": AIMessage(content="c")}


def test_equal_parts_are_equal() -> None:
    makers: list[Callable[[], Runnable[Any, Any]]] = [
        lambda: chat_prompt("{a}", partial={"a": []}),
        lambda: prompt("{a}"),
        str_parser,
        list_parser,
        lambda: json_parser(list[int]),
        extractive_chat_model,
        lambda: chat_prompt("{a}") | extractive_chat_model() | str_parser(),
    ]
    made = [(make(), make()) for make in makers]
    for one, two in made:
        assert one == two
        assert hash(one) == hash(two)
        assert pickle.loads(pickle.dumps(one)) == two
    assert len({one for one, _ in made}) == len(made)
    assert scripted_chat_model("a") != scripted_chat_model("a")


def test_decorated_functions_pickle_by_name() -> None:
    chain = find | join_documents | shout
    again = pickle.loads(pickle.dumps(chain))
    assert again == chain
    assert again.invoke("hi") == AIMessage(content="HI")


def test_a_chain_pickles_with_its_store() -> None:
    again = pickle.loads(pickle.dumps(seed_chain(extractive_chat_model())))
    assert again.invoke(QUESTION) == "harrison worked at kensho"


def test_types_that_do_not_fit_are_refused_when_composed() -> None:
    with pytest.raises(TypeError, match="Retriever expected str, got ChatPromptValue from ChatPromptTemplate"):
        chat_prompt("{a}") | lexical_store(["x"]).as_retriever()  # type: ignore[operator]  # refused by the checker too
    with pytest.raises(TypeError):
        str_parser() | chat_prompt("{a}")  # type: ignore[operator]  # refused by the checker too


def test_types_are_known() -> None:
    chain = chat_prompt("{topic}") | extractive_chat_model() | json_parser(list[int])
    assert chain.input_type.__name__ == "PromptInput"
    assert chain.output_type == list[int]
    assert extractive_chat_model().output_type is AIMessage
