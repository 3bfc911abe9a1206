"""Programs with other leaves in the places of theirs."""

from __future__ import annotations

from collections.abc import Callable

from runlaw.algebra.walk import has_lower, lowered
from runlaw.kernel.nodes import BatchFn, Const, Leaf, Node
from runlaw.laws.law import Program
from runlaw.runnable import runnable


def with_leaves(node: Node, change: Callable[[Leaf], Node]) -> Node:
    """The node with its leaves changed; kinds of one's own as what they mean.

    >>> from runlaw import map_batch, lift
    >>> with_leaves(map_batch(lift(str.upper)).node, lambda leaf: lift(str.lower).node) == map_batch(str.lower).node
    True
    """
    if isinstance(node, Leaf):
        return change(node)
    if isinstance(node, Const):
        return node
    if has_lower(node):
        return with_leaves(lowered(node), change)
    fields = {name: value for name, value in vars(node).items() if not name.startswith("_")}
    return type(node)(**{name: _changed(value, change) for name, value in fields.items()})


def in_groups(program: Program, size: int) -> Program:
    """The program whose leaves take groups of at most so many values."""

    def change(leaf: Leaf) -> Leaf:
        return BatchFn(leaf.fn, leaf.options, leaf.asynchronous, size) if isinstance(leaf, BatchFn) else leaf

    return runnable(with_leaves(program.node, change))


def _changed(value: object, change: Callable[[Leaf], Node]) -> object:
    if isinstance(value, Node):
        return with_leaves(value, change)
    return tuple([_changed(item, change) for item in value]) if isinstance(value, tuple) else value
