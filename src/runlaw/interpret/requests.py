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


class CallGroups(NamedTuple):
    """Call a ``lift_batch`` leaf with groups of values; gives for each its results or its error."""

    program: Program
    groups: list[tuple[list[Any], Run]]  # Any: a user's values


class PerValue(NamedTuple):
    """Call steps one after another for each of several values; gives for each its result or its error."""

    steps: tuple[Call, ...]
    values: list[tuple[Any, Run]]  # Any: a user's values
    room: int | None


Request: TypeAlias = (
    Invoke | Within | Sleep | Collect | Open | Pull | Shut | Emit | Rest | Where | CallGroups | PerValue
)
Flow: TypeAlias = Generator[Request, Any, Any]  # Any: what a request gives depends on the request
