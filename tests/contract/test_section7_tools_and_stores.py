"""Section 7, tools and stores: arguments in every shape, schemas, searches, files that are none of theirs."""

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError
from typing_extensions import TypedDict

from runlaw.components import Document, LexicalStore, VectorStore, lexical_store, tool, tool_schema, vector_store

from .modes import Mode, both


class Point(BaseModel):
    x: int
    y: int = 0


@dataclass
class Size:
    width: int


class Place(TypedDict):
    city: str


class Colour(Enum):
    RED = "red"


@tool
def one(x: int) -> int:
    return x


@tool
def optional(x: int | None = None) -> str:
    return repr(x)


@tool
def one_with_more(x: int, y: int = 2) -> int:
    return x * y


@tool
def two(x: int, y: int) -> int:
    return x * y


@tool
def no_arguments() -> str:
    return "nothing"


@tool
def named(*, x: int, y: int = 2) -> int:
    return x * y


@tool
def placed(x: int, /, y: int = 2) -> int:
    return x - y


@tool
def point(p: Point) -> int:
    return p.x + p.y


@tool
def record(values: dict[str, int]) -> int:
    return sum(values.values())


@tool
def many(size: Size, place: Place, colour: Colour = Colour.RED, kind: Literal["a", "b"] = "a") -> str:
    return f"{size.width} {place['city']} {colour.value} {kind}"


@tool
async def awaited(x: int) -> int:
    return x


TAKEN: list[tuple[Any, object, object]] = [
    (one, {"x": 1}, 1),
    (one, 1, 1),
    (one, "1", 1),
    (optional, {}, "None"),
    (optional, None, "None"),
    (optional, {"x": None}, "None"),
    (optional, 3, "3"),
    (one_with_more, 3, 6),
    (one_with_more, {"x": 3}, 6),
    (one_with_more, {"x": "3", "y": 3.0}, 9),
    (two, {"x": 2, "y": 3}, 6),
    (no_arguments, {}, "nothing"),
    (named, {"x": 3}, 6),
    (placed, {"x": 5}, 3),
    (placed, {"y": 1, "x": 5}, 4),
    (point, Point(x=1, y=2), 3),
    (point, {"x": 1}, 1),
    (point, {"p": {"x": 1, "y": 1}}, 2),
    (record, {"a": 1, "b": 2}, 3),
    (record, {"values": {"a": 1}}, 1),
    (record, {"values": 1, "b": 2}, 3),
    (record, {}, 0),
    (many, {"size": {"width": 1}, "place": {"city": "Rome"}}, "1 Rome red a"),
    (many, {"size": Size(1), "place": {"city": "Rome"}, "colour": "red", "kind": "b"}, "1 Rome red b"),
    (awaited, 3, 3),
]


@both
@pytest.mark.parametrize(("made", "given", "result"), TAKEN)
def test_arguments_in_every_shape(mode: Mode, made: Any, given: object, result: object) -> None:
    assert mode.invoke(made, given) == result
    assert mode.batch(made, [given]) == [result]
    assert made.input_schema.validate_python(given) is not NotImplemented


REFUSED: list[tuple[Any, object, type[Exception], str]] = [
    (one, {"y": 1}, ValidationError, "x"),
    (one, {"x": 1, "y": 2}, ValidationError, "x"),
    (one, "many", ValidationError, "valid integer"),
    (one, None, ValidationError, "valid integer"),
    (one_with_more, {}, ValidationError, "Field required"),
    (two, 1, TypeError, "the tool two takes a mapping with 'x', 'y'; got int: 1"),
    (two, {"x": 1}, ValidationError, "y\n  Field required"),
    (two, {"x": 1, "y": 2, "z": 3}, ValidationError, "z\n  Extra inputs are not permitted"),
    (no_arguments, "x", TypeError, "takes a mapping with no keys"),
    (named, 3, TypeError, "takes a mapping with 'x', 'y'"),
    (record, {"values": 1}, ValidationError, "valid dictionary"),
    (many, {"size": {"width": 1}, "place": {"city": "Rome"}, "kind": "c"}, ValidationError, "kind"),
]


@both
@pytest.mark.parametrize(("made", "given", "error", "told"), REFUSED)
def test_arguments_that_are_none(mode: Mode, made: Any, given: object, error: type[Exception], told: str) -> None:
    with pytest.raises(error) as caught:
        mode.invoke(made, given)
    assert told in str(caught.value)


def test_call_keeps_the_functions_parameters() -> None:
    assert (one.call(3), one_with_more.call(3, y=3), two.call(y=2, x=3), placed.call(5, 1)) == (3, 9, 6, 4)
    assert (named.call(x=3), no_arguments.call(), point.call(Point(x=1))) == (6, "nothing", 1)
    with pytest.raises(TypeError, match="too many positional arguments"):
        one.call(1, 2)  # type: ignore[call-arg]  # wrong on purpose


def nothing(*values: int) -> int:
    return len(values)


def anything(**values: int) -> int:
    return len(values)


def yields() -> Any:
    yield 1


@pytest.mark.parametrize(("fn", "told"), [(nothing, "takes *values"), (anything, "takes **values"), (yields, "yields")])
def test_functions_that_are_no_tools(fn: Callable[..., object], told: str) -> None:
    with pytest.raises(TypeError) as caught:
        tool(fn)
    assert told in str(caught.value)


def google(city: Annotated[str, Field(max_length=9)], days: int = 3) -> str:
    """The weather.

    In two lines.

    Args:
        city: Where,
            in English.
        days (int): How long.

    Returns:
        A text.
    """
    return city * days


def numpy(city: str, days: int = 3) -> str:
    """The weather.

    In two lines.

    Parameters
    ----------
    city : str
        Where,
        in English.
    days : int, optional
        How long.

    Returns
    -------
    str
        A text.
    """
    return city * days


def sphinx(city: str, days: int = 3) -> str:
    """The weather.

    In two lines.

    :param city: Where,
        in English.
    :param int days: How long.
    :returns: A text.
    """
    return city * days


@pytest.mark.parametrize("fn", [google, numpy, sphinx])
def test_docstrings_describe_a_tool_and_its_arguments(fn: Callable[[str], str]) -> None:
    schema: Any = tool_schema(tool(fn))
    assert (schema["name"], schema["description"]) == (fn.__name__, "The weather.\n\nIn two lines.")
    assert schema["parameters"]["properties"]["days"] == {"default": 3, "description": "How long.", "type": "integer"}
    assert schema["parameters"]["properties"]["city"]["description"] == "Where, in English."
    assert (schema["parameters"]["type"], schema["parameters"]["required"]) == ("object", ["city"])
    json.dumps(schema)


# Stores

WORDS = ["bears", "cats", "dogs", "sleep", "bark", "fish", "日", "本"]
FACTS: list[str | Document] = [
    "bears sleep",
    Document(page_content="cats sleep", metadata={"page": 1, "tags": ["a"]}, id="cats"),
    Document(page_content="dogs bark", metadata={"page": 2}),
]


def embed(text: str) -> list[float]:
    return [*(float(text.count(word)) for word in WORDS), 0.01]


Store = LexicalStore | VectorStore


class Kind:
    """A kind of store: how to make one, and how to load one."""

    def __init__(self, make: Callable[[list[str | Document]], Store], load: Callable[[Path], Store]) -> None:
        self.make = make
        self.load = load


LEXICAL = Kind(lexical_store, LexicalStore.load)
VECTOR = Kind(lambda documents: vector_store(documents, embed), lambda path: VectorStore.load(path, embed))
kinds = pytest.mark.parametrize("kind", [LEXICAL, VECTOR], ids=["lexical", "vector"])


def found(store: Store, query: str, k: int = 4, **options: Any) -> list[str]:
    return [document.page_content for document in store.search(query, k, **options)]


@kinds
def test_search(kind: Kind) -> None:
    store = kind.make(FACTS)
    assert store.search("cats sleep", 1) == [FACTS[1]]
    assert set(found(store, "bears cats dogs", 100)) == {"bears sleep", "cats sleep", "dogs bark"}
    assert found(store, "bears cats dogs", where={"page": 2}) == ["dogs bark"]
    assert found(store, "bears cats dogs", where={"tags": ["a"]}) == ["cats sleep"]
    assert found(store, "bears cats dogs", where={"page": None}) == []
    assert len(found(store, "bears cats dogs", where={})) == 3
    scores = [score for _, score in store.search_with_scores("cats sleep", 2)]
    assert scores == sorted(scores, reverse=True)
    assert found(kind.make([]), "cats") == []


@kinds
@pytest.mark.parametrize(
    ("query", "k", "error"),
    [("x", 0, ValueError), ("x", -1, ValueError), ("x", True, TypeError), ("x", 1.0, TypeError), (None, 1, TypeError)],
)
def test_searches_that_are_none(kind: Kind, query: Any, k: Any, error: type[Exception]) -> None:
    for store in (kind.make(FACTS), kind.make([])):
        with pytest.raises(error, match=r"k, the number of documents|a query must be a str"):
            store.search(query, k)


@kinds
def test_adding_replacing_deleting(kind: Kind) -> None:
    store = kind.make([])
    assert store.add(FACTS) == ["0", "cats", "2"]
    assert store.add(["bears fish", Document(page_content="cats bark", id="cats")]) == ["3", "cats"]
    assert (len(store), found(store, "cats", 1)) == (4, ["cats bark"])
    store.delete(["3", "cats"])
    assert (len(store), found(store, "fish cats bears", 1)) == (2, ["bears sleep"])
    with pytest.raises(KeyError, match="the store has no document with the id 'cats'"):
        store.delete(["0", "cats"])
    assert len(store) == 2
    wrong: list[Any] = ["text", FACTS[1], [3], [None], 3]  # Any: wrong on purpose
    for each in wrong:
        with pytest.raises(TypeError):
            store.add(each)
    assert (len(store), store.add(["日本"])) == (2, ["5"])
    assert found(store, "日本", 1) == ["日本"]


@kinds
def test_files(kind: Kind, tmp_path: Path) -> None:
    store = kind.make([*FACTS, "lines\nand \u2028 more", ""])
    store.save(tmp_path / "store")
    again = kind.load(tmp_path / "store")
    assert (len(again), found(again, "cats sleep")) == (5, found(store, "cats sleep"))
    assert again.search_with_scores("cats", 1) == store.search_with_scores("cats", 1)
    again.add(["fish fish"])
    again.delete(["cats"])
    assert (found(again, "fish", 1), len(again), len(store)) == (["fish fish"], 5, 5)
    kind.make([]).save(tmp_path / "store")
    assert len(kind.load(tmp_path / "store")) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


@kinds
def test_files_that_are_none_of_a_store(kind: Kind, tmp_path: Path) -> None:
    path, other = tmp_path / "store", VECTOR if kind is LEXICAL else LEXICAL
    kind.make(FACTS).save(path)
    saved = path.read_bytes()
    for damaged in (saved[:-1], saved + b"x", saved[:-9] + b"zzzzzzzzz", saved.replace(b"sleep", b"sleeq")):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="is damaged"):
            kind.load(path)
    other.make(FACTS).save(path)
    foreign = [path.read_bytes(), b"", b"\n", b"PK\3\4", b"[1]\n", b'{"a": 1}\n', pickle.dumps(FACTS), saved[1:]]
    for contents in foreign:
        path.write_bytes(contents)
        with pytest.raises(ValueError, match="is no file of a runlaw"):
            kind.load(path)
    path.write_bytes(saved.replace(b'"version": 1', b'"version": 2'))
    with pytest.raises(ValueError, match="is of version 2; this release reads version 1"):
        kind.load(path)
    with pytest.raises(FileNotFoundError):
        kind.load(tmp_path / "missing")
    assert b"pickle" not in saved


@kinds
@both
def test_retrievers(mode: Mode, kind: Kind) -> None:
    made = kind.make(FACTS).as_retriever(k=1)
    assert mode.invoke(made, "cats sleep") == mode.stream(made, "cats sleep")[0] == [FACTS[1]]
    assert mode.batch(made, ["cats", "dogs"]) == [[FACTS[1]], [FACTS[2]]]
    assert kind.make(FACTS).as_retriever(k=2, where={"page": 2}).invoke("dogs") == [FACTS[2]]
    assert made == made
    assert {"Retriever"} == {made.name}
    wrong: Any = 3
    with pytest.raises(TypeError, match="a retriever takes a str, its query; got int: 3"):
        mode.invoke(made, wrong)
