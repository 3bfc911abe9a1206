"""Change the library in small ways, and see whether the tests notice: how many of the changes they catch.

python scripts/mutate.py FOLDER [--count N] [--seed S] [--only PACKAGE] [--out FILE]

FOLDER is a copy of the project, in which files are changed and put back; its tests are run with this Python.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGES = ("kernel", "algebra", "events", "interpret")
SECONDS = 240  # a change that makes the tests run longer is caught
CONTRACT = "tests/contract --ignore tests/contract/test_section9_fine_print_depth.py"
STAGES: dict[str, tuple[str, ...]] = {
    "kernel": ("tests/unit/kernel tests/contract/test_section2_monoids.py tests/contract/test_section1_equality.py",),
    "algebra": ("tests/unit/algebra tests/contract/test_section3_types.py tests/contract/test_section1_equality.py",),
    "events": ("tests/unit/events tests/contract/test_events_shapes.py tests/contract/test_logs_seed.py",),
    "interpret": ("tests/unit/interpret tests/contract/test_section4_streaming.py",),
}
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Add, ast.And: ast.Or, ast.Or: ast.And, ast.BitOr: ast.BitAnd, ast.Break: ast.Continue,
    ast.Continue: ast.Break,
}  # fmt: skip


class Mutant(NamedTuple):
    """A change: where, of what kind, and the text of the changed file."""

    path: str
    line: int
    kind: str
    before: str
    text: str


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What a node may be changed to, each with the name of the kind of change."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in SWAPS:
            yield "comparison", _with(node, ops=[SWAPS[type(op)]()])
        case ast.BinOp(op=op) if type(op) in SWAPS:
            yield "arithmetic", _with(node, op=SWAPS[type(op)]())
        case ast.BoolOp(op=op):
            yield "and, or", _with(node, op=SWAPS[type(op)]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not", operand
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield "sign", operand
        case ast.Constant(value=bool(value)):
            yield "truth", ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield "number", ast.Constant(value + 1)
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield "condition", _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "result", ast.Return(ast.Constant(None))
        case ast.Break() | ast.Continue():
            yield "loop", SWAPS[type(node)]()
        case ast.Raise():
            yield "raise", ast.Pass()
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.AugAssign():
            yield "statement", ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "assignment", ast.Pass()
        case ast.Call(func=ast.Name("max" | "min")):  # the order of what it is given changes nothing
            return
        case ast.Call(args=[first, second, *rest]) if not isinstance(second, ast.Starred):
            yield "arguments", _with(node, args=[second, first, *rest])
        case _:
            return


def _with(node: ast.AST, **fields: object) -> ast.AST:
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _skipped(node: ast.AST) -> bool:
    """Whether nothing in the node says what the program does: checks of types, annotations, asserts, messages."""
    if isinstance(node, ast.Assert | ast.Raise | ast.ImportFrom | ast.Import | ast.JoinedStr):
        return True
    if isinstance(node, ast.If) and "version_info" in ast.unparse(node.test):  # one of the two is for another Python
        return True
    if isinstance(node, ast.FunctionDef) and node.name in ("__repr__", "__class_getitem__"):
        return True
    return _is_for_types(node)


def _is_for_types(node: ast.AST) -> bool:
    """Whether only a type checker reads it, or what it says is that nothing comes to it."""
    match node:
        case ast.If(test=ast.Name("TYPE_CHECKING")) | ast.Expr(value=ast.Call(func=ast.Name("assert_never"))):
            return True
        case _:
            return False


Edit = tuple[int, str, str, Callable[[], None], Callable[[], None]]


def edits(tree: ast.AST) -> Iterator[Edit]:
    """Every change of a tree: its line, kind, what was there, and what does it and undoes it."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "type_comment", "decorator_list", "bases"):
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST):
                continue
            for kind, other in () if _is_for_types(child) else changes(child):
                put = _putting(value, index) if isinstance(value, list) else _setting(tree, name)
                line = getattr(child, "lineno", getattr(tree, "lineno", 0))
                yield line, kind, ast.unparse(child).split("\n")[0], _bound(put, other), _bound(put, child)
            if not _skipped(child):
                yield from edits(child)


def _putting(items: list[ast.AST], index: int) -> Callable[[ast.AST], None]:
    return lambda node: items.__setitem__(index, node)


def _setting(owner: ast.AST, name: str) -> Callable[[ast.AST], None]:
    return lambda node: setattr(owner, name, node)


def _bound(put: Callable[[ast.AST], None], node: ast.AST) -> Callable[[], None]:
    return lambda: put(node)


def mutants(root: Path, package: str) -> list[Mutant]:
    """Every change of a package."""
    found = []
    for path in sorted((root / "src" / "runlaw" / package).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for line, kind, before, do, undo in edits(tree):
            do()
            text = ast.unparse(ast.fix_missing_locations(tree))
            undo()
            found.append(Mutant(str(path.relative_to(root)), line, kind, before, text))
    return found


def sample(root: Path, package: str, count: int, seed: int) -> tuple[list[Mutant], int]:
    """Some of the changes of a package, chosen by the seed, and how many there are."""
    every = mutants(root, package)
    chosen = random.Random(f"{seed} {package}").sample(every, min(count, len(every)))
    return chosen, len(every)


def caught_by(root: Path, package: str, mutant: Mutant) -> str | None:
    """What of the tests notices the change."""
    path = root / mutant.path
    original = path.read_text(encoding="utf-8")
    stages = (*STAGES[package], CONTRACT, "property_tests/test_laws.py")
    path.write_text(mutant.text, encoding="utf-8")
    try:
        for stage in stages:
            if not passes(root, stage):
                return "tests/contract" if stage is CONTRACT else stage.split()[0]
    finally:
        path.write_text(original, encoding="utf-8")
    return None


def passes(root: Path, stage: str) -> bool:
    """Whether these tests pass."""
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *stage.split()]
    command += ["-o", "timeout=60"]
    try:
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main() -> None:
    """Try the changes, and tell the score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=30, help="how many changes of each package")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--only", choices=PACKAGES, action="append")
    parser.add_argument("--out", type=Path, help="a file to which a line of JSON is added for each change")
    given = parser.parse_args()
    for package in given.only or PACKAGES:
        chosen, total = sample(given.folder, package, given.count, given.seed)
        caught = 0
        for number, mutant in enumerate(chosen, start=1):
            began = time.monotonic()
            by = caught_by(given.folder, package, mutant)
            caught += by is not None
            seconds = round(time.monotonic() - began, 1)
            print(f"{package} {caught}/{number}: {mutant.path}:{mutant.line} {mutant.kind} {by} {seconds}s", flush=True)
            if given.out is not None:
                row = {**mutant._asdict(), "text": None, "by": by, "package": package, "seconds": seconds}
                with given.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
        print(f"{package}: {caught} of {len(chosen)} caught, of {total} changes in all", flush=True)


if __name__ == "__main__":
    main()
