"""Events on their way from the tasks that run a program to the task that reads them, on one event loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, get_ident
from time import monotonic
from types import TracebackType
from typing import Any

from runlaw.events.event import Event
from runlaw.interpret.aplaces import Bell
from runlaw.interpret.control import Stopped
from runlaw.interpret.handover import LOOK_AHEAD, locked, stops, wake


class AsyncHandover:
    """A bounded queue with one reader; tasks await ``room`` before they tell, threads enter it to wait for room.

    ``put`` itself never waits, since it may be called on the loop. What sync code tells on the loop between two
    awaits is therefore not bounded. ``outer`` is that of a reader around this one, who is told of the same events.
    """

    waits = True

    def __init__(self, outer: Any = None) -> None:  # Any: a Handover or AsyncHandover
        self.outer = outer
        self.events: deque[Event] = deque()
        self.parked: bool = False
        self.closed: bool = False
        self.stopped: bool = False
        """Whether nobody reads any more of a program that had not ended."""
        self.limit = LOOK_AHEAD if outer is None else 0
        """Where as many events wait to be read, a task should await ``room`` before it tells."""
        self._idle: float = 0.0
        self._parked_at: float = 0.0
        self._loop = asyncio.get_running_loop()
        self._thread = get_ident()
        self._rooms = Bell()
        self._turn = Lock()
        self._gate = locked()
        self._reader: asyncio.Future[None] | None = None

    # ------------------------------------------------------------------ telling

    def put(self, event: Event, hear: Callable[[], object] | None = None) -> None:
        """Leave an event; where nobody reads any more it is dropped. ``hear`` is called before: it tells others.

        Raises:
            Stopped: It is dropped, and a thread told it: what runs there is to end.
        """
        if hear is not None:
            hear()
        if self.closed:
            if self.stopped and get_ident() != self._thread and stops(event):
                raise Stopped
            return
        self.events.append(event)
        reader = self._reader
        if reader is not None:
            self._reader = None
            self._wake(reader)
        if self.outer is not None:
            self.outer.put(event)

    async def room(self) -> None:
        """Wait until there is room. A loop of another thread waits as a whole.

        Raises:
            CancelledError: Nobody reads any more.
        """
        if get_ident() != self._thread:
            with self:
                self._check()
            return
        while len(self.events) >= LOOK_AHEAD and not self.closed:
            self._park()
            await self._rooms.wait()
        self._check()
        if self.outer is not None:
            await self.outer.room()

    def _park(self) -> None:
        if not self.parked:
            self._parked_at = monotonic()
            self.parked = True

    def idle(self) -> float:
        """The seconds for which the program has waited for its reader."""
        now = monotonic() - self._parked_at if self.parked else 0.0
        return self._idle + now + (0.0 if self.outer is None else self.outer.idle())

    def _check(self) -> None:
        if self.stopped:
            raise asyncio.CancelledError

    def __enter__(self) -> None:
        """Have a thread wait for its turn and for room; the loop's own thread never waits."""
        if get_ident() != self._thread:
            self._turn.acquire()
            while len(self.events) >= LOOK_AHEAD and not self.closed:
                self._park()
                if len(self.events) >= LOOK_AHEAD and not self.closed:
                    self._gate.acquire()
        if self.outer is not None:
            self.outer.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.outer is not None:
            self.outer.__exit__(kind, error, trace)
        if get_ident() != self._thread:
            self._turn.release()

    # ------------------------------------------------------------------ reading

    async def more(self, program: asyncio.Task[None]) -> bool:
        """Wait for an event; false where the program has ended and there will be none."""
        while not self.events:
            if program.done():
                return bool(self.events)
            if self.parked:
                self.resume()
                await asyncio.sleep(0)  # measured: a task that has room again fills it in that one turn of the loop
                continue
            reader = self._reader = self._loop.create_future()
            try:
                if not self.events and not program.done():
                    await reader
            finally:
                self._reader = None
        return True

    def ended(self, program: asyncio.Task[None]) -> None:
        """To be called when the program has ended: the reader waits no longer."""
        if self._reader is not None:
            arrived(self._reader)

    def resume(self) -> None:
        """Let everybody go on who found no room."""
        if self.parked:
            self.parked = False
            self._idle += monotonic() - self._parked_at
        self._rooms.ring()
        wake(self._gate)

    def close(self, over: bool = False) -> None:
        """From now on nobody reads; ``over`` says that the program had ended."""
        self.stopped = not over
        self.closed = True
        self.limit = 0
        self.resume()

    def _wake(self, reader: asyncio.Future[None]) -> None:
        if get_ident() == self._thread:
            arrived(reader)
        else:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(arrived, reader)


def arrived(reader: asyncio.Future[None]) -> None:
    """End the reader's wait."""
    if not reader.done():
        reader.set_result(None)
