"""Functions and programs of every kind, for the tests of their types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypeVar

from typing_extensions import TypedDict

from runlaw.kernel.nodes import (
    Assign,
    Fn,
    Identity,
    Leaf,
    Node,
    Options,
    Parallel,
    Pipe,
)

T = TypeVar("T")
U = TypeVar("U")
Whole = TypeVar("Whole", bound=int)


class A(TypedDict):
    a: int


class AC(A):
    c: str


class ABC(AC):
    b: str


class C(TypedDict):
    c: str


class MaybeA(TypedDict):
    a: NotRequired[int]


class Other: ...


def show_number(x: int) -> str:
    return str(x)


def length(x: str) -> int:
    return len(x)


def dup(x: T) -> tuple[T, T]:
    return (x, x)


def first(xs: Sequence[T]) -> T:
    return xs[0]


def swap(x: tuple[T, U]) -> tuple[U, T]:
    return (x[1], x[0])


def wrap(x: T) -> list[T]:
    return [x]


def double(x: Whole) -> Whole:
    return x


def apply(f: Callable[[int], T]) -> T:
    return f(1)


def positive(x: int) -> bool:
    return x > 0


def text_to_bytes(x: str) -> bytes:
    return x.encode()


def words(x: str) -> Iterator[str]:
    yield x


def upper(xs: Iterator[str]) -> Iterator[str]:
    yield from xs


def lengths(xs: Sequence[str]) -> list[int]:
    return []


def make_a(x: int) -> A:
    return {"a": x}


def make_ac(x: int) -> AC:
    return {"a": x, "c": ""}


def maybe_a(x: int) -> MaybeA:
    return {}


def table(x: int) -> dict[str, int]:
    return {}


def use_a(x: A) -> str:
    return ""


def use_c(x: C) -> bytes:
    return b""


def use_abc(x: ABC) -> int:
    return 1


def late(x: Missing) -> int:  # type: ignore[name-defined]  # noqa: F821 - what it is about
    return 1


def leaf(fn: Callable[..., Any], kind: type[Leaf] = Fn) -> Leaf:
    return kind(fn, Options(getattr(fn, "__name__", "leaf")), False)


def pipe(*steps: Callable[..., Any] | Node) -> Pipe:
    return Pipe(tuple(node(step) for step in steps))


def node(step: Callable[..., Any] | Node) -> Node:
    return step if isinstance(step, Node) else leaf(step)


def keyed(**branches: Callable[..., Any] | Node) -> Parallel:
    return Parallel(tuple((key, node(branch)) for key, branch in branches.items()), True)


def positional(*branches: Callable[..., Any] | Node) -> Parallel:
    return Parallel(tuple((str(n), node(branch)) for n, branch in enumerate(branches)), False)


def assign(**branches: Callable[..., Any] | Node) -> Assign:
    return Assign(tuple((key, node(branch)) for key, branch in branches.items()))


@dataclass(frozen=True)
class Lowered(Node):
    inner_program: Node

    def lower(self) -> Node:
        return self.inner_program

    __hash__ = Node.__hash__


@dataclass(frozen=True)
class Mute(Node):
    __hash__ = Node.__hash__


IDENTITY = Identity()
UNTYPED = leaf(lambda x: x)
