"""What the chunks so far add up to, for the running ``final_output`` of a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from runlaw.kernel.monoid import BY_VALUE
from runlaw.kernel.semigroup import Semigroup

NOTHING: Final = object()
"""The sum of no chunks."""
UNKNOWN_SUM: Final = object()
"""The sum of chunks that do not add up."""


def grow(sums: Semigroup[Any] | None, total: object, chunks: Sequence[object]) -> object:  # Any: of any type of chunk
    """A sum with more chunks; without ``sums`` they add up as the first one tells.

    Chunks that do not add up give ``UNKNOWN_SUM``: it is for the run itself to fail of them.
    """
    if total is UNKNOWN_SUM:
        return UNKNOWN_SUM
    try:
        return (BY_VALUE if sums is None else sums).join(chunks if total is NOTHING else (total, *chunks))
    except Exception:  # whatever a user's combine raises
        return UNKNOWN_SUM


def value_of(sums: Semigroup[Any] | None, total: object) -> object:  # Any: as above
    """The value of a sum so far; ``None`` where it has none (yet)."""
    if total is NOTHING or total is UNKNOWN_SUM:
        return None
    try:
        return (BY_VALUE if sums is None else sums).finished(total)
    except Exception:  # a user's finish may take nothing but the whole sum
        return None


def same(a: object, b: object) -> bool:
    """Whether two values need not be told apart; when in doubt they are."""
    try:
        return a is b or (type(a) is type(b) and bool(a == b))
    except Exception:  # such as arrays, whose == has no truth value
        return False
