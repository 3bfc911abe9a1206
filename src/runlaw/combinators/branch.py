"""``branch``: a step chosen by predicates."""

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


@overload
def branch(
    c1: tuple[Callable[[A], bool], Callable[[A], B]],
    /,
    *,
    default: Callable[[A], C],
) -> Runnable[A, B | C]: ...
@overload
def branch(
    c1: tuple[Callable[[A], bool], Callable[[A], B]],
    c2: tuple[Callable[[A], bool], Callable[[A], C]],
    /,
    *,
    default: Callable[[A], D],
) -> Runnable[A, B | C | D]: ...
@overload
def branch(
    c1: tuple[Callable[[A], bool], Callable[[A], B]],
    c2: tuple[Callable[[A], bool], Callable[[A], C]],
    c3: tuple[Callable[[A], bool], Callable[[A], D]],
    /,
    *,
    default: Callable[[A], E],
) -> Runnable[A, B | C | D | E]: ...
@overload
def branch(
    c1: tuple[Callable[[A], bool], Callable[[A], B]],
    c2: tuple[Callable[[A], bool], Callable[[A], C]],
    c3: tuple[Callable[[A], bool], Callable[[A], D]],
    c4: tuple[Callable[[A], bool], Callable[[A], E]],
    /,
    *,
    default: Callable[[A], F],
) -> Runnable[A, B | C | D | E | F]: ...
@overload
def branch(
    c1: tuple[Callable[[A], bool], Callable[[A], B]],
    /,
    *cases: tuple[Callable[[A], bool], Callable[[A], B]],
    default: Callable[[A], B],
) -> Runnable[A, B]: ...
def branch(
    *cases: Any,  # Any: the overloads carry the types, and what comes is looked at
    default: Callable[[Any], Any],  # Any: as above
) -> Runnable[Any, Any]:  # Any: as above
    """The step of the first predicate that holds for the input, else the default.

    Raises:
        TypeError: There is no pair, or something is no ``(predicate, step)`` pair.

    >>> from runlaw import branch
    >>> describe = branch((lambda n: n < 0, lambda n: "negative"), default=lambda n: "not negative")
    >>> describe.invoke(-1), describe.invoke(1)
    ('negative', 'not negative')
    """
    pairs = []
    for number, case in enumerate(cases, 1):
        if not isinstance(case, tuple) or len(case) != 2:
            raise TypeError(f"branch() takes (predicate, step) pairs; case {number} is {case!r}")
        predicate, step = case
        pairs.append(
            (to_node(predicate, f"the predicate of case {number}"), to_node(step, f"the step of case {number}"))
        )
    return runnable(normal.branch(pairs, to_node(default, "the default of branch")))
