"""A config that is written out in a call: checked as a ``RunConfig``, so that mypy names the key that is wrong.

Of a dict that fits no member of ``RunConfig | None`` mypy tells the type of the whole dict and no key.
"""

from __future__ import annotations

from mypy.nodes import ARG_POS, CallExpr, DictExpr
from mypy.plugin import FunctionSigContext, MethodSigContext
from mypy.types import CallableType, FunctionLike, Type, TypedDictType, UnionType, get_proper_type

RUN_CONFIG = "runlaw.kernel.config.RunConfig"


def written_out(ctx: FunctionSigContext | MethodSigContext) -> FunctionLike:
    """The signature, with ``RunConfig`` alone where a dict display stands for ``RunConfig | None``."""
    signature = ctx.default_signature
    if not isinstance(ctx.context, CallExpr):
        return signature
    types = list(signature.arg_types)
    for place in _places_of_dicts(ctx.context, signature):
        types[place] = _config_alone(types[place])
    return signature.copy_modified(arg_types=types)


def _places_of_dicts(call: CallExpr, signature: CallableType) -> list[int]:
    places = []
    for number, (expr, kind, name) in enumerate(zip(call.args, call.arg_kinds, call.arg_names, strict=True)):
        if isinstance(expr, DictExpr):
            if name in signature.arg_names and name is not None:
                places.append(signature.arg_names.index(name))
            elif kind is ARG_POS and number < len(signature.arg_types) and set(call.arg_kinds[:number]) <= {ARG_POS}:
                places.append(number)
    return places


def _config_alone(form: Type) -> Type:
    proper = get_proper_type(form)
    for member in proper.items if isinstance(proper, UnionType) else ():
        record = get_proper_type(member)
        if isinstance(record, TypedDictType) and record.fallback.type.fullname == RUN_CONFIG:
            return record
    return form
