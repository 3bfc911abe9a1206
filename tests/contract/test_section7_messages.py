"""Section 7 and its fine print, messages and documents: JSON, repr, adding up."""

import copy
import json
import pickle
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from runlaw.components import (
    AIMessage,
    AIMessageChunk,
    ChatMessage,
    ChatPromptValue,
    Document,
    FunctionMessage,
    HumanMessage,
    Message,
    StringPromptValue,
    SystemMessage,
    ToolCallChunk,
    ToolMessage,
    UsageMetadata,
)
from runlaw.components.messages import AI_MESSAGES, finish_message

EMPTY = AIMessageChunk(content="")
ALL: list[tuple[BaseModel, str, dict[str, object]]] = [
    (HumanMessage(content="x"), "HumanMessage(content='x')", {"type": "human", "example": False}),
    (SystemMessage(content="x"), "SystemMessage(content='x')", {"type": "system"}),
    (AIMessage(content="x"), "AIMessage(content='x')", {"type": "ai", "example": False}),
    (AIMessageChunk(content="x"), "AIMessageChunk(content='x')", {"type": "AIMessageChunk", "example": False}),
    (ChatMessage(content="x", role="r"), "ChatMessage(content='x', role='r')", {"type": "chat", "role": "r"}),
    (
        FunctionMessage(content="x", name="f"),
        "FunctionMessage(content='x', name='f')",
        {"type": "function", "name": "f"},
    ),
    (
        ToolMessage(content="x", tool_call_id="1"),
        "ToolMessage(content='x', tool_call_id='1')",
        {"type": "tool", "tool_call_id": "1"},
    ),
]


@pytest.mark.parametrize(("message", "shown", "fields"), ALL)
def test_the_seeds_json_and_a_repr_without_defaults(message: Any, shown: str, fields: dict[str, object]) -> None:
    assert repr(message) == shown
    assert json.loads(message.model_dump_json()) == {"content": "x", "additional_kwargs": {}, **fields}
    assert message.text == "x"
    adapter: TypeAdapter[Message] = TypeAdapter(Message)
    for again in (
        adapter.validate_json(message.model_dump_json()),
        adapter.validate_python(message.model_dump()),
        pickle.loads(pickle.dumps(message)),
        copy.deepcopy(message),
    ):
        assert (again, type(again), hash(again)) == (message, type(message), hash(message))


def test_prompt_values_and_documents() -> None:
    assert StringPromptValue(text="x").text == "x"
    assert repr(ChatPromptValue(messages=[])) == "ChatPromptValue(messages=[])"
    document = Document(page_content="x", metadata={"a": 1}, id="i")
    assert (document.page_content, document.metadata, document.id) == ("x", {"a": 1}, "i")
    assert repr(Document(page_content="x")) == "Document(page_content='x')"
    assert Document(page_content="x").id is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: AIMessage(content=3),  # type: ignore[arg-type]  # wrong on purpose
        lambda: AIMessage(content="x", type="human"),  # type: ignore[arg-type]  # wrong on purpose
        lambda: AIMessage(content="x", unknown=1),  # type: ignore[call-arg]  # wrong on purpose
        lambda: AIMessage(content="x", tool_calls=[{"name": "f"}]),  # type: ignore[typeddict-item]  # wrong on purpose
        lambda: ToolMessage(content="x"),  # type: ignore[call-arg]  # wrong on purpose
        lambda: ChatPromptValue(messages=["x"]),  # type: ignore[list-item]  # wrong on purpose
        lambda: Document(page_content=None),  # type: ignore[arg-type]  # wrong on purpose
        lambda: setattr(HumanMessage(content="x"), "content", "y"),
    ],
)
def test_wrong_values_and_changes_are_refused(make: Any) -> None:
    with pytest.raises(ValidationError):
        make()


def fragment(index: int | None, name: str | None = None, args: str | None = None, id: str | None = None) -> AIMessage:
    piece: ToolCallChunk = {"name": name, "args": args, "id": id, "index": index, "type": "tool_call_chunk"}
    return AIMessageChunk(content="", tool_call_chunks=[piece])


def usage(number: int, **details: dict[str, int]) -> AIMessage:
    told: Any = {"input_tokens": number, "output_tokens": 2 * number, "total_tokens": 3 * number, **details}
    return AIMessageChunk(content="", usage_metadata=told)


STREAMS: list[list[AIMessage]] = [
    [AIMessageChunk(content="Hel", id="a"), AIMessageChunk(content="lo", id="b"), AIMessage(content="!", name="n")],
    [
        fragment(0, "f", "", "1"),
        fragment(0, args='{"a": '),
        fragment(1, "g", "{", "2"),
        fragment(0, args="1}"),
        fragment(1, args="}"),
    ],
    [fragment(None, "f", "{}", "1"), fragment(None, "f", "{}", "2"), fragment(3, "g", None, "3")],
    [usage(1), AIMessageChunk(content="x"), usage(2, input_token_details={"cache": 1}), usage(3)],
    [AIMessageChunk(content=["a"]), AIMessageChunk(content="b"), AIMessageChunk(content=[{"type": "image_url"}, "c"])],
    [
        AIMessageChunk(content="", response_metadata={"model": "m"}, additional_kwargs={"refusal": "n"}),
        AIMessageChunk(content="", response_metadata={"finish_reason": "stop"}, additional_kwargs={"refusal": "o"}),
    ],
    [AIMessage(content="", tool_calls=[{"name": "f", "args": {}, "id": "1"}]), AIMessageChunk(content="x")],
]


@pytest.mark.parametrize("chunks", STREAMS)
def test_chunks_form_a_monoid(chunks: list[AIMessage]) -> None:
    whole = AI_MESSAGES.join(chunks)
    assert reduce(add, chunks) == whole
    assert reduce(lambda later, earlier: earlier + later, reversed(chunks)) == whole
    assert EMPTY + whole == whole + EMPTY == whole
    for cut in range(len(chunks) + 1):
        left, right = AI_MESSAGES.join(chunks[:cut]), AI_MESSAGES.join(chunks[cut:])
        assert left + right == whole
    assert all(type(one + other) is AIMessageChunk for one, other in pairwise(chunks))


def test_a_sum_becomes_a_message() -> None:
    told, numbered, unnumbered, used, parts, facts, mixed = (finish_message(AI_MESSAGES.join(s)) for s in STREAMS)
    assert {type(message) for message in (told, numbered, unnumbered, used, parts, facts, mixed)} == {AIMessage}
    assert (told.text, told.id, told.name) == ("Hello!", "a", "n")
    assert [(call["name"], call["args"], call["id"]) for call in numbered.tool_calls] == [
        ("f", {"a": 1}, "1"),
        ("g", {}, "2"),
    ]
    assert [call["id"] for call in unnumbered.tool_calls] == ["1", "2", "3"]
    expected: UsageMetadata = {
        "input_tokens": 6,
        "output_tokens": 12,
        "total_tokens": 18,
        "input_token_details": {"cache": 1},
    }
    assert used.usage_metadata == expected
    assert (parts.content, parts.text) == (["ab", {"type": "image_url"}, "c"], "abc")
    assert facts.response_metadata == {"model": "m", "finish_reason": "stop"}
    assert facts.additional_kwargs == {"refusal": "no"}
    assert [call["id"] for call in mixed.tool_calls] == ["1"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a"', "the arguments are not JSON"),
        ("[1]", "not a JSON object"),
        ("1", "not a JSON object"),
        ("{}{}", "not JSON"),
    ],
)
def test_malformed_arguments_are_kept_as_they_are(text: str, problem: str) -> None:
    message = finish_message(fragment(0, "f", text, "1"))
    assert message.tool_calls == []
    (call,) = message.invalid_tool_calls
    assert (call["name"], call["args"], call["id"]) == ("f", text, "1")
    assert problem in (call["error"] or "")


def test_what_does_not_add_up() -> None:
    with pytest.raises(TypeError, match=r"additional_kwargs\['n'\] of message chunks does not add up: 1 and 2"):
        AIMessageChunk(content="", additional_kwargs={"n": 1}) + AIMessageChunk(content="", additional_kwargs={"n": 2})
    others: list[Any] = [HumanMessage(content="x"), "x", None, 1]  # Any: wrong on purpose
    for other in others:
        with pytest.raises(TypeError, match="unsupported operand"):
            AIMessageChunk(content="") + other
