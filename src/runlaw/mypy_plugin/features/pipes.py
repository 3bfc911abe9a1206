"""``pipe`` of any length, with lambdas and generic steps anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.nodes import ARG_POS, CallExpr, DictExpr, Expression, LambdaExpr
from mypy.types import AnyType, Instance, Type, TypeOfAny, get_proper_type

from runlaw.mypy_plugin.calls import Call, Read
from runlaw.mypy_plugin.features import branches, records
from runlaw.mypy_plugin.messages import cannot_follow, no_step
from runlaw.mypy_plugin.steps import (
    RUNNABLE,
    Step,
    as_runnable,
    declared_output,
    input_for,
    input_of,
    output_for,
    read_step,
    what_is_wrong,
)


def pipe(call: Call) -> Read | None:
    """``pipe(f, g, ...)``."""
    written = call.arguments()
    if not written or any(each.kind is not ARG_POS for each in written):
        return None
    return composed(call, [each.expr for each in written])


def pipe_method(call: Call) -> Read | None:
    """``r.pipe(f, ...)``."""
    written = call.arguments()
    receiver = None if call.receiver is None else as_runnable(call.receiver)
    if not written or receiver is None or any(each.kind is not ARG_POS for each in written):
        return None
    assert isinstance(call.context, CallExpr)
    return continued(call, receiver, "the program", [each.expr for each in written], 2)


def composed(call: Call, exprs: Sequence[Expression]) -> Read | None:
    """What a pipe of these steps is; ``None`` where only the declared signature can tell."""
    first, taken = _first(call, exprs)
    if taken is None:
        return None
    given = output_of(call, first, taken)
    if given is None:
        no_step(call, "step 1", first, what_is_wrong(first) or "it must be a Runnable or a function")
        given = AnyType(TypeOfAny.from_error)
    read = continued(call, call.runnable(taken, given), first.name, exprs[1:], 2)
    return [first.type, *read[0]], read[1]


def _first(call: Call, exprs: Sequence[Expression]) -> tuple[Step, Type | None]:
    """The first step, and what it takes: said by itself, or by the steps after it where it is generic."""
    expected = call.api.type_context[-1] if call.api.type_context else None
    hint = as_runnable(get_proper_type(expected)) if expected is not None else None
    first = read_any(call, exprs[0], hint.args[0] if hint is not None else None)
    if what_is_wrong(first) is not None:
        return first, AnyType(TypeOfAny.from_error)
    taken = input_of(first.type)
    if taken is not None:
        return first, taken
    generic = [first]
    for expr in exprs[1:]:
        if isinstance(expr, LambdaExpr):
            return first, None
        step = read_any(call, expr, None)
        taken = input_of(step.type)
        if taken is not None:
            break
        generic.append(step)
    for step in reversed(generic):
        taken = None if taken is None else input_for(step.type, taken, step.expr)
    return first, taken


def continued(call: Call, start: Instance, before: str, exprs: Sequence[Expression], number: int) -> Read:
    """What a program with these steps after it is; ``number`` is that of the first of them."""
    taken, given = start.args
    types: list[Type] = []
    for number, expr in enumerate(exprs, number):
        found = records.on_record(call, expr, given, before, number)
        if found is None:
            step = read_any(call, expr, given)
            found = step, _given(call, step, given, before, number)
        step, given = found
        types.append(step.type)
        before = step.name
    return types, call.runnable(taken, given)


def _given(call: Call, step: Step, came: Type, before: str, number: int) -> Type:
    wrong = what_is_wrong(step)
    if wrong is not None:
        no_step(call, f"step {number}", step, wrong)
        return AnyType(TypeOfAny.from_error)
    given = output_for(call.api, step, came)
    if given is not None:
        return given
    wanted = input_of(step.type)
    if wanted is None:
        wanted = _generic_input(step)
    cannot_follow(call, number, step, before, wanted, came)
    return declared_output(step.type)


def _generic_input(step: Step) -> Type:
    from mypy.types import CallableType, Overloaded

    from runlaw.mypy_plugin.steps import as_function

    function = as_function(step.type)
    if isinstance(function, Overloaded):
        function = function.items[0]
    if isinstance(function, CallableType) and function.arg_types:
        return function.arg_types[0]
    return AnyType(TypeOfAny.from_error)


def output_of(call: Call, step: Step, taken: Type) -> Type | None:
    """What the first step gives."""
    return None if what_is_wrong(step) is not None else output_for(call.api, step, taken)


def read_any(call: Call, expr: Expression, given: Type | None) -> Step:
    """A step, or a dict of branches as the parallel that it stands for."""
    step = read_step(call.api, expr, given)
    if isinstance(expr, DictExpr):
        made = branches.of_dict(call, expr, given)
        if made is not None:
            return Step(expr, made, step.name)
    return step


__all__ = ["RUNNABLE", "composed", "continued", "pipe", "pipe_method"]
