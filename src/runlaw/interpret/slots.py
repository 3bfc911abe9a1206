"""The places of an async run. All happens on one event loop, so nothing is locked."""

from __future__ import annotations

import asyncio
from collections import deque

from runlaw.interpret.control import DEFAULT_LIMIT, Limit


class Slots:
    """Gives the places of one async run to its tasks."""

    def __init__(self, limit: Limit | None) -> None:
        self.limit = limit
        self.threads: Limit = Limit(DEFAULT_LIMIT, said=False)
        self._waiting: deque[tuple[Limit, asyncio.Future[None]]] = deque()

    async def take(self, limit: Limit, *, first: bool = False) -> None:
        """Wait for a place; ``first`` goes before those that wait to start."""
        if limit.open():
            limit.add(-1)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.queue(limit, future, first=first)
        try:
            await future
        except asyncio.CancelledError:
            self.withdraw(limit, future)
            raise

    def queue(self, limit: Limit, future: asyncio.Future[None], *, first: bool) -> None:
        """End the future as soon as there is a place for whoever awaits it."""
        if first:
            self._waiting.appendleft((limit, future))
        else:
            self._waiting.append((limit, future))
        self.grant()

    def withdraw(self, limit: Limit, future: asyncio.Future[None]) -> None:
        """Nobody awaits the future any more: the place is somebody else's."""
        if (limit, future) in self._waiting:
            self._waiting.remove((limit, future))
        elif future.done() and not future.cancelled():
            self.give(limit)

    def give(self, limit: Limit) -> None:
        """Give a place back, and let those that wait have what is free."""
        limit.add(1)
        self.grant()

    def grant(self) -> None:
        for entry in list(self._waiting):
            limit, future = entry
            if future.cancelled():
                self._waiting.remove(entry)
            elif limit.open():
                self._waiting.remove(entry)
                limit.add(-1)
                future.set_result(None)
