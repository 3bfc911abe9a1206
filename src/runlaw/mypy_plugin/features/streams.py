"""Leaves of chunks and of groups: what their functions take and give, and numbers, which do not know how to add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mypy.checker import TypeChecker
from mypy.maptype import map_instance_to_supertype
from mypy.messages import format_type_bare
from mypy.nodes import CallExpr, LambdaExpr
from mypy.plugin import FunctionContext
from mypy.subtypes import is_subtype
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    Type,
    TypeOfAny,
    UninhabitedType,
    UnionType,
    get_proper_type,
)

from runlaw.algebra.roles import gives_one, takes_one
from runlaw.combinators.chunk_types import NUMBERS
from runlaw.mypy_plugin.calls import RUNLAW, Argument, Call, Read
from runlaw.mypy_plugin.steps import as_function, input_of, read_step

_ITERATORS = ("typing.Iterator", "typing.AsyncIterator")


class Several(NamedTuple):
    """A leaf of chunks or groups: what its function is given, of whatever items, and what it must give."""

    by: str
    given: tuple[str, ...]
    wanted: tuple[str, ...]


STREAM = Several("lift_stream", (), _ITERATORS)
TRANSFORM = Several("lift_transform", _ITERATORS, _ITERATORS)
BATCH = Several("lift_batch", ("typing.Sequence",), ("typing.Sequence",))


def leaf(call: Call, *, kind: Several) -> Read | None:
    """``lift_stream(f)`` and ``lift_transform(f)``, which need a monoid for numbers."""
    return _of_one(call, kind) or _refuse(call, iterates=True)


def of_several(call: Call, *, kind: Several) -> Read | None:
    """The same where the monoid is given, and ``lift_batch(f)``, which needs none."""
    return _of_one(call, kind)


def mapping(call: Call) -> Read | None:
    """``map_chunks(f)``."""
    return _refuse(call, iterates=False)


def _of_one(call: Call, kind: Several) -> Read | None:
    """Report a function that takes or gives one value instead of several."""
    written = call.arguments()
    if not written or written[0].name is not None:
        return None
    step = read_step(call.api, written[0].expr)
    function = as_function(step.type)
    if isinstance(step.expr, LambdaExpr) or not isinstance(function, CallableType) or function.variables:
        return None
    taken = input_of(step.type)
    if taken is None:
        return None
    options = call.api.options
    given = [call.api.named_generic_type(name, [UninhabitedType()]) for name in kind.given]
    if given and not any(is_subtype(each, taken) for each in given):
        return _refused(call, written, takes_one(kind.by, step.name, format_type_bare(taken, options)))
    wanted: list[Type] = [call.api.named_generic_type(name, [_anything()]) for name in kind.wanted]
    if kind is BATCH:
        wanted += [call.api.named_generic_type("typing.Awaitable", [each]) for each in wanted]
    if not is_subtype(function.ret_type, UnionType(wanted)):
        return _refused(call, written, gives_one(kind.by, step.name, format_type_bare(function.ret_type, options)))
    return None


def _refuse(call: Call, iterates: bool) -> Read | None:
    written = call.arguments()
    if not written or written[0].name is not None or any(each.name == "monoid" for each in written):
        return None
    function = as_function(read_step(call.api, written[0].expr).type)
    if not isinstance(function, CallableType) or not is_number(_chunk(function.ret_type, iterates)):
        return None
    return _refused(call, written, NUMBERS)


def _refused(call: Call, written: Sequence[Argument], message: str) -> Read:
    call.fail(message, written[0].expr)
    return [call.api.named_generic_type("builtins.object", [])] * len(written), AnyType(TypeOfAny.from_error)


def _anything() -> Type:
    return AnyType(TypeOfAny.special_form)


def _chunk(type: Type, iterates: bool) -> Type:
    proper = get_proper_type(type)
    if not iterates:
        return proper
    if isinstance(proper, Instance):
        for base in proper.type.mro:
            if base.fullname in _ITERATORS:
                return map_instance_to_supertype(proper, base).args[0]
    return _anything()


def is_number(type: Type) -> bool:
    """Whether values of the type can be subtracted."""
    proper = get_proper_type(type)
    if isinstance(proper, UnionType):
        return any(is_number(item) for item in proper.items)
    return isinstance(proper, Instance) and proper.type.get("__sub__") is not None


def decorating(ctx: FunctionContext, *, iterates: bool) -> Type:
    """``@lift_stream`` and its like without options."""
    api, made = ctx.api, get_proper_type(ctx.default_return_type)
    refused = isinstance(made, Instance) and made.type.name == "NeedsMonoid" and not isinstance(ctx.context, CallExpr)
    function = as_function(get_proper_type(ctx.arg_types[0][0])) if refused and ctx.arg_types[0] else None
    if not isinstance(function, CallableType) or not is_number(_chunk(function.ret_type, iterates)):
        return ctx.default_return_type
    assert isinstance(api, TypeChecker)
    # mypy is trying one overload after another and would take an error for "try the next one".
    watching = api.errors._watchers
    api.errors._watchers = []
    api.fail(NUMBERS, ctx.context, code=RUNLAW)
    api.errors._watchers = watching
    return AnyType(TypeOfAny.from_error)
