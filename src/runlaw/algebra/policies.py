"""Delay schedules as values, and the retry that follows one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from runlaw.algebra.facts import check_depth
from runlaw.algebra.normal import check_delay, check_exceptions
from runlaw.kernel.nodes import Node, Retry


def check_attempts(where: str, attempts: object) -> int | None:
    """A whole number of tries, at least one; ``None`` for no bound."""
    if attempts is None:
        return None
    if isinstance(attempts, bool) or not isinstance(attempts, int):
        raise TypeError(f"{where}: attempts must be an int or None; got {attempts!r}")
    if attempts < 1:
        raise ValueError(f"{where}: attempts must be at least 1; got {attempts}")
    return attempts


class Exponential:
    """Delays that grow; see ``exponential``."""

    __slots__ = ("attempts", "factor", "initial", "jitter", "maximum")

    def __init__(self, initial: float, factor: float, maximum: float, jitter: bool, attempts: int | None) -> None:
        self.initial: float = check_delay("exponential: initial", initial)
        self.factor: float = check_delay("exponential: factor", factor)
        self.maximum: float = check_delay("exponential: maximum", maximum)
        if not isinstance(jitter, bool):
            raise TypeError(f"exponential: jitter must be a bool; got {jitter!r}")
        self.jitter: bool = jitter
        self.attempts: int | None = check_attempts("exponential", attempts)

    def __iter__(self) -> Iterator[float]:
        from random import uniform

        delay = min(self.initial, self.maximum)
        left = self.attempts
        while left is None or left > 1:
            yield uniform(delay / 2, delay) if self.jitter else delay
            delay = min(delay * self.factor, self.maximum)
            left = None if left is None else left - 1

    def _parts(self) -> tuple[object, ...]:
        return (self.initial, self.factor, self.maximum, self.jitter, self.attempts)

    def __eq__(self, other: object) -> bool:
        return self._parts() == other._parts() if isinstance(other, Exponential) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._parts())

    def __repr__(self) -> str:
        return (
            f"exponential(initial={self.initial}, factor={self.factor}, maximum={self.maximum}, "
            f"jitter={self.jitter}, attempts={self.attempts})"
        )


class Fixed:
    """One delay again and again; see ``fixed``."""

    __slots__ = ("attempts", "seconds")

    def __init__(self, seconds: float, attempts: int | None) -> None:
        self.seconds: float = check_delay("fixed: seconds", seconds)
        self.attempts: int | None = check_attempts("fixed", attempts)

    def __iter__(self) -> Iterator[float]:
        left = self.attempts
        while left is None or left > 1:
            yield self.seconds
            left = None if left is None else left - 1

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fixed):
            return NotImplemented
        return (self.seconds, self.attempts) == (other.seconds, other.attempts)

    def __hash__(self) -> int:
        return hash((self.seconds, self.attempts))

    def __repr__(self) -> str:
        return f"fixed({self.seconds}, attempts={self.attempts})"


DEFAULT_DELAYS = Exponential(0.1, 2.0, 10.0, True, 3)


def retry(inner: Node, on: object, delays: Iterable[float]) -> Node:
    """A program that tries again after each delay.

    Raises:
        TypeError: ``delays`` cannot be iterated, or only once.
        ValueError: A delay is negative or infinite.
    """
    if isinstance(delays, (str, bytes)) or not isinstance(delays, Iterable):
        raise TypeError(f"with_retry: delays must be an iterable of seconds; got {delays!r}")
    if isinstance(delays, Iterator):
        raise TypeError(
            f"with_retry: delays must be an iterable that can be read anew for each run; got the iterator {delays!r}: "
            "give a list, fixed(...) or exponential(...)"
        )
    if isinstance(delays, Sequence):
        delays = tuple(check_delay(f"with_retry: delays[{index}]", delay) for index, delay in enumerate(delays))
    return check_depth(Retry(inner, check_exceptions("with_retry", on), delays))
