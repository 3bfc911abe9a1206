"""What can be told, without a call, of whether a function gives something to await."""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import sys
import types
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator, Iterator
from typing import Any, NewType, Protocol, TypeVar
from unittest.mock import AsyncMock

import pytest

from runlaw.algebra.asynchrony import Shape, is_async

T = TypeVar("T")
OUTSIDE = 1


async def fetch(x: int) -> int:
    return x


async def pages(x: int) -> AsyncIterator[int]:
    yield x


@types.coroutine
def old_style(x: int) -> Generator[Any, Any, int]:
    yield
    return x


def promise(x: int) -> Awaitable[int]:
    return fetch(x)


def coroutine(x: int) -> Coroutine[Any, Any, int]:
    return fetch(x)


def task(x: int) -> asyncio.Task[int]:
    return asyncio.ensure_future(fetch(x))


def perhaps(x: int) -> Awaitable[int] | int:
    return x


def plain(x: int) -> int:
    return abs(x)


def nothing(x: int) -> None:
    abs(x)


def anything(x: int) -> Any:
    return plain(x)


def some_object(x: int) -> object:
    return plain(x)


def of_its_input(x: T) -> T:
    return x


def unresolved(x: int) -> Missing:  # type: ignore[name-defined]  # noqa: F821 - what it is about
    return plain(x)


def iterator(x: int) -> AsyncIterator[int]:
    return pages(x)


def chunks(x: int) -> Iterator[int]:
    return iter([x])


def generator(x):  # type: ignore[no-untyped-def]  # what it is about
    yield plain(x)


class HasName(Protocol):
    name: str


def named(x: int) -> HasName:
    raise NotImplementedError


@functools.wraps(fetch)
def around_async(x: int) -> Any:
    return fetch(x)


@functools.wraps(plain)
def around_plain(x: int) -> Any:
    return fetch(x)


@functools.wraps(plain)
async def async_around_plain(x: int) -> Any:
    return plain(x)


class Fetcher:
    async def __call__(self, x: int) -> int:
        return x

    async def fetch(self, x: int) -> int:
        return x

    @classmethod
    async def of_class(cls, x: int) -> int:
        return x

    @staticmethod
    async def static(x: int) -> int:
        return x


class Adder:
    def __call__(self, x: int) -> int:
        return x + 1


class Promise:
    def __init__(self, x: int) -> None: ...

    def __await__(self) -> Iterator[int]:
        return iter([1])


def default_call(x, then=fetch):  # type: ignore[no-untyped-def]  # what it is about
    return then(x)


UserId = NewType("UserId", int)

CASES: list[tuple[str, Callable[..., object], Shape, bool | None]] = [
    ("coroutine function", fetch, "fn", True),
    ("async generator function", pages, "stream", True),
    ("types.coroutine", old_style, "fn", True),
    ("partial", functools.partial(fetch), "fn", True),
    ("partial of a partial", functools.partial(functools.partial(fetch), 1), "fn", True),
    ("bound method", Fetcher().fetch, "fn", True),
    ("class method", Fetcher.of_class, "fn", True),
    ("static method", Fetcher.static, "fn", True),
    ("static method object", vars(Fetcher)["static"], "fn", True),
    ("callable object", Fetcher(), "fn", True),
    ("partial of a callable object", functools.partial(Fetcher()), "fn", True),
    ("async mock", AsyncMock(), "fn", True),
    ("async around plain", async_around_plain, "fn", True),
    ("lru_cache", functools.lru_cache(fetch), "fn", True),
    ("annotated as awaitable", promise, "fn", True),
    ("annotated as coroutine", coroutine, "fn", True),
    ("annotated as task", task, "fn", True),
    ("class with __await__", Promise, "fn", True),
    ("annotated as async iterator", iterator, "stream", True),
    ("annotated as async iterator", iterator, "transform", True),
    ("annotated as async iterator, but a value", iterator, "fn", None),
    ("annotated as iterator", chunks, "stream", False),
    ("annotated as int", plain, "fn", False),
    ("annotated as None", nothing, "fn", False),
    ("generator function", generator, "stream", False),
    ("callable object", Adder(), "fn", False),
    ("partial of plain", functools.partial(plain), "fn", False),
    ("class", Adder, "fn", False),
    ("builtin class", int, "fn", False),
    ("class with arguments", list[int], "fn", False),
    ("new type", UserId, "fn", False),
    ("builtin function", len, "fn", False),
    ("builtin function", sorted, "fn", False),
    ("method of str", str.upper, "fn", False),
    ("bound method of str", ",".join, "fn", False),
    ("arithmetic", lambda x: x + 1, "fn", False),
    ("item", lambda x: x[0], "fn", False),
    ("literal", lambda x: {"a": x, "b": f"{x}"}, "fn", False),
    ("calls its argument", lambda x: x(), "fn", None),
    ("calls its argument with a star", lambda x: x(*[]), "fn", None),
    ("calls its argument by keyword", lambda x: x(a=1), "fn", None),
    ("calls a global", lambda x: plain(x) + 1, "fn", None),
    ("reads a global", lambda x: OUTSIDE, "fn", None),
    ("reads an attribute", lambda x: x.name, "fn", None),
    ("calls a closure", (lambda then: lambda x: then(x + 1))(fetch), "fn", None),
    ("holds a function", lambda x: (lambda: fetch(x))(), "fn", None),
    ("calls a default", default_call, "fn", None),
    ("annotated as Any", anything, "fn", None),
    ("annotated as object", some_object, "fn", None),
    ("annotated as a type variable", of_its_input, "fn", None),
    ("annotated as either", perhaps, "fn", None),
    ("annotated as a protocol", named, "fn", None),
    ("unresolved", unresolved, "fn", None),
    ("plain around async", around_async, "fn", None),
    ("async hidden in a wrapper of plain", around_plain, "fn", None),
    ("library function", json.loads, "fn", None),
    ("anext", anext, "fn", None),
    ("dict.get", {}.get, "fn", None),
]


@pytest.mark.parametrize(
    ("label", "fn", "shape", "expected"), CASES, ids=lambda one: one if isinstance(one, str) else ""
)
def test_is_async(label: str, fn: Callable[..., object], shape: Shape, expected: bool | None) -> None:
    assert is_async(fn, shape) is expected


def test_asyncio_own_mark_counts() -> None:
    marked = Adder()
    marked._is_coroutine = getattr(asyncio.coroutines, "_is_coroutine", None)  # type: ignore[attr-defined]  # the mark
    assert is_async(marked) is (sys.version_info < (3, 14))


if sys.version_info >= (3, 12):

    def test_marked_functions_are_coroutine_functions() -> None:
        assert is_async(inspect.markcoroutinefunction(lambda x: fetch(x + 1))) is True


@pytest.mark.parametrize("fn", [fn for _, fn, _, expected in CASES if expected is False and fn is not generator])
def test_what_is_said_to_be_plain_gives_nothing_to_await(fn: Callable[..., object]) -> None:
    for value in (1, "a", ["a"]):
        try:
            result = fn(value)
        except (TypeError, AttributeError, ValueError, IndexError, KeyError):
            continue
        assert not inspect.isawaitable(result)
