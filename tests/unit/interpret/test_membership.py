"""Which values are of a type, for types of every kind; and what is said of types that pydantic cannot describe."""

# mypy: disable-error-code="valid-type, type-arg"
from __future__ import annotations

import collections
from collections import abc
from collections.abc import Callable
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    Never,
    NotRequired,
    Protocol,
    TypeVar,
    runtime_checkable,
)

import pytest
from annotated_types import Ge, Interval, Len
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from returns.result import Failure, Result, Success
from typing_extensions import TypeAliasType, TypedDict

from runlaw.interpret.adapter import ProgramSchema, TitledSchema
from runlaw.interpret.describe import Described, key_of
from runlaw.interpret.membership import Membership

T = TypeVar("T")
Bounded = TypeVar("Bounded", bound=int)
Either = TypeVar("Either", int, str)
Tree = TypeAliasType("Tree", "dict[str, Tree] | int")
Positive = TypeAliasType("Positive", Annotated[int, Ge(1)])


class Open(TypedDict):
    x: int
    y: NotRequired[str]


class Node(TypedDict):
    value: int
    next: NotRequired[Node]


class Closed(TypedDict, closed=True):
    x: int
    y: NotRequired[str]


class Named(NamedTuple):
    left: int
    right: str


@dataclass
class Point:
    x: int


class Model(BaseModel):
    x: int


@runtime_checkable
class Sized(Protocol):
    def __len__(self) -> int: ...


class Box(Generic[T]):
    """It says nothing of what it holds."""


YES: list[tuple[object, list[object]]] = [
    (type, [int, Model]),
    (type[Any], [int, Model]),
    (type[int | str], [int, str, bool]),
    (type[Model], [Model]),
    (tuple, [(), (1, "a")]),
    (tuple[int, *tuple[str, ...], bytes], [(1, b""), (1, "a", b""), (1, "a", "b", b"")]),
    (tuple[*tuple[int, ...], str], [("a",), (1, "a"), (1, 2, "a")]),
    (Named, [Named(1, "a")]),
    (tuple[int, str], [(1, "a"), Named(1, "a")]),
    (collections.OrderedDict[str, int], [collections.OrderedDict(a=1)]),
    (collections.defaultdict[str, int], [collections.defaultdict(int, a=1)]),
    (abc.MutableMapping[str, int], [{"a": 1}, collections.OrderedDict(a=1)]),
    (collections.deque[int], [collections.deque([1])]),
    (set[int], [{1}, set()]),
    (abc.MutableSet[int], [{1}]),
    (abc.Container[int], [[1], {1}, range(2)]),
    (abc.Iterator[int], [iter([1]), iter("a")]),
    (abc.Generator[int, None, None], [(one for one in [1])]),
    (Open, [{"x": 1}, {"x": 1, "y": "a"}, {"x": 1, "z": object()}]),
    (Closed, [{"x": 1}, {"x": 1, "y": "a"}]),
    (Node, [{"value": 1}, {"value": 1, "next": {"value": 2, "next": {"value": 3}}}]),
    (Tree, [1, {}, {"a": {"b": 1}}]),
    (Positive, [1, True]),
    (Point, [Point(1)]),
    (Sized, [[], "a"]),
    (Box[int], [Box()]),
    (Bounded, [1, True]),
    (Either, [1, "a"]),
    (Annotated[int, Interval(ge=1, lt=3)], [1, 2]),
    (Annotated[list[int], Len(1, 2)], [[1], [1, 2]]),
    (list[Annotated[int, Ge(1)]], [[], [1]]),
    (int | Annotated[str, Len(1, 1)], [5, "a"]),
    (Literal[1, "a", None], [1, "a", None]),
    (Result[int, ValueError], [Success(1), Failure(ValueError()), Failure(UnicodeError())]),
    (Result[list[int], ValueError | KeyError], [Success([1]), Failure(KeyError())]),
    (float | None, [None, 1, 1.5]),
]
NO: list[tuple[object, list[object]]] = [
    (type, [1, None]),
    (type[Any], [1]),
    (type[int | str], [bytes, 1]),
    (type[Model], [Point, Model(x=1)]),
    (tuple[int, *tuple[str, ...], bytes], [(), (1,), (b"", 1), (1, 2, b""), (1, "a"), (1, "a", b"", b"")]),
    (tuple[*tuple[int, ...], str], [(), (1,), ("a", "b"), [1, "a"]]),
    (Named, [(1, "a")]),
    (tuple[int, str], [(1, "a", "b"), (1,), ("a", 1)]),
    (collections.OrderedDict[str, int], [{"a": 1}, collections.OrderedDict(a="b")]),
    (collections.defaultdict[str, int], [{"a": 1}]),
    (abc.MutableMapping[str, int], [{"a": "b"}, {1: 1}, [("a", 1)]]),
    (collections.deque[int], [[1], collections.deque(["a"])]),
    (set[int], [[1], {"a"}, frozenset({1})]),
    (abc.MutableSet[int], [frozenset({1}), {"a"}]),
    (abc.Container[int], [["a"], 1, "a"]),
    (abc.Iterator[int], [[1], 1]),
    (abc.Generator[int, None, None], [iter([1])]),
    (Open, [{}, {"x": "a"}, {"x": 1, "y": 2}, [("x", 1)], Point(1)]),
    (Closed, [{"x": 1, "z": 1}, {"x": 1, "y": "a", "z": 1}, {}]),
    (Node, [{}, {"value": 1, "next": {}}, {"value": 1, "next": {"value": 2, "next": {"value": "a"}}}]),
    (Tree, ["a", {"a": "b"}, {1: 1}, {"a": {"b": "c"}}]),
    (Positive, [0, "1"]),
    (Point, [{"x": 1}, Model(x=1)]),
    (Sized, [1]),
    (Box[int], [1]),
    (Bounded, ["a"]),
    (Either, [b"a"]),
    (Annotated[int, Interval(ge=1, lt=3)], [0, 3, "1"]),
    (Annotated[list[int], Len(1, 2)], [[], [1, 2, 3], ["a"]]),
    (list[Annotated[int, Ge(1)]], [[0], [1, 0]]),
    (int | Annotated[str, Len(1, 1)], ["ab", ""]),
    (Literal[1, "a", None], [True, 1.0, "b"]),
    (Result[int, ValueError], [Success("a"), Failure(KeyError()), Failure(1), 1]),
    (Result[list[int], ValueError | KeyError], [Success(["a"]), Failure(OSError())]),
    (float | None, ["1"]),
    (Never, [1, None]),
]
CUSTOM = [Positive, Annotated[int, Interval(ge=1, lt=3)], Annotated[list[int], Len(1, 2)], list[Annotated[int, Ge(1)]],
          int | Annotated[str, Len(1, 1)]]  # fmt: skip


@pytest.mark.parametrize(("form", "values"), YES, ids=lambda each: repr(each)[:40].split(" at 0x")[0])
def test_values_of_a_type(form: object, values: list[object]) -> None:
    membership = Membership(form)
    assert [value for value in values if not membership.holds(value)] == []
    assert membership.custom == any(form == one for one in CUSTOM)


@pytest.mark.parametrize(("form", "values"), NO, ids=lambda each: repr(each)[:40].split(" at 0x")[0])
def test_values_of_others(form: object, values: list[object]) -> None:
    membership = Membership(form)
    assert [value for value in values if membership.holds(value)] == []


def test_metadata_without_a_check_change_nothing() -> None:
    for metadata in ("metres", 3, Field(title="Length"), Field(description="how long")):
        assert not Membership(Annotated[int, metadata]).custom
    for metadata in (Ge(1), Field(ge=1), Interval(ge=1)):
        assert Membership(Annotated[int, metadata]).custom


def test_a_form_is_remembered_by_itself_if_it_can_be_hashed() -> None:
    assert key_of(list[int]) == list[int]
    unhashable = Annotated[int, []]
    assert key_of(unhashable) == id(unhashable)


def schema(form: object, what: str = "the input of f") -> ProgramSchema:
    return ProgramSchema(form, "title", what)


class Unknown:
    """Pydantic knows nothing of it."""


class Holding(TypedDict):
    inner: list[Unknown]


@pytest.mark.parametrize(
    ("form", "part", "inside"),
    [
        (Unknown, "Unknown", ""),
        (list[Unknown], "Unknown", ", a part of list[Unknown]"),
        (dict[str, tuple[int, Unknown]], "Unknown", ", a part of dict[str, tuple[int, Unknown]]"),
        (tuple[Unknown, ...], "Unknown", ", a part of tuple[Unknown, ...]"),
        (Holding, "Unknown", ", a part of Holding"),
    ],
)
@pytest.mark.parametrize("side", ["input", "output"])
def test_what_pydantic_cannot_describe_is_named(form: object, part: str, inside: str, side: str) -> None:
    with pytest.raises(TypeError) as raised:
        schema(form, f"the {side} of f")
    assert str(raised.value) == (
        f"the {side} of f: pydantic cannot describe {part}{inside}; say what to take for it with "
        f"with_types(step, {side}=TypeAdapter(...)), in which InstanceOf[{part}] stands for any value of the class"
    )


def test_what_has_no_json_schema_is_named() -> None:
    adapter = schema(dict[str, Callable[[int], str]])
    with pytest.raises(
        TypeError, match=r"^the input of f has no JSON schema: dict\[str, .*\] holds values that are no JSON"
    ):
        adapter.json_schema()


def test_a_json_schema_is_made_anew_for_other_options_and_kept_else() -> None:
    adapter = schema(dict[str, int])
    assert adapter.json_schema() == {"title": "title", "type": "object", "additionalProperties": {"type": "integer"}}
    assert adapter.json_schema() is adapter.json_schema()
    assert adapter.json_schema(mode="serialization")["title"] == "title"


def test_lax_values_are_converted_and_strict_ones_are_not() -> None:
    adapter = schema(dict[str, int])
    assert adapter.validate_python({"a": "1"}) == {"a": 1}
    assert adapter.take({"a": "1"}, False) == {"a": 1}
    with pytest.raises(ValidationError):
        adapter.take({"a": "1"}, True)
    with pytest.raises(ValidationError):
        adapter.validate_python({"a": "1"}, strict=True)
    given = {"a": 1}
    assert adapter.take(given, False) is given
    assert adapter.take(given, True) is given
    assert adapter.validate_python(given) is not given
    checked = schema(Annotated[list[int], Len(1, 2)])
    assert checked.take([1], False) == [1]
    with pytest.raises(ValidationError):
        checked.take([], False)


def test_results_go_through_json() -> None:
    adapter = schema(Result[int, ValueError])
    for value, text in [
        (Success(1), b'{"success":1}'),
        (Failure(ValueError("no")), b'{"failure":{"type":"ValueError","message":"no"}}'),
    ]:
        assert adapter.dump_json(value) == text
        read = adapter.validate_json(text)
        assert type(read) is type(value)
    assert adapter.validate_json(b'{"success":"1"}') == Success(1)
    failure = adapter.validate_json(b'{"failure":{"type":"Unheard","message":"no"}}').failure()
    assert (type(failure), str(failure)) == (ValueError, "no")
    kept = Failure(ValueError("no"))
    assert adapter.validate_python(kept) is kept
    for wrong in (b'{"success":1,"failure":{}}', b'{"failure":1}', b"{}", b"1", b'{"failure":{},"more":1}'):
        with pytest.raises(ValidationError, match="Input should be a Success or a Failure"):
            adapter.validate_json(wrong)
    with pytest.raises(ValidationError, match="Input should be a Success or a Failure"):
        adapter.validate_python({"success": 1})
    assert adapter.json_schema()["anyOf"] == [
        {"title": "Success", "type": "object", "properties": {"success": {"type": "integer"}}, "required": ["success"]},
        {
            "title": "Failure",
            "type": "object",
            "properties": {
                "failure": {
                    "type": "object",
                    "properties": {"type": {"type": "string"}, "message": {"type": "string"}},
                    "required": ["type", "message"],
                }
            },
            "required": ["failure"],
        },
    ]


def test_sequences_of_every_kind_are_read() -> None:
    adapter = schema(abc.Sequence[int])
    assert adapter.validate_python(("1", 2)) == (1, 2)
    assert adapter.validate_python(["1"]) == [1]
    assert adapter.validate_python(collections.deque(["1"])) == [1]
    assert adapter.validate_python(range(2)) == [0, 1]
    for wrong in ("12", {1: 2}, 3):
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)


def test_deep_types_validate_through_their_parts() -> None:
    form: object = int
    value: object = 5
    for _ in range(25):
        form, value = list[form], [value]
    adapter = schema(form)
    assert len(Described(form).parts) == 2
    assert adapter.validate_python(value) == value
    assert adapter.dump_python(value) == value
    assert adapter.validate_json(adapter.dump_json(value)) == value
    wrong: object = "a"
    for _ in range(25):
        wrong = [wrong]
    with pytest.raises(ValidationError):
        adapter.validate_python(wrong)


def test_a_users_adapter_keeps_what_it_says_but_its_title() -> None:
    plain = TypeAdapter(Annotated[int, Field(ge=1, title="Number")])
    titled = TitledSchema.of(plain, "other", "the input of g")
    assert titled.json_schema() == {"title": "other", "minimum": 1, "type": "integer"}
    assert titled.validate_python("2") == 2
    with pytest.raises(ValidationError):
        titled.validate_python(0)
