"""Section 7, parsers: they agree for every cut of the text, and the whole is validated."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from runlaw.components import AIMessage, AIMessageChunk, HumanMessage, json_parser, list_parser, str_parser

from .modes import Mode, both


def cuts(text: str) -> Iterator[list[str]]:
    """The text whole, in single characters, in pieces of several lengths, and cut in two at every place."""
    for size in (1, 2, 3, 7, max(len(text), 1)):
        yield [text[start : start + size] for start in range(0, len(text), size)]
    for place in range(len(text) + 1):
        yield [text[:place], text[place:]]


class Joke(BaseModel):
    setup: str
    rating: int = Field(default=0, ge=0)
    tags: list[str] = []


class JokeDict(TypedDict):
    setup: str
    rating: int


@dataclass
class JokeData:
    setup: str
    rating: int = 0


DOCUMENTS = [
    '{"a": 1, "b": [true, false, null], "c": {"d": -1.5e10}}',
    "[1, 22, 333, -4, 0.5, 1e5]",
    '"a \\u00e9\\ud83d\\ude00 \\"q\\" \\\\ \\n"',
    "12345",
    "-0.5",
    "true",
    "null",
    "{}",
    "[]",
    '""',
    '[[[[["deep"]]]]]',
    '{"路": "東京", "é": "ü"}',
    '{"a": "route 66", "b": "7"}',
    ' \n\t{"a" : 1 }\n ',
    '{"a": 1, "a": 2}',
    '```json\n{"a": "```", "b": 1}\n```',
    "```\n[1, 2]\n```\nand so on",
    'Here it is:\n```json\n{"a": "b"}\n```',
    '```json {"a": 1} ```',
    '  ```json\n  {"a": 1}\n  ```',
    '```JSON\r\n{"a": 1}\r\n```\r\n',
]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_json_ends_equal_to_the_whole_for_every_cut(text: str) -> None:
    parser = json_parser()
    whole = parser.invoke(text)
    for pieces in cuts(text):
        assert list(parser.transform(pieces))[-1] == whole


@pytest.mark.parametrize("text", DOCUMENTS)
def test_no_prefix_raises_before_its_end(text: str) -> None:
    for end in range(len(text) + 1):
        snapshots = json_parser().transform([*text[:end], text[end:]])
        assert list(snapshots)


@pytest.mark.parametrize("text", [text for text in DOCUMENTS if "```" not in text])
def test_without_fences_the_whole_is_that_of_the_json_module(text: str) -> None:
    assert json_parser().invoke(text) == json.loads(text)


KINDS: list[tuple[Any, str, Sequence[object]]] = [
    (
        Joke,
        '{"setup": "ab", "rating": 12, "tags": ["x"]}',
        [Joke(setup=""), Joke(setup="a"), Joke(setup="ab"), Joke(setup="ab", rating=12)]
        + [Joke(setup="ab", rating=12, tags=tags) for tags in ([""], ["x"])],
    ),
    (JokeDict, '{"setup": "a", "rating": 12}', [{"setup": "a", "rating": 12}]),
    (JokeData, '{"setup": "a", "rating": 1}', [JokeData(""), JokeData("a"), JokeData("a", 1)]),
    (list[int], "[1, 22, 3]", [[], [1], [1, 22], [1, 22, 3]]),
    (TypeAdapter(list[int]), "[1, 22]", [[], [1], [1, 22]]),
    (dict[str, int], '{"a": 10, "b": 2}', [{}, {"a": 10}, {"a": 10, "b": 2}]),
    (list[Joke], '[{"setup": "a"}]', [[], [Joke(setup="")], [Joke(setup="a")]]),
    (int, "123", [123]),
    (int | str, '"ab"', ["", "a", "ab"]),
    (Literal["red", "green"], '"green"', ["green"]),
    (type(None), "null", [None]),
]


@pytest.mark.parametrize(("kind", "text", "expected"), KINDS)
def test_snapshots_are_those_that_validate(kind: Any, text: str, expected: Sequence[object]) -> None:
    parser = json_parser(kind)
    snapshots: list[object] = list(parser.transform(text))
    assert [one for one in snapshots if one in expected] == list(expected)
    assert snapshots[-1] == expected[-1] == parser.invoke(text)
    for pieces in cuts(text):
        assert list(parser.transform(pieces))[-1] == expected[-1]


def test_a_number_is_shown_when_it_is_whole() -> None:
    numbers = [snapshot.get("n") for snapshot in json_parser(dict[str, int]).transform('{"n": 123, "m": 1}')]
    assert set(numbers) <= {None, 123}


@both
@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        (Joke, '{"setup": "a", "rating": "many"}', "rating"),
        (Joke, '{"rating": 1}', "setup"),
        (Joke, '{"setup": "a", "rating": -1}', "greater than or equal to 0"),
        (Joke, "I would rather not.", "Invalid JSON"),
        (Joke, "", "Invalid JSON"),
        (list[int], "[1, 2", "Invalid JSON"),
        (list[int], "[1] [2]", "Invalid JSON"),
        (list[int], "[1, ", "Invalid JSON"),
        (int, '"x"', "valid integer"),
    ],
)
def test_the_last_snapshot_is_validated_in_full(mode: Mode, kind: Any, text: str, told: str) -> None:
    parser = json_parser(kind)
    for run in (lambda: mode.invoke(parser, text), lambda: mode.transform(parser, text)):
        with pytest.raises(ValidationError, match=told) as caught:
            run()
        assert caught.value.__notes__ == [f"the model's output was: {text!r}", "in step JsonOutputParser"]


def test_the_parsers_types() -> None:
    assert json_parser(Joke).output_type is Joke
    assert json_parser(TypeAdapter(list[int])).output_type == list[int]
    assert json_parser(Joke).output_schema.json_schema()["title"] == "JsonOutputParserOutput"
    assert str_parser().input_type == AIMessage | str
    assert list_parser().output_type == list[str]


ANY_PARSER: list[Any] = [str_parser(), json_parser(), list_parser()]


@pytest.mark.parametrize("parser", ANY_PARSER)
def test_what_a_parser_takes(parser: Any) -> None:
    for message in (AIMessage(content='["a"]'), AIMessageChunk(content=[{"type": "text", "text": '["a"]'}])):
        assert parser.invoke(message) == parser.invoke('["a"]')
    for wrong in (3, None, b"x", HumanMessage(content="x"), ["x"]):
        with pytest.raises(TypeError, match="a parser takes an AIMessage or a str; got"):
            parser.invoke(wrong)


@both
def test_the_text_parser_passes_every_chunk_on(mode: Mode) -> None:
    chunks: list[AIMessage | str] = ["", AIMessageChunk(content=""), "a", AIMessageChunk(content="b"), ""]
    assert mode.transform(str_parser(), chunks) == ["", "", "a", "b", ""]
    assert mode.transform(str_parser(), []) == []
    assert mode.invoke(str_parser(), "") == ""


LISTS = [
    ("a, b, c", ["a", "b", "c"]),
    ("a,\nb,\nc", ["a", "b", "c"]),
    ("- a\n- b, c\n", ["a", "b, c"]),
    ("* a\n• b", ["a", "b"]),
    ("1. a\n2) b\n10. c", ["a", "b", "c"]),
    ("1) a\r\n2) b\r\n", ["a", "b"]),
    ('"x, y", "a ""q""", z', ["x, y", 'a "q"', "z"]),
    ('"unclosed, b', ['"unclosed', "b"]),
    ("1.5, -2, 2024-01-01", ["1.5", "-2", "2024-01-01"]),
    ("**bold**, x", ["**bold**", "x"]),
    ("a,,b,", ["a", "b"]),
    ("東京, 大阪", ["東京", "大阪"]),
    ("one", ["one"]),
    ("", []),
    ("\n \n", []),
    ("- \n-", ["-"]),
]


@pytest.mark.parametrize(("text", "items"), LISTS)
def test_list_items_agree_for_every_cut(text: str, items: list[str]) -> None:
    assert list_parser().invoke(text) == items
    for pieces in cuts(text):
        chunks = list(list_parser().transform(pieces))
        assert [item for chunk in chunks for item in chunk] == items
        assert all(len(chunk) == 1 for chunk in chunks)
