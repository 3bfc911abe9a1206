"""What a flow may ask for. A flow decides; ``drive`` does what it asks, in the sync and in the async way.

A flow is a generator of requests. It is sent what each request gave, and the request's error is raised in
it. So a policy is written once.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NamedTuple, TypeAlias

from runlaw.interpret.program import Call, Program
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import Stream


class Invoke(NamedTuple):
    """Call a program; gives its value."""

    program: Program
    value: Any  # Any: a user's values


class Within(NamedTuple):
    """Call a program with a bound on the time; gives its value or raises ``TimeoutError``."""

    program: Program
    value: Any  # Any: a user's values
    seconds: float


class Sleep(NamedTuple):
    """Wait; gives ``None``."""

    seconds: float


class Collect(NamedTuple):
    """Read a stream to its end; gives the value that its chunks add up to."""

    stream: Stream


class Open(NamedTuple):
    """Start a program on a stream; gives its stream."""

    program: Program
    source: Stream


class Pull(NamedTuple):
    """Read a chunk; gives it, or ``END``. With ``seconds``, which are left of ``limit``, raises ``TimeoutError``."""

    stream: Stream
    seconds: float | None = None
    limit: float | None = None


class Shut(NamedTuple):
    """Close a stream that ``Open`` gave; gives ``None``."""

    stream: Stream


class Emit(NamedTuple):
    """Send a chunk on; gives ``None`` when the reader wants another one. For flows of streams only."""

    chunk: Any  # Any: a user's values


class Rest(NamedTuple):
    """Send on all that is left of a stream; gives ``None``. For flows of streams only."""

    stream: Stream


class Where(NamedTuple):
    """Gives the run that the flow is part of."""


class Room(NamedTuple):
    """Wait until the reader of events has room for another one; gives ``None``. In a sync run telling waits."""


class CallGroup(NamedTuple):
    """Call a ``lift_batch`` leaf with a group of values, in a run; gives their results."""

    program: Program
    values: list[Any]  # Any: a user's values
    run: Run


class CallSteps(NamedTuple):
    """Call steps one after another, in a run; gives the value."""

    steps: tuple[Call, ...]
    value: Any  # Any: a user's values
    run: Run


class Together(NamedTuple):
    """Call the same for several values, at the same time if that is ``slow``; gives ``None``.

    At most ``room`` of these calls run at one time.
    """

    call: Call
    values: list[Any]  # Any: what the call takes
    slow: bool
    room: int | None


Request: TypeAlias = (
    Invoke
    | Within
    | Sleep
    | Collect
    | Open
    | Pull
    | Shut
    | Emit
    | Rest
    | Where
    | Room
    | CallGroup
    | CallSteps
    | Together
)
Flow: TypeAlias = Generator[Request, Any, Any]  # Any: what a request gives depends on the request
