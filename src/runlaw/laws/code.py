"""Programs of the palette's leaves as code that a person can paste and run."""

from __future__ import annotations

import re
from typing import Any

from runlaw.algebra.walk import children
from runlaw.kernel.nodes import Leaf, Node
from runlaw.runnable import Runnable

_LIFTED = re.compile(r"\b(?:lift|lift_stream|lift_transform|lift_batch|map_chunks)\((\w+)\)")
HEADER = "from runlaw import *\nfrom runlaw.laws.palette import *\n"


def code(program: Runnable[Any, Any]) -> str:  # Any: of whatever types
    """The expression that builds a program: its ``repr``, with the palette's leaves by their names.

    It is read where everything of ``runlaw`` and of ``runlaw.laws.palette`` is imported.

    >>> from runlaw.laws.palette import exclaim, letters
    >>> code(exclaim | letters)
    'pipe(exclaim, letters)'
    """
    names = vars(_palette())
    return _LIFTED.sub(lambda found: found[1] if isinstance(names.get(found[1]), Runnable) else found[0], repr(program))


def read_code(text: str) -> Runnable[Any, Any]:  # Any: of whatever types
    """The program that the expression builds."""
    names: dict[str, object] = {}
    exec(HEADER, names)
    program: Runnable[Any, Any] = eval(text, names)  # Any: of whatever types
    return program


def is_code(program: Runnable[Any, Any]) -> bool:  # Any: of whatever types
    """Whether all leaves of the program are those of the palette, as they are."""
    known = {node for value in vars(_palette()).values() if (node := _node(value)) is not None}
    return all(leaf in known for leaf in leaves_of(program.node))


def leaves_of(node: Node) -> list[Leaf]:
    """The leaves of a node, in order."""
    if isinstance(node, Leaf):
        return [node]
    return [leaf for child in children(node) for leaf in leaves_of(child.node)]


def _node(value: object) -> Node | None:
    return value.node if isinstance(value, Runnable) else None


def _palette() -> Any:  # Any: a module, which imports more than this one needs
    import runlaw.laws.palette

    return runlaw.laws.palette
