"""How the chunks of a declared type add up, told by the type alone."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from types import NoneType, SimpleNamespace, UnionType
from typing import (
    Annotated,
    Any,
    ForwardRef,
    Literal,
    LiteralString,
    Never,
    NewType,
    NoReturn,
    Self,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from runlaw.algebra.bases import arguments
from runlaw.kernel.mappings import Mappings, can_be_built
from runlaw.kernel.monoid import (
    BY_VALUE,
    STR,
    TUPLE,
    WHOLE,
    Records,
    how_to_give,
    monoid_of_class,
    record_monoid,
)
from runlaw.kernel.semigroup import Semigroup

_DICTS = (dict, Mapping, MutableMapping)
_UNKNOWN = (Any, Never, NoReturn, Self)


def monoid_of_type(form: object) -> Semigroup[Any] | None:  # Any: told by a form that is not known statically
    """How chunks of a type add up, as one of three answers.

    * A monoid: ``str``, ``bytes``, ``list[T]``, ``tuple[T, ...]``; ``dict`` and the classes
      derived from it without a constructor of their own, ``Mapping`` and TypedDicts, each value by the monoid of its
      own type (a value without one comes whole, in one chunk; one declared as ``object`` is told by its first
      chunk); classes with an ``__add__`` of their own, as ``monoid_of_class`` says.
    * ``BY_VALUE``, where only a first chunk can tell: ``Any``, a type variable, a name that cannot be resolved,
      a union whose members all know how to add up, each in its way.
    * ``None``, where no sum is the right one: numbers, ``None``, tuples of a fixed shape, literals (the sum of two
      is none of them), subclasses that only inherit ``+``, unions with such a member, and every other type.

    ``Annotated``, ``NewType`` and type aliases count as what they stand for.

    >>> monoid_of_type(list[int]), monoid_of_type(Any), monoid_of_type(tuple[int, str])
    (LIST, BY_VALUE, None)
    >>> monoid_of_type(dict[str, str])
    record_monoid({}, STR)
    """
    return _monoid(form, ())


def require_monoid(form: object, where: str) -> Semigroup[Any]:  # Any: as in monoid_of_type
    """The monoid of a type, or ``BY_VALUE``; ``where`` names who asks, in the text of the error.

    Raises:
        TypeError: Chunks of the type do not know how to add up; the text says what to give.

    >>> require_monoid(int, "lift_stream(count)")
    Traceback (most recent call last):
    ...
    TypeError: lift_stream(count): chunks of type int do not know how to add up; give monoid=, for example \
monoid=last (the last chunk is the value) or monoid=Monoid(0, operator.add)
    """
    monoid = monoid_of_type(form)
    if monoid is None:
        raise TypeError(f"{where}: chunks of type {_show(form)} do not know how to add up{_why(form)}; {how_to_give()}")
    return monoid


def _monoid(form: object, inside: tuple[object, ...]) -> Semigroup[Any] | None:  # Any: as in monoid_of_type
    """``inside`` are the forms being read, so that a type that holds itself comes to an end."""
    if _unknown(form) or any(form is outer for outer in inside):
        return BY_VALUE
    origin, args, inside = get_origin(form), get_args(form), (*inside, form)
    base = form if origin is None else origin
    if base is Annotated or (args and getattr(base, "_name", None) == "ReadOnly"):
        return _monoid(args[0], inside)
    if isinstance(form, NewType):
        return _monoid(form.__supertype__, inside)
    if type(base).__name__ == "TypeAliasType":
        return _monoid(_alias_value(base), inside)
    if base is Union or base is UnionType:
        return _union(args, inside)
    if base is LiteralString:
        return STR
    if base is tuple:
        bare = not hasattr(form, "__args__")
        return TUPLE if bare or args[1:] == (...,) else None
    if hasattr(base, "__required_keys__"):
        return record_monoid({key: _field(hint, inside) for key, hint in _hints(base).items()})
    if not isinstance(base, type):
        return None
    monoid = monoid_of_class(base)
    return _mapping(base, form, inside) if isinstance(monoid, Records) else monoid


def _unknown(form: object) -> bool:
    return isinstance(form, (str, ForwardRef, TypeVar)) or any(form is unknown for unknown in _UNKNOWN)


def _union(members: tuple[object, ...], inside: tuple[object, ...]) -> Semigroup[Any] | None:  # Any: as in _monoid
    monoids = [_monoid(member, inside) for member in members]
    if None in monoids:
        return None
    return monoids[0] if all(monoid == monoids[0] for monoid in monoids) else BY_VALUE


def _field(form: object, inside: tuple[object, ...]) -> Semigroup[Any]:  # Any: as in _monoid
    monoid = BY_VALUE if form is object else _monoid(form, inside)
    return WHOLE if monoid is None else monoid


def _mapping(kind: type, form: object, inside: tuple[object, ...]) -> Semigroup[Any] | None:  # Any: as in _monoid
    """By what the form says of its values, or what its class derives from says of them; the sum is of the class."""
    args = arguments(form, Mapping)
    values = _field(args[1], inside) if args else BY_VALUE
    if kind in _DICTS:
        return record_monoid({}, values)
    return Mappings(kind, values) if can_be_built(kind) else None


def _alias_value(alias: object) -> object:
    try:
        return getattr(alias, "__value__", Any)
    except NameError:  # the alias stands for a name that is not defined yet
        return Any


def _hints(record: object) -> dict[str, object]:
    """The types of the keys of a TypedDict, each by itself; one that cannot be resolved is ``Any``."""
    annotations: Mapping[str, object] = getattr(record, "__annotations__", {})
    hints: dict[str, object] = {}
    for key, annotation in annotations.items():
        one = SimpleNamespace(__annotations__={key: annotation})
        try:
            hints.update(get_type_hints(one))
        except (NameError, AttributeError, TypeError):
            hints[key] = Any
    return hints


def _show(form: object) -> str:
    if isinstance(form, type) and get_origin(form) is None:
        return "None" if form is NoneType else form.__qualname__
    return repr(form).replace("typing.", "")


def _why(form: object) -> str:
    origin = get_origin(form)
    if origin is tuple:
        return " (a tuple of a fixed shape is one value)"
    if origin is Literal:
        return " (the sum of two literals is not one of them)"
    if origin is Union or origin is UnionType:
        return " (not every member of the union does)"
    base = form if origin is None else origin
    if isinstance(base, type) and isinstance(monoid_of_class(base), Records):
        return " (nothing says how to build such a mapping from its items)"
    return ""
