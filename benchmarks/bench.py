"""What a section of the table is given: how much to measure, and the peer, if it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from benchmarks.figures import Figure, Goal, duration, quantity
from benchmarks.measure import Effort, Spread, Timer, calibrate, race, sample
from benchmarks.peer import Peer


class Bench(NamedTuple):
    """Measures and words a figure."""

    effort: Effort
    peer: Peer | None = None

    def size(self, full: int) -> int:
        """How many chunks, items or steps to take for ``full`` of them."""
        return self.effort.size(full)

    def peer_timer(self, work: str, *sizes: int, times: int = 1) -> Timer | None:
        """The peer's timer of that work; with ``times``, of a part of it that stands for the whole."""
        if self.peer is None:
            return None
        part = self.peer.timer(work, *sizes)
        return part if times == 1 else lambda count: part(count) * times

    def beside_plain(
        self, name: str, ours: Timer, plain: Timer, goal: float | None, peer: Timer | None = None, per: int = 1
    ) -> Figure:
        """Ours as a multiple of plain Python; ``per`` is how many steps, chunks or items one call takes."""
        found = race(self.effort, ours, plain, peer)
        return Figure(
            name,
            found.ours,
            Goal(goal) if goal is not None else None,
            cost=found.seconds / per,
            peer=quantity(found.peer.median, "x") if found.peer else "",
        )

    def faster_than_peer(self, name: str, ours: Timer, peer: Timer | None, goal: float, per: int = 1) -> Figure:
        """How many times less than the peer ours takes, in pairs of samples."""
        least = Goal(goal, at_least=True)
        if peer is None:
            return Figure(name, None, least, cost=sample(ours, calibrate(ours, self.effort.sample)) / per)
        found = race(self.effort, peer, ours)
        theirs = found.seconds / per
        return Figure(name, found.ours, least, cost=theirs / found.ours.median, peer=duration(theirs))


Section: TypeAlias = Callable[[Bench], Iterator[Figure]]


def growth_figure(name: str, found: Spread, goal: float) -> Figure:
    return Figure(name, found, Goal(goal))
