"""Whether calling a function gives something to await, as far as that can be told without calling it."""

from __future__ import annotations

import functools
import inspect
import opcode
from collections import abc
from types import CodeType, FunctionType, MethodType
from typing import Any, Literal, NewType, TypeAlias, get_origin
from weakref import WeakKeyDictionary

from runlaw.kernel.signature import TypeForm

Shape: TypeAlias = Literal["fn", "stream", "transform", "batch", "map", "unpack"]

_AWAITED = inspect.CO_COROUTINE | inspect.CO_ITERABLE_COROUTINE | inspect.CO_ASYNC_GENERATOR
_CALLS = frozenset(code for name, code in opcode.opmap.items() if "CALL" in name)
_MAX_WRAPS = 100


def is_async(fn: Any, shape: Shape = "fn") -> bool | None:  # Any: any callable
    """Whether a call gives an awaitable or an asynchronous iterator; ``None`` where only a call can tell.

    It is known of coroutine functions and async generator functions (also bound, partial or marked), of
    functions whose result is annotated, of classes and builtins, and of functions that reach nothing
    outside their arguments. A plain function around another (``functools.wraps``) may or may not run what
    it wraps, so of that only a call can tell. ``shape`` is that of the leaf: a result annotated as an
    asynchronous iterator counts where the leaf takes chunks from it.

    >>> async def fetch(url): ...
    >>> is_async(fetch), is_async(len), is_async(lambda x: x + 1), is_async(lambda x: print(x))
    (True, False, False, None)
    """
    for _ in range(_MAX_WRAPS):
        if type(fn) is FunctionType:
            return _function(fn, shape)
        if isinstance(fn, functools.partial):
            fn = fn.func
        elif isinstance(fn, MethodType | staticmethod | classmethod):
            fn = fn.__func__
        elif isinstance(fn, functools._lru_cache_wrapper):
            fn = fn.__wrapped__
        elif isinstance(get_origin(fn) or fn, type):
            return hasattr(get_origin(fn) or fn, "__await__")
        elif isinstance(fn, NewType):
            return False
        elif _marked(fn):
            return True
        else:
            call = type(fn).__call__ if callable(fn) else None
            if not isinstance(call, FunctionType):
                return _builtin(fn)
            fn = call
    return None


def _function(fn: FunctionType, shape: Shape) -> bool | None:
    code = fn.__code__
    if code.co_flags & _AWAITED:
        return True
    if code.co_flags & inspect.CO_GENERATOR:
        return False
    if hasattr(fn, "_is_coroutine_marker") or hasattr(fn, "_is_coroutine"):
        return _marked(fn) or None
    if hasattr(fn, "__wrapped__"):
        return None
    if "return" in fn.__annotations__:
        return _annotated(fn, shape)
    return False if not fn.__defaults__ and not fn.__kwdefaults__ and _reaches_nothing(code) else None


def _marked(fn: Any) -> bool:  # Any: any callable
    """Whether ``inspect.markcoroutinefunction`` or asyncio's own mark says that it is a coroutine function."""
    if inspect.iscoroutinefunction(fn):
        return True
    mark = getattr(fn, "_is_coroutine", None)
    if mark is None:
        return False
    from asyncio import coroutines

    return mark is getattr(coroutines, "_is_coroutine", None)


def _reaches_nothing(code: CodeType) -> bool:
    """Whether it names nothing outside its arguments, holds no code, and calls nothing."""
    if code.co_names or code.co_freevars or code.co_cellvars:
        return False
    return CodeType not in map(type, code.co_consts) and _CALLS.isdisjoint(code.co_code[::2])


_known: WeakKeyDictionary[FunctionType, dict[Shape, bool | None]] = WeakKeyDictionary()


def _annotated(fn: FunctionType, shape: Shape) -> bool | None:
    known = _known.get(fn)
    if known is not None and shape in known:
        return known[shape]
    from runlaw.algebra.callables import describe  # here, for importing it takes longer than all the rest
    from runlaw.algebra.forms import members

    annotation = fn.__annotations__["return"]
    try:
        form = annotation if type(annotation) is type else describe(fn).form(annotation)
    except (NameError, TypeError):
        return None
    said = {_form(member, shape) for member in members(form)}
    result = said.pop() if len(said) == 1 else None
    _known.setdefault(fn, {})[shape] = result
    return result


def _builtin(fn: object) -> bool | None:
    from runlaw.algebra.known_builtins import gives_plain_value  # here, for it is needed by few functions

    return False if gives_plain_value(fn) else None


def _form(form: TypeForm, shape: Shape) -> bool | None:
    from runlaw.algebra.bases import arguments  # here, for importing it takes longer than all the rest
    from runlaw.algebra.forms import is_new_type, is_variable

    if form is Any or form is object or is_variable(form):
        return None
    if arguments(form, abc.Awaitable) is not None:
        return True
    if arguments(form, abc.AsyncIterable) is not None:
        return True if shape in ("stream", "transform") else None
    cls = get_origin(form) or form
    if not isinstance(cls, type):
        return None if is_new_type(form) else False
    return None if getattr(cls, "_is_protocol", False) else hasattr(cls, "__await__")
