"""Notes on exceptions, also on those that refuse to be changed."""

from __future__ import annotations

from typing import Any

_fields = BaseException.__dict__["__dict__"].__get__


def fields(error: BaseException) -> dict[str, Any]:  # Any: whatever an exception holds
    """The attributes of an exception itself, whatever its class makes of ``__dict__``."""
    return _fields(error)  # type: ignore[no-any-return]  # a descriptor of C


def add_note(error: BaseException, note: str) -> None:
    """Add a note. A class that lets nobody set its attributes has it among them all the same; it never fails."""
    try:
        error.add_note(note)
    except Exception:
        notes = fields(error).setdefault("__notes__", [])
        if isinstance(notes, list):
            notes.append(note)


def replace_note(error: BaseException, old: str, new: str) -> None:
    """Change a note, if the exception has it."""
    notes = fields(error).get("__notes__")
    if isinstance(notes, list):
        notes[:] = [new if note == old else note for note in notes]
