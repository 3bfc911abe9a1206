"""Whoever reads the events of a run sets its pace, and changes nothing else: pauses, closing, what listeners ask."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any, cast

import pytest

from runlaw import (
    Monoid,
    Runnable,
    current_run,
    lift,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pipe,
    with_retry,
    with_timeout,
)
from runlaw.events import Event

Program = Runnable[Any, Any]  # Any: programs of all types
TEXT = Monoid("", str.__add__)
LIMIT = 0.2
PAUSE = 0.4


@lift_stream(monoid=TEXT)
def letters(_: object) -> Iterator[str]:
    yield from "abcdefgh" * 8


@lift_stream(monoid=TEXT)
async def async_letters(_: object) -> AsyncIterator[str]:
    for letter in "abcdefgh" * 8:
        yield letter


def same(value: Any) -> Any:  # Any: values of all types
    return value


def as_it_is(chunk: str) -> str:
    return chunk


def quick(program: Callable[[Any], Any]) -> Program:  # Any: as above
    return lift(program, blocking=False)


# ---------------------------------------------------------------- "A timeout counts ... the consumer's pauses aside."

TIMED: dict[str, Program] = {
    "a leaf": with_timeout(letters, LIMIT),
    "an async leaf": with_timeout(async_letters, LIMIT),
    "many calls": with_timeout(pipe(*[lift(same) for _ in range(20)]), LIMIT),
    "a pipe": pipe(with_timeout(pipe(letters, same), LIMIT), same),
    "branches": with_timeout(parallel(a=letters, b=letters), LIMIT),
    "inside a branch": parallel(a=with_timeout(letters, LIMIT), b=letters),
    "items": pipe(lambda value: [value, value], map_batch(with_timeout(letters, LIMIT))),
    "tries": with_timeout(with_retry(letters, on=(ValueError,)), LIMIT),
}
every_timed = pytest.mark.parametrize("program", TIMED.values(), ids=TIMED)
SYNC = [name for name in TIMED if name != "an async leaf"]


@pytest.mark.parametrize("name", SYNC)
@pytest.mark.parametrize("way", ["stream_events", "stream_log"])
def test_a_readers_pauses_are_no_part_of_the_time(name: str, way: str) -> None:
    told = 0
    for _ in getattr(TIMED[name], way)("x"):
        told += 1
        if told == 5:
            time.sleep(PAUSE)
    assert told > 20


@every_timed
@pytest.mark.parametrize("way", ["astream_events", "astream_log"])
def test_nor_are_those_of_an_async_reader(program: Program, way: str) -> None:
    async def main() -> int:
        told = 0
        async for _ in getattr(program, way)("x"):
            told += 1
            if told == 5:
                await asyncio.sleep(PAUSE)
        return told

    assert asyncio.run(main()) > 20


def test_what_the_step_itself_takes_is_counted_all_the_same() -> None:
    def read() -> None:
        late = with_timeout(pipe(letters, lambda _: time.sleep(LIMIT * 2)), LIMIT)
        for number, _ in enumerate(late.stream_events("x")):
            if number == 5:
                time.sleep(PAUSE)

    async def sleep(_: str) -> None:
        await asyncio.sleep(LIMIT * 2)

    async def aread() -> None:
        number = 0
        async for _ in with_timeout(pipe(letters, lift(sleep)), LIMIT).astream_events("x"):
            number += 1
            if number == 5:
                await asyncio.sleep(PAUSE)

    with pytest.raises(TimeoutError, match=r"0\.2 seconds"):
        read()
    with pytest.raises(TimeoutError, match=r"0\.2 seconds"):
        asyncio.run(aread())


# ------------------------------------------------ "... within a look-ahead of at most 16 events", however many threads


@pytest.mark.parametrize("threads", [1, 4, 32])
def test_all_threads_together_are_at_most_16_events_ahead(threads: int) -> None:
    told: list[Event] = []
    program = parallel(**{f"k{number}": letters for number in range(threads)})
    events = program.stream_events("x", {"listeners": [told.append]})
    for read in range(1, 41):
        next(events)
        if read % 8 == 0:
            time.sleep(0.02)
            assert len(told) - read <= 16
    time.sleep(0.2)
    assert len(told) - 40 <= 16
    events.close()


# -------------------------------------------------------------- "closing ... stops the run and leaves nothing behind"


def batch_inside(work: Program) -> Callable[[object], object]:
    return lambda _: work.batch(range(200))


def completed_inside(work: Program) -> Callable[[object], object]:
    return lambda _: list(work.batch_as_completed(range(200)))


def late_calls(program: Callable[[Program], Program], how: Callable[[Program], None]) -> int:
    calls: list[object] = []
    late = 0
    for _ in range(8):
        calls.clear()
        how(program(lift(calls.append)))
        known = len(calls)
        time.sleep(0.05)
        late += len(calls) - known
    return late


def close_events(program: Program) -> None:
    events = program.stream_events(range(100))
    next(events)
    time.sleep(0.02)
    events.close()


def aclose_events(program: Program) -> None:
    async def main() -> None:
        events = program.astream_events(range(100))
        await anext(events)
        await asyncio.sleep(0.02)
        await events.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("how", [close_events, aclose_events])
@pytest.mark.parametrize(
    "program",
    [map_batch, lambda work: lift(batch_inside(work)), lambda work: lift(completed_inside(work))],
    ids=["items", "a batch in a leaf", "a batch as completed in a leaf"],
)
def test_no_leaf_is_called_after_the_events_were_closed(
    program: Callable[[Program], Program], how: Callable[[Program], None]
) -> None:
    assert late_calls(program, how) == 0


@pytest.mark.parametrize("read", range(1, 16))
def test_generators_that_run_ahead_are_closed_when_the_events_are(read: int) -> None:
    closed: list[bool] = []

    @lift_transform(monoid=TEXT)
    def forward(chunks: Iterator[str]) -> Generator[str, None, None]:
        closed.append(False)
        try:
            yield from chunks
        finally:
            closed[-1] = True

    async def main() -> None:
        events = pipe(async_letters, forward).astream_events("x")
        for _ in range(read):
            await anext(events)
        await asyncio.sleep(0.02)
        await events.aclose()
        assert all(closed)

    asyncio.run(main())


# ---------------------------------------------------------- A listener "never breaks or changes the run"; nor a reader


def fails(one: str, other: str) -> str:
    raise ZeroDivisionError(f"{one} and {other}")


@lift_stream(monoid=Monoid("", fails))
def unsummed(_: object) -> Iterator[str]:
    yield from "ab"


mixed: Program = lift_stream(lambda _: iter(cast("list[str]", ["a", 1])))  # cast: chunks that do not add up


@pytest.mark.parametrize(("program", "chunks"), [(unsummed, ["a", "b"]), (mixed, ["a", 1])])
def test_a_stream_whose_chunks_do_not_add_up_is_the_same_where_somebody_listens(
    program: Program, chunks: list[object]
) -> None:
    told: list[Event] = []
    assert list(program.stream(0)) == chunks
    assert list(program.stream(0, {"listeners": [told.append]})) == chunks
    *_, last = program.stream_events(0)
    assert (last["event"], last["data"]) == ("on_chain_end", {"output": None})
    *_, patch = program.stream_log(0)
    assert patch.ops[-1]["path"] in ("/streamed_output/-", "/final_output")


WAYS: dict[str, Callable[[Program, Any], object]] = {  # Any: configs
    "invoke": lambda program, config: program.invoke(1, config),
    "stream": lambda program, config: list(program.stream(1, config)),
    "batch": lambda program, config: program.batch([1, 2], config),
    "stream_events": lambda program, config: list(program.stream_events(1, config)),
    "ainvoke": lambda program, config: asyncio.run(ainvoke(program, config)),
}


async def ainvoke(program: Program, config: Any) -> None:  # Any: as above
    await program.ainvoke(1, config)


@pytest.mark.parametrize("way", WAYS)
def test_a_listener_is_in_no_run_but_those_that_it_calls(way: str) -> None:
    around: list[object] = []
    inside: list[str | None] = []

    def name(_: object) -> None:
        run = current_run()
        inside.append(None if run is None else run.path)

    own = lift(name, name="own")

    def listen(_: Event) -> None:
        around.append(current_run())
        own.invoke(1)
        own.invoke(1, {"tags": ["t"]})
        list(own.stream(1))

    program: Program = pipe(quick(same), parallel(quick(same), map_chunks(as_it_is)), same)
    WAYS[way](program, {"listeners": [listen]})
    assert set(around) == {None}
    assert set(inside) == {"own"}


def test_neither_is_a_listener_of_a_run_inside_a_leaf() -> None:
    around: list[object] = []

    def leaf(value: int) -> int:
        pipe(quick(same), quick(same)).invoke(value, {"listeners": [lambda _: around.append(current_run())]})
        return value

    lift(leaf).invoke(1)
    pipe(lift(leaf), lift(leaf)).invoke(1, {"listeners": [lambda _: around.append(current_run())]})
    assert set(around) == {None}


# --------------------------------------------------------------------- "one end or error per start"; errors are told


@lift_stream(monoid=TEXT)
def fails_to_close(_: object) -> Iterator[str]:
    try:
        yield from "ab"
    finally:
        raise ValueError("late")


@lift_stream(monoid=TEXT)
async def async_fails_to_close(_: object) -> AsyncIterator[str]:
    try:
        yield "a"
        yield "b"
    finally:
        raise ValueError("late")


def take_one(program: Program, config: Any) -> None:  # Any: configs
    chunks = program.stream(0, config)
    next(chunks)
    chunks.close()


def atake_one(program: Program, config: Any) -> None:  # Any: as above
    async def main() -> None:
        chunks = program.astream(0, config)
        await anext(chunks)
        await chunks.aclose()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("take", "program"),
    [(take_one, fails_to_close), (atake_one, fails_to_close), (atake_one, async_fails_to_close)],
    ids=["sync", "in a thread", "async"],
)
def test_a_run_whose_step_fails_to_close_is_told_to_fail(take: Callable[..., None], program: Program) -> None:
    told: list[Event] = []
    with pytest.raises(ValueError, match="late"):
        take(pipe(program, map_chunks(as_it_is)), {"listeners": [told.append]})
    ends = {event.name: type(event).__name__ for event in told if type(event).__name__ in ("RunEnded", "RunFailed")}
    assert ends["RunnableSequence"] == ends[program.name] == "RunFailed"
