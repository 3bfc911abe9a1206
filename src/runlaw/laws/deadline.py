"""Runs with a deadline: in a thread that is stopped, or at least left behind, when the time is up."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Generic, TypeVar

from runlaw.interpret.current import CURRENT

T = TypeVar("T")
GRACE = 0.6
"""How many seconds work whose time is up has to close what it has opened."""
AGAIN = 0.2
"""After how many seconds work that goes on is told again to stop: what is told inside a ``__del__`` is lost."""


class Late(BaseException):
    """The time is up. Not an ``Exception``, so that nothing takes it for an outcome, nor tries a smaller input."""


class Job(Generic[T]):
    """Work for the thread, in the context of whoever asks for it, and what came of it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.work = work
        self.done: threading.Event = threading.Event()
        self.result: list[T] = []
        self.error: BaseException | None = None
        self._context = copy_context()
        self._context.run(CURRENT.set, None)  # its runs are no part of the run that may be asking

    def run(self) -> None:
        """Do the work."""
        try:
            self.result.append(self._context.run(self.work))
        except BaseException as error:  # handed to whoever waits
            self.error = error
        finally:
            self.done.set()


class Deadline:
    """Runs one job after another in a thread of its own, each in so many seconds.

    >>> with Deadline(1.0) as deadline:
    ...     deadline.run(lambda: 1 + 1)
    2
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._jobs: queue.SimpleQueue[Job[object] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="runlaw-laws", daemon=True)
        self._thread.start()

    def __enter__(self) -> Deadline:
        return self

    def __exit__(self, *error: object) -> None:
        self._jobs.put(None)

    def _work(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                job.run()
        except Late:  # told just after the job was done
            return

    def run(self, work: Callable[[], T]) -> T:
        """What the work gives.

        Raises:
            Late: It takes too long. It is stopped where it next runs Python code, so that an endless stream is read
                no further and closed; the thread of work that waits is left behind. No more work is taken.
        """
        __tracebackhide__ = True
        job: Job[T] = Job(work)
        self._jobs.put(job)  # type: ignore[arg-type]  # the queue takes jobs of every type
        if not job.done.wait(self.seconds):
            self._stop(job)
            raise Late(f"no result after {self.seconds:g} seconds")
        if job.error is not None:
            raise job.error
        return job.result[0]

    def _stop(self, job: Job[T]) -> None:
        """Raise ``Late`` in the thread, which is the one way to stop a loop that asks nobody whether to go on."""
        import ctypes

        for _ in range(round(GRACE / AGAIN)):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread.ident or 0), ctypes.py_object(Late))
            if job.done.wait(AGAIN):
                return
