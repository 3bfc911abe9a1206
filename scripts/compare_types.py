"""Which wrong programs do the type checkers take, of runlaw and of langchain-core? Writes the table of the docs.

    python scripts/compare_types.py --peer ~/peer/bin/python            # prints it
    python scripts/compare_types.py --peer ~/peer/bin/python --write    # puts it into the page

The peer is an interpreter with langchain-core in it; the checkers are those of the interpreter that runs this.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "explanation" / "comparison.md"
START, END = "<!-- the table is written by scripts/compare_types.py -->", "<!-- the end of the table -->"
sys.path.insert(0, str(ROOT))

from tests.typesafety.checkers import CHECKERS, pyright  # noqa: E402  # found by the line above

FUNCTIONS = """
from collections.abc import Iterator
from typing import TypedDict

class Point(TypedDict):
    x: int
    y: int

def show(x: int) -> str: return str(x)
def size(x: str) -> int: return len(x)
def half(x: int) -> float: return x / 2
def double(x: int) -> int: return 2 * x
def add(x: int, y: int) -> int: return x + y
def positive(x: int) -> bool: return x > 0
def blank(x: str) -> bool: return not x
def point(x: int) -> Point: return {"x": x, "y": x}
def norm(p: Point) -> int: return p["x"] + p["y"]
def lengths(chunks: Iterator[str]) -> Iterator[int]: yield from map(len, chunks)
"""
OURS = """
from runlaw import attempt, branch, identity, lift, lift_transform, map_batch, parallel
from runlaw.components import chat_prompt, str_parser
class Topic(TypedDict):
    topic: str
f, g, h, p = lift(show), lift(size), lift(half), lift(point)
"""
THEIRS = """
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import (
    RunnableBranch, RunnableGenerator, RunnableLambda, RunnableParallel, RunnablePassthrough,
)
f, g, h, p = RunnableLambda(show), RunnableLambda(size), RunnableLambda(half), RunnableLambda(point)
"""


class Mistake(NamedTuple):
    """The same mistake in both."""

    what: str
    ours: str
    theirs: str


MISTAKES = [
    Mistake("a step that cannot take what comes", "f | f", "f | f"),
    Mistake("the same, three steps long", "f | g | g", "f | g | g"),
    Mistake("the same with a plain function", "f | double", "f | double"),
    Mistake("a plain function before it", "double | g", "double | g"),
    Mistake("a lambda that does what its input cannot", "f.pipe(lambda x: x + 1)", "f.pipe(lambda x: x + 1)"),
    Mistake("a step of two arguments", "f | add", "f | add"),
    Mistake("a step that is none", "f | 3", "f | 3"),
    Mistake("a wrong input", 'f.invoke("a")', 'f.invoke("a")'),
    Mistake("a wrong input of a pipe", '(f | g).invoke("a")', '(f | g).invoke("a")'),
    Mistake("a wrong use of an output", "f.invoke(3) + 1", "f.invoke(3) + 1"),
    Mistake("a wrong use of a pipe's output", "(f | g).invoke(3).upper()", "(f | g).invoke(3).upper()"),
    Mistake("a wrong input of a batch", 'f.batch(["a"])', 'f.batch(["a"])'),
    Mistake(
        "an exception taken for an output",
        "f.batch([1], return_exceptions=True)[0].upper()",
        "f.batch([1], return_exceptions=True)[0].upper()",
    ),
    Mistake("a wrong use of a chunk", "next(iter(f.stream(3))) + 1", "next(iter(f.stream(3))) + 1"),
    Mistake("an unknown key of a config", 'f.invoke(3, {"tag": ["a"]})', 'f.invoke(3, {"tag": ["a"]})'),
    Mistake("a wrong value in a config", 'f.invoke(3, {"tags": "a"})', 'f.invoke(3, {"tags": "a"})'),
    Mistake("an unknown option of with_config", 'f.with_config(tag=["a"])', 'f.with_config(tag=["a"])'),
    Mistake("branches of a parallel without a common input", "parallel(a=f, b=g)", "RunnableParallel(a=f, b=g)"),
    Mistake("the same, when it is run", "parallel(a=f, b=g).invoke(3)", "RunnableParallel(a=f, b=g).invoke(3)"),
    Mistake("a wrong input of a parallel", 'parallel(a=f, b=h).invoke("a")', 'RunnableParallel(a=f, b=h).invoke("a")'),
    Mistake(
        "a misspelt key of a parallel", 'parallel(a=f, b=h).invoke(3)["c"]', 'RunnableParallel(a=f, b=h).invoke(3)["c"]'
    ),
    Mistake(
        "a wrong use of a parallel's value",
        'parallel(a=f).invoke(3)["a"] + 1',
        'RunnableParallel(a=f).invoke(3)["a"] + 1',
    ),
    Mistake("a step after a parallel that takes no record", "parallel(a=f, b=h) | g", "RunnableParallel(a=f, b=h) | g"),
    Mistake("a dict before a step that takes no record", '{"a": f} | g', '{"a": f} | g'),
    Mistake("a dict of steps that cannot take what comes", 'f | {"a": f}', 'f | {"a": f}'),
    Mistake("a key that a record lacks", 'p.pick("z") | g', 'p.pick("z") | g'),
    Mistake("a picked value of another type", 'p.pick("x") | g', 'p.pick("x") | g'),
    Mistake("pick of what is no record", 'f.pick("a")', 'f.pick("a")'),
    Mistake("assign of a step that takes no such record", "p.assign(z=g)", "p.assign(z=g)"),
    Mistake(
        "a misspelt key after assign",
        'p.assign(z=lambda r: 3).invoke(3)["w"]',
        'p.assign(z=lambda r: 3).invoke(3)["w"]',
    ),
    Mistake(
        "a predicate of another input",
        "branch((blank, f), default=f).invoke(3)",
        "RunnableBranch((blank, f), f).invoke(3)",
    ),
    Mistake(
        "a wrong use of a branch's output",
        "branch((positive, f), default=h).invoke(3).upper()",
        "RunnableBranch((positive, f), h).invoke(3).upper()",
    ),
    Mistake("a step that is given too few of what it maps over", "map_batch(f).invoke(3)", "f.map().invoke(3)"),
    Mistake("a map over items of another type", 'map_batch(f).invoke(["a"])', 'f.map().invoke(["a"])'),
    Mistake("a fallback of another input", "f.with_fallbacks(g)", "f.with_fallbacks([g])"),
    Mistake("a fallback of another output", "f.with_fallbacks(h)", "f.with_fallbacks([h])"),
    Mistake(
        "retry on what is no exception type",
        'f.with_retry(on=("ValueError",))',
        'f.with_retry(retry_if_exception_type=("ValueError",))',
    ),
    Mistake(
        "a wrong use of what identity passes on",
        "identity.invoke(3).upper()",
        "RunnablePassthrough().invoke(3).upper()",
    ),
    Mistake("identity between steps that do not fit", "f | identity | f", "f | RunnablePassthrough() | f"),
    Mistake(
        "chunks that do not know how to add up",
        'lift_transform(lengths).invoke("a")',
        'RunnableGenerator(lengths).invoke("a")',
    ),
    Mistake(
        "a variable that a prompt is not given",
        'chat_prompt(Topic, "{topic}").invoke({})',
        'ChatPromptTemplate.from_template("{topic}").invoke({})',
    ),
    Mistake("a parser of what is no message", "g | str_parser()", "g | StrOutputParser()"),
    Mistake(
        "a failure that is not looked at",
        "(f | attempt(size)).invoke(3) + 1",
        "(f | g).with_fallbacks([]).batch([3], return_exceptions=True)[0] + 1",
    ),
    Mistake("an unknown member", "f.invoke_all(3)", "f.invoke_all(3)"),
]


def module(head: str, programs: Sequence[str]) -> tuple[str, list[int]]:
    """A module with a program on each of these lines."""
    text = FUNCTIONS + head
    first = text.count("\n") + 1
    return text + "\n".join(programs) + "\n", [first + number for number, _ in enumerate(programs)]


def accepted(checker: str, head: str, programs: Sequence[str], python: str) -> list[bool]:
    """Whether a checker takes each of the programs."""
    with TemporaryDirectory() as folder:
        text, lines = module(head, programs)
        path = Path(folder) / "programs.py"
        path.write_text(text, encoding="utf-8")
        # In its strict mode pyright complains of every unknown type, and so of nearly all that the peer gives.
        check = partial(pyright, mode="standard") if checker == "pyright" else CHECKERS[checker]
        complaints = check([str(path)], Path(folder), python=python)
    told = {complaint.line for complaint in complaints}
    before = sorted(line for line in told if line < lines[0])
    if before:
        raise SystemExit(f"{checker} does not take what the programs are made of: lines {before} of\n{text}")
    return [line not in told for line in lines]


def table(peer: str) -> str:
    """The table, and how many programs each checker takes."""
    checkers = ["mypy", "pyright", "ty", "pyrefly"]
    ours = {
        name: accepted(name, OURS, [each.ours for each in MISTAKES], sys.executable) for name in [*checkers, "plugin"]
    }
    theirs = {name: accepted(name, THEIRS, [each.theirs for each in MISTAKES], peer) for name in checkers}
    rows = ["| mistake | langchain-core | taken by | runlaw | taken by |", "|---|---|---|---|---|"]
    for index, mistake in enumerate(MISTAKES):
        if not any(taken[name][index] for taken in (ours, theirs) for name in taken):
            continue
        rows.append(
            f"| {mistake.what} | {_code(mistake.theirs)} | {_takers(theirs, checkers, index)} "
            f"| {_code(mistake.ours)} | {_takers(ours, checkers, index)} |"
        )
    counts = [
        "| of " + str(len(MISTAKES)) + " wrong programs | " + " | ".join([*checkers, "mypy with the plugin"]) + " |"
    ]
    counts.append("|---" * (len(checkers) + 2) + "|")
    counts.append(_counts("langchain-core", [theirs[name] for name in checkers]) + " |  |")
    counts.append(_counts("runlaw", [ours[name] for name in [*checkers, "plugin"]]) + " |")
    return "\n".join([*counts, "", "The programs that at least one of the four takes:", "", *rows])


def _counts(name: str, taken: Sequence[list[bool]]) -> str:
    return f"| {name} takes | " + " | ".join(str(sum(each)) for each in taken)


def _code(text: str) -> str:
    shown = text.replace("|", "\\|")
    return f"`{shown}`"


def _takers(taken: dict[str, list[bool]], checkers: Sequence[str], index: int) -> str:
    names = [name for name in checkers if taken[name][index]]
    return "all four" if len(names) == len(checkers) else ", ".join(names) or "none"


def main() -> None:
    """Print the table, or put it into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, help="an interpreter that has langchain-core")
    parser.add_argument("--write", action="store_true", help="put the table into docs/explanation/comparison.md")
    chosen = parser.parse_args()
    made = table(chosen.peer)
    if not chosen.write:
        print(made)
        return
    version = "import importlib.metadata as m; print(m.version('langchain-core'))"
    found = subprocess.run([chosen.peer, "-c", version], capture_output=True, text=True, check=True).stdout.strip()
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(START)
    PAGE.write_text(
        f"{before}{START}\n\nWith langchain-core {found}:\n\n{made}\n\n{END}{rest.split(END)[1]}", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
