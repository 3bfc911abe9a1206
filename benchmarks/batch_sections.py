"""Many values, and many branches."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks import workloads
from benchmarks.bench import Bench
from benchmarks.checks import agree
from benchmarks.figures import Figure
from benchmarks.measure import Timer, awaits, calls
from runlaw import lift, parallel

ITEMS = 10_000
THREADS = 8


def batch(bench: Bench) -> Iterator[Figure]:
    """Quick items beside a list comprehension; async ones beside ``gather``."""
    xs = list(range(bench.size(ITEMS)))
    (step,) = workloads.lambdas(1)
    quick = lift(step, blocking=False)

    def comprehension(xs: list[int]) -> list[int]:
        return [step(x) for x in xs]

    agree(quick.batch(xs), comprehension(xs))
    peer = bench.peer_timer("batch", len(xs))
    name = f"batch of {len(xs):,} quick items"
    yield bench.beside_plain(name, calls(quick.batch, xs), calls(comprehension, xs), 2.0, peer, per=len(xs))

    (astep,) = workloads.coroutines(1)
    slow = lift(astep)

    async def gathered(xs: list[int]) -> list[int]:
        return await asyncio.gather(*[astep(x) for x in xs])

    agree(asyncio.run(slow.abatch(xs)), comprehension(xs))
    peer = bench.peer_timer("abatch", len(xs))
    name = f"abatch of {len(xs):,} async items, beside gather"
    yield bench.beside_plain(name, awaits(slow.abatch, xs), awaits(gathered, xs), None, peer, per=len(xs))


def threads(bench: Bench) -> Iterator[Figure]:
    """Blocking items on eight threads, beside a thread pool's own ``map``."""
    (step,) = workloads.lambdas(1)
    many, few = bench.size(ITEMS), bench.size(2000)
    peer = bench.peer_timer("threads", many, THREADS)
    name = f"batch of {many:,} items, {THREADS} threads, beside a pool's map"
    yield on_threads(bench, name, step, list(range(many)), 1.0, peer)
    peer = bench.peer_timer("waiting", few, THREADS)
    name = f"the same, {few:,} items that wait 1 ms each"
    yield on_threads(bench, name, workloads.wait, list(range(few)), 1.05, peer)  # nothing can be faster than the pool


def on_threads(bench: Bench, name: str, step: workloads.Step, xs: list[int], goal: float, peer: Timer | None) -> Figure:
    blocking = lift(step)

    def ours(xs: list[int]) -> list[int]:
        return blocking.batch(xs, {"max_concurrency": THREADS})

    def plain(xs: list[int]) -> list[int]:
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(step, xs))

    agree(ours(xs), plain(xs))
    return bench.beside_plain(name, calls(ours, xs), calls(plain, xs), goal, peer, per=len(xs))


def branches(bench: Bench) -> Iterator[Figure]:
    """Two quick branches beside a tuple of two calls; two async ones beside ``gather``."""
    f, g = workloads.lambdas(2)
    both = parallel(lift(f, blocking=False), lift(g, blocking=False))
    record = parallel(k0=lift(f, blocking=False), k1=lift(g, blocking=False))

    def pair(x: int) -> tuple[int, int]:
        return f(x), g(x)

    def entries(x: int) -> dict[str, int]:
        return {"k0": f(x), "k1": g(x)}

    agree(both.invoke(0), pair(0))
    agree(record.invoke(0), entries(0))
    peer = bench.peer_timer("parallel", 2)
    yield bench.beside_plain("parallel of 2 quick branches", calls(both.invoke, 0), calls(pair, 0), 4.0)
    name = "parallel of 2 quick named branches"
    yield bench.beside_plain(name, calls(record.invoke, 0), calls(entries, 0), None, peer)

    af, ag = workloads.coroutines(2)
    aboth = parallel(lift(af), lift(ag))

    async def agathered(x: int) -> tuple[int, int]:
        first, second = await asyncio.gather(af(x), ag(x))
        return first, second

    agree(asyncio.run(aboth.ainvoke(0)), pair(0))
    peer = bench.peer_timer("aparallel", 2)
    name = "parallel of 2 async branches, ainvoke, beside gather"
    yield bench.beside_plain(name, awaits(aboth.ainvoke, 0), awaits(agathered, 0), None, peer)
