"""What checking came to: which laws applied, and which assumptions excluded the others."""

from __future__ import annotations

from typing import NamedTuple

from runlaw.laws.examine import SAYS_NOTHING
from runlaw.laws.law import Law


class Checked(NamedTuple):
    """How a law was checked: on how many cases it said something, and why not on the others."""

    law: Law
    applied: int
    excluded: dict[str, int]

    def __str__(self) -> str:
        if self.applied:
            return f"{self.law.name}: holds on {self.applied} case{'s' if self.applied > 1 else ''}"
        return f"{self.law.name}: not checked: {self._reason()}"

    def _reason(self) -> str:
        assumed = ", ".join(reason for reason in self.excluded if reason != SAYS_NOTHING)
        if assumed:
            return f"of no case it holds that {assumed}"
        if self.excluded:
            return f"what it speaks of happened in no case: {self.law.statement}"
        return "there was no case"


class Report(NamedTuple):
    """Which laws applied, and which assumptions excluded the others.

    ``failure`` is the first error, where the program failed on every one of the ``inputs`` that it was checked on.
    """

    checked: tuple[Checked, ...]
    inputs: int = 0
    failure: str | None = None

    @property
    def applied(self) -> tuple[Law, ...]:
        """The laws that were checked on at least one case."""
        return tuple(one.law for one in self.checked if one.applied)

    @property
    def excluded(self) -> tuple[Law, ...]:
        """The laws whose assumptions excluded every case."""
        return tuple(one.law for one in self.checked if not one.applied)

    def __str__(self) -> str:
        about = [one for one in self.checked if not one.law.of_library]
        library = [one for one in self.checked if one.law.of_library]
        lines = [] if self.failure is None else [_all_failed(self.inputs, self.failure)]
        if about or not library:
            lines += [_head(about), *(f"  {one}" for one in about)]
        if library:
            lines += [f"of the library, whatever the program: {_head(library)}", *(f"  {one}" for one in library)]
        return "\n".join(lines)


def _head(checked: list[Checked]) -> str:
    applied = sum(one.applied > 0 for one in checked)
    return f"{applied} of {len(checked)} laws applied, and hold" if applied else f"none of {len(checked)} laws applied"


def _all_failed(inputs: int, failure: str) -> str:
    on = f"all {inputs} inputs, first" if inputs > 1 else "the one input,"
    return f"the program failed on {on} with {failure}: nothing was checked of values"
