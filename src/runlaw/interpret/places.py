"""The one limit of a sync run: places for leaves, and jobs that wait for one.

Every thread of control of a run (its caller, and each job in a thread) holds a *place* while it may run a
leaf, and lends it while it waits for jobs of its own. Leaves are bounded, threads are not: a job that waits
for its own jobs keeps its thread and no place, so no nesting can deadlock. A failed group is dead: its
running jobs are abandoned, which frees their places at once and stops them before their next leaf.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextvars import copy_context
from typing import Any

from runlaw.interpret.control import Control, Group, Limit, Stopped, Thunk
from runlaw.interpret.pool import POOL


class Scheduler:
    """Gives the places of one run to its jobs: first to owners that want theirs back, then to the newest group."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._returning: deque[Control] = deque()
        self._groups: list[Group] = []

    def start(self, group: Group) -> None:
        """Begin a group's jobs; the owner lends its place."""
        with self._lock:
            group.owner.groups.append(group)
            self._groups.append(group)
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

    def lend_to_visit(self, host: Control) -> bool:
        """A leaf calls a Runnable; whether that is the only one it now calls."""
        with self._lock:
            host.visits += 1
            return host.visits == 1

    def end_visit(self, host: Control) -> bool:
        """A Runnable that a leaf called has ended; whether it was the last one."""
        with self._lock:
            host.visits -= 1
            return host.visits == 0

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
        for group in list(control.groups):
            self._kill(group)
        if control.wake is not None and control.wake.locked():
            control.wake.release()
        for alarm in control.alarms:
            alarm()

    def _dispatch(self) -> list[Task]:
        """Give free places away; the jobs that got one."""
        self._let_return()
        jobs: list[Task] = []
        for group in reversed(self._groups[:]):
            while group.thunks is not None and group.limit.open() and self._has_room(group):
                index, thunk = next(group.thunks, (-1, None))
                if thunk is None:
                    group.thunks = None
                    break
                control = Control(self, group.limit, holds=True)
                group.limit.add(-1)
                group.running.add(control)
                group.started += 1
                jobs.append(Task(self, group, control, index, thunk))
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
        """Record a job's end and give its place on; the jobs that may start now."""
        group, control = task.group, task.control
        with self._lock:
            if control.dead:
                return []
            group.running.discard(control)
            self._give(control)
            if error is not None and not (group.keep_errors and isinstance(error, Exception)):
                group.error = error
                self._kill(group)
            group.notify(task.index, result, error)
            self._settle(group)
            return self._dispatch()


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


_thread = threading.local()


def get_executing() -> Control | None:
    """The job that runs in the calling thread, if any."""
    control: Control | None = getattr(_thread, "control", None)
    return control


def set_executing(control: Control | None) -> None:
    """Say whose work the calling thread does."""
    _thread.control = control


def executing(scheduler: Scheduler) -> Control | None:
    """The job of this scheduler that runs in the calling thread, if any."""
    control = get_executing()
    return control if control is not None and control.scheduler is scheduler else None


def _locked() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


def in_context(thunk: Thunk) -> Thunk:
    """The thunk in a copy of the caller's context."""
    context = copy_context()
    return lambda control: context.run(thunk, control)


def gather(
    scheduler: Scheduler,
    owner: Control,
    limit: Limit,
    thunks: Iterator[Thunk],
    room: int | None = None,
    keep_errors: bool = False,
) -> list[Any]:  # Any: the results of whatever programs they run
    """Run the jobs, and give their results in order.

    Raises:
        BaseException: What the first failing job raised, at once. With ``keep_errors`` an ``Exception`` takes
            the place of the result instead.
    """
    results: dict[int, Any] = {}  # Any: results

    def notify(index: int, result: Any, error: BaseException | None) -> None:  # Any: a result
        results[index] = result if error is None else error

    group = Group(owner, limit, thunks, room, notify, keep_errors)
    scheduler.start(group)
    try:
        scheduler.wait(group)
    except BaseException:
        scheduler.kill(group)
        raise
    if owner.dead:
        raise Stopped
    if group.error is not None:
        raise group.error
    return [results[index] for index in range(len(results))]
