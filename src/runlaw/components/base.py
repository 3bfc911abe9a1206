"""What the models of this package share: they are values, and show just what was said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

M = TypeVar("M", bound="Value")


class Value(BaseModel):
    """A pydantic model that never changes; its ``repr`` leaves out fields that have their default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if field.is_required() or value != field.get_default(call_default_factory=True):
                yield name, value


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
    _set_extra(model, None)
    _set_private(model, None)
    return model


def quick_maker(kind: type[M], field: str) -> Callable[[str], M]:
    """A constructor from the text of one field, all others having their default: ``kind(field=text)``, but quicker.

    Every call makes new default lists and dicts.
    """
    plain = {
        name: None if each.is_required() else each.get_default(call_default_factory=True)
        for name, each in kind.model_fields.items()
    }
    dicts = tuple(name for name, value in plain.items() if value == {})
    lists = tuple(name for name, value in plain.items() if value == [])
    said = {field}  # one for all, as models never change

    def make(text: str) -> M:
        values = plain.copy()
        values[field] = text
        for name in dicts:
            values[name] = {}
        for name in lists:
            values[name] = []
        model = _new(kind)
        _set_dict(model, values)
        _set_said(model, said)
        _set_extra(model, None)
        _set_private(model, None)
        return model

    return make


_new = object.__new__
_set_dict = BaseModel.__dict__["__dict__"].__set__
_set_said = BaseModel.__dict__["__pydantic_fields_set__"].__set__
_set_extra = BaseModel.__dict__["__pydantic_extra__"].__set__
_set_private = BaseModel.__dict__["__pydantic_private__"].__set__
