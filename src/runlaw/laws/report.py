"""What checking came to: which laws applied, and which assumptions excluded the others."""

from __future__ import annotations

from typing import NamedTuple

from runlaw.laws.law import Law


class Checked(NamedTuple):
    """How a law was checked: on how many cases it said something, and why not on the others."""

    law: Law
    applied: int
    excluded: dict[str, int]

    def __str__(self) -> str:
        if self.applied:
            return f"{self.law.name}: holds on {self.applied} cases"
        reasons = ", ".join(self.excluded) or "it says nothing of them"
        return f"{self.law.name}: not checked: of no case it holds that {reasons}"


class Report(NamedTuple):
    """Which laws applied, and which assumptions excluded the others."""

    checked: tuple[Checked, ...]

    @property
    def applied(self) -> tuple[Law, ...]:
        """The laws that were checked on at least one case."""
        return tuple(one.law for one in self.checked if one.applied)

    @property
    def excluded(self) -> tuple[Law, ...]:
        """The laws whose assumptions excluded every case."""
        return tuple(one.law for one in self.checked if not one.applied)

    def __str__(self) -> str:
        head = f"{len(self.applied)} of {len(self.checked)} laws applied, and hold"
        return "\n".join([head, *(f"  {one}" for one in self.checked)])
