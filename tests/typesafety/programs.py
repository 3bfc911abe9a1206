"""The programs of ``tests/typing``: each top-level statement of a file ``right_*.py`` or ``wrong_*.py`` is one.

A comment at the end of a statement says what is known of it:

* ``# gap: ty, pyrefly`` the checkers that are wrong about it: they refuse a right program, or take a wrong one;
* ``# runs`` a wrong program that can be built all the same.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "typing"
PLAIN = ("mypy", "pyright", "ty", "pyrefly")
"""The checkers that read what needs no plugin; ``plugin`` is mypy with the plugin."""

_GAP = re.compile(r"# gap: (?P<names>[\w, ]+)")
_NO_PROGRAM = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Program:
    """One statement."""

    file: str
    lines: range
    source: str
    right: bool
    gaps: frozenset[str]
    runs: bool

    @property
    def name(self) -> str:
        return f"{self.file}:{self.lines.start}: {self.source.splitlines()[0]}"


@dataclass(frozen=True)
class File:
    """A file of programs."""

    path: Path
    programs: tuple[Program, ...]
    tree: ast.Module

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def checkers(self) -> frozenset[str]:
        """Who reads it: what the plugin makes narrower is a matter of the others, and what it alone tells, its own."""
        if "plugin" in self.path.stem:
            return frozenset({"plugin"})
        return frozenset(PLAIN) if "wide" in self.path.stem else frozenset({*PLAIN, "plugin"})


@cache
def files() -> tuple[File, ...]:
    paths = sorted(FOLDER.glob("right_*.py")) + sorted(FOLDER.glob("wrong_*.py"))
    return tuple(map(_read, paths))


def programs(*, right: bool) -> Iterator[Program]:
    for file in files():
        yield from (program for program in file.programs if program.right is right)


def _read(path: Path) -> File:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = text.splitlines()
    found = []
    for node in tree.body:
        if isinstance(node, _NO_PROGRAM) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            continue
        wrong = path.stem.startswith("wrong")
        if wrong and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            continue
        if not wrong and not (isinstance(node, ast.Expr | ast.AnnAssign)):
            continue
        span = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        last = lines[span[-1] - 1]
        gap = _GAP.search(last)
        names = frozenset(gap["names"].replace(" ", "").split(",")) if gap else frozenset()
        source = ast.get_source_segment(text, node) or ""
        found.append(Program(path.relative_to(ROOT).as_posix(), span, source, not wrong, names, "# runs" in last))
    return File(path, tuple(found), tree)
