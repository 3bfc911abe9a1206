"""The benchmarks' command line: ``python -m benchmarks [section ...] [--peer PYTHON] [--once]``."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import nullcontext

from benchmarks.bench import Bench
from benchmarks.figures import HEADER, line, row
from benchmarks.measure import ONCE, Effort
from benchmarks.peer import Peer, PeerError
from benchmarks.sections import SECTIONS


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table.

    The exit status is 0, also where a goal was missed: that is a line of the table. It is 1 where a
    section could not do its work, and 2 where the arguments or the peer are wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What runlaw costs, beside plain Python.")
    parser.add_argument("sections", nargs="*", metavar="section", help=f"of {', '.join(SECTIONS)}; all by default")
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter with langchain-core, to be measured beside")
    parser.add_argument("--once", action="store_true", help="run everything once, as little as possible; times nothing")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.sections if name not in SECTIONS]:
        parser.error(f"no such section: {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    try:
        with Peer(options.peer) if options.peer else nullcontext() as peer:
            done = table(options.sections or list(SECTIONS), Bench(ONCE if options.once else Effort(), peer))
    except PeerError as error:
        print(error, file=sys.stderr)
        return 2
    return 0 if done else 1


def table(names: Sequence[str], bench: Bench) -> bool:
    """A section that fails does not keep the others from being measured. Tells whether none did."""
    load = os.getloadavg()[0]
    peer = bench.peer.version if bench.peer else "no peer"
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}, {peer}\n")
    print(line(HEADER))
    failed: list[str] = []
    for name in names:
        began = time.perf_counter()
        print(f"-- {name}", flush=True)
        try:
            for figure in SECTIONS[name](bench):
                print(row(figure), flush=True)
        except PeerError:
            raise
        except Exception:
            traceback.print_exc()
            failed.append(name)
        print(f"   {time.perf_counter() - began:.0f} s", flush=True)
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return not failed


if __name__ == "__main__":
    raise SystemExit(main())
