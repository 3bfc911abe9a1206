"""``pipe`` of any length, with lambdas and generic steps anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.nodes import ARG_POS, Expression, LambdaExpr
from mypy.types import AnyType, Instance, Type, TypeOfAny

from runlaw.mypy_plugin.calls import Call, Read
from runlaw.mypy_plugin.features import records
from runlaw.mypy_plugin.features.branches import read_any
from runlaw.mypy_plugin.messages import cannot_follow, refused
from runlaw.mypy_plugin.steps import (
    Step,
    as_runnable,
    declared_output,
    first_parameter,
    input_for,
    input_of,
    output_for,
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
    return continued(call, receiver, "the program", [each.expr for each in written], 2)


def composed(call: Call, exprs: Sequence[Expression]) -> Read | None:
    """What a pipe of these steps is; ``None`` where only the declared signature can tell."""
    first, taken = _first(call, exprs)
    if taken is None:
        return None
    given = output_for(call.api, first, taken) or AnyType(TypeOfAny.from_error)
    read = continued(call, call.runnable(taken, given), first.name, exprs[1:], 2)
    return [first.formal(call.api), *read[0]], read[1]


def _first(call: Call, exprs: Sequence[Expression]) -> tuple[Step, Type | None]:
    """The first step, and what it takes: said by itself, or by the steps after it where it is generic."""
    hint = call.expected()
    first = read_any(call, exprs[0], hint.args[0] if hint is not None else None)
    if refused(call, "step 1 of pipe" if call.operands() is None else "the step before |", first):
        return first._replace(type=AnyType(TypeOfAny.from_error)), AnyType(TypeOfAny.from_error)
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
    for place, expr in enumerate(exprs, number):
        found = records.on_record(call, expr, given, before, place)
        if found is None:
            step = read_any(call, expr, given)
            found = step, _given(call, step, given, before, place)
        step, given = found
        types.append(step.formal(call.api))
        before = step.name
    return types, call.runnable(taken, given)


def _given(call: Call, step: Step, came: Type, before: str, number: int) -> Type:
    if refused(call, f"step {number} of pipe" if call.operands() is None else "the step after |", step):
        return AnyType(TypeOfAny.from_error)
    given = output_for(call.api, step, came)
    if given is not None:
        return given
    cannot_follow(call, number, step, before, first_parameter(step.type), came)
    return declared_output(step.type)
