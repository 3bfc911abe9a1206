"""Applying a JSON Patch (RFC 6902) to a log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from runlaw.events.history import History

if TYPE_CHECKING:
    from collections.abc import Callable


def apply(history: History, ops: Sequence[Mapping[str, object]]) -> History:
    """The log after the operations, in order.

    The operations that logs are told in cost the same however long the log is; for any other the whole state
    is copied.

    Raises:
        ValueError: An operation does not fit the log, or what comes out is no log.
    """
    for index, op in enumerate(ops):
        try:
            step = _quickly(history, op)
        except ValueError:  # the shape of a log is broken, but further operations may mend it
            step = None
        if step is None:
            return _generally(history, ops[index:])
        history = step
    return history


def _quickly(history: History, op: Mapping[str, object]) -> History | None:
    kind, path = op.get("op"), op.get("path")
    if "value" not in op or not isinstance(path, str):
        return None
    value = op["value"]
    if path == "/streamed_output/-":
        return history.with_chunk_alone(value) if kind == "add" else None
    if path == "/final_output":
        return history.with_final_output(value) if kind in ("add", "replace") else None
    if path == "":
        return History.of(value) if kind in ("add", "replace") and isinstance(value, Mapping) else None
    parts = path.split("/")
    if kind != "add" or not 3 <= len(parts) <= 5 or parts[1] != "logs":
        return None
    key = parts[2].replace("~1", "/").replace("~0", "~")
    if len(parts) == 3:
        return None if history.has(key) or not isinstance(value, Mapping) else history.with_entry(key, value)
    if not history.has(key):
        return None
    if len(parts) == 4:
        return history.with_entry_fields(key, {parts[3]: value}) if parts[3] in _LATER else None
    add = _LISTS.get(parts[3]) if parts[4] == "-" else None
    return None if add is None else add(history, key, value)


def _generally(history: History, ops: Sequence[Mapping[str, object]]) -> History:
    from copy import deepcopy

    import jsonpatch

    try:
        state = jsonpatch.apply_patch(history.state(), deepcopy(list(ops)))
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError) as error:
        raise ValueError(f"the patch does not fit the log: {error}") from error
    if not isinstance(state, Mapping):
        raise ValueError(f"the patch must leave a run log; it leaves {state!r}")
    return History.of(state)


_LATER = frozenset({"final_output", "end_time", "error"})
_LISTS: dict[str, Callable[[History, str, object], History]] = {
    "streamed_output": History.with_entry_chunk,
    "streamed_output_str": History.with_entry_text,
}
