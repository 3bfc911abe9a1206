"""What functions say of their types that is not a plain annotation of one argument."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType, GenericAlias
from typing import Annotated, Any, Literal, TypeVar, overload

from runlaw.algebra.annotations import signature_of
from runlaw.algebra.reading import lasts
from runlaw.kernel.signature import Signature

T = TypeVar("T")


def plain(x: int) -> str:
    return ""


class Registered:
    """A callable with a registry of its own, which says nothing of the types it takes."""

    registry: object = None

    def __call__(self, x: int) -> str:
        return ""


class Dispatching(Registered):
    """One that other types may be registered with."""

    def dispatch(self, cls: type) -> object:
        return None


def test_functions_that_other_types_can_be_registered_with_take_anything() -> None:
    assert signature_of(functools.singledispatch(plain)) == (Any, str)
    assert signature_of(Dispatching()) == (Any, str)
    assert signature_of(Registered()) == (int, str)


def two(x: int, y: str) -> bytes:
    return b""


def some(x: int, y: str = "", *, z: int = 0) -> bytes:
    return b""


def many(x: int, *rest: str) -> bytes:
    return b""


def only(*rest: str) -> bytes:
    return b""


def test_what_several_arguments_are() -> None:
    assert signature_of(two, "unpack") == (tuple[int, str], bytes)
    assert signature_of(some, "unpack") == (tuple[int] | tuple[int, str], bytes)
    assert signature_of(many, "unpack") == (tuple[int, *tuple[str, ...]], bytes)
    assert signature_of(only, "unpack") == (tuple[str, ...], bytes)
    assert signature_of(Unknown(), "unpack").input == tuple[Any, ...]


class Unknown:
    """A callable that says nothing of its parameters, not even how many they are."""

    __signature__ = "none"

    def __call__(self, *args: Any) -> Any:  # Any: it says nothing of them
        return args


@overload
def either(x: int) -> str: ...
@overload
def either(x: bytes) -> str: ...
def either(x: Any) -> Any:  # Any: the overloads say it
    return ""


@overload
def varied(x: int) -> str: ...
@overload
def varied(x: bytes) -> bytes: ...
def varied(x: Any) -> Any:  # Any: the overloads say it
    return x


def test_overloads_are_taken_together() -> None:
    assert signature_of(either) == (int | bytes, str)
    assert signature_of(varied) == (int | bytes, Any)


def test_types_that_belong_to_a_call_are_not_kept_beyond_it() -> None:
    class Local: ...

    def within() -> None: ...

    assert isinstance(within, FunctionType)
    kept: list[object] = [int, list[int], Callable[[int], dict[str, int]], None, Any]
    marked: list[object] = [T, GenericAlias(list, (T,)), Literal[1], Annotated[int, "m"]]
    local: list[object] = [Local, list[Local], Callable[[Local], int], Callable[[int], Local]]
    assert [form for form in kept if not lasts(within, Signature(form, int))] == []
    assert [form for form in (*marked, *local) if lasts(within, Signature(int, form))] == []
    assert isinstance(plain, FunctionType)
    assert lasts(plain, Signature(Local, Local))  # a function of the module stays as long as it does
