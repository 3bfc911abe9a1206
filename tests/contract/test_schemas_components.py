"""Section 9: the schemas of chains of components are the seed's."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from annotated_types import Len
from pydantic import ValidationError
from typing_extensions import TypeAliasType

from runlaw import Runnable, lift, parallel, pipe, with_types
from runlaw.components import (
    AIMessage,
    ChatPromptValue,
    Document,
    HumanMessage,
    chat_model,
    chat_prompt,
    join_documents,
    json_parser,
    prompt,
    retriever,
    str_parser,
)

model = chat_model(lambda messages: AIMessage(content=messages[-1].text), name="ChatOpenAI")
joke = chat_prompt("tell me a joke about {topic}")
chain = joke | model
PROMPT_INPUT = {
    "title": "PromptInput",
    "type": "object",
    "properties": {"topic": {"title": "Topic", "type": "string"}},
    "required": ["topic"],
}
ROLES = {
    "AIMessage": "ai",
    "HumanMessage": "human",
    "ChatMessage": "chat",
    "SystemMessage": "system",
    "FunctionMessage": "function",
    "ToolMessage": "tool",
}
REQUIRED = {
    "AIMessage": {"content"},
    "HumanMessage": {"content"},
    "SystemMessage": {"content"},
    "ChatMessage": {"content", "role"},
    "FunctionMessage": {"content", "name"},
    "ToolMessage": {"content", "tool_call_id"},
}


def find(query: str) -> list[Document]:
    return [Document(page_content=query)]


def test_the_input_of_a_chain_is_that_of_its_prompt() -> None:
    assert chain.input_schema.json_schema() == joke.input_schema.json_schema() == PROMPT_INPUT
    assert prompt("about {topic}").input_schema.json_schema() == PROMPT_INPUT


def test_the_input_of_a_chat_model_is_that_of_the_seed() -> None:
    schema = model.input_schema.json_schema()
    assert schema["title"] == "ChatOpenAIInput"
    assert {"type": "string"} in schema["anyOf"]
    definitions = schema["$defs"]
    for name, role in ROLES.items():
        assert definitions[name]["title"] == name
        assert definitions[name]["properties"]["type"]["const"] == role
        assert set(definitions[name]["required"]) == REQUIRED[name]
    assert definitions["StringPromptValue"]["required"] == ["text"]


def test_the_output_of_a_chain_is_that_of_its_model() -> None:
    schema = chain.output_schema.json_schema()
    assert schema["title"] == "ChatOpenAIOutput"
    assert schema["$ref"] == "#/$defs/AIMessage"
    assert schema["$defs"]["AIMessage"]["properties"]["content"]["title"] == "Content"


def test_schemas_accept_what_the_components_take_and_give() -> None:
    value = {"topic": "bears"}
    assert joke.input_schema.validate_python(value, strict=True) == value
    made = joke.invoke(value)
    assert isinstance(made, ChatPromptValue)
    taken: list[Any] = [made, "bears", [HumanMessage(content="bears")]]
    for one in taken:
        assert model.input_schema.validate_python(one, strict=True) is one
    answer = chain.invoke(value)
    assert model.output_schema.validate_python(answer, strict=True) is answer


def test_a_retrieval_chain_asks_for_its_question() -> None:
    search = retriever(find, name="FAISS")
    rag: Runnable[Any, str] = pipe(
        parallel(context=search | join_documents, question=lambda question: question),
        chat_prompt("{context} {question}"),
        model,
        str_parser(),
    )
    assert rag.input_schema.json_schema() == {"title": "RunnableParallel<context,question>Input", "type": "string"}
    assert rag.output_schema.json_schema() == {"title": "StrOutputParserOutput", "type": "string"}


@pytest.mark.parametrize("value", [{"a": 1}, [1, [None, {"b": 1.5}]], "text", None])
def test_the_output_of_a_json_parser_accepts_json_in_strict_mode(value: object) -> None:
    assert json_parser().output_schema.validate_python(value, strict=True) == value


@pytest.mark.parametrize("value", [{1: "a"}, {"a": {1}}, [object()]])
def test_the_output_of_a_json_parser_accepts_nothing_else_in_strict_mode(value: object) -> None:
    with pytest.raises(ValidationError):
        json_parser().output_schema.validate_python(value, strict=True)


Tree = TypeAliasType("Tree", "int | Annotated[list[Tree], Len(0, 2)]")


def grows(text: str) -> Tree:
    return [len(text)]


def test_types_that_hold_themselves_may_be_annotated() -> None:
    schema = lift(grows).output_schema
    assert schema.validate_python([1, [2, [3]]], strict=True) == [1, [2, [3]]]
    with pytest.raises(ValidationError):
        schema.validate_python([1, [2, [3, 3, 3]]], strict=True)


def test_the_type_of_an_output_can_be_said_by_hand() -> None:
    parser = json_parser()
    assert with_types(parser, output=parser.output_type).output_type == parser.output_type
