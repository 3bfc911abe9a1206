"""Prompt values, and what chat models and text models take."""

import pytest
from pydantic import TypeAdapter

from runlaw.components import (
    AIMessage,
    ChatInput,
    ChatMessage,
    ChatPromptValue,
    Document,
    FunctionMessage,
    HumanMessage,
    Message,
    StringPromptValue,
    SystemMessage,
    ToolMessage,
    join_documents,
    to_messages,
)
from runlaw.components.prompt_values import to_text

TALK: list[Message] = [
    SystemMessage(content="Be brief."),
    HumanMessage(content="hi"),
    AIMessage(content="hello"),
    ChatMessage(content="order!", role="Judge"),
    FunctionMessage(content="3", name="add"),
    ToolMessage(content="4", tool_call_id="1"),
]


def test_string_prompt_value() -> None:
    value = StringPromptValue(text="hi")
    assert value.model_dump() == {"text": "hi", "type": "StringPromptValue"}
    assert (value.to_string(), value.to_messages()) == ("hi", [HumanMessage(content="hi")])
    assert repr(value) == "StringPromptValue(text='hi')"


def test_chat_prompt_value() -> None:
    value = ChatPromptValue(messages=TALK)
    assert value.model_dump()["type"] == "ChatPromptValueConcrete"
    assert ChatPromptValue.model_validate_json(value.model_dump_json()) == value
    assert value.to_messages() == TALK
    assert value.to_messages() is not value.messages
    assert value.to_string() == ("System: Be brief.\nHuman: hi\nAI: hello\nJudge: order!\nFunction: 3\nTool: 4")


@pytest.mark.parametrize(
    "value", ["hi", StringPromptValue(text="hi"), [HumanMessage(content="hi")], (HumanMessage(content="hi"),)]
)
def test_what_a_model_takes(value: ChatInput) -> None:
    assert to_messages(value) == [HumanMessage(content="hi")]
    assert to_text(value) == ("hi" if isinstance(value, str | StringPromptValue) else "Human: hi")


def test_json_is_read_as_input_of_a_model() -> None:
    adapter: TypeAdapter[ChatInput] = TypeAdapter(ChatInput)
    talk: ChatInput = [{"type": "human", "content": "hi"}]  # type: ignore[list-item]  # as JSON has it
    assert adapter.validate_python(talk) == [HumanMessage(content="hi")]
    assert adapter.validate_python({"type": "StringPromptValue", "text": "x"}) == StringPromptValue(text="x")


def test_what_a_model_does_not_take() -> None:
    message = AIMessage(content="x")
    with pytest.raises(TypeError, match=r"a chat model takes .*; got AIMessage: .*; put it in a list: \[AIMessage"):
        to_messages(message)  # type: ignore[arg-type]  # refused by the checker too
    with pytest.raises(TypeError, match=r"item 1 of a chat model's input must be a message .* got 'hi'"):
        to_messages([message, "hi"])  # type: ignore[list-item]  # refused by the checker too
    with pytest.raises(TypeError, match=r"an llm takes .* got int: 3"):
        to_text(3)  # type: ignore[arg-type]  # refused by the checker too


def test_documents() -> None:
    document = Document(page_content="harrison worked at kensho")
    assert repr([document]) == "[Document(page_content='harrison worked at kensho')]"
    assert repr(Document(page_content="x", metadata={"a": 1}, id="7")) == (
        "Document(page_content='x', metadata={'a': 1}, id='7')"
    )
    assert document.model_dump() == {"page_content": document.page_content, "metadata": {}, "type": "Document"}
    assert Document.model_validate(document.model_dump()) == document
    assert {document, Document(page_content="harrison worked at kensho")} == {document}
    assert join_documents([document, Document(page_content="b")]) == "harrison worked at kensho\n\nb"
