"""Every component that needs no network obeys every law that speaks of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from runlaw import Runnable, lift, pipe
from runlaw.components import (
    AIMessage,
    AIMessageChunk,
    Document,
    Message,
    chat_model,
    chat_prompt,
    extractive_chat_model,
    join_documents,
    json_parser,
    lexical_store,
    list_parser,
    llm,
    prompt,
    retriever,
    scripted_chat_model,
    str_parser,
    tool,
    tool_loop,
    vector_store,
)
from runlaw.laws import check_laws

FEW = settings(max_examples=5, database=None, derandomize=True, deadline=None)
TEXTS = st.text("ab ", max_size=4)
TOPICS = st.fixed_dictionaries({"topic": TEXTS})
DOCUMENTS = [Document(page_content=f"bears {name} sleep", id=name) for name in ("a", "b", "ab")]


def echo(messages: list[Message]) -> AIMessage:
    return AIMessage(content=messages[-1].text)


def echo_by_word(messages: list[Message]) -> Iterator[AIMessageChunk]:
    for word in messages[-1].text.partition(" "):
        yield AIMessageChunk(content=word)


def shout(text: str) -> str:
    return text.upper()


def about(query: str) -> list[Document]:
    return [Document(page_content=query)]


def about_one_by_one(query: str) -> Iterator[list[Document]]:
    for word in query.split():
        yield [Document(page_content=word)]


def counts(text: str) -> list[float]:
    return [float(text.count(letter)) for letter in "abes"]


@tool
def double(x: int) -> int:
    """Twice the number."""
    return 2 * x


COMPONENTS: dict[str, tuple[Runnable[Any, Any], st.SearchStrategy[Any]]] = {  # Any: of whatever types
    "prompt": (prompt("a {topic}"), TOPICS),
    "chat_prompt": (chat_prompt([("system", "be brief"), ("human", "{topic}")]), TOPICS),
    "chat_model": (chat_model(echo), TEXTS),
    "chat_model that streams": (chat_model(echo_by_word), TEXTS),
    "llm": (llm(shout), TEXTS),
    "extractive_chat_model": (extractive_chat_model(), TEXTS.map("Bears sleep.\nQuestion: {}?".format)),
    "scripted_chat_model": (scripted_chat_model("a reply of some words"), TEXTS),
    "retriever": (retriever(about), TEXTS),
    "retriever without annotations": (retriever(lambda query: [Document(page_content=query)]), TEXTS),
    "retriever that streams": (retriever(about_one_by_one), TEXTS),
    "lexical_store": (lexical_store(DOCUMENTS).as_retriever(), TEXTS),
    "vector_store": (vector_store(DOCUMENTS, counts).as_retriever(), TEXTS),
    "join_documents": (lift(join_documents), st.lists(st.sampled_from(DOCUMENTS), max_size=3)),
    "str_parser": (str_parser(), TEXTS.map(lambda text: AIMessage(content=text))),
    "list_parser": (list_parser(), st.text("ab,-\n", max_size=5)),
    "json_parser": (json_parser(), st.sampled_from(['{"a": [1, null]}', "[1, 2]", '"text', "no"])),
    "json_parser of a type": (json_parser(dict[str, int]), st.sampled_from(['{"a": 1}', '{"a": "b"}'])),
    "tool": (double, st.integers(0, 3).map(lambda x: {"x": x})),
    "tool_loop": (tool_loop(chat_model(echo_by_word), [double]), TEXTS),
    "chain": (pipe(chat_prompt("tell me of {topic}"), chat_model(echo_by_word), str_parser()), TOPICS),
}


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_obeys_every_law(name: str) -> None:
    component, inputs = COMPONENTS[name]
    report = check_laws(component, inputs, settings=FEW)
    assert len(report.applied) > 130
