"""All laws, in the order of the families."""

from __future__ import annotations

import copyreg
import importlib
import sys
from collections.abc import Callable
from difflib import get_close_matches
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


class _All(tuple[Law, ...]):
    """Laws that are shown by their name, as they are the default of several functions."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "LAWS"


LAWS: tuple[Law, ...] = _All(law for module in _FAMILIES for law in _of(module))
"""Every law, as a value with a name, a statement and a family."""


def law_named(name: str) -> Law:
    """The law of a name.

    Raises:
        KeyError: There is none; the text names some that are close.
    """
    found = next((law for law in LAWS if law.name == name), None)
    if found is None:
        raise KeyError(f"there is no law named {name!r}{_close_to(str(name).lower())}")
    return found


def _close_to(name: str) -> str:
    names = [law.name for law in LAWS]
    close = [one for one in names if name and name in one] or get_close_matches(name, names, cutoff=0.5)
    return f"; did you mean {' or '.join(map(repr, close[:3]))}?" if close else ""


def _pickled(law: Law) -> tuple[Callable[..., Law], tuple[object, ...]]:
    """A law is pickled by its name: that which it has in its module, where it was decorated there, or in ``LAWS``."""
    module, name = law.claim.__module__, law.claim.__qualname__
    if getattr(sys.modules.get(module), name, None) is law:
        return _law_at, (module, name)
    if any(one is law for one in LAWS):
        return law_named, (law.name,)
    return Law, (law.name, law.statement, law.family, law.claim, law.assumptions, law.of_library)


def _law_at(module: str, name: str) -> Law:
    found: Law = getattr(importlib.import_module(module), name)
    return found


copyreg.pickle(Law, _pickled)
