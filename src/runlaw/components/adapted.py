"""A user's function as the function of a component: its input converted, its output checked.

A component's function may be sync or async and may give a value or an iterator of chunks. Which of the four it
is can be seen on the function, or on its return annotation; a plain function without one gives either.
"""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterator,
    Mapping,
)
from dataclasses import dataclass
from importlib import import_module
from pickle import UnpicklingError
from types import FunctionType
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from runlaw.components.documents import Document
from runlaw.components.messages import AI_MESSAGES, AIMessage
from runlaw.components.prompt_values import ChatInput, to_messages, to_text
from runlaw.interpret.now import gives_at_once
from runlaw.kernel.monoid import LIST, STR
from runlaw.kernel.semigroup import Monoid
from runlaw.kernel.signature import Signature

Role: TypeAlias = Literal["chat_model", "llm", "retriever"]
Output: TypeAlias = AIMessage | str | list[Document]


class RoleFacts(NamedTuple):
    """What functions of one role take and give."""

    signature: Signature
    convert: Callable[..., object]
    fits: Callable[[object], bool]
    expected: str
    monoid: Monoid[Any]  # Any: of the role's output type


@dataclass(frozen=True)
class Adapted:
    """A user's function in its role. Call objects of this package are values: equal for equal functions."""

    fn: Callable[..., object]
    role: Role

    def __runlaw_signature__(self, strict: bool = False) -> Signature:
        return ROLES[self.role].signature

    def __reduce__(self) -> tuple[Callable[..., Adapted], tuple[object, ...]]:
        """A decorated function pickles by its name, as the name stands for the Runnable and not for the function."""
        if type(self.fn) is FunctionType and self == _function_behind(self.fn.__module__, self.fn.__qualname__):
            return _named, (self.fn.__module__, self.fn.__qualname__)
        return type(self), (self.fn, self.role)

    def check(self, result: object) -> Output:
        """The result, if it is one of the role's outputs.

        Raises:
            TypeError: It is not.
        """
        facts = ROLES[self.role]
        if facts.fits(result):
            return result  # type: ignore[return-value]  # as was just tested
        hint = ""
        if inspect.isawaitable(result) or hasattr(result, "__aiter__"):
            hint = "; annotate what the function returns, or make it an async function, so that this is known"
        raise TypeError(
            f"the {self.role} function {_name(self.fn)} must give {facts.expected}; "
            f"got {type(result).__name__}: {_short(result)}{hint}"
        )


@dataclass(frozen=True)
class ValueCall(Adapted):
    """A sync function that gives one value."""

    def __call__(self, value: object, /) -> Output:
        """Call the function with its input converted; see ``check`` for what is raised."""
        return self.check(self.fn(ROLES[self.role].convert(value)))


@dataclass(frozen=True)
class AsyncValueCall(Adapted):
    """An async function that gives one value."""

    async def __call__(self, value: object, /) -> Output:
        """Call the function with its input converted; see ``check`` for what is raised."""
        result = self.fn(ROLES[self.role].convert(value))
        if not isinstance(result, Awaitable):
            return self.check(result)
        return self.check(await result)


@dataclass(frozen=True)
class StreamCall(Adapted):
    """A sync function that gives an iterator of chunks, or one value, which is then the only chunk."""

    def __call__(self, value: object, /) -> Iterator[Output]:
        """Yield the function's chunks; see ``check`` for what is raised."""
        result = self.fn(ROLES[self.role].convert(value))
        if not isinstance(result, Iterator):
            if self.role == "retriever":
                gives_at_once()
            yield self.check(result)
            return
        fits = ROLES[self.role].fits
        try:
            for chunk in result:
                yield chunk if fits(chunk) else self.check(chunk)
        finally:
            if isinstance(result, Generator):
                result.close()


@dataclass(frozen=True)
class AsyncStreamCall(Adapted):
    """An async function that gives an iterator of chunks."""

    async def __call__(self, value: object, /) -> AsyncIterator[Output]:
        """Yield the function's chunks; see ``check`` for what is raised."""
        result = self.fn(ROLES[self.role].convert(value))
        if isinstance(result, Awaitable):
            result = await result
        if not isinstance(result, AsyncIterable):
            if self.role == "retriever":
                gives_at_once()
            yield self.check(result)
            return
        fits = ROLES[self.role].fits
        try:
            async for chunk in result:
                yield chunk if fits(chunk) else self.check(chunk)
        finally:
            if isinstance(result, AsyncGenerator):
                await result.aclose()


class Shape(NamedTuple):
    """Whether a function gives chunks (``None``: only a call can tell), and whether it is async."""

    streams: bool | None
    asynchronous: bool


def adapted(fn: Callable[..., object], role: Role) -> Adapted:
    """The call object of a user's function in its role, by the function's shape.

    Raises:
        TypeError: ``fn`` is no function.
    """
    if not callable(fn):
        raise TypeError(f"{role} takes a function; got {type(fn).__name__}: {_short(fn)}")
    shape = shape_of(fn)
    if shape.asynchronous:
        return AsyncStreamCall(fn, role) if shape.streams else AsyncValueCall(fn, role)
    return ValueCall(fn, role) if shape.streams is False else StreamCall(fn, role)


def shape_of(fn: Callable[..., object]) -> Shape:
    """What a call of the function gives, as far as it can be seen.

    >>> shape_of(lambda messages: messages)
    Shape(streams=None, asynchronous=False)
    """
    while isinstance(fn, functools.partial):
        fn = fn.func
    if not inspect.isroutine(fn) and not isinstance(fn, type):
        fn = type(fn).__call__
    fn = inspect.unwrap(fn)
    if inspect.isasyncgenfunction(fn):
        return Shape(True, True)
    if inspect.isgeneratorfunction(fn):
        return Shape(True, False)
    returned = _returned(fn)
    if inspect.iscoroutinefunction(fn):
        return Shape(_gives(returned) in _ASYNC_STREAMS, True)
    kind = _gives(returned)
    if kind in _AWAITABLES:
        arguments = typing.get_args(returned)
        return Shape(bool(arguments) and _gives(arguments[-1]) in _ASYNC_STREAMS, True)
    if kind in _ASYNC_STREAMS:
        return Shape(True, True)
    if kind in _STREAMS:
        return Shape(True, False)
    return Shape(None if kind in (None, Any, object) else False, False)


def _function_behind(module: str, path: str) -> object:
    """The function of the Runnable that stands at a name; ``None`` where there is no such name."""
    found: object = import_module(module)
    for name in path.split("."):
        found = getattr(found, name, None)
    return getattr(getattr(found, "node", None), "fn", None)


def _named(module: str, path: str) -> Adapted:
    found = _function_behind(module, path)
    if not isinstance(found, Adapted):
        raise UnpicklingError(f"{module}.{path} is no model or retriever made from a function")
    return found


def _returned(fn: Callable[..., object]) -> object:
    """The return annotation; ``None`` where there is none, or where it cannot be resolved."""
    try:
        return typing.get_type_hints(fn).get("return")
    except Exception:  # an annotation is any expression, so it may fail in any way; a call will tell then
        return None


def _gives(annotation: object) -> object:
    return typing.get_origin(annotation) or annotation


def _name(fn: object) -> str:
    return str(getattr(fn, "__qualname__", None) or type(fn).__qualname__)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:197]}..."


def _is_message(value: object) -> bool:
    return isinstance(value, AIMessage)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _are_documents(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, Document) for item in value)


def _query(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a retriever takes a str, its query; got {type(value).__name__}: {_short(value)}")
    return value


ROLES: Final[Mapping[Role, RoleFacts]] = {
    "chat_model": RoleFacts(
        Signature(ChatInput, AIMessage),
        to_messages,
        _is_message,
        "an AIMessage, or an iterator of AIMessageChunk",
        AI_MESSAGES,
    ),
    "llm": RoleFacts(Signature(ChatInput, str), to_text, _is_text, "a str, or an iterator of str", STR),
    "retriever": RoleFacts(
        Signature(str, list[Document]),
        _query,
        _are_documents,
        "a list of Documents, or an iterator of such lists",
        LIST,
    ),
}
_STREAMS: Final = (Iterator, Generator)
_ASYNC_STREAMS: Final = (AsyncIterator, AsyncGenerator, AsyncIterable)
_AWAITABLES: Final = (Awaitable, Coroutine)
