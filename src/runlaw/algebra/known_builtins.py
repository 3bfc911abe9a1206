"""The types of builtin functions and classes, which have no annotations of their own."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Reversible, Sized
from types import BuiltinFunctionType, MethodDescriptorType, MethodWrapperType, NoneType, WrapperDescriptorType
from typing import Any, TypeVar

from runlaw.algebra.forms import generic
from runlaw.kernel.signature import UNKNOWN, Signature, TypeForm

_T = TypeVar("_T")
_ITEMS: TypeForm = generic(Iterable, _T)

_FUNCTIONS: dict[str, Signature] = {
    "all": Signature(Iterable[object], bool),
    "any": Signature(Iterable[object], bool),
    "ascii": Signature(object, str),
    "bin": Signature(Any, str),
    "callable": Signature(object, bool),
    "chr": Signature(Any, str),
    "hash": Signature(object, int),
    "hex": Signature(Any, str),
    "id": Signature(object, int),
    "len": Signature(Sized, int),
    "oct": Signature(Any, str),
    "ord": Signature(str | bytes | bytearray, int),
    "print": Signature(object, NoneType),
    "repr": Signature(object, str),
    "sorted": Signature(_ITEMS, generic(list, _T)),
}

_CLASSES: dict[type, Signature] = {
    bool: Signature(object, bool),
    str: Signature(object, str),
    type: Signature(object, type),
    list: Signature(_ITEMS, generic(list, _T)),
    set: Signature(_ITEMS, generic(set, _T)),
    frozenset: Signature(_ITEMS, generic(frozenset, _T)),
    tuple: Signature(_ITEMS, generic(tuple, _T, ...)),
    enumerate: Signature(_ITEMS, generic(Iterator, generic(tuple, int, _T))),
    reversed: Signature(generic(Reversible, _T), generic(Iterator, _T)),
}

_TEXT_METHODS: dict[type, tuple[str, ...]] = {
    bool: ("isalnum", "isalpha", "isascii", "isdigit", "islower", "isspace", "istitle", "isupper"),
    list: ("split", "rsplit", "splitlines"),
    object: ("capitalize", "expandtabs", "lower", "lstrip", "rstrip", "strip", "swapcase", "title", "upper"),
}

_METHODS: dict[tuple[type, str], TypeForm] = {
    (str, "casefold"): str,
    (str, "encode"): bytes,
    (str, "isdecimal"): bool,
    (str, "isidentifier"): bool,
    (str, "isnumeric"): bool,
    (str, "isprintable"): bool,
    (bytes, "decode"): str,
    (bytes, "hex"): str,
    **{(text, name): bool for text in (str, bytes) for name in _TEXT_METHODS[bool]},
    **{(str, name): list[str] for name in _TEXT_METHODS[list]},
    **{(bytes, name): list[bytes] for name in _TEXT_METHODS[list]},
    **{(text, name): text for text in (str, bytes) for name in _TEXT_METHODS[object]},
}


_BOUND: dict[str, Signature] = {
    "format": Signature(object, str),
    "join": Signature(Iterable[str], str),
}


def builtin_signature(fn: object) -> Signature | None:
    """The signature of a builtin function, class or unbound method, or ``None`` where it is none of those known.

    >>> builtin_signature(len)
    Signature(input=<class 'collections.abc.Sized'>, output=<class 'int'>)
    >>> builtin_signature(str.upper)
    Signature(input=<class 'str'>, output=<class 'str'>)
    """
    if isinstance(fn, type):
        is_builtin = getattr(builtins, fn.__name__, None) is fn
        return _CLASSES.get(fn, Signature(Any, fn)) if is_builtin else None
    if isinstance(fn, MethodDescriptorType | WrapperDescriptorType):
        return Signature(fn.__objclass__, _METHODS.get((fn.__objclass__, fn.__name__), Any))
    if isinstance(fn, BuiltinFunctionType):
        if fn.__self__ is builtins:
            return _FUNCTIONS.get(fn.__name__, UNKNOWN)
        return _BOUND.get(fn.__name__, UNKNOWN) if type(fn.__self__) is str else UNKNOWN
    return UNKNOWN if isinstance(fn, MethodWrapperType) else None


def gives_plain_value(fn: object) -> bool:
    """Whether it is a builtin that surely gives a value that cannot be awaited."""
    known = builtin_signature(fn)
    return known is not None and known.output is not Any
