"""What a function must take and give for the part it plays: chunks, groups, conditions, values of a record.

Only annotations that clearly say otherwise are refused; whatever else comes is looked at when it runs.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from types import NoneType
from typing import Any

from runlaw.algebra.annotations import signature_of
from runlaw.algebra.asynchrony import Shape
from runlaw.algebra.callables import display_name
from runlaw.algebra.fits import fits
from runlaw.algebra.forms import bare, generic, members, split
from runlaw.algebra.meet import disjoint
from runlaw.algebra.show import show
from runlaw.kernel.signature import Signature, TypeForm

_CHUNKS: tuple[TypeForm, ...] = (generic(Iterator, Any), generic(AsyncIterator, Any))
_SEVERAL: tuple[TypeForm, ...] = (generic(Iterable, Any), generic(AsyncIterable, Any))
_GROUP: TypeForm = generic(Sequence, Any)
_LIST: TypeForm = generic(list, Any)
_YIELD = ("an iterator of chunks", "yield the chunks")
_RECORD: TypeForm = generic(Mapping, str, Any)


def check_role(fn: Any, shape: Shape, by: str) -> None:  # Any: any callable
    """Refuse a function whose annotations say that it cannot be called as a leaf of this shape calls it.

    Args:
        fn: The function, or an object that says its types itself, which is trusted.
        shape: How the leaf calls it.
        by: The constructor that the message names.

    Raises:
        TypeError: It takes one value instead of chunks or a group, or gives one instead of several.

    >>> def show(x: int) -> str: ...
    >>> check_role(show, "stream", "lift_stream")
    Traceback (most recent call last):
    TypeError: lift_stream takes a function that gives an iterator of chunks, but show() is annotated to give str: ...
    """
    if hasattr(type(fn), "__runlaw_signature__"):
        return
    name, said = display_name(fn), signature_of(fn)
    if (shape == "transform" and not _may_be(said.input, _CHUNKS)) or (shape == "batch" and not _takes_group(said)):
        raise TypeError(takes_one(by, name, show(said.input)))
    if shape in ("stream", "transform", "batch") and not _gives_several(said):
        raise TypeError(gives_one(by, name, show(said.output)))


def takes_one(by: str, name: str, taken: str) -> str:
    """What is said of a function that takes one value where it is given several."""
    wanted, write, other = "an iterator of chunks", "Iterator", f"lift_stream({name}) for one of the whole input"
    if by == "lift_batch":
        wanted, write, other = "a sequence of values", "Sequence", f"lift({name}) for one of a single value"
    return (
        f"{by} takes a function of {wanted}, but {name}() is annotated to take {taken}: "
        f"write {write}[...] there, or {other}"
    )


def gives_one(by: str, name: str, given: str) -> str:
    """What is said of a function that gives one value where several are asked for."""
    several, write = ("a sequence of results", "give a list") if by == "lift_batch" else _YIELD
    return (
        f"{by} takes a function that gives {several}, but {name}() is annotated to give {given}: "
        f"{write}, or write lift({name}) for a single value"
    )


def is_condition(output: TypeForm) -> bool:
    """Whether what a predicate gives may be true: anything but ``None``, which would be a forgotten ``return``.

    >>> is_condition(bool), is_condition(str), is_condition(None)
    (True, True, False)
    """
    return bare(output) is not NoneType


def is_of_record(input: TypeForm) -> bool:
    """Whether a step that takes this may be given a record.

    >>> is_of_record(dict[str, int]), is_of_record(object), is_of_record(str)
    (True, True, False)
    """
    return _may_be(input, (_RECORD,))


def _may_be(form: TypeForm, wanted: tuple[TypeForm, ...]) -> bool:
    """Whether a member of the form is one of the wanted ones, or may hold it."""
    return any(fits(member, one) or fits(one, member) for member in members(form) for one in wanted)


def _takes_group(said: Signature) -> bool:
    """Whether it takes a list, which is what it is given, or a sequence that may be one."""
    return any(
        fits(_LIST, member) or (fits(member, _GROUP) and not disjoint(member, _LIST)) for member in members(said.input)
    )


def _gives_several(said: Signature) -> bool:
    """Whether what it gives may be iterated over; text is one value, although it could be."""
    return any(not _is_text(member) and _may_be(member, _SEVERAL) for member in members(said.output))


def _is_text(form: TypeForm) -> bool:
    cls = split(form)[0]
    return isinstance(cls, type) and issubclass(cls, str | bytes)
