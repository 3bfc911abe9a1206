"""The types of chunks: those that know how to add up, and numbers, which do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Never, Protocol, TypeVar

from runlaw.kernel.protocols import Addable

if TYPE_CHECKING:
    from typing_extensions import deprecated as deprecated
else:

    def deprecated(message: str) -> Callable[[object], object]:
        """Stands in at run time, where an overload is never called, for what costs an import."""
        return lambda function: function


class Subtractable(Protocol):
    """What has a ``-`` of its own counts as a number: is its sum a sum, a product, or the last one?"""

    def __sub__(self, other: Never, /) -> object: ...


class NeedsMonoid:
    """What a streaming leaf over numbers is without ``monoid=``: no Runnable. Building it raises ``TypeError``."""


class Silent:
    """Nothing is one: a function that fits where one is given says nothing of its chunks, which is not refused."""


NUMBERS = "numbers do not know how to add up: give monoid=, such as monoid=last"

Number = TypeVar("Number", bound=Subtractable)
Sum = TypeVar("Sum", bound="Addable | Mapping[str, object]")
