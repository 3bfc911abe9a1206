"""What a picture is made of: steps, in series, side by side, and in frames. It says which of them hang together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from runlaw.kernel.value import Value

Shape: TypeAlias = "Box | Series | Split | Frame"


class GraphNode(Value):
    """A step of a program, its input or its output; or a frame around steps, which are its children.

    Attributes:
        id: Unique in its graph.
        name: The name of its run; for the input and the output the title of their schema.
        kind: ``"input"`` or ``"output"``; the run type of a leaf; what any other node does, such as
            ``"parallel"``, ``"branch"`` or ``"retry"``.
        data: Facts about it: its types, as a type checker prints them, its tags, its settings.
        parent: The id of the frame around it.
    """

    id: str
    name: str
    kind: str
    data: Mapping[str, object]
    parent: str | None = None

    @property
    def text(self) -> str:
        """What is drawn: the name, and a note such as ``up to 3 tries``."""
        note = self.data.get("note")
        return self.name if note is None else f"{self.name} ({note})"


class GraphEdge(Value):
    """A way that values take; a ``conditional`` one is taken by some values only."""

    source: str
    target: str
    label: str | None = None
    conditional: bool = False


class Box(Value):
    """One node."""

    node: GraphNode


class Series(Value):
    """One after the other; at least one."""

    parts: tuple[Shape, ...]


class Lane(Value):
    """A way from a fork to where all of them meet; without ``inner`` it passes by."""

    inner: Shape | None
    label: str | None = None
    conditional: bool = False


class Split(Value):
    """A node at which ways part, and the ways."""

    fork: GraphNode
    lanes: tuple[Lane, ...]


class Frame(Value):
    """A shape inside a frame, which is a node of its own."""

    node: GraphNode
    inner: Shape
