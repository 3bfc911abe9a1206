"""What the models of this package share: they are values, and show just what was said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

M = TypeVar("M", bound="Value")
T = TypeVar("T")


class Value(BaseModel):
    """A pydantic model that never changes; its ``repr`` leaves out fields that have their default."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if field.is_required() or value != field.get_default(call_default_factory=True):
                yield name, value

    if not TYPE_CHECKING:  # a checker would take every attribute for known

        def __getattr__(self, name: str) -> object:
            """What pydantic keeps beside the fields is nothing; ``trusted`` and ``quick_maker`` do not say so."""
            if name in ("__pydantic_extra__", "__pydantic_private__"):
                return None
            return super().__getattr__(name)


def is_none(value: object) -> bool:
    """For ``exclude_if``: leaves a field out of the JSON while nothing was said."""
    return value is None


def is_empty(value: object) -> bool:
    """For ``exclude_if``: leaves a list or a mapping out of the JSON while it is empty."""
    return not value


def trusted(kind: type[M], values: dict[str, object], said: set[str]) -> M:
    """A model made of values that are known to fit, without checking them.

    Twice as fast as the constructor; for values that this package has made itself.

    Args:
        kind: The model's class.
        values: Every field's value, in the order of the fields. The dict becomes part of the model.
        said: The fields that count as set.
    """
    model = _new(kind)
    _set_dict(model, values)
    _set_said(model, said)
    return model


def quick_maker(kind: type[M], field: str) -> Callable[[T], M]:
    """A constructor from the value of one field, all others having their default: ``kind(field=value)``, but quicker.

    The value is not checked. Every call makes new default lists and dicts.
    """
    plain = {
        name: None if each.is_required() else each.get_default(call_default_factory=True)
        for name, each in kind.model_fields.items()
    }
    dicts = [name for name, value in plain.items() if value == {}]
    lists = [name for name, value in plain.items() if value == []]
    copied = plain.copy
    said = {field}  # one for all, as models never change
    new, set_dict, set_said = _new, _set_dict, _set_said

    def make(value: T) -> M:
        values = copied()
        values[field] = value
        for name in dicts:
            values[name] = {}
        for name in lists:
            values[name] = []
        model = new(kind)
        set_dict(model, values)
        set_said(model, said)
        return model

    def make_with_two_dicts(value: T) -> M:
        values = copied()
        values[field] = value
        values[one] = {}
        values[other] = {}
        model = new(kind)
        set_dict(model, values)
        set_said(model, said)
        return model

    def make_without_any(value: T) -> M:
        values = copied()
        values[field] = value
        model = new(kind)
        set_dict(model, values)
        set_said(model, said)
        return model

    if lists or len(dicts) == 1 or len(dicts) > 2:
        return make
    if not dicts:
        return make_without_any
    one, other = dicts
    return make_with_two_dicts


_new = object.__new__
_set_dict = BaseModel.__dict__["__dict__"].__set__
_set_said = BaseModel.__dict__["__pydantic_fields_set__"].__set__
