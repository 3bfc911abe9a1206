"""How much of the stack a program takes: what of it must run on a stack of its own.

Heights are counted in frames, and rounded up: that of a call from the call down to the innermost leaf; that of a
stream from the reader of a chunk up to what makes the first step's input, for each step pulls the one before it.
"""

from __future__ import annotations

from typing import NamedTuple

from runlaw.algebra.walk import bottom_up, directly_inside, has_lower
from runlaw.kernel.nodes import Attempt, Branch, Configured, Each, Leaf, Listening, Node, Parallel, Pipe, Typed

ROOM = 450
"""How high what runs on one stack may be; the rest of it is for the caller, for leaves, and for compiling."""
FLAT_ROOM = 250
"""How high a call may be that is compiled to one closure, all at once."""
APART = 4
"""What of a program that runs apart is left on the stack around it."""


class Heights(NamedTuple):
    """The heights of a program, as those around it see them, and whether it is to run apart from them.

    Nodes that a program is found within, such as configs, are never apart: it is, or what is around them.
    """

    call: int
    stream: int
    call_apart: bool = False
    stream_apart: bool = False


class Costs(NamedTuple):
    """The frames of one node alone, quiet or watched."""

    call_leaf: int
    call_pipe: int
    call_other: int
    stream_leaf: int
    stream_pipe: int
    stream_other: int
    kind: int
    """For a kind of somebody's own, which is compiled together with what is around it."""
    scope: int
    """For a config or listeners; only a limit takes any."""


QUIET = Costs(4, 2, 4, 3, 2, 4, 4, 2)
WATCHED = Costs(6, 3, 5, 5, 4, 7, 4, 2)


def heights(node: Node, observed: bool) -> Heights:
    """The heights of a program; computed once a node."""
    costs = WATCHED if observed else QUIET
    if isinstance(node, Leaf):
        return Heights(costs.call_leaf, costs.stream_leaf)
    key = "_watched_heights" if observed else "_heights"
    for inner in bottom_up(node, key):
        inner.__dict__[key] = _heights(inner, observed, costs)
    known: Heights = node.__dict__[key]
    return known


def _heights(node: Node, observed: bool, costs: Costs) -> Heights:
    nodes = directly_inside(node)
    inside = [heights(part, observed) for part in nodes if not isinstance(part, Leaf)]
    leaves = len(nodes) - len(inside)
    call = max((part.call for part in inside), default=costs.call_leaf)
    if isinstance(node, Pipe):
        stream = costs.stream_pipe + leaves * costs.stream_leaf + sum(part.stream for part in inside)
        return _apart(call + costs.call_pipe, min(stream, ROOM))
    stream = max((part.stream for part in inside), default=costs.stream_leaf)
    if not nodes:
        return Heights(call, stream)
    if has_lower(node):
        return Heights(call + costs.kind, min(stream + costs.kind, ROOM))
    if isinstance(node, (Configured, Listening)) or (isinstance(node, Typed) and node.check is None):
        return Heights(call + costs.scope, stream + costs.scope)
    if isinstance(node, (Each, Attempt)) or (isinstance(node, Parallel) and not node.keyed):
        stream = call
    elif isinstance(node, Branch):
        stream = max(stream, call)
    return _apart(call + costs.call_other, stream + costs.stream_other)


def _apart(call: int, stream: int) -> Heights:
    return Heights(APART if call > ROOM else call, APART if stream > ROOM else stream, call > ROOM, stream > ROOM)
