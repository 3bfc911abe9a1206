"""Type forms taken apart and put together: annotations as values, without what assignability does not see."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterable, Mapping
from typing import (
    Annotated,
    Any,
    ForwardRef,
    Literal,
    LiteralString,
    Never,
    NewType,
    NoReturn,
    ParamSpec,
    Self,
    TypeVar,
    TypeVarTuple,
    Union,
    get_args,
    get_origin,
)

from runlaw.algebra.hints import resolve
from runlaw.kernel.signature import TypeForm

_QUALIFIERS = frozenset({"Required", "NotRequired", "ReadOnly", "Final", "ClassVar"})
_GUARDS = frozenset({"TypeGuard", "TypeIs"})
_PLAIN: dict[object, TypeForm] = {None: type(None), NoReturn: Never, LiteralString: str, Self: Any}
_ALIASES_DEEP = 100

CALLABLE: TypeForm = Callable


def bare(form: TypeForm) -> TypeForm:
    """The form without metadata, qualifiers and aliases; a name that is not resolved counts as ``Any``.

    >>> bare(Annotated[int, "metres"])
    <class 'int'>
    """
    for _ in range(_ALIASES_DEEP):
        if type(form) is type:
            return form
        if isinstance(form, str | ForwardRef):
            return Any
        origin = get_origin(form)
        if origin is None:
            if not is_alias(form):
                return _PLAIN.get(form, form) if _is_special(form) else form
            form = _alias_value(form, ())
        elif origin is Annotated:
            form = get_args(form)[0]
        elif is_alias(origin):
            form = _alias_value(origin, get_args(form))
        elif special_name(origin) in _QUALIFIERS:
            form = get_args(form)[0]
        elif special_name(origin) in _GUARDS:
            return bool
        else:
            return form
    return Any


def _is_special(form: TypeForm) -> bool:
    return form is None or form is NoReturn or form is LiteralString or form is Self


def special_name(form: TypeForm) -> str:
    """The name of a special form (``"Unpack"``), of ``typing`` or of ``typing_extensions``; else empty."""
    name = getattr(form, "_name", None)
    return name if isinstance(name, str) and not isinstance(form, type) else ""


def is_alias(form: TypeForm) -> bool:
    """Whether the form was made by a ``type`` statement or by ``TypeAliasType``."""
    return type(form).__name__ == "TypeAliasType"


def _alias_value(alias: Any, args: tuple[TypeForm, ...]) -> TypeForm:  # Any: TypeAliasType is new in 3.12
    try:
        module = sys.modules.get(alias.__module__)
        value = resolve(alias.__value__, {} if module is None else vars(module), {alias.__name__: alias})
    except Exception:  # it is evaluated here, and whatever it names may be missing
        return Any
    if not args:
        return value
    return specialise(value, dict(zip(alias.__type_params__, args, strict=False)))


def specialise(form: Any, given: Mapping[TypeForm, TypeForm]) -> TypeForm:  # Any: a form that takes arguments
    """The form with types for its variables, by subscription; ``Any`` for a variable that is not given.

    >>> from typing import TypeVar
    >>> T = TypeVar("T")
    >>> specialise(dict[str, T], {T: int})
    dict[str, int]
    """
    if is_variable(form):
        return given.get(form, Any)
    parameters = () if isinstance(form, type) else getattr(form, "__parameters__", ())
    try:
        specialised: TypeForm = form[tuple(given.get(one, Any) for one in parameters)] if parameters else form
    except TypeError:
        return Any
    return specialised


def is_variable(form: TypeForm) -> bool:
    """Whether the form is a type variable, of whatever kind."""
    return isinstance(form, TypeVar | ParamSpec | TypeVarTuple)


def limits(variable: TypeForm) -> tuple[TypeForm | None, tuple[TypeForm, ...]]:
    """The bound of a type variable and its constraints; of a variable without them ``None`` and ``()``."""
    if not isinstance(variable, TypeVar):
        return None, ()
    try:
        return variable.__bound__, variable.__constraints__
    except Exception:  # they may be evaluated here, and whatever they name may be missing
        return None, ()


def is_typed_dict(form: TypeForm) -> bool:
    """Whether the form is a ``TypedDict`` class, of ``typing`` or of ``typing_extensions``."""
    return isinstance(form, type) and "__required_keys__" in vars(form) and issubclass(form, dict)


def is_new_type(form: TypeForm) -> bool:
    """Whether the form was made by ``NewType``."""
    return isinstance(form, NewType)


def is_union(form: TypeForm) -> bool:
    """Whether the form is ``A | B``, ``Union[A, B]`` or ``Optional[A]``."""
    origin = get_origin(form)
    return origin is Union or origin is types.UnionType


def members(form: TypeForm) -> tuple[TypeForm, ...]:
    """The members of a union, or the one form, each bare.

    >>> members(int | None)
    (<class 'int'>, <class 'NoneType'>)
    """
    form = bare(form)
    if not is_union(form):
        return (form,)
    return tuple(member for arg in get_args(form) for member in members(arg))


def union(forms: Iterable[TypeForm]) -> TypeForm:
    """The union of the forms, each once; ``Any`` where one of them is ``Any``, ``Never`` of nothing.

    >>> union([int, str, int]) == int | str
    True
    """
    distinct: list[TypeForm] = []
    for form in forms:
        for member in get_args(form) if is_union(form) else (form,):
            if member is Any:
                return Any
            if member is not Never and not any(member is one or member == one for one in distinct):
                distinct.append(member)
    if len(distinct) < 2:
        return distinct[0] if distinct else Never
    try:
        return Union[tuple(distinct)]  # noqa: UP007 - the members are known at run time only
    except TypeError:  # metadata that cannot be hashed
        return Any


def split(form: TypeForm) -> tuple[TypeForm, tuple[Any, ...]]:  # Any: a Callable has a list among its arguments
    """The class of a bare form and its arguments.

    >>> split(list[int])
    (<class 'list'>, (<class 'int'>,))
    """
    if isinstance(form, type):
        return form, ()
    origin = get_origin(form)
    return (form, ()) if origin is None else (origin, get_args(form))


def generic(origin: Any, *args: TypeForm) -> TypeForm:  # Any: a class that takes type arguments
    """``origin[args]``, made at run time; ``Any`` where they make no type.

    >>> generic(dict, str, int)
    dict[str, int]
    """
    try:
        made: TypeForm = origin[args[0] if len(args) == 1 else args]
    except TypeError:
        return Any
    return made


def rebuild(form: TypeForm, args: tuple[Any, ...]) -> TypeForm:  # Any: a Callable has a list among its arguments
    """The form with other arguments; ``Any`` where they make no type."""
    if is_union(form):
        return union(args)
    if get_origin(form) is Annotated:
        return generic(Annotated, *args, *getattr(form, "__metadata__", ()))
    made = generic(get_origin(form), *args)
    return next(iter(made)) if getattr(form, "__unpacked__", False) else made  # type: ignore[call-overload]  # its star


def literal_values(form: TypeForm) -> tuple[TypeForm, ...] | None:
    """The values of a ``Literal``, or ``None`` for any other form."""
    return get_args(form) if get_origin(form) is Literal else None
