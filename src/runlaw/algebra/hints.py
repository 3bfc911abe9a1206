"""Annotations as written (strings and forward references too) resolved to types."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType, SimpleNamespace
from typing import Any, get_type_hints

from runlaw.kernel.signature import TypeForm


def resolve(annotation: TypeForm, names: dict[str, object], local_names: Mapping[str, object]) -> TypeForm:
    """The type that an annotation means, ``Annotated`` kept.

    Raises:
        NameError: A name in it is not defined (yet).
        TypeError: It is no annotation; the cause says why.

    >>> resolve("list[Later]", {}, {"Later": int})
    list[int]
    """
    if type(annotation) is type:
        return annotation
    if annotation is None:
        return NoneType
    holder: Any = SimpleNamespace(__annotations__={"it": annotation})  # Any: get_type_hints reads any such object
    try:
        return get_type_hints(holder, names, dict(local_names), include_extras=True)["it"]
    except NameError:
        raise
    except Exception as error:  # a string annotation is code, and may fail in any way
        raise TypeError(f"{annotation!r} is no type: {error}") from error
