"""``chat_prompt`` and ``prompt`` with a template that is written out: its variables are the keys of their input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mypy.nodes import DictExpr, Expression, ListExpr, StrExpr, TupleExpr, TypeAlias, Var
from mypy.types import (
    CallableType,
    Instance,
    LiteralType,
    ProperType,
    Type,
    TypedDictType,
    TypeType,
    get_proper_type,
)

from runlaw.mypy_plugin.calls import Argument, Call, Read, class_of
from runlaw.mypy_plugin.typed_dicts import record


class _Variables(NamedTuple):
    texts: tuple[str, ...] = ()
    histories: tuple[str, ...] = ()


def chat_prompt(call: Call) -> Read | None:
    """``chat_prompt("... {topic}")``, ``chat_prompt([("human", "{question}"), ...])``, and after a record type."""
    return _read(call, "ChatPromptValue")


def prompt(call: Call) -> Read | None:
    """``prompt("... {topic}")``."""
    return _read(call, "StringPromptValue")


def _read(call: Call, value: str) -> Read | None:
    written = call.arguments()
    if not written or written[0].name is not None:
        return None
    templates = [each.expr for each in written if each.name is None]
    try:
        variables = _variables(call, templates[-1])
    except ValueError as error:
        call.fail(str(error), templates[-1])
        return None
    given = _given_beforehand(written)
    if variables is None or given is None:
        return None
    if len(templates) == 2:
        _check_fields(call, templates[0], [name for names in variables for name in names if name not in given])
        return None
    if len(templates) != 1:
        return None
    api = call.api
    anything = api.named_generic_type("builtins.object", [])
    fields: dict[str, Type] = dict.fromkeys(variables.texts, anything)
    if variables.histories:
        fields |= dict.fromkeys(variables.histories, _chat_input(call))
    taken = record(api, fields, [name for name in fields if name in given], read_only=True)
    known = {name: type for name, type in zip(call.signature.arg_names, call.signature.arg_types, strict=True) if name}
    if any(each.name not in known for each in written if each.name is not None):
        return None
    types = [anything if each.name is None else known[each.name] for each in written]
    return types, call.runnable(taken, Instance(class_of(api, "runlaw.components.prompt_values", value), []))


def _variables(call: Call, expr: Expression) -> _Variables | None:
    """The variables of a template; ``None`` where it is not written out. Raises what building it would raise."""
    from runlaw.components.template import Template

    text = _text(call, expr)
    if text is not None:
        return _Variables(Template(text).variables)
    if not isinstance(expr, ListExpr | TupleExpr):
        return None
    texts: list[str] = []
    histories: list[str] = []
    for item in expr.items:
        if not isinstance(item, TupleExpr):
            if _is_message(call, item):
                continue
            return None
        parts = [_text(call, part) for part in item.items]
        if len(parts) != 2 or parts[0] is None or parts[1] is None:
            return None
        names = Template(parts[1]).variables
        (histories if parts[0] == "placeholder" else texts).extend(names)
    return _Variables(tuple(dict.fromkeys(texts)), tuple(dict.fromkeys(histories)))


def _text(call: Call, expr: Expression) -> str | None:
    if isinstance(expr, StrExpr):
        return expr.value
    type = get_proper_type(call.api.get_expression_type(expr)) if not isinstance(expr, ListExpr | TupleExpr) else None
    if isinstance(type, Instance) and type.last_known_value is not None:
        type = type.last_known_value
    return type.value if isinstance(type, LiteralType) and isinstance(type.value, str) else None


def _is_message(call: Call, expr: Expression) -> bool:
    type = get_proper_type(call.api.get_expression_type(expr))
    return isinstance(type, Instance) and type.type.has_base("runlaw.components.messages.BaseMessage")


def _given_beforehand(written: Sequence[Argument]) -> list[str] | None:
    for each in written:
        if each.name == "partial":
            if not isinstance(each.expr, DictExpr):
                return None
            keys = [key.value for key, _ in each.expr.items if isinstance(key, StrExpr)]
            return keys if len(keys) == len(each.expr.items) else None
    return []


def _chat_input(call: Call) -> Type:
    node = call.api.modules["runlaw.components.prompt_values"].names["ChatInput"].node
    assert isinstance(node, TypeAlias)
    return node.target


def _check_fields(call: Call, expr: Expression, names: Sequence[str]) -> None:
    type = get_proper_type(call.api.get_expression_type(expr))
    made = get_proper_type(type.item) if isinstance(type, TypeType) else None
    if isinstance(type, CallableType):
        made = get_proper_type(type.ret_type)
    if made is None:
        return
    fields = list(_fields(made))
    missing = [name for name in names if name not in fields]
    if missing and fields:
        call.fail(
            f"the template's variable {', '.join(map(repr, missing))} is no field of {_title(made)}, "
            f"which has: {', '.join(map(repr, fields))}",
            expr,
        )


def _title(made: ProperType) -> str:
    instance = made.fallback if isinstance(made, TypedDictType) else made
    return instance.type.name if isinstance(instance, Instance) else "it"


def _fields(made: ProperType) -> Iterator[str]:
    if isinstance(made, TypedDictType):
        yield from made.items
    elif isinstance(made, Instance):
        for base in reversed(made.type.mro):
            for name, symbol in base.names.items():
                is_field = isinstance(symbol.node, Var) and not symbol.node.is_classvar
                if is_field and not name.startswith(("__", "model_")):
                    yield name
