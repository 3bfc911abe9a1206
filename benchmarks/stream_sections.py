"""Chunks through generator transforms, sync and async, beside nested generators."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from benchmarks import workloads
from benchmarks.bench import Bench, growth_figure
from benchmarks.checks import agree, joined
from benchmarks.figures import Figure
from benchmarks.measure import Timer, awaits, calls, growth
from runlaw import Runnable, lift_stream, lift_transform

CHUNKS = 100_000
PEER_PART = 10
SIZES = (20_000, 100_000, 1_000_000)
TRANSFORMS = (1, 5)


def generators(chunks: int, transforms: int) -> Runnable[int, str]:
    chain: Runnable[int, str] = lift_stream(workloads.words(chunks))
    for _ in range(transforms):
        chain = chain | lift_transform(workloads.forward)
    return chain


def async_generators(chunks: int, transforms: int) -> Runnable[int, str]:
    chain: Runnable[int, str] = lift_stream(workloads.async_words(chunks))
    for _ in range(transforms):
        chain = chain | lift_transform(workloads.async_forward)
    return chain


def stream_timer(chunks: int, transforms: int) -> Timer:
    return calls(workloads.drained(generators(chunks, transforms).stream), 0)


def astream_timer(chunks: int, transforms: int) -> Timer:
    return awaits(workloads.async_drained(async_generators(chunks, transforms).astream), 0)


def stream(bench: Bench) -> Iterator[Figure]:
    """The whole stream, sync."""
    chunks = bench.size(CHUNKS)
    for transforms in TRANSFORMS:
        agree("".join(generators(chunks, transforms).stream(0)), workloads.CHUNK * chunks)
        ours = stream_timer(chunks, transforms)
        plain = calls(workloads.drained(workloads.nested(chunks, transforms)), 0)
        peer = bench.peer_timer("stream", chunks // PEER_PART, transforms, times=PEER_PART)
        yield bench.beside_plain(named("stream", chunks, transforms), ours, plain, 2.0, peer, per=chunks)


def astream(bench: Bench) -> Iterator[Figure]:
    """The whole stream, async."""
    chunks = bench.size(CHUNKS)
    for transforms in TRANSFORMS:
        agree(asyncio.run(joined(async_generators(chunks, transforms).astream(0))), workloads.CHUNK * chunks)
        ours = astream_timer(chunks, transforms)
        plain = awaits(workloads.async_drained(workloads.async_nested(chunks, transforms)), 0)
        peer = bench.peer_timer("astream", chunks // PEER_PART, transforms, times=PEER_PART)
        yield bench.beside_plain(named("astream", chunks, transforms), ours, plain, 3.0, peer, per=chunks)


def first_chunk(bench: Bench) -> Iterator[Figure]:
    """Open, take one chunk, close; the source would have 1,000."""
    chunks = bench.size(1000)
    for transforms in TRANSFORMS:
        ours = calls(workloads.first(generators(chunks, transforms).stream), 0)
        plain = calls(workloads.first(workloads.nested(chunks, transforms)), 0)
        peer = bench.peer_timer("first", chunks, transforms)
        yield bench.beside_plain(f"first chunk of stream, {through(transforms)}", ours, plain, 20, peer)
    for transforms in TRANSFORMS:
        ours = awaits(workloads.async_first(async_generators(chunks, transforms).astream), 0)
        plain = awaits(workloads.async_first(workloads.async_nested(chunks, transforms)), 0)
        peer = bench.peer_timer("afirst", chunks, transforms)
        yield bench.beside_plain(f"first chunk of astream, {through(transforms)}", ours, plain, 20, peer)


def flat(bench: Bench) -> Iterator[Figure]:
    """What a chunk costs in a long stream, beside what it costs in a short one."""
    sizes = [bench.size(size) for size in SIZES]
    span = f"{sizes[0]:,} to {sizes[-1]:,} chunks, {through(1)}"
    found = growth(bench.effort, lambda size: stream_timer(size, 1), sizes)
    yield growth_figure(f"growth of a chunk's cost, stream, {span}", found, 1.5)
    found = growth(bench.effort, lambda size: astream_timer(size, 1), sizes)
    yield growth_figure(f"growth of a chunk's cost, astream, {span}", found, 1.5)


def named(way: str, chunks: int, transforms: int) -> str:
    return f"{way} of {chunks:,} str chunks, {through(transforms)}"


def through(transforms: int) -> str:
    return f"{transforms} transform{'s' * (transforms > 1)}"
