"""Who holds a place of a run's limit, and who is next, in sync runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from runlaw.interpret.control import Control, Group, Limit, Stopped
from runlaw.interpret.gather import gather
from runlaw.interpret.places import Scheduler

PATIENCE = 20.0


class Work:
    """A run with ``size`` places, of which its caller holds one."""

    def __init__(self, size: int) -> None:
        self.limit = Limit(size)
        self.scheduler = Scheduler()
        self.caller = self.scheduler.admit(self.limit)

    def group(self, *jobs: Callable[[Control], Any]) -> Group:
        return Group(self.caller, self.limit, jobs, None, lambda *_: None, keep_errors=False)


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def wait_until(done: Callable[[], object]) -> None:
    pause = threading.Event()
    for _ in range(2000):
        if done():
            return
        pause.wait(0.01)
    raise AssertionError("it never came about")


def test_one_that_attends_lends_its_place_and_has_it_back_before_what_has_not_started() -> None:
    work = Work(1)
    order: list[str] = []
    made: list[str] = []

    def job(name: str) -> Callable[[Control], Any]:
        def run(control: Control) -> None:
            order.append(name)
            made.append(name)

        return run

    group = work.group(job("a"), job("b"))
    group.reader = work.caller
    work.scheduler.start(group, lending=False)
    assert order == []
    for name in "ab":
        work.scheduler.attend(work.caller, lambda: made)
        assert made == [name]
        assert work.caller.holds
        order.append("read")
        made.clear()
    assert order == ["a", "read", "b", "read"]


def test_one_that_need_not_wait_keeps_its_place() -> None:
    work = Work(1)
    work.scheduler.attend(work.caller, lambda: True)
    assert work.caller.holds
    assert work.limit.free == 0


def test_a_call_that_comes_too_early_is_no_call() -> None:
    work = Work(1)
    ready: list[int] = []
    attending = in_thread(lambda: work.scheduler.attend(work.caller, lambda: ready))
    wait_until(lambda: work.caller.ready is not None)
    work.scheduler.call(work.caller)
    assert not work.caller.holds
    ready.append(1)
    work.scheduler.call(work.caller)
    attending.join(PATIENCE)
    assert work.caller.holds


def test_one_place_is_handed_over_and_given_back() -> None:
    work = Work(1)
    made: list[int] = []
    back = threading.Event()

    def job(control: Control) -> None:
        made.append(1)
        work.scheduler.hand(control, work.caller)
        assert control.holds
        back.set()

    work.scheduler.start(work.group(job), lending=False)
    work.scheduler.attend(work.caller, lambda: made)
    assert work.caller.holds
    assert not back.wait(0.05)
    work.scheduler.lend(work.caller)
    assert back.wait(PATIENCE)


def test_nothing_is_handed_over_where_there_is_another_place() -> None:
    work = Work(2)
    made: list[int] = []
    done = threading.Event()

    def job(control: Control) -> None:
        made.append(1)
        work.scheduler.hand(control, work.caller)
        done.set()

    work.scheduler.start(work.group(job))
    work.scheduler.attend(work.caller, lambda: made)
    assert done.wait(PATIENCE)


def test_one_without_a_limit_attends_without_a_place() -> None:
    work = Work(1)
    reader = Control(work.scheduler)
    ready: list[int] = []
    attending = in_thread(lambda: work.scheduler.attend(reader, lambda: ready))
    wait_until(lambda: reader.ready is not None)
    ready.append(1)
    work.scheduler.call(reader)
    attending.join(PATIENCE)
    assert not attending.is_alive()
    assert work.limit.free == 0


def test_an_abandoned_one_waits_no_longer_and_starts_nothing() -> None:
    work = Work(1)
    attending = in_thread(lambda: work.scheduler.attend(work.caller, lambda: False))
    wait_until(lambda: work.caller.ready is not None)
    work.scheduler.abandon(work.caller)
    attending.join(PATIENCE)
    assert not attending.is_alive()
    started: list[int] = []
    work.scheduler.start(work.group(lambda _: started.append(1)))
    threading.Event().wait(0.05)
    assert started == []
    assert work.limit.free == 1


def test_the_guests_of_an_abandoned_one_are_abandoned() -> None:
    work = Work(1)
    guest = Control(work.scheduler, work.limit)
    work.caller.guests.append(guest)
    work.scheduler.begin_visit(work.caller, guest)
    work.scheduler.abandon(work.caller)
    assert guest.dead


def test_a_guest_has_the_place_of_its_host_before_what_has_not_started() -> None:
    work = Work(1)
    started: list[int] = []
    work.scheduler.start(work.group(lambda _: started.append(1)), lending=False)
    guest = Control(work.scheduler, work.limit)
    work.scheduler.begin_visit(work.caller, guest)
    assert [work.caller.holds, guest.holds] == [False, True]
    work.scheduler.end_visit(work.caller, guest)
    assert [work.caller.holds, guest.holds] == [True, False]
    assert started == []


def alarmed(control: Control, rung: list[str]) -> Iterator[None]:
    with control.alarmed(lambda: rung.append("rung")):
        yield


def test_an_alarm_rings_while_its_body_runs_and_no_longer() -> None:
    work = Work(1)
    rung: list[str] = []
    for _ in alarmed(work.caller, rung):
        work.scheduler.abandon(work.caller)
    assert rung == ["rung"]
    work.caller.ring()
    assert rung == ["rung"]
    with pytest.raises(Stopped), work.caller.alarmed(lambda: None):
        raise AssertionError("it was abandoned")


def test_the_time_is_not_up_where_only_the_place_is_missing() -> None:
    """The jobs end in time; what is waited for after that is the place, and it is waited for."""
    work = Work(1)
    release = threading.Event()
    group = work.group(lambda _: release.wait(PATIENCE))
    work.scheduler.start(group)
    other = Control(work.scheduler, work.limit)
    returning = in_thread(lambda: work.scheduler.reclaim(other))
    wait_until(lambda: other.wake is not None)
    in_time: list[bool] = []
    waiting = in_thread(lambda: in_time.append(work.scheduler.wait(group, timeout=0.1)))
    release.set()
    returning.join(PATIENCE)
    assert other.holds
    waiting.join(0.3)
    assert in_time == []
    work.scheduler.lend(other)
    waiting.join(PATIENCE)
    assert in_time == [True]
    assert work.caller.holds


def test_the_time_is_up_while_a_job_runs() -> None:
    work = Work(1)
    release = threading.Event()
    group = work.group(lambda _: release.wait(PATIENCE))
    work.scheduler.start(group)
    assert not work.scheduler.wait(group, timeout=0.05)
    assert work.limit.free == 0
    work.scheduler.kill(group)
    assert work.limit.free == 1
    work.scheduler.reclaim(work.caller)
    assert work.caller.holds
    assert work.limit.free == 0
    release.set()


def test_an_owner_without_a_limit_waits_for_its_jobs() -> None:
    work = Work(2)
    owner = Control(work.scheduler)
    release = threading.Event()
    ended: list[int] = []

    def job(_: Control) -> None:
        release.wait(PATIENCE)
        ended.append(1)

    group = Group(owner, work.limit, [job], None, lambda *_: None, keep_errors=False)
    work.scheduler.start(group)
    in_time: list[bool] = []
    waiting = in_thread(lambda: in_time.append(work.scheduler.wait(group)))
    wait_until(lambda: group.waiting)
    release.set()
    waiting.join(PATIENCE)
    assert (in_time, ended, owner.holds) == ([True], [1], False)


def test_jobs_that_a_failure_makes_room_for_run_at_the_same_time() -> None:
    work = Work(3)
    release, running = threading.Event(), threading.Event()
    meeting = threading.Barrier(2)

    def fails(_: Control) -> None:
        running.wait(PATIENCE)
        raise ValueError("it failed")

    def stays(_: Control) -> None:
        running.set()
        release.wait(PATIENCE)

    def meets(_: Control) -> None:
        meeting.wait(PATIENCE)

    failing = work.group(fails, stays)
    later = Group(Control(work.scheduler), work.limit, [meets, meets], None, lambda *_: None, keep_errors=False)
    assert work.limit.free == 2
    work.scheduler.start(failing, lending=False)
    work.scheduler.start(later)
    in_time: list[bool] = []
    waiting = in_thread(lambda: in_time.append(work.scheduler.wait(later)))
    waiting.join(PATIENCE)
    assert in_time == [True]
    assert isinstance(failing.error, ValueError)
    assert work.limit.free == 2
    release.set()


def test_a_place_that_is_held_already_is_not_taken_twice() -> None:
    work = Work(2)
    inner = Limit(1, work.limit)
    assert work.scheduler.enter(work.caller, inner)
    assert (inner.free, work.limit.free) == (0, 1)
    assert not work.scheduler.enter(work.caller, inner)
    assert not work.scheduler.enter(work.caller, work.limit)
    assert (inner.free, work.limit.free) == (0, 1)
    work.scheduler.leave(work.caller)
    assert (inner.free, work.limit.free) == (1, 1)
    assert work.caller.limit is work.limit
    assert work.caller.holds
    assert not work.scheduler.enter(Control(work.scheduler), inner)  # it has no place at all


class Lock:
    """A lock at which nobody can wait: the wait is interrupted."""

    def acquire(self) -> bool:
        raise KeyboardInterrupt

    def locked(self) -> bool:
        return True

    def release(self) -> None:
        """Nobody waits."""


def test_one_that_is_interrupted_while_it_attends_is_not_given_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(1)
    monkeypatch.setattr("runlaw.interpret.places._locked", Lock)
    with pytest.raises(KeyboardInterrupt):
        work.scheduler.attend(work.caller, lambda: False)
    assert work.caller.ready is None
    assert work.limit.free == 1
    other = work.scheduler.admit(work.limit)
    with pytest.raises(KeyboardInterrupt):
        work.scheduler.attend(work.caller, lambda: True)  # it waits for its place, which another has
    work.scheduler.lend(other)
    assert work.limit.free == 1
    assert not work.caller.holds


def test_jobs_of_one_that_is_interrupted_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(1)
    release, began = threading.Event(), threading.Event()
    started: list[int] = []

    def job(control: Control) -> None:
        started.append(1)
        began.set()
        release.wait(PATIENCE)
        assert control.dead

    def interrupt(scheduler: Scheduler, group: Group, timeout: float = -1) -> bool:
        began.wait(PATIENCE)
        raise KeyboardInterrupt

    monkeypatch.setattr(Scheduler, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        gather(work.scheduler, work.caller, work.limit, [job, job])
    assert work.limit.free == 1
    assert work.caller.groups == []
    release.set()
    threading.Event().wait(0.05)
    assert started == [1]


def test_results_of_a_group_are_in_order_and_errors_are_raised_or_kept() -> None:
    work = Work(3)
    first = threading.Event()

    def slow(_: Control) -> str:
        first.wait(PATIENCE)
        return "slow"

    def quick(_: Control) -> str:
        first.set()
        return "quick"

    def fails(_: Control) -> None:
        raise ValueError("it failed")

    assert gather(work.scheduler, work.caller, work.limit, [slow, quick]) == ["slow", "quick"]
    with pytest.raises(ValueError, match="it failed"):
        gather(work.scheduler, work.caller, work.limit, [quick, fails])
    kept = gather(work.scheduler, work.caller, work.limit, [fails, quick], keep_errors=True)
    assert isinstance(kept[0], ValueError)
    assert kept[1] == "quick"
    assert gather(work.scheduler, work.caller, work.limit, [quick] * 5, room=1) == ["quick"] * 5
