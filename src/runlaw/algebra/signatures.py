"""The input and the output type of a program, and the checks that its parts fit together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from runlaw.algebra.annotations import Shape, quick_signature, signature_of
from runlaw.algebra.walk import has_lower, lowered, name
from runlaw.kernel.nodes import BatchFn, Fn, Generate, MapChunks, Node, Pipe, Transform
from runlaw.kernel.signature import UNKNOWN, Provisional, Signature, TypeForm

_SHAPES: dict[type[Node], Shape] = {
    Fn: "fn",
    Generate: "stream",
    Transform: "transform",
    MapChunks: "map",
    BatchFn: "batch",
}


def signature(node: Node, *, strict: bool = False) -> Signature:
    """The input and output type of a program, type variables solved; it is remembered once it is settled.

    Args:
        node: The program.
        strict: Raise where an annotation cannot be resolved, instead of taking it for ``Any``.

    Raises:
        NameError: With ``strict``, an annotation names what is not defined.
        TypeError: With ``strict``, an annotation is no type.
    """
    shape = _SHAPES.get(type(node))
    known: Signature | None = None
    if shape is not None:
        known = quick_signature(node.fn, shape)  # type: ignore[attr-defined]  # a leaf has a function
    if known is None:
        known = node.__dict__.get("_signature")
    if known is not None:
        return known
    if shape is None:
        found = _derived(node, partial(signature, strict=True) if strict else signature, strict)
    else:
        found = signature_of(node.fn, shape, strict=strict)  # type: ignore[attr-defined]  # a leaf has a function
    if not isinstance(found, Provisional):
        node.__dict__["_signature"] = found
    return found


def _derived(node: Node, read: Callable[[Node], Signature], strict: bool) -> Signature:
    from runlaw.algebra.signature_rules import RULES  # here, for importing it takes longer than all the rest

    for kind in type(node).__mro__:
        if kind in RULES:
            return RULES[kind](node, read)
        if kind in _SHAPES:
            return signature_of(node.fn, _SHAPES[kind], strict=strict)  # type: ignore[attr-defined]  # a leaf has a function
    return read(lowered(node)) if has_lower(node) else UNKNOWN


def check_composition(steps: Sequence[Node], names: Callable[[Node], str]) -> None:
    """Refuse steps of which one gives what the next cannot take.

    Args:
        steps: The steps of a pipe, in order; the steps of a ``Pipe`` among them count each.
        names: How a message names a step.

    Raises:
        TypeError: Two neighbours cannot fit; it names both, with their positions from 1, and both types.
    """
    flat: list[Node] = []
    for step in steps:
        if isinstance(step, Pipe):
            flat.extend(step.steps)
        else:
            flat.append(step)

    if all(signature(step) is UNKNOWN for step in flat):
        return
    from runlaw.algebra.composition import mismatch  # here, for importing them takes longer than all the rest
    from runlaw.algebra.signature_rules import follow

    def refuse(index: int, came: TypeForm) -> None:
        raise TypeError(mismatch(flat, index, signature(flat[index]).input, came, names))

    follow(flat, signature, refuse)


def check_common_input(branches: Sequence[tuple[str, Node]], by: str) -> None:
    """Refuse programs that get the same input although no value is of both their types.

    Args:
        branches: The programs, and how a message names each.
        by: The combinator that a message names.

    Raises:
        TypeError: The inputs of two of them have nothing in common; it names both, and both types.
    """
    known: dict[object, tuple[str, Node, TypeForm]] = {}
    for label, node in branches:
        taken = signature(node).input
        if taken is not Any and taken is not object:
            known.setdefault(_key(taken), (label, node, taken))
    if len(known) < 2:
        return
    from runlaw.algebra.composition import refuse_disjoint  # here, for importing it takes longer than all the rest

    refuse_disjoint([*known.values()], by)


def check_conditions(predicates: Sequence[tuple[str, Node]]) -> None:
    """Refuse predicates that are declared to give nothing, and so never hold.

    Args:
        predicates: How a message names each, and the program.

    Raises:
        TypeError: One is declared to give ``None``; it names it.
    """
    for label, node in predicates:
        given = signature(node).output
        if given is Any or given is bool:
            continue
        from runlaw.algebra.roles import is_condition  # here, for importing it takes longer than all the rest

        if not is_condition(given):
            raise TypeError(
                f"branch() expected bool of its predicates, got {_shown(given)} from {label} ({name(node)}), "
                "which would never hold; return what it finds out"
            )


def check_records(branches: Sequence[tuple[str, Node]]) -> None:
    """Refuse steps of ``assign`` that take something else than a record.

    Args:
        branches: The keys and the programs.

    Raises:
        TypeError: One is declared to take what is no record; it names it, and both types.
    """
    for key, node in branches:
        taken = signature(node).input
        if taken is Any or taken is object:
            continue
        from runlaw.algebra.roles import is_of_record  # here, for importing it takes longer than all the rest

        if not is_of_record(taken):
            raise TypeError(
                f"assign() gives the record that comes in to all, but {key} ({name(node)}) expected {_shown(taken)}, "
                "got Mapping[str, object]; let it take the record, or pick the key that it needs with "
                f"pipe(pick(...), {name(node)})"
            )


def _key(form: TypeForm) -> object:
    try:
        hash(form)
    except TypeError:  # metadata that cannot be hashed
        return id(form)
    return form


def _shown(form: TypeForm) -> str:
    from runlaw.algebra.show import show  # here, for importing it takes longer than all the rest

    return show(form)
