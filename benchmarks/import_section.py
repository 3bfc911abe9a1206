"""``import runlaw`` in a fresh interpreter, beside importing what such a library cannot do without."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.checks import agree
from benchmarks.figures import Figure
from benchmarks.measure import Timer

BASE = "asyncio, typing, concurrent.futures, json, inspect"
TIMED = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def importing(modules: str, python: str = sys.executable) -> Timer:
    """Times the import alone, not the interpreter's own start."""

    def run(count: int) -> float:
        return sum(float(output(TIMED.format(modules), python)) for _ in range(count))

    return run


def output(code: str, python: str) -> str:
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return found.stdout.strip()


def import_time(bench: Bench) -> Iterator[Figure]:
    """Each sample is a process of its own."""
    agree(output("import sys, runlaw; print('pydantic' in sys.modules)", sys.executable), "False")
    peer = importing("langchain_core.runnables", bench.peer.python) if bench.peer else None
    name = "import runlaw, beside asyncio, typing, futures, json, inspect"
    yield bench.beside_plain(name, importing("runlaw"), importing(BASE), 1.5, peer)
