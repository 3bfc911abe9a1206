"""Events on their way from the thread that runs a program to the one that reads them."""

from __future__ import annotations

from asyncio import CancelledError
from collections import deque
from collections.abc import Callable
from sys import maxsize
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import Any

from runlaw.events.event import Custom, Event, RunFailed
from runlaw.interpret.control import Stopped

LOOK_AHEAD = 15
"""How many events may be told that nobody has read yet. One more may have happened, and waits to be told."""
DOZE = 0.0002
"""Seconds in which a thread that had found no room may fill it again before the reader looks for itself."""
GRACE = 0.1
"""Seconds that closing waits for the program's generators to close: a leaf that is running may take longer."""


class Handover:
    """A bounded queue with one reader and any number of threads that tell.

    Whoever waits says so before it looks once more whether it must; whoever makes a wait needless looks afterwards
    whether anybody said so. A thread that found no room is woken when the reader has read all there was: so the two
    change over once for every ``LOOK_AHEAD`` events.

    ``outer`` is that of a reader around this one, who is told of the same events. ``stop`` ends the program where
    it waits for something else than room.
    """

    def __init__(self, outer: Any = None) -> None:  # Any: a Handover or AsyncHandover
        self.outer = outer
        self.waits: bool = outer is not None and outer.waits
        self.events: deque[Event] = deque()
        self.parked: bool = False
        self.closed: bool = False
        self.limit: int = maxsize if outer is None else 0
        """Where as many events wait, a task should await ``room``: never, but to hear that nobody reads any more."""
        self.ended: bool = False
        self.error: BaseException | None = None
        self.stop: Callable[[], object] | None = None
        self._coming: list[Event] = []
        """Those that have room, and of which others are being told."""
        self._idle: float = 0.0
        self._parked_at: float | None = None
        self._turn = Lock()
        self._room = locked()
        self._came = locked()
        self._done = locked()
        self._reading = False

    @property
    def stopped(self) -> bool:
        """Whether nobody reads any more of a program that had not ended."""
        return self.closed and not self.ended

    # ------------------------------------------------------------------ telling

    def put(self, event: Event, hear: Callable[[], object] | None = None) -> None:
        """Leave an event, as soon as there is room; ``hear`` is called before, which tells others of it.

        Raises:
            Stopped: Nobody reads any more, so the program is to end.
        """
        with self._turn:
            while len(self.events) + len(self._coming) >= LOOK_AHEAD and not self.closed:
                self._park()
            if hear is None:
                left = self._leave(event)
            else:
                self._coming.append(event)
                left = False
        if hear is not None:
            try:
                hear()
                left = self._leave(event)
            finally:
                self._coming.pop()
        if left and self.outer is not None:
            self.outer.put(event)

    def _leave(self, event: Event) -> bool:
        """Leave an event that has room; false where the program has ended, and nobody reads any more."""
        if self.closed:
            if self.stopped and stops(event):
                raise Stopped
            return False
        self.events.append(event)
        if self._reading:
            wake(self._came)
        return True

    def _park(self) -> None:
        """Wait until the reader has read all there was."""
        began = self._parked_at = monotonic()
        self.parked = True
        if len(self.events) + len(self._coming) >= LOOK_AHEAD and not self.closed:
            wake(self._came)
            self._room.acquire()
        self.parked = False
        self._parked_at = None
        self._idle += monotonic() - began

    def idle(self) -> float:
        """The seconds for which the program has waited for its reader."""
        since = self._parked_at
        now = 0.0 if since is None else monotonic() - since
        return self._idle + now + (0.0 if self.outer is None else self.outer.idle())

    async def room(self) -> None:
        """For tasks: nothing to wait for, as ``put`` waits.

        Raises:
            CancelledError: Nobody reads any more.
        """
        if self.stopped:
            raise CancelledError
        if self.outer is not None:
            await self.outer.room()

    def __enter__(self) -> None:
        if self.outer is not None:
            self.outer.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.outer is not None:
            self.outer.__exit__(kind, error, trace)

    def finish(self, error: BaseException | None) -> None:
        """The program has ended, with or without an error."""
        self.error = error
        self.ended = True
        wake(self._came)
        wake(self._done)

    # ------------------------------------------------------------------ reading

    def more(self) -> bool:
        """Wait for an event; false where there will be none."""
        while not self.events:
            if self.ended:
                return bool(self.events)
            if self.parked:
                wake(self._room)
                self._came.acquire(timeout=DOZE)
                continue
            self._reading = True
            if not self.events and not self.ended:
                self._came.acquire()
            self._reading = False
        return True

    def close(self) -> None:
        """Stop the program, and wait a moment until its generators are closed."""
        self.halt()
        if not self.ended:
            self._done.acquire(timeout=GRACE)

    def halt(self) -> None:
        """Stop the program, if it has not ended; what outlives it is told of no more."""
        self.closed = True
        self.limit = 0
        wake(self._room)
        if self.stop is not None and not self.ended:
            self.stop()


def stops(event: Event) -> bool:
    """Whether telling an event that nobody reads ends the program: not inside a leaf, nor where it ends already."""
    return not isinstance(event, (RunFailed, Custom))


def locked() -> Lock:
    """A lock to wait at until somebody wakes the waiter."""
    lock = Lock()
    lock.acquire()
    return lock


def wake(lock: Lock) -> None:
    """Let whoever waits at the lock go on, or the next one that comes."""
    try:
        lock.release()
    except RuntimeError:
        return  # it was woken already
