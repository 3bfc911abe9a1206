"""A picture as a Mermaid flowchart."""

from __future__ import annotations

from collections.abc import Sequence

from runlaw.interpret.draw.colours import COLOURS, FRAME, colour_of
from runlaw.interpret.draw.shapes import GraphEdge, GraphNode

_BRACKETS = {"input": ("([", "])"), "output": ("([", "])")}
_FORKS = {"parallel": ("{{", "}}"), "assign": ("{{", "}}"), "branch": ("{", "}"), "fallbacks": ("{", "}")}
_ESCAPES = str.maketrans(
    {
        "#": "#35;",
        '"': "#quot;",
        "<": "#lt;",
        ">": "#gt;",
        "&": "#amp;",
        "`": "#96;",
        "\\": "#92;",
        "\n": " ",
        "\r": " ",
    }
)


def draw_mermaid(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge], direction: str) -> str:
    """The text of a flowchart; its direction is ``"TB"`` or ``"LR"``."""
    frames = {node.parent for node in nodes}
    lines = [f"flowchart {direction}"]
    opened: list[str | None] = [None]
    for node in nodes:
        while opened[-1] != node.parent:
            opened.pop()
            lines.append(f"{_indent(opened)}end")
        if node.id in frames:
            lines.append(f'{_indent(opened)}subgraph {node.id}["{escape(node.text)}"]')
            opened.append(node.id)
        else:
            lines.append(f"{_indent(opened)}{_node(node)}")
    lines.extend([_edge(edge) for edge in edges])
    lines.extend(_colours(nodes, frames))
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """A text that means itself between quotation marks."""
    return "".join([char for char in text.translate(_ESCAPES) if char.isprintable()]) or " "


def _indent(opened: list[str | None]) -> str:
    return "    " * len(opened)


def _node(node: GraphNode) -> str:
    left, right = _BRACKETS.get(node.kind) or _FORKS.get(node.kind) or ("[", "]")
    return f'{node.id}{left}"{escape(node.text)}"{right}'


def _edge(edge: GraphEdge) -> str:
    arrow = "-.->" if edge.conditional else "-->"
    label = "" if edge.label is None else f'|"{escape(edge.label)}"|'
    return f"    {edge.source} {arrow}{label} {edge.target}"


def _colours(nodes: Sequence[GraphNode], frames: set[str | None]) -> list[str]:
    members: dict[str, list[str]] = {}
    for node in nodes:
        kind = "frame" if node.id in frames else node.kind if node.kind in COLOURS else "step"
        members.setdefault(kind, []).append(node.id)
    lines = []
    for kind, ids in members.items():
        colour = FRAME if kind == "frame" else colour_of(kind)
        dashed = ",stroke-dasharray:4 3" if kind == "frame" else ""
        lines.append(f"    classDef {kind}_ fill:{colour.fill},stroke:{colour.line},color:{colour.text}{dashed}")
        lines.append(f"    class {','.join(ids)} {kind}_")
    return lines
