"""The colours of a picture: one for each kind of node."""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    """The colours of a box, as hexadecimal RGB."""

    fill: str
    line: str
    text: str


_PLAIN = Colour("#ffffff", "#64748b", "#0f172a")
_GREY = Colour("#f1f5f9", "#64748b", "#0f172a")
FRAME = Colour("#f8fafc", "#94a3b8", "#475569")
COLOURS: dict[str, Colour] = {
    "step": _PLAIN,
    "chain": _PLAIN,
    "input": Colour("#e2e8f0", "#475569", "#0f172a"),
    "output": Colour("#e2e8f0", "#475569", "#0f172a"),
    "prompt": Colour("#fef3c7", "#d97706", "#451a03"),
    "chat_model": Colour("#ede9fe", "#7c3aed", "#2e1065"),
    "llm": Colour("#ede9fe", "#7c3aed", "#2e1065"),
    "parser": Colour("#ccfbf1", "#0d9488", "#042f2e"),
    "retriever": Colour("#dcfce7", "#16a34a", "#052e16"),
    "tool": Colour("#ffedd5", "#ea580c", "#431407"),
    "parallel": Colour("#dbeafe", "#2563eb", "#172554"),
    "assign": Colour("#dbeafe", "#2563eb", "#172554"),
    "branch": Colour("#ffe4e6", "#e11d48", "#4c0519"),
    "fallbacks": Colour("#ffe4e6", "#e11d48", "#4c0519"),
    "passthrough": _GREY,
    "const": _GREY,
    "pick": _GREY,
}


def colour_of(kind: str) -> Colour:
    """The colours of a kind of node."""
    return COLOURS.get(kind, _PLAIN)
