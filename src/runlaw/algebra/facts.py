"""What can be said of a program before it runs: computed once a node, from the facts of its parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from runlaw.algebra.walk import MAX_DEPTH, bottom_up, directly_inside, has_lower, lowered, own_name
from runlaw.kernel.nodes import Configured, Const, Identity, Leaf, Listening, Node, Pick, Pipe, Typed

if TYPE_CHECKING:
    from uuid import UUID

MAX_LEVELS = 2 * MAX_DEPTH
"""For combinators and, between them, pipes that stand in a config or are what a kind of somebody's own means."""


class Facts(NamedTuple):
    """Facts of a program.

    Attributes:
        asynchronous: A leaf is known to be async.
        listens: A part of it is listened to.
        blocking: A leaf may block a thread.
        waits: An async run of it may wait for something: an async or a blocking leaf.
        depth: How deeply combinators nest, pipes and configs not counted; a leaf has depth 0.
        kinds: How deeply node kinds of one's own nest.
        levels: ``depth``, and one more for each pipe inside a pipe, as the meaning of such a kind or in a config.
        run_ids: The ids that configs inside give to runs of it.
    """

    asynchronous: bool = False
    listens: bool = False
    blocking: bool = False
    waits: bool = False
    depth: int = 0
    kinds: int = 0
    levels: int = 0
    run_ids: frozenset[UUID] = frozenset()


QUICK = Facts()


def facts(node: Node) -> Facts:
    """The facts of a program."""
    if isinstance(node, Leaf):
        blocking = node.options.blocking
        return Facts(node.asynchronous is True, False, blocking, blocking or node.asynchronous is not False)
    known: Facts | None = node.__dict__.get("_facts")
    if known is None:
        for inner in bottom_up(node, "_facts"):
            known = inner.__dict__["_facts"] = _facts(inner)
        assert known is not None
    return known


def _facts(node: Node) -> Facts:
    if isinstance(node, Pipe):
        inside = _together(node.steps)
        pipes = [step for step in node.steps if not isinstance(step, Leaf) and _is_pipe(step)]
        return inside._replace(levels=max([inside.levels, *(facts(pipe).levels + 1 for pipe in pipes)]))
    if isinstance(node, Listening):
        inner = facts(node.inner)
        return inner._replace(listens=True, depth=inner.depth + 1, levels=inner.levels + 1)
    if isinstance(node, Configured):
        inner = facts(node.inner)
        ids = inner.run_ids if node.config.run_id is None else run_ids_below(node.inner) | {node.config.run_id}
        return inner._replace(listens=inner.listens or bool(node.config.listeners), run_ids=ids)
    if isinstance(node, Typed):
        inner = facts(node.inner)
        return inner if node.check is None else inner._replace(depth=inner.depth + 1, levels=inner.levels + 1)
    if isinstance(node, (Identity, Const, Pick)):
        return QUICK
    if has_lower(node):
        inner = facts(lowered(node))
        return inner._replace(kinds=inner.kinds + 1)
    inside = _together(directly_inside(node))
    return inside._replace(depth=inside.depth + 1, levels=inside.levels + 1)


def _is_pipe(node: Node) -> bool:
    """Whether a node is a pipe, maybe in a config, with types, or as what a kind of somebody's own means."""
    while isinstance(node, (Configured, Listening, Typed)) or has_lower(node):
        node = node.inner if isinstance(node, (Configured, Listening, Typed)) else lowered(node)
    return isinstance(node, Pipe)


def _together(nodes: Iterable[Node]) -> Facts:
    asynchronous = listens = blocking = waits = False
    depth = kinds = levels = 0
    run_ids: frozenset[UUID] = frozenset()
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
            kinds = max(kinds, inner.kinds)
            levels = max(levels, inner.levels)
            run_ids |= inner.run_ids
    return Facts(asynchronous, listens, blocking, waits or blocking, depth, kinds, levels, run_ids)


def run_ids_below(node: Node) -> frozenset[UUID]:
    """The ids that configs give to the runs inside that of a program, but for its own."""
    known = facts(node).run_ids
    while known and (isinstance(node, (Configured, Listening, Typed)) or has_lower(node)):
        if isinstance(node, Configured) and node.config.run_id is not None:
            return known - {node.config.run_id}
        node = node.inner if isinstance(node, (Configured, Listening, Typed)) else lowered(node)
    return known


def check_run_ids(where: str, nodes: Iterable[Node], one_of: Iterable[Node] = ()) -> None:
    """Refuse an id that several runs would have: of ``nodes``, which may all run, and ``one_of`` others.

    Raises:
        ValueError: Two of them have it.
    """
    given: frozenset[UUID] = frozenset()
    for node in nodes:
        given |= _further_ids(where, node, given)
    for node in one_of:
        _further_ids(where, node, given)


def _further_ids(where: str, node: Node, given: frozenset[UUID]) -> frozenset[UUID]:
    if isinstance(node, Leaf):
        return frozenset()
    known = facts(node).run_ids
    for run_id in known & given:
        raise ValueError(
            f"{where} would give the run_id {run_id} to several runs, and a run_id belongs to one run: give each "
            "program a with_config(run_id=...) of its own, or leave run_id out"
        )
    return known


def check_depth(node: Node) -> Node:
    """Refuse, when it is built, a program nested too deeply to run.

    Raises:
        ValueError: It nests deeper than ``MAX_DEPTH``, or ``MAX_LEVELS``.
    """
    if isinstance(node, Pipe):
        return node
    known = facts(node)
    depth = max(known.depth, known.kinds)
    if depth > MAX_DEPTH or known.levels > MAX_LEVELS:
        kind = type(node).__name__ if has_lower(node) else own_name(node)
        how = f"{depth} deep; the limit is {MAX_DEPTH}"
        if depth <= MAX_DEPTH:
            how = f"and pipes {known.levels} deep; the limit is {MAX_LEVELS}"
        raise ValueError(f"{kind[:60]} nests combinators {how}: use pipe, which flattens, or a loop inside one step")
    return node
