"""Reading events and logs in the sync and the async way, all at once or step by step."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from types import TracebackType
from typing import Any

import pytest

from runlaw import RunConfig, Runnable, lift, lift_stream

from .support import PATIENCE, alist, run, within

Dicts = list[dict[str, Any]]  # Any: the data of events, which tests look into


class End(Exception):
    """There is nothing more to read."""


class SyncReader:
    """Reads step by step. Between two steps time passes only in ``pause``."""

    def __init__(self, told: Generator[Any, None, None]) -> None:  # Any: events or logs
        self.told = told

    def next(self) -> Any:  # Any: an event or a log
        def step() -> list[Any]:  # Any: as above
            for told in self.told:
                return [told]
            return []

        return only(within(step))

    def pause(self, seconds: float) -> None:
        """Let the program go on, and read nothing."""
        time.sleep(seconds)

    def close(self) -> None:
        within(self.told.close)

    def take(self, number: int) -> list[Any]:  # Any: as above
        return [self.next() for _ in range(number)]

    def until(self, wanted: Callable[[Any], bool]) -> Any:  # Any: as above
        """The next one that is wanted."""
        while not wanted(told := self.next()):
            pass
        return told

    def to_error(self) -> tuple[list[Any], Exception]:  # Any: as above
        """All that is told, and the error that ends it."""
        told: list[Any] = []  # Any: as above
        try:
            while True:
                told.append(self.next())
        except End:
            raise AssertionError(f"no error after {told}") from None
        except Exception as error:
            return told, error

    def wait_for(self, happened: Callable[[], bool]) -> None:
        """Let the program go on until something has happened."""
        end = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < end, "it never happened"
            self.pause(0.002)

    def finish(self) -> None:
        self.close()

    def __enter__(self) -> SyncReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()


class AsyncReader(SyncReader):
    """The same, on an event loop that runs while something is read or paused."""

    def __init__(self, told: AsyncGenerator[Any, None]) -> None:  # Any: as above
        self.atold = told
        self.runner = asyncio.Runner()

    def next(self) -> Any:  # Any: as above
        async def step() -> list[Any]:  # Any: as above
            try:
                return [await asyncio.wait_for(anext(self.atold), PATIENCE)]
            except StopAsyncIteration:
                return []

        return only(self.runner.run(step()))

    def pause(self, seconds: float) -> None:
        self.runner.run(asyncio.sleep(seconds))

    def close(self) -> None:
        async def step() -> None:
            await self.atold.aclose()
            assert asyncio.all_tasks() == {asyncio.current_task()}, "tasks left behind"

        self.runner.run(step())

    def finish(self) -> None:
        self.close()
        self.runner.close()


def only(found: list[Any]) -> Any:  # Any: as above
    if not found:
        raise End
    return found[0]


class Way:
    """``stream_events`` and ``stream_log``, and leaves that are sync."""

    def events(self, program: Runnable[Any, Any], value: Any, config: RunConfig | None = None, **said: Any) -> Dicts:
        return within(lambda: list(program.stream_events(value, config, **said)))

    def log(self, program: Runnable[Any, Any], value: Any, config: RunConfig | None = None, **said: Any) -> list[Any]:
        return within(lambda: list(program.stream_log(value, config, **said)))

    def read(self, program: Runnable[Any, Any], value: Any, config: RunConfig | None = None, **said: Any) -> SyncReader:
        return SyncReader(program.stream_events(value, config, **said))

    def read_log(
        self, program: Runnable[Any, Any], value: Any, config: RunConfig | None = None, **said: Any
    ) -> SyncReader:
        return SyncReader(program.stream_log(value, config, **said))

    def source(self, make: Callable[[Any], Iterator[Any]], **said: Any) -> Runnable[Any, Any]:
        leaf: Runnable[Any, Any] = lift_stream(make, **{"name": make.__name__, **said})
        return leaf

    def leaf(self, fn: Callable[[Any], Any], **said: Any) -> Runnable[Any, Any]:
        leaf: Runnable[Any, Any] = lift(fn, **{"name": fn.__name__, **said})
        return leaf


class AsyncWay(Way):
    """``astream_events`` and ``astream_log``; leaves stay sync, and so run in threads."""

    def events(self, program: Runnable[Any, Any], value: Any, config: RunConfig | None = None, **said: Any) -> Dicts:
        return run(alist(program.astream_events(value, config, **said)))

    def log(self, program: Runnable[Any, Any], value: Any, config: RunConfig | None = None, **said: Any) -> list[Any]:
        return run(alist(program.astream_log(value, config, **said)))

    def read(self, program: Runnable[Any, Any], value: Any, config: RunConfig | None = None, **said: Any) -> SyncReader:
        return AsyncReader(program.astream_events(value, config, **said))

    def read_log(
        self, program: Runnable[Any, Any], value: Any, config: RunConfig | None = None, **said: Any
    ) -> SyncReader:
        return AsyncReader(program.astream_log(value, config, **said))


class AsyncLeaves(AsyncWay):
    """``astream_events`` and ``astream_log`` of async leaves."""

    def source(self, make: Callable[[Any], Iterator[Any]], **said: Any) -> Runnable[Any, Any]:
        async def asynchronous(value: Any) -> AsyncGenerator[Any, None]:
            for chunk in make(value):
                await asyncio.sleep(0)
                yield chunk

        leaf: Runnable[Any, Any] = lift_stream(asynchronous, **{"name": make.__name__, **said})
        return leaf

    def leaf(self, fn: Callable[[Any], Any], **said: Any) -> Runnable[Any, Any]:
        async def asynchronous(value: Any) -> Any:
            await asyncio.sleep(0)
            return fn(value)

        leaf: Runnable[Any, Any] = lift(asynchronous, **{"name": fn.__name__, **said})
        return leaf


class OwnLoop(AsyncLeaves, Way):
    """``stream_events`` and ``stream_log`` of async leaves, on a loop of the library's own."""

    events = Way.events
    log = Way.log
    read = Way.read
    read_log = Way.read_log


WAYS = {"sync": Way(), "async, sync leaves": AsyncWay(), "async": AsyncLeaves(), "sync, async leaves": OwnLoop()}
every_way = pytest.mark.parametrize("way", list(WAYS.values()), ids=list(WAYS))
sync_leaves = pytest.mark.parametrize("way", list(WAYS.values())[:2], ids=list(WAYS)[:2])
both_ways = pytest.mark.parametrize("way", [WAYS["sync"], WAYS["async"]], ids=["sync", "async"])


def kinds(events: Dicts) -> list[tuple[str, str]]:
    """What happened, and where."""
    return [(event["event"], event["name"]) for event in events]


def named(events: Dicts, name: str) -> Dicts:
    """The events of the runs of one name."""
    return [event for event in events if event["name"] == name]


def check_brackets(events: Dicts) -> None:
    """Each run starts once and ends or fails once, and runs inside are over before those around them."""
    open_runs: list[str] = []
    seen: set[str] = set()
    for event in events:
        run_id, kind = event["run_id"], event["event"]
        assert set(event["parent_ids"]) <= set(open_runs), f"{event} is outside of its parents"
        if kind.endswith("_start"):
            assert run_id not in seen, f"{event} starts twice"
            seen.add(run_id)
            open_runs.append(run_id)
        elif kind.endswith(("_end", "_error")):
            open_runs.remove(run_id)
        else:
            assert run_id in open_runs, f"{event} comes before the start or after the end"
    assert open_runs == []
