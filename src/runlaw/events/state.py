"""The log of a run: ``RunLog``, and the ``RunLogPatch`` that leads from one to the next."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, NotRequired, TypedDict

from runlaw.events.apply import apply
from runlaw.events.history import History
from runlaw.events.shown import shown
from runlaw.kernel.value import fresh

if TYPE_CHECKING:
    from runlaw.kernel.nodes import RunType


class LoggedError(TypedDict):
    """Why a run failed: the name of the exception's type, and its message."""

    type: str
    message: str


class LogEntry(TypedDict):
    """A sub-run in a log. Times are ISO 8601 with milliseconds, in UTC."""

    id: str
    name: str
    type: RunType
    tags: list[str]
    metadata: dict[str, object]
    start_time: str
    streamed_output_str: list[str]
    streamed_output: list[object]
    final_output: object
    end_time: str | None
    error: NotRequired[LoggedError]


class RunState(TypedDict):
    """A run in a log, with its sub-runs by key: the name, then ``name:2``, ``name:3`` and so on."""

    id: str
    name: str
    type: RunType
    streamed_output: list[object]
    final_output: object
    logs: dict[str, LogEntry]


class RunLogPatch:
    """A step from one ``RunLog`` to the next: JSON Patch operations (RFC 6902), in order.

    ``patch + patch`` is the patch of both. It is immutable; ``ops`` is made anew each time.

    Raises:
        TypeError: An operation is no mapping with ``op`` and ``path``.

    >>> RunLogPatch({"op": "add", "path": "/streamed_output/-", "value": "H"})
    RunLogPatch({'op': 'add', 'path': '/streamed_output/-', 'value': 'H'})
    """

    __slots__ = ("_ops",)

    def __init__(self, *ops: Mapping[str, object]) -> None:
        self._ops: tuple[dict[str, object], ...] = tuple(_own(_checked(op)) for op in ops)

    @property
    def ops(self) -> list[dict[str, object]]:
        """The operations, to be kept or changed by the caller."""
        return [_own(op) for op in self._ops]

    def __add__(self, other: RunLogPatch) -> RunLogPatch:
        if not isinstance(other, RunLogPatch):
            return NotImplemented
        return patch_of(*self._ops, *other._ops)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RunLogPatch):
            return NotImplemented
        return self._ops == other._ops

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # its values need not be hashable

    def __repr__(self) -> str:
        from pprint import pformat

        return f"RunLogPatch({pformat(list(self._ops))[1:-1]})"

    def __reduce__(self) -> tuple[object, ...]:
        return RunLogPatch, self._ops


class RunLog:
    """The log of a run at one moment; ``RunLog()`` is empty.

    ``log + patch`` is the log after the patch. A log never changes, and adding to one costs the same however
    long it is. What a run streamed and gave is kept as it is, not copied.

    Raises:
        ValueError: The state has not the shape of a ``RunState``.

    >>> log = RunLog() + RunLogPatch({"op": "add", "path": "/streamed_output/-", "value": "H"})
    >>> log.state["streamed_output"], RunLog().state["streamed_output"]
    (['H'], [])
    """

    __slots__ = ("_history",)

    def __init__(self, state: Mapping[str, object] | RunState | None = None) -> None:
        self._history = History.of(_EMPTY if state is None else state)

    @property
    def state(self) -> RunState:
        """The state, made anew each time: the caller may change it."""
        return self._history.state()  # type: ignore[return-value]  # histories are checked to have that shape

    @property
    def final_output(self) -> object:
        """``state["final_output"]``, without making the rest of the state."""
        return self._history.final_output

    def __add__(self, patch: RunLogPatch) -> RunLog:
        """The log after the patch.

        Raises:
            ValueError: The patch does not fit the log.
        """
        if not isinstance(patch, RunLogPatch):
            return NotImplemented
        return log_of(apply(self._history, patch._ops))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RunLog):
            return NotImplemented
        return self is other or self.state == other.state

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # its values need not be hashable

    def __repr__(self) -> str:
        from pprint import pformat

        return f"RunLog({pformat(self.state)})"

    def __reduce__(self) -> tuple[object, ...]:
        return RunLog, (self.state,)


def replay(patches: Iterable[RunLogPatch]) -> RunLog:
    """The log that the patches of a run, in order and from its first on, lead to.

    To go on from a log there is already, add to it: ``log + patch``.

    Raises:
        TypeError: One of them is no ``RunLogPatch``, or they are no iterable.
        ValueError: One of them does not fit the log before it, or the first does not begin a log.

    >>> replay([]) == RunLog()
    True
    """
    history = History.of(_EMPTY)
    begun = False
    for number, patch in enumerate(_items(patches)):
        if not isinstance(patch, RunLogPatch):
            raise TypeError(
                f"replay takes RunLogPatch values; got {shown(patch)} as patches[{number}]; write RunLogPatch(*ops) "
                "for operations"
            )
        if not begun and patch._ops:
            begun = _begins(patch, number)
        history = apply(history, patch._ops, number)
    return log_of(history)


def patch_of(*ops: dict[str, object]) -> RunLogPatch:
    """A patch of operations that nobody else holds, not copied."""
    patch = object.__new__(RunLogPatch)
    patch._ops = ops
    return patch


def log_of(history: History) -> RunLog:
    """The log with that history."""
    log = object.__new__(RunLog)
    log._history = history
    return log


def history_of(log: RunLog) -> History:
    """The history of a log."""
    return log._history


def _items(patches: object) -> Iterable[object]:
    if isinstance(patches, Iterable):
        return patches
    if isinstance(patches, AsyncIterable):
        hint = "collect them first: [patch async for patch in patches]"
    else:
        hint = "write replay([patch]) for one patch"
    raise TypeError(f"replay takes an iterable of RunLogPatch values; got {shown(patches)}; {hint}")


def _begins(patch: RunLogPatch, number: int) -> bool:
    if any(op["path"] == "" for op in patch._ops):
        return True
    raise ValueError(
        f"patches[{number}] begins no log: the first patch of a run has the operation replace '' with the whole state; "
        f"got {shown(patch._ops[0], 120)}; replay all patches of the run, or add these to the log before them: "
        "log + patch"
    )


def _checked(op: object) -> Mapping[str, object]:
    if isinstance(op, Mapping) and isinstance(op.get("op"), str) and isinstance(op.get("path"), str):
        return op
    raise TypeError(f"a JSON Patch operation must be a dict with 'op' and 'path' as str; got {shown(op)}")


def _own(op: Mapping[str, object]) -> dict[str, object]:
    """A copy of the operation; of its value too where later operations write into it: a state or an entry."""
    own = dict(op)
    path = str(own["path"])
    if "value" in own and (path == "" or (path.startswith("/logs/") and path.count("/") == 2)):
        own["value"] = fresh(own["value"])
    return own


_EMPTY: dict[str, object] = {
    "id": "",
    "name": "",
    "type": "chain",
    "streamed_output": [],
    "final_output": None,
    "logs": {},
}
