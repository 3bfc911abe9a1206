"""The dictionary of each event, in the shapes v1 and v2."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, assert_never, overload

from runlaw.events.event import UNKNOWN, Custom, Event, RunEnded, RunFailed, RunStarted, RunStreamed
from runlaw.events.run_info import RunInfo
from runlaw.kernel.value import fresh

if TYPE_CHECKING:
    from runlaw.events.stream_types import StreamEvent, StreamEventV1, StreamEventV2, StreamVersion
    from runlaw.kernel.nodes import RunType

Shape: TypeAlias = Callable[[object], object]

_INPUT_SHAPES: Final[dict[str, Shape]] = {}
_CHUNK_SHAPES: Final[dict[str, Shape]] = {}


def register_input_shape(run_type: RunType, shape: Shape) -> None:
    """Say what the input of runs of a type is, before it is put into event data.

    For ``chat_model``: a function from what the model was called with to its list of messages; for ``llm``:
    to its text. The components register theirs when they are imported.
    """
    _INPUT_SHAPES[run_type] = shape


def register_chunk_shape(run_type: RunType, shape: Shape) -> None:
    """Say what a chunk of runs of a type is in event data: a whole message of a model, say, as a piece of one."""
    _CHUNK_SHAPES[run_type] = shape


@overload
def stream_event(event: Event, version: Literal["v2"] = "v2", *, root: bool = False) -> StreamEventV2 | None: ...
@overload
def stream_event(event: Event, version: Literal["v1"], *, root: bool = False) -> StreamEventV1 | None: ...
@overload
def stream_event(event: Event, version: StreamVersion, *, root: bool = False) -> StreamEvent | None: ...
def stream_event(event: Event, version: StreamVersion = "v2", *, root: bool = False) -> StreamEvent | None:
    """The dictionary of an event; ``None`` for a chunk of a prompt, which has no event of its own.

    Args:
        event: The event.
        version: The shape.
        root: Whether it is an event of the run that is watched: where that is a chain or a parser, its input,
            which the caller gave, is not repeated at the end.

    >>> from uuid import UUID
    >>> run = RunInfo(UUID(int=1), (), "greet", "chain", (), {})
    >>> told = stream_event(RunStreamed(run, 0.0, "Hi"))
    >>> told["event"], told["data"]
    ('on_chain_stream', {'chunk': 'Hi'})
    """
    run = event._run
    frame: _Frame = run.cache or _frame(run)
    name = frame.name
    match event:
        case RunStreamed():
            kind = frame.stream_v1 if version == "v1" else frame.stream
            if kind is None:
                return None
            chunk = event._chunk if frame.chunk_shape is None else frame.chunk_shape(event._chunk)
            data: object = {"chunk": {"documents": chunk} if frame.is_retriever else chunk}
        case RunStarted():
            kind, data = frame.start, _with_input({}, run, event.input)
        case RunEnded():
            kind, data = frame.end, {"output": _output(run, event.output, version)}
            if not (root and run.run_type in ("chain", "parser")):
                data = _with_input(data, run, event.input)
        case RunFailed():
            kind, data = frame.error, {"error": event.error}
        case Custom():
            kind, data, name = "on_custom_event", event.data, event.name
        case _:
            assert_never(event)
    return {  # type: ignore[return-value]  # which data belong to which event is said above, not in the types
        "event": kind,
        "name": name,
        "run_id": frame.run_id,
        "parent_ids": [] if version == "v1" else [*frame.parent_ids],
        "tags": [*frame.tags],
        "metadata": fresh(frame.metadata) if frame.metadata else {},
        "data": data,
    }


class _Frame:
    """What the dictionaries of all events of one run have in common."""

    __slots__ = (
        "chunk_shape",
        "end",
        "error",
        "is_retriever",
        "metadata",
        "name",
        "parent_ids",
        "run_id",
        "start",
        "stream",
        "stream_v1",
        "tags",
    )

    def __init__(self, run: RunInfo) -> None:
        kind = f"on_{run.run_type}"
        self.start = f"{kind}_start"
        self.stream = None if run.run_type == "prompt" else f"{kind}_stream"
        self.is_retriever = run.run_type == "retriever"
        self.stream_v1 = "on_retriever_chunk" if self.is_retriever else self.stream
        self.chunk_shape = _CHUNK_SHAPES.get(run.run_type)
        self.end = f"{kind}_end"
        self.error = f"{kind}_error"
        self.name = run.name
        self.tags = run.tags
        self.metadata = dict(run.metadata)
        self.run_id = run.id_text
        self.parent_ids = run.parent_texts


def _frame(run: RunInfo) -> _Frame:
    frame = run.cache = _Frame(run)
    return frame


def _with_input(data: dict[str, object], run: RunInfo, value: object) -> dict[str, object]:
    if value is not UNKNOWN:
        data["input"] = _input(run, value)
    return data


def _input(run: RunInfo, value: object) -> object:
    shape = _INPUT_SHAPES.get(run.run_type)
    match run.run_type:
        case "chat_model":
            return {"messages": [_messages(value) if shape is None else shape(value)]}
        case "retriever":
            return {"query": value if shape is None else shape(value)}
        case _:
            return value if shape is None else shape(value)


def _messages(value: object) -> list[object]:
    messages = getattr(value, "messages", value)
    return list(messages) if isinstance(messages, (list, tuple)) else [messages]


def _output(run: RunInfo, value: object, version: StreamVersion) -> object:
    if version == "v2":
        return value
    if run.run_type == "retriever":
        return {"documents": value}
    if run.run_type == "chat_model":
        return {"generations": [[{"text": getattr(value, "text", value), "message": value}]], "llm_output": None}
    return value
