"""What a schema accepts in strict mode: just the values of the type."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

import collections
import datetime
import decimal
import enum
import re
import types
from collections import abc
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    Never,
    NewType,
    NotRequired,
    TypedDict,
    TypeVar,
    get_args,
    get_origin,
)

import pytest
from annotated_types import Gt
from pydantic import AfterValidator, BaseModel, Field, SecretStr, TypeAdapter, ValidationError
from returns.result import Failure, Result, Success
from typing_extensions import TypeAliasType

from runlaw.interpret.adapter import ProgramSchema, TitledSchema
from runlaw.interpret.describe import Described
from runlaw.interpret.membership import Membership

T = TypeVar("T")
Whole = TypeVar("Whole", bound=int)
Text = TypeVar("Text", str, bytes)
UserId = NewType("UserId", int)
Json = TypeAliasType("Json", "dict[str, Json] | list[Json] | str | None")
Above = TypeAliasType("Above", Annotated[int, Gt(0)])


class Size(enum.IntEnum):
    S = 1


class Model(BaseModel):
    x: int


class Derived(Model): ...


class Pair(NamedTuple):
    left: int
    right: str


class Point(TypedDict):
    x: int
    y: NotRequired[str]


class Numbers(list[int]): ...


def schema(form: object) -> ProgramSchema:
    return ProgramSchema(form, "title", "the input of f")


def accepts(form: object, value: object, strict: bool = True) -> bool:
    try:
        schema(form).validate_python(value, strict=strict)
    except ValidationError:
        return False
    return True


IN: list[tuple[object, list[object]]] = [
    (int, [1, True, Size.S]),
    (float, [1.5, 1, True]),
    (complex, [1j, 1.5, 1]),
    (str, ["a"]),
    (bool, [True]),
    (None, [None]),
    (object, [1, "a", None, object]),
    (Any, [1, object()]),
    (T, [1, "a"]),
    (Whole, [1, True]),
    (Text, ["a", b"a"]),
    (UserId, [1]),
    (int | str, [1, "a", True]),
    (Literal["a", 1], ["a", 1]),
    (list[int], [[], [1, True], Numbers([1])]),
    (Sequence[int], [[1], (1,), range(3), collections.deque([1]), b"ab"]),
    (Sequence[str], [["a"], "abc"]),
    (abc.MutableSequence[int], [[1], collections.deque([1])]),
    (abc.Collection[int], [[1], {1}, frozenset({1}), {1: "a"}.keys()]),
    (Iterable[int], [[1], {1}, iter([1])]),
    (abc.Set[int], [{1}, frozenset({1})]),
    (frozenset[int], [frozenset({1})]),
    (tuple[int, str], [(1, "a"), Pair(1, "a")]),
    (tuple[int, ...], [(), (1, 2)]),
    (tuple[()], [()]),
    (dict[str, int], [{}, {"a": 1}, collections.OrderedDict(a=1)]),
    (Mapping[str, int], [{"a": 1}, types.MappingProxyType({"a": 1})]),
    (MutableMapping[str, int], [{"a": 1}]),
    (Point, [{"x": 1}, {"x": True, "y": "a"}, {"x": 1, "z": 2}]),
    (Model, [Model(x=1), Derived(x=1)]),
    (Pair, [Pair(1, "a")]),
    (Size, [Size.S]),
    (datetime.date, [datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1)]),
    (type[int], [int, bool]),
    (Callable[[int], str], [len, str]),
    (Json, [None, "a", ["a", {"b": None}]]),
    (Annotated[int, Gt(0)], [1, True]),
    (Above, [1]),
    (Annotated[int, "metres"], [1, True]),
    (Result[int, ValueError], [Success(1), Failure(ValueError())]),
    (SecretStr, [SecretStr("a")]),
]
OUT: list[tuple[object, list[object]]] = [
    (int, ["1", 1.0, None]),
    (float, ["1", decimal.Decimal(1)]),
    (complex, ["1"]),
    (str, [b"a", 1]),
    (bool, [1, "yes"]),
    (None, [0]),
    (Never, [None, 1]),
    (Whole, ["a"]),
    (Text, [1]),
    (int | str, [1.5, None]),
    (Literal["a", 1], ["b", True, 1.0]),
    (list[int], [(1,), ["1"], {1}]),
    (Sequence[int], [{1}, ["a"], "abc", iter([1])]),
    (Iterable[int], [["a"], "abc", 1]),
    (tuple[int, str], [(1,), (1, 2), [1, "a"], (1, "a", 2)]),
    (tuple[int, ...], [(1, "a"), [1]]),
    (tuple[()], [(1,)]),
    (dict[str, int], [{"a": "1"}, {1: 1}, types.MappingProxyType({"a": 1})]),
    (Point, [{}, {"x": "1"}, {"x": 1, "y": 2}, Pair(1, "a")]),
    (Model, [{"x": 1}, Point]),
    (Pair, [(1, "a")]),
    (Size, [1]),
    (type[int], [str, 1]),
    (Callable[[int], str], [1]),
    (Json, [1, ["a", 1], {"a": 1}]),
    (Annotated[int, Gt(0)], [0, "1"]),
    (Above, [0]),
    (Result[int, ValueError], [1, Success("a"), Failure(KeyError())]),
    (SecretStr, [1]),
]


def addressless(value: object) -> str:
    """What a test is called after: the same in every process."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


@pytest.mark.parametrize(
    ("form", "value"),
    [(form, value) for form, values in IN for value in values],
    ids=lambda each: addressless(each)[:40],
)
def test_a_value_of_the_type_is_accepted(form: object, value: object) -> None:
    assert accepts(form, value)


@pytest.mark.parametrize(
    ("form", "value"),
    [(form, value) for form, values in OUT for value in values],
    ids=lambda each: addressless(each)[:40],
)
def test_a_value_of_another_type_is_refused(form: object, value: object) -> None:
    assert not accepts(form, value)


def test_an_accepted_value_is_given_back_as_it_is() -> None:
    value = Numbers([1])
    assert schema(list[int]).validate_python(value, strict=True) is value
    assert schema(Iterable[int]).validate_python(value, strict=True) is value


def test_an_iterator_is_not_consumed() -> None:
    values = iter([1, 2])
    assert accepts(Iterable[int], values)
    assert list(values) == [1, 2]


def test_validators_of_a_type_take_part() -> None:
    adapter = schema(Annotated[str, AfterValidator(str.strip)])
    assert adapter.validate_python(" a ", strict=True) == "a"


def test_refused_values_say_where_they_are_wrong() -> None:
    with pytest.raises(ValidationError) as caught:
        schema(dict[str, list[int]]).validate_python({"a": [1, "2"]}, strict=True)
    assert caught.value.errors()[0]["loc"] == ("a", 1)


def test_a_value_that_only_pydantic_would_take_is_refused_with_the_type() -> None:
    with pytest.raises(ValidationError, match="Input should be a value of Model"):
        schema(Model).validate_python({"x": 1}, strict=True)


def test_taking_a_value_keeps_one_of_the_type_and_converts_others() -> None:
    adapter = schema(Point)
    more: dict[str, object] = {"x": 1, "more": 2}
    assert adapter.take(more, False) is more
    assert adapter.take({"x": "1"}, False) == {"x": 1}
    with pytest.raises(ValidationError):
        adapter.take({"x": "1"}, True)


def test_deep_types_are_cut_and_shallow_ones_are_not() -> None:
    shallow = Described(list[list[int]])
    assert (shallow.whole, shallow.parts) == (list[list[int]], {})
    deep: object = int
    for _ in range(30):
        deep = list[deep]
    assert len(Described(deep).parts) == 3


@pytest.mark.parametrize("levels", range(1, 40))
def test_no_part_of_a_deep_type_is_deeper_than_another_but_the_last(levels: int) -> None:
    form: object = int
    for _ in range(levels):
        form = list[form]
    described = Described(form)
    depths = [depth(part) for part in (described.whole, *described.parts.values())]
    assert set(depths[:-1]) <= {9}
    assert 1 <= depths[-1] <= 9
    assert sum(depths) == levels


def depth(form: object) -> int:
    """How many lists are inside one another."""
    return 1 + depth(get_args(form)[0]) if get_origin(form) is list else 0


@pytest.mark.parametrize("value", [None, 1, "a"])
def test_nothing_is_of_the_type_without_values(value: object) -> None:
    for strict in (False, True):
        with pytest.raises(ValidationError, match="There is no value of this type"):
            schema(Never).validate_python(value, strict=strict)


def test_json_schemas_of_what_pydantic_does_not_know() -> None:
    assert schema(Never).json_schema() == {"title": "title", "not": {}}
    assert schema(Sequence[int]).json_schema() == {"title": "title", "type": "array", "items": {"type": "integer"}}


def test_a_failure_in_json_becomes_the_error_of_its_name() -> None:
    adapter = schema(Result[int, ValueError | KeyError])
    text = adapter.dump_json(Failure(KeyError("k")))
    assert text == b'{"failure":{"type":"KeyError","message":"\'k\'"}}'
    assert isinstance(adapter.validate_json(text).failure(), KeyError)


def test_an_adapter_of_a_class_of_its_own_is_taken_as_it_is() -> None:
    given = schema(int)
    assert TitledSchema.of(given, "other", "the input of g") is given
    plain = TypeAdapter(Annotated[int, Field(title="Number")])
    titled = TitledSchema.of(plain, "other", "the input of g")
    assert titled.json_schema() == {"title": "other", "type": "integer"}
    assert plain.json_schema()["title"] == "Number"


def test_types_without_parts_of_pydantic_are_told_from_others() -> None:
    assert not Membership(list[int]).custom
    assert Membership(list[Annotated[int, Gt(0)]]).custom
    assert Membership(SecretStr).custom


def test_what_pydantic_has_no_word_for_is_named() -> None:
    with pytest.raises(TypeError, match=r"pydantic cannot describe Iterator\[int\], a part of list\[Iterator\[int\]\]"):
        schema(list[Iterator[int]])


class Undefined(TypedDict):
    """A record with a field of a type that is nowhere defined."""

    x: "Missing"  # type: ignore[name-defined]  # noqa: F821, UP037 - what it is about


class Around(TypedDict):
    """A record with such a record in it."""

    inner: Undefined
    more: "list[Around]"  # noqa: UP037 - it is not defined yet


@pytest.mark.parametrize("form", [Undefined, list[Undefined], Around], ids=repr)
def test_a_field_of_a_type_that_is_not_defined_is_told_of(form: Any) -> None:  # Any: a type form
    with pytest.raises(
        NameError, match=r"^the input of f is of the type .*, in which 'Missing' is not defined; define"
    ):
        ProgramSchema(form, "In", "the input of f")
