"""Type forms taken apart, printed and put together."""

# mypy: disable-error-code="valid-type, type-arg"
# ruff: noqa: UP006, UP007, UP044, UP045 - every way of writing a type is read here
from __future__ import annotations

import asyncio
import re
import sys
import typing
from collections import Counter, OrderedDict, UserDict, abc
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import NoneType
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    Never,
    NewType,
    NoReturn,
    NotRequired,
    Optional,
    Required,
    TypeVar,
    Union,
    get_args,
)

import pytest
from typing_extensions import ReadOnly, TypeAliasType, TypedDict, TypeIs, Unpack

from runlaw.algebra.bases import arguments, awaited, item_of, tuple_item, unpacked
from runlaw.algebra.forms import bare, generic, members, rebuild, specialise, split, union
from runlaw.algebra.hints import resolve
from runlaw.algebra.records import Field, fields_of, is_made, is_open, record
from runlaw.algebra.show import show
from runlaw.algebra.values import type_of

T = TypeVar("T")
U = TypeVar("U")
UNHASHABLE = Annotated[int, []]


class Box(Generic[T]): ...


class Swapped(Generic[T, U], Mapping[U, T]): ...


class IntBox(Box[int]): ...


class Deep(IntBox): ...


class Numbers(list[int]): ...


class Pair(NamedTuple):
    left: int
    right: str


class Point(TypedDict):
    x: int
    y: NotRequired[str]


class Point3(Point, total=False):
    z: Required[ReadOnly[bytes]]
    w: list[Point3]


class Late(TypedDict):
    missing: "Missing"  # type: ignore[name-defined]  # noqa: F821, UP037 - what it is about


class Generic1(TypedDict, Generic[T]):
    items: list[T]


UserId = NewType("UserId", int)
Alias = TypeAliasType("Alias", list[int])
Pairs = TypeAliasType("Pairs", list[tuple[T, U]], type_params=(T, U))
Loop = TypeAliasType("Loop", "Loop")  # type: ignore[misc]  # what it is about


def addressless(value: object) -> str:
    """What a test is called after: the same in every process."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (int, int),
        (None, NoneType),
        (Annotated[int, 1], int),
        (Annotated[Annotated[int, 1], 2], int),
        (Required[int], int),
        (NotRequired[Annotated[int, 1]], int),
        (ReadOnly[int], int),
        (typing.Final[int], int),
        (typing.ClassVar[int], int),
        (TypeIs[int], bool),
        (Alias, list[int]),
        (Pairs[int, str], list[tuple[int, str]]),
        (Loop, Any),
        (NoReturn, Never),
        (typing.LiteralString, str),
        (typing.Self, Any),
        ("Later", Any),
        (typing.ForwardRef("Later"), Any),
        (Any, Any),
        (T, T),
        (Optional[int], Optional[int]),
    ],
    ids=repr,
)
def test_bare(form: object, expected: object) -> None:
    assert bare(form) == expected


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ([], Never),
        ([int], int),
        ([int, int], int),
        ([int, str, int], int | str),
        ([int | str, str, bytes], int | str | bytes),
        ([int, Any, str], Any),
        ([Never, int], int),
        ([None, int], Optional[int]),
        ([UNHASHABLE, str], Any if sys.version_info < (3, 13) else Union[UNHASHABLE, str]),
    ],
    ids=repr,
)
def test_union(forms: list[object], expected: object) -> None:
    assert union(forms) == expected


def test_members_are_flat_and_bare() -> None:
    assert members(Union[int, Annotated[str | None, 1]]) == (int, str, NoneType)
    assert members(int) == (int,)


def test_split() -> None:
    assert split(dict[str, int]) == (dict, (str, int))
    assert split(int) == (int, ())
    assert split(typing.List) == (list, ())
    assert split(Callable[[int], str]) == (abc.Callable, ([int], str))
    assert split(T) == (T, ())


def test_rebuild_and_generic() -> None:
    assert rebuild(int | str, (bytes, None)) == (bytes | None)
    assert rebuild(Callable[[int], str], ([str], int)) == Callable[[str], int]
    assert rebuild(tuple[int], ()) == tuple[()]
    assert generic(list, int) == list[int]
    assert generic(int, str) is Any
    assert specialise(T, {}) is Any
    assert specialise(dict[T, U], {U: int}) == dict[Any, int]


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        (int, "int"),
        (None, "None"),
        (NoneType, "None"),
        (Any, "Any"),
        (Never, "Never"),
        (object, "object"),
        (T, "T"),
        (list, "list"),
        (list[int], "list[int]"),
        (typing.List[int], "list[int]"),
        (dict[str, list[int]], "dict[str, list[int]]"),
        (int | None, "int | None"),
        (Optional[int], "int | None"),
        (tuple[()], "tuple[()]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (tuple[str, int], "tuple[str, int]"),
        (tuple[int, *tuple[str, ...]], "tuple[int, *tuple[str, ...]]"),
        (tuple[int, Unpack[tuple[str, ...]]], "tuple[int, *tuple[str, ...]]"),
        (Callable[[int, str], None], "Callable[[int, str], None]"),
        (typing.Callable[..., int], "Callable[..., int]"),
        (Callable, "Callable"),
        (type[int], "type[int]"),
        (Sequence[int], "Sequence[int]"),
        (Literal["a", 1], "Literal['a', 1]"),
        (Annotated[int, "m"], "int"),
        (Box[int], "Box[int]"),
        (Point, "Point"),
        (Generic1[int], "Generic1[int]"),
        (UserId, "UserId"),
        (Alias, "Alias"),
        (Pairs[int, str], "Pairs[int, str]"),
        ("Later", "Later"),
        (typing.ForwardRef("Later"), "Later"),
        (record("Made", {"a": Field(int), "b": Field(str, required=False)}), "TypedDict({'a': int, 'b'?: str})"),
        (3, "3"),
    ],
    ids=repr,
)
def test_show(form: object, shown: str) -> None:
    assert show(form) == shown


def test_show_qualified() -> None:
    assert show(list[asyncio.Task[int]], qualified=True) == "builtins.list[_asyncio.Task[builtins.int]]"


@pytest.mark.parametrize(
    ("form", "target", "expected"),
    [
        (list[int], list, (int,)),
        (list[int], abc.Iterable, (int,)),
        (list, abc.Iterable, (Any,)),
        (list, list, ()),
        (dict[str, int], abc.Mapping, (str, int)),
        (dict[str, int], abc.Iterable, (str,)),
        (OrderedDict[str, int], abc.Collection, (str,)),
        (Counter[str], abc.Mapping, (str, int)),
        (str, abc.Iterable, (str,)),
        (bytes, abc.Sequence, (int,)),
        (tuple[int, str], abc.Sequence, (int | str,)),
        (Pair, abc.Sequence, (int | str,)),
        (abc.ItemsView[str, int], abc.Iterable, (tuple[str, int],)),
        (asyncio.Task[int], abc.Awaitable, (int,)),
        (abc.Coroutine[Any, Any, int], abc.Awaitable, (int,)),
        (IntBox, Box, (int,)),
        (Deep, Box, (int,)),
        (Box[str], Box, (str,)),
        (Swapped[int, str], abc.Mapping, (str, int)),
        (Numbers, abc.Iterable, (int,)),
        (Point, abc.Mapping, (str, object)),
        (Annotated[list[int], 1], list, (int,)),
        (int, abc.Iterable, None),
        (Any, abc.Iterable, None),
        (T, abc.Iterable, None),
        (UserDict, abc.Mapping, (Any, Any)),
    ],
    ids=repr,
)
def test_arguments(form: object, target: type, expected: object) -> None:
    assert arguments(form, target) == expected


def test_items_and_awaited() -> None:
    assert item_of(list[int] | str) == (int | str)
    assert item_of(int) is None
    assert item_of(abc.AsyncIterator[int]) is int
    assert item_of(Iterable) is Any
    assert awaited(abc.Awaitable[int] | str) == (int | str)
    assert awaited(abc.Awaitable) is Any
    assert awaited(Annotated[int, 1]) == Annotated[int, 1]
    assert tuple_item(()) is Any
    assert tuple_item(get_args(tuple[int, *tuple[str, ...]])) == (int | str)
    assert unpacked(int) is None
    assert unpacked(Unpack[tuple[int, ...]]) == tuple[int, ...]


def test_fields() -> None:
    assert fields_of(Point) == {"x": Field(int), "y": Field(str, required=False)}
    assert fields_of(Point3) == {
        "x": Field(int),
        "y": Field(str, required=False),
        "z": Field(bytes),
        "w": Field(list[Point3], required=False),
    }
    assert fields_of(Generic1[int]) == {"items": Field(list[int])}
    assert fields_of(Late) == {"missing": Field(Any)}
    assert fields_of(dict[str, int]) == {}
    assert fields_of(int) == {}


def test_records_made_at_run_time() -> None:
    fields = {"a": Field(list[T]), "b": Field(int, required=False)}
    made = record("Made", fields)
    assert fields_of(made) == fields
    assert record("Made", dict(fields)) is made
    assert record("Other", fields) is not made
    assert record("Made", fields, open=True) is not made
    assert is_made(made)
    assert not is_made(Point)
    assert is_open(record("Made", fields, open=True))
    assert not is_open(made)
    assert made.__name__ == "Made"
    assert fields_of(record("Odd", {"a": Field(3)})) == {"a": Field(Any)}
    unhashable = {"a": Field(Annotated[int, []])}
    assert fields_of(record("Unhashable", unhashable)) == unhashable


def test_records_are_types_that_pydantic_reads() -> None:
    from pydantic import TypeAdapter

    adapter = TypeAdapter[Any](record("Made", {"a": Field(int), "b": Field(str, required=False)}))
    assert adapter.validate_python({"a": 1}) == {"a": 1}
    assert adapter.json_schema()["required"] == ["a"]


def test_resolve() -> None:
    assert resolve("int | None", {}, {}) == (int | None)
    assert resolve(None, {}, {}) is NoneType
    assert resolve(list["Later"], {}, {"Later": int}) == list[int]  # type: ignore[name-defined]  # noqa: F821 - what it is about
    with pytest.raises(NameError):
        resolve("Nowhere", {}, {})
    with pytest.raises(TypeError, match="is no type"):
        resolve("1 +", {}, {})


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (1, int),
        (True, bool),
        (None, NoneType),
        ("a", str),
        ([1], list),
        ({"a": 1}, dict),
        ((), tuple[()]),
        ((1, ("a",)), tuple[int, tuple[str]]),
        (Pair(1, "a"), Pair),
        (int, type[int]),
        (Box[int](), Box[int]),
        (Box(), Box),
        (tuple(range(100)), tuple),
    ],
    ids=addressless,
)
def test_type_of(value: object, form: object) -> None:
    assert type_of(value) == form
