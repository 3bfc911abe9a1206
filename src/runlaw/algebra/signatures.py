"""The input and the output type of a program, and the checks that its parts fit together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from runlaw.algebra.annotations import Shape, quick_signature, signature_of
from runlaw.algebra.forms import bare
from runlaw.algebra.meet import disjoint
from runlaw.algebra.records import fields_of, is_open
from runlaw.algebra.show import show
from runlaw.algebra.signature_rules import RULES, follow
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

    def refuse(index: int, came: TypeForm) -> None:
        raise TypeError(_mismatch(flat, index, came, names))

    follow(flat, signature, refuse)


def _mismatch(steps: Sequence[Node], index: int, came: TypeForm, names: Callable[[Node], str]) -> str:
    before, step = names(steps[index - 1]), names(steps[index])
    wanted = signature(steps[index]).input
    expected, got = _told_apart(wanted, came)
    missing = ", ".join([repr(key) for key in _missing_keys(came, wanted)])
    lack = f", which lacks {missing}" if missing else ""
    return (
        f"step {index + 1} ({step}) cannot follow step {index} ({before}): {step} expected {expected}, "
        f"got {got} from {before}{lack}; "
        "change one of the two, put a step between them, or state their types with with_types(...)"
    )


def _told_apart(one: TypeForm, other: TypeForm) -> tuple[str, str]:
    shown = show(one), show(other)
    return shown if shown[0] != shown[1] else (show(one, qualified=True), show(other, qualified=True))


def _missing_keys(came: TypeForm, wanted: TypeForm) -> list[str]:
    given = fields_of(bare(came))
    if not given or is_open(bare(came)):
        return []
    return [
        key
        for key, field in fields_of(bare(wanted)).items()
        if field.required and not (key in given and given[key].required)
    ]


def check_common_input(branches: Sequence[tuple[str, Node]], by: str) -> None:
    """Refuse programs that get the same input although no value is of both their types.

    Args:
        branches: The programs, and how a message names each.
        by: The combinator that a message names.

    Raises:
        TypeError: The inputs of two of them have nothing in common; it names both, and both types.
    """
    earlier: dict[int, tuple[str, Node, TypeForm]] = {}
    for label, node in branches:
        taken = signature(node).input
        if taken is Any or taken is object or id(taken) in earlier:
            continue
        for other, inner, form in earlier.values():
            if disjoint(form, taken):
                first, second = _told_apart(form, taken)
                raise TypeError(
                    f"{by}() gives one input to all, but {other} ({name(inner)}) expected {first} and "
                    f"{label} ({name(node)}) expected {second}, and no value is both; "
                    "change one of the two, or put a step before it that makes what it takes of the common input"
                )
        earlier[id(taken)] = (label, node, taken)
