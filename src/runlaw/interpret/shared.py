"""What a watched run shares with those inside it, where several threads may tell of them."""

from __future__ import annotations

from asyncio import CancelledError
from threading import RLock
from typing import TYPE_CHECKING

from runlaw.interpret.control import Stopped
from runlaw.kernel.nodes import Assign, Each, Parallel

if TYPE_CHECKING:
    from runlaw.interpret.watch import Watched

GIVEN_UP = (Stopped, GeneratorExit, CancelledError)
"""What ends a run that nobody wants any more."""
TOGETHER = (Parallel, Assign, Each)
"""Kinds of which one part that fails ends the others."""


class Shared:
    """A lock, held while something is told, and the runs inside.

    One of these that fails has the others ``doomed``, where that is ``fatal``: from then on none of them starts.
    """

    __slots__ = ("children", "doomed", "fatal", "lock")

    def __init__(self, fatal: bool) -> None:
        self.children: set[Watched] = set()
        self.lock: RLock = RLock()
        self.fatal: bool = fatal
        self.doomed: bool = False
