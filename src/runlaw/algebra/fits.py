"""Whether a value of one type may be used where another is expected: the checkers' assignability.

Only clear contradictions are refused; what cannot be told at run time is accepted.
"""

from __future__ import annotations

import enum
from collections import abc
from types import FunctionType, NoneType
from typing import Any, Never, TypeVar, get_args

from runlaw.algebra.bases import arguments
from runlaw.algebra.forms import (
    CALLABLE,
    bare,
    is_new_type,
    is_typed_dict,
    is_union,
    is_variable,
    limits,
    literal_values,
    members,
    split,
)
from runlaw.algebra.structural import Args, callable_fits, has_members, record_fits, tuple_fits, tuple_shape
from runlaw.kernel.signature import TypeForm

_MAX_DEPTH = 100
_DATA = (int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, NoneType, range)
_NUMBERS = (int, float, complex)
_VARIANCES: dict[type, str] = {
    abc.Iterable: "+",
    abc.Iterator: "+",
    abc.Reversible: "+",
    abc.Container: "+",
    abc.Collection: "+",
    abc.Sequence: "+",
    abc.Set: "+",
    abc.Mapping: "++",
    abc.KeysView: "+",
    abc.ItemsView: "++",
    abc.ValuesView: "+",
    abc.Awaitable: "+",
    abc.AsyncIterable: "+",
    abc.AsyncIterator: "+",
    abc.Generator: "+-+",
    abc.Coroutine: "+-+",
    abc.AsyncGenerator: "+-",
    frozenset: "+",
    list: "=",
    set: "=",
    dict: "==",
    abc.MutableSequence: "=",
    abc.MutableSet: "=",
    abc.MutableMapping: "==",
}


def fits(output: TypeForm, input: TypeForm) -> bool:
    """Whether a value of the type ``output`` may go where ``input`` is expected; ``True`` when unsure.

    >>> fits(bool, float), fits(list[int], abc.Sequence[object]), fits(int, Any)
    (True, True, True)
    >>> fits(int, str), fits(list[int], list[str]), fits(tuple[int, int], tuple[int])
    (False, False, False)
    """
    return output is input or output is Any or input is Any or _Comparison().fits(output, input)


class _Comparison:
    """One comparison of two forms; it remembers the pairs it has met, for forms may contain themselves."""

    def __init__(self) -> None:
        self.depth = 0
        self.met: dict[tuple[int, int], tuple[bool, TypeForm, TypeForm]] = {}

    def fits(self, output: TypeForm, input: TypeForm) -> bool:
        if output is input or output is Any or input is Any or input is object or self.depth > _MAX_DEPTH:
            return True
        pair = (id(output), id(input))
        known = self.met.get(pair)
        if known is not None:
            return known[0]
        self.met[pair] = (True, output, input)  # met again inside itself: true, unless something else says no
        self.depth += 1
        result = self._compare(bare(output), bare(input))
        self.depth -= 1
        self.met[pair] = (result, output, input)
        return result

    def _compare(self, output: TypeForm, input: TypeForm) -> bool:
        if output is input or output is Any or input is Any or input is object or output is Never:
            return True
        if is_union(output):
            return all(self.fits(member, input) for member in members(output))
        if is_variable(output) or is_variable(input):
            return self._variable(output, input)
        values = literal_values(output)
        possible = values or _all_values(output)
        if is_union(input):
            wanted = members(input)
            return any(self.fits(output, member) for member in wanted) or (
                possible is not None and all(self._value(value, wanted) for value in possible)
            )
        if literal_values(input) is not None or values:
            return possible is not None and all(self._value(value, (input,)) for value in possible)
        if is_new_type(output):
            return self.fits(getattr(output, "__supertype__", Any), input)
        return not is_new_type(input) and self._class(output, input)

    def _value(self, value: TypeForm, wanted: tuple[TypeForm, ...]) -> bool:
        for form in wanted:
            literals = literal_values(form)
            if literals is None:
                if self.fits(type(value), form):
                    return True
            elif any(value == literal and type(value) is type(literal) for literal in literals):
                return True
        return False

    def _variable(self, output: TypeForm, input: TypeForm) -> bool:
        """A variable that is not solved stands for some type within its bound; one that fits is enough."""
        either = is_variable(output)
        return any(
            self.fits(one, other) or (either and self.fits(other, one))
            for one in _choices(output)
            for other in _choices(input)
        )

    def _class(self, output: TypeForm, input: TypeForm) -> bool:
        given, given_args = split(output)
        wanted, wanted_args = split(input)
        if not isinstance(given, type) or not isinstance(wanted, type):
            return wanted is not Never
        if wanted is CALLABLE:
            return callable_fits(given, given_args, wanted_args, self.fits)
        if given is CALLABLE:
            return getattr(wanted, "_is_protocol", False) or _derives(FunctionType, wanted)
        if is_typed_dict(given) or is_typed_dict(wanted):
            return record_fits(output, input, self.fits)
        if wanted is tuple and issubclass(given, tuple):
            return tuple_fits(tuple_shape(output), tuple_shape(input), self.fits)
        if getattr(wanted, "_is_protocol", False):
            return has_members(given, wanted)
        if not _derives(given, wanted):
            return False
        return not wanted_args or self._arguments(wanted, _arguments(output, wanted), wanted_args)

    def _arguments(self, origin: type, given: Args | None, wanted: Args) -> bool:
        if not given or len(given) != len(wanted):
            return True
        known = _VARIANCES.get(origin) if type(origin).__hash__ is not None else None
        variances = known or _declared_variances(origin, len(wanted))
        for one, other, variance in zip(given, wanted, variances, strict=True):
            if one is ... or other is ... or isinstance(one, list) or isinstance(other, list):
                continue
            forward, backward = self.fits(one, other), self.fits(other, one)
            if not _allows(variance, forward, backward):
                return False
        return True


def _allows(variance: str, forward: bool, backward: bool) -> bool:
    if variance == "?":
        return forward or backward
    return (forward or variance == "-") and (backward or variance == "+")


def _arguments(output: TypeForm, wanted: type) -> Args | None:
    return get_args(output) if wanted is type else arguments(output, wanted)


def _declared_variances(origin: type, count: int) -> str:
    """One sign for each parameter of a class: ``+``, ``-``, ``=`` (invariant) or ``?`` (not declared)."""
    parameters = getattr(origin, "__parameters__", ())
    if origin is type:
        return "+"
    return "".join([_variance(one) for one in parameters]) if len(parameters) == count else "?" * count


def _variance(parameter: TypeForm) -> str:
    if not isinstance(parameter, TypeVar) or getattr(parameter, "__infer_variance__", False):
        return "?"
    return "+" if parameter.__covariant__ else "-" if parameter.__contravariant__ else "="


def _derives(given: type, wanted: type) -> bool:
    if (wanted is float and issubclass(given, int)) or (wanted is complex and issubclass(given, (int, float))):
        return True
    if wanted.__module__ == "numbers" and issubclass(given, _NUMBERS):
        return wanted in given.__mro__  # they are registered, of which checkers know nothing
    if "typing" in (given.__module__, wanted.__module__):  # TextIO and its like have no subclasses at run time
        return not issubclass(given, _DATA)
    try:
        return issubclass(given, wanted) or Any in given.__mro__
    except Exception:  # a hook of the class may raise anything
        return True


def _all_values(form: TypeForm) -> tuple[TypeForm, ...] | None:
    if form is bool:
        return (True, False)
    if form is NoneType:
        return (None,)
    return (tuple(form) or None) if isinstance(form, enum.EnumMeta) else None


def _choices(form: TypeForm) -> tuple[TypeForm, ...]:
    if not is_variable(form):
        return (form,)
    bound, constraints = limits(form)
    return constraints or (Any if bound is None else bound,)
