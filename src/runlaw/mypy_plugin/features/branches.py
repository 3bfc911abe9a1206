"""Programs that get one input: ``parallel``, ``branch``, ``with_fallbacks``, and dicts of programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mypy.meet import meet_types
from mypy.nodes import ARG_POS, DictExpr, Expression, StrExpr, TupleExpr
from mypy.subtypes import is_subtype
from mypy.typeops import make_simplified_union
from mypy.types import AnyType, Instance, TupleType, Type, TypeOfAny, UninhabitedType, get_proper_type

from runlaw.mypy_plugin.calls import Call, Read
from runlaw.mypy_plugin.messages import cannot_take, nothing_in_common, refused
from runlaw.mypy_plugin.picking import pick_call, picked
from runlaw.mypy_plugin.steps import Step, declared_output, first_parameter, input_of, output_for, read_step
from runlaw.mypy_plugin.typed_dicts import as_record, record

_WHERE = {"parallel": "branch {label} of parallel", "assign": "assign({label}=...)"}


class Shared(NamedTuple):
    """Several programs on one input: that input, the programs, and what each gives."""

    taken: Type
    steps: list[Step]
    outputs: list[Type]


def parallel(call: Call) -> Read | None:
    """``parallel(f, g)`` and ``parallel(a=f, b=g)``."""
    written = call.arguments()
    if written is None:
        return None
    if not written:
        call.fail("parallel() needs at least one branch")
        return [], call.runnable(_unknown(), _unknown())
    named = [each for each in written if each.name is not None]
    if named and len(named) < len(written):
        call.fail("parallel() takes its branches by position, for a tuple, or by name, for a record; got both")
        types: list[Type] = [call.api.named_generic_type("builtins.object", [])] * len(written)
        return types, call.runnable(_unknown(), _unknown())
    labels = [each.name or str(number) for number, each in enumerate(written)]
    found = shared(call, "parallel", labels, [each.expr for each in written])
    if found is None:
        return None
    if named:
        output: Type = _wanted(call, found.outputs) or record(call.api, dict(zip(labels, found.outputs, strict=True)))
    else:
        item = make_simplified_union(found.outputs)
        output = TupleType(found.outputs, call.api.named_generic_type("builtins.tuple", [item]))
    return _formals(call, found.steps), call.runnable(found.taken, output)


def _wanted(call: Call, outputs: Sequence[Type]) -> Type | None:
    """The mapping that the context asks for, where the outputs are its values; a ``TypedDict`` would not fit it."""
    expected = call.expected()
    output = None if expected is None else get_proper_type(expected.args[1])
    if not isinstance(output, Instance) or output.type.fullname != "typing.Mapping":
        return None
    return output if all(is_subtype(each, output.args[1]) for each in outputs) else None


def branch(call: Call) -> Read | None:
    """``branch((predicate, step), ..., default=step)``."""
    written = call.arguments()
    if written is None or not all(
        each.name == "default" if each.kind is not ARG_POS else _is_pair(each.expr) for each in written
    ):
        return None
    pairs = [each.expr.items for each in written if isinstance(each.expr, TupleExpr)]
    defaults = [each.expr for each in written if each.name == "default"]
    if not pairs or len(defaults) != 1:
        return None
    predicates = [predicate for predicate, _ in pairs]
    steps = [*[step for _, step in pairs], defaults[0]]
    labels = [f"condition {n}" for n, _ in enumerate(pairs, 1)]
    labels += [*[f"branch {n}" for n, _ in enumerate(pairs, 1)], "default"]
    found = shared(call, "branch", labels, [*predicates, *steps])
    if found is None:
        return None
    size = len(pairs)
    tests, chosen = found.steps[:size], found.steps[size:]
    if not all(_is_bool(given) for given in found.outputs[:size]):
        return None
    tuple_of = call.api.named_generic_type("builtins.tuple", [_unknown()])
    kinds: list[Type] = [
        TupleType([test.formal(call.api), step.formal(call.api)], tuple_of)
        for test, step in zip(tests, chosen, strict=False)
    ]
    types = [kinds.pop(0) if each.kind is ARG_POS else chosen[-1].formal(call.api) for each in written]
    return types, call.runnable(found.taken, make_simplified_union(found.outputs[size:]))


def _is_bool(type: Type) -> bool:
    proper = get_proper_type(type)
    return isinstance(proper, AnyType) or (isinstance(proper, Instance) and proper.type.fullname == "builtins.bool")


def _is_pair(expr: Expression) -> bool:
    return isinstance(expr, TupleExpr) and len(expr.items) == 2


def with_fallbacks(call: Call) -> Read | None:
    """``with_fallbacks(f, g, ...)``."""
    written = call.arguments()
    if not written:
        return None
    steps = [each.expr for each in written if each.kind is ARG_POS]
    if len(steps) == 1:
        call.fail("with_fallbacks() needs at least one fallback beside the program itself")
    labels = [f"fallback {n}" if n else "the program" for n, _ in enumerate(steps)]
    found = shared(call, "with_fallbacks", labels, steps)
    options = {
        name: type
        for name, type in zip(call.signature.arg_names, call.signature.arg_types, strict=True)
        if name is not None
    }
    if found is None or any(each.name not in options for each in written if each.kind is not ARG_POS):
        return None
    formals = iter(_formals(call, found.steps))
    types = [next(formals) if each.name is None else options[each.name] for each in written]
    return types, call.runnable(found.taken, make_simplified_union(found.outputs))


def of_dict(call: Call, written: DictExpr, given: Type | None) -> Instance | None:
    """The parallel that a dict of programs stands for."""
    labels = [key.value for key, _ in written.items if isinstance(key, StrExpr)]
    if not labels or len(labels) < len(written.items):
        return None
    found = shared(call, "parallel", labels, [value for _, value in written.items], given)
    if found is None:
        return None
    return call.runnable(found.taken, record(call.api, dict(zip(labels, found.outputs, strict=True))))


def read_any(call: Call, expr: Expression, given: Type | None) -> Step:
    """A step, or a dict of programs as the parallel that it stands for."""
    if isinstance(expr, DictExpr):
        made = of_dict(call, expr, given)
        if made is not None:
            return Step(expr, made, read_step(call.api, expr).name)
    return read_step(call.api, expr, given)


def shared(
    call: Call, by: str, labels: Sequence[str], exprs: Sequence[Expression], given: Type | None = None
) -> Shared | None:
    """Programs that get one input, which may be given; ``None`` where none of them says what it takes."""
    steps = [read_any(call, expr, given) for expr in exprs]
    taken = given
    for label, step in zip(labels, steps, strict=True):
        if refused(call, _WHERE.get(by, "{label}").format(label=label), step):
            return Shared(_unknown(), steps, [_unknown() for _ in steps])
    if taken is None:
        taken = _common(call, by, labels, steps)
    if taken is None:
        return None
    outputs: list[Type] = []
    for index, (label, expr) in enumerate(zip(labels, exprs, strict=True)):
        where = _WHERE.get(by, "{label}").format(label=label)
        base = as_record(taken)
        picking = None if base is None else pick_call(call, expr)
        if base is not None and picking is not None:
            steps[index] = picking[0]
            outputs.append(picked(call, where, *picking, base))
            continue
        step = steps[index] = read_any(call, expr, taken)
        output = output_for(call.api, step, taken)
        if output is None:
            if given is None:
                return None
            cannot_take(call, where, step, first_parameter(step.type), given)
            output = declared_output(step.type)
        outputs.append(output)
    return Shared(taken, steps, outputs)


def _common(call: Call, by: str, labels: Sequence[str], steps: Sequence[Step]) -> Type | None:
    taken: Type | None = None
    known: list[tuple[str, Step, Type]] = []
    for label, step in zip(labels, steps, strict=True):
        own = input_of(step.type)
        if own is None or isinstance(get_proper_type(own), AnyType):
            continue
        for other, inner, form in known:
            if isinstance(meet_types(form, own), UninhabitedType):
                nothing_in_common(call, by, (other, inner), form, (label, step), own)
                return _unknown()
        known.append((label, step, own))
        taken = own if taken is None else meet_types(taken, own)
    if taken is not None or any(input_of(step.type) is None for step in steps):
        return taken
    return _unknown()


def _formals(call: Call, steps: Sequence[Step]) -> list[Type]:
    return [step.formal(call.api) for step in steps]


def _unknown() -> Type:
    return AnyType(TypeOfAny.from_error)
