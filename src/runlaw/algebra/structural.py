"""Assignability of forms that are compared part by part: tuples, records, callables, protocols.

Every function takes the comparison of the parts as ``fits``.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Callable
from inspect import get_annotations
from typing import Any, NamedTuple, TypeAlias, get_args

from runlaw.algebra.bases import arguments, named_tuple_items, unpacked
from runlaw.algebra.forms import CALLABLE, is_typed_dict, split
from runlaw.algebra.records import Field, fields_of, is_open
from runlaw.kernel.signature import TypeForm

Fits: TypeAlias = Callable[[TypeForm, TypeForm], bool]
Args: TypeAlias = tuple[Any, ...]  # Any: a Callable has a list among its arguments


class TupleShape(NamedTuple):
    """A tuple type: its first items, the item that repeats (``None``: no item does), and its last items."""

    first: tuple[TypeForm, ...]
    repeated: tuple[TypeForm] | None
    last: tuple[TypeForm, ...]

    @property
    def known(self) -> int:
        """How many items there are at least."""
        return len(self.first) + len(self.last)

    def repeating(self, times: int) -> TupleShape:
        """The tuples of the shape in which its item repeats so often."""
        return TupleShape(self.first + (self.repeated or ()) * times + self.last, None, ())

    def ending_with(self, count: int) -> TupleShape:
        """The same shape with ``count`` last items where no item repeats, for then any item may be called last."""
        if self.repeated is not None:
            return self
        items = self.first + self.last
        cut = max(len(items) - count, 0)
        return TupleShape(items[:cut], None, items[cut:])


def tuple_shape(form: TypeForm) -> TupleShape:
    """The shape of a tuple type, of a class made by ``NamedTuple``, or of a bare ``tuple``.

    >>> tuple_shape(tuple[int, ...])
    TupleShape(first=(), repeated=(<class 'int'>,), last=())
    """
    cls, args = split(form)
    if isinstance(cls, type) and cls is not tuple:
        args = named_tuple_items(cls) if hasattr(cls, "_fields") else arguments(form, tuple) or ()
        return _shape(args) if args else TupleShape((), (Any,), ())
    return TupleShape((), (Any,), ()) if form is tuple else _shape(args)


def _shape(args: Args) -> TupleShape:
    if len(args) == 2 and args[1] is ...:
        return TupleShape((), (args[0],), ())
    first: list[TypeForm] = []
    last: list[TypeForm] = []
    repeated: tuple[TypeForm] | None = None
    for arg in args:
        inner = unpacked(arg)
        part = TupleShape((arg,), None, ())
        if inner is not None:
            part = _shape(get_args(inner)) if split(inner)[0] is tuple else TupleShape((), (Any,), ())
        (first if repeated is None else last).extend(part.first)
        repeated = repeated or part.repeated
        last.extend(part.last)
    return TupleShape(tuple(first), repeated, tuple(last))


def tuple_fits(given: TupleShape, wanted: TupleShape, fits: Fits) -> bool:
    """Length and every item; a repeated item does not fit a fixed number of items, unless it is ``Any``."""
    if given.repeated is None and wanted.repeated is None:
        items, others = given.first + given.last, wanted.first + wanted.last
        return len(items) == len(others) and all(fits(a, b) for a, b in zip(items, others, strict=True))
    open_end = given.repeated == (Any,)
    if wanted.repeated is None:
        return open_end and given.known <= wanted.known and _ends_fit(given, wanted.ending_with(len(given.last)), fits)
    if given.known < wanted.known:
        return open_end and _ends_fit(given, wanted, fits)
    if given.repeated is not None:
        return all(tuple_fits(given.repeating(times), wanted, fits) for times in range(wanted.known + 2))
    given = given.ending_with(len(wanted.last))
    middle = given.first[len(wanted.first) :]
    return _ends_fit(given, wanted, fits) and all(fits(item, wanted.repeated[0]) for item in middle)


def _ends_fit(given: TupleShape, wanted: TupleShape, fits: Fits) -> bool:
    first = zip(given.first, wanted.first, strict=False)
    last = zip(reversed(given.last), reversed(wanted.last), strict=False)
    return all(fits(a, b) for a, b in (*first, *last))


def record_fits(output: TypeForm, input: TypeForm, fits: Fits) -> bool:
    """A ``TypedDict`` on one side at least: by its keys, or as a mapping."""
    if not is_typed_dict(split(output)[0]):
        return _mapping_fits_record(output, fields_of(input), fits)
    if not is_typed_dict(split(input)[0]):
        return _record_fits_mapping(fields_of(output), input, fits)
    given = fields_of(output)
    for key, field in fields_of(input).items():
        mine = given.get(key)
        if mine is None:
            if field.required and not is_open(output):
                return False
        elif (field.required and not mine.required and not is_open(input)) or not fits(mine.form, field.form):
            return False
    return True


def _record_fits_mapping(given: dict[str, Field], input: TypeForm, fits: Fits) -> bool:
    wanted, args = split(input)
    if not isinstance(wanted, type) or not issubclass(dict, wanted):
        return False
    if not args or not fits(str, args[0]):
        return not args
    return not issubclass(wanted, abc.Mapping) or all(fits(field.form, args[1]) for field in given.values())


def _mapping_fits_record(output: TypeForm, wanted: dict[str, Field], fits: Fits) -> bool:
    """Whether a plain mapping can be the record; its keys are not known, so only their types are looked at."""
    cls = split(output)[0]
    if not isinstance(cls, type) or not issubclass(cls, abc.Mapping):
        return False
    args = arguments(output, abc.Mapping)
    if not args or len(args) != 2:
        return True
    key, value = args
    return fits(str, key) and all(
        fits(value, field.form) or fits(field.form, value) for field in wanted.values() if field.required
    )


def callable_fits(given: type, given_args: Args, wanted_args: Args, fits: Fits) -> bool:
    """A form where a ``Callable`` is expected; parameters are compared where both sides list them."""
    if issubclass(given, type):
        return not (given_args and wanted_args) or fits(given_args[0], wanted_args[1])
    if given is not CALLABLE:
        return any("__call__" in vars(base) or base is Any for base in given.__mro__)
    if not given_args or not wanted_args:
        return True
    (parameters, result), (passed, expected) = given_args, wanted_args
    if not fits(result, expected):
        return False
    if not isinstance(parameters, list) or not isinstance(passed, list):
        return True
    if any(unpacked(one) is not None for one in (*parameters, *passed)):
        return True
    return len(parameters) == len(passed) and all(fits(a, b) for a, b in zip(passed, parameters, strict=True))


_NOT_MEMBERS = frozenset({"__init__", "__new__", "__subclasshook__", "__class_getitem__", "__init_subclass__"})
_NO_CODE = frozenset({"__dict__", "__weakref__", "__class_getitem__"})


def has_members(given: type, protocol: type) -> bool:
    """Whether a class has the methods of a protocol, and its attributes, as far as the class alone can tell."""
    if hasattr(given, "__getattr__") or Any in given.__mro__:
        return True
    methods: list[str] = []
    attributes: list[str] = []
    for cls in protocol.__mro__:
        if getattr(cls, "_is_protocol", False) and cls.__name__ not in ("Protocol", "Generic"):
            attributes.extend(get_annotations(cls))
            for name, value in vars(cls).items():
                if isinstance(value, property):
                    attributes.append(name)
                elif callable(value) and name not in _NOT_MEMBERS and not name.startswith("_abc_"):
                    methods.append(name)
    return all(getattr(given, name, None) is not None for name in methods) and (
        _sets_attributes(given) or all(_declares(given, name) for name in attributes)
    )


def _declares(given: type, name: str) -> bool:
    return any(name in vars(base) or name in get_annotations(base) for base in given.__mro__)


def _sets_attributes(given: type) -> bool:
    """Whether attributes that the class does not name may be set on its instances: by its own code, if by any."""
    if not given.__dictoffset__:
        return False
    members = [value for base in given.__mro__[:-1] for name, value in vars(base).items() if name not in _NO_CODE]
    return any(callable(value) or hasattr(type(value), "__get__") for value in members)
