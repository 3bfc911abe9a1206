"""Threads that are kept for the next task, no more of them than the pool keeps."""

from __future__ import annotations

import threading
from collections.abc import Callable

from runlaw.interpret.pool import MAX_IDLE, Pool

PATIENCE = 20.0


def wait_until(done: Callable[[], object]) -> None:
    pause = threading.Event()
    for _ in range(2000):
        if done():
            return
        pause.wait(0.01)
    raise AssertionError("it never came about")


def test_a_thread_is_kept_for_the_next_task_and_forgotten_in_a_forked_process() -> None:
    pool = Pool()
    threads: list[int] = []

    def run_one() -> None:
        done = threading.Event()

        def task() -> None:
            threads.append(threading.get_ident())
            done.set()

        pool.submit(task)
        assert done.wait(PATIENCE)

    run_one()
    wait_until(lambda: pool._idle)
    run_one()
    wait_until(lambda: pool._idle)
    pool.forget()
    assert not pool._idle
    run_one()
    assert threads[0] == threads[1] != threads[2]


def test_no_more_threads_stay_idle_than_the_pool_keeps() -> None:
    pool = Pool()
    release = threading.Event()
    ended = threading.Semaphore(0)
    number = MAX_IDLE + 3

    def task() -> None:
        release.wait(PATIENCE)
        ended.release()

    for _ in range(number):
        pool.submit(task)
    release.set()
    for _ in range(number):
        assert ended.acquire(timeout=PATIENCE)
    wait_until(lambda: len(pool._idle) == MAX_IDLE)
    threading.Event().wait(0.05)
    assert len(pool._idle) == MAX_IDLE
