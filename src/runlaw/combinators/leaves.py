"""``const`` and ``unpack``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar, overload

from runlaw.algebra.leaves import unpack_node
from runlaw.kernel.nodes import Const
from runlaw.runnable import Runnable, runnable

if TYPE_CHECKING:
    from typing_extensions import TypeVarTuple, Unpack

    Ts = TypeVarTuple("Ts")

B = TypeVar("B")


def const(value: B, /) -> Runnable[object, B]:
    """A Runnable that gives one value, whatever comes in.

    >>> from runlaw import const
    >>> const("x").invoke(1)
    'x'
    """
    return runnable(Const(value))


@overload
def unpack(fn: Callable[[Unpack[Ts]], Awaitable[B]], /) -> Runnable[tuple[*Ts], B]: ...
@overload
def unpack(fn: Callable[[Unpack[Ts]], B], /) -> Runnable[tuple[*Ts], B]: ...
def unpack(fn: Callable[..., Any], /) -> Runnable[Any, Any]:  # Any: the overloads carry the types
    """A Runnable of a function of several arguments, that takes them as a tuple.

    >>> from runlaw import unpack
    >>> unpack(pow).invoke((2, 3))
    8
    """
    return runnable(unpack_node(fn))
