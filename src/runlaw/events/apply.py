"""Applying a JSON Patch (RFC 6902) to a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from runlaw.events.history import History
from runlaw.events.shape import fits_later
from runlaw.events.shown import shortened, shown


def apply(history: History, ops: Sequence[Mapping[str, object]], number: int | None = None) -> History:
    """The log after the operations, in order.

    The operations that logs are told in cost the same however long the log is; for any other the whole state
    is copied.

    Args:
        history: The log before them.
        ops: The operations of one patch.
        number: Which patch it is, where there are several: for the texts of errors.

    Raises:
        ValueError: An operation does not fit the log, or what comes out is no log.
    """
    steps = enumerate(ops)
    for index, op in steps:
        try:
            step = _quickly(history, op)
        except ValueError:  # the shape of a log is broken, but further operations may mend it
            step = None
        history = _generally(history, chain([(index, op)], steps), number) if step is None else step
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
        return History.of(value) if kind in ("add", "replace") else None
    parts = path.split("/")
    if kind != "add" or not 3 <= len(parts) <= 5 or parts[1] != "logs":
        return None
    key = parts[2].replace("~1", "/").replace("~0", "~")
    if len(parts) == 3:
        return None if history.has(key) else history.with_entry(key, value)
    if not history.has(key):
        return None
    if len(parts) == 4:
        return history.with_entry_fields(key, {parts[3]: value}) if fits_later(parts[3], value) else None
    if parts[4] != "-":
        return None
    if parts[3] == "streamed_output":
        return history.with_entry_chunk(key, value)
    return history.with_entry_text(key, value) if parts[3] == "streamed_output_str" and isinstance(value, str) else None


def _generally(history: History, steps: Iterator[tuple[int, Mapping[str, object]]], number: int | None) -> History:
    """The log after the next operation; where that leaves no log, after as many more as lead to one again."""
    from copy import deepcopy

    patch = "the patch" if number is None else f"patches[{number}]"
    try:
        state: object = deepcopy(history.state())
    except TypeError as error:
        raise ValueError(
            f"{patch} has operations for which the log must be copied, and it cannot be: {error}"
        ) from error
    broken = ""
    for index, op in steps:
        try:
            state = _patched(state, op)
        except ValueError as error:
            place = f"{patch} does not fit the log: its ops[{index}], {_shown_op(op)}, {error}"
            raise ValueError(f"{place}; apply the patches of one run in order, each once, from the first") from None
        try:
            return History.of(state)
        except ValueError as error:
            broken = broken or f"{patch} must leave a run log: after its ops[{index}], {_shown_op(op)}, {error}"
    raise ValueError(f"{broken}; give operations that lead to a RunState")


def _patched(state: Any, op: Mapping[str, object]) -> Any:  # Any: JSON documents
    from copy import deepcopy

    import jsonpatch

    try:
        return jsonpatch.apply_patch(state, [deepcopy(dict(op))], in_place=True)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError) as error:
        gap = _gap(state, op)
        reason = f"cannot be applied: {shortened(str(error), 160)}" if gap is None else f"needs a value at {gap}"
        raise ValueError(reason) from None  # the error itself may hold the whole log


def _gap(state: object, op: Mapping[str, object]) -> str | None:
    """Where the operation needs a value and there is none, for the text of an error; ``None`` where it has all."""
    match op:
        case {"op": "move" | "copy", "from": str(source), "path": str(target)}:
            gap = _end(state, source.split("/")[1:]) or _end(state, target.split("/")[1:-1])
        case {"op": "add", "path": str(target)}:
            gap = _end(state, target.split("/")[1:-1])
        case _:
            gap = _end(state, str(op["path"]).split("/")[1:])
    return None if gap is None else f"{shown(gap)}, and there is none"


def _end(state: object, parts: Sequence[str]) -> str | None:
    """The shortest path along the parts of a JSON Pointer that leads to nothing."""
    for count, part in enumerate(parts, 1):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(state, Mapping) and key in state:
            state = state[key]
        elif isinstance(state, list) and key.isdecimal() and int(key) < len(state):
            state = state[int(key)]
        else:
            return "/".join(["", *parts[:count]])
    return None


def _shown_op(op: Mapping[str, object]) -> str:
    return shown({"op": op["op"], "path": op["path"], **op}, 120)
