"""What the annotations of a function say: its input and output as a leaf."""

from __future__ import annotations

from types import FunctionType
from typing import Any, get_overloads
from weakref import WeakKeyDictionary

from runlaw.algebra.arity import check_arguments, check_one_argument
from runlaw.algebra.asynchrony import Shape, is_async
from runlaw.kernel.signature import UNKNOWN, Signature

__all__ = ["Shape", "check_arguments", "check_one_argument", "is_async", "quick_signature", "signature_of"]

_known: WeakKeyDictionary[FunctionType, dict[Shape, Signature]] = WeakKeyDictionary()


def signature_of(fn: Any, shape: Shape = "fn", *, strict: bool = False) -> Signature:  # Any: any callable
    """The input and output of a function used as a leaf; ``Any`` for what it does not say.

    ``shape`` says how a leaf calls it: with one value (``"fn"``, ``"map"``, and ``"stream"`` for one that
    gives an iterator), with an iterator of chunks (``"transform"``), with a group (``"batch"``), or with
    several arguments taken from a tuple (``"unpack"``). What is awaited or iterated over is unwrapped.

    A callable object may say its types itself, by a method ``__runlaw_signature__(strict: bool) -> Signature``.

    Args:
        fn: A callable of whatever kind.
        shape: How the leaf calls it.
        strict: Raise where an annotation cannot be resolved, instead of taking it for ``Any``.

    Raises:
        NameError: With ``strict``, an annotation names what is not defined.
        TypeError: With ``strict``, an annotation is no type.

    >>> def words(text: str) -> list[str]: ...
    >>> signature_of(words)
    Signature(input=<class 'str'>, output=list[str])
    >>> signature_of(words, "stream")
    Signature(input=<class 'str'>, output=<class 'str'>)
    """
    known = quick_signature(fn, shape)
    if known is not None:
        return known
    return _read(fn, shape, strict)


def quick_signature(fn: Any, shape: Shape) -> Signature | None:  # Any: any callable
    """The signature of a function without annotations, or of one that was read before; ``None`` for any other."""
    if type(fn) is not FunctionType:
        return None
    if fn.__annotations__:
        known = _known.get(fn)
        return None if known is None else known.get(shape)
    if shape != "unpack" and (fn.__name__ == "<lambda>" or not (hasattr(fn, "__wrapped__") or get_overloads(fn))):
        return UNKNOWN
    return None


def _read(fn: Any, shape: Shape, strict: bool) -> Signature:  # Any: any callable
    from runlaw.algebra.reading import lasts, read  # here, for importing it takes longer than all the rest

    signature = read(fn, shape, strict)
    if type(fn) is FunctionType and type(signature) is Signature and lasts(fn, signature):
        _known.setdefault(fn, {})[shape] = signature
    return signature
