"""The run that the calling code is in, where anything was said or may be asked of it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

    from runlaw.interpret.program import Program
    from runlaw.interpret.run import Run

CURRENT: ContextVar[Run | None] = ContextVar("runlaw_run", default=None)
ROOTS: dict[FrameType, Run] = {}
"""The runs of calls that leave no trace but their frame, where code inside asked for them. The call forgets its own."""
LEAVES: dict[FrameType, Program] = {}
"""The steps whose generators are being read, by the generators' frames. A stream that is closed forgets its own."""
KEYS: dict[FrameType, object] = {}
"""What tells the run of a step from others where it asked while it was opened; else the frame in ``LEAVES`` does."""
