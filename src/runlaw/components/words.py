"""Words and sentences of a text: plain rules, for prose and for Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Chinese and Japanese: no spaces between words
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:'[^\W_{_UNSPACED}]+)?")
_SUFFIXES = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "s", "e")
_FENCE = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_BLANK = re.compile(r"\n[ \t]*\n")
_ITEM = re.compile(r"^[ \t]*(?:[-*+•][ \t]+|\d+[.)][ \t]+|>[ \t]?)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_CODE = re.compile(r"`[^`]*`")
_EMPHASIS = re.compile(r"(?<!\w)\*{1,3}(?=\S)|(?<=\S)\*{1,3}(?!\w)")
_RULE = re.compile(r"^[-=*_|:+ \t]+$")
_END = re.compile(r"""(?:(?<=[.!?])|(?<=[.!?]["')\]]))\s+(?=["'(\[]?[^\sa-z])|(?<=[。！？])""")


def stems(text: str) -> list[str]:
    """The words of a text in lower case, common English endings cut off; in Chinese and Japanese each character.

    >>> stems("Did Harrison work? He worked.")
    ['did', 'harrison', 'work', 'he', 'work']
    """
    return [_stem(word) for word in _WORD.findall(text.lower())]


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order; of Markdown too, without its headings, fenced code and marks.

    A list item and a table row end a sentence; a line break alone does not, nor does what stands in code.

    >>> sentences("# Title\\n\\nIt is a\\nvalue. It never *changes*!\\n\\n- One item\\n- Another")
    ['It is a value.', 'It never changes!', 'One item', 'Another']
    """
    found: list[str] = []
    for block in _BLANK.split(_FENCE.sub("\n\n", text)):
        for unit in _units(block):
            found.extend(_cut(unit))
    return found


def _cut(unit: str) -> Iterator[str]:
    """The sentences of one line; none ends inside code."""
    masked = _CODE.sub(lambda code: "x" * len(code[0]), unit)
    start = 0
    for end in [*(match.start() for match in _END.finditer(masked)), len(unit)]:
        sentence = unit[start:end].replace("`", "").strip()
        if sentence:
            yield sentence
        start = end


def _units(block: str) -> Iterator[str]:
    """Paragraphs, list items and table rows of a block without blank lines, each as one line."""
    lines: list[str] = []
    for line in block.split("\n"):
        bare = line.strip()
        if bare.startswith("#") or _RULE.match(bare):
            starts, bare = True, ""
        elif bare.startswith("|"):
            starts, bare = True, ": ".join(cell.strip() for cell in bare.strip("|").split("|") if cell.strip())
        else:
            item = _ITEM.match(line)
            starts, bare = item is not None, (line[item.end() :] if item else bare).strip()
        if starts and lines:
            yield _without_marks(" ".join(lines))
            lines = []
        if bare:
            lines.append(bare)
    if lines:
        yield _without_marks(" ".join(lines))


def _without_marks(text: str) -> str:
    return _EMPHASIS.sub("", _LINK.sub(r"\1", text))


def words_with_spaces(text: str) -> list[str]:
    """A text cut before each word, so that the pieces, joined, are the text.

    >>> words_with_spaces("Hello brave world.")
    ['Hello', ' brave', ' world.']
    """
    return re.findall(r"\s*\S+|\s+\Z", text)
