"""Leaves that record how they are used, for laws on traces."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
_A_MOMENT = 0.0005  # seconds: enough for others to overlap


class Gauge:
    """Counts how many calls are inside at one time, now and at most."""

    def __init__(self) -> None:
        self.now: int = 0
        self.peak: int = 0
        self.entered: int = 0
        self._lock = threading.Lock()

    def _enter(self) -> None:
        with self._lock:
            self.now += 1
            self.entered += 1
            self.peak = max(self.peak, self.now)

    def _leave(self) -> None:
        with self._lock:
            self.now -= 1

    def enter_and_leave(self, value: object) -> object:
        """A leaf that is inside for a moment."""
        self._enter()
        try:
            time.sleep(_A_MOMENT)
            return value
        finally:
            self._leave()

    async def aenter_and_leave(self, value: object) -> object:
        """The same, asynchronously."""
        self._enter()
        try:
            await asyncio.sleep(_A_MOMENT)
            return value
        finally:
            self._leave()


class Counter:
    """Counts its calls."""

    def __init__(self) -> None:
        self.calls: int = 0
        self._lock = threading.Lock()

    def count(self, value: T) -> T:
        """A leaf that passes its input on."""
        with self._lock:
            self.calls += 1
        return value


class Flaky:
    """Fails so many times, with another message each, then gives its input."""

    def __init__(self, failures: int, error: type[Exception]) -> None:
        self.failures = failures
        self.error = error
        self.tries: int = 0

    def call(self, value: object) -> object:
        """A leaf that fails at first."""
        self.tries += 1
        if self.tries <= self.failures:
            raise self.error(f"try {self.tries}")
        return value


class Ticks:
    """Chunks ``"0 "``, ``"1 "``, ..., without end: how many were read, and whether the generator is still open."""

    def __init__(self) -> None:
        self.read: int = 0
        self.open: int = 0

    def generate(self, value: object) -> Iterator[str]:
        """A streaming leaf without end."""
        self.open += 1
        try:
            while True:
                self.read += 1
                yield f"{self.read} "
        finally:
            self.open -= 1

    def passing(self, chunks: Iterator[str]) -> Iterator[str]:
        """A leaf that passes chunks on, and is counted while it is open."""
        self.open += 1
        try:
            yield from chunks
        finally:
            self.open -= 1


class Pieces:
    """A stream of the given chunks: how many were read, and whether it is over or closed."""

    def __init__(self, chunks: Sequence[object]) -> None:
        self.read: int = 0
        self._chunks = chunks
        self._closed = threading.Event()
        self._closed.set()

    def generate(self, value: object) -> Iterator[Any]:  # Any: chunks of whatever type
        """A streaming leaf."""
        self._closed.clear()
        try:
            for chunk in self._chunks:
                self.read += 1
                yield chunk
        finally:
            self._closed.set()

    def is_closed(self) -> bool:
        """Whether it is over, or is closed within a second: the thread that reads it may have to come back."""
        return self._closed.wait(1.0)
