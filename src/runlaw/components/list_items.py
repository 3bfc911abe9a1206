"""Items of a list in a text that arrives in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from runlaw.components.messages import AIMessage
from runlaw.components.model_text import text_of_output

_MARKER = re.compile(r"\s*(?:[-*•]\s+|\d+[.)]\s+)")
_QUOTED = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:,|$)')
_OPEN = re.compile(r'\s*"(?:[^"]|"")*$')


def list_items(outputs: Iterator[AIMessage | str], /) -> Iterator[list[str]]:
    """The items, each in a list of its own, as soon as it is complete.

    >>> list(list_items(iter(["red, gr", "een, blue"])))
    [['red'], ['green'], ['blue']]
    """
    pending, begun = "", False  # the rest of the current line; whether the line has given items already
    for output in outputs:
        *lines, pending = (pending + text_of_output(output)).split("\n")
        for line in lines:
            yield from _each(_items_of_line(line, begun))
            begun = False
        if begun or not _MARKER.match(pending):
            items, rest = split_at_commas(pending, whole=False)
            begun, pending = begun or rest != pending, rest
            yield from _each(items)
    yield from _each(_items_of_line(pending, begun))


def _items_of_line(line: str, begun: bool) -> list[str]:
    marker = None if begun else _MARKER.match(line)
    return [line[marker.end() :].strip()] if marker else split_at_commas(line, whole=True)[0]


def split_at_commas(text: str, whole: bool) -> tuple[list[str], str]:
    """The items that are complete, and the text that is left.

    Args:
        text: Items with commas between them; quotes around an item protect its commas, ``""`` is a quote in it.
        whole: Whether nothing comes after the text, so that its last item is complete too.

    >>> split_at_commas('a, "b, c", d', whole=False)
    (['a', 'b, c'], ' d')
    """
    items: list[str] = []
    start = 0
    while start < len(text):
        quoted = _QUOTED.match(text, start)
        if quoted:
            item, end = quoted[1].replace('""', '"').strip(), quoted.end()
        else:
            comma = text.find(",", start)
            end = len(text) if comma < 0 else comma + 1
            item = text[start : end if comma < 0 else comma].strip()
        complete = whole or (text[end - 1] == "," and (quoted or not _OPEN.match(text, start)))
        if not complete:
            break
        items.append(item)
        start = end
    return items, text[start:]


def _each(items: Iterable[str]) -> Iterator[list[str]]:
    for item in items:
        if item:
            yield [item]
