"""Streams: they add up to the value, flow without waiting, and leave nothing open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, closing, suppress
from functools import partial
from itertools import islice
from typing import Any

from runlaw.combinators.lift_stream import lift_stream
from runlaw.combinators.lift_transform import lift_transform
from runlaw.combinators.map_chunks import map_chunks
from runlaw.combinators.parallel import parallel
from runlaw.combinators.pipe import pipe
from runlaw.combinators.retry import with_retry
from runlaw.combinators.timeout import with_timeout
from runlaw.kernel.monoid import BY_VALUE
from runlaw.laws.assumptions import IN_ORDER, SUMS_UP
from runlaw.laws.copies import copied
from runlaw.laws.cut import cuts_of
from runlaw.laws.gauge import Pieces, Ticks
from runlaw.laws.generate import PATIENT
from runlaw.laws.law import Case, Claim, Program, law, nothing_wrong, outcomes
from runlaw.laws.outcomes import Outcome, observe, same_outcome
from runlaw.laws.palette import apass_on, pass_on
from runlaw.laws.ways import STREAMS, achunks_of, asynchronously, chunks_of, collect, run_async, total, transformed


@law("streams", "sum(r.stream(x)) = r.invoke(x)", SUMS_UP)
def chunks_add_up(case: Case) -> Claim:
    r, x = case.program, case.value
    return outcomes(
        f"{r!r}, by stream", lambda: total(r, x, chunks_of(r, x)), f"{r!r}, invoked", lambda: r.invoke(x), (r, x)
    )


@law("streams", "sum(r.astream(x)) = r.invoke(x)", SUMS_UP)
def async_chunks_add_up(case: Case) -> Claim:
    r, x = case.program, case.value
    return outcomes(
        f"{r!r}, by astream", lambda: total(r, x, achunks_of(r, x)), f"{r!r}, invoked", lambda: r.invoke(x), (r, x)
    )


def _counted(count: int) -> Iterator[str]:
    for number in range(count):
        yield f"{number} "


async def _acounted(count: int) -> AsyncIterator[str]:
    for number in range(count):
        yield f"{number} "


def _quoted(chunks: Iterator[str]) -> Iterator[str]:
    yield "<"
    for chunk in chunks:
        yield chunk
        yield "|"
    yield ">"


async def _aquoted(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    yield "<"
    async for chunk in chunks:
        yield chunk
        yield "|"
    yield ">"


@law("streams", "lift_stream(f) gives the chunks that f yields, all of them, in order", of_library=True)
def generators_are_read(case: Case) -> Claim:
    count = case.number + 2
    both: tuple[Program, ...] = (lift_stream(_counted), lift_stream(_acounted))
    return outcomes(
        f"{both!r}, by {case.streaming}", lambda: [STREAMS[case.streaming](one, count) for one in both],
        "the chunks", lambda: [list(_counted(count))] * 2,
    )  # fmt: skip


@law("streams", "lift_transform(f) gives the chunks that f yields, all of them, in order", of_library=True)
def transforms_are_read(case: Case) -> Claim:
    pieces = ["a", "b", "", "c"][: case.number + 1]
    both: tuple[Program, ...] = (lift_transform(_quoted), lift_transform(_aquoted))
    return outcomes(
        f"{both!r} on {pieces!r}", lambda: [transformed(one, pieces, case.asynchronous) for one in both],
        "the chunks", lambda: [list(_quoted(iter(pieces)))] * 2,
    )  # fmt: skip


@law("streams", "r.astream(x) gives the chunks of r.stream(x)", IN_ORDER)
def async_chunks_are_the_same(case: Case) -> Claim:
    r, x = case.program, case.value
    return outcomes(
        f"{r!r}, by astream", lambda: achunks_of(r, x), f"{r!r}, by stream", lambda: chunks_of(r, x), (r, x)
    )


@law("streams", "r.transform([x]) gives the chunks of r.stream(x)", IN_ORDER, SUMS_UP)
def one_chunk_is_the_value(case: Case) -> Claim:
    r, x = case.program, case.value
    way = "atransform" if case.asynchronous else "transform"
    return outcomes(
        f"{r!r}, by {way}", lambda: STREAMS[way](r, x), f"{r!r}, by stream", lambda: chunks_of(r, x), (r, x)
    )


@law("streams", "r | pass_on gives the chunks of r", IN_ORDER)
def passing_on(case: Case) -> Claim:
    r, x = case.program, case.value
    passed = pipe(r, apass_on if case.asynchronous else pass_on)
    return outcomes(
        f"{passed!r}, by stream", lambda: chunks_of(passed, x), f"{r!r}, by stream", lambda: chunks_of(r, x), (r, x)
    )


def through(ticks: Ticks, case: Case) -> Program:
    """An endless stream through streaming steps; which ones depends on the case."""
    step = lift_transform(ticks.passing)
    between: tuple[Program, ...] = (
        step, pipe(step, step), with_timeout(step, PATIENT), with_retry(step, delays=[0.0]),
    )  # fmt: skip
    return pipe(lift_stream(ticks.generate), between[case.number], map_chunks(str.upper), step)


def taken(program: Program, case: Case, count: int, ticks: Ticks) -> tuple[list[Any], int, int]:  # Any: chunks
    """The first chunks of an endless stream that is then closed; how many were read, and what is open at once."""
    if not case.asynchronous:
        chunks = program.stream(0)
        first = list(islice(chunks, count))
        chunks.close()
        return first, ticks.read, ticks.open

    async def take() -> tuple[list[Any], int, int]:  # Any: as above
        source = program.astream(0)
        first = [await anext(source) for _ in range(count)]
        await source.aclose()
        return first, ticks.read, ticks.open

    return run_async(take())


@law("streams", "a stream of streaming steps has its n-th chunk out before its (n+1)-th is pulled", of_library=True)
def laziness(case: Case) -> Claim:
    count = case.number + 1

    def find() -> list[str]:
        ticks = Ticks()
        first, read, _ = taken(through(ticks, case), case, count, ticks)
        wrong = [] if read == count else [f"{read} chunks were read for {count}"]
        return wrong if len(first) == count else [*wrong, f"{len(first)} chunks came"]

    return nothing_wrong("what was read", find)


@law("streams", "closing a stream early closes every step above it, at once", of_library=True)
def closing_closes(case: Case) -> Claim:
    def find() -> list[str]:
        ticks = Ticks()
        *_, left = taken(through(ticks, case), case, case.number, ticks)
        return [f"{left} generators are still open"] if left else []

    return nothing_wrong("what is open", find)


@law("streams", "closing a parallel early closes its branches", of_library=True)
def closing_closes_branches(case: Case) -> Claim:
    def find() -> list[str]:
        ticks = Ticks()
        quick = lift_stream(ticks.generate, blocking=False)
        *_, left = taken(parallel(a=quick, b=quick), case, case.number, ticks)
        return [f"{left} generators are still open"] if left else []

    return nothing_wrong("what is open", find)


@law("streams", "a failing step closes every step above it", of_library=True)
def failing_closes(case: Case) -> Claim:
    def find() -> list[str]:
        ticks = Ticks()

        def broken(text: str) -> str:
            if ticks.read > case.number:
                raise ValueError("enough")
            return text

        program = pipe(lift_stream(ticks.generate), lift_transform(ticks.passing), map_chunks(broken))
        told = []
        try:
            told = STREAMS[case.streaming](program, 0)
        except ValueError:
            return [f"{ticks.open} generators are still open"] if ticks.open else []
        return [f"it ended with {told!r}"]

    return nothing_wrong("what is open", find)


def pieces_of(case: Case) -> list[Any]:  # Any: chunks of what the program takes
    """The case's input in pieces that add up to it, which pieces depends on the case; whole where it has none."""
    x = case.value
    ways = [
        pieces for pieces in cuts_of(x, case.cuts) if same_outcome(observe(partial(BY_VALUE.total, pieces)), Outcome(x))
    ]
    return ways[case.number % len(ways)] if ways else [x]


@law("streams", "closing s | r early, where s streams x, closes s, and r gives up without an error")
def closing_closes_what_is_read(case: Case) -> Claim:
    r, x = case.program, case.value
    pieces = pieces_of(case)

    def find() -> list[str]:
        source = Pieces(pieces)
        read_and_close(pipe(lift_stream(source.generate, monoid=BY_VALUE), r), case)
        return [] if source.is_closed() else ["the source is still open"]

    return nothing_wrong(f"{r!r} when its reader stops after {case.number} chunks", find, (r, x))


def read_and_close(program: Program, case: Case) -> None:
    """Read as many chunks as the case's number, at most, and close the stream."""
    if not case.asynchronous:
        with closing(program.stream(None)) as chunks:
            observe(lambda: list(islice(chunks, case.number)))
        return

    async def take() -> None:
        async with aclosing(program.astream(None)) as chunks:
            with suppress(Exception):
                for _ in range(case.number):
                    await anext(chunks)

    run_async(take())


@law("streams", "pass_on | r | pass_on gives each chunk after as many chunks of its input as r does", IN_ORDER)
def passing_on_reads_no_further(case: Case) -> Claim:
    r, x = case.program, case.value
    passed = pipe(pass_on, r, pass_on)
    pieces = pieces_of(case)

    def reads(program: Program) -> list[int]:
        source = Pieces(pieces)
        return [source.read for _ in program.transform(source.generate(None))]

    return outcomes(
        f"chunks read for each chunk of {passed!r}", lambda: reads(passed),
        f"chunks read for each chunk of {r!r}", lambda: reads(r), (r, x),
    )  # fmt: skip


@law("streams", "r.transform(chunks) pulls nothing before it is read")
def nothing_is_pulled_early(case: Case) -> Claim:
    def find() -> list[str]:
        ticks = Ticks()
        program = case.program
        if case.asynchronous:
            run_async(program.atransform(asynchronously(ticks.generate(0))).aclose())
        else:
            program.transform(ticks.generate(0)).close()
        return [f"{ticks.read} chunks were read"] if ticks.read else []

    return nothing_wrong("what was read", find)


@law(
    "streams",
    "the chunks of r.stream(x), each as it was when it came, are those read at once: no chunk changes later",
    IN_ORDER,
)
def pace_changes_nothing(case: Case) -> Claim:
    r, x = case.program, case.value

    def slowly() -> list[Any]:  # Any: chunks
        return [copied(chunk) for chunk in r.stream(x)]

    return outcomes(f"{r!r}, each chunk when it came", slowly, f"{r!r}, at once", lambda: chunks_of(r, x), (r, x))


@law("streams", "two streams of one program do not disturb each other", IN_ORDER)
def streams_are_independent(case: Case) -> Claim:
    r, x = case.program, case.value

    def both() -> list[list[Any]]:  # Any: chunks
        one, other = r.stream(x), r.stream(x)
        first = list(islice(one, 1))
        second = list(other)
        return [first + list(one), second]

    def alone() -> list[list[Any]]:  # Any: chunks
        return [chunks_of(r, x), chunks_of(r, x)]

    async def asynchronous() -> list[list[Any]]:  # Any: chunks
        one, other = r.astream(x), r.astream(x)
        first = [await anext(one)] if case.number else []
        second = await collect(other)
        return [first + await collect(one), second]

    if case.way == "astream" and chunks_or_none(r, x):
        return outcomes(
            f"{r!r}, twice at one time", lambda: run_async(asynchronous()), "one after the other", alone, (r, x)
        )
    return outcomes(f"{r!r}, twice at one time", both, "one after the other", alone, (r, x))


def chunks_or_none(program: Program, value: Any) -> list[Any] | None:  # Any: what the program takes and gives
    """The chunks of a stream; ``None`` where it fails."""
    try:
        return chunks_of(program, value)
    except Exception:  # whatever the program raises
        return None
