"""Types of every kind, for the tests of what fits what."""

# mypy: disable-error-code="valid-type, type-arg"

from __future__ import annotations

import enum
from collections import abc
from dataclasses import dataclass
from numbers import Number
from typing import (
    Any,
    Generic,
    NamedTuple,
    NewType,
    NotRequired,
    ParamSpec,
    Protocol,
    TypeVar,
    TypeVarTuple,
)

from typing_extensions import ReadOnly, TypeAliasType, TypedDict

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


class Loose(Any): ...  # type: ignore[misc]  # a class with unknown parents


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
    child: Tree | None


class Tree2(TypedDict):
    child: Tree2 | None


class Closing(Protocol):
    def close(self) -> None: ...


class Sized2(Protocol):
    size: int


class Measured(Protocol):
    @property
    def size(self) -> int: ...


class Bare: ...


class Sets:
    def __init__(self) -> None:
        self.size = 1


class Inherits(Sets): ...


class Slotted:
    __slots__ = ("size",)


class Stated:
    size: int


class Valued:
    size = 1


class Amount(int, Number): ...


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
Broken = TypeAliasType("Broken", "Nowhere")  # type: ignore[name-defined]  # noqa: F821 - what it is about
