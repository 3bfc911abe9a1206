"""Who holds a place of a run's limit, and who is next, in sync runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from runlaw.interpret.control import Control, Group, Limit, Stopped
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
