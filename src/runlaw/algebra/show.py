"""Type forms as a type checker prints them."""

from __future__ import annotations

from types import NoneType
from typing import Annotated, Any, ForwardRef, Literal, get_args, get_origin

from runlaw.algebra.forms import CALLABLE, is_alias, is_new_type, is_union, is_variable, special_name, split
from runlaw.algebra.records import fields_of, is_made
from runlaw.kernel.signature import TypeForm


def show(form: TypeForm, *, qualified: bool = False) -> str:
    """The form as a type checker prints it; ``qualified`` puts the module before the name of a class.

    >>> show(dict[str, int | None])
    'dict[str, int | None]'
    """
    if isinstance(form, type):
        return _class(form, qualified)
    if form is None:
        return "None"
    if form is Any:
        return "Any"
    if isinstance(form, str):
        return form
    if isinstance(form, ForwardRef):
        return form.__forward_arg__
    if is_variable(form) or is_new_type(form) or is_alias(form):
        return str(getattr(form, "__name__", form))
    if is_union(form):
        return " | ".join([show(arg, qualified=qualified) for arg in get_args(form)])
    origin = get_origin(form)
    if origin is Annotated:
        return show(get_args(form)[0], qualified=qualified)
    if origin is Literal:
        return f"Literal[{', '.join([repr(value) for value in get_args(form)])}]"
    if origin is None:
        return special_name(form) or repr(form)
    if special_name(origin) == "Unpack" or getattr(form, "__unpacked__", False):
        unpacked = get_args(form)[0] if special_name(origin) == "Unpack" else origin[get_args(form)]
        return "*" + show(unpacked, qualified=qualified)
    return _generic(form, qualified)


def _class(form: type, qualified: bool) -> str:
    if form is NoneType:
        return "None"
    if is_made(form):
        keys = [
            f"{key!r}{'' if field.required else '?'}: {show(field.form, qualified=qualified)}"
            for key, field in fields_of(form).items()
        ]
        return f"TypedDict({{{', '.join(keys)}}})"
    return f"{form.__module__}.{form.__qualname__}" if qualified else form.__name__


def _generic(form: TypeForm, qualified: bool) -> str:
    origin, args = split(form)
    name = show(origin, qualified=qualified)
    if origin is tuple and not args:
        return f"{name}[()]"
    if origin is CALLABLE:
        parameters, result = args
        if isinstance(parameters, list):
            taken = f"[{', '.join([show(one, qualified=qualified) for one in parameters])}]"
        else:
            taken = "..." if parameters is ... else show(parameters, qualified=qualified)
        return f"Callable[{taken}, {show(result, qualified=qualified)}]"
    return f"{name}[{', '.join(['...' if arg is ... else show(arg, qualified=qualified) for arg in args])}]"
