"""Check that a monoid is one, and that a function respects sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import partial, reduce
from itertools import product
from typing import Any, TypeVar

from runlaw.kernel.monoid import BY_VALUE, Records, monoid_of_value
from runlaw.kernel.semigroup import Monoid, Semigroup
from runlaw.laws.broken import CannotCheck
from runlaw.laws.options import check_function, check_sum, some_values
from runlaw.laws.outcomes import NoEquality, Outcome, observe, same_outcome, same_value, show_outcome

T = TypeVar("T")
MOST = 12
"""How many values are taken of those that are given, at most, from all over them: all triples of these are tried."""


class NotAMonoid(AssertionError):
    """Chunks do not add up as a monoid must."""


class NotAHomomorphism(AssertionError):
    """A function does not respect sums."""


def check_monoid(monoid: Semigroup[T], values: Iterable[T]) -> None:
    """Check that chunks add up lawfully, on all triples of the values.

    ``(a + b) + c = a + (b + c)``; ``empty + a = a = a + empty``, where there is an empty value; adding changes no
    value, and adding up many at once is adding one by one.

    Args:
        monoid: How chunks add up.
        values: Chunks. Of more than 12 the first, the last and others evenly between are taken.

    Raises:
        NotAMonoid: It does not hold, or no two of the values add up; the text names the law, the values and both
            sides.
        CannotCheck: The values, or their sums, cannot be compared.
        TypeError: ``monoid`` is no Semigroup, or ``values`` are none to go through, such as a strategy.
        ValueError: There are no values.

    >>> check_monoid(Monoid(0, max), [0, 1, 2])
    >>> check_monoid(Monoid(0, lambda a, b: a - b), [1])
    Traceback (most recent call last):
    ...
    runlaw.laws.monoids.NotAMonoid: empty + a = a does not hold: a = 1; 0 + a gives -1, a gives 1
    """
    check_sum("check_monoid: monoid", monoid)
    some = some_values("check_monoid", "value", values, MOST)
    try:
        _check_monoid(monoid, some)
    except NoEquality as error:
        raise CannotCheck(f"check_monoid: {error}\n  monoid: {monoid!r}\n  values: {some!r:.500}") from None


def _check_monoid(monoid: Semigroup[T], some: list[T]) -> None:
    join = monoid.join
    for a, b in product(some, repeat=2):
        _check_unchanged(monoid, a, b)
    if isinstance(monoid, Monoid):
        _check_empty(monoid, some)
    _check_some_add_up(monoid, some)
    for a, b, c in product(some, repeat=3):
        named = {"a": a, "b": b, "c": c}
        left = observe(partial(_reduced, monoid, [a, b, c]))
        right = observe(partial(_reduced_from_right, monoid, [a, b, c]))
        _same("(a + b) + c = a + (b + c)", named, "the first", left, "the second", right)
        _same(
            "a + b + c at once = (a + b) + c", named, "at once", observe(partial(join, [a, b, c])), "one by one", left
        )


def _check_some_add_up(monoid: Semigroup[T], some: list[T]) -> None:
    """Refuse a sum that always fails, of which every law would hold."""
    sums = [observe(partial(monoid.combine, a, b)) for a, b in product(some, repeat=2)]
    if all(one.error is not None for one in sums):
        raise NotAMonoid(
            f"no two of the values add up: {some[0]!r} + {some[0]!r} gives {show_outcome(sums[0])}; "
            f"{monoid!r} adds up other values"
        )


def _check_unchanged(monoid: Semigroup[T], a: T, b: T) -> None:
    given = (deepcopy(a), deepcopy(b))
    same_value(given, (a, b))
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

    Where the source and the target have an empty value, also ``f(empty) = empty``. The function may fail on some
    chunks, if it fails likewise on their sums.

    Args:
        f: The function.
        chunks: Chunks that it takes; all pairs of them are tried. Of more than 12 the first, the last and others
            evenly between are taken.
        source: How what it takes adds up; told by the chunks themselves by default.
        target: How what it gives adds up, likewise.

    Raises:
        NotAHomomorphism: It does not; the text names the chunks and both sides.
        CannotCheck: The chunks, or what the function gives of them, do not add up or cannot be compared; or the
            function fails on every chunk.
        TypeError: ``f`` is no function, ``source`` or ``target`` no Semigroup, or ``chunks`` are none to go through,
            such as a strategy.
        ValueError: There are no chunks.

    >>> check_homomorphism(str.upper, ["a", "b"])
    >>> check_homomorphism(str.strip, ["a ", "b"])
    Traceback (most recent call last):
    ...
    runlaw.laws.monoids.NotAHomomorphism: strip does not respect sums: of 'a ' and 'a ', f(a + b) gives 'a a', \
f(a) + f(b) gives 'aa'
    """
    check_function("check_homomorphism: f", f)
    check_sum("check_homomorphism: source", source)
    check_sum("check_homomorphism: target", target)
    some = some_values("check_homomorphism", "chunk", chunks, MOST)
    name = getattr(f, "__name__", repr(f))
    try:
        _check_homomorphism(f, name, some, source, target)
    except NoEquality as error:
        raise CannotCheck(f"check_homomorphism: {error}\n  function: {name}\n  chunks:   {some!r:.500}") from None


def _check_homomorphism(
    f: Callable[[Any], Any],  # Any: as above
    name: str,
    some: list[Any],  # Any: as above
    source: Semigroup[Any],  # Any: as above
    target: Semigroup[Any],  # Any: as above
) -> None:
    given = [observe(partial(f, chunk)) for chunk in some]
    if all(one.error is not None for one in given):
        raise CannotCheck(
            f"check_homomorphism: {name} fails on every chunk, such as on {some[0]!r} with {show_outcome(given[0])}: "
            "give chunks that it takes"
        )
    for (a, of_a), (b, of_b) in product(zip(some, given, strict=True), repeat=2):
        whole = observe(partial(f, _sum(source, "source", [a, b])))
        failed = [one for one in (of_a, of_b) if one.error is not None]
        parts = failed[0] if failed else Outcome(_sum(target, "target", [of_a.value, of_b.value]))
        if not same_outcome(whole, parts):
            raise NotAHomomorphism(
                f"{name} does not respect sums: of {a!r} and {b!r}, f(a + b) gives {show_outcome(whole)}, "
                f"f(a) + f(b) gives {show_outcome(parts)}"
            )
    made = next(one.value for one in given if one.error is None)
    before, after = _empty_of(source, some[0]), _empty_of(target, made)
    if before and after:
        outcome = observe(partial(f, before[0]))
        if not same_outcome(outcome, Outcome(after[0])):
            raise NotAHomomorphism(
                f"{name} does not respect the empty value: f({before[0]!r}) gives {show_outcome(outcome)}, "
                f"not {after[0]!r}, which no chunks add up to"
            )


def _empty_of(sums: Semigroup[Any], chunk: Any) -> tuple[Any, ...]:  # Any: as above
    """The empty value, if there is one; a record without keys is none of which a function of records could be asked."""
    known = monoid_of_value(chunk) if sums is BY_VALUE else sums
    return (known.empty,) if isinstance(known, Monoid) and not isinstance(known, Records) else ()


def _sum(sums: Semigroup[Any], which: str, chunks: list[Any]) -> Any:  # Any: as above
    outcome = observe(partial(sums.join, chunks))
    if outcome.error is not None:
        raise CannotCheck(
            f"check_homomorphism: {chunks[0]!r} and {chunks[1]!r} do not add up, by the {which} {sums!r}: "
            f"{show_outcome(outcome)}; say how by {which}=Monoid(empty, combine)"
        )
    return outcome.value
