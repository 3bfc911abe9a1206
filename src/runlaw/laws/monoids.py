"""Check that a monoid is one, and that a function respects sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import partial, reduce
from itertools import islice, product
from typing import Any, TypeVar

from runlaw.kernel.monoid import BY_VALUE
from runlaw.kernel.semigroup import Monoid, Semigroup
from runlaw.laws.outcomes import Outcome, observe, same_outcome, same_value, show_outcome

T = TypeVar("T")
MOST = 12
"""How many values are taken of those that are given, at most: all triples of them are tried."""


class NotAMonoid(AssertionError):
    """Chunks do not add up as a monoid must."""


class NotAHomomorphism(AssertionError):
    """A function does not respect sums."""


def check_monoid(monoid: Semigroup[T], values: Iterable[T]) -> None:
    """Check that chunks add up lawfully, on all triples of the values.

    ``(a + b) + c = a + (b + c)``; ``empty + a = a = a + empty``, where there is an empty value; adding changes no
    value, and adding up many at once is adding one by one.

    Raises:
        NotAMonoid: It does not hold; the text names the law, the values and both sides.
        ValueError: There are no values.

    >>> check_monoid(Monoid(0, max), [0, 1, 2])
    >>> check_monoid(Monoid(0, lambda a, b: a - b), [1])
    Traceback (most recent call last):
    ...
    runlaw.laws.monoids.NotAMonoid: empty + a = a does not hold: a = 1; 0 + a gives -1, a gives 1
    """
    some = list(islice(values, MOST))
    if not some:
        raise ValueError("check_monoid needs at least one value")
    join = monoid.join
    for a, b in product(some, repeat=2):
        _check_unchanged(monoid, a, b)
    if isinstance(monoid, Monoid):
        _check_empty(monoid, some)
    for a, b, c in product(some, repeat=3):
        named = {"a": a, "b": b, "c": c}
        left = observe(partial(_reduced, monoid, [a, b, c]))
        right = observe(partial(_reduced_from_right, monoid, [a, b, c]))
        _same("(a + b) + c = a + (b + c)", named, "the first", left, "the second", right)
        _same(
            "a + b + c at once = (a + b) + c", named, "at once", observe(partial(join, [a, b, c])), "one by one", left
        )


def _check_unchanged(monoid: Semigroup[T], a: T, b: T) -> None:
    given = (deepcopy(a), deepcopy(b))
    observe(lambda: monoid.join([monoid.combine(*given), *given]))
    if not same_value(given, (a, b)):
        raise NotAMonoid(f"adding up changed the values: {(a, b)!r} became {given!r}")


def _check_empty(monoid: Monoid[T], some: list[T]) -> None:
    empty, join = monoid.empty, monoid.join
    for a in some:
        itself = Outcome(a)
        _same("empty + a = a", {"a": a}, f"{empty!r} + a", observe(partial(join, [empty, a])), "a", itself)
        _same("a + empty = a", {"a": a}, f"a + {empty!r}", observe(partial(join, [a, empty])), "a", itself)


def _reduced(monoid: Semigroup[T], values: list[T]) -> T:
    return reduce(monoid.combine, values)


def _reduced_from_right(monoid: Semigroup[T], values: list[T]) -> T:
    return reduce(lambda right, left: monoid.combine(left, right), reversed(values))


def _same(statement: str, named: dict[str, T], left: str, one: Outcome, right: str, other: Outcome) -> None:
    if not same_outcome(one, other):
        values = ", ".join(f"{name} = {value!r}" for name, value in named.items())
        raise NotAMonoid(
            f"{statement} does not hold: {values}; {left} gives {show_outcome(one)}, "
            f"{right} gives {show_outcome(other)}"
        )


def check_homomorphism(
    f: Callable[[Any], Any],  # Any: from whatever chunks to whatever chunks
    chunks: Iterable[Any],  # Any: as above
    source: Semigroup[Any] = BY_VALUE,  # Any: as above
    target: Semigroup[Any] = BY_VALUE,  # Any: as above
) -> None:
    """Check that a function respects sums, ``f(a + b) = f(a) + f(b)``, as ``map_chunks`` asks.

    Args:
        f: The function.
        chunks: Chunks that it takes; all pairs of them are tried.
        source: How what it takes adds up; told by the chunks themselves by default.
        target: How what it gives adds up, likewise.

    Raises:
        NotAHomomorphism: It does not; the text names the chunks and both sides.
        ValueError: There are no chunks.

    >>> check_homomorphism(str.upper, ["a", "b"])
    >>> check_homomorphism(str.strip, ["a ", "b"])
    Traceback (most recent call last):
    ...
    runlaw.laws.monoids.NotAHomomorphism: strip does not respect sums: of 'a ' and 'a ', f(a + b) gives 'a a', \
f(a) + f(b) gives 'aa'
    """
    some = list(islice(chunks, MOST))
    if not some:
        raise ValueError("check_homomorphism needs at least one chunk")
    name = getattr(f, "__name__", repr(f))
    for a, b in product(some, repeat=2):
        whole = observe(partial(_of_sum, f, source, [a, b]))
        parts = observe(partial(_sum_of, f, target, [a, b]))
        if not same_outcome(whole, parts):
            raise NotAHomomorphism(
                f"{name} does not respect sums: of {a!r} and {b!r}, f(a + b) gives {show_outcome(whole)}, "
                f"f(a) + f(b) gives {show_outcome(parts)}"
            )


def _of_sum(f: Callable[[Any], Any], source: Semigroup[Any], chunks: list[Any]) -> Any:  # Any: as above
    return f(source.join(chunks))


def _sum_of(f: Callable[[Any], Any], target: Semigroup[Any], chunks: list[Any]) -> Any:  # Any: as above
    return target.join([f(chunk) for chunk in chunks])
