"""Records: what ``assign`` adds to one, and what ``pick`` takes of one."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.nodes import ARG_NAMED, ARG_POS, CallExpr, Expression, RefExpr, StrExpr
from mypy.types import AnyType, Type, TypedDictType, TypeOfAny, get_proper_type

from runlaw.mypy_plugin.calls import Call, Read
from runlaw.mypy_plugin.features.branches import shared
from runlaw.mypy_plugin.messages import no_key
from runlaw.mypy_plugin.steps import Step, as_runnable, read_step
from runlaw.mypy_plugin.typed_dicts import as_record, extended, record

_ASSIGN = "runlaw.combinators.records.assign"
_PICK = "runlaw.combinators.records.pick"


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
    base = None if found is None else as_record(found.taken)
    if found is None or (base is None and not isinstance(get_proper_type(found.taken), AnyType)):
        return None
    added = dict(zip(labels, found.outputs, strict=True))
    output = record(call.api, added) if base is None else extended(call.api, base, added)
    return [step.formal(call.api) for step in found.steps], call.runnable(found.taken, output)


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
    output = extended(call.api, base, dict(zip(labels, found.outputs, strict=True)))
    return [step.formal(call.api) for step in found.steps], call.runnable(receiver.args[0], output)


def pick_method(call: Call) -> Read | None:
    """``r.pick("a")`` and ``r.pick("a", "b")``."""
    written = call.arguments()
    receiver = None if call.receiver is None else as_runnable(call.receiver)
    base = None if receiver is None else as_record(receiver.args[1])
    if not written or receiver is None or base is None:
        return None
    keys = _keys([each.expr for each in written])
    if keys is None:
        return None
    assert isinstance(call.context, CallExpr)
    step = Step(call.context, base, f"pick({', '.join(map(repr, keys))})")
    output = _picked(call, step, keys, base, "the program", 2)
    return [call.api.named_generic_type("builtins.str", []) for _ in keys], call.runnable(receiver.args[0], output)


def on_record(call: Call, expr: Expression, given: Type, before: str, number: int) -> tuple[Step, Type] | None:
    """A step ``assign(...)`` or ``pick(...)`` after one that gives a record whose keys are known."""
    base = as_record(given)
    if base is None or not isinstance(expr, CallExpr) or not isinstance(expr.callee, RefExpr):
        return None
    if expr.callee.fullname == _PICK and all(kind is ARG_POS for kind in expr.arg_kinds):
        keys = _keys(expr.args)
        if not keys:
            return None
        step = read_step(call.api, expr)._replace(name=f"pick({', '.join(map(repr, keys))})")
        return step, _picked(call, step, keys, base, before, number)
    if expr.callee.fullname == _ASSIGN and expr.args and all(kind is ARG_NAMED for kind in expr.arg_kinds):
        labels = [name or "" for name in expr.arg_names]
        found = shared(call, "assign", labels, expr.args, base)
        if found is None:
            return None
        output = extended(call.api, base, dict(zip(labels, found.outputs, strict=True)))
        unread = Step(expr, get_proper_type(call.api.named_generic_type("builtins.object", [])), "assign")
        return unread, output
    return None


def _keys(exprs: Sequence[Expression]) -> list[str] | None:
    keys = [each.value for each in exprs if isinstance(each, StrExpr)]
    return keys if len(keys) == len(exprs) else None


def _picked(call: Call, step: Step, keys: Sequence[str], base: TypedDictType, before: str, number: int) -> Type:
    missing = [key for key in keys if key not in base.items]
    if missing:
        no_key(call, number, step, before, missing, base)
        return _unknown()
    if len(keys) == 1:
        return base.items[keys[0]]
    optional = [key for key in keys if key not in base.required_keys]
    return record(call.api, {key: base.items[key] for key in keys}, optional)


def _unknown() -> Type:
    return AnyType(TypeOfAny.from_error)
