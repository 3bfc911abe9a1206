"""How much time is left of a bound, in which the pauses of whoever reads the events do not count."""

from __future__ import annotations

from time import monotonic

from runlaw.interpret.run import Run

PATIENCE = 0.005
"""Seconds after which a program that waits for its reader is looked at again."""


class Allowance:
    """Some seconds from now on, without those in which the run waits for its reader."""

    __slots__ = ("_end", "_run")

    def __init__(self, seconds: float, run: Run) -> None:
        self._end: float = monotonic() + seconds - run.idle()
        self._run: Run = run

    def left(self) -> float:
        """The seconds that are left."""
        return self._end + self._run.idle() - monotonic()

    def more(self) -> float | None:
        """How long to wait once more where the seconds seem to be over; ``None`` where they are."""
        left = self.left()
        return max(left, PATIENCE) if left > 0 else None
