"""What ``pick(...)`` takes of a record whose keys are known."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.nodes import ARG_POS, CallExpr, Expression, RefExpr, StrExpr
from mypy.types import AnyType, Type, TypedDictType, TypeOfAny

from runlaw.mypy_plugin.calls import Call
from runlaw.mypy_plugin.messages import no_key
from runlaw.mypy_plugin.steps import Step, read_step
from runlaw.mypy_plugin.typed_dicts import record

_PICK = "runlaw.combinators.records.pick"


def pick_call(call: Call, expr: Expression) -> tuple[Step, list[str]] | None:
    """The step and its keys, where it is written ``pick("a", ...)``."""
    if not isinstance(expr, CallExpr) or not isinstance(expr.callee, RefExpr) or expr.callee.fullname != _PICK:
        return None
    keys = keys_of(expr.args) if all(kind is ARG_POS for kind in expr.arg_kinds) else None
    return (read_step(call.api, expr)._replace(name=pick_name(keys)), keys) if keys else None


def keys_of(exprs: Sequence[Expression]) -> list[str] | None:
    """The keys, where all are written out."""
    keys = [each.value for each in exprs if isinstance(each, StrExpr)]
    return keys if len(keys) == len(exprs) else None


def pick_name(keys: Sequence[str]) -> str:
    """How a message names it."""
    return f"pick({', '.join(map(repr, keys))})"


def picked(call: Call, where: str, step: Step, keys: Sequence[str], base: TypedDictType) -> Type:
    """The value under one key, or the record of several."""
    missing = [key for key in keys if key not in base.items]
    if missing:
        no_key(call, where, step, missing, base)
        return AnyType(TypeOfAny.from_error)
    if len(keys) == 1:
        return base.items[keys[0]]
    optional = [key for key in keys if key not in base.required_keys]
    return record(call.api, {key: base.items[key] for key in keys}, optional)
