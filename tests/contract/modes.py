"""Sync and async twins of a call, behind one interface, so that one test holds both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import pytest

from runlaw import RunConfig, Runnable, lift, lift_stream, lift_transform

from .support import Openable, Source, Stage, aiterate, alist, run

A = TypeVar("A")
B = TypeVar("B")


class Mode(ABC):
    """One half of every pair of twins."""

    @abstractmethod
    def invoke(self, program: Runnable[A, B], value: A, config: RunConfig | None = None) -> B:
        """``invoke`` or ``ainvoke``."""

    @abstractmethod
    def stream(self, program: Runnable[A, B], value: A, config: RunConfig | None = None) -> list[B]:
        """All chunks of ``stream`` or ``astream``."""

    @abstractmethod
    def transform(self, program: Runnable[A, B], chunks: Iterable[A], config: RunConfig | None = None) -> list[B]:
        """All chunks of ``transform`` or ``atransform``."""

    @abstractmethod
    def batch(
        self, program: Runnable[A, B], values: Sequence[A], config: RunConfig | Sequence[RunConfig] | None = None
    ) -> list[B]:
        """``batch`` or ``abatch``."""

    @abstractmethod
    def outcomes(
        self, program: Runnable[A, B], values: Sequence[A], config: RunConfig | Sequence[RunConfig] | None = None
    ) -> list[B | Exception]:
        """``batch`` or ``abatch`` with ``return_exceptions=True``."""

    @abstractmethod
    def as_completed(
        self, program: Runnable[A, B], values: Sequence[A], config: RunConfig | Sequence[RunConfig] | None = None
    ) -> list[tuple[int, B]]:
        """All pairs of ``batch_as_completed`` or ``abatch_as_completed``."""

    @abstractmethod
    def take(self, program: Runnable[A, B], value: A, number: int, *closed: Openable) -> list[B]:
        """The first chunks of the stream, which is then closed: at once nothing in ``closed`` is open."""

    @abstractmethod
    def until_error(self, program: Runnable[A, B], chunks: Iterable[A]) -> tuple[list[B], Exception]:
        """The chunks of a transform that fails, up to its error, and the error."""

    @abstractmethod
    def throw(self, program: Runnable[A, B], value: A, error: Exception, *closed: Openable) -> None:
        """Take one chunk, then throw ``error`` into the stream, which lets it out: at once nothing is open."""

    @abstractmethod
    def source(self, source: Source) -> Runnable[str, str]:
        """The source as a leaf of this mode's kind."""

    @abstractmethod
    def stage(self, stage: Stage) -> Runnable[str, str]:
        """The stage as a leaf of this mode's kind."""

    @abstractmethod
    def leaf(self, fn: Callable[[A], B]) -> Runnable[A, B]:
        """A plain function as a leaf of this mode's kind."""


def _check_closed(closed: Sequence[Openable]) -> None:
    assert [recorder.open for recorder in closed] == [0] * len(closed), "something is still open"


class Sync(Mode):
    def invoke(self, program: Runnable[A, B], value: A, config: RunConfig | None = None) -> B:
        return program.invoke(value, config)

    def stream(self, program: Runnable[A, B], value: A, config: RunConfig | None = None) -> list[B]:
        return list(program.stream(value, config))

    def transform(self, program: Runnable[A, B], chunks: Iterable[A], config: RunConfig | None = None) -> list[B]:
        return list(program.transform(iter(chunks), config))

    def batch(
        self, program: Runnable[A, B], values: Sequence[A], config: RunConfig | Sequence[RunConfig] | None = None
    ) -> list[B]:
        return program.batch(values, config)

    def outcomes(
        self, program: Runnable[A, B], values: Sequence[A], config: RunConfig | Sequence[RunConfig] | None = None
    ) -> list[B | Exception]:
        return program.batch(values, config, return_exceptions=True)

    def as_completed(
        self, program: Runnable[A, B], values: Sequence[A], config: RunConfig | Sequence[RunConfig] | None = None
    ) -> list[tuple[int, B]]:
        return list(program.batch_as_completed(values, config))

    def take(self, program: Runnable[A, B], value: A, number: int, *closed: Openable) -> list[B]:
        chunks = program.stream(value)
        taken = [next(chunks) for _ in range(number)]
        chunks.close()
        _check_closed(closed)
        return taken

    def until_error(self, program: Runnable[A, B], chunks: Iterable[A]) -> tuple[list[B], Exception]:
        told: list[B] = []
        try:
            told.extend(program.transform(iter(chunks)))
        except Exception as error:
            return told, error
        raise AssertionError(f"no error after {told}")

    def throw(self, program: Runnable[A, B], value: A, error: Exception, *closed: Openable) -> None:
        chunks = program.stream(value)
        next(chunks)
        with pytest.raises(type(error)) as caught:
            chunks.throw(error)
        assert caught.value is error
        _check_closed(closed)

    def source(self, source: Source) -> Runnable[str, str]:
        return lift_stream(source.generate)

    def stage(self, stage: Stage) -> Runnable[str, str]:
        return lift_transform(stage.through)

    def leaf(self, fn: Callable[[A], B]) -> Runnable[A, B]:
        return lift(fn)


class Async(Mode):
    def invoke(self, program: Runnable[A, B], value: A, config: RunConfig | None = None) -> B:
        return run(program.ainvoke(value, config))

    def stream(self, program: Runnable[A, B], value: A, config: RunConfig | None = None) -> list[B]:
        return run(alist(program.astream(value, config)))

    def transform(self, program: Runnable[A, B], chunks: Iterable[A], config: RunConfig | None = None) -> list[B]:
        return run(alist(program.atransform(aiterate(chunks), config)))

    def batch(
        self, program: Runnable[A, B], values: Sequence[A], config: RunConfig | Sequence[RunConfig] | None = None
    ) -> list[B]:
        return run(program.abatch(values, config))

    def outcomes(
        self, program: Runnable[A, B], values: Sequence[A], config: RunConfig | Sequence[RunConfig] | None = None
    ) -> list[B | Exception]:
        return run(program.abatch(values, config, return_exceptions=True))

    def as_completed(
        self, program: Runnable[A, B], values: Sequence[A], config: RunConfig | Sequence[RunConfig] | None = None
    ) -> list[tuple[int, B]]:
        return run(alist(program.abatch_as_completed(values, config)))

    def take(self, program: Runnable[A, B], value: A, number: int, *closed: Openable) -> list[B]:
        async def scenario() -> list[B]:
            chunks = program.astream(value)
            taken: list[B] = []
            if number:
                async for chunk in chunks:
                    taken.append(chunk)
                    if len(taken) == number:
                        break
            await chunks.aclose()
            _check_closed(closed)
            return taken

        return run(scenario())

    def until_error(self, program: Runnable[A, B], chunks: Iterable[A]) -> tuple[list[B], Exception]:
        told: list[B] = []

        async def scenario() -> Exception:
            try:
                async for chunk in program.atransform(aiterate(chunks)):
                    told.append(chunk)  # noqa: PERF401  # the chunks before the error are wanted
            except Exception as error:
                return error
            raise AssertionError(f"no error after {told}")

        return told, run(scenario())

    def throw(self, program: Runnable[A, B], value: A, error: Exception, *closed: Openable) -> None:
        async def scenario() -> None:
            chunks = program.astream(value)
            await anext(chunks)
            with pytest.raises(type(error)) as caught:
                await chunks.athrow(error)
            assert caught.value is error
            _check_closed(closed)

        run(scenario())

    def source(self, source: Source) -> Runnable[str, str]:
        return lift_stream(source.agenerate)

    def stage(self, stage: Stage) -> Runnable[str, str]:
        return lift_transform(stage.athrough)

    def leaf(self, fn: Callable[[A], B]) -> Runnable[A, B]:
        async def asynchronous(value: A) -> B:
            return fn(value)

        return lift(asynchronous)


SYNC = Sync()
ASYNC = Async()

both = pytest.mark.parametrize("mode", [SYNC, ASYNC], ids=["sync", "async"])
leaves = pytest.mark.parametrize("kind", [SYNC, ASYNC], ids=["sync leaves", "async leaves"])
