"""Prompts: all forms, what they take, what they refuse."""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired

import pytest
from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypedDict

from runlaw.components import (
    AIMessage,
    ChatPromptValue,
    HumanMessage,
    MissingVariable,
    StringPromptValue,
    SystemMessage,
    chat_prompt,
    prompt,
)
from runlaw.components.formatters import ChatFormatter, MessageTemplate, chat_formatter, text_formatter


class TopicDict(TypedDict):
    topic: str
    tone: NotRequired[str]


@dataclass
class TopicData:
    topic: str
    tone: str = "dry"


class TopicModel(BaseModel):
    topic: str
    tone: str = "dry"


def test_a_text_is_a_message_from_a_human() -> None:
    value = chat_prompt("tell me a joke about {topic}").invoke({"topic": "bears"})
    assert value == ChatPromptValue(messages=[HumanMessage(content="tell me a joke about bears")])
    assert list(vars(value)) == list(ChatPromptValue.model_fields)
    assert repr(value) == "ChatPromptValue(messages=[HumanMessage(content='tell me a joke about bears')])"


def test_roles_placeholders_and_messages() -> None:
    made = chat_prompt(
        [
            ("system", "You are {who}."),
            AIMessage(content="{as it is}"),
            ("placeholder", "{history}"),
            ("user", "{question}"),
            ("assistant", "Well,"),
        ]
    )
    history = [HumanMessage(content="hi"), AIMessage(content="hello")]
    assert made.invoke({"who": "a cat", "history": history, "question": "why?"}).messages == [
        SystemMessage(content="You are a cat."),
        AIMessage(content="{as it is}"),
        *history,
        HumanMessage(content="why?"),
        AIMessage(content="Well,"),
    ]


@pytest.mark.parametrize("history", ["hi", StringPromptValue(text="hi"), (HumanMessage(content="hi"),)])
def test_a_placeholder_takes_what_a_chat_model_takes(history: object) -> None:
    made = chat_prompt([("placeholder", "{history}")])
    assert made.invoke({"history": history}).messages == [HumanMessage(content="hi")]


def test_a_text_prompt() -> None:
    made = prompt("{count:03d} {things}, {{literally}}")
    assert made.invoke({"count": 7, "things": "bears"}) == StringPromptValue(text="007 bears, {literally}")


def test_other_keys_are_not_looked_at() -> None:
    assert prompt("{a}").invoke({"a": 1, "b": 2}).text == "1"


def test_any_mapping_will_do() -> None:
    class Upper(Mapping[str, object]):
        def __getitem__(self, key: str) -> object:
            return key.upper()

        def __iter__(self) -> Any:  # Any: of whatever type iter gives
            return iter(["a"])

        def __len__(self) -> int:
            return 1

    assert prompt("{a}").invoke(Upper()).text == "A"


def test_partial_values_may_be_overruled() -> None:
    made = chat_prompt([("placeholder", "{history}"), ("human", "{a} {b}")], partial={"b": 2, "history": []})
    assert made.invoke({"a": 1}).messages == [HumanMessage(content="1 2")]
    assert made.invoke({"a": 1, "b": 3, "history": "x"}).messages == [
        HumanMessage(content="x"),
        HumanMessage(content="1 3"),
    ]


@pytest.mark.parametrize(
    ("record", "value"),
    [
        (TopicDict, {"topic": "bears", "tone": "dry"}),
        (TopicData, TopicData("bears")),
        (TopicModel, TopicModel(topic="bears")),
    ],
)
def test_a_record_type(record: type[Any], value: Any) -> None:  # Any: each of its own type
    assert prompt(record, "{tone}: {topic}").invoke(value) == StringPromptValue(text="dry: bears")
    assert chat_prompt(record, "{tone}: {topic} {more}", partial={"more": "now"}).invoke(value) == ChatPromptValue(
        messages=[HumanMessage(content="dry: bears now")]
    )
    with pytest.raises(
        ValueError, match=rf"variable 'topics' is no field of {record.__name__}, which has: 'topic', 'tone'"
    ):
        chat_prompt(record, "{topics}")


def test_a_missing_optional_key_of_a_typed_dict() -> None:
    with pytest.raises(MissingVariable, match="no value for 'tone'"):
        prompt(TopicDict, "{tone}").invoke({"topic": "bears"})


def test_a_record_of_another_type() -> None:
    with pytest.raises(TypeError, match=r"a prompt takes a TopicData; got dict: \{'topic': 'x'\}"):
        prompt(TopicData, "{topic}").invoke({"topic": "x"})  # type: ignore[arg-type]  # refused by the checker too
    with pytest.raises(TypeError, match="must be a TypedDict, a dataclass or a pydantic model; got <class 'int'>"):
        prompt(int, "{real}")
    with pytest.raises(TypeError, match="a prompt takes a mapping with 'a'; got str: 'x'"):
        prompt("{a}").invoke("x")  # type: ignore[arg-type]  # refused by the checker too
    with pytest.raises(TypeError, match=r"prompt needs a template after the type of its input: prompt\(TopicDict"):
        prompt(TopicDict)  # type: ignore[call-overload]  # refused by the checker too


@pytest.mark.parametrize(
    ("template", "error", "message"),
    [
        ([], ValueError, "a chat prompt needs at least one message"),
        (
            [("robot", "x")],
            ValueError,
            "'robot' is no role of message 0 of a chat prompt; the roles are: system, human",
        ),
        (["x"], TypeError, "message 0 of a chat prompt must be a role and a text"),
        ([("human", "a", "b")], TypeError, "message 0 of a chat prompt must be a role and a text"),
        ([("human", 3)], TypeError, "a template must be a str; got int: 3"),
        ([("placeholder", "history")], ValueError, "a placeholder names one variable in braces"),
        ([("placeholder", "{a}{b}")], ValueError, "a placeholder names one variable in braces"),
        ([("placeholder", "{a!r}")], ValueError, "a placeholder names one variable in braces"),
        ([("placeholder", "{a}"), ("human", "{a}")], ValueError, "'a' is a placeholder for messages and a variable"),
        ([("human", "{a.b}")], ValueError, "reaches into the value of 'a'"),
        (3, TypeError, "a chat prompt takes a text or a sequence of messages; got 3"),
        (None, TypeError, "a chat prompt takes a text or a sequence of messages; got None"),
        (b"x", TypeError, "a chat prompt takes a text or a sequence of messages; got b'x'"),
    ],
)
def test_what_is_no_chat_template(template: Any, error: type[Exception], message: str) -> None:  # Any: wrong on purpose
    with pytest.raises(error) as caught:
        chat_prompt(template)
    assert message in str(caught.value)


def test_a_partial_value_for_no_variable() -> None:
    with pytest.raises(ValueError, match="partial gives 'b', but the template's variables are: 'a'"):
        prompt("{a}", partial={"b": 1})


def test_missing_values_are_named() -> None:
    with pytest.raises(MissingVariable, match=r"no value for 'b' in the template 'x \{b\}'; given were: 'a'"):
        chat_prompt("x {b}").invoke({"a": 1})
    with pytest.raises(MissingVariable, match=r"no value for 'h' in a chat prompt's placeholder \(an empty list"):
        chat_prompt([("placeholder", "{h}")]).invoke({})
    with pytest.raises(TypeError) as caught:
        chat_prompt([("placeholder", "{h}")]).invoke({"h": [3]})
    assert "it came as the variable 'h' of a chat prompt's placeholder" in caught.value.__notes__


def adapter_of_input(formatter: ChatFormatter) -> TypeAdapter[object]:
    kind: Any = formatter.__runlaw_signature__().input  # Any: a type form
    return TypeAdapter(kind)


def test_the_input_schema_is_that_of_the_variables() -> None:
    formatter = chat_formatter("tell me a joke about {topic}", None, None)
    adapter = adapter_of_input(formatter)
    assert adapter.json_schema() == {
        "title": "PromptInput",
        "type": "object",
        "properties": {"topic": {"title": "Topic", "type": "string"}},
        "required": ["topic"],
    }
    assert adapter.validate_python({"topic": 3}, strict=True) == {"topic": 3}


def test_the_input_schema_of_histories_and_partial_values() -> None:
    template: Sequence[MessageTemplate] = [("placeholder", "{history}"), ("human", "{a} {b}")]
    formatter = chat_formatter(template, {"b": 1}, None)
    adapter = adapter_of_input(formatter)
    schema = adapter.json_schema()
    assert schema["required"] == ["a", "history"]
    assert list(schema["properties"]) == ["a", "b", "history"]
    read = adapter.validate_json('{"a": "x", "history": [{"type": "human", "content": "hi"}]}')
    assert read == {"a": "x", "history": [HumanMessage(content="hi")]}


def test_the_signature_of_a_record_is_the_record() -> None:
    assert text_formatter("{topic}", None, TopicModel).__runlaw_signature__() == (TopicModel, StringPromptValue)


def test_formatters_are_values() -> None:
    template: Sequence[MessageTemplate] = [("placeholder", "{h}"), ("human", "{a}"), AIMessage(content="x")]
    one, two = chat_formatter(template, {"h": []}, None), chat_formatter(template, {"h": []}, None)
    assert one == two
    assert hash(one) == hash(two)
    assert pickle.loads(pickle.dumps(one)) == one
    assert one.__runlaw_signature__().input is two.__runlaw_signature__().input
    assert one != chat_formatter(template, {"h": [], "a": 1}, None)
    assert text_formatter("{topic}", None, TopicData) != text_formatter("{topic}", None, None)
    assert pickle.loads(pickle.dumps(text_formatter("{topic}", None, TopicData)))(TopicData("x")).text == "x"
