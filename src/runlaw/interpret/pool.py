"""Threads to run leaves in: kept for reuse, bounded while idle, and never in the way of the interpreter's exit."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable

Task = Callable[[], None]

MAX_IDLE = 32


class Pool:
    """Daemon threads that take one task after another. A task must not raise."""

    def __init__(self) -> None:
        self._idle: deque[_Worker] = deque()

    def submit(self, task: Task) -> None:
        """Run the task in an idle thread, or in a new one."""
        try:
            worker = self._idle.pop()
        except IndexError:
            worker = _Worker(self)
            worker.task = task
            threading.Thread(target=worker.work, name="runlaw", daemon=True).start()
        else:
            worker.task = task
            worker.wake.release()

    def rest(self, worker: _Worker) -> bool:
        """Keep the worker for later, if there is room."""
        if len(self._idle) >= MAX_IDLE:
            return False
        self._idle.append(worker)
        return True

    def forget(self) -> None:
        """In a forked child the threads are gone."""
        self._idle.clear()


class _Worker:
    __slots__ = ("pool", "task", "wake")

    task: Task | None

    def __init__(self, pool: Pool) -> None:
        self.pool: Pool = pool
        self.wake: threading.Lock = threading.Lock()
        self.wake.acquire()
        self.task = None

    def work(self) -> None:
        while True:
            task, self.task = self.task, None
            if task is not None:
                task()
            del task
            if not self.pool.rest(self):
                return
            self.wake.acquire()


POOL = Pool()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=POOL.forget)
