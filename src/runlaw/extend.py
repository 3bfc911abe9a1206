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

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, NoReturn, Self, TypeVar

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

    def __init_subclass__(cls) -> None:
        """Compare and hash as nodes do, which takes no more of the stack the deeper they nest."""
        super().__init_subclass__()
        for method in ("__eq__", "__hash__"):
            if method not in cls.__dict__:
                type.__setattr__(cls, method, getattr(cls.__base__, method))

    def _values(self) -> tuple[object, ...]:
        if not is_dataclass(self):
            return super()._values()
        return tuple([getattr(self, field.name) for field in fields(self) if field.compare])

    def __post_init__(self) -> None:
        check_depth(self)

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        check_depth(self)

    @property
    def node(self) -> KernelNode:  # type: ignore[override]  # the node is the Runnable itself
        """The node itself."""
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        parameters: Any = getattr(type(self), "__dataclass_params__", None)  # Any: dataclasses do not say its type
        if parameters is None or not parameters.frozen:
            raise AttributeError(
                f"{type(self).__name__} must be a frozen dataclass, as a node never changes; {name!r} cannot be set: "
                "write @dataclass(frozen=True) above the class"
            )
        super().__setattr__(name, value)

    def lower(self) -> Callable[[In], Out]:
        """What the node means in terms of the others."""
        raise NotImplementedError(
            f"{type(self).__name__} must define lower(): what it means in terms of other programs"
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.__getstate__().items())})"
