"""What a sync run is bounded by and made of: limits, threads of control, and groups of jobs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runlaw.interpret.places import Scheduler

DEFAULT_LIMIT = 32

Thunk = Callable[["Control"], Any]  # Any: the result of whatever program it runs


class Stopped(BaseException):
    """Ends a job whose result nobody waits for any more. It never reaches a caller."""


class Limit:
    """How many more may run under one bound, and under the bounds around it; ``said`` if somebody asked for it."""

    __slots__ = ("free", "parent", "said", "size")

    def __init__(self, size: int, parent: Limit | None = None, *, said: bool = True) -> None:
        self.size: int = size
        self.free: int = size
        self.parent: Limit | None = parent
        self.said: bool = said or (parent is not None and parent.said)

    def open(self) -> bool:
        limit: Limit | None = self
        while limit is not None:
            if limit.free <= 0:
                return False
            limit = limit.parent
        return True

    def smallest(self) -> int:
        """How many may run at one time at most."""
        return self.size if self.parent is None else min(self.size, self.parent.smallest())

    def inside(self, other: Limit) -> bool:
        """Whether ``other`` is this limit or one under it."""
        limit: Limit | None = other
        while limit is not None and limit is not self:
            limit = limit.parent
        return limit is self

    def add(self, places: int) -> None:
        limit: Limit | None = self
        while limit is not None:
            limit.free += places
            limit = limit.parent


class Control:
    """One thread of control. ``dead`` says that it was abandoned; ``alarms`` are then called, to wake it.

    ``ready`` says, while it waits to be called, whether it may go on. ``guests`` are the runs that its leaf has
    called, ``visits`` how many of these it waits for. ``bounded`` says that it works for one of another way of
    running that is under a limit.
    """

    __slots__ = (
        "alarms",
        "bounded",
        "dead",
        "groups",
        "guests",
        "holds",
        "limit",
        "ready",
        "scheduler",
        "visits",
        "wake",
    )

    def __init__(self, scheduler: Scheduler | None, limit: Limit | None = None, holds: bool = False) -> None:
        self.scheduler: Scheduler | None = scheduler
        self.alarms: list[Callable[[], None]] = []
        self.ready: Callable[[], object] | None = None
        self.guests: list[Control] = []
        self.visits: int = 0
        self.bounded: bool = False
        self.limit: Limit | None = limit
        self.holds: bool = holds
        self.dead: bool = False
        self.groups: list[Group] = []
        self.wake: threading.Lock | None = None

    @property
    def limited(self) -> bool:
        """Whether it is under a limit that somebody asked for."""
        return self.bounded or (self.limit is not None and self.limit.said)

    @contextmanager
    def alarmed(self, alarm: Callable[[], None]) -> Iterator[None]:
        """Have ``alarm`` called, in whatever thread, if this is abandoned before the body ends.

        Raises:
            Stopped: It was abandoned already.
        """
        self.alarms.append(alarm)
        try:
            if self.dead:
                raise Stopped
            yield
        finally:
            self.alarms.remove(alarm)

    def ring(self) -> None:
        """Call the alarms."""
        for alarm in list(self.alarms):
            alarm()


class Group:
    """Jobs whose owner waits for them; ``reader`` is the thread of control that is called when one has finished."""

    __slots__ = (
        "allowed",
        "dead",
        "error",
        "keep_errors",
        "limit",
        "notify",
        "owner",
        "reader",
        "room",
        "running",
        "size",
        "started",
        "thunks",
        "waiting",
    )

    def __init__(
        self,
        owner: Control,
        limit: Limit,
        thunks: Sequence[Thunk],
        room: int | None,
        notify: Callable[[int, Any, BaseException | None], None],  # Any: a result
        keep_errors: bool,
    ) -> None:
        self.owner: Control = owner
        self.limit: Limit = limit
        self.size: int = len(thunks)
        self.thunks: Iterator[tuple[int, Thunk]] | None = enumerate(thunks) if thunks else None
        self.room: int | None = room
        self.notify: Callable[[int, Any, BaseException | None], None] = notify  # Any: as above
        self.keep_errors: bool = keep_errors
        self.running: set[Control] = set()
        self.error: BaseException | None = None
        self.dead: bool = False
        self.waiting: bool = False
        self.started: int = 0
        self.reader: Control | None = None
        self.allowed: int | None = None
