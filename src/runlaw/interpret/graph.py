"""The picture of a program, as a value: nodes, edges, and ways to draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from runlaw.kernel.nodes import Node
from runlaw.kernel.value import Value

if TYPE_CHECKING:
    from runlaw.interpret.draw.shapes import GraphEdge, GraphNode, Shape

Direction: TypeAlias = Literal["TB", "LR"]


class Graph(Value):
    """The picture of a program, as ``get_graph()`` gives it. Equal programs have equal pictures.

    Attributes:
        nodes: The steps in order, between the input and the output; frames stand before what is in them.
        edges: The ways between them.

    >>> from runlaw import lift, parallel
    >>> graph = parallel(low=lift(str.lower), up=lift(str.upper)).get_graph()
    >>> [node.name for node in graph.nodes]
    ['RunnableParallel<low,up>Input', 'RunnableParallel<low,up>', 'lower', 'upper', 'RunnableParallel<low,up>Output']
    >>> [edge.label for edge in graph.edges if edge.label]
    ['low', 'up']
    """

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    shape: Shape

    def draw_mermaid(self, *, direction: Direction = "TB") -> str:
        """The picture as a Mermaid flowchart, from top to bottom (``"TB"``) or from left to right (``"LR"``).

        Raises:
            ValueError: The direction is none of the two.
        """
        from runlaw.interpret.draw.mermaid import draw_mermaid

        if direction not in ("TB", "LR"):
            raise ValueError(f"draw_mermaid: direction must be 'TB' or 'LR'; got {direction!r}")
        return draw_mermaid(self.nodes, self.edges, direction)

    def draw_ascii(self) -> str:
        """The picture in plain characters, to be read in a terminal."""
        from runlaw.interpret.draw.ascii import draw_ascii

        return draw_ascii(self.shape)

    def draw_svg(self) -> str:
        """The picture as an SVG document."""
        from runlaw.interpret.draw.svg import draw_svg

        return draw_svg(self.shape)

    def to_json(self) -> dict[str, list[dict[str, object]]]:
        """The picture as a dict that ``json.dumps`` takes, of ``nodes`` and ``edges``.

        A node has ``id``, ``name``, ``kind`` and ``data``, and ``parent`` where a frame is around it; an edge has
        ``source``, ``target`` and ``conditional``, and ``label`` where it has one.
        """
        return {"nodes": [_node_json(node) for node in self.nodes], "edges": [_edge_json(edge) for edge in self.edges]}

    def __repr__(self) -> str:
        return f"<Graph of {len(self.nodes)} nodes and {len(self.edges)} edges>"


def _node_json(node: GraphNode) -> dict[str, object]:
    made: dict[str, object] = {"id": node.id, "name": node.name, "kind": node.kind, "data": dict(node.data)}
    if node.parent is not None:
        made["parent"] = node.parent
    return made


def _edge_json(edge: GraphEdge) -> dict[str, object]:
    made: dict[str, object] = {"source": edge.source, "target": edge.target, "conditional": edge.conditional}
    if edge.label is not None:
        made["label"] = edge.label
    return made


def graph_of(node: Node) -> Graph:
    """The picture of a program."""
    from runlaw.interpret.draw.edges import edges_of, nodes_of
    from runlaw.interpret.draw.picture import picture_of

    shape = picture_of(node)
    return Graph(tuple(nodes_of(shape)), tuple(edges_of(shape)), shape)
