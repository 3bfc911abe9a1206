"""What can be said of a program before it runs: computed once a node, from the facts of its parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from runlaw.algebra.walk import children, has_lower, lowered, own_name
from runlaw.kernel.nodes import Configured, Const, Identity, Leaf, Listening, Node, Pick, Pipe, Typed

MAX_DEPTH = 110


class Facts(NamedTuple):
    """Facts of a program.

    Attributes:
        asynchronous: A leaf is known to be async.
        listens: A part of it is listened to.
        blocking: A leaf may block a thread.
        waits: An async run of it may wait for something: an async or a blocking leaf.
        depth: How deeply combinators nest, pipes and configs not counted; a leaf has depth 0.
    """

    asynchronous: bool = False
    listens: bool = False
    blocking: bool = False
    waits: bool = False
    depth: int = 0


QUICK = Facts()


def facts(node: Node) -> Facts:
    """The facts of a program."""
    if isinstance(node, Leaf):
        blocking = node.options.blocking
        return Facts(node.asynchronous is True, False, blocking, blocking or node.asynchronous is not False)
    known: Facts | None = node.__dict__.get("_facts")
    if known is None:
        known = node.__dict__["_facts"] = _facts(node)
    return known


def _facts(node: Node) -> Facts:
    if isinstance(node, Pipe):
        return _together(node.steps)
    if isinstance(node, Listening):
        inner = facts(node.inner)
        return inner._replace(listens=True, depth=inner.depth + 1)
    if isinstance(node, Configured):
        inner = facts(node.inner)
        return inner._replace(listens=inner.listens or bool(node.config.listeners))
    if isinstance(node, Typed):
        inner = facts(node.inner)
        return inner if node.check is None else inner._replace(depth=inner.depth + 1)
    if isinstance(node, (Identity, Const, Pick)):
        return QUICK
    if has_lower(node):
        return facts(lowered(node))
    inside = _together([child.node for child in children(node)])
    return inside._replace(depth=inside.depth + 1)


def _together(nodes: Iterable[Node]) -> Facts:
    asynchronous = listens = blocking = waits = False
    depth = 0
    for node in nodes:
        if isinstance(node, Leaf):
            asynchronous = asynchronous or node.asynchronous is True
            blocking = blocking or node.options.blocking
            waits = waits or node.asynchronous is not False
        else:
            inner = facts(node)
            asynchronous = asynchronous or inner.asynchronous
            listens = listens or inner.listens
            blocking = blocking or inner.blocking
            waits = waits or inner.waits
            depth = max(depth, inner.depth)
    return Facts(asynchronous, listens, blocking, waits or blocking, depth)


def check_depth(node: Node) -> Node:
    """Refuse, when it is built, a program nested too deeply to run.

    Raises:
        ValueError: It nests deeper than ``MAX_DEPTH``.
    """
    depth = 0 if isinstance(node, Pipe) else facts(node).depth
    if depth > MAX_DEPTH:
        raise ValueError(
            f"{own_name(node)[:60]} nests combinators {depth} deep; the limit is {MAX_DEPTH}: "
            "use pipe, which flattens, or a loop inside one step"
        )
    return node
