"""The schema of a program's input and output: a pydantic adapter, made when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from runlaw.algebra.signatures import signature
from runlaw.algebra.walk import has_lower, lowered, own_name
from runlaw.kernel.nodes import Configured, Leaf, Listening, Node, Pipe, Typed

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Side: TypeAlias = Literal["input", "output"]


class End(NamedTuple):
    """The part of a program that takes its input, or gives its output; ``said`` is the type said by hand for it."""

    node: Node
    said: object = None


def schema_of(node: Node, side: Side) -> TypeAdapter[Any]:  # Any: of the node's input or output type
    """The adapter of a program's input or output type; made once a program.

    Raises:
        NameError: An annotation names what is not defined; function, parameter and name are in the message.
        TypeError: An annotation is no type, or pydantic cannot describe it.
    """
    key = f"_{side}_schema"
    known: TypeAdapter[Any] | None = node.__dict__.get(key)  # Any: as above
    if known is None:
        known = node.__dict__.setdefault(key, _make(node, side))
    return known


def title_of(node: Node, side: Side) -> str:
    """The title of a schema: that of the first step for an input, of the last one for an output."""
    return _title(end_of(node, side).node, side)


def end_of(node: Node, side: Side) -> End:
    """Where a value goes in, or comes out: the first or last step, inside whatever only adds to it."""
    said: object = None
    while True:
        if isinstance(node, Pipe):
            node = node.steps[0 if side == "input" else -1]
        elif isinstance(node, Typed):
            said = (node.input if side == "input" else node.output) if said is None else said
            node = node.inner
        elif isinstance(node, Configured | Listening):
            node = node.inner
        elif has_lower(node):
            node = lowered(node)
        else:
            return End(node, said)


def _title(node: Node, side: Side) -> str:
    if side == "input" and isinstance(node, Leaf) and node.options.run_type == "prompt":
        return "PromptInput"
    return own_name(node) + side.capitalize()


def _make(node: Node, side: Side) -> TypeAdapter[Any]:  # Any: of the node's input or output type
    from pydantic import TypeAdapter

    from runlaw.interpret.adapter import ProgramSchema, TitledSchema

    end = end_of(node, side)
    title, what = _title(end.node, side), f"the {side} of {own_name(end.node)}"
    if isinstance(end.said, TypeAdapter):
        return TitledSchema.of(end.said, title, what)
    form = getattr(signature(node), side)
    if end.said is None and form is Any:
        signature(end.node, strict=True)  # for what it raises where an annotation cannot be resolved
    return ProgramSchema(form, title, what)
