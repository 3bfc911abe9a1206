"""The table of events, row by row, in both shapes, and the run of the seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from runlaw import Runnable, identity, lift, lift_stream, parallel, pipe, with_config
from runlaw.components import (
    AIMessage,
    Document,
    HumanMessage,
    SystemMessage,
    chat_model,
    chat_prompt,
    json_parser,
    llm,
    retriever,
    scripted_chat_model,
    str_parser,
    tool,
)
from runlaw.components.messages import AIMessageChunk

from .support import letters, shout
from .watching import Dicts, Way, check_brackets, every_way, kinds, named

DOCUMENTS = [Document(page_content="harrison worked at kensho")]
QUESTION = "where did harrison work?"
CHUNKS = ["", "H", "arrison", " worked", " at", " Kens", "ho", ".", ""]


def documents_of(query: str) -> list[Document]:
    return DOCUMENTS


def some_documents(query: str) -> Iterator[list[Document]]:
    for document in DOCUMENTS:
        yield [document]


def data(events: Dicts, name: str) -> list[tuple[str, Any]]:
    """Kind and data of the events of one name."""
    return [(event["event"], event["data"]) for event in named(events, name)]


def retrieval_chain() -> Runnable[str, str]:
    """The chain of the seed."""
    docs = with_config(retriever(documents_of, tags=["FAISS", "OpenAIEmbeddings"]), run_name="Docs")
    model = with_config(scripted_chat_model([CHUNKS]), run_name="my_llm")
    prompt = chat_prompt("Answer based on {context}\n\nQuestion: {question}")
    return pipe(parallel(context=docs, question=identity), prompt, model, str_parser())


@every_way
def test_a_chain_that_is_the_root(way: Way) -> None:
    events = way.events(way.source(letters), "ab")
    assert data(events, "letters") == [
        ("on_chain_start", {"input": "ab"}),
        ("on_chain_stream", {"chunk": "a"}),
        ("on_chain_stream", {"chunk": "b"}),
        ("on_chain_end", {"output": "ab"}),
    ]
    first = events[0]
    assert set(first) == {"event", "name", "run_id", "parent_ids", "tags", "metadata", "data"}
    assert (first["parent_ids"], first["tags"], first["metadata"]) == ([], [], {})
    assert isinstance(first["run_id"], str)


@every_way
def test_a_nested_chain_fed_by_a_stream_knows_its_input_at_the_end(way: Way) -> None:
    events = way.events(pipe(way.source(letters), way.leaf(shout)), "ab")
    assert data(events, "shout") == [
        ("on_chain_start", {}),
        ("on_chain_stream", {"chunk": "AB"}),
        ("on_chain_end", {"output": "AB", "input": "ab"}),
    ]
    assert data(events, "letters")[0] == ("on_chain_start", {"input": "ab"})
    assert data(events, "letters")[-1] == ("on_chain_end", {"output": "ab", "input": "ab"})


@every_way
def test_a_prompt(way: Way) -> None:
    prompt = chat_prompt([("system", "You are Cat Agent 007"), ("human", "{question}")], name="my_template")
    asked = {"question": "hello"}
    value = prompt.invoke(asked)
    assert data(way.events(prompt | str, asked), "my_template") == [
        ("on_prompt_start", {"input": asked}),
        ("on_prompt_end", {"output": value, "input": asked}),
    ]
    fed = pipe(way.source(lambda text: iter([{"question": text}]), name="asks"), prompt)
    assert data(way.events(fed, "hello"), "my_template") == [
        ("on_prompt_start", {"input": asked}),
        ("on_prompt_end", {"output": value, "input": asked}),
    ]


@every_way
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_chat_model(way: Way, version: str) -> None:
    messages = [SystemMessage(content="Be brief."), HumanMessage(content="hi")]
    model = scripted_chat_model([["hello", " you"]], name="model")
    events = way.events(model | str_parser(), messages, version=version)
    said = {"messages": [messages]}
    whole = AIMessage(content="hello you")
    output: object = whole
    if version == "v1":
        output = {"generations": [[{"text": "hello you", "message": whole}]], "llm_output": None}
    assert data(events, "model") == [
        ("on_chat_model_start", {"input": said}),
        ("on_chat_model_stream", {"chunk": AIMessageChunk(content="hello")}),
        ("on_chat_model_stream", {"chunk": AIMessageChunk(content=" you")}),
        ("on_chat_model_end", {"output": output, "input": said}),
    ]


@every_way
def test_the_input_of_a_chat_model_is_told_as_messages(way: Way) -> None:
    def reply(messages: list[Any]) -> AIMessage:
        return AIMessage(content="yes")

    model = chat_model(reply, name="model")
    wanted = {"messages": [[HumanMessage(content="hi")]]}
    programs: list[tuple[Runnable[Any, Any], object]] = [(model, "hi"), (chat_prompt("{x}") | model, {"x": "hi"})]
    for program, value in programs:
        start, *_, end = data(way.events(program, value), "model")
        assert start[1] == {"input": wanted}
        assert end[1] == {"output": AIMessage(content="yes"), "input": wanted}


@every_way
def test_a_text_model(way: Way) -> None:
    def reply(text: str) -> Iterator[str]:
        yield "Hello"
        yield " human!"

    for program in (llm(reply, name="model"), pipe(shout, llm(reply, name="model"))):
        said = "hello" if program.name == "model" else "HELLO"
        assert data(way.events(program, "hello"), "model") == [
            ("on_llm_start", {"input": said}),
            ("on_llm_stream", {"chunk": "Hello"}),
            ("on_llm_stream", {"chunk": " human!"}),
            ("on_llm_end", {"output": "Hello human!", "input": said}),
        ]


@every_way
def test_a_retriever_that_gives_all_at_once(way: Way) -> None:
    query = {"input": {"query": "hello"}}
    for program in (retriever(documents_of), retriever(lambda text: DOCUMENTS)):
        events = way.events(program | len, "hello")
        assert data(events, "Retriever") == [
            ("on_retriever_start", query),
            ("on_retriever_end", {"output": DOCUMENTS, **query}),
        ]
        events = way.events(program | len, "hello", version="v1")
        assert data(events, "Retriever") == [
            ("on_retriever_start", query),
            ("on_retriever_end", {"output": {"documents": DOCUMENTS}, **query}),
        ]


@every_way
@pytest.mark.parametrize(("version", "kind"), [("v1", "on_retriever_chunk"), ("v2", "on_retriever_stream")])
def test_a_retriever_that_streams(way: Way, version: str, kind: str) -> None:
    events = way.events(retriever(some_documents) | len, "hello", version=version)
    assert data(events, "Retriever")[1] == (kind, {"chunk": {"documents": DOCUMENTS}})


@every_way
def test_a_tool(way: Way) -> None:
    @tool
    def some_tool(x: int, y: str) -> dict[str, object]:
        """Some tool."""
        return {"x": x, "y": y}

    given = {"x": 1, "y": "2"}
    said = {"input": given}
    events = way.events(some_tool | dict, given)
    assert data(events, "some_tool") == [
        ("on_tool_start", said),
        ("on_tool_stream", {"chunk": given}),
        ("on_tool_end", {"output": given, **said}),
    ]


@every_way
def test_the_bare_value_of_a_tool_is_told_by_the_name_of_its_parameter(way: Way) -> None:
    @tool
    def double(number: int) -> int:
        """Twice."""
        return number * 2

    for program in (double, pipe(double, str), pipe(lift(int), double)):
        start, *_, end = data(way.events(program, 4), "double")
        assert start == ("on_tool_start", {"input": {"number": 4}})
        assert end == ("on_tool_end", {"output": 8, "input": {"number": 4}})


@every_way
def test_a_parser(way: Way) -> None:
    model = scripted_chat_model([["a", "b"]], name="model")
    message = AIMessage(content="ab")
    assert data(way.events(model | str_parser(), "hi"), "StrOutputParser") == [
        ("on_parser_start", {}),
        ("on_parser_stream", {"chunk": "a"}),
        ("on_parser_stream", {"chunk": "b"}),
        ("on_parser_end", {"output": "ab", "input": message}),
    ]
    told = data(way.events(scripted_chat_model([["[1", ", 2]"]]) | json_parser(list[int]), "hi"), "JsonOutputParser")
    assert told[-1] == ("on_parser_end", {"output": [1, 2], "input": AIMessage(content="[1, 2]")})
    assert told[-2] == ("on_parser_stream", {"chunk": [1, 2]})


@every_way
def test_a_parser_that_is_the_root(way: Way) -> None:
    start, *_, end = way.events(str_parser(), "text")
    assert (start["event"], start["data"]) == ("on_parser_start", {"input": "text"})
    assert (end["event"], end["data"]) == ("on_parser_end", {"output": "text"})


@every_way
def test_records_and_their_chunks(way: Way) -> None:
    events = way.events(parallel(a=way.leaf(shout), b=way.source(letters)), "ab")
    check_brackets(events)
    told = data(events, "RunnableParallel<a,b>")
    assert told[0] == ("on_chain_start", {"input": "ab"})
    assert told[-1] == ("on_chain_end", {"output": {"a": "AB", "b": "ab"}})
    chunks = [dict(each["chunk"]) for kind, each in told if kind == "on_chain_stream"]
    assert sorted(chunks, key=repr) == [{"a": "AB"}, {"b": "a"}, {"b": "b"}]


@every_way
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_the_run_of_the_seed(way: Way, version: str) -> None:
    events = way.events(retrieval_chain(), QUESTION, version=version)
    if version == "v2":
        check_brackets(events)
        assert {event["name"] for event in events if not event["parent_ids"]} == {"RunnableSequence"}
    else:
        assert not any(event["parent_ids"] for event in events)
    spoken = [event["data"]["chunk"].content for event in events if event["event"] == "on_chat_model_stream"]
    assert spoken == CHUNKS
    told = [each for each in kinds(events) if not each[0].endswith(("_stream", "_chunk"))]
    steps = [each for each in told if each[1] != "RunnablePassthrough"]
    assert steps == [
        ("on_chain_start", "RunnableSequence"),
        ("on_chain_start", "RunnableParallel<context,question>"),
        ("on_retriever_start", "Docs"),
        ("on_retriever_end", "Docs"),
        ("on_chain_end", "RunnableParallel<context,question>"),
        ("on_prompt_start", "ChatPromptTemplate"),
        ("on_prompt_end", "ChatPromptTemplate"),
        ("on_chat_model_start", "my_llm"),
        ("on_parser_start", "StrOutputParser"),
        ("on_chat_model_end", "my_llm"),
        ("on_parser_end", "StrOutputParser"),
        ("on_chain_end", "RunnableSequence"),
    ]
    tags = {event["name"]: event["tags"] for event in events}
    assert tags["Docs"] == ["map:key:context", "FAISS", "OpenAIEmbeddings"]
    assert tags["my_llm"] == ["seq:step:3"]
    assert events[-1]["data"] == {"output": "Harrison worked at Kensho."}


@every_way
def test_what_the_seed_prints_of_its_retriever_and_model(way: Way) -> None:
    printed: list[str] = []
    for event in way.events(retrieval_chain(), QUESTION, version="v1", include_names=["Docs", "my_llm"]):
        kind = event["event"]
        if kind == "on_chat_model_stream":
            printed.append(event["data"]["chunk"].content + "|")
        elif kind == "on_chat_model_start":
            printed.append("\nStreaming LLM:\n")
        elif kind == "on_chat_model_end":
            printed.append("\nDone streaming LLM.")
        elif kind == "on_retriever_end":
            printed.append(f"--\nRetrieved the following documents:\n{event['data']['output']['documents']}\n")
        else:
            assert kind == "on_retriever_start"
    assert "".join(printed) == (
        "--\n"
        "Retrieved the following documents:\n"
        "[Document(page_content='harrison worked at kensho')]\n"
        "\n"
        "Streaming LLM:\n"
        "|H|arrison| worked| at| Kens|ho|.||\n"
        "Done streaming LLM."
    )


@every_way
def test_the_run_type_alone_decides_how_data_are_shaped(way: Way) -> None:
    for run_type in ("chain", "llm", "chat_model", "prompt", "tool", "retriever", "parser"):
        program: Runnable[str, str] = lift_stream(letters, run_type=run_type)
        for event in way.events(pipe(program, lift(shout)), "ab"):
            if event["name"] == "letters":
                assert event["event"].startswith(f"on_{run_type}_")
