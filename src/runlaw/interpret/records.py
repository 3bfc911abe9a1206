"""What combinators ask of their input: a record, or a sequence of items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runlaw.interpret.blame import blame
from runlaw.interpret.program import Program

NO_SEQUENCES = (str, bytes, Mapping, set, frozenset)
"""What can be iterated, and is yet no sequence of items: texts are one value each, the others have no order."""


def check_record(value: Any, where: str) -> Mapping[str, Any]:  # Any: a user's values
    """The value, if it is a mapping."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{where} takes a record (a mapping of str to values); got {type(value).__name__}")
    return value


def missing_key(error: KeyError, where: str, record: Mapping[str, object]) -> KeyError:
    """The error of a key that a record lacks."""
    have = ", ".join(map(repr, record)) or "no keys"
    return KeyError(f"{where}: the record has no key {error.args[0]!r}; it has {have}")


def check_items(value: Any, program: Program) -> list[Any]:  # Any: a user's sequence
    """The items that ``map_batch`` was given."""
    if type(value) is not list and (isinstance(value, NO_SEQUENCES) or not hasattr(value, "__iter__")):
        error = TypeError(f"{program.title} takes a sequence of items; got {type(value).__name__}")
        blame(error, program)
        raise error
    return list(value)
