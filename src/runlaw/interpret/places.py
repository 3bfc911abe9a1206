"""The one limit of a sync run: places for leaves, and jobs that wait for one.

Every thread of control of a run (its caller, and each job in a thread) holds a *place* while it may run a
leaf, and lends it while it waits for jobs of its own. Leaves are bounded, threads are not: a job that waits
for its own jobs keeps its thread and no place, so no nesting can deadlock. A failed group is dead: its
running jobs are abandoned, which frees their places at once and stops them before their next leaf.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from time import sleep
from typing import Any

from runlaw.interpret.blame import is_result
from runlaw.interpret.control import Control, Group, Limit, Stopped, Thunk
from runlaw.interpret.executing import set_executing
from runlaw.interpret.pool import POOL


class Scheduler:
    """Gives the places of one run to its jobs: first to owners that want theirs back, then to the newest group."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._returning: deque[Control] = deque()
        self._groups: list[Group] = []

    def admit(self, limit: Limit) -> Control:
        """A thread of control that runs already, and so has its place without waiting."""
        with self._lock:
            limit.add(-1)
        return Control(self, limit, holds=True)

    def start(self, group: Group, lending: bool = True) -> None:
        """Begin a group's jobs; the owner lends its place, or will when it attends. An abandoned owner begins none."""
        with self._lock:
            if group.owner.dead:
                self._kill(group)
                return
            group.owner.groups.append(group)
            self._groups.append(group)
            if lending:
                self._give(group.owner)
            jobs = self._dispatch()
        self._submit(jobs)

    def wait(self, group: Group, timeout: float = -1) -> bool:
        """Wait until the group is done and the owner has its place again; false when the time is up."""
        owner = group.owner
        with self._lock:
            if self._finished(group):
                wake = self._reclaim(owner)
            else:
                group.waiting = True
                wake = owner.wake = _locked()
            jobs = self._dispatch()
        self._submit(jobs)
        if wake.acquire(timeout=timeout):
            return True
        with self._lock:
            late = group.waiting
            group.waiting = False
        if late:
            return False
        wake.acquire()
        return True

    def lend(self, control: Control) -> None:
        """Let somebody else run while this thread of control waits for something."""
        with self._lock:
            self._give(control)
            jobs = self._dispatch()
        self._submit(jobs)

    def reclaim(self, control: Control) -> None:
        """Wait for a place again after ``lend``."""
        with self._lock:
            wake = self._reclaim(control)
            jobs = self._dispatch()
        self._submit(jobs)
        wake.acquire()

    def attend(self, control: Control, ready: Callable[[], object]) -> None:
        """Wait, without a place, until there is something to go on with, and then for the place.

        Whoever makes ``ready`` true calls the thread of control afterwards.
        """
        with self._lock:
            if control.dead or (control.holds and ready()):
                return
            if ready():
                wake = self._reclaim(control)
            else:
                self._give(control)
                control.ready = ready
                wake = control.wake = _locked()
            jobs = self._dispatch()
        self._submit(jobs)
        try:
            wake.acquire()
        except BaseException:
            with self._lock:
                control.ready = None
                if control in self._returning:
                    self._returning.remove(control)
            raise

    def call(self, control: Control) -> None:
        """There may be something to go on with: then it goes before whatever has not started."""
        with self._lock:
            self._call(control)
            jobs = self._dispatch()
        self._submit(jobs)

    def hand(self, giver: Control, taker: Control | None) -> None:
        """``call``; where there is no other place, ``taker`` has that of ``giver``, who waits for one again."""
        if taker is None:
            return
        wake: threading.Lock | None = None
        with self._lock:
            if taker.ready is None:
                return
            self._call(taker)
            jobs = self._dispatch()
            if taker in self._returning and giver.holds:
                self._give(giver)
                self._let_return()
                wake = self._reclaim(giver)
                jobs += self._dispatch()
        self._submit(jobs)
        if wake is not None:
            wake.acquire()

    def begin_visit(self, host: Control, guest: Control) -> None:
        """A leaf calls a Runnable, which has its place before whatever has not started."""
        with self._lock:
            host.visits += 1
            if host.visits == 1:
                self._give(host)
            wake = self._reclaim(guest)
            jobs = self._dispatch()
        self._submit(jobs)
        wake.acquire()

    def end_visit(self, host: Control, guest: Control) -> None:
        """The Runnable has ended, or waits to be read: a leaf without others goes on when it has its place again."""
        wake: threading.Lock | None = None
        with self._lock:
            self._give(guest)
            host.visits -= 1
            if not host.visits:
                wake = self._reclaim(host)
            jobs = self._dispatch()
        self._submit(jobs)
        if wake is not None:
            wake.acquire()

    def allow(self, group: Group, jobs: int) -> None:
        """Let ``jobs`` jobs of the group start in all; the others wait for another call."""
        with self._lock:
            group.allowed = jobs
            started = self._dispatch()
        self._submit(started)

    def kill(self, group: Group) -> None:
        """Abandon a group: nothing of it starts any more, and its running jobs hold no place."""
        with self._lock:
            self._kill(group)
            jobs = self._dispatch()
        self._submit(jobs)

    def abandon(self, control: Control) -> None:
        """Give up a thread of control: what it waits for it waits for no longer, and its jobs are abandoned."""
        with self._lock:
            self._abandon(control)
            jobs = self._dispatch()
        self._submit(jobs)

    def enter(self, control: Control, limit: Limit) -> bool:
        """Take a place under a further limit, which may mean to wait; false if it is held already."""
        with self._lock:
            if control.limit is None or limit.inside(control.limit):
                return False
            self._give(control)
            control.limit = limit
            wake = self._reclaim(control)
            jobs = self._dispatch()
        self._submit(jobs)
        wake.acquire()
        return True

    def leave(self, control: Control) -> None:
        """Give back the place that ``enter`` took."""
        with self._lock:
            limit = control.limit
            assert limit is not None
            if control.holds:
                limit.free += 1
            control.limit = limit.parent
            jobs = self._dispatch()
        self._submit(jobs)

    def _give(self, control: Control) -> None:
        if control.holds and control.limit is not None:
            control.holds = False
            control.limit.add(1)

    def _reclaim(self, control: Control) -> threading.Lock:
        wake = control.wake = _locked()
        if control.dead or control.holds or control.limit is None:
            wake.release()
        else:
            self._returning.append(control)
        return wake

    def _call(self, control: Control) -> None:
        if control.ready is not None and control.ready():
            control.ready = None
            if control.limit is not None:
                self._returning.append(control)
            elif control.wake is not None:
                control.wake.release()

    def _finished(self, group: Group) -> bool:
        return group.dead or (group.thunks is None and not group.running)

    def _kill(self, group: Group) -> None:
        if group in self._groups:
            self._groups.remove(group)
        if group in group.owner.groups:
            group.owner.groups.remove(group)
        group.dead = True
        group.thunks = None
        for control in group.running:
            self._abandon(control)
        group.running.clear()

    def _abandon(self, control: Control) -> None:
        self._give(control)
        control.dead = True
        control.ready = None
        for group in list(control.groups):
            self._kill(group)
        for guest in list(control.guests):
            self._abandon(guest)
        if control.wake is not None and control.wake.locked():
            control.wake.release()
        control.ring()

    def _dispatch(self) -> list[Task]:
        """Give free places away; the jobs that got one."""
        self._let_return()
        jobs: list[Task] = []
        for group in reversed(self._groups[:]):
            while group.limit.open() and self._has_room(group) and (job := self._draw(group)) is not None:
                group.limit.add(-1)
                jobs.append(job)
            if group.thunks is None:
                self._groups.remove(group)
                self._settle(group)
        self._let_return()
        return jobs

    def _let_return(self) -> None:
        for control in list(self._returning):
            if control.dead or (control.limit is not None and control.limit.open()):
                self._returning.remove(control)
                if not control.dead and control.limit is not None:
                    control.limit.add(-1)
                    control.holds = True
                if control.wake is not None and control.wake.locked():
                    control.wake.release()

    def _has_room(self, group: Group) -> bool:
        if group.allowed is not None and group.started >= group.allowed:
            return False
        return group.room is None or len(group.running) < group.room

    def _settle(self, group: Group) -> None:
        """If the group is finished, let its owner come back."""
        if self._finished(group):
            owner = group.owner
            if group in owner.groups:
                owner.groups.remove(group)
            if group.waiting:
                group.waiting = False
                if owner.dead or owner.limit is None:
                    if owner.wake is not None and owner.wake.locked():
                        owner.wake.release()
                else:
                    self._returning.append(owner)

    def _submit(self, jobs: list[Task]) -> None:
        for job in jobs:
            POOL.submit(job)

    def finish(self, task: Task, result: Any, error: BaseException | None) -> list[Task]:  # Any: a result
        """Record a job's end and give its place on; the jobs that may start now. For the pool's threads alone."""
        group, control = task.group, task.control
        while not self._lock.acquire(blocking=False):  # measured: threads that wait in line here switch at every job
            sleep(0)
        try:
            if control.dead:
                return []
            group.running.discard(control)
            if isinstance(error, Stopped):  # a sibling has failed, and will say so
                self._give(control)
                return self._dispatch()
            if error is not None and not is_result(error, group.keep_errors):
                group.error = error
                self._kill(group)
            group.notify(task.index, result, error)
            if group.reader is not None:
                self._call(group.reader)
            successor = self._successor(group, control)
            if successor is not None:
                return [successor]
            self._give(control)
            self._settle(group)
            return self._dispatch()
        finally:
            control.limit = None  # what its leaf left open gives it no place any more
            self._lock.release()

    def _successor(self, group: Group, control: Control) -> Task | None:
        """The next job of the newest group, in the place of one that is over, unless an owner wants it back."""
        if self._returning or not control.holds or not self._groups or self._groups[-1] is not group:
            return None
        successor = self._draw(group) if self._has_room(group) else None
        control.holds = successor is None
        return successor

    def _draw(self, group: Group) -> Task | None:
        """The next job of a group, in a place that it is given, if there is one. After the last one it has none."""
        if group.thunks is None:
            return None
        index, thunk = next(group.thunks)
        control = Control(self, group.limit, holds=True)
        group.running.add(control)
        group.started += 1
        if group.started == group.size:
            group.thunks = None
        return Task(self, group, control, index, thunk)


class Task:
    """One job, as a thread of the pool runs it: itself, then whatever its end lets start."""

    __slots__ = ("control", "group", "index", "scheduler", "thunk")

    def __init__(self, scheduler: Scheduler, group: Group, control: Control, index: int, thunk: Thunk) -> None:
        self.scheduler: Scheduler = scheduler
        self.group: Group = group
        self.control: Control = control
        self.index: int = index
        self.thunk: Thunk = thunk

    def __call__(self) -> None:
        todo: list[Task] = [self]
        while todo:
            task = todo.pop()
            for other in todo:
                POOL.submit(other)
            todo = task.run()

    def run(self) -> list[Task]:
        result, error = None, None
        set_executing(self.control)
        try:
            result = self.thunk(self.control)
        except BaseException as raised:
            error = raised
        finally:
            set_executing(None)
        return self.scheduler.finish(self, result, error)


def _locked() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock
