"""Streaming leaves over numbers, which do not know how to add up."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import CallExpr
from mypy.plugin import FunctionContext
from mypy.types import AnyType, CallableType, Instance, Type, TypeOfAny, UnionType, get_proper_type

from runlaw.combinators.chunk_types import NUMBERS
from runlaw.mypy_plugin.calls import RUNLAW, Call, Read
from runlaw.mypy_plugin.steps import as_function, read_step

_ITERATORS = ("typing.Iterator", "typing.AsyncIterator")


def iterating(call: Call) -> Read | None:
    """``lift_stream(f)`` and ``lift_transform(f)``."""
    return _refuse(call, iterates=True)


def mapping(call: Call) -> Read | None:
    """``map_chunks(f)``."""
    return _refuse(call, iterates=False)


def _refuse(call: Call, iterates: bool) -> Read | None:
    written = call.arguments()
    if not written or written[0].name is not None or any(each.name == "monoid" for each in written):
        return None
    function = as_function(read_step(call.api, written[0].expr).type)
    if not isinstance(function, CallableType) or not is_number(_chunk(function.ret_type, iterates)):
        return None
    call.fail(NUMBERS, written[0].expr)
    return [call.api.named_generic_type("builtins.object", [])] * len(written), AnyType(TypeOfAny.from_error)


def _chunk(type: Type, iterates: bool) -> Type:
    proper = get_proper_type(type)
    if not iterates:
        return proper
    if isinstance(proper, Instance):
        for base in proper.type.mro:
            if base.fullname in _ITERATORS:
                return map_instance_to_supertype(proper, base).args[0]
    return AnyType(TypeOfAny.special_form)


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
