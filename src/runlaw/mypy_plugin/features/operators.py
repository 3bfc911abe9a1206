"""``|`` with a function or a dict of programs on either side."""

from __future__ import annotations

from mypy.nodes import DictExpr, Expression, OpExpr
from mypy.types import Instance, get_proper_type

from runlaw.mypy_plugin.calls import Call, Read
from runlaw.mypy_plugin.features.pipes import composed, continued
from runlaw.mypy_plugin.steps import as_runnable, name_of


def before(call: Call) -> Read | None:
    """``r | f``."""
    operation = call.operands()
    receiver = None if call.receiver is None else as_runnable(call.receiver)
    if operation is None or receiver is None or operation.op != "|":
        return None
    return _then(call, receiver, operation)


def _then(call: Call, left: Instance, operation: OpExpr) -> Read:
    earlier = _flat(operation.left)
    return continued(call, left, name_of(earlier[-1]), [operation.right], len(earlier) + 1)


def after(call: Call) -> Read | None:
    """``f | r``."""
    operation = call.operands()
    if operation is None or operation.op != "|":
        return None
    left = as_runnable(get_proper_type(call.api.get_expression_type(operation.left)))
    if left is not None:  # its own | has failed: fail again, or mypy would take this way for right
        return [left], _then(call, left, operation)[1]
    read = composed(call, [operation.left, operation.right])
    return None if read is None else (read[0][:1], read[1])


def written(call: Call) -> Read | None:
    """``f | r`` where the class of ``f`` has a ``|`` of its own, and ``identity | f``."""
    operation = call.operands()
    if operation is None or operation.op != "|":
        return None
    if not _is_program(call, operation.left) and not _is_program(call, operation.right):
        return None
    read = composed(call, [operation.left, operation.right])
    return None if read is None else (read[0][1:], read[1])


def _flat(expr: Expression) -> list[Expression]:
    if isinstance(expr, OpExpr) and expr.op == "|":
        return [*_flat(expr.left), expr.right]
    return [expr]


def _is_program(call: Call, expr: Expression) -> bool:
    if isinstance(expr, DictExpr):
        return False
    type = get_proper_type(call.api.get_expression_type(expr))
    return as_runnable(type) is not None or getattr(getattr(type, "type", None), "name", "") == "IdentityRunnable"
