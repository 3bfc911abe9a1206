"""The input that several programs share: what fits all of them, or that nothing does."""

from __future__ import annotations

from collections import abc
from collections.abc import Sequence
from types import NoneType
from typing import Any, Never

from runlaw.algebra.bases import arguments
from runlaw.algebra.fits import fits
from runlaw.algebra.forms import (
    bare,
    is_new_type,
    is_typed_dict,
    is_union,
    is_variable,
    literal_values,
    members,
    split,
    union,
)
from runlaw.algebra.records import Field, fields_of, is_made, is_open, record
from runlaw.algebra.structural import tuple_shape
from runlaw.kernel.signature import TypeForm

_LAYOUTS = (int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, NoneType, range, memoryview)
_MAX_DEPTH = 50


def meet(forms: Sequence[TypeForm], name: str) -> TypeForm:
    """A type that fits all the forms; records become one with the keys of all of them, called ``name``.

    >>> meet([float, Any, int], "In")
    <class 'int'>
    """
    met: TypeForm = Any
    for form in forms:
        met = _both(met, form, name)
    return met


def _both(one: TypeForm, other: TypeForm, name: str) -> TypeForm:
    if one is other or other is Any or (other is object and one is not Any):
        return one
    if one is Any or one is object:
        return other
    if is_typed_dict(split(bare(other))[0]):
        if is_typed_dict(split(bare(one))[0]):
            return _merged(bare(one), bare(other), name)
        one, other = other, one
    if fits(one, other):
        return one
    if fits(other, one):
        return other
    if is_union(bare(one)) or is_union(bare(other)):
        shared = [_both(a, b, name) for a in members(one) for b in members(other) if not disjoint(a, b)]
        return union(shared) if shared else one
    return one


def _merged(one: TypeForm, other: TypeForm, name: str) -> TypeForm:
    fields = fields_of(one)
    for key, field in fields_of(other).items():
        mine = fields.get(key)
        if mine is not None:
            field = Field(_both(mine.form, field.form, name), mine.required or field.required)
        fields[key] = field
    for form in sorted((one, other), key=is_made):
        if isinstance(form, type) and fields_of(form) == fields:
            return form
    return record(name, fields, open=is_open(one) and is_open(other))


def disjoint(one: TypeForm, other: TypeForm, depth: int = 0) -> bool:
    """Whether surely no value is of both types; ``False`` when unsure.

    >>> disjoint(int, str), disjoint(list[int], list[str]), disjoint(int, float), disjoint(int, int | str)
    (True, True, False, False)
    """
    if depth > _MAX_DEPTH:
        return False
    return all(_apart(a, b, depth + 1) for a in members(one) for b in members(other))


def _apart(one: TypeForm, other: TypeForm, depth: int) -> bool:
    if one is Never or other is Never:
        return True
    if one is Any or other is Any or is_variable(one) or is_variable(other) or fits(one, other) or fits(other, one):
        return False
    if is_new_type(one) or is_new_type(other):
        return disjoint(getattr(one, "__supertype__", one), getattr(other, "__supertype__", other), depth)
    if literal_values(one) is not None or literal_values(other) is not None:
        return True
    first, first_args = split(one)
    second, second_args = split(other)
    if not isinstance(first, type) or not isinstance(second, type):
        return False
    if is_typed_dict(first) or is_typed_dict(second):
        return _records_apart(one, other, depth)
    if issubclass(first, tuple) and issubclass(second, tuple):
        return _tuples_apart(one, other, depth)
    if not _related(first, second):
        return _classes_apart(first, second)
    return bool(first_args and second_args) and _arguments_apart(one, other, first, second, depth)


def _records_apart(one: TypeForm, other: TypeForm, depth: int) -> bool:
    mine, others = fields_of(one), fields_of(other)
    if not mine or not others:
        plain = split(other if mine else one)[0]
        if not isinstance(plain, type) or not issubclass(plain, abc.Mapping):
            return isinstance(plain, type) and _classes_apart(dict, plain)
        value = (arguments(other if mine else one, abc.Mapping) or (Any, Any))[-1]
        required = [field.form for field in (mine or others).values() if field.required]
        return any(disjoint(form, value, depth) for form in required)
    return any(disjoint(mine[key].form, others[key].form, depth) for key in mine.keys() & others.keys())


def _tuples_apart(one: TypeForm, other: TypeForm, depth: int) -> bool:
    first, second = tuple_shape(one), tuple_shape(other)
    if (first.repeated is None and first.known < second.known) or (
        second.repeated is None and second.known < first.known
    ):
        return True
    return any(disjoint(a, b, depth) for a, b in zip(first.first, second.first, strict=False))


def _related(first: type, second: type) -> bool:
    try:
        return issubclass(first, second) or issubclass(second, first)
    except Exception:  # a hook of the class may raise anything
        return True


def _arguments_apart(one: TypeForm, other: TypeForm, first: type, second: type, depth: int) -> bool:
    """Whether two containers hold things that have nothing in common."""
    try:
        target = second if issubclass(first, second) else first
    except Exception:  # a hook of the class may raise anything
        return False
    if not issubclass(target, abc.Iterable | abc.AsyncIterable | abc.Awaitable):
        return False
    mine, others = arguments(one, target), arguments(other, target)
    if not mine or not others or len(mine) != len(others):
        return False
    return any(disjoint(a, b, depth) for a, b in zip(mine, others, strict=True) if not isinstance(a, list))


def _classes_apart(first: type, second: type) -> bool:
    """Whether no class derives from both: one is final, both have a builtin layout, or both hold data."""
    if getattr(first, "_is_protocol", False) or getattr(second, "_is_protocol", False):
        return False
    layouts = [next((kind for kind in _LAYOUTS if issubclass(cls, kind)), None) for cls in (first, second)]
    if None not in layouts and layouts[0] is not layouts[1]:
        return True
    if _is_final(first) or _is_final(second):
        return True
    return _is_data(first) and _is_data(second) and not _common_subclass(first, second)


def _is_final(cls: type) -> bool:
    return cls in (bool, NoneType, range, memoryview) or bool(getattr(cls, "__final__", False))


def _is_data(cls: type) -> bool:
    return any(
        hasattr(cls, mark) for mark in ("__dataclass_fields__", "model_fields", "__attrs_attrs__", "_fields")
    ) or (cls in _LAYOUTS)


def _common_subclass(first: type, second: type) -> bool:
    rarer, other = sorted((first, second), key=lambda cls: len(type.__subclasses__(cls)))
    found = [rarer]
    for cls in found:
        if len(found) > 1000 or issubclass(cls, other):
            return True
        found.extend(type.__subclasses__(cls))
    return False
