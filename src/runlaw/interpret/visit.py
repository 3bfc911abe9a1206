"""A run inside a leaf of another, under one limit: the leaf lends its place while Runnables that it calls run."""

from __future__ import annotations

from runlaw.interpret.control import Control, Limit, Stopped
from runlaw.interpret.current import CURRENT
from runlaw.interpret.executing import executing, get_executing, set_executing
from runlaw.interpret.places import Scheduler
from runlaw.interpret.run import Run
from runlaw.interpret.slots import Slots


class Tether:
    """A sync run in a job of another one, with places of its own: it is abandoned along with the job."""

    def __init__(self, run: Run, host: Control) -> None:
        self._run = run
        self._bond = host.alarmed(self._abandon)

    def enter(self) -> None:
        """Refuse to begin where the job was abandoned already."""
        self._bond.__enter__()

    def pause(self) -> None:
        """Its places are its own, whoever goes on."""

    def resume(self) -> None:
        """As for ``pause``."""

    def leave(self) -> None:
        """The run is over."""
        self._bond.__exit__(None, None, None)

    def _abandon(self) -> None:
        control = self._run.control
        if control is not None and control.scheduler is not None:
            control.scheduler.abandon(control)


class Visit:
    """One such run. The leaf's place is free from its first visit to the end of its last; each takes a place.

    A stream is paused while its reader, which is the leaf, goes on with a chunk; whoever asks for the next one is
    the leaf that it visits then.
    """

    def __init__(self, run: Run, outer: Run, host: Control, limit: Limit) -> None:
        self._run = run
        self._outer = outer
        self._host = host
        self._guest = Control(host.scheduler, limit)
        self._before: Control | None = None
        self._present: bool = False

    def enter(self) -> None:
        """Wait for a place, in a sync run."""
        if self._host.dead:
            raise Stopped
        self.resume()
        self._run.control = self._guest

    def resume(self) -> None:
        """Take a place in that of the leaf that asks."""
        self._move(host_of(self._outer))
        self._scheduler.begin_visit(self._host, self._guest)
        self._present = True
        self._before = get_executing()
        set_executing(self._guest)

    def pause(self) -> None:
        """Give the place back, and let the leaf go on when it has no more visits."""
        self._present = False
        set_executing(self._before)
        self._scheduler.end_visit(self._host, self._guest)

    def leave(self) -> None:
        """The run is over."""
        if self._present:
            self.pause()
        self._host.guests.remove(self._guest)

    async def aenter(self) -> None:
        """Wait for a place, in an async run."""
        try:
            await self.aresume()
        except BaseException:
            self._host.guests.remove(self._guest)
            raise
        self._run.control = self._guest

    async def aresume(self) -> None:
        """``resume`` on an event loop."""
        here = CURRENT.get()
        self._move(here.host if here is not None and here.env is self._run.env else self._outer.host)
        host, guest, slots = self._host, self._guest, self._slots
        host.visits += 1
        if host.visits == 1 and host.holds and host.limit is not None:
            host.holds = False
            slots.give(host.limit)
        self._present = True
        try:
            assert guest.limit is not None
            await slots.take(guest.limit, first=True)
        except BaseException:
            self.apause()
            raise
        guest.holds = True

    def apause(self) -> None:
        """Give the place back. A leaf without visits goes on at once; others wait until it has its place again."""
        self._present = False
        host, guest = self._host, self._guest
        if guest.holds and guest.limit is not None:
            guest.holds = False
            self._slots.give(guest.limit)
        host.visits -= 1
        if not host.visits and host.limit is not None and not host.holds:
            host.limit.add(-1)
            host.holds = True

    def aleave(self) -> None:
        """The run is over."""
        if self._present:
            self.apause()
        self._host.guests.remove(self._guest)

    def _move(self, host: Control | None) -> None:
        """Be the guest of the leaf that asks now, so that it is abandoned along with it."""
        if self._guest in self._host.guests:
            self._host.guests.remove(self._guest)
        self._host = host or self._host
        self._host.guests.append(self._guest)

    @property
    def _scheduler(self) -> Scheduler:
        scheduler = self._guest.scheduler
        assert scheduler is not None
        return scheduler

    @property
    def _slots(self) -> Slots:
        env = self._run.env
        assert env is not None
        assert env.slots is not None
        return env.slots


def host_of(outer: Run) -> Control | None:
    """The thread of control that runs the leaf that calls."""
    assert outer.env is not None
    scheduler = outer.env.scheduler
    return outer.host if scheduler is None else executing(scheduler) or outer.host


def visit(run: Run, outer: Run, limit: int | None) -> Visit | None:
    """Let a run have part in the limit of the run around it, with a further limit of its own, if that has one."""
    host = host_of(outer)
    if host is None or host.limit is None:
        return None
    return Visit(run, outer, host, host.limit if limit is None else Limit(limit, host.limit))
