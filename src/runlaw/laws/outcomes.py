"""What came of a run, observed: its value, or the type and message of its exception."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from runlaw.interpret.reference import Outcome

__all__ = ["NoEquality", "Outcome", "observe", "same_outcome", "same_value", "show_outcome"]


class NoEquality(BaseException):
    """Two values cannot be compared. Not an ``Exception``, so that nothing takes it for an outcome."""


def observe(run: Callable[[], Any]) -> Outcome:  # Any: whatever the run gives
    """What a run gives, or the ``Exception`` that it raises."""
    try:
        return Outcome(run())
    except Exception as error:  # any, as it is compared with another
        return Outcome(None, error)


def same_outcome(one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes cannot be told apart: equal values, or errors of one type and one message.

    Raises:
        NoEquality: The values cannot be compared.
    """
    if one.error is None and other.error is None:
        return same_value(one.value, other.value)
    return type(one.error) is type(other.error) and str(one.error) == str(other.error)


def same_value(one: Any, other: Any) -> bool:  # Any: values of any type
    """Whether two values are equal, and so are the errors inside them; a ``nan`` equals itself.

    Raises:
        NoEquality: They are of a type that has no equality, or one that gives no bool.
    """
    if one is other:
        return True
    if isinstance(one, BaseException):
        return type(one) is type(other) and str(one) == str(other)
    if _is_result(one) and type(one) is type(other):
        return same_value(one._inner_value, other._inner_value)
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_value(one[key], other[key]) for key in one)
    if type(one) is type(other) and isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same_value, one, other))
    return _equal(one, other)


def _equal(one: Any, other: Any) -> bool:  # Any: values of any type
    kind = f"values of type {type(one).__name__}"
    try:
        equal = bool(one == other)
    except Exception as error:  # whatever an __eq__, or the truth of what it gives, raises
        raise NoEquality(
            f"{kind} have no equality that gives a bool: == of {one!r:.200} and {other!r:.200} raised "
            f"{type(error).__name__}: {error}; let the program give what can be compared, such as a list"
        ) from None
    if not equal and type(one) is type(other) and not _equals_itself(one):
        raise NoEquality(
            f"{kind} have no equality: {one!r:.200} does not equal its own copy; "
            "give the class an __eq__, as a dataclass has, or let the program give what can be compared"
        )
    return equal


def _equals_itself(value: Any) -> bool:  # Any: values of any type
    """Whether a value that differs from another equals at least its own copy."""
    if getattr(type(value), "__eq__") is object.__eq__:  # noqa: B009  # a checker takes the two for never the same
        try:
            return deepcopy(value) is value  # such as a function, a class or a member of an enumeration
        except Exception:  # whatever a value raises that cannot be copied, such as a generator
            return False
    return bool(value == value)  # which an __eq__ may deny


def _is_result(value: object) -> bool:
    return type(value).__module__ == "returns.result" and hasattr(value, "_inner_value")


def show_outcome(outcome: Outcome) -> str:
    """An outcome on one line."""
    if outcome.error is None:
        return repr(outcome.value)
    return f"{type(outcome.error).__name__}: {outcome.error}"


def first_difference(one: Sequence[Any], other: Sequence[Any]) -> int | None:  # Any: values of any type
    """The first place where two sequences differ."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if not same_value(left, right):
            return index
    return None if len(one) == len(other) else min(len(one), len(other))
