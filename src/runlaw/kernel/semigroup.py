"""How chunks add up. A stream of ``T`` is a way to write a ``T`` as a sum; a semigroup says which sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from functools import reduce
from typing import ClassVar, Generic, NoReturn, TypeVar

T = TypeVar("T")


class Semigroup(Generic[T]):
    """How one or more chunks of type ``T`` add up to one ``T``. A value: compared by its parts, never changed.

    Args:
        combine: The sum of two chunks. It must be associative, ``combine(combine(a, b), c) == combine(a,
            combine(b, c))``, and must not change its arguments.
        finish: Turns the sum of all chunks into the value of the stream; without it the sum is the value.

    Raises:
        TypeError: ``combine`` or ``finish`` is no function.

    >>> import operator
    >>> longest = Semigroup(lambda a, b: max(a, b, key=len))
    >>> longest.join(["to", "stream", "or", "not"])
    'stream'
    >>> Semigroup(operator.add, finish=str.strip).total([" so", " far "])
    'so far'
    """

    __slots__ = ("combine", "finish")
    _name: ClassVar[str] = ""

    combine: Callable[[T, T], T]
    finish: Callable[[T], object] | None

    def __init__(self, combine: Callable[[T, T], T], finish: Callable[[T], object] | None = None) -> None:
        kind = type(self).__name__
        if not callable(combine):
            raise TypeError(f"{kind}: combine must be a function from two chunks to their sum; got {combine!r}")
        if finish is not None and not callable(finish):
            raise TypeError(f"{kind}: finish must be a function from the sum to the value, or None; got {finish!r}")
        object.__setattr__(self, "combine", combine)
        object.__setattr__(self, "finish", finish)

    def join(self, chunks: Sequence[T]) -> T:
        """The sum of the chunks, in order, before ``finish``. No chunk is changed.

        Raises:
            ValueError: There are no chunks, and there is no empty value.
        """
        return reduce(self.combine, chunks) if chunks else self._no_chunks()

    def total(self, chunks: Sequence[T]) -> object:
        """The value that the chunks add up to: ``finish`` of ``join``. Raises what ``join`` raises."""
        return self.finished(self.join(chunks))

    def finished(self, total: T) -> object:
        """``finish`` of a sum; the sum itself where there is no ``finish``."""
        return total if self.finish is None else self.finish(total)

    def _no_chunks(self) -> T:
        raise ValueError(
            f"there were no chunks to add up, and {self!r} has no empty value; "
            "yield at least one chunk, or give monoid=Monoid(empty, combine)"
        )

    def _parts(self) -> tuple[object, ...]:
        return (self.combine, self.finish)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Semigroup) or type(self) is not type(other):
            return NotImplemented
        return all(map(_same, self._parts(), other._parts()))

    def __hash__(self) -> int:
        return hash((type(self), *map(_hash, self._parts())))

    def __repr__(self) -> str:
        if self._name:
            return self._name
        *shown, finish = self._parts()
        texts = [_show(part) for part in shown] + ([] if finish is None else [f"finish={_show(finish)}"])
        return f"{type(self).__name__}({', '.join(texts)})"

    def __reduce__(self) -> str | tuple[object, ...]:
        return self._name or (type(self), self._parts())

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed; build another one to set {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed; {name!r} cannot be deleted")


class Monoid(Semigroup[T]):
    """A semigroup with an empty value: the sum of no chunks.

    Args:
        empty: The sum of no chunks; ``combine(empty, a) == a == combine(a, empty)``.
        combine: As for ``Semigroup``.
        finish: As for ``Semigroup``.

    Raises:
        TypeError: ``combine`` or ``finish`` is no function.

    >>> import operator
    >>> total = Monoid(0, operator.add)
    >>> total.join([1, 2, 3]), total.join([])
    (6, 0)
    >>> total
    Monoid(0, add)
    """

    __slots__ = ("empty",)

    empty: T

    def __init__(self, empty: T, combine: Callable[[T, T], T], finish: Callable[[T], object] | None = None) -> None:
        super().__init__(combine, finish)
        object.__setattr__(self, "empty", empty)

    def _no_chunks(self) -> T:
        return fresh(self.empty)

    def _parts(self) -> tuple[object, ...]:
        return (self.empty, self.combine, self.finish)


def fresh(empty: T) -> T:
    """An empty value that its receiver may change."""
    return copy(empty) if isinstance(empty, (list, dict, set, bytearray)) else empty


def _same(a: object, b: object) -> bool:
    try:
        return a is b or (type(a) is type(b) and bool(a == b))
    except (TypeError, ValueError):  # such as arrays, whose == has no truth value
        return False


def _hash(part: object) -> int:
    try:
        return hash(part)
    except TypeError:
        return hash(type(part))


def _show(part: object) -> str:
    return str(getattr(part, "__qualname__", None) or repr(part))
