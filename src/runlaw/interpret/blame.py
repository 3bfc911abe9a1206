"""Errors name the step: one note on a failing leaf's exception, with the path from the root to the leaf."""

from __future__ import annotations

from asyncio import CancelledError
from typing import TYPE_CHECKING

from runlaw.interpret.current import CURRENT

if TYPE_CHECKING:
    from runlaw.interpret.program import Program

_MARK = "__runlaw_path__"


def blame(error: BaseException, program: Program) -> None:
    """Note on the error, once, where it was raised.

    Raises:
        RuntimeError: The error is a ``StopIteration``, which would end whatever iterates above; it is the cause.
    """
    if isinstance(error, (StopIteration, StopAsyncIteration)):
        escaped = RuntimeError(f"{program.name} let a {type(error).__name__} escape")
        _note(escaped, program)
        raise escaped from error
    if isinstance(error, Exception) and not isinstance(error, CancelledError):
        _note(error, program)


def _note(error: Exception, program: Program) -> None:
    mark: _Mark | None = error.__dict__.get(_MARK)
    if mark is not None and not mark.open:
        return
    run = CURRENT.get()
    path = program.path(run.name if run is not None and run.program is program.root else None)
    if mark is None:
        mark = error.__dict__[_MARK] = _Mark(path)
        error.add_note(mark.text)
        return
    mark.open = False
    old = mark.text
    mark.path = f"{path} > {mark.path}"
    error.__notes__[:] = [mark.text if note == old else note for note in error.__notes__]


class _Mark:
    """The path noted on an error. ``open`` while the run it names may turn out to be inside another."""

    __slots__ = ("open", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        self.open = False

    @property
    def text(self) -> str:
        return f"in step {self.path}"


def leaves_run(error: BaseException) -> None:
    """The error leaves a run that stands inside a leaf of another: that leaf's path may be put before its own."""
    mark: _Mark | None = getattr(error, "__dict__", {}).get(_MARK)
    if mark is not None:
        mark.open = True


def uncatchable(error: BaseException) -> bool:
    """Whether no policy may catch it: cancellation, interrupts, and a stack that ran out."""
    return not isinstance(error, Exception) or isinstance(error, (RecursionError, CancelledError))


def is_result(error: BaseException, keep_errors: bool) -> bool:
    """Whether an error stands in the place of a result, where a batch is asked to keep errors."""
    return keep_errors and not uncatchable(error)
