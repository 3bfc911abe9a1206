"""Events as JSON Lines, and back.

One event is one line, an object that stands for itself:

| key | value |
|---|---|
| ``event`` | the name of the class: ``RunStarted``, ``RunStreamed``, ``RunEnded``, ``RunFailed``, ``Custom`` |
| ``time`` | seconds since the epoch |
| ``run_id``, ``parent_ids``, ``run_name``, ``run_type``, ``tags``, ``metadata`` | of the run; ids as text |
| ``input``, ``chunk``, ``output``, ``error``, ``name``, ``data`` | of the event; an unknown input has no key |

What JSON holds is read back equal: ``None``, ``bool``, ``int``, finite ``float``, ``str``, ``list``, and ``dict``
with ``str`` keys (a subclass of ``dict``, such as the chunk of a record, is read back as an equal ``dict``). All
other values, tuples and NaN among them, are refused, or written by an encoder and read back by a decoder. An
error keeps the name of its type and its message, and is read back as a ``RecordedError``, which makes an
equal event. How chunks add up is not written; it is found again from the chunks where their type tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TypeAlias, assert_never, get_args

from runlaw.events.event import (
    UNKNOWN,
    Custom,
    Event,
    RecordedError,
    RunEnded,
    RunFailed,
    RunStarted,
    RunStreamed,
    describe_error,
)
from runlaw.events.run_info import RunInfo
from runlaw.events.shown import shown
from runlaw.kernel.nodes import RunType

if TYPE_CHECKING:
    from uuid import UUID

Encoder: TypeAlias = Callable[[object], object]
"""From a value that JSON cannot hold to one that it can, or that holds further ones; raises to refuse it."""
Decoder: TypeAlias = Callable[[dict[str, object]], object]
"""From an object that was read, the inner ones first, to the value it stands for: often the object itself."""


def to_jsonl(events: Iterable[Event], encoder: Encoder | None = None) -> Iterator[str]:
    r"""The line of each event, with its line break, as soon as the event is there.

    Args:
        events: The events.
        encoder: Called with every value that JSON cannot hold; what it gives is written in its place. It is not
            asked about a ``dict`` that JSON can hold, also where that looks like what it gives for another value.

    Raises:
        TypeError: A value that JSON cannot hold, or an event that is none; the text has the path of the value. Names,
            tags, the keys of metadata and the messages of errors are no values: those that hold a lone surrogate
            are refused with an encoder too.

    >>> from uuid import UUID
    >>> run = RunInfo(UUID(int=1), (), "greet", "chain", (), {})
    >>> list(from_jsonl(to_jsonl([RunStreamed(run, 0.5, "Hi")]))) == [RunStreamed(run, 0.5, "Hi")]
    True
    >>> list(to_jsonl([RunStreamed(run, 0.5, {"at": (1, 2)})]))
    Traceback (most recent call last):
    ...
    TypeError: events[0].chunk['at'] is of type tuple, which JSON cannot hold: (1, 2); give to_jsonl an encoder for it
    >>> '"at": [1, 2]' in next(to_jsonl([RunStreamed(run, 0.5, {"at": (1, 2)})], encoder=list))
    True
    """
    from json import dumps

    run, of_run = None, ""
    for index, event in enumerate(events):
        if not isinstance(event, _EVENTS):
            raise TypeError(f"events[{index}] must be an event of runlaw.events; got {shown(event)}")
        writer = _Writer(f"events[{index}]", encoder)
        if event.run is not run:
            run, of_run = event.run, dumps(writer.of_run(event.run))
        yield f"{dumps(writer.of_event(event))[:-1]}, {of_run[1:]}\n"


def from_jsonl(lines: str | Iterable[str], decoder: Decoder | None = None) -> Iterator[Event]:
    """The events of the lines; blank lines are passed over.

    Args:
        lines: Lines, an open file, or the whole text.
        decoder: Called with every JSON object inside the values that events carry.

    Raises:
        ValueError: A line that is no event; the text has the number of the line, from 1.
        TypeError: A line that is no text, or what holds no lines.
    """
    runs: _Runs = {}  # those going on, so that their events share them
    for number, line in enumerate(_lines(lines), 1):
        if not isinstance(line, str):
            raise TypeError(f"from_jsonl takes lines of text; got {shown(line)} as line {number}{_hint(line)}")
        if line.strip():
            event = _Reader(f"line {number}", decoder).event(line, runs)
            if isinstance(event, (RunEnded, RunFailed)):
                runs.pop(event.run.id_text, None)
            yield event


def _lines(lines: object) -> Iterable[object]:
    if isinstance(lines, str):
        return lines.split("\n")
    if isinstance(lines, Iterable) and not isinstance(lines, bytes):
        return lines
    raise TypeError(
        f"from_jsonl takes lines of text: one str, an open file or an iterable of str; got {shown(lines)}{_hint(lines)}"
    )


def _hint(given: object) -> str:
    return "; open the file as text, or decode() the bytes" if isinstance(given, bytes) else ""


class _Writer:
    """Makes the record of one event, checking every value."""

    __slots__ = ("encoder", "where")

    def __init__(self, where: str, encoder: Encoder | None) -> None:
        self.where = where
        self.encoder = encoder

    def of_run(self, run: RunInfo) -> dict[str, object]:
        return {
            "run_id": run.id_text,
            "parent_ids": [str(parent) for parent in run.parent_ids],
            "run_name": self.text(f"{self.where}.run.name", run.name),
            "run_type": run.run_type,
            "tags": [self.text(f"{self.where}.tags[{index}]", tag) for index, tag in enumerate(run.tags)],
            "metadata": {
                self.text(f"a key of {self.where}.metadata", key): self.value(f"metadata[{key!r}]", value)
                for key, value in run.metadata.items()
            },
        }

    def of_event(self, event: Event) -> dict[str, object]:
        record: dict[str, object] = {
            "event": type(event).__name__,
            "time": self.seconds(event.timestamp),
        }
        match event:
            case RunStreamed():
                record["chunk"] = self.value("chunk", event.chunk)
            case RunStarted():
                self.put_input(record, event.input)
            case RunEnded():
                record["output"] = self.value("output", event.output)
                self.put_input(record, event.input)
            case RunFailed():
                told = describe_error(event.error)
                record["error"] = {
                    key: self.text(f"the {key} of {self.where}.error", text) for key, text in told.items()
                }
                self.put_input(record, event.input)
            case Custom():
                record["name"] = self.text(f"{self.where}.name", event.name)
                record["data"] = self.value("data", event.data)
            case _:
                assert_never(event)
        return record

    def put_input(self, record: dict[str, object], value: object) -> None:
        if value is not UNKNOWN:
            record["input"] = self.value("input", value)

    def text(self, path: str, text: object) -> str:
        """A text that is read back as it is: no value, so that no encoder is asked."""
        if isinstance(text, str) and _is_text(text):
            return text
        if not isinstance(text, str):
            raise TypeError(f"{path} must be text; got {shown(text)}")
        raise TypeError(
            f"{path} must be text that JSON can hold; got {shown(text)}, which has a lone surrogate; make it without, "
            "as text.encode(errors='replace').decode() does"
        )

    def seconds(self, time: object) -> object:
        if isinstance(time, (int, float)) and _obstacle(time) is None and not isinstance(time, bool):
            return time
        raise TypeError(f"{self.where}.timestamp must be a finite number of seconds since the epoch; got {shown(time)}")

    def value(self, field: str, value: object) -> object:
        path = f"{self.where}.{field}"
        try:
            return self.plain(value, path)
        except RecursionError:
            raise TypeError(f"{path} is nested too deeply for JSON, or holds itself") from None

    def plain(self, value: object, path: str, *, encoded: bool = False) -> object:
        """The value, made of what JSON holds only; ``encoded`` tells that the encoder gave it."""
        obstacle = _obstacle(value)
        if obstacle is not None:
            if encoded:
                raise TypeError(f"{path}: what the encoder gave is {obstacle}, which JSON cannot hold: {shown(value)}")
            return self.plain(self.encode(value, path, obstacle), path, encoded=True)
        if isinstance(value, list):
            return [self.plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
        if isinstance(value, dict):
            return {key: self.plain(item, f"{path}[{key!r}]") for key, item in value.items()}
        return value

    def encode(self, value: object, path: str, obstacle: str) -> object:
        if self.encoder is None:
            raise TypeError(
                f"{path} is {obstacle}, which JSON cannot hold: {shown(value)}; give to_jsonl an encoder for it"
            )
        try:
            return self.encoder(value)
        except Exception as error:
            error.add_note(f"while encoding {path}")
            raise


def _obstacle(value: object) -> str | None:
    """What keeps JSON from holding the value as it is, the values in it aside; ``None`` if nothing does."""
    kind = type(value)
    if value is None or kind is bool or kind is list:
        return None
    if kind is str:
        return None if _is_text(value) else "text with a lone surrogate"
    if kind is int:
        return None if _is_short(value) else "an int of too many digits"
    if kind is float:
        return None if _is_finite(value) else "a float that is not finite"
    if isinstance(value, dict):
        key = next((key for key in value if type(key) is not str or not _is_text(key)), None)
        return None if key is None and None not in value else f"a dict with the key {key!r}"
    return f"of type {kind.__qualname__}"


def _is_text(value: object) -> bool:
    text = str(value)
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def _is_short(value: object) -> bool:
    return isinstance(value, int) and value.bit_length() < 12_000  # Python reads up to 4,300 digits


def _is_finite(value: object) -> bool:
    return isinstance(value, float) and isfinite(value)


class _Reader:
    """Reads one line, checking every part."""

    __slots__ = ("decoder", "where")

    def __init__(self, where: str, decoder: Decoder | None) -> None:
        self.where = where
        self.decoder = decoder

    def event(self, line: str, runs: _Runs) -> Event:
        record = self.parse(line)
        run = self.run(record, runs)
        time = self.part(record, "time", (int, float))
        match self.part(record, "event", str):
            case "RunStarted":
                return RunStarted(run, time, self.input(record))
            case "RunStreamed":
                return RunStreamed(run, time, self.value(record, "chunk"))
            case "RunEnded":
                return RunEnded(run, time, self.value(record, "output"), self.input(record))
            case "RunFailed":
                return RunFailed(run, time, self.error(record), self.input(record))
            case "Custom":
                return Custom(run, time, self.part(record, "name", str), self.value(record, "data"))
            case other:
                names = ", ".join(kind.__name__ for kind in _EVENTS)
                raise self.refusal(f"'event' must be one of {names}; got {shown(other)}")

    def parse(self, line: str) -> dict[str, object]:
        from json import loads

        try:
            record = loads(line, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise self.refusal(f"{error}") from error
        if not isinstance(record, dict):
            raise self.refusal(f"it must be a JSON object; got {shown(record)}")
        return record

    def run(self, record: dict[str, object], runs: _Runs) -> RunInfo:
        run_id = self.part(record, "run_id", str)
        fields = [record.get(name) for name in ("parent_ids", "run_name", "run_type", "tags", "metadata")]
        known = runs.get(run_id)
        if known is not None and known[0] == fields:
            return known[1]
        run_type = self.part(record, "run_type", str)
        if run_type not in _RUN_TYPES:
            raise self.refusal(f"'run_type' must be one of {', '.join(_RUN_TYPES)}; got {shown(run_type)}")
        run = RunInfo(
            self.uuid("run_id", run_id),
            tuple(self.uuid("parent_ids", parent) for parent in self.texts(record, "parent_ids")),
            self.part(record, "run_name", str),
            run_type,
            self.texts(record, "tags"),
            self.decoded_items(self.part(record, "metadata", dict)),
        )
        runs[run_id] = fields, run
        return run

    def uuid(self, name: str, text: str) -> UUID:
        from uuid import UUID

        try:
            return UUID(text)
        except ValueError:
            raise self.refusal(f"{name!r} must be of UUIDs; got {shown(text)}") from None

    def texts(self, record: dict[str, object], name: str) -> tuple[str, ...]:
        items = self.part(record, name, list)
        if not all(isinstance(item, str) for item in items):
            raise self.refusal(f"{name!r} must be a list of str; got {shown(items)}")
        return tuple(items)

    def error(self, record: dict[str, object]) -> RecordedError:
        error = self.part(record, "error", dict)
        return RecordedError(
            self.part(error, "type", str, "its 'error'"), self.part(error, "message", str, "its 'error'")
        )

    def input(self, record: dict[str, object]) -> object:
        return self.value(record, "input") if "input" in record else UNKNOWN

    def value(self, record: dict[str, object], name: str) -> object:
        return self.decoded(self.there(record, name, "it"))

    def decoded(self, value: object) -> object:
        if self.decoder is None:
            return value
        if isinstance(value, list):
            return [self.decoded(item) for item in value]
        return self.decoder(self.decoded_items(value)) if isinstance(value, dict) else value

    def decoded_items(self, value: dict[str, object]) -> dict[str, object]:
        return value if self.decoder is None else {key: self.decoded(item) for key, item in value.items()}

    def part(self, record: dict[str, object], name: str, kind: Any, owner: str = "it") -> Any:  # Any: of the kind
        value = self.there(record, name, owner)
        if not isinstance(value, kind) or isinstance(value, bool):
            kinds = " or ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
            raise self.refusal(f"{name!r} must be of type {kinds}; got {shown(value)}")
        return value

    def there(self, record: dict[str, object], name: str, owner: str) -> object:
        if name not in record:
            raise self.refusal(f"{owner} has no {name!r}")
        return record[name]

    def refusal(self, reason: str) -> ValueError:
        return ValueError(f"{self.where} is no event: {reason}")


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")


_Runs: TypeAlias = dict[str, tuple[list[object], RunInfo]]  # with the fields it was read from, by its id
_EVENTS: Final = (RunStarted, RunStreamed, RunEnded, RunFailed, Custom)
_RUN_TYPES: Final = get_args(RunType)
