"""``parallel``: one input to several branches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


@overload
def parallel(
    b1: Callable[[A], B],
    /,
) -> Runnable[A, tuple[B]]: ...
@overload
def parallel(
    b1: Callable[[A], B],
    b2: Callable[[A], C],
    /,
) -> Runnable[A, tuple[B, C]]: ...
@overload
def parallel(
    b1: Callable[[A], B],
    b2: Callable[[A], C],
    b3: Callable[[A], D],
    /,
) -> Runnable[A, tuple[B, C, D]]: ...
@overload
def parallel(
    b1: Callable[[A], B],
    b2: Callable[[A], C],
    b3: Callable[[A], D],
    b4: Callable[[A], E],
    /,
) -> Runnable[A, tuple[B, C, D, E]]: ...
@overload
def parallel(
    b1: Callable[[A], B],
    b2: Callable[[A], C],
    b3: Callable[[A], D],
    b4: Callable[[A], E],
    b5: Callable[[A], F],
    /,
) -> Runnable[A, tuple[B, C, D, E, F]]: ...
@overload
def parallel(
    b1: Callable[[A], B],
    b2: Callable[[A], C],
    b3: Callable[[A], D],
    b4: Callable[[A], E],
    b5: Callable[[A], F],
    b6: Callable[[A], G],
    /,
) -> Runnable[A, tuple[B, C, D, E, F, G]]: ...
@overload
def parallel(
    b1: Callable[[A], B],
    b2: Callable[[A], C],
    b3: Callable[[A], D],
    b4: Callable[[A], E],
    b5: Callable[[A], F],
    b6: Callable[[A], G],
    b7: Callable[[A], H],
    /,
) -> Runnable[A, tuple[B, C, D, E, F, G, H]]: ...
@overload
def parallel(
    b1: Callable[[A], B],
    b2: Callable[[A], C],
    b3: Callable[[A], D],
    b4: Callable[[A], E],
    b5: Callable[[A], F],
    b6: Callable[[A], G],
    b7: Callable[[A], H],
    b8: Callable[[A], I],
    /,
) -> Runnable[A, tuple[B, C, D, E, F, G, H, I]]: ...
@overload
def parallel(**named: Callable[[A], B]) -> Runnable[A, Mapping[str, B]]: ...
def parallel(
    *branches: Callable[[Any], Any],  # Any: the overloads carry the types
    **named: Callable[[Any], Any],  # Any: as above
) -> Runnable[Any, Any]:  # Any: as above
    """One input to every branch, at the same time: a tuple of their outputs, or a record of named ones.

    Branches that may block run in threads (in tasks, in an async run); the first error ends the others. Named
    branches stream: each chunk is a record with the key that advanced.

    Raises:
        TypeError: There are no branches, or some by position and some by name, or their inputs have nothing in
            common.

    >>> from runlaw import parallel
    >>> parallel(len, str.upper).invoke("ab")
    (2, 'AB')
    >>> parallel(size=len, loud=str.upper).invoke("ab")
    {'size': 2, 'loud': 'AB'}
    """
    if branches and named:
        raise TypeError("parallel() takes its branches by position, for a tuple, or by name, for a record; got both")
    given = named or {str(number): branch for number, branch in enumerate(branches)}
    nodes = {key: to_node(branch, f"branch {key} of parallel") for key, branch in given.items()}
    return runnable(normal.parallel(nodes, keyed=bool(named)))
