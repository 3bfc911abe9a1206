"""``pipe``: one step after another. Its overloads keep the types of up to 16 steps without a plugin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from runlaw.algebra import normal
from runlaw.algebra.leaf import to_node
from runlaw.runnable import Runnable, runnable

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
G = TypeVar("G")
H = TypeVar("H")
I = TypeVar("I")  # noqa: E741  # the ninth of a row of letters
J = TypeVar("J")
K = TypeVar("K")
L = TypeVar("L")
M = TypeVar("M")
N = TypeVar("N")
O = TypeVar("O")  # noqa: E741  # the fifteenth of a row of letters
P = TypeVar("P")
Q = TypeVar("Q")


@overload
def pipe(
    s1: Callable[[A], B],
    /,
) -> Runnable[A, B]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    /,
) -> Runnable[A, C]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    /,
) -> Runnable[A, D]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    /,
) -> Runnable[A, E]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    s5: Callable[[E], F],
    /,
) -> Runnable[A, F]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    s5: Callable[[E], F],
    s6: Callable[[F], G],
    /,
) -> Runnable[A, G]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    s5: Callable[[E], F],
    s6: Callable[[F], G],
    s7: Callable[[G], H],
    /,
) -> Runnable[A, H]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    s5: Callable[[E], F],
    s6: Callable[[F], G],
    s7: Callable[[G], H],
    s8: Callable[[H], I],
    /,
) -> Runnable[A, I]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    s5: Callable[[E], F],
    s6: Callable[[F], G],
    s7: Callable[[G], H],
    s8: Callable[[H], I],
    s9: Callable[[I], J],
    /,
) -> Runnable[A, J]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    s5: Callable[[E], F],
    s6: Callable[[F], G],
    s7: Callable[[G], H],
    s8: Callable[[H], I],
    s9: Callable[[I], J],
    s10: Callable[[J], K],
    /,
) -> Runnable[A, K]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    s5: Callable[[E], F],
    s6: Callable[[F], G],
    s7: Callable[[G], H],
    s8: Callable[[H], I],
    s9: Callable[[I], J],
    s10: Callable[[J], K],
    s11: Callable[[K], L],
    /,
) -> Runnable[A, L]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    s5: Callable[[E], F],
    s6: Callable[[F], G],
    s7: Callable[[G], H],
    s8: Callable[[H], I],
    s9: Callable[[I], J],
    s10: Callable[[J], K],
    s11: Callable[[K], L],
    s12: Callable[[L], M],
    /,
) -> Runnable[A, M]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    s5: Callable[[E], F],
    s6: Callable[[F], G],
    s7: Callable[[G], H],
    s8: Callable[[H], I],
    s9: Callable[[I], J],
    s10: Callable[[J], K],
    s11: Callable[[K], L],
    s12: Callable[[L], M],
    s13: Callable[[M], N],
    /,
) -> Runnable[A, N]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    s5: Callable[[E], F],
    s6: Callable[[F], G],
    s7: Callable[[G], H],
    s8: Callable[[H], I],
    s9: Callable[[I], J],
    s10: Callable[[J], K],
    s11: Callable[[K], L],
    s12: Callable[[L], M],
    s13: Callable[[M], N],
    s14: Callable[[N], O],
    /,
) -> Runnable[A, O]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    s5: Callable[[E], F],
    s6: Callable[[F], G],
    s7: Callable[[G], H],
    s8: Callable[[H], I],
    s9: Callable[[I], J],
    s10: Callable[[J], K],
    s11: Callable[[K], L],
    s12: Callable[[L], M],
    s13: Callable[[M], N],
    s14: Callable[[N], O],
    s15: Callable[[O], P],
    /,
) -> Runnable[A, P]: ...
@overload
def pipe(
    s1: Callable[[A], B],
    s2: Callable[[B], C],
    s3: Callable[[C], D],
    s4: Callable[[D], E],
    s5: Callable[[E], F],
    s6: Callable[[F], G],
    s7: Callable[[G], H],
    s8: Callable[[H], I],
    s9: Callable[[I], J],
    s10: Callable[[J], K],
    s11: Callable[[K], L],
    s12: Callable[[L], M],
    s13: Callable[[M], N],
    s14: Callable[[N], O],
    s15: Callable[[O], P],
    s16: Callable[[P], Q],
    /,
) -> Runnable[A, Q]: ...
def pipe(*steps: Callable[[Any], Any]) -> Runnable[Any, Any]:  # Any: the overloads carry the types
    """One step after another.

    Steps are Runnables or plain functions of one value. Pipes inside are flattened and identities vanish, so
    ``pipe(pipe(f, g), h) == pipe(f, pipe(g, h))``.

    Raises:
        TypeError: There are no steps; a step is no Runnable and no function; or the types of two neighbours
            cannot fit.

    >>> from runlaw import pipe
    >>> pipe(str.split, len).invoke("one two")
    2
    """
    return runnable(normal.pipe([to_node(step, f"step {number} of pipe") for number, step in enumerate(steps, 1)]))
