"""Errors name the step: one note on a failing leaf's exception, with the path from the root to the leaf."""

from __future__ import annotations

from asyncio import CancelledError
from typing import TYPE_CHECKING

from runlaw.interpret.program import WRAPPERS
from runlaw.kernel.notes import add_note, fields, replace_note

if TYPE_CHECKING:
    from runlaw.interpret.program import Program

_MARK = "__runlaw_path__"


def blame(error: BaseException, program: Program) -> None:
    """Note on the error, once, where it was raised.

    Raises:
        RuntimeError: The error is a ``StopIteration``, which would end whatever iterates above; it is the cause.
    """
    if isinstance(error, (StopIteration, StopAsyncIteration)):
        escaped = RuntimeError(f"{program.title} let a {type(error).__name__} escape")
        _note(escaped, program)
        raise escaped from error
    if isinstance(error, Exception) and not isinstance(error, CancelledError):
        _note(error, program)


def _note(error: Exception, program: Program) -> None:
    known = fields(error)
    mark: _Mark | None = known.get(_MARK)
    if mark is not None and not mark.open:
        return
    path, inside = WRAPPERS["place"](program)
    if mark is None:
        mark = known[_MARK] = _Mark(path, inside)
        add_note(error, mark.text)
        return
    old = mark.text
    mark.path, mark.inside, mark.open = f"{path} > {mark.path}", inside, False
    replace_note(error, old, mark.text)


class _Mark:
    """The path noted on an error.

    ``inside`` tells how many runs the path goes through beyond the one that the error is in now. Where the error
    leaves a run of which no more is known, the mark is ``open``: that run may turn out to be inside another.
    """

    __slots__ = ("inside", "open", "path")

    def __init__(self, path: str, inside: int) -> None:
        self.path = path
        self.inside = inside
        self.open = False

    @property
    def text(self) -> str:
        return f"in step {self.path}"


def leaves_run(error: BaseException) -> None:
    """The error leaves a run that stands inside a leaf of another; its path begins there, or may be put before it."""
    mark: _Mark | None = fields(error).get(_MARK)
    if mark is None:
        return
    if mark.inside > 0:
        mark.inside -= 1
    else:
        mark.open = True


def uncatchable(error: BaseException) -> bool:
    """Whether no policy may catch it: cancellation, interrupts, and a stack that ran out."""
    return not isinstance(error, Exception) or isinstance(error, (RecursionError, CancelledError))


def is_result(error: BaseException, keep_errors: bool) -> bool:
    """Whether an error stands in the place of a result, where a batch is asked to keep errors."""
    return keep_errors and not uncatchable(error)
