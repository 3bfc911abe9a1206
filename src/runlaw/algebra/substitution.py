"""Type variables in forms: which there are, putting types for them, and renaming them apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, Literal, Self, TypeVar, get_args, get_origin

from runlaw.algebra.bases import unpacked
from runlaw.algebra.forms import is_variable, limits, rebuild
from runlaw.algebra.records import Field, fields_of, is_made, is_open, record
from runlaw.kernel.signature import TypeForm

LARGEST = 256


def variables(form: TypeForm) -> tuple[TypeForm, ...]:
    """The type variables of a form, each once, in order.

    >>> A = TypeVar("A")
    >>> variables(dict[str, A | list[A]])
    (~A,)
    """
    if type(form) is type or form is Any:
        return ()
    found: dict[TypeForm, None] = {}
    _collect(form, found)
    return tuple(found)


def _collect(form: TypeForm, found: dict[TypeForm, None]) -> None:
    if is_variable(form):
        found[form] = None
    for part in _parts(form):
        _collect(part, found)


def _parts(form: TypeForm) -> tuple[TypeForm, ...] | list[TypeForm]:
    if isinstance(form, type):
        return [field.form for field in fields_of(form).values()] if is_made(form) else ()
    if isinstance(form, list):
        return form
    origin = get_origin(form)
    if origin is Literal:
        return ()
    return get_args(form)[:1] if origin is Annotated else get_args(form)


def substitute(form: TypeForm, bindings: Mapping[TypeForm, TypeForm]) -> TypeForm:
    """The form with types for its variables, also for those in the types put in; others stay.

    >>> A, B = TypeVar("A"), TypeVar("B")
    >>> substitute(tuple[A, B], {A: list[B], B: int})
    tuple[list[int], int]
    """
    return _substitute(form, bindings, ()) if bindings else form


def _substitute(form: TypeForm, bindings: Mapping[TypeForm, TypeForm], inside: tuple[TypeForm, ...]) -> TypeForm:
    if is_variable(form) or form is Self:
        if form in inside or form not in bindings:
            return form
        return _substitute(bindings[form], bindings, (*inside, form))
    parts = _parts(form)
    if not parts:
        return form
    new = [_substitute(part, bindings, inside) for part in parts]
    if all(one is other for one, other in zip(new, parts, strict=True)):
        return form
    if isinstance(form, list):
        return new
    if isinstance(form, type):
        old = fields_of(form).items()
        fields = {key: Field(part, field.required) for (key, field), part in zip(old, new, strict=True)}
        return record(form.__name__, fields, open=is_open(form))
    return rebuild(form, tuple(_spread(new) if get_origin(form) is tuple else new))


def _spread(args: list[TypeForm]) -> list[TypeForm]:
    """The arguments of a tuple type, with the items of fixed tuples in it in the place of their stars."""
    spread: list[TypeForm] = []
    for arg in args:
        inner = unpacked(arg)
        items = get_args(inner) if get_origin(inner) is tuple else (...,)
        spread.extend((arg,) if ... in items else items)
    return spread


def freshen(forms: tuple[TypeForm, ...], taken: Collection[TypeForm]) -> tuple[TypeForm, ...]:
    """The forms with new variables in the place of those that are taken."""
    clashing = [one for form in forms for one in variables(form) if one in taken]
    if not clashing:
        return forms
    renamed = {one: _copy(one) for one in dict.fromkeys(clashing)}
    return tuple(substitute(form, renamed) for form in forms)


def _copy(variable: Any) -> TypeForm:  # Any: type variables are made, and read, at run time
    if not isinstance(variable, TypeVar):
        make_other: Callable[..., TypeForm] = type(variable)
        return make_other(variable.__name__)
    make: Callable[..., TypeForm] = TypeVar
    bound, constraints = limits(variable)
    return make(variable.__name__, *constraints, bound=bound)


def within_bounds(form: TypeForm) -> bool:
    """Whether the form is small enough to reason about: at most 256 parts."""
    left = LARGEST
    rest = [form]
    while rest:
        left -= 1
        if left < 0:
            return False
        rest.extend(_parts(rest.pop()))
    return True
