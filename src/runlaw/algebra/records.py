"""Record types: the fields of a ``TypedDict``, and ``TypedDict`` classes made at run time."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, NamedTuple, get_origin
from weakref import WeakValueDictionary

from runlaw.algebra.forms import is_typed_dict, is_variable, special_name, specialise
from runlaw.algebra.hints import resolve
from runlaw.kernel.signature import TypeForm


class Field(NamedTuple):
    """The type of a key of a record, and whether the key must be there."""

    form: TypeForm
    required: bool = True


_MADE = "__runlaw_record__"
_OPEN = "__runlaw_open__"
_QUALIFIERS = ("Required", "NotRequired", "ReadOnly")
_made: WeakValueDictionary[object, type] = WeakValueDictionary()


def record(name: str, fields: Mapping[str, Field], *, open: bool = False) -> type:
    """A ``TypedDict`` class with these fields; the same one for the same name and fields.

    An ``open`` record is one of which only some keys are known: as an output it may have more keys, as
    an input it takes keys that are not required.

    >>> record("Point", {"x": Field(int), "y": Field(int, required=False)}).__required_keys__
    frozenset({'x'})
    """
    key = (name, tuple(fields.items()), open)
    try:
        known = _made.get(key)
    except TypeError:  # metadata that cannot be hashed
        return _make(name, fields, open)
    if known is None:
        known = _made[key] = _make(name, fields, open)
    return known


def _make(name: str, fields: Mapping[str, Field], open: bool) -> type:
    if sys.version_info >= (3, 12):
        from typing import NotRequired, TypedDict
    else:
        from typing import NotRequired

        from typing_extensions import TypedDict
    annotations: dict[str, Any] = {}  # Any: type forms, which a checker cannot follow at run time
    for key, field in fields.items():
        form = _storable(field.form)
        annotations[key] = form if field.required else NotRequired[form]
    make: Any = TypedDict  # Any: a checker reads the functional form only with literal arguments
    made: type = make(name, annotations)
    setattr(made, _MADE, True)
    setattr(made, _OPEN, open)
    return made


def _storable(form: Any) -> Any:  # Any: type forms, which a checker cannot follow at run time
    known = isinstance(form, type) or is_variable(form) or callable(form) or get_origin(form) is not None
    return form if known else Any


def is_made(form: TypeForm) -> bool:
    """Whether the form is a class made by ``record``."""
    return isinstance(form, type) and _MADE in vars(form)


def is_open(form: TypeForm) -> bool:
    """Whether the form is an open record."""
    return isinstance(form, type) and bool(vars(form).get(_OPEN))


def fields_of(form: Any) -> dict[str, Field]:  # Any: a TypedDict class, or one with type arguments
    """The fields of a ``TypedDict``, in order; ``Any`` for a type that cannot be resolved."""
    cls: Any = form if isinstance(form, type) else get_origin(form)  # Any: attributes of TypedDict classes
    if not is_typed_dict(cls):
        return {}
    given = {} if form is cls else dict(zip(cls.__parameters__, form.__args__, strict=False))
    fields = {}
    for key, annotation in _annotations(cls).items():
        required = key in cls.__required_keys__
        while (name := special_name(get_origin(annotation))) in _QUALIFIERS:
            required = name == "Required" or (required and name != "NotRequired")
            annotation = annotation.__args__[0]
        fields[key] = Field(specialise(annotation, given) if given else annotation, required)
    return fields


def _annotations(cls: type) -> dict[str, Any]:  # Any: type forms
    own: dict[str, Any] = dict(cls.__annotations__)  # Any: type forms
    if is_made(cls):
        return own
    for base in getattr(cls, "__orig_bases__", ()):
        if is_typed_dict(base):
            own = {**_annotations(base), **own}
    names = vars(sys.modules.get(cls.__module__, object))
    local_names = {cls.__name__: cls, **{p.__name__: p for p in getattr(cls, "__type_params__", ())}}
    for key, annotation in own.items():
        try:
            own[key] = resolve(annotation, names, local_names)
        except (NameError, TypeError):
            own[key] = Any
    return own
