"""Section 7, prompts: what a template may hold, what it takes in, and what it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest
from pydantic import BaseModel
from typing_extensions import TypedDict

from runlaw.components import (
    AIMessage,
    ChatMessage,
    ChatPromptValue,
    HumanMessage,
    Message,
    StringPromptValue,
    SystemMessage,
    ToolMessage,
    chat_prompt,
    prompt,
)


class Secret:
    """A value with something that a template must not reach, and a format of its own."""

    key = "sk-secret"

    def __format__(self, spec: str) -> str:
        return f"<{spec}>"


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("", {}, ""),
        ("{{}}", {}, "{}"),
        ('{{"a": "{a}"}}', {"a": 1}, '{"a": "1"}'),
        ("{a}", {"a": "{b} {{c}}"}, "{b} {{c}}"),
        ("{a}{a}{a}{a}{a}", {"a": "x"}, "xxxxx"),
        ("{a} {b} {c} {d}", {"a": 1, "b": 2.5, "c": None, "d": [True]}, "1 2.5 None [True]"),
        ("{a:05.1f}|{b!r}|{c!s:>4}|{d!a}", {"a": 3.14159, "b": "x", "c": "y", "d": "é"}, "003.1|'x'|   y|'\\xe9'"),
        ("{a:{width}.{digits}f}", {"a": 1.0, "width": 6, "digits": 2}, "  1.00"),
        ("{a} {a:x}", {"a": Secret()}, "<> <x>"),
        ("日本{語}\n\t{_x1}", {"語": "語", "_x1": "!"}, "日本語\n\t!"),
        ("{class} {def}", {"class": 1, "def": 2}, "1 2"),
    ],
)
def test_templates_are_those_of_str_format(template: str, values: dict[str, object], expected: str) -> None:
    assert prompt(template).invoke(values) == StringPromptValue(text=expected)
    assert chat_prompt(template).invoke(values) == ChatPromptValue(messages=[HumanMessage(content=expected)])
    several = chat_prompt([("system", template), ("ai", template)]).invoke(MappingProxyType(values))
    assert several.messages == [SystemMessage(content=expected), AIMessage(content=expected)]


@pytest.mark.parametrize(
    "template",
    [
        "{a.key}",
        "{a.__class__.__init__.__globals__}",
        "{a[0]}",
        "{a[key]}",
        "{a!r:{b.key}}",
        "{a:{b[0]}}",
        "{a.b[c]}",
        "{0.key}",
        "{.key}",
        "{[0]}",
        "{}",
        "{0}",
        "{a b}",
        "{a+b}",
        "{a()}",
        "{'a'}",
        "{a!x}",
        "{",
        "}",
        "{a",
        "{a}}",
    ],
)
def test_a_template_that_does_more_than_name_variables_is_refused_when_made(template: str) -> None:
    for make in (prompt, chat_prompt):
        with pytest.raises(ValueError, match="template"):
            make(template)
    with pytest.raises(ValueError, match="template"):
        chat_prompt([("human", "fine"), ("system", template)])


def test_values_are_not_read_as_templates() -> None:
    made = chat_prompt([("system", "{a}"), ("human", "{b}")])
    assert made.invoke({"a": "{b.key}", "b": "{a}"}).messages == [
        SystemMessage(content="{b.key}"),
        HumanMessage(content="{a}"),
    ]


def test_a_missing_variable_and_an_extra_one() -> None:
    made = chat_prompt([("system", "{a}"), ("human", "{b} {c}")])
    assert made.invoke({"a": 1, "b": 2, "c": 3, "d": 4}).messages[1].text == "2 3"
    with pytest.raises(KeyError, match=r"no value for 'c' in the template '\{b} \{c}'; given were: 'a', 'b', 'd'"):
        made.invoke({"a": 1, "b": 2, "d": 4})
    with pytest.raises(KeyError, match=r"no value for 'a' in the template '\{a}'; given were: none"):
        made.invoke({})


@pytest.mark.parametrize("value", [None, 3, "a", ["a"], ("a",)])
def test_an_input_that_is_no_mapping(value: Any) -> None:  # Any: wrong on purpose
    for made in (prompt("{a}"), chat_prompt("{a}")):
        with pytest.raises(TypeError, match=f"a prompt takes a mapping with 'a'; got {type(value).__name__}"):
            made.invoke(value)


def test_partial_values() -> None:
    made = prompt("{a} {b}", partial={"a": "x"})
    assert [made.invoke(value).text for value in ({"b": 1}, {"a": "y", "b": 1})] == ["x 1", "y 1"]
    with pytest.raises(KeyError, match="no value for 'b'"):
        made.invoke({"a": "y"})
    with pytest.raises(ValueError, match="partial gives 'c', but the template's variables are: 'a'"):
        prompt("{a}", partial={"c": 1})
    history = chat_prompt([("placeholder", "{history}"), ("human", "{q}")], partial={"history": []})
    assert history.invoke({"q": "x"}).messages == [HumanMessage(content="x")]


HISTORY: list[Message] = [
    HumanMessage(content="{as it is}"),
    AIMessage(content="", tool_calls=[{"name": "f", "args": {}, "id": "1"}]),
    ToolMessage(content="r", tool_call_id="1"),
    ChatMessage(content="x", role="narrator"),
]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (HISTORY, HISTORY),
        (tuple(HISTORY), HISTORY),
        ([], []),
        (ChatPromptValue(messages=HISTORY), HISTORY),
        ("hi", [HumanMessage(content="hi")]),
    ],
)
def test_a_placeholder_holds_messages(given: object, expected: list[Message]) -> None:
    made = chat_prompt([("system", "s"), ("placeholder", "{history}"), ("human", "{q}"), ("placeholder", "{history}")])
    assert made.invoke({"history": given, "q": "x"}).messages == [
        SystemMessage(content="s"),
        *expected,
        HumanMessage(content="x"),
        *expected,
    ]


@pytest.mark.parametrize("given", [3, None, ["x"], [("human", "x")], {"type": "human"}])
def test_a_placeholder_that_holds_something_else(given: object) -> None:
    with pytest.raises(TypeError) as caught:
        chat_prompt([("placeholder", "{history}")]).invoke({"history": given})
    assert "it came as the variable 'history' of a chat prompt's placeholder" in caught.value.__notes__


def test_a_placeholder_without_a_value() -> None:
    with pytest.raises(KeyError, match=r"no value for 'history' .*an empty list stands for no messages"):
        chat_prompt([("placeholder", "{history}")]).invoke({})


class TopicDict(TypedDict):
    topic: str


@dataclass
class TopicData:
    topic: str
    _hidden: str = "x"


class TopicModel(BaseModel):
    topic: str


@pytest.mark.parametrize("value", [{"topic": "x"}, TopicData("x"), TopicModel(topic="x")])
def test_a_record_is_read_by_its_fields_only(value: Any) -> None:
    kind = TopicDict if isinstance(value, Mapping) else type(value)
    assert prompt(kind, "{topic}").invoke(value).text == "x"
    assert prompt(kind, "{topic}{more}", partial={"more": "!"}).invoke(value).text == "x!"
    for template in ("{nothing}", "{__class__}", "{__dict__}"):
        with pytest.raises(ValueError, match=r"is no field of Topic.*, which has: 'topic'"):
            prompt(kind, template)
    with pytest.raises(TypeError, match="a prompt takes a"):
        prompt(kind, "{topic}").invoke(3)


@pytest.mark.parametrize("kind", [int, dict, list, "TopicDict", TopicData("x")])
def test_a_record_that_is_none(kind: Any) -> None:  # Any: wrong on purpose
    with pytest.raises(TypeError, match="must be a TypedDict, a dataclass or a pydantic model"):
        chat_prompt(kind, "{topic}")
