"""What a picture is made of: steps, in series, side by side, and in frames. It says which of them hang together."""

from __future__ import annotations

from typing import TypeAlias

from runlaw.interpret.graph import GraphNode
from runlaw.kernel.value import Value

Shape: TypeAlias = "Box | Series | Split | Frame"


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
