"""How the chunks of a program's output add up, as far as the program alone tells."""

from __future__ import annotations

from typing import Any

from runlaw.algebra.chunks import monoid_of_type
from runlaw.algebra.signatures import signature
from runlaw.algebra.walk import children
from runlaw.kernel.monoid import BY_VALUE, GIVEN, LIST, WHOLE, record_monoid
from runlaw.kernel.nodes import (
    Assign,
    Attempt,
    BatchFn,
    Branch,
    Const,
    Each,
    Fallbacks,
    Fn,
    Generate,
    Identity,
    MapChunks,
    Node,
    Parallel,
    Pick,
    Pipe,
    Transform,
    Typed,
)
from runlaw.kernel.semigroup import Semigroup

Sums = Semigroup[Any]  # Any: of whatever type the chunks are


def sums_of(node: Node) -> Sums:
    """The semigroup of a node's output; ``BY_VALUE`` where only the chunks can tell. Computed once a node."""
    known = node.__dict__.get("_sums")
    if known is None:
        known = node.__dict__["_sums"] = _sums_of(node)
    return known


def _sums_of(node: Node) -> Sums:
    match node:
        case Generate() | Transform() | MapChunks():
            return node.monoid or monoid_of_type(signature(node).output) or BY_VALUE
        case Fn() | BatchFn() | Const() | Attempt():
            return WHOLE
        case Parallel(branches, keyed):
            return record_monoid({key: sums_of(step) for key, step in branches}) if keyed else WHOLE
        case Assign(branches):
            return record_monoid({key: sums_of(step) for key, step in branches})
        case Each():
            return LIST
        case Typed() if node.check is not None:
            return WHOLE
        case Pipe(steps):
            return sums_of(steps[-1])
        case Branch(cases, default):
            return _agreed([sums_of(step) for _, step in cases] + [sums_of(default)])
        case Fallbacks(alternatives):
            return _agreed([sums_of(step) for step in alternatives])
        case Identity() | Pick():
            return BY_VALUE
        case _:
            inner = [child.node for child in children(node)]
            return sums_of(inner[0]) if inner else BY_VALUE


def told_by_chunks(node: Node) -> bool:
    """Whether a leaf says nothing of its chunks, so that the first of them must tell how they add up."""
    return isinstance(node, (Generate, Transform)) and node.monoid is None and signature(node).output is Any


def _agreed(sums: list[Sums]) -> Sums:
    return sums[0] if all(other == sums[0] for other in sums) else BY_VALUE


def input_sums(node: Node) -> Sums:
    """How chunks given to the program from outside add up: by its input type, else by the chunks."""
    known = monoid_of_type(signature(node).input)
    return GIVEN if known is None or known is BY_VALUE else known
