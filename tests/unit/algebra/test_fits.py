"""Assignability of types at run time: what fits, what clearly does not, and what is accepted because it is unsure."""

from __future__ import annotations

import asyncio
import enum
import io
import typing
from collections import Counter, OrderedDict, abc, defaultdict, deque
from dataclasses import dataclass
from types import FunctionType, MappingProxyType, NoneType
from typing import (
    IO,
    Annotated,
    Any,
    ForwardRef,
    Generic,
    Literal,
    LiteralString,
    NamedTuple,
    Never,
    NewType,
    NoReturn,
    Optional,
    ParamSpec,
    Protocol,
    SupportsFloat,
    SupportsInt,
    TextIO,
    TypeVar,
    TypeVarTuple,
    Union,
    Unpack,
)

import pytest
from returns.result import Result
from typing_extensions import NotRequired, ReadOnly, TypeAliasType, TypedDict

from runlaw.algebra.fits import fits

T = TypeVar("T")
Co = TypeVar("Co", covariant=True)
Contra = TypeVar("Contra", contravariant=True)
Whole = TypeVar("Whole", bound=int)
Text = TypeVar("Text", str, bytes)
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")


class Base: ...


class Derived(Base): ...


class Other: ...


class Numbers(list[int]): ...


class Inv(Generic[T]): ...


class IntInv(Inv[int]): ...


class Cov(Generic[Co]): ...


class Con(Generic[Contra]): ...


class Loose(Any): ...


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Size(enum.IntEnum):
    S = 1


@dataclass
class Data:
    x: int


class Pair(NamedTuple):
    left: int
    right: str


class Point(TypedDict):
    x: int
    y: int


class Point3(Point):
    z: int


class MaybePoint(TypedDict):
    x: int
    y: NotRequired[int]


class Named(TypedDict, total=False):
    name: str


class Fixed(TypedDict):
    x: ReadOnly[int]
    y: int


class TextPoint(TypedDict):
    x: str
    y: str


class Box(TypedDict, Generic[T]):
    value: T


class Tree(TypedDict):
    child: Optional["Tree"]


class Tree2(TypedDict):
    child: Optional["Tree2"]


class Closing(Protocol):
    def close(self) -> None: ...


class Sized2(Protocol):
    size: int


class Called(Protocol):
    def __call__(self, x: int) -> str: ...


class Door:
    def close(self) -> None: ...


class Proxy:
    def __getattr__(self, name: str) -> int:
        return 1


class Function:
    def __call__(self, x: int) -> str:
        return str(x)


class Awaits:
    def __await__(self) -> abc.Generator[None, None, int]:
        yield
        return 1


UserId = NewType("UserId", int)
AdminId = NewType("AdminId", UserId)
Json = TypeAliasType("Json", "dict[str, Json] | list[Json] | str | None")
Json2 = TypeAliasType("Json2", "dict[str, Json2] | list[Json2] | str | None")
Alias = TypeAliasType("Alias", list[int])
Twice = TypeAliasType("Twice", tuple[T, T], type_params=(T,))
Broken = TypeAliasType("Broken", "Nowhere")

FITS: list[tuple[object, object]] = [
    # the top and the bottom
    (int, Any),
    (Any, int),
    (Any, list[str]),
    (int, object),
    (None, object),
    (list[int], object),
    (Never, int),
    (NoReturn, str),
    (Never, Never),
    (Loose, int),
    # classes and numbers
    (int, int),
    (bool, int),
    (bool, float),
    (int, float),
    (int, complex),
    (float, complex),
    (Size, int),
    (Size, float),
    (Derived, Base),
    (None, None),
    (None, NoneType),
    (ValueError, Exception),
    (str, abc.Hashable),
    (str, abc.Sized),
    (dict, abc.Iterable),
    # unions
    (int, int | str),
    (int, Optional[int]),
    (None, Optional[int]),
    (int | str, str | int),
    (int | str, Union[int, str, bytes]),
    (bool | int, float),
    (int | str, object),
    (Derived | None, Base | None),
    (list[int], list[int] | None),
    (bool, Literal[True, False]),
    (bool, Literal[True] | Literal[False]),
    # literals and enumerations
    (Literal[1], int),
    (Literal[1], float),
    (Literal["a"], str),
    (Literal["a"], Literal["a", "b"]),
    (Literal["a", 1], str | int),
    (Literal["a"] | Literal["b"], Literal["a", "b"]),
    (Literal["a", "b"], Literal["a"] | Literal["b"]),
    (Literal[Colour.RED], Colour),
    (Colour, Literal[Colour.RED, Colour.BLUE]),
    (Literal[None], None),
    (None, Literal[None]),
    (LiteralString, str),
    (str, LiteralString),
    # containers
    (list[int], list[int]),
    (list[int], list),
    (list, list[int]),
    (list[Any], list[int]),
    (list[int], list[Any]),
    (list[int], abc.Sequence[int]),
    (list[int], abc.Sequence[float]),
    (list[int], typing.Sequence[int]),
    (list[bool], abc.Iterable[int]),
    (typing.List[int], list[int]),
    (list[int | str], list[str | int]),
    (Numbers, list[int]),
    (Numbers, abc.Sequence[float]),
    (dict[str, int], abc.Mapping[str, object]),
    (dict[str, int], abc.Mapping[str, float]),
    (dict[str, int], typing.Dict[str, int]),
    (dict[str, int], abc.Iterable[str]),
    (OrderedDict[str, int], dict[str, int]),
    (defaultdict[str, int], dict[str, int]),
    (Counter[str], dict[str, int]),
    (MappingProxyType[str, int], abc.Mapping[str, int]),
    (set[int], abc.Set[float]),
    (frozenset[bool], frozenset[int]),
    (deque[int], abc.MutableSequence[int]),
    (str, abc.Sequence[str]),
    (str, abc.Iterable[str]),
    (bytes, abc.Sequence[int]),
    (range, abc.Sequence[int]),
    (abc.Generator[int, None, str], abc.Iterator[int]),
    (abc.Generator[bool, object, int], abc.Generator[int, int, float]),
    (abc.AsyncGenerator[int, None], abc.AsyncIterator[float]),
    (abc.Coroutine[Any, Any, int], abc.Awaitable[int]),
    (asyncio.Task[int], abc.Awaitable[float]),
    (asyncio.Task[int], asyncio.Future[int]),
    (Awaits, abc.Awaitable[int]),
    (enumerate[str], abc.Iterator[tuple[int, str]]),
    (abc.ItemsView[str, int], abc.Iterable[tuple[str, int]]),
    (abc.KeysView[str], abc.Set[str]),
    # generics of one's own
    (Inv[int], Inv[int]),
    (IntInv, Inv[int]),
    (Inv, Inv[int]),
    (Cov[bool], Cov[int]),
    (Con[int], Con[bool]),
    (Result[int, ValueError], Result[float, Exception]),
    # tuples
    (tuple[int, str], tuple[int, str]),
    (tuple[bool, str], tuple[int, object]),
    (tuple[int, int], tuple[int, ...]),
    (tuple[()], tuple[int, ...]),
    (tuple[int, ...], tuple[float, ...]),
    (tuple[int, str], tuple),
    (tuple, tuple[int, str]),
    (tuple[Any, ...], tuple[int, str]),
    (tuple[int, str], abc.Sequence[int | str]),
    (tuple[int, str, str], tuple[int, Unpack[tuple[str, ...]]]),
    (tuple[int, *tuple[str, ...]], tuple[int, *tuple[str, ...]]),
    (tuple[int, str, bytes], tuple[int, *tuple[str, ...], bytes]),
    (tuple[int, *tuple[str, bytes]], tuple[int, str, bytes]),
    (tuple[int, *tuple[int, ...]], tuple[int, ...]),
    (tuple[int, str], tuple[Unpack[Ts]]),
    (Pair, tuple[int, str]),
    (Pair, tuple[object, ...]),
    (Pair, Pair),
    # records
    (Point, Point),
    (Point3, Point),
    (Point, MaybePoint),
    (Fixed, Point),
    (Point, Named),
    (Point, abc.Mapping[str, object]),
    (Point, abc.Mapping[str, int]),
    (Point, dict[str, int]),
    (Point, dict),
    (Point, abc.Iterable[str]),
    (Point, abc.Sized),
    (dict, Point),
    (dict[str, Any], Point),
    (dict[str, int], Point),
    (dict[str, object], Point),
    (abc.Mapping[str, object], Point),
    (Box[int], Box[int]),
    (Box[int], Box[float]),
    (Tree, Tree2),
    # callables and classes
    (abc.Callable[[int], str], abc.Callable[[int], str]),
    (abc.Callable[[object], bool], abc.Callable[[int], int]),
    (abc.Callable[..., int], abc.Callable[[str], int]),
    (abc.Callable[[str], int], abc.Callable[..., int]),
    (typing.Callable[[int], str], abc.Callable[[int], str]),
    (abc.Callable[P, int], abc.Callable[[str], int]),
    (abc.Callable, abc.Callable[[int], int]),
    (Function, abc.Callable[[int], str]),
    (FunctionType, abc.Callable[[int], str]),
    (type[int], abc.Callable[[str], int]),
    (type, abc.Callable[[str], int]),
    (abc.Callable[[int], str], Called),
    (abc.Callable[[int], str], abc.Hashable),
    (type[bool], type[int]),
    (type[int], type),
    (type, type[int]),
    (type[int], object),
    # protocols
    (Door, Closing),
    (io.StringIO, Closing),
    (Data, Sized2),
    (Proxy, Closing),
    (int, SupportsInt),
    (float, SupportsFloat),
    # names, aliases, metadata
    (UserId, int),
    (UserId, float),
    (UserId, UserId),
    (AdminId, UserId),
    (AdminId, int),
    (list[UserId], abc.Sequence[int]),
    (Annotated[int, "m"], int),
    (int, Annotated[int, "m"]),
    (Annotated[list[Annotated[int, 1]], 2], list[int]),
    (Alias, list[int]),
    (list[int], Alias),
    (Twice[int], tuple[int, int]),
    (str, Json),
    (list[Json], Json),
    (Json, Json2),
    (list[Json], Json2),
    (ForwardRef("Later"), int),
    ("Later", int),
    (list["Later"], list[int]),
    (Broken, int),
    (int, Broken),
    # type variables that are not solved
    (T, int),
    (int, T),
    (list[T], list[int]),
    (bool, Whole),
    (Whole, int),
    (str, Text),
    (Text, bytes),
    # not sure
    (io.StringIO, TextIO),
    (io.BytesIO, IO[bytes]),
    (TextIO, io.TextIOBase),
]

CLASHES: list[tuple[object, object]] = [
    (int, Never),
    (object, int),
    # classes and numbers
    (int, str),
    (str, int),
    (float, int),
    (complex, float),
    (int, bool),
    (bytes, str),
    (str, bytes),
    (str, None),
    (None, str),
    (Base, Derived),
    (Base, Other),
    (Other, Base),
    (Data, dict),
    (list, abc.Hashable),
    (int, abc.Iterable),
    (int, abc.Sized),
    (Exception, ValueError),
    # unions
    (int | str, int),
    (Union[int, Any], str),
    (Optional[int], int),
    (int, str | bytes),
    (int | None, str | None),
    (list[int] | None, list[int]),
    (float, int | str),
    (bool, Literal[True]),
    # literals and enumerations
    (str, Literal["a"]),
    (int, Literal[1, 2]),
    (Literal["c"], Literal["a", "b"]),
    (Literal["a", "c"], Literal["a", "b"]),
    (Literal["a", 1], str),
    (Literal[1], Literal[True]),
    (Literal[True], Literal[1]),
    (Literal["a"], int),
    (Colour, Literal[Colour.RED]),
    (Colour, int),
    (int, Size),
    # containers
    (list[int], list[str]),
    (list[bool], list[int]),
    (list[int], list[float]),
    (list[int], list[int | None]),
    (list[int], set[int]),
    (list[int], tuple[int, ...]),
    (abc.Sequence[int], list[int]),
    (abc.Iterable[int], abc.Sequence[int]),
    (list[int], abc.Sequence[str]),
    (list[list[int]], list[list[str]]),
    (list[list[int]], abc.Sequence[abc.Sequence[str]]),
    (Numbers, list[str]),
    (dict[str, int], dict[str, str]),
    (dict[str, int], dict[int, int]),
    (dict[str, bool], dict[str, int]),
    (dict[str, int], abc.Mapping[str, str]),
    (dict[str, int], abc.Mapping[int, int]),
    (dict[str, int], abc.Iterable[int]),
    (abc.Mapping[str, int], dict[str, int]),
    (Counter[str], dict[str, str]),
    (set[int], set[str]),
    (set[int], frozenset[int]),
    (frozenset[int], frozenset[str]),
    (str, list[str]),
    (str, abc.Sequence[int]),
    (bytes, abc.Sequence[str]),
    (range, abc.Sequence[str]),
    (abc.Generator[int, None, str], abc.Iterator[str]),
    (abc.Generator[int, int, int], abc.Generator[int, object, int]),
    (abc.Iterator[int], abc.Generator[int, None, None]),
    (abc.Awaitable[int], int),
    (int, abc.Awaitable[int]),
    (abc.Coroutine[Any, Any, int], abc.Awaitable[str]),
    (abc.AsyncIterator[int], abc.Iterator[int]),
    (enumerate[str], abc.Iterator[str]),
    # generics of one's own
    (Inv[int], Inv[str]),
    (Inv[bool], Inv[int]),
    (IntInv, Inv[str]),
    (Cov[int], Cov[str]),
    (Cov[int], Cov[bool]),
    (Con[bool], Con[int]),
    (Inv[int], Cov[int]),
    (Result[int, ValueError], Result[str, ValueError]),
    # tuples
    (tuple[int, str], tuple[int]),
    (tuple[int], tuple[int, str]),
    (tuple[int, str], tuple[str, int]),
    (tuple[()], tuple[int]),
    (tuple[int, ...], tuple[int, int]),
    (tuple[int, ...], tuple[()]),
    (tuple[int, str], tuple[int, ...]),
    (tuple[int, ...], tuple[str, ...]),
    (tuple[int, str], abc.Sequence[int]),
    (tuple[int, int, int], tuple[int, *tuple[str, ...]]),
    (tuple[int, str], tuple[int, *tuple[str, ...], bytes]),
    (tuple[str, ...], tuple[str, *tuple[str, ...]]),
    (tuple[int, str], list[int | str]),
    (int, tuple[int]),
    (Pair, tuple[int, int]),
    (Pair, tuple[int]),
    (tuple[int, str], Pair),
    # records
    (Point, Point3),
    (MaybePoint, Point),
    (Named, Point),
    (Point, TextPoint),
    (TextPoint, Point),
    (Point, abc.Mapping[str, str]),
    (Point, abc.Mapping[int, int]),
    (Point, dict[str, str]),
    (dict[str, str], Point),
    (dict[int, int], Point),
    (list[int], Point),
    (Data, Point),
    (Point, Data),
    (Point, int),
    (Point, list[str]),
    (str, Point),
    (None, Point),
    (Box[int], Box[str]),
    # callables and classes
    (abc.Callable[[int], str], abc.Callable[[int], int]),
    (abc.Callable[[int], str], abc.Callable[[str], str]),
    (abc.Callable[[int], str], abc.Callable[[int, int], str]),
    (abc.Callable[[bool], str], abc.Callable[[int], str]),
    (int, abc.Callable[[int], int]),
    (Data, abc.Callable[[], int]),
    (abc.Callable[[int], str], int),
    (abc.Callable[[int], str], str),
    (type[int], abc.Callable[[str], str]),
    (type[int], type[str]),
    (type[int], int),
    (int, type[int]),
    (int, type),
    # protocols
    (Other, Closing),
    (int, Closing),
    (str, SupportsInt),
    (None, Closing),
    # names, aliases, metadata
    (int, UserId),
    (UserId, AdminId),
    (UserId, str),
    (list[UserId], list[int]),
    (Annotated[int, "m"], str),
    (Annotated[int, "m"], Annotated[str, "m"]),
    (Alias, list[str]),
    (Twice[int], tuple[int, str]),
    (int, Json),
    (list[int], Json),
    # type variables that are not solved
    (str, Whole),
    (Whole, str),
    (int, Text),
    (list[T], int),
]


@pytest.mark.parametrize(("output", "input"), FITS, ids=repr)
def test_fits(output: object, input: object) -> None:
    assert fits(output, input)


@pytest.mark.parametrize(("output", "input"), CLASHES, ids=repr)
def test_does_not_fit(output: object, input: object) -> None:
    assert not fits(output, input)


def test_there_are_enough_cases() -> None:
    assert len(FITS) >= 150
    assert len(CLASHES) >= 120


@pytest.mark.parametrize("form", [one for pair in FITS + CLASHES for one in pair], ids=repr)
def test_every_type_fits_itself(form: object) -> None:
    assert fits(form, form)


class Refusing(type):
    def __subclasscheck__(cls, other: type) -> bool:
        raise RuntimeError("no")


class Unhashable(type):
    def __eq__(cls, other: object) -> bool:
        return cls is other

    __hash__ = None  # type: ignore[assignment]  # a class that cannot be hashed


class Strange(metaclass=Refusing): ...


class Odd(metaclass=Unhashable): ...


def test_classes_that_refuse_to_be_asked_are_accepted() -> None:
    assert fits(int, Strange)
    assert fits(Odd, Odd)
    assert not fits(Odd, int)
    assert fits(list[Odd], abc.Sequence[Odd])


def test_what_is_no_type_is_accepted() -> None:
    assert fits(3, int)
    assert fits(int, 3)
    assert fits([int], str)


def test_very_deep_types_are_compared_without_overflow() -> None:
    one: object = int
    other: object = int
    for _ in range(300):
        one, other = list[one], list[other]  # type: ignore[valid-type]  # made at run time
    assert fits(one, other)
    assert not fits(one, int)
