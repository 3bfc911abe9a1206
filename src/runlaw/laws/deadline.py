"""Runs with a deadline: in a thread that is left behind when the time is up."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Late(BaseException):
    """The time is up. Not an ``Exception``, so that nothing takes it for an outcome, nor tries a smaller input."""


class Job(Generic[T]):
    """Work for the thread, and what came of it."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.work = work
        self.done: threading.Event = threading.Event()
        self.result: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        """Do the work."""
        try:
            self.result.append(self.work())
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
        while (job := self._jobs.get()) is not None:
            job.run()

    def run(self, work: Callable[[], T]) -> T:
        """What the work gives.

        Raises:
            Late: It takes too long; its thread is left behind.
        """
        job: Job[T] = Job(work)
        self._jobs.put(job)  # type: ignore[arg-type]  # the queue takes jobs of every type
        if not job.done.wait(self.seconds):
            raise Late(f"no result after {self.seconds:g} seconds")
        if job.error is not None:
            raise job.error
        return job.result[0]
