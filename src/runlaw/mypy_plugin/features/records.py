"""Records: what ``assign`` adds to one, and what ``pick`` takes of one."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.meet import meet_types
from mypy.nodes import ARG_NAMED, CallExpr, Expression, RefExpr
from mypy.types import AnyType, Type, TypedDictType, TypeOfAny, UninhabitedType, get_proper_type

from runlaw.mypy_plugin.calls import Call, Read
from runlaw.mypy_plugin.features.branches import Shared, shared
from runlaw.mypy_plugin.messages import cannot_take
from runlaw.mypy_plugin.picking import keys_of, pick_call, pick_name, picked
from runlaw.mypy_plugin.steps import Step, as_runnable, input_of, read_step
from runlaw.mypy_plugin.typed_dicts import as_record, extended, record

_ASSIGN = "runlaw.combinators.records.assign"


def assign(call: Call) -> Read | None:
    """``assign(key=f)``: a record with the keys that the functions say they read, and the new ones."""
    written = call.arguments()
    if written is None or any(each.name is None for each in written):
        return None
    if not written:
        call.fail("assign() needs at least one key=step")
        return [], call.runnable(_unknown(), _unknown())
    labels = [each.name or "" for each in written]
    found = shared(call, "assign", labels, [each.expr for each in written])
    if found is None:
        return None
    types = [step.formal(call.api) for step in found.steps]
    base = as_record(found.taken)
    if base is not None:
        return types, call.runnable(found.taken, _with(call, base, labels, found))
    if isinstance(get_proper_type(found.taken), AnyType):
        return types, call.runnable(found.taken, record(call.api, dict(zip(labels, found.outputs, strict=True))))
    mapping = call.api.named_generic_type("typing.Mapping", [_text(call), _unknown()])
    for label, step in zip(labels, found.steps, strict=True):
        wanted = input_of(step.type)
        if wanted is not None and isinstance(meet_types(mapping, wanted), UninhabitedType):
            cannot_take(call, f"assign({label}=...)", step, wanted, mapping)
            return types, call.runnable(_unknown(), _unknown())
    return None


def assign_method(call: Call) -> Read | None:
    """``r.assign(key=f)``."""
    written = call.arguments()
    receiver = None if call.receiver is None else as_runnable(call.receiver)
    base = None if receiver is None else as_record(receiver.args[1])
    if not written or receiver is None or base is None or any(each.name is None for each in written):
        return None
    labels = [each.name or "" for each in written]
    found = shared(call, "assign", labels, [each.expr for each in written], base)
    if found is None:
        return None
    types = [step.formal(call.api) for step in found.steps]
    return types, call.runnable(receiver.args[0], _with(call, base, labels, found))


def pick_method(call: Call) -> Read | None:
    """``r.pick("a")`` and ``r.pick("a", "b")``."""
    written = call.arguments()
    receiver = None if call.receiver is None else as_runnable(call.receiver)
    base = None if receiver is None else as_record(receiver.args[1])
    if not written or receiver is None or base is None:
        return None
    keys = keys_of([each.expr for each in written])
    if keys is None or not isinstance(call.context, CallExpr):
        return None
    step = Step(call.context, base, pick_name(keys))
    return [_text(call) for _ in keys], call.runnable(receiver.args[0], picked(call, step.name, step, keys, base))


def on_record(call: Call, expr: Expression, given: Type, before: str, number: int) -> tuple[Step, Type] | None:
    """A step ``assign(...)`` or ``pick(...)`` after one that gives a record whose keys are known."""
    base = as_record(given)
    if base is None or not isinstance(expr, CallExpr) or not isinstance(expr.callee, RefExpr):
        return None
    picking = pick_call(call, expr)
    if picking is not None:
        where = f"step {number} ({picking[0].name}) cannot follow step {number - 1} ({before})"
        return picking[0], picked(call, where, *picking, base)
    if expr.callee.fullname != _ASSIGN or not expr.args or any(kind is not ARG_NAMED for kind in expr.arg_kinds):
        return None
    anything = Step(expr, get_proper_type(call.api.named_generic_type("builtins.object", [])), "assign")
    with call.api.msg.filter_errors() as wrong_by_itself:
        read_step(call.api, expr)
    if wrong_by_itself.has_new_errors():
        return anything, _unknown()
    labels = [name or "" for name in expr.arg_names]
    found = shared(call, "assign", labels, expr.args, base)
    return None if found is None else (anything, _with(call, base, labels, found))


def _with(call: Call, base: TypedDictType, labels: Sequence[str], found: Shared) -> TypedDictType:
    return extended(call.api, base, dict(zip(labels, found.outputs, strict=True)))


def _text(call: Call) -> Type:
    return call.api.named_generic_type("builtins.str", [])


def _unknown() -> Type:
    return AnyType(TypeOfAny.from_error)
