"""How chunks of a declared type add up: a monoid, told by the first chunk, or none."""
# ruff: noqa: UP006, UP007, UP035, UP045  # the older spellings of types are under test

from __future__ import annotations

import sys
from collections import ChainMap, Counter, OrderedDict, UserDict, defaultdict, deque
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType, SimpleNamespace
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    AnyStr,
    Dict,
    ForwardRef,
    Generic,
    List,
    Literal,
    LiteralString,
    NamedTuple,
    Never,
    NewType,
    NotRequired,
    Optional,
    Protocol,
    Required,
    Self,
    Tuple,
    TypedDict,
    TypeVar,
    Union,
)

import pytest
import typing_extensions

from runlaw.algebra.chunks import monoid_of_type, require_monoid
from runlaw.kernel.mappings import Mappings
from runlaw.kernel.monoid import ADD, BY_VALUE, BYTES, LIST, STR, TUPLE, WHOLE, record_monoid
from runlaw.kernel.semigroup import Semigroup

if TYPE_CHECKING:
    from nowhere import Missing  # type: ignore[import-not-found]  # not there at run time either

T = TypeVar("T")
Text = NewType("Text", str)
Texts = typing_extensions.TypeAliasType("Texts", list[str])
Pair = typing_extensions.TypeAliasType("Pair", tuple[T, T], type_params=(T,))
Same = typing_extensions.TypeAliasType("Same", T, type_params=(T,))


class Box(Generic[T]):
    def __add__(self, other: Box[T]) -> Box[T]:
        return other


class Crate:
    def __add__(self, other: Crate) -> Crate:
        return other


class Headers(dict[str, str]):
    pass


class Named(dict[str, str]):
    def __init__(self, name: str) -> None:
        super().__init__()


class Reading(Mapping[str, str]):
    pass


class Table(dict[str, T], Generic[T]):
    pass


class Adds(Protocol):
    def __add__(self, other: Self) -> Self: ...


class Plain(Protocol):
    def run(self) -> None: ...


class Point(NamedTuple):
    x: int
    y: int


class Mood(StrEnum):
    GLAD = "glad"


class Reply(TypedDict):
    text: str
    score: NotRequired[int]
    anything: object
    parts: Required[list[int]]
    maybe: str | None
    status: Literal["open", "done"]


class Longer(Reply, total=False):
    inner: Reply
    when: typing_extensions.ReadOnly[bytes]
    note: Annotated[str, "a note"]


class Linked(TypedDict):
    text: str
    next: NotRequired[Linked]


class Half(TypedDict):
    status: Literal["open", "done"]
    missing: Missing
    wrong: Missing.there


class Odd(TypedDict):
    gone: sys.nothing_there  # type: ignore[name-defined]  # wrong on purpose
    total: 1 | str  # type: ignore[valid-type]  # wrong on purpose
    text: str


class Older(typing_extensions.TypedDict):
    text: str


class Record(TypedDict, Generic[T]):
    text: str
    value: T


REPLY = record_monoid(
    {"text": STR, "score": WHOLE, "anything": BY_VALUE, "parts": LIST, "maybe": WHOLE, "status": WHOLE}
)


@pytest.mark.parametrize(
    ("form", "monoid"),
    [
        (str, STR), (bytes, BYTES), (LiteralString, STR), (Text, STR), (Annotated[str, "x"], STR),
        (list, LIST), (list[int], LIST), (List[int], LIST), (List, LIST), (Texts, LIST),
        (tuple, TUPLE), (Tuple, TUPLE), (tuple[int, ...], TUPLE), (Tuple[Any, ...], TUPLE),
        (Crate, ADD), (Box[int], ADD), (Box, ADD), (Adds, ADD), (deque[int], ADD), (bytearray, ADD),
        (dict, record_monoid({})), (Mapping, record_monoid({})), (Dict, record_monoid({})),
        (dict[str, object], record_monoid({})), (dict[str, Any], record_monoid({})),
        (Mapping[str, str], record_monoid({}, STR)), (MutableMapping[str, list[int]], record_monoid({}, LIST)),
        (dict[str, dict[str, str]], record_monoid({}, record_monoid({}, STR))),
        (dict[str, int], record_monoid({}, WHOLE)), (dict[str, tuple[int, str]], record_monoid({}, WHOLE)),
        (dict[str, str | None], record_monoid({}, WHOLE)),
        (OrderedDict, Mappings(OrderedDict, BY_VALUE)), (OrderedDict[str, str], Mappings(OrderedDict, STR)),
        (defaultdict[str, list[int]], Mappings(defaultdict, LIST)), (Headers, Mappings(Headers, STR)),
        (Table[list[int]], Mappings(Table, LIST)), (Table, Mappings(Table, BY_VALUE)),
        (dict[str, OrderedDict[str, int]], record_monoid({}, Mappings(OrderedDict, WHOLE))),
        (Reply, REPLY),
        (Longer, record_monoid({**REPLY.fields, "inner": REPLY, "when": BYTES, "note": STR})),  # type: ignore[attr-defined]  # a record monoid
        (Odd, record_monoid({"gone": BY_VALUE, "total": BY_VALUE, "text": STR})),
        (Older, record_monoid({"text": STR})),
        (Record[int], record_monoid({"text": STR, "value": BY_VALUE})),
        (Linked, record_monoid({"text": STR, "next": BY_VALUE})),
        (Half, record_monoid({"status": WHOLE, "missing": BY_VALUE, "wrong": BY_VALUE})),
        (Union[str, Text], STR), (list[int] | list[str], LIST), (Crate | Box[int], ADD),
    ],
    ids=str,
)  # fmt: skip
def test_types_that_know_how_to_add_up(form: object, monoid: Semigroup[Any]) -> None:
    assert monoid_of_type(form) == monoid
    assert require_monoid(form, "here") == monoid


@pytest.mark.parametrize(
    "form",
    [
        Any, T, AnyStr, "Missing", ForwardRef("Missing"), Never, Self, str | bytes, Crate | str, str | Any,
        Annotated[Any, 1], Same[int], typing_extensions.TypeAliasType("Gone", "Missing"), dict[str, str] | Reply,
    ],
    ids=str,
)  # fmt: skip
def test_types_of_which_the_first_chunk_tells(form: object) -> None:
    assert monoid_of_type(form) is BY_VALUE
    assert require_monoid(form, "here") is BY_VALUE


@pytest.mark.parametrize(
    "form",
    [
        int, float, complex, bool, Decimal, timedelta, Counter, Counter[str], None, type(None), object,
        tuple[int, str], tuple[int], tuple[()], Tuple[()], Tuple[int, str], Point, Pair[int],
        tuple[int, *tuple[str, ...]],
        str | None, Optional[str], str | int, int | Any, Literal["a"], Literal["a", "b"], Literal[1], Mood,
        Sequence[str], set[str], frozenset[int], Callable[[int], str], type[str],
        ChainMap[str, int], UserDict, MappingProxyType[str, bytes], Named, Reading,
        Plain, NewType("Count", int), Annotated[int, "x"], 3, SimpleNamespace(),
    ],
    ids=str,
)  # fmt: skip
def test_types_that_do_not(form: object) -> None:
    assert monoid_of_type(form) is None
    with pytest.raises(
        TypeError, match=r"^lift_stream\(f\): chunks of type .* do not know how to add up.*; give monoid=, "
    ):
        require_monoid(form, "lift_stream(f)")


@pytest.mark.parametrize(
    ("statement", "monoid"),
    [
        ("type Alias = list[int]", LIST),
        ("type Alias = Missing", BY_VALUE),
        ("type Alias = dict[str, Alias]", record_monoid({})),
        ("type Alias = int", None),
    ],
)
def test_lazy_aliases_are_read_when_asked(statement: str, monoid: Semigroup[Any] | None) -> None:
    assert monoid_of_type(_lazy_alias(statement)) == monoid


def _lazy_alias(statement: str) -> object:
    if sys.version_info >= (3, 12):
        names: dict[str, object] = {}
        exec(statement, names)
        return names["Alias"]

    class TypeAliasType:
        """As the statement ``type`` makes it: the value is computed each time it is read."""

        @property
        def __value__(self) -> object:
            return eval(statement.partition(" = ")[2], {"Alias": self})

    return TypeAliasType()


HINT = "give monoid=, for example monoid=last (the last chunk is the value) or monoid=Monoid(0, operator.add)"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (Decimal, "f: chunks of type Decimal do not know how to add up"),
        (None, "f: chunks of type None do not know how to add up"),
        (type(None), "f: chunks of type None do not know how to add up"),
        (
            tuple[int, str],
            "f: chunks of type tuple[int, str] do not know how to add up (a tuple of a fixed shape is one value)",
        ),
        (
            Literal["a"],
            "f: chunks of type Literal['a'] do not know how to add up (the sum of two literals is not one of them)",
        ),
        (str | None, "f: chunks of type str | None do not know how to add up (not every member of the union does)"),
        (
            Union[str, int],
            "f: chunks of type Union[str, int] do not know how to add up (not every member of the union does)",
        ),
        (set[int], "f: chunks of type set[int] do not know how to add up"),
    ],
    ids=str,
)
def test_the_error_says_what_came_and_what_to_give(form: object, text: str) -> None:
    with pytest.raises(TypeError) as caught:
        require_monoid(form, "f")
    assert str(caught.value) == f"{text}; {HINT}"


def test_a_typed_dict_made_in_a_function_is_read_key_by_key() -> None:
    class Here(TypedDict):
        text: str
        box: Box[int]
        local: Local

    class Local(TypedDict):
        text: str

    monoid = monoid_of_type(Here)
    assert monoid == record_monoid({"text": STR, "box": ADD, "local": BY_VALUE})
    assert monoid.join([{"local": {"text": "a"}}, {"text": "x", "local": {"text": "b"}}]) == {
        "local": {"text": "ab"},
        "text": "x",
    }


def test_records_add_up_by_their_declared_fields() -> None:
    monoid = require_monoid(Reply, "f")
    assert monoid.total([{"text": "a", "score": 1}, {"text": "b", "parts": [1]}]) == {
        "text": "ab",
        "score": 1,
        "parts": [1],
    }
    with pytest.raises(TypeError, match="the key 'status' of a record came in 2 chunks"):
        monoid.join([{"status": "open"}, {"status": "done"}])


def test_a_record_that_holds_itself_adds_up_by_value_inside() -> None:
    monoid = require_monoid(Linked, "f")
    chunks = [{"text": "a", "next": {"text": "b"}}, {"next": {"text": "c", "next": {"text": "d"}}}]
    assert monoid.join(chunks) == {"text": "a", "next": {"text": "bc", "next": {"text": "d"}}}
