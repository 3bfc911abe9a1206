"""Passages of a text: pieces short enough to be found and read, cut where the text has its own cuts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_FENCE = re.compile(r"[ \t]*(```|~~~)")
_HEADING = re.compile(r"#{1,6} ")


class Passage(NamedTuple):
    """A piece of a text; ``line`` is the number of its first line, from 1."""

    text: str
    line: int


def passages(text: str, *, max_chars: int = 1000, markdown: bool = True) -> list[Passage]:
    """The passages of a text: whole paragraphs, as many as fit; a heading begins a passage.

    A paragraph that is too long is cut at line ends, and a line that is too long at spaces. Nothing of the text
    is left out but blank lines.

    Args:
        text: The text.
        max_chars: The most characters of a passage.
        markdown: Whether lines with ``#`` are headings, and fenced code stays together.

    Raises:
        ValueError: ``max_chars`` is below 1.

    >>> [passage.text for passage in passages("# One\\n\\nIt is.\\n\\n# Two\\n\\nIt was.")]
    ['# One\\n\\nIt is.', '# Two\\n\\nIt was.']
    """
    if max_chars < 1:
        raise ValueError(f"max_chars, the length of a passage, must be at least 1; got {max_chars}")
    found: list[Passage] = []
    open_passage = False  # whether the last passage may still grow
    only_headings = True  # whether it holds nothing else yet
    for block in _blocks(text, markdown):
        is_heading = markdown and _HEADING.match(block.text) is not None
        starts = not open_passage or (is_heading and not only_headings)
        if not starts and len(found[-1].text) + 2 + len(block.text) <= max_chars:
            found[-1] = Passage(f"{found[-1].text}\n\n{block.text}", found[-1].line)
        else:
            found.extend(_cut(block, max_chars))
            only_headings = True
        only_headings = only_headings and is_heading and "\n" not in block.text
        open_passage = True
    return found


def _blocks(text: str, markdown: bool) -> Iterator[Passage]:
    """What stands between blank lines; a fenced piece of code is one block."""
    lines: list[str] = []
    first = 1
    fence: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        mark = _FENCE.match(line) if markdown else None
        if fence is None and not line.strip():
            if lines:
                yield Passage("\n".join(lines), first)
            lines = []
            continue
        if mark and fence is None:
            fence = mark[1]
        elif mark and mark[1] == fence:
            fence = None
        if not lines:
            first = number
        lines.append(line.rstrip())
    if lines:
        yield Passage("\n".join(lines).rstrip("\n"), first)


def _cut(block: Passage, max_chars: int) -> Iterator[Passage]:
    if len(block.text) <= max_chars:
        yield block
        return
    held: list[str] = []
    first = block.line
    for number, line in enumerate(block.text.split("\n"), start=block.line):
        for piece in _cut_line(line, max_chars):
            if held and sum(map(len, held)) + len(held) + len(piece) > max_chars:
                yield Passage("\n".join(held), first)
                held = []
            if not held:
                first = number
            held.append(piece)
    if any(held):
        yield Passage("\n".join(held), first)


def _cut_line(line: str, max_chars: int) -> Iterator[str]:
    while len(line) > max_chars:
        space = line.rfind(" ", 1, max_chars + 1)
        end = space if space > 0 else max_chars
        yield line[:end]
        line = line[end:].lstrip()
    yield line
