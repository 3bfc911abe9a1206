"""The examples on the pages of the documentation."""

import re
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

Kind = Literal["runs", "raises", "wrong", "session"]
_KINDS: dict[str, Kind] = {
    "python": "runs",
    "python error": "raises",
    "python wrong": "wrong",
    "pycon": "session",
}
_FENCE = re.compile(r"(?P<indent> *)(?P<ticks>`{3,}|~{3,}) *(?P<info>[^`]*)$")


@dataclass(frozen=True)
class Example:
    """A block of code. ``line`` is that of its first line, ``text`` what it is said to print."""

    kind: Kind
    code: str
    line: int
    text: str | None = None


@dataclass(frozen=True)
class Page:
    """A page by name, with its examples in order."""

    name: str
    examples: tuple[Example, ...]


def read_page(path: Path) -> Page:
    return parse_page(path.name if path.parent == ROOT else str(path.relative_to(ROOT)), path.read_text("utf-8"))


def parse_page(name: str, text: str) -> Page:
    """The examples of a page; a ``text`` block belongs to the example before it in the same section.

    Raises:
        ValueError: A fence is not closed, or says something unknown after ``python``.
    """
    examples: list[Example] = []
    waiting = False  # whether a text block would belong to the last example
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        waiting = waiting and not lines[number].startswith("#")
        fence = _FENCE.match(lines[number])
        number += 1
        if fence is None:
            continue
        start = number
        while number < len(lines) and lines[number].strip() != fence["ticks"]:
            number += 1
        if number == len(lines):
            raise ValueError(f"{name}:{start}: the fence is not closed")
        block = textwrap.dedent("\n".join(lines[start:number])) + "\n"
        number += 1
        info = fence["info"].strip()
        if info in _KINDS:
            examples.append(Example(_KINDS[info], block, start + 1))
        elif info.startswith("py"):
            raise ValueError(f"{name}:{start}: expected one of {', '.join(_KINDS)} after the fence; got {info!r}")
        elif info == "text" and waiting:
            examples[-1] = replace(examples[-1], text=block)
        waiting = info in _KINDS
    return Page(name, tuple(examples))
