"""The type of a node from the types of its parts, one rule for each kind of node.

A rule takes ``read``, which gives the signature of a part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias, TypeVar

from runlaw.algebra.bases import arguments
from runlaw.algebra.flow import Flow
from runlaw.algebra.forms import bare, generic, is_typed_dict, split, union
from runlaw.algebra.meet import meet
from runlaw.algebra.records import Field, fields_of, is_open, record
from runlaw.algebra.substitution import freshen, substitute, variables, within_bounds
from runlaw.algebra.unify import applied, unify
from runlaw.algebra.values import type_of
from runlaw.algebra.walk import own_name
from runlaw.kernel.nodes import (
    Assign,
    Attempt,
    Branch,
    Configured,
    Const,
    Each,
    Fallbacks,
    Identity,
    Listening,
    Node,
    Parallel,
    Pick,
    Pipe,
    Retry,
    Timeout,
    Typed,
)
from runlaw.kernel.signature import UNKNOWN, Provisional, Signature, TypeForm

Read: TypeAlias = Callable[[Node], Signature]

T = TypeVar("T")


class Shared(NamedTuple):
    """Several programs on one input: the input that fits all of them, and their outputs."""

    input: TypeForm
    outputs: list[TypeForm]
    provisional: bool

    def signature(self, input: TypeForm, output: TypeForm) -> Signature:
        """A signature that is provisional if one of the programs' is."""
        return _signature(input, output, self.provisional)


def _signature(input: TypeForm, output: TypeForm, provisional: bool) -> Signature:
    make = Provisional if provisional else Signature
    return make(input if within_bounds(input) else Any, output if within_bounds(output) else Any)


def shared(nodes: Iterable[Node], read: Read, record_name: str) -> Shared:
    """The signatures of programs that get the same input, their type variables solved together."""
    inputs: list[TypeForm] = []
    outputs: list[TypeForm] = []
    provisional = False
    taken: dict[TypeForm, None] = {}
    for node in nodes:
        one = read(node)
        provisional = provisional or isinstance(one, Provisional)
        input, output = freshen(one, taken) if taken else one
        taken.update(dict.fromkeys((*variables(input), *variables(output))))
        inputs.append(input)
        outputs.append(output)
    if taken:
        bindings = _solved(inputs)
        inputs = [substitute(form, bindings) for form in inputs]
        outputs = [substitute(form, bindings) for form in outputs]
    return Shared(meet(inputs, record_name), outputs, provisional)


def _solved(inputs: Sequence[TypeForm]) -> dict[TypeForm, TypeForm]:
    bindings: dict[TypeForm, TypeForm] = {}
    known = [form for form in inputs if form is not Any and form is not object]
    for form in known[1:]:
        first = substitute(known[0], bindings)
        unify(first, form, bindings)
        unify(form, first, bindings)
    return bindings


def _pipe(node: Pipe, read: Read) -> Signature:
    return follow(node.steps, read).signature


_MAY_KEEP = frozenset({Assign, Configured, Listening, Retry, Timeout})


def follow(steps: Sequence[Node], read: Read, refuse: Callable[[int, TypeForm], object] | None = None) -> Flow:
    """Follow the types through the steps; ``refuse`` is told the index of a step that does not fit, and what came."""
    flow = Flow(read(steps[0]))
    for index in range(1, len(steps)):
        step = steps[index]
        known = read(step)
        if known is UNKNOWN:
            flow.current = Any
            continue
        before = flow.current
        if not flow.then(known) and refuse is not None:
            refuse(index, before)
        if isinstance(known, Provisional):
            flow.provisional = True
        if type(step) in _MAY_KEEP:
            flow.current = _kept(step, before, read) or flow.current
    return flow


def _kept(step: Node, before: TypeForm, read: Read) -> TypeForm | None:
    """What an ``Assign`` makes of a record that is known: all its keys and the new ones."""
    while isinstance(step, Configured | Listening | Retry | Timeout):
        step = step.inner
    before = bare(before)
    if not isinstance(step, Assign) or not is_typed_dict(split(before)[0]):
        return None
    added = {key: Field(applied(before, *read(inner))[0]) for key, inner in step.branches}
    return record(f"{own_name(step)}Output", {**fields_of(before), **added}, open=is_open(before))


def _parallel(node: Parallel, read: Read) -> Signature:
    title = own_name(node)
    parts = shared([inner for _, inner in node.branches], read, f"{title}Input")
    if not node.keyed:
        return parts.signature(parts.input, generic(tuple, *parts.outputs))
    keys = [key for key, _ in node.branches]
    fields = {key: Field(form) for key, form in zip(keys, parts.outputs, strict=True)}
    return parts.signature(parts.input, record(f"{title}Output", fields))


def _each(node: Each, read: Read) -> Signature:
    inner = read(node.inner)
    output = generic(list, inner.output)
    return _signature(generic(Sequence, inner.input), output, isinstance(inner, Provisional))


def _branch(node: Branch, read: Read) -> Signature:
    steps = [*[step for _, step in node.cases], node.default]
    nodes = [*steps, *[predicate for predicate, _ in node.cases]]
    parts = shared(nodes, read, f"{own_name(node)}Input")
    return parts.signature(parts.input, union(parts.outputs[: len(steps)]))


def _fallbacks(node: Fallbacks, read: Read) -> Signature:
    parts = shared(node.alternatives, read, f"{own_name(node)}Input")
    return parts.signature(parts.input, union(parts.outputs))


def _assign(node: Assign, read: Read) -> Signature:
    title = own_name(node)
    parts = shared([inner for _, inner in node.branches], read, f"{title}Input")
    keys = [key for key, _ in node.branches]
    added = {key: Field(form) for key, form in zip(keys, parts.outputs, strict=True)}
    known = fields_of(bare(parts.input))
    input = parts.input if known or arguments(parts.input, Mapping) is not None else generic(Mapping, str, Any)
    return parts.signature(input, record(f"{title}Output", {**known, **added}, open=True))


@cache
def _picked(number: int) -> TypeForm:
    make: Callable[[str], TypeForm] = TypeVar
    return make(f"T{number}")


def _pick(node: Pick, read: Read) -> Signature:
    title = own_name(node)
    fields = {key: Field(_picked(number)) for number, key in enumerate(node.keys, 1)}
    output = _picked(1) if node.single else record(f"{title}Output", fields)
    return Signature(record(f"{title}Input", fields, open=True), output)


def _attempt(node: Attempt, read: Read) -> Signature:
    from returns.result import Result

    inner = read(node.inner)
    output = generic(Result, inner.output, union(node.on))
    return _signature(inner.input, output, isinstance(inner, Provisional))


def _typed(node: Typed, read: Read) -> Signature:
    own = read(node.inner)
    input = own.input if node.input is None else _said(node.input)
    output = own.output if node.output is None else _said(node.output)
    if node.input is not None and node.output is None and variables(own.input):
        output = applied(input, own.input, own.output)[0]
    needed = (node.input is None, node.output is None)
    return _signature(input, output, isinstance(own, Provisional) and any(needed))


def _said(form: Any) -> TypeForm:  # Any: a type form, or a TypeAdapter, known without importing pydantic
    adapter = any(
        base.__name__ == "TypeAdapter" and base.__module__.startswith("pydantic") for base in type(form).__mro__
    )
    said: TypeForm = form._type if adapter else form
    return said


def _inner(node: Retry | Timeout | Configured | Listening, read: Read) -> Signature:
    return read(node.inner)


def _identity(node: Identity, read: Read) -> Signature:
    return _IDENTITY


def _const(node: Const, read: Read) -> Signature:
    return Signature(object, type_of(node.value))


_IDENTITY = Signature(T, T)

RULES: dict[type[Node], Callable[[Any, Read], Signature]] = {  # Any: each rule takes the kind of node it stands for
    Pipe: _pipe,
    Parallel: _parallel,
    Each: _each,
    Branch: _branch,
    Fallbacks: _fallbacks,
    Assign: _assign,
    Pick: _pick,
    Attempt: _attempt,
    Typed: _typed,
    Retry: _inner,
    Timeout: _inner,
    Configured: _inner,
    Listening: _inner,
    Identity: _identity,
    Const: _const,
}
