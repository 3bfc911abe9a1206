"""``|`` with a function or a dict of programs on either side."""

from __future__ import annotations

from mypy.nodes import DictExpr, Expression, OpExpr
from mypy.types import Instance, ProperType, get_proper_type

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
    earlier = operation.left
    last = name_of(earlier.right if isinstance(earlier, OpExpr) else earlier)
    number = 2
    while isinstance(earlier, OpExpr) and earlier.op == "|":
        earlier, number = earlier.left, number + 1
    return continued(call, left, last, [operation.right], number)


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
    if not _is_identity(call.receiver) and not _is_program(call, operation.right):
        return None
    read = composed(call, [operation.left, operation.right])
    return None if read is None else (read[0][1:], read[1])


def _is_program(call: Call, expr: Expression) -> bool:
    if isinstance(expr, DictExpr):
        return False
    type = get_proper_type(call.api.get_expression_type(expr))
    return as_runnable(type) is not None or _is_identity(type)


def _is_identity(type: ProperType | None) -> bool:
    return isinstance(type, Instance) and type.type.name == "IdentityRunnable"
