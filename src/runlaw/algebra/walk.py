"""Names, children and depth of a node: what every other meaning needs to find its way."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextvars import copy_context
from typing import Any, NamedTuple

from runlaw.kernel.nodes import (
    Assign,
    Attempt,
    Branch,
    Configured,
    Const,
    Each,
    Fallbacks,
    Identity,
    Leaf,
    Listening,
    Node,
    Parallel,
    Pick,
    Pipe,
    Retry,
    Timeout,
    Typed,
)

MAX_DEPTH = 110
FRESH_STACK = 10
"""After so many ``lower()`` inside one another the next one is run on a stack of its own."""

_lowering = threading.local()


class Child(NamedTuple):
    """A node inside another: where it stands, and the tag its run gets for standing there."""

    label: str
    tag: str | None
    node: Node


def children(node: Node) -> Iterator[Child]:
    """The nodes directly inside ``node``, in order."""
    match node:
        case Pipe(steps):
            for number, step in enumerate(steps, 1):
                yield Child(str(number), f"seq:step:{number}", step)
        case Parallel(branches) | Assign(branches):
            for key, step in branches:
                yield Child(key, f"map:key:{key}", step)
        case Branch(cases, default):
            for number, (predicate, step) in enumerate(cases, 1):
                yield Child(f"condition {number}", f"condition:{number}", predicate)
                yield Child(f"branch {number}", f"branch:{number}", step)
            yield Child("default", "branch:default", default)
        case Fallbacks(alternatives):
            for number, step in enumerate(alternatives, 1):
                yield Child(str(number), None, step)
        case Each() | Retry() | Attempt() | Timeout() | Configured() | Listening() | Typed():
            yield Child("", None, node.inner)
        case _ if has_lower(node):
            yield Child("", None, lowered(node))
        case _:
            return


def has_lower(node: Node) -> bool:
    """Whether the node is of a kind of somebody's own, that says its meaning by ``lower()``."""
    return callable(getattr(node, "lower", None))


def lowered(node: Node) -> Node:
    """What a node of somebody's own kind means in terms of the others; computed once.

    Raises:
        TypeError: ``lower()`` gave no Runnable, or leads back to the node itself.
        ValueError: It leads through more than ``MAX_DEPTH`` kinds inside one another.
    """
    known: Node | None = node.__dict__.get("_lowered")
    if known is None:
        made: Any = _lower(node, getattr(_lowering, "inside", ()))  # Any: whatever the user's method gives
        known = getattr(made, "node", made)
        if known is node:
            raise TypeError(f"{type(node).__name__}.lower() gives itself: say what it means by other programs")
        if not isinstance(known, Node):
            raise TypeError(f"{type(node).__name__}.lower() must give a Runnable; got {made!r}")
        node.__dict__["_lowered"] = known
    return known


def _lower(node: Node, inside: tuple[Node, ...]) -> object:
    """What ``lower()`` gives, while it is called ``inside`` that of other nodes."""
    kind = type(node).__name__
    if any(other is node for other in inside):
        raise TypeError(f"{kind}.lower() leads back to itself: say what it means by other programs")
    if len(inside) >= MAX_DEPTH:
        raise ValueError(
            f"{kind}.lower() leads through more than {MAX_DEPTH} kinds inside one another, which is the limit: "
            "use pipe, which flattens, or a loop inside one step"
        )
    outcome: list[tuple[object, BaseException | None]] = []

    def work() -> None:
        _lowering.inside = (*inside, node)
        try:
            outcome.append((node.lower(), None))  # type: ignore[attr-defined]  # checked by has_lower
        except BaseException as error:
            outcome.append((None, error))
        finally:
            _lowering.inside = inside

    if len(inside) % FRESH_STACK < FRESH_STACK - 1:
        work()
    else:
        thread = threading.Thread(target=copy_context().run, args=(work,))
        thread.start()
        thread.join()
    ((made, error),) = outcome
    if error is not None:
        raise error
    return made


def directly_inside(node: Node) -> Sequence[Node]:
    """The nodes directly inside ``node``, in order."""
    return node.steps if isinstance(node, Pipe) else [child.node for child in children(node)]


def bottom_up(node: Node, key: str) -> Iterator[Node]:
    """The nodes of a program but its leaves, those inside first, that do not know ``key`` yet.

    Each is to be told it before the next one is asked for.
    """
    pending = [node]
    entered: set[int] = set()
    while pending:
        at = pending[-1]
        if key in at.__dict__:
            pending.pop()
        elif id(at) in entered:
            pending.pop()
            yield at
        else:
            entered.add(id(at))
            pending += [
                inner for inner in directly_inside(at) if not isinstance(inner, Leaf) and key not in inner.__dict__
            ]


def own_name(node: Node) -> str:
    """The name of a node's run where no ``run_name`` is given."""
    match node:
        case Leaf(_, options):
            return options.name
        case Pipe():
            return "RunnableSequence"
        case Parallel(branches):
            return f"RunnableParallel<{','.join(key for key, _ in branches)}>"
        case Assign(branches):
            return f"RunnableAssign<{','.join(key for key, _ in branches)}>"
        case Pick(keys):
            return f"RunnablePick<{','.join(keys)}>"
        case Each(inner):
            return f"RunnableEach<{name(inner)}>"
        case Branch():
            return "RunnableBranch"
        case Identity():
            return "RunnablePassthrough"
        case Const():
            return "RunnableConst"
        case Retry():
            return "RunnableRetry"
        case Fallbacks():
            return "RunnableWithFallbacks"
        case Attempt():
            return "RunnableAttempt"
        case Timeout():
            return "RunnableTimeout"
        case Configured(inner) | Listening(inner) | Typed(inner):
            return own_name(inner)
        case _ if has_lower(node):
            return own_name(lowered(node))
        case _:
            return type(node).__name__


def name(node: Node) -> str:
    """The name of a node's run: its ``run_name``, else its own name."""
    match node:
        case Configured(_, config) if config.run_name is not None:
            return config.run_name
        case Configured(inner) | Listening(inner) | Typed(inner):
            return name(inner)
        case _ if has_lower(node):
            return name(lowered(node))
        case _:
            return own_name(node)
