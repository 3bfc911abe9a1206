"""Methods that are not bound, such as ``str.upper``: what they take is an object of their class."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, ParamSpec, Self, TypeVar

import pytest

from runlaw import pipe
from runlaw.algebra.annotations import signature_of
from runlaw.algebra.show import show

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


def traced(fn: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(fn)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return fn(*args, **kwargs)

    return wrapper


class Box(Generic[T]):
    def __init__(self, value: T) -> None:
        self.value = value

    def get(self) -> T:
        return self.value


class IntBox(Box[int]): ...


@dataclass
class User:
    name: str

    class Part:
        def deep(self) -> bytes:
            return b""

    def shout(self) -> str:
        return self.name.upper()

    def copied(self) -> Self:
        return self

    @traced
    def counted(self) -> int:
        return 1

    def untyped(self):  # type: ignore[no-untyped-def]  # what it is about
        return self

    def put_in(self, y: int) -> Self:
        return self

    def annotated(self: object) -> int:
        return 1

    def of_several(*users: User) -> int:
        return len(users)


class Pair(NamedTuple):
    left: int

    def total(self) -> int:
        return self.left


def elsewhere(self) -> int:  # type: ignore[no-untyped-def]  # what it is about
    return 1


elsewhere.__qualname__ = "User.missing.elsewhere"


def load(key: int) -> User:
    return User(str(key))


def size(text: str) -> int:
    return len(text)


def box(text: str) -> IntBox:
    return IntBox(len(text))


CASES: list[tuple[Callable[..., object], str, str]] = [
    (User.shout, "User", "str"),
    (User.copied, "User", "User"),
    (User.counted, "User", "int"),
    (User.untyped, "Any", "Any"),
    (User.annotated, "object", "int"),
    (User.of_several, "User", "int"),
    (User.Part.deep, "Part", "bytes"),
    (functools.partial(User.put_in, y=1), "User", "User"),
    (functools.partial(User.put_in, User("a")), "int", "User"),
    (Pair.total, "Pair", "int"),
    (Box.get, "Box[T]", "T"),
    (IntBox.get, "Box[T]", "T"),
    (elsewhere, "Any", "int"),
]


@pytest.mark.parametrize(("fn", "taken", "given"), CASES, ids=[f"{number}" for number, _ in enumerate(CASES)])
def test_a_method_takes_an_object_of_its_class(fn: Callable[..., Any], taken: str, given: str) -> None:
    assert tuple(map(show, signature_of(fn))) == (taken, given)


def test_a_method_of_a_local_class_takes_anything() -> None:
    class Local:
        def itself(self) -> Self:
            return self

    assert signature_of(Local.itself) == (Any, Any)


def test_methods_are_steps() -> None:
    assert pipe(load, User.shout, str.lower).invoke(3) == "3"
    assert pipe(box, Box.get).output_type is int
    with pytest.raises(TypeError, match=r"shout expected User, got int from size"):
        pipe(size, User.shout)  # type: ignore[misc]  # it is wrong on purpose
