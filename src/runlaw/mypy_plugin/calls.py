"""A call that mypy asks about: its arguments, and the signature that answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from mypy.checker import TypeChecker
from mypy.errorcodes import ErrorCode
from mypy.nodes import ARG_NAMED, ARG_POS, ArgKind, CallExpr, Context, Expression, OpExpr, TypeInfo
from mypy.plugin import FunctionSigContext, MethodSigContext
from mypy.types import CallableType, Instance, ProperType, Type, get_proper_type

RUNLAW: Final[ErrorCode] = ErrorCode("runlaw", "Check that the parts of a runlaw program fit", "runlaw")
RUNNABLE = "runlaw.runnable.Runnable"


class Argument(NamedTuple):
    """An argument as it is written."""

    expr: Expression
    kind: ArgKind
    name: str | None


class Call(NamedTuple):
    """A call of something of runlaw's.

    Args:
        api: The checker.
        context: Where it is written.
        signature: What mypy would check it against.
        receiver: The type of the object whose method is called.
    """

    api: TypeChecker
    context: Context
    signature: CallableType
    receiver: ProperType | None = None

    @classmethod
    def of(cls, ctx: FunctionSigContext | MethodSigContext) -> Call:
        """The call that a hook is told of."""
        assert isinstance(ctx.api, TypeChecker)
        receiver = ctx.type if isinstance(ctx, MethodSigContext) else None
        return cls(ctx.api, ctx.context, ctx.default_signature, receiver)

    def arguments(self) -> list[Argument] | None:
        """The arguments, or ``None`` where they are not written one by one."""
        if not isinstance(self.context, CallExpr):
            return None
        call = self.context
        if any(kind not in (ARG_POS, ARG_NAMED) for kind in call.arg_kinds):
            return None
        return [Argument(*each) for each in zip(call.args, call.arg_kinds, call.arg_names, strict=True)]

    def operands(self) -> OpExpr | None:
        """The operation, where it is one."""
        return self.context if isinstance(self.context, OpExpr) else None

    def expected(self) -> Instance | None:
        """The ``Runnable[...]`` that the place of the call asks for, where it asks for one."""
        expected = get_proper_type(self.api.type_context[-1]) if self.api.type_context else None
        return expected if isinstance(expected, Instance) and expected.type.fullname == RUNNABLE else None

    def fail(self, message: str, context: Context | None = None) -> None:
        """Report a mistake."""
        self.api.fail(message, context or self.context, code=RUNLAW)

    def runnable(self, taken: Type, given: Type) -> Instance:
        """``Runnable[taken, given]``."""
        return Instance(class_of(self.api, "runlaw.runnable", "Runnable"), [taken, given])


Read: TypeAlias = tuple[Sequence[Type], Type]
"""The types of the arguments, in the order in which they are written, and that of the result."""

Feature: TypeAlias = Callable[[Call], Read | None]
"""Reads a call; ``None`` leaves it to the declared signature."""


def class_of(api: TypeChecker, module: str, name: str) -> TypeInfo:
    """A class of a module that is part of the build."""
    node = api.modules[module].names[name].node
    assert isinstance(node, TypeInfo)
    return node


def answer(call: Call, read: Read) -> CallableType:
    """A signature that fits just this call."""
    types, result = read
    written = call.arguments()
    kinds = [each.kind for each in written] if written is not None else [ARG_POS] * len(types)
    names = [each.name for each in written] if written is not None else [None] * len(types)
    return call.signature.copy_modified(
        arg_types=list(types), arg_kinds=kinds, arg_names=names, variables=(), ret_type=result
    )
