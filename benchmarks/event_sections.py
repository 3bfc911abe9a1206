"""Watching a run: events and logs of one step that streams."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

from benchmarks import workloads
from benchmarks.bench import Bench, growth_figure
from benchmarks.checks import agree
from benchmarks.figures import Figure, Goal
from benchmarks.measure import Spread, Timer, awaits, calls, growth, peak
from benchmarks.stream_sections import async_generators, generators, stream_timer
from runlaw import Runnable

CHUNKS = 10_000
SIZES = (1_000, 10_000, 100_000)
MEGABYTE = 1e6


def events_timer(chunks: int) -> Timer:
    return calls(workloads.drained(generators(chunks, 0).stream_events), 0)


def async_events_timer(chunks: int) -> Timer:
    return awaits(workloads.async_drained(async_generators(chunks, 0).astream_events), 0)


def end_log_timer(chunks: int) -> Timer:
    chain = generators(chunks, 0)
    return calls(workloads.drained(lambda x: chain.stream_log(x, final_output="end")), 0)


def async_end_log_timer(chunks: int) -> Timer:
    chain = async_generators(chunks, 0)
    return awaits(workloads.async_drained(lambda x: chain.astream_log(x, final_output="end")), 0)


def events(bench: Bench) -> Iterator[Figure]:
    """What an event costs, beside the peer's; that it stays so; what is held in memory meanwhile."""
    chunks = bench.size(CHUNKS)
    told = [event["event"] for event in generators(chunks, 0).stream_events(0)]
    agree(told, ["on_chain_start", *["on_chain_stream"] * chunks, "on_chain_end"])
    peer = bench.peer_timer("events", chunks)
    name = f"of {chunks:,} chunks: times less than the peer's v2"
    yield bench.faster_than_peer(f"stream_events {name}", events_timer(chunks), peer, 3, per=chunks)
    yield bench.faster_than_peer(f"astream_events {name}", async_events_timer(chunks), peer, 8, per=chunks)
    name = "stream_events, beside the unobserved stream"
    yield bench.beside_plain(name, events_timer(chunks), stream_timer(chunks, 0), None, per=chunks)

    sizes = [bench.size(size) for size in SIZES]
    span = f"{sizes[0]:,} to {sizes[-1]:,} chunks"
    found = growth(bench.effort, events_timer, sizes)
    yield growth_figure(f"growth of a chunk's cost, stream_events, {span}", found, 1.3)
    found = growth(bench.effort, async_events_timer, sizes)
    yield growth_figure(f"growth of a chunk's cost, astream_events, {span}", found, 1.3)
    name = f"growth of memory beyond the run's output, {span}"
    yield Figure(name, memory_growth(sizes[0], sizes[-1]), Goal(0.2), unit="MB")


def memory_growth(few: int, many: int) -> Spread:
    """In MB: what a long run holds at its peak more than a short one, its own output taken off both."""

    def beyond_output(chunks: int, watch: Timer) -> int:
        return peak(lambda: watch(1)) - peak(lambda: own_output(chunks))

    growths = [
        (beyond_output(many, timer(many)) - beyond_output(few, timer(few))) / MEGABYTE
        for timer in (events_timer, async_events_timer)
    ]
    return Spread(max(growths), min(growths))


def own_output(chunks: int) -> str:
    """The least that a run must hold to tell its whole output at its end: the chunks, and their sum."""
    held = list(workloads.words(chunks)(0))
    return "".join(held)


def log(bench: Bench) -> Iterator[Figure]:
    """The run as JSON Patch: the sum once at the end, or running sums."""
    chunks = bench.size(CHUNKS)
    whole = workloads.CHUNK * chunks
    agree(final_output(generators(chunks, 0), "end"), whole)
    agree(final_output(generators(chunks, 0), "each"), whole)
    name = 'log(final_output="end"), beside events'
    yield bench.beside_plain(f"stream_{name}", end_log_timer(chunks), events_timer(chunks), 1.1, per=chunks)
    yield bench.beside_plain(
        f"astream_{name}", async_end_log_timer(chunks), async_events_timer(chunks), 1.1, per=chunks
    )

    sizes = [bench.size(size) for size in SIZES]
    span = f"{sizes[0]:,} to {sizes[-1]:,} chunks"
    name = f'growth of a chunk\'s cost, log(final_output="end"), {span}'
    yield growth_figure(name, growth(bench.effort, end_log_timer, sizes), 1.3)
    grown = patch_bytes(sizes[1]) / sizes[1] / (patch_bytes(sizes[0]) / sizes[0])
    name = f"growth of a chunk's bytes, {sizes[0]:,} to {sizes[1]:,} chunks"
    yield growth_figure(name, Spread(grown, grown), 1.05)

    chain, achain = generators(chunks, 0), async_generators(chunks, 0)
    peer = bench.peer_timer("log", chunks)
    name = f"running sums, {chunks:,} chunks: times less than the peer"
    ours = calls(workloads.drained(chain.stream_log), 0)
    yield bench.faster_than_peer(f"stream_log, {name}", ours, peer, 15, per=chunks)
    ours = awaits(workloads.async_drained(achain.astream_log), 0)
    yield bench.faster_than_peer(f"astream_log, {name}", ours, peer, 15, per=chunks)


def states(bench: Bench) -> Iterator[Figure]:
    """The log as whole logs, and with the state of each made; the peer needs so long that it gets one turn."""
    chunks = bench.size(CHUNKS)
    chain, achain = generators(chunks, 0), async_generators(chunks, 0)

    def drain(x: int) -> None:
        for log in chain.stream_log(x, diff=False):
            len(log.state["streamed_output"])

    async def adrain(x: int) -> None:
        async for log in achain.astream_log(x, diff=False):
            len(log.state["streamed_output"])

    few = min(chunks, 300)
    kept = [log.state["streamed_output"] for log in generators(few, 0).stream_log(0, diff=False)]
    agree(all(list(state) == [workloads.CHUNK] * len(state) for state in kept), True)
    agree({len(state) for state in kept}, set(range(few + 1)))

    once = Bench(bench.effort._replace(repeats=1), bench.peer)
    peer = bench.peer_timer("states", chunks)
    if peer:
        taken = peer(1)
        peer = repeated(taken)
    name = f"diff=False, {chunks:,} chunks: times less than the peer"
    logs = calls(workloads.drained(lambda x: chain.stream_log(x, diff=False)), 0)
    alogs = awaits(workloads.async_drained(lambda x: achain.astream_log(x, diff=False)), 0)
    yield once.faster_than_peer(f"stream_log, {name}", logs, peer, 100, per=chunks)
    yield once.faster_than_peer(f"astream_log, {name}", alogs, peer, 100, per=chunks)
    name = name.replace("False", "False and every state")
    yield once.faster_than_peer(f"stream_log, {name}", calls(drain, 0), peer, 100, per=chunks)
    yield once.faster_than_peer(f"astream_log, {name}", awaits(adrain, 0), peer, 100, per=chunks)


def repeated(seconds: float) -> Timer:
    """A sample that is too long to be taken twice."""
    return lambda count: seconds * count


def final_output(chain: Runnable[int, str], told: Literal["each", "end"]) -> object:
    """The sum that the log's last word on it tells."""
    patches = chain.stream_log(0, final_output=told)
    *_, last = [op for patch in patches for op in patch.ops if op["path"] == "/final_output"]
    return last["value"]


def patch_bytes(chunks: int) -> int:
    patches = generators(chunks, 0).stream_log(0, final_output="end")
    return sum(len(json.dumps(patch.ops)) for patch in patches)
