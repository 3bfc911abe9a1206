"""Parsers: text, JSON and lists, whole and in pieces."""

import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from runlaw.components import AIMessage, AIMessageChunk, json_parser, list_parser, str_parser
from runlaw.components.json_snapshots import JsonSnapshots, json_part, settled
from runlaw.components.list_items import list_items


class Joke(TypedDict, total=False):
    setup: str
    rating: int


class JokeModel(BaseModel):
    setup: str
    rating: int


def test_str_parser() -> None:
    parser = str_parser()
    assert parser.invoke(AIMessage(content="Hello")) == "Hello"
    assert parser.invoke("Hello") == "Hello"
    assert parser.invoke(AIMessage(content=["a", {"type": "text", "text": "b"}])) == "ab"
    chunks: list[AIMessage | str] = [AIMessageChunk(content=""), AIMessageChunk(content="H"), "i"]
    assert list(parser.transform(chunks)) == ["", "H", "i"]
    with pytest.raises(TypeError, match="a parser takes an AIMessage or a str; got int: 3"):
        parser.invoke(3)  # type: ignore[arg-type]  # refused by the checker too


def test_names() -> None:
    assert [parser.name for parser in (str_parser(), json_parser(), list_parser())] == [
        "StrOutputParser",
        "JsonOutputParser",
        "ListOutputParser",
    ]
    assert json_parser(Joke, name="jokes").name == "jokes"


def test_json_snapshots_grow() -> None:
    text = '{"setup": "Why?", "rating": 10, "tags": ["a", null, true, 1.5]}'
    assert list(json_parser().transform(text)) == [
        {},
        {"setup": ""},
        {"setup": "W"},
        {"setup": "Wh"},
        {"setup": "Why"},
        {"setup": "Why?"},
        {"setup": "Why?", "rating": 10},
        {"setup": "Why?", "rating": 10, "tags": []},
        {"setup": "Why?", "rating": 10, "tags": [""]},
        {"setup": "Why?", "rating": 10, "tags": ["a"]},
        {"setup": "Why?", "rating": 10, "tags": ["a", None]},
        {"setup": "Why?", "rating": 10, "tags": ["a", None, True]},
        {"setup": "Why?", "rating": 10, "tags": ["a", None, True, 1.5]},
    ]


def test_only_snapshots_that_fit_are_given() -> None:
    text = '{"setup": "Why?", "rating": 10}'
    assert list(json_parser(JokeModel).transform(text)) == [JokeModel(setup="Why?", rating=10)]
    assert list(json_parser(Joke).transform([text[:12], text[12:]])) == [
        {"setup": "W"},
        {"setup": "Why?", "rating": 10},
    ]
    assert list(json_parser(TypeAdapter(list[int])).transform(["[1, ", "2", "3", "]"])) == [[1], [1, 23]]


def test_a_message_in_one_piece() -> None:
    assert json_parser(JokeModel).invoke(AIMessage(content='{"setup": "x", "rating": "3"}')) == JokeModel(
        setup="x", rating=3
    )
    assert list(json_parser().stream("12")) == [12]


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"a": "```"}\n```',
        '```\n{"a": "```"}\n```\n',
        'Here it is:\n\n```JSON\n{"a": "```"}\n```\nand {"b": 1}\n```\n[]\n```',
        '  ```json\n{"a": "```"}',
        '\n {"a": "```"}\n',
        '```json {"a": "```"} ```',
        '```{"a": "```"}```',
        '```json\n{"a": "```"}```',
        '```json {\n"a": "```"}\n``` and more',
        '```\r\n{"a": "```"}\r\n```\r\n',
        '``` JSON5 {"a": "```"}\n```',
    ],
)
def test_code_fences_are_left_out(text: str) -> None:
    expected = {"a": "```"}
    assert json_parser().invoke(text) == expected
    assert list(json_parser().transform(text))[-1] == expected


def test_the_whole_is_validated() -> None:
    with pytest.raises(ValidationError, match="rating") as caught:
        json_parser(JokeModel).invoke('{"setup": "x", "rating": "many"}')
    assert caught.value.__notes__[0] == """the model's output was: '{"setup": "x", "rating": "many"}'"""
    chunks = json_parser(list[int]).transform(["[1, ", '"x"]'])
    assert next(chunks) == [1]
    with pytest.raises(ValidationError):
        next(chunks)


@pytest.mark.parametrize("text", ["", "I would rather not.", '{"a": 1', '{"a": 1} and more', "```json\n```"])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(ValidationError, match="Invalid JSON") as caught:
        json_parser().invoke(text)
    assert caught.value.__notes__[0] == f"the model's output was: {text!r}"


def test_fenced_snapshots_only_grow() -> None:
    text = '```json {"a": "x\\"```y", "b": ["`", "\\\\"]}``` so far'
    expected: list[object] = [
        {},
        {"a": ""},
        {"a": "x"},
        {"a": 'x"'},
        {"a": 'x"`'},
        {"a": 'x"``'},
        {"a": 'x"```'},
        {"a": 'x"```y'},
        {"a": 'x"```y', "b": []},
        {"a": 'x"```y', "b": [""]},
        {"a": 'x"```y', "b": ["`"]},
        {"a": 'x"```y', "b": ["`", ""]},
        {"a": 'x"```y', "b": ["`", "\\"]},
    ]
    assert list(json_parser().transform(text)) == expected


def test_what_is_no_type_is_refused() -> None:
    class Unknown:
        pass

    wrong: list[Any] = [3, Unknown]  # Any: wrong on purpose
    for kind in wrong:
        with pytest.raises(TypeError, match="json_parser takes a type or a TypeAdapter; got"):
            json_parser(kind)


class Early(BaseModel):
    late: "Late"


def test_a_type_that_is_not_whole_yet() -> None:
    parser = json_parser(Early)
    assert parser.invoke('{"late": {"x": 1}}') == Early(late=Late(x=1))


class Late(BaseModel):
    x: int


def test_a_long_text_is_cut_in_the_note() -> None:
    with pytest.raises(ValidationError) as caught:
        json_parser().invoke("x" * 600)
    assert caught.value.__notes__[0] == f"the model's output was: '{'x' * 500}...'"


def test_equal_numbers_of_other_types_end_right() -> None:
    assert [type(value) for value in JsonSnapshots(float | int)(iter(["1", "e0"]))] == [float]
    assert list(map(repr, json_parser().transform(['{"a": true', ', "a": 1}']))) == ["{'a': True}", "{'a': 1}"]


def test_json_parsers_are_values() -> None:
    assert JsonSnapshots(Joke) == JsonSnapshots(Joke)
    assert hash(JsonSnapshots(Joke)) == hash(JsonSnapshots(Joke))
    used = JsonSnapshots(Joke)
    list(used(iter(["{}"])))
    assert pickle.loads(pickle.dumps(used)) == used
    assert used.__runlaw_signature__() == (AIMessage | str, Joke)
    assert JsonSnapshots(TypeAdapter(list[int])).__runlaw_signature__() == (AIMessage | str, list[int])


def test_parts_of_json() -> None:
    assert json_part("[1]") == "[1]"
    assert settled('["a\\"1') == '["a\\"1'
    assert settled('["a", -1.5e') == '["a", '
    assert settled("[true") == "[true"


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("red, green,blue", ["red", "green", "blue"]),
        ("", []),
        (" , ,\n\n", []),
        ("- one, and\n* two\n• three", ["one, and", "two", "three"]),
        ("1. one\n2) two\n10. ten", ["one", "two", "ten"]),
        ("1, 2, 3", ["1", "2", "3"]),
        ("-1, -2", ["-1", "-2"]),
        ("3.5, 4.5", ["3.5", "4.5"]),
        ("a, - b", ["a", "- b"]),
        ('"a, b", c, "d ""e"""', ["a, b", "c", 'd "e"']),
        ('"open, end', ['"open', "end"]),
        ('"a" b, c', ['"a" b', "c"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("one\ntwo, three", ["one", "two", "three"]),
        ("  - nested\n\t2. deep", ["nested", "deep"]),
    ],
)
def test_list_items(text: str, items: list[str]) -> None:
    assert list_parser().invoke(text) == items
    assert list(list_items(iter(text))) == [[item] for item in items]


def test_items_come_as_soon_as_they_are_complete() -> None:
    given = []

    def pieces() -> Iterator[str]:
        for piece in ["a, b", ", c\n- d", " e\n", '"f, ', 'g", ']:
            yield piece
            given.append(piece)

    arrived = [(item, len(given)) for [item] in list_items(pieces())]
    assert arrived == [("a", 0), ("b", 1), ("c", 1), ("d e", 2), ("f, g", 4)]
