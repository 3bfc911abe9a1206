"""What a docstring says: what the function is for, and what its arguments are."""

from __future__ import annotations

import inspect
import re
from typing import Final, NamedTuple

_ARGUMENTS: Final = (
    *("args", "arguments", "parameters", "params"),
    *("keyword args", "keyword arguments", "other parameters"),
)
_SECTIONS: Final = (
    *_ARGUMENTS,
    *("attributes", "example", "examples", "note", "notes", "raises", "references", "return", "returns", "see also"),
    *("todo", "warning", "warnings", "warns", "yield", "yields"),
)
_HEADING = re.compile(rf"({'|'.join(_SECTIONS)})[ \t]*:?[ \t]*$", re.IGNORECASE)
_ENTRY = re.compile(r"\*{0,2}(\w+)[ \t]*(?:\([^)]*\))?[ \t]*:[ \t]*(.*)")
_NUMPY_ENTRY = re.compile(r"\*{0,2}(\w+(?:[ \t]*,[ \t]*\*{0,2}\w+)*)[ \t]*(?::.*)?$")
_FIELD = re.compile(r":(\w+)(?:[ \t]+([^:]*))?:[ \t]*(.*)")


class Docstring(NamedTuple):
    """A docstring taken apart: the text before its sections, and a text for each argument."""

    description: str
    arguments: dict[str, str]


def read_docstring(text: str | None) -> Docstring:
    """Take a docstring apart. It may be in the style of Google, of NumPy or of Sphinx.

    >>> read_docstring('''Look up the weather.
    ...
    ...     Args:
    ...         city: The name of the city,
    ...             in English.
    ... ''')
    Docstring(description='Look up the weather.', arguments={'city': 'The name of the city, in English.'})
    """
    lines = inspect.cleandoc(text or "").splitlines()
    arguments: dict[str, list[str]] = {}
    described: list[str] = []
    position, before_sections = 0, True
    while position < len(lines):
        line = lines[position]
        heading = _HEADING.match(line)
        underlined = position + 1 < len(lines) and re.fullmatch(r"-{3,}[ \t]*", lines[position + 1]) is not None
        if heading and (underlined or line.rstrip().endswith(":")):
            before_sections = False
            start = position + 2 if underlined else position + 1
            position = _end_of_section(lines, start, underlined)
            if heading[1].lower() in _ARGUMENTS:
                read = _read_numpy if underlined else _read_entries
                read(lines[start:position], arguments)
            continue
        field = _FIELD.match(line)
        if field:
            before_sections = False
            end = position + 1
            while end < len(lines) and lines[end][:1] in (" ", "\t"):
                end += 1
            if field[1] in ("param", "parameter", "arg", "argument") and field[2]:
                more = [each.strip() for each in lines[position + 1 : end]]
                arguments[field[2].split()[-1].lstrip("*")] = [field[3], *more]
            position = end
            continue
        if before_sections:
            described.append(line)
        position += 1
    texts = {name: " ".join(part for part in parts if part) for name, parts in arguments.items()}
    return Docstring("\n".join(described).strip(), {name: said for name, said in texts.items() if said})


def _end_of_section(lines: list[str], start: int, underlined: bool) -> int:
    """Where the section ends: at the next heading, or, in Google's style, at a line that is not indented."""
    for position in range(start, len(lines)):
        line = lines[position]
        if underlined:
            if position + 1 < len(lines) and _HEADING.match(line) and lines[position + 1].startswith("---"):
                return position
        elif line and line[0] not in " \t":
            return position
    return len(lines)


def _read_entries(lines: list[str], arguments: dict[str, list[str]]) -> None:
    """Google's ``name (type): text``; what is indented deeper goes on with the text."""
    depth: int | None = None
    current: list[str] | None = None
    for line in lines:
        bare = line.strip()
        if not bare:
            continue
        indent = len(line) - len(line.lstrip())
        depth = indent if depth is None else depth
        entry = _ENTRY.match(bare) if indent <= depth else None
        if entry:
            current = arguments[entry[1]] = [entry[2]]
        elif current is not None:
            current.append(bare)


def _read_numpy(lines: list[str], arguments: dict[str, list[str]]) -> None:
    """NumPy's ``name : type``, with the text on the indented lines below; names may share one."""
    current: list[list[str]] = []
    for line in lines:
        bare = line.strip()
        entry = _NUMPY_ENTRY.match(line) if line[:1] not in (" ", "\t") else None
        if entry:
            current = [arguments.setdefault(name.strip().lstrip("*"), []) for name in entry[1].split(",")]
        else:
            for texts in current:
                texts.append(bare)
