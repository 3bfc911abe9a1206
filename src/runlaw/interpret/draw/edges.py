"""A picture as a list of nodes and a list of edges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from runlaw.interpret.draw.shapes import Box, Frame, GraphEdge, GraphNode, Series, Shape, Split


class _End(NamedTuple):
    """A node whose output goes on, and how its next edge looks."""

    id: str
    label: str | None = None
    conditional: bool = False


def nodes_of(shape: Shape) -> Iterator[GraphNode]:
    """All nodes in order; a frame before what is in it."""
    waiting = [shape]
    while waiting:
        shape = waiting.pop()
        if isinstance(shape, Box):
            yield shape.node
        elif isinstance(shape, Series):
            waiting.extend(reversed(shape.parts))
        elif isinstance(shape, Split):
            yield shape.fork
            waiting.extend([lane.inner for lane in reversed(shape.lanes) if lane.inner is not None])
        else:
            yield shape.node
            waiting.append(shape.inner)


def edges_of(shape: Shape) -> list[GraphEdge]:
    """All edges, each after those that lead to it."""
    edges: list[GraphEdge] = []
    _connect(shape, [], edges)
    return edges


def _connect(shape: Shape, before: list[_End], edges: list[GraphEdge]) -> list[_End]:
    """Add the edges into and inside a shape; what its output comes from is given back."""
    if isinstance(shape, Frame):
        return _connect(shape.inner, before, edges)
    if isinstance(shape, Series):
        for part in shape.parts:
            before = _connect(part, before, edges)
        return before
    node = shape.fork if isinstance(shape, Split) else shape.node
    edges.extend([GraphEdge(end.id, node.id, end.label, end.conditional) for end in before])
    if isinstance(shape, Box):
        return [_End(node.id)]
    after: list[_End] = []
    for lane in shape.lanes:
        start = [_End(node.id, lane.label, lane.conditional)]
        after.extend(start if lane.inner is None else _connect(lane.inner, start, edges))
    return after
