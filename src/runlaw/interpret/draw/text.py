"""Texts as they are drawn: printable, not too long, and measured."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

_MOST = 80


def shown(text: str) -> str:
    """The text on one line, without control characters, and shortened if it is very long."""
    plain = text if text.isprintable() else "".join([char if char.isprintable() else " " for char in text])
    return plain if len(plain) <= _MOST else f"{plain[: _MOST - 3]}..."


def columns(text: str) -> int:
    """How many columns of a terminal the text takes.

    >>> columns("ab"), columns("質問")
    (2, 4)
    """
    if text.isascii():
        return len(text)
    return sum([0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text])
