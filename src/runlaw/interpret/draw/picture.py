"""The picture of a node: one rule for each kind of node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from typing import Any, NamedTuple

from runlaw.algebra.show import show
from runlaw.algebra.signatures import signature
from runlaw.algebra.walk import has_lower, lowered, name, own_name
from runlaw.interpret.draw.shapes import Box, Frame, GraphNode, Lane, Series, Shape, Split
from runlaw.interpret.schema import title_of
from runlaw.kernel.config import add_tags
from runlaw.kernel.nodes import (
    Assign,
    Attempt,
    BatchFn,
    Branch,
    Configured,
    Const,
    Each,
    Fallbacks,
    Fn,
    Generate,
    Identity,
    Leaf,
    Listening,
    MapChunks,
    Node,
    Parallel,
    Pick,
    Pipe,
    Retry,
    Timeout,
    Transform,
    Typed,
)


class _Said(NamedTuple):
    """What the surroundings of a node say of it."""

    parent: str | None = None
    run_name: str | None = None
    tags: tuple[str, ...] = ()


def picture_of(node: Node) -> Shape:
    """The picture of a whole program, from its input to its output."""
    whole = signature(node)
    input = GraphNode("input", title_of(node, "input"), "input", {"type": show(whole.input)})
    output = GraphNode("output", title_of(node, "output"), "output", {"type": show(whole.output)})
    inner = _Painter().paint(node, _Said())
    parts = inner.parts if isinstance(inner, Series) else (inner,)
    return Series((Box(input), *parts, Box(output)))


class _Painter:
    """Paints the nodes of one picture, and numbers them."""

    def __init__(self) -> None:
        self._count = 0
        self._types: dict[int, tuple[str, str]] = {}  # by the identities of nodes, which the program keeps alive

    def paint(self, node: Node, said: _Said) -> Shape:
        """The shape of a node."""
        validates: str | None = None
        while True:
            if isinstance(node, Configured):
                run_name = node.config.run_name if said.run_name is None else said.run_name
                said = said._replace(run_name=run_name, tags=add_tags(node.config.tags, said.tags))
                node = node.inner
            elif isinstance(node, Listening | Typed):
                validates = validates or (node.check if isinstance(node, Typed) else None)
                node = node.inner
            elif has_lower(node):
                node = lowered(node)
            else:
                break
        if validates is not None:
            frame = self._node(node, "validation", said, {"mode": validates}, f"validated, {validates}")
            return Frame(frame, self.paint(node, _Said(parent=frame.id, run_name=said.run_name)))
        rule = _RULES.get(type(node))
        return (
            Box(self._node(node, _PLAIN.get(type(node), "step"), said, {})) if rule is None else rule(self, node, said)
        )

    def pipe(self, node: Pipe, said: _Said) -> Shape:
        if said.run_name is None and not said.tags:
            return Series(tuple([self.paint(step, said) for step in node.steps]))
        frame = self._node(node, "sequence", said, {})
        return Frame(frame, self.pipe(node, _Said(parent=frame.id)))

    def leaf(self, node: Leaf, said: _Said) -> Shape:
        said = said._replace(tags=add_tags(node.options.tags, said.tags))
        return Box(self._node(node, node.options.run_type, said, {}))

    def parallel(self, node: Parallel, said: _Said) -> Shape:
        fork = self._node(node, "parallel", said, {})
        return Split(fork, tuple([Lane(self._inside(step, said), key) for key, step in node.branches]))

    def assign(self, node: Assign, said: _Said) -> Shape:
        fork = self._node(node, "assign", said, {})
        lanes = [Lane(self._inside(step, said), key) for key, step in node.branches]
        return Split(fork, (*lanes, Lane(None, "the record")))

    def branch(self, node: Branch, said: _Said) -> Shape:
        fork = self._node(node, "branch", said, {})
        cases = [Lane(self._inside(step, said), name(test), conditional=True) for test, step in node.cases]
        return Split(fork, (*cases, Lane(self._inside(node.default, said), "default", conditional=True)))

    def fallbacks(self, node: Fallbacks, said: _Said) -> Shape:
        on = [kind.__name__ for kind in node.on]
        fork = self._node(node, "fallbacks", said, {"on": on})
        first, *others = [self._inside(one, said) for one in node.alternatives]
        failed = f"on {', '.join(on)}"
        return Split(fork, (Lane(first, "first"), *[Lane(other, failed, conditional=True) for other in others]))

    def each(self, node: Each, said: _Said) -> Shape:
        limit = node.max_concurrency
        note = "every item" if limit is None else f"every item, {limit} at one time"
        return self._frame(node, "map_batch", said, {"max_concurrency": limit}, note)

    def retry(self, node: Retry, said: _Said) -> Shape:
        tries = _tries(node.delays)
        note = "tries again" if tries is None else f"up to {tries} {'try' if tries == 1 else 'tries'}"
        data = {"on": [kind.__name__ for kind in node.on], "tries": tries}
        return self._frame(node, "retry", said, data, note)

    def attempt(self, node: Attempt, said: _Said) -> Shape:
        on = [kind.__name__ for kind in node.on]
        return self._frame(node, "attempt", said, {"on": on}, f"{', '.join(on)} as a value")

    def timeout(self, node: Timeout, said: _Said) -> Shape:
        seconds = float(node.seconds)
        return self._frame(node, "timeout", said, {"seconds": seconds}, f"{seconds:g} s")

    def _frame(
        self, node: Each | Retry | Attempt | Timeout, kind: str, said: _Said, data: Mapping[str, object], note: str
    ) -> Shape:
        frame = self._node(node, kind, said, data, note)
        return Frame(frame, self.paint(node.inner, _Said(parent=frame.id)))

    def _inside(self, node: Node, said: _Said) -> Shape:
        return self.paint(node, _Said(parent=said.parent))

    def _node(
        self, node: Node, kind: str, said: _Said, data: Mapping[str, object], note: str | None = None
    ) -> GraphNode:
        self._count += 1
        input, output = self._types_of(node)
        facts: dict[str, object] = {"input": input, "output": output, **data}
        if said.tags:
            facts["tags"] = list(said.tags)
        if note is not None:
            facts["note"] = note
        return GraphNode(f"n{self._count}", said.run_name or own_name(node), kind, facts, said.parent)

    def _types_of(self, node: Node) -> tuple[str, str]:
        known = self._types.get(id(node))
        if known is None:
            types = signature(node)
            known = self._types[id(node)] = (show(types.input), show(types.output))
        return known


def _tries(delays: object) -> int | None:
    """How often a schedule of delays lets something be tried; ``None`` where it does not say, or has no bound."""
    if isinstance(delays, Sized):
        return len(delays) + 1
    attempts = getattr(delays, "attempts", None)
    return attempts if isinstance(attempts, int) else None


_PLAIN: dict[type[Node], str] = {Identity: "passthrough", Const: "const", Pick: "pick"}
_RULES: dict[type[Node], Callable[[_Painter, Any, _Said], Shape]] = {  # Any: each rule takes its own kind of node
    Pipe: _Painter.pipe,
    Parallel: _Painter.parallel,
    Assign: _Painter.assign,
    Branch: _Painter.branch,
    Fallbacks: _Painter.fallbacks,
    Each: _Painter.each,
    Retry: _Painter.retry,
    Attempt: _Painter.attempt,
    Timeout: _Painter.timeout,
    Fn: _Painter.leaf,
    Generate: _Painter.leaf,
    Transform: _Painter.leaf,
    MapChunks: _Painter.leaf,
    BatchFn: _Painter.leaf,
}
