"""A figure of the table: what was measured, what it should be, what it is."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from benchmarks.measure import Spread

Unit: TypeAlias = Literal["x", "s", "MB"]


class Goal(NamedTuple):
    """A bound on a figure: from above, or from below when ``at_least``."""

    bound: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        """Judged at the precision that the table prints."""
        return round(value, 2) >= self.bound if self.at_least else round(value, 2) <= self.bound


class Figure(NamedTuple):
    """One line of the table.

    ``reached`` is ``None`` where the figure is against a peer that is not there. ``cost`` is what one
    step, chunk, item or call of ours takes, in seconds; ``peer`` is the peer's figure, in words.
    """

    name: str
    reached: Spread | None
    goal: Goal | None = None
    unit: Unit = "x"
    cost: float | None = None
    peer: str = ""

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        if self.reached is None:
            return "no peer"
        return "reached" if self.goal.met(self.reached.median) else "MISSED"


HEADER = ("figure", "goal", "reached", "min", "cost", "peer", "verdict")
WIDTHS = (74, 10, 9, 9, 9, 9, 8)


def row(figure: Figure) -> str:
    goal, reached = figure.goal, figure.reached
    return line(
        (
            figure.name,
            f"{'>=' if goal.at_least else '<='} {quantity(goal.bound, figure.unit)}" if goal else "",
            quantity(reached.median, figure.unit) if reached else "",
            quantity(reached.least, figure.unit) if reached else "",
            duration(figure.cost) if figure.cost is not None else "",
            figure.peer,
            figure.verdict,
        )
    )


def line(cells: tuple[str, ...]) -> str:
    first, *numbers, last = cells
    middle = "  ".join(cell.rjust(width) for cell, width in zip(numbers, WIDTHS[1:-1], strict=True))
    return f"{first.ljust(WIDTHS[0])}  {middle}  {last}".rstrip()


def quantity(value: float, unit: Unit) -> str:
    match unit:
        case "x":
            return f"{value:.2f}x" if value < 10 else f"{value:.1f}x" if value < 100 else f"{value:,.0f}x"
        case "s":
            return f"{value:.3f} s"
        case "MB":
            return f"{value:.2f} MB"


def duration(seconds: float) -> str:
    """In the unit that leaves at most three digits before the point; seconds may have more."""
    for unit, scale in (("ns", 1e9), ("us", 1e6), ("ms", 1e3)):
        if seconds * scale < 1000:
            return f"{seconds * scale:.1f} {unit}"
    return f"{seconds:.1f} s"
