"""Whose work each thread does: the job that runs in it, of a sync run or of an async one."""

from __future__ import annotations

import threading
from contextvars import copy_context
from typing import TYPE_CHECKING

from runlaw.interpret.control import Control, Thunk

if TYPE_CHECKING:
    from runlaw.interpret.places import Scheduler


class _Thread(threading.local):
    control: Control | None = None


_thread = _Thread()


def get_executing() -> Control | None:
    """The job that runs in the calling thread, if any."""
    return _thread.control


def set_executing(control: Control | None) -> None:
    """Say whose work the calling thread does."""
    _thread.control = control


def executing(scheduler: Scheduler) -> Control | None:
    """The job of this scheduler that runs in the calling thread, if any."""
    control = get_executing()
    return control if control is not None and control.scheduler is scheduler else None


def in_context(thunk: Thunk) -> Thunk:
    """The thunk in a copy of the caller's context."""
    context = copy_context()
    return lambda control: context.run(thunk, control)
