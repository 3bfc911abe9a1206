"""Messages: their JSON, their text, their sums."""

import json
import pickle

import pytest
from pydantic import TypeAdapter, ValidationError

from runlaw.components import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    Message,
    SystemMessage,
    ToolCallChunk,
    ToolMessage,
)
from runlaw.components.messages import AI_MESSAGES, ai_text, human_text, system_text, text_chunk
from runlaw.kernel.monoid import ADD, monoid_of_class

ANY_MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)
EACH: list[tuple[Message, dict[str, object]]] = [
    (HumanMessage(content="hi"), {"content": "hi", "additional_kwargs": {}, "type": "human", "example": False}),
    (AIMessage(content="hi"), {"content": "hi", "additional_kwargs": {}, "type": "ai", "example": False}),
    (
        AIMessageChunk(content="hi"),
        {"content": "hi", "additional_kwargs": {}, "type": "AIMessageChunk", "example": False},
    ),
    (SystemMessage(content="hi"), {"content": "hi", "additional_kwargs": {}, "type": "system"}),
    (
        ChatMessage(content="hi", role="judge"),
        {"content": "hi", "additional_kwargs": {}, "type": "chat", "role": "judge"},
    ),
    (
        FunctionMessage(content="hi", name="f"),
        {"content": "hi", "additional_kwargs": {}, "type": "function", "name": "f"},
    ),
    (
        ToolMessage(content="hi", tool_call_id="1"),
        {"content": "hi", "additional_kwargs": {}, "type": "tool", "tool_call_id": "1"},
    ),
]


def fragment(index: int | None, args: str | None, name: str | None = None, call_id: str | None = None) -> ToolCallChunk:
    return {"name": name, "args": args, "id": call_id, "index": index, "type": "tool_call_chunk"}


@pytest.mark.parametrize(("message", "shape"), EACH)
def test_json_is_just_what_was_said_and_comes_back(message: Message, shape: dict[str, object]) -> None:
    assert message.model_dump() == shape
    assert json.loads(message.model_dump_json()) == shape
    back = ANY_MESSAGE.validate_python(shape)
    assert type(back) is type(message)
    assert back == message
    assert hash(back) == hash(message)
    assert pickle.loads(pickle.dumps(message)) == message


@pytest.mark.parametrize(("message", "_"), EACH)
def test_schema_asks_for_the_content_and_names_the_type(message: Message, _: object) -> None:
    schema = type(message).model_json_schema()
    assert schema["title"] == type(message).__name__
    assert schema["required"][0] == "content"
    assert schema["properties"]["type"]["const"] == message.type
    assert list(schema["properties"])[:2] == ["content", "additional_kwargs"]
    assert "\n" not in schema["description"]


def test_repr_leaves_out_defaults() -> None:
    assert repr(AIMessage(content="hi")) == "AIMessage(content='hi')"
    assert repr(HumanMessage(content="", id="7")) == "HumanMessage(content='', id='7')"
    assert repr(ToolMessage(content="x", tool_call_id="1")) == "ToolMessage(content='x', tool_call_id='1')"
    assert repr(ChatMessage(content="x", role="r")) == "ChatMessage(content='x', role='r')"


def test_text_of_parts() -> None:
    message = HumanMessage(content=["see ", {"type": "image_url", "text": "no"}, {"type": "text", "text": "this"}])
    assert message.text == "see this"


def test_messages_never_change_and_know_their_fields() -> None:
    message = HumanMessage(content="hi")
    with pytest.raises(ValidationError, match="frozen"):
        message.content = "other"
    with pytest.raises(ValidationError, match="contents"):
        HumanMessage.model_validate({"content": "hi", "contents": "typo"})
    with pytest.raises(ValidationError):
        ANY_MESSAGE.validate_python({"content": "hi"})


@pytest.mark.parametrize(
    ("quick", "slow"),
    [
        (human_text("hi"), HumanMessage(content="hi")),
        (system_text("hi"), SystemMessage(content="hi")),
        (ai_text("hi"), AIMessage(content="hi")),
        (text_chunk("hi"), AIMessageChunk(content="hi")),
    ],
)
def test_the_quick_way_gives_the_same_message(quick: BaseMessage, slow: BaseMessage) -> None:
    assert quick == slow
    assert vars(quick) == vars(slow)
    assert list(vars(quick)) == list(type(slow).model_fields)
    assert quick.model_fields_set == slow.model_fields_set
    assert quick.model_dump_json() == slow.model_dump_json()
    assert pickle.loads(pickle.dumps(quick)) == slow
    assert quick.model_copy(update={"id": "1"}) == slow.model_copy(update={"id": "1"})
    assert quick.model_copy(deep=True) == slow


def test_quick_messages_share_no_lists_or_mappings() -> None:
    first, second = text_chunk("a"), text_chunk("a")
    first.additional_kwargs["x"] = 1
    first.tool_calls.append({"name": "f", "args": {}, "id": None})
    assert second == AIMessageChunk(content="a")


def test_chunks_add_up() -> None:
    total = AIMessageChunk(content="Hello", id="1") + AIMessageChunk(content=" world", id="2", name="bot")
    assert total == AIMessageChunk(content="Hello world", id="1", name="bot")
    assert type(total) is AIMessageChunk


def test_a_whole_message_and_a_chunk_add_up() -> None:
    assert AIMessage(content="a") + AIMessageChunk(content="b") == AIMessageChunk(content="ab")
    assert AIMessageChunk(content="a") + AIMessage(content="b") == AIMessageChunk(content="ab")
    with pytest.raises(TypeError):
        AIMessage(content="a") + "b"  # type: ignore[operator]  # refused by the checker too


def test_sums_merge_every_field() -> None:
    chunks = [
        AIMessageChunk(
            content=["see ", {"type": "image_url"}, "it"],
            additional_kwargs={"reason": "be", "n": 1, "nested": {"a": [1]}},
            response_metadata={"model": "m", "finish": None},
            usage_metadata={
                "input_tokens": 3,
                "output_tokens": 1,
                "total_tokens": 4,
                "input_token_details": {"cached": 2},
            },
        ),
        AIMessageChunk(
            content=" is",
            example=True,
            additional_kwargs={"reason": "cause", "n": 1, "nested": {"a": [2]}, "none": None},
            response_metadata={"model": "m", "finish": "stop"},
            usage_metadata={
                "input_tokens": 0,
                "output_tokens": 2,
                "total_tokens": 2,
                "output_token_details": {"reasoning": 1},
            },
            tool_calls=[{"name": "f", "args": {}, "id": "1"}],
        ),
    ]
    expected = AIMessage(
        content=["see ", {"type": "image_url"}, "it is"],
        example=True,
        additional_kwargs={"reason": "because", "n": 1, "nested": {"a": [1, 2]}, "none": None},
        response_metadata={"model": "m", "finish": "stop"},
        usage_metadata={
            "input_tokens": 3,
            "output_tokens": 3,
            "total_tokens": 6,
            "input_token_details": {"cached": 2},
            "output_token_details": {"reasoning": 1},
        },
        tool_calls=[{"name": "f", "args": {}, "id": "1"}],
    )
    assert AI_MESSAGES.total(chunks) == expected
    assert (chunks[0] + chunks[1]).__finish__() == expected


def test_what_does_not_add_up_is_refused() -> None:
    with pytest.raises(TypeError, match=r"additional_kwargs\['n'\] of message chunks does not add up: 1 and 2"):
        AIMessageChunk(content="", additional_kwargs={"n": 1}) + AIMessageChunk(content="", additional_kwargs={"n": 2})
    with pytest.raises(TypeError, match="True and 1"):
        AIMessageChunk(content="", additional_kwargs={"n": True}) + AIMessageChunk(
            content="", additional_kwargs={"n": 1}
        )


def test_fragments_of_tool_calls_become_calls() -> None:
    chunks = [
        AIMessageChunk(content="", tool_call_chunks=[fragment(0, "", "add", "c1")]),
        AIMessageChunk(content="", tool_call_chunks=[fragment(1, '{"q":', "find"), fragment(0, '{"x":', None, "c9")]),
        AIMessageChunk(content="", tool_call_chunks=[fragment(0, " 1}"), fragment(1, " 2")]),
        AIMessageChunk(content="", tool_call_chunks=[fragment(None, None, "now"), fragment(2, "[1]", "list")]),
        AIMessageChunk(content="", tool_call_chunks=[fragment(3, "{}")]),
    ]
    total = AI_MESSAGES.total(chunks)
    assert isinstance(total, AIMessage)
    assert type(total) is AIMessage
    assert total.tool_calls == [
        {"name": "add", "args": {"x": 1}, "id": "c1", "type": "tool_call"},
        {"name": "now", "args": {}, "id": None, "type": "tool_call"},
    ]
    assert [(call["name"], call["args"], call["error"]) for call in total.invalid_tool_calls] == [
        ("find", '{"q": 2', "the arguments are not JSON: Expecting ',' delimiter: line 1 column 8 (char 7)"),
        ("list", "[1]", "the arguments are not a JSON object"),
        (None, "{}", "the call names no tool"),
    ]


def test_one_chunk_holds_one_fragment_of_each_index() -> None:
    chunk = AIMessageChunk(content="", tool_call_chunks=[fragment(0, "{"), fragment(0, "}")])
    assert chunk.tool_call_chunks == [fragment(0, "{}")]


def test_the_monoid_of_messages() -> None:
    assert AI_MESSAGES.empty == AIMessageChunk(content="")
    assert AI_MESSAGES.total([]) == AIMessage(content="")
    whole = AIMessage(content="as it is")
    assert AI_MESSAGES.total([whole]) is whole
    assert pickle.loads(pickle.dumps(AI_MESSAGES)) is AI_MESSAGES
    assert monoid_of_class(AIMessageChunk) is ADD
    assert ADD.total([AIMessageChunk(content="a"), AIMessageChunk(content="b")]) == AIMessage(content="ab")


def test_long_sums_are_linear() -> None:
    chunks = [AIMessageChunk(content="ab", additional_kwargs={"t": "x"})] * 20_000
    total = AI_MESSAGES.total(chunks)
    assert isinstance(total, AIMessage)
    assert (len(total.text), total.additional_kwargs["t"]) == (40_000, "x" * 20_000)


def test_a_chunk_read_as_a_message_stays_a_chunk() -> None:
    adapter = TypeAdapter(AIMessage)
    chunk = AIMessageChunk(content="a", tool_call_chunks=[fragment(0, "{")])
    assert adapter.validate_json(chunk.model_dump_json()) == chunk
    assert type(adapter.validate_python({"content": "a"})) is AIMessage
