"""All laws, in the order of the families."""

from __future__ import annotations

from types import ModuleType

from runlaw.laws import (
    batches,
    category,
    choice,
    chunks,
    coherence,
    config,
    events,
    policies,
    products,
    round_trips,
    schema,
    state,
    streams,
)
from runlaw.laws.law import Law

_FAMILIES = (
    category,
    products,
    choice,
    batches,
    config,
    chunks,
    streams,
    policies,
    events,
    state,
    schema,
    round_trips,
    coherence,
)


def _of(module: ModuleType) -> list[Law]:
    more: tuple[Law, ...] = getattr(module, "WAYS", ())
    return [*more, *(value for value in vars(module).values() if isinstance(value, Law))]


LAWS: tuple[Law, ...] = tuple(law for module in _FAMILIES for law in _of(module))
"""Every law, as a value with a name, a statement and a family."""


def law_named(name: str) -> Law:
    """The law of a name.

    Raises:
        KeyError: There is none.
    """
    found = next((law for law in LAWS if law.name == name), None)
    if found is None:
        raise KeyError(f"there is no law named {name!r}")
    return found
