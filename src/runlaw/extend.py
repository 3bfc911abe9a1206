"""Node kinds of one's own.

A node kind is a frozen dataclass that derives from ``Node`` and has a method ``lower()`` that says what it
means in terms of the other combinators. It is a Runnable: every way of running, watching, drawing and checking
works on it.

>>> from dataclasses import dataclass
>>> from runlaw import Runnable, lift, pipe
>>> from runlaw.extend import Node
>>> @dataclass(frozen=True)
... class Twice(Node[int, int]):
...     inner: Runnable[int, int]
...     def lower(self) -> Runnable[int, int]:
...         return pipe(self.inner, self.inner)
>>> Twice(lift(lambda x: x + 1)).invoke(1)
3
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable
from typing import Self, TypeVar

from runlaw.algebra.facts import check_depth
from runlaw.interpret.program import Call, Flat, Opener, Program, rule
from runlaw.kernel.nodes import Node as KernelNode
from runlaw.runnable import Runnable

__all__ = ["Call", "Flat", "Node", "Opener", "Program", "rule"]

In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)


class Node(KernelNode, Runnable[In, Out]):
    """A Runnable of a kind of one's own: derive a frozen dataclass from it and give it ``lower()``."""

    def __new__(cls, *args: object, **options: object) -> Self:
        """Make it as any other class does."""
        return object.__new__(cls)

    def __post_init__(self) -> None:
        check_depth(self)

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        check_depth(self)

    @property
    def node(self) -> KernelNode:  # type: ignore[override]  # the node is the Runnable itself
        """The node itself."""
        return self

    def lower(self) -> Callable[[In], Out]:
        """What the node means in terms of the others."""
        raise NotImplementedError(
            f"{type(self).__name__} must define lower(): what it means in terms of other programs"
        )

    def __reduce__(self) -> tuple[object, ...]:
        return copyreg.__newobj__, (type(self),), self.__getstate__()  # type: ignore[attr-defined]  # not in its stub

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.__getstate__().items())})"
