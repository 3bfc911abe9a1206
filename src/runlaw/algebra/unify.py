"""Solving type variables: what the type of one step says about the variables of the next."""

from __future__ import annotations

from collections import abc
from collections.abc import MutableMapping
from typing import Any, TypeAlias, TypeVar, TypeVarTuple

from runlaw.algebra.bases import arguments, unpacked
from runlaw.algebra.fits import fits
from runlaw.algebra.forms import (
    CALLABLE,
    bare,
    generic,
    is_new_type,
    is_typed_dict,
    is_union,
    is_variable,
    limits,
    literal_values,
    members,
    split,
    union,
)
from runlaw.algebra.records import fields_of
from runlaw.algebra.structural import Args, TupleShape, tuple_shape
from runlaw.algebra.substitution import substitute, variables
from runlaw.kernel.signature import TypeForm

Bindings: TypeAlias = MutableMapping[TypeForm, TypeForm]

_ANYTHING = generic(tuple, Any, ...)


def unify(output: TypeForm, input: TypeForm, bindings: Bindings) -> None:
    """Add to ``bindings`` what the variables of both forms must be for ``output`` to go where ``input`` is expected.

    It finds types, and does not say whether they fit.

    >>> T = TypeVar("T")
    >>> found: dict[object, object] = {}
    >>> unify(dict[str, int], abc.Mapping[str, T], found)
    >>> found
    {~T: <class 'int'>}
    """
    if _solved(output, bindings) is _solved(input, bindings) or not (variables(input) or variables(output)):
        return
    if is_variable(input):
        _bind_input(input, output, bindings)
        return
    if is_variable(output):
        _bind_output(output, input, bindings)
        return
    output, input = _wider(bare(output)), bare(input)
    if output is Any:
        for variable in variables(input):
            bindings.setdefault(variable, _ANYTHING if isinstance(variable, TypeVarTuple) else Any)
        return
    if is_union(output) or is_union(input):
        _unify_union(output, input, bindings)
        return
    given, given_args = split(output)
    wanted, wanted_args = split(input)
    if not isinstance(given, type) or not isinstance(wanted, type):
        return
    if is_typed_dict(wanted):
        _unify_record(output, input, bindings)
    elif wanted is CALLABLE:
        _unify_callable(given, given_args, wanted_args, bindings)
    elif wanted is tuple and issubclass(given, tuple):
        _unify_tuple(tuple_shape(output), tuple_shape(input), bindings)
        _bind_items(output, wanted_args, bindings)
    else:
        given_as = given_args if given is wanted else arguments(output, wanted)
        if given_as and len(given_as) == len(wanted_args):
            for one, other in zip(given_as, wanted_args, strict=True):
                unify(one, other, bindings)


def _wider(form: TypeForm) -> TypeForm:
    """A ``Literal`` as the classes of its values, a ``NewType`` as what it is made of; any other form as it is."""
    while is_new_type(form):
        form = bare(getattr(form, "__supertype__", Any))
    values = literal_values(form)
    return form if values is None else union([type(value) for value in values])


def _solved(form: TypeForm, bindings: Bindings) -> TypeForm:
    while is_variable(form) and form in bindings:
        form = bindings[form]
    return form


def _bind_input(variable: TypeForm, output: TypeForm, bindings: Bindings) -> None:
    if not isinstance(variable, TypeVar):
        return
    known = bindings.get(variable)
    if known is None:
        choices = limits(variable)[1] if output is not Any else ()
        bindings[variable] = next((one for one in choices if fits(output, one)), output)
    elif is_variable(known):
        if known is not output:
            unify(output, known, bindings)
    elif is_variable(output):
        bindings.setdefault(output, known)
    elif not fits(output, known):
        bindings[variable] = output if fits(known, output) else union([known, output])


def _bind_output(variable: TypeForm, input: TypeForm, bindings: Bindings) -> None:
    known = bindings.get(variable)
    if known is None:
        bindings[variable] = input
    elif is_variable(known):
        unify(known, input, bindings)
    elif known is Any or (input is not Any and fits(input, known)):
        bindings[variable] = input


def _unify_union(output: TypeForm, input: TypeForm, bindings: Bindings) -> None:
    """The members of the output that no member without variables takes go to the members with variables."""
    fixed = [member for member in members(input) if not variables(member)]
    left = [member for member in members(output) if not any(fits(member, one) for one in fixed)]
    for wanted in members(input):
        if is_variable(wanted):
            if left:
                unify(union(left), wanted, bindings)
        elif variables(wanted):
            for member in left:
                unify(member, wanted, bindings)
        elif not is_union(input):
            for member in members(output):
                unify(member, wanted, bindings)


def _unify_record(output: TypeForm, input: TypeForm, bindings: Bindings) -> None:
    wanted = fields_of(input)
    if is_typed_dict(split(output)[0]):
        given = fields_of(output)
        for key in wanted.keys() & given.keys():
            unify(given[key].form, wanted[key].form, bindings)
        return
    args = arguments(output, abc.Mapping)
    for field in wanted.values() if args and len(args) == 2 else ():
        unify(args[1], field.form, bindings)  # type: ignore[index]  # the loop is over nothing without args


def _unify_tuple(output: TupleShape, input: TupleShape, bindings: Bindings) -> None:
    output, input = output.ending_with(len(input.last)), input.ending_with(len(output.last))
    for one, other in zip(output.first, input.first, strict=False):
        unify(one, other, bindings)
    for one, other in zip(reversed(output.last), reversed(input.last), strict=False):
        unify(one, other, bindings)
    rest = (*output.first[len(input.first) :], *(output.repeated or ()), *output.last[: -len(input.last) or None])
    for one in rest if input.repeated else ():
        unify(one, input.repeated[0], bindings)  # type: ignore[index]  # the loop is over nothing without it
    for other in input.first[len(output.first) :] if output.repeated else ():
        unify(output.repeated[0], other, bindings)  # type: ignore[index]  # the loop is over nothing without it


def _bind_items(output: TypeForm, wanted: Args, bindings: Bindings) -> None:
    """A ``TypeVarTuple`` among the wanted items stands for those between the first and the last ones."""
    stars = [(place, unpacked(arg)) for place, arg in enumerate(wanted)]
    found = next(((place, inner) for place, inner in stars if isinstance(inner, TypeVarTuple)), None)
    if found is None or found[1] in bindings:
        return
    shape, args = tuple_shape(output), split(output)[1]
    items = shape.first + shape.last if shape.repeated is None else args
    first, last = found[0], len(items) - (len(wanted) - found[0] - 1)
    ends = (*items[:first], *items[last:])
    if first <= last and ... not in items and not any(unpacked(one) for one in ends):
        bindings[found[1]] = generic(tuple, *items[first:last])
    elif ... in items and len(wanted) == 1:
        bindings[found[1]] = generic(tuple, *items)


def _unify_callable(given: type, given_args: Args, wanted_args: Args, bindings: Bindings) -> None:
    if given is not CALLABLE:
        if issubclass(given, type) and given_args and wanted_args:
            unify(given_args[0], wanted_args[1], bindings)
        return
    if not given_args or not wanted_args:
        return
    (parameters, result), (passed, expected) = given_args, wanted_args
    if isinstance(parameters, list) and isinstance(passed, list):
        for one, other in zip(passed, parameters, strict=False):
            unify(one, other, bindings)
    unify(result, expected, bindings)


def applied(output: TypeForm, input: TypeForm, result: TypeForm) -> tuple[TypeForm, dict[TypeForm, TypeForm]]:
    """The result type of a step ``input -> result`` after ``output``, and what is learnt of the variables."""
    bindings: dict[TypeForm, TypeForm] = {}
    unify(output, input, bindings)
    return substitute(result, bindings), bindings
