"""What types cost in the checker: mypy on a module of programs, beside the same functions called in each other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeAlias

from benchmarks.bench import Bench, growth_figure
from benchmarks.checks import agree
from benchmarks.figures import Figure
from benchmarks.measure import Timer, growth

Write: TypeAlias = Callable[[list[str]], str]
"""The expression of a program of these steps."""

HEAD = """\
from runlaw import lift, pipe
def show(x: int) -> str: ...
def size(x: str) -> int: ...
x = 3
"""
STEPS = 100
PLUGIN = "plugins = runlaw.mypy_plugin\n"


def nested_calls(steps: list[str]) -> str:
    return "(".join(reversed(steps)) + "(x" + ")" * len(steps)


def one_pipe(steps: list[str]) -> str:
    return f"pipe({', '.join(steps)})"


def pipes_in_a_pipe(steps: list[str]) -> str:
    """As many steps as the declared signatures know, in pipes of pipes."""
    if len(steps) <= 16:
        return one_pipe(steps)
    return pipes_in_a_pipe([one_pipe(steps[start : start + 16]) for start in range(0, len(steps), 16)])


def operators(steps: list[str]) -> str:
    return " | ".join([f"lift({steps[0]})", *steps[1:]])


def module(write: Write | None, steps: int, programs: int = 1) -> str:
    """The text of a module; without ``write`` it holds no program."""
    names = ["show" if number % 2 == 0 else "size" for number in range(steps)]
    lines = [f"p{number} = {write(names) if write else 'x'}" for number in range(programs)]
    return HEAD + "\n".join(lines) + "\n"


class Checker:
    """mypy with what it knows of the library kept, so that the module alone is checked anew."""

    def __init__(self, folder: Path, config: str = "") -> None:
        self.folder = folder
        self.folder.mkdir()
        self.runs = count(1)
        self.config = folder / "mypy.ini"
        self.config.write_text(f"[mypy]\ndisable_error_code = empty-body\n{config}", encoding="utf-8")

    def run(self, text: str) -> str:
        path = self.folder / "programs.py"
        # Of another size each time: what is as old, to the second, and as long as before is not read again.
        path.write_text(f"{text}{'#' * next(self.runs)}\n", encoding="utf-8")
        options = ["--config-file", str(self.config), "--cache-dir", str(self.folder / "cache"), "--no-error-summary"]
        done = subprocess.run(
            [sys.executable, "-m", "mypy", *options, str(path)],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
        )
        return done.stdout + done.stderr

    def timer(self, text: str) -> Timer:
        """Times the check of a module that has no mistakes."""
        agree(self.run(text), "")

        def run(count: int) -> float:
            start = perf_counter()
            for _ in range(count):
                self.run(text)
            return perf_counter() - start

        return run

    def beyond_start(self, write: Write, steps: int, programs: int) -> Timer:
        """What the programs add to the check of a module that holds none."""
        full, empty = self.timer(module(write, steps, programs)), self.timer(module(None, 0, programs))
        return lambda count: max(full(count) - empty(count), 0.0)  # less than nothing would be tried without an end


def checking(bench: Bench) -> Iterator[Figure]:
    """Each sample is a process of its own."""
    steps = max(bench.size(STEPS), 2)
    with TemporaryDirectory() as folder:
        plain = Checker(Path(folder) / "plain")
        plugged = Checker(Path(folder) / "plugin", PLUGIN)
        for checker, name, write in [
            (plain, "|", operators),
            (plain, "pipes of 16", pipes_in_a_pipe),
            (plugged, "| with the plugin", operators),
            (plugged, "one pipe with the plugin", one_pipe),
        ]:
            calls = checker.timer(module(nested_calls, steps))
            yield bench.beside_plain(
                f"mypy on {steps} steps, {name}, beside {steps} nested calls",
                checker.timer(module(write, steps)),
                calls,
                2.0,
            )
        for checker, name, write in [(plain, "|", operators), (plugged, "one pipe with the plugin", one_pipe)]:
            sizes = [bench.size(STEPS), bench.size(4 * STEPS)]
            programs = bench.size(40)

            def timer(size: int, checker: Checker = checker, write: Write = write, programs: int = programs) -> Timer:
                return checker.beyond_start(write, size, programs)

            found = growth(bench.effort, timer, sizes)
            yield growth_figure(
                f"growth of a step's checking time, {name}, {sizes[0]} to {sizes[-1]} steps", found, 1.5
            )
