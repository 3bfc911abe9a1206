"""Section 7: retrievers, stores, tools and the tool loop, sentence by sentence."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import assert_type

import pytest
from pydantic import ValidationError

from runlaw import Runnable, lift
from runlaw.components import (
    AIMessage,
    ChatInput,
    Document,
    VectorStore,
    lexical_store,
    retriever,
    scripted_chat_model,
    tool,
    tool_loop,
    tool_schema,
    vector_store,
)

SEED = "harrison worked at kensho"


def at_once(query: str) -> list[Document]:
    return [Document(page_content=query)]


def one_by_one(query: str) -> Iterator[list[Document]]:
    for word in query.split():
        yield [Document(page_content=word)]


def test_retrievers_of_functions() -> None:
    found: Runnable[str, list[Document]] = retriever(at_once, name="Docs")
    assert found.invoke("a b") == [Document(page_content="a b")]
    assert found.name == "Docs"
    assert list(retriever(one_by_one).stream("a b")) == [[Document(page_content="a")], [Document(page_content="b")]]
    assert len(retriever(one_by_one).invoke("a b")) == 2


def letters(text: str) -> list[float]:
    return [float(text.count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz"]


def test_a_vector_store(tmp_path: Path) -> None:
    pytest.importorskip("faiss", reason="the faiss package is not installed")
    store = vector_store([SEED, Document(page_content="bears like honey")], lift(letters, name="OpenAIEmbeddings"))
    assert store.search("where did harrison work?", 1) == [Document(page_content=SEED)]
    (given,) = store.add(["zzz"])
    assert store.search("zz", 1) == [Document(page_content="zzz")]
    store.delete([given])
    store.save(tmp_path / "store")
    assert VectorStore.load(tmp_path / "store", letters).search("harrison", 1) == [Document(page_content=SEED)]
    found = store.as_retriever(k=1)
    events = list(found.with_config(run_name="Docs").stream_events("harrison"))
    assert events[0]["tags"] == ["FAISS", "OpenAIEmbeddings"]
    assert found.invoke("harrison") == [Document(page_content=SEED)]
    assert len(store.as_retriever().invoke("harrison")) == 2


def test_the_lexical_store_is_the_same_without_embeddings(tmp_path: Path) -> None:
    store = lexical_store([SEED, Document(page_content="bears like honey")])
    assert store.search("where did harrison work?", 1) == [Document(page_content=SEED)]
    store.delete(store.add(["zzz"]))
    store.save(tmp_path / "store")
    assert type(store).load(tmp_path / "store").search("harrison") == [Document(page_content=SEED)]
    assert store.as_retriever(k=4).invoke("harrison") == [Document(page_content=SEED)]


@tool
def some_tool(x: int, y: str) -> dict[str, object]:
    """Some_tool.

    Args:
        x: A number.
    """
    return {"x": x, "y": y}


@tool
def search(query: str) -> list[str]:
    return [query]


@tool
def size(record: Mapping[str, object]) -> int:
    return len(record)


def test_a_tool_is_a_runnable_from_its_arguments() -> None:
    assert some_tool.invoke({"x": 1, "y": "2"}) == {"x": 1, "y": "2"}
    assert isinstance(some_tool, Runnable)
    assert_type(some_tool.invoke({"x": 1, "y": "2"}), dict[str, object])
    assert_type(search.invoke("a"), list[str])


def test_arguments_are_checked_by_pydantic() -> None:
    assert some_tool.invoke({"x": "1", "y": "2"}) == {"x": 1, "y": "2"}
    with pytest.raises(ValidationError):
        some_tool.invoke({"x": "one", "y": "2"})
    with pytest.raises(ValidationError):
        some_tool.invoke({"x": 1})


def test_a_single_argument_tool_also_takes_the_bare_value() -> None:
    assert search.invoke("a") == search.invoke({"query": "a"}) == ["a"]
    assert size.invoke({"record": {"a": 1, "b": 2}}) == 2
    assert size.invoke({"a": 1}) == 1
    assert size.invoke({"record": {}, "b": 2}) == 2


def test_call_keeps_the_functions_parameters() -> None:
    assert some_tool.call(1, "2") == some_tool.call(x=1, y="2") == {"x": 1, "y": "2"}
    assert_type(some_tool.call(1, y="2"), dict[str, object])


def test_a_tools_schema_is_for_model_apis() -> None:
    assert tool_schema(some_tool) == {
        "name": "some_tool",
        "description": "Some_tool.",
        "parameters": {
            "type": "object",
            "properties": {"x": {"type": "integer", "description": "A number."}, "y": {"type": "string"}},
            "required": ["x", "y"],
            "additionalProperties": False,
        },
    }


def test_a_tool_loop_runs_a_model_with_tools_until_it_answers() -> None:
    asks = AIMessage(content="", tool_calls=[{"name": "search", "args": {"query": "a"}, "id": "1"}])
    agent: Runnable[ChatInput, AIMessage] = tool_loop(scripted_chat_model([asks, asks, "found"]), [search], max_turns=3)
    assert agent.invoke("x") == AIMessage(content="found")
    with pytest.raises(RuntimeError, match="max_turns"):
        tool_loop(scripted_chat_model([asks]), [search], max_turns=3).invoke("x")
