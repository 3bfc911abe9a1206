"""Frozen values with named fields: what ``dataclass(frozen=True)`` makes, at a tenth of its import time."""

from __future__ import annotations

from functools import partial
from inspect import get_annotations
from typing import Any, ClassVar, NoReturn, dataclass_transform

from runlaw.kernel.nested import alike, bottom_up


@dataclass_transform(frozen_default=True)
class Value:
    """A value made of its fields: the annotated attributes of its class, in order, with their defaults.

    Two values are equal when they are of one class and their fields are. A name that begins with an underscore
    is no field: such an attribute holds what was found out about the value, and is neither compared nor pickled.
    Two partial functions of the same function and arguments count as equal. Kinds whose values may hold one another
    to any depth say that it ``_nests``.
    """

    __match_args__: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, object]] = {}
    _nests: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        own = [
            name
            for name, form in get_annotations(cls).items()
            if not name.startswith("_") and not str(form).startswith("ClassVar")
        ]
        names = (*cls.__match_args__, *(name for name in own if name not in cls.__match_args__))
        type.__setattr__(cls, "__match_args__", names)
        cls._defaults = {**cls._defaults, **{name: cls.__dict__[name] for name in own if name in cls.__dict__}}

    def __init__(self, *values: Any, **named: Any) -> None:  # Any: fields are of all types; the subclass says them
        names = self.__match_args__
        fields = self.__dict__
        fields.update(zip(names, values, strict=False))
        if named or len(values) != len(names):
            self._fill(len(values), named)

    def _fill(self, given: int, named: dict[str, object]) -> None:
        names = self.__match_args__
        if given > len(names):
            raise TypeError(f"{type(self).__name__} has {len(names)} fields; got {given} values")
        for name in names[given:]:
            if name in named:
                self.__dict__[name] = named.pop(name)
            elif name in self._defaults:
                self.__dict__[name] = self._defaults[name]
            else:
                raise TypeError(f"{type(self).__name__} needs a value for its field {name!r}")
        if named:
            raise TypeError(f"{type(self).__name__} has no field {next(iter(named))!r} to set by name")

    def _values(self) -> tuple[object, ...]:
        fields = self.__dict__
        return tuple([fields[name] for name in self.__match_args__])

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        if self._nests:
            return same_parts(self, other)
        mine, others = self.__dict__, other.__dict__
        for name in self.__match_args__:
            one, two = mine[name], others[name]
            if one is not two and one != two and not (type(one) is partial and same_parts(one, two)):
                return False
        return True

    def __hash__(self) -> int:
        known: int | None = self.__dict__.get("_hash")
        if known is None:
            if self._nests:
                for value in bottom_up(self, _unhashed):
                    if value is not self and _is(type(value).__hash__, Value.__hash__):
                        hash(value)
            known = self.__dict__["_hash"] = hash((type(self), *map(hash_of, self._values())))
        return known

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in zip(self.__match_args__, self._values(), strict=True))
        return f"{type(self).__name__}({shown})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed; build another one to set {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed; {name!r} cannot be deleted")

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if not name.startswith("_")}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)


def same_parts(one: object, two: object) -> bool:
    """Whether two parts of values are equal, where partial functions are by what they are made of."""
    return alike(one, two, _by_fields)


def _by_fields(kind: type) -> bool:
    """Whether values of a kind that nests are compared as such."""
    return _is(kind.__eq__, Value.__eq__) and getattr(kind, "_nests", False)


def _is(one: object, other: object) -> bool:
    """Whether two methods are one, which a checker takes for impossible."""
    return one is other


def _unhashed(value: Value) -> bool:
    """Whether the hash of a value is not known yet."""
    return "_hash" not in value.__dict__


def hash_of(part: object) -> int:
    """The hash of a field; of one that has none, that of its type."""
    try:
        if isinstance(part, partial):
            return hash((hash_of(part.func), *map(hash_of, part.args), frozenset(part.keywords)))
        return hash(part)
    except TypeError:
        return hash(type(part))


def fresh(value: object) -> object:
    """A copy of plain dicts and lists, however nested, with the same values in them."""
    if type(value) is dict:
        return {key: fresh(item) for key, item in value.items()}
    if type(value) is list:
        return [fresh(item) for item in value]
    return value
