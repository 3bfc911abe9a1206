"""What happens in a run, as frozen values: the closed union ``Event``.

All events of one run share one ``RunInfo``. An event is built from three or four parts, in this order:

| event | parts |
|---|---|
| ``RunStarted`` | ``run, timestamp, input=UNKNOWN`` |
| ``RunStreamed`` | ``run, timestamp, chunk`` |
| ``RunEnded`` | ``run, timestamp, output, input=UNKNOWN`` |
| ``RunFailed`` | ``run, timestamp, error, input=UNKNOWN`` |
| ``Custom`` | ``run, timestamp, name, data`` |

``timestamp`` is a float, in seconds since the epoch; ``time`` is the same instant as a ``datetime`` in UTC.
``run_id``, ``parent_ids``, ``name``, ``run_type``, ``tags`` and ``metadata`` are those of the run, except that
the ``name`` of a ``Custom`` event is the name given to ``emit``; the run's is then ``event.run.name``.
An input that is not known (yet) is ``UNKNOWN``, which differs from an input of ``None``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias

from runlaw.events.run_info import RunInfo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from runlaw.kernel.nodes import RunType


class Unknown:
    """The type of ``UNKNOWN``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __reduce__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()
"""Stands for an input that is not known: that of a run that started before its input was whole."""


class Told:
    """What the five kinds of event share."""

    __slots__ = ("_run", "_timestamp")
    _fields: ClassVar[tuple[str, ...]]

    _run: RunInfo
    _timestamp: float

    @property
    def run(self) -> RunInfo:
        """The run it happened in."""
        return self._run

    @property
    def timestamp(self) -> float:
        """When it happened, in seconds since the epoch."""
        return self._timestamp

    @property
    def time(self) -> datetime:
        """When it happened, in UTC."""
        from datetime import UTC, datetime

        return datetime.fromtimestamp(self._timestamp, UTC)

    @property
    def run_id(self) -> UUID:
        """The id of the run."""
        return self._run.run_id

    @property
    def parent_ids(self) -> tuple[UUID, ...]:
        """The ids of the runs around it, outermost first."""
        return self._run.parent_ids

    @property
    def name(self) -> str:
        """The name of the run."""
        return self._run._kind.name

    @property
    def run_type(self) -> RunType:
        """The kind of the run."""
        return self._run._kind.run_type

    @property
    def tags(self) -> tuple[str, ...]:
        """The labels of the run, in order."""
        return self._run._kind.tags

    @property
    def metadata(self) -> Mapping[str, object]:
        """The key-value pairs of the run; they cannot be changed."""
        return self._run._kind.metadata

    def _parts(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self._fields)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash((type(self), self._run._run_id, self._timestamp))

    def __repr__(self) -> str:
        parts = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{type(self).__name__}({parts})"

    def __reduce__(self) -> tuple[type[Told], tuple[object, ...]]:
        return type(self), tuple(getattr(self, name) for name in self._fields)


class Fed(Told):
    """What the events that tell an input share."""

    __slots__ = ("_input",)

    _input: object

    @property
    def input(self) -> object:
        """The input; ``UNKNOWN`` where it arrives as a stream, and at the end where not all of it was read."""
        return self._input

    @property
    def has_input(self) -> bool:
        """Whether the input is known."""
        return self._input is not UNKNOWN


class RunStarted(Fed):
    """A run has started."""

    __slots__ = ()
    __match_args__ = ("run", "timestamp", "input")
    _fields: ClassVar[tuple[str, ...]] = __match_args__

    def __init__(self, run: RunInfo, timestamp: float, input: object = UNKNOWN) -> None:
        self._run = run
        self._timestamp = timestamp
        self._input = input


class RunStreamed(Told):
    """A run has given one chunk of its output."""

    __slots__ = ("_chunk",)
    __match_args__ = ("run", "timestamp", "chunk")
    _fields: ClassVar[tuple[str, ...]] = __match_args__

    def __init__(self, run: RunInfo, timestamp: float, chunk: object) -> None:
        self._run = run
        self._timestamp = timestamp
        self._chunk = chunk

    @property
    def chunk(self) -> object:
        """The chunk."""
        return self._chunk


class RunEnded(Fed):
    """A run has ended well."""

    __slots__ = ("_output",)
    __match_args__ = ("run", "timestamp", "output", "input")
    _fields: ClassVar[tuple[str, ...]] = __match_args__

    def __init__(self, run: RunInfo, timestamp: float, output: object, input: object = UNKNOWN) -> None:
        self._run = run
        self._timestamp = timestamp
        self._output = output
        self._input = input

    @property
    def output(self) -> object:
        """The whole output: what ``invoke`` returns."""
        return self._output


class RunFailed(Fed):
    """A run has failed. Two of them are equal when their errors have the same type name and message."""

    __slots__ = ("_error",)
    __match_args__ = ("run", "timestamp", "error", "input")
    _fields: ClassVar[tuple[str, ...]] = __match_args__

    def __init__(self, run: RunInfo, timestamp: float, error: BaseException, input: object = UNKNOWN) -> None:
        self._run = run
        self._timestamp = timestamp
        self._error = error
        self._input = input

    @property
    def error(self) -> BaseException:
        """The exception."""
        return self._error

    def _parts(self) -> tuple[object, ...]:
        return self._run, self._timestamp, describe_error(self._error), self._input


class Custom(Told):
    """A leaf has called ``emit(name, data)``."""

    __slots__ = ("_data", "_name")
    __match_args__ = ("run", "timestamp", "name", "data")
    _fields: ClassVar[tuple[str, ...]] = __match_args__

    def __init__(self, run: RunInfo, timestamp: float, name: str, data: object) -> None:
        self._run = run
        self._timestamp = timestamp
        self._name = name
        self._data = data

    @property
    def name(self) -> str:
        """The name given to ``emit``."""
        return self._name

    @property
    def data(self) -> object:
        """The data given to ``emit``."""
        return self._data


Event: TypeAlias = RunStarted | RunStreamed | RunEnded | RunFailed | Custom
"""Everything that can happen in a run; ``match`` over the five classes is exhaustive."""


class RecordedError(Exception):
    """An exception read back from a record, which keeps its type name and message only."""

    def __init__(self, type_name: str, message: str) -> None:
        super().__init__(type_name, message)
        self.type_name = type_name
        self.message = message

    def __str__(self) -> str:
        return self.message


def describe_error(error: BaseException) -> dict[str, str]:
    """The error as logs keep it: ``{"type": ..., "message": ...}``."""
    if isinstance(error, RecordedError):
        return {"type": error.type_name, "message": error.message}
    try:
        message = str(error)
    except Exception:  # a user's __str__ may fail, and the error must be told all the same
        message = ""
    return {"type": type(error).__name__, "message": message}
