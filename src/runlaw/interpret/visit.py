"""A run inside a leaf of another, under one limit: the leaf lends its place while Runnables that it calls run."""

from __future__ import annotations

from runlaw.interpret.control import Control, Limit, Stopped
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

    def leave(self) -> None:
        """The run is over."""
        self._bond.__exit__(None, None, None)

    def _abandon(self) -> None:
        control = self._run.control
        if control is not None and control.scheduler is not None:
            control.scheduler.abandon(control)


class Visit:
    """One such run. The leaf's place is free from its first visit to the end of its last; each takes a place."""

    def __init__(self, run: Run, host: Control, limit: Limit) -> None:
        self._run = run
        self._host = host
        self._guest = Control(host.scheduler, limit)
        self._before: Control | None = None

    def enter(self) -> None:
        """Wait for a place, in a sync run."""
        host, guest, scheduler = self._host, self._guest, self._scheduler
        if host.dead:
            raise Stopped
        if scheduler.lend_to_visit(host, guest):
            scheduler.lend(host)
        scheduler.reclaim(guest)
        self._run.control = guest
        self._before = get_executing()
        set_executing(guest)

    def leave(self) -> None:
        """Give the place back, and let the leaf go on when it has no more visits."""
        scheduler = self._scheduler
        set_executing(self._before)
        scheduler.lend(self._guest)
        if scheduler.end_visit(self._host, self._guest):
            scheduler.reclaim(self._host)

    async def aenter(self) -> None:
        """Wait for a place, in an async run."""
        host, guest, slots = self._host, self._guest, self._slots
        host.guests.append(guest)
        if len(host.guests) == 1 and host.holds and host.limit is not None:
            host.holds = False
            slots.give(host.limit)
        self._run.control = guest
        try:
            assert guest.limit is not None
            await slots.take(guest.limit, first=True)
        except BaseException:
            self._return_host()
            raise
        guest.holds = True

    def aleave(self) -> None:
        """Give the place back. A leaf without visits goes on at once; others wait until it has its place again."""
        guest = self._guest
        if guest.holds and guest.limit is not None:
            guest.holds = False
            self._slots.give(guest.limit)
        self._return_host()

    def _return_host(self) -> None:
        host = self._host
        host.guests.remove(self._guest)
        if not host.guests and host.limit is not None and not host.holds:
            host.limit.add(-1)
            host.holds = True

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


def visit(run: Run, outer: Run, limit: int | None) -> Visit | None:
    """Let a run have part in the limit of the run around it, with a further limit of its own, if that has one."""
    env = outer.env
    assert env is not None
    host = outer.host
    if env.scheduler is not None:
        host = executing(env.scheduler) or host
    if host is None or host.limit is None:
        return None
    return Visit(run, host, host.limit if limit is None else Limit(limit, host.limit))
