"""What the state of a log holds, and each entry in it: the fields, and the type of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from types import NoneType
from typing import Any, Final, TypeAlias

from runlaw.events.shown import shown
from runlaw.kernel.nodes import RUN_TYPES

_Kind: TypeAlias = type[Any] | tuple[type[Any], ...]  # Any: types of any values


def check_state(state: object) -> Mapping[str, Any]:  # Any: of the types that were found to be right
    """The state, whose entries are not looked at.

    Raises:
        ValueError: It has not the shape of a ``RunState``.
    """
    if isinstance(state, Mapping) and len(state) == len(_STATE) and _has(state, _STATE, _state_values):
        return state
    raise ValueError(f"state {_fault(state, _STATE)}")


def check_entry(key: object, entry: object) -> Mapping[str, Any]:  # Any: as above
    """The entry of that key.

    Raises:
        ValueError: It has not the shape of a ``LogEntry``, or the key is no ``str``.
    """
    if not isinstance(key, str):
        raise ValueError(f"logs is no part of a run log: its keys must be str; got {shown(key)}")
    if (
        isinstance(entry, Mapping)
        and _has(entry, _ENTRY, _entry_values)
        and (len(entry) == len(_ENTRY) or (len(entry) == len(_ENTRY) + 1 and _is_error(entry.get("error"))))
        and all(_are_texts(entry[name]) for name in _TEXTS)
    ):
        return entry
    raise ValueError(f"logs[{shown(key)}] {_fault(entry, _ENTRY)}")


def fits_later(name: str, value: object) -> bool:
    """Whether an entry may be given the value for the field after its start."""
    match name:
        case "final_output":
            return True
        case "end_time":
            return isinstance(value, _ENTRY[name])
        case _:
            return name == "error" and _is_error(value)


def _is_error(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and len(value) == 2
        and isinstance(value.get("type"), str)
        and isinstance(value.get("message"), str)
    )


def _has(part: Mapping[str, object], kinds: Mapping[str, _Kind], values: Callable[[Any], Any]) -> bool:  # Any: any
    try:
        return all(map(isinstance, values(part), kinds.values())) and part["type"] in RUN_TYPES
    except KeyError:
        return False


def _are_texts(items: list[object]) -> bool:
    return not items or all(isinstance(item, str) for item in items)


def _fault(part: object, kinds: Mapping[str, _Kind]) -> str:
    if not isinstance(part, Mapping):
        return f"must be a dict; got {shown(part)}"
    return f"is no part of a run log: its {_wrong_field(part, kinds)}"


def _wrong_field(part: Mapping[str, object], kinds: Mapping[str, _Kind]) -> str:
    for name, kind in kinds.items():
        if name not in part:
            return f"{name!r} must be {_wanted(kind)}; got nothing"
        if not isinstance(part[name], kind):
            return f"{name!r} must be {_wanted(kind)}; got {shown(part[name])}"
    if part["type"] not in RUN_TYPES:
        return f"'type' must be one of {', '.join(RUN_TYPES)}; got {shown(part['type'])}"
    known = set(kinds)
    if kinds is _ENTRY:
        for name in _TEXTS:
            items = part[name]
            if isinstance(items, list) and not _are_texts(items):
                wrong = next(item for item in items if not isinstance(item, str))
                return f"{name!r} must be a list of str; got {shown(wrong)} in it"
        if "error" in part and not _is_error(part["error"]):
            return f"'error' must be a dict of 'type' and 'message', both str; got {shown(part['error'])}"
        known.add("error")
    other = next(name for name in part if name not in known)
    return f"fields must be {', '.join(kinds)}; got {shown(other)} as well"


def _wanted(kind: _Kind) -> str:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if kind is object:
        return "there"
    return " or ".join("None" if one is NoneType else f"a {one.__name__}" for one in kinds)


_STATE: Final[dict[str, _Kind]] = {
    "id": str,
    "name": str,
    "type": str,
    "streamed_output": list,
    "final_output": object,
    "logs": dict,
}
_ENTRY: Final[dict[str, _Kind]] = {
    "id": str,
    "name": str,
    "type": str,
    "tags": list,
    "metadata": dict,
    "start_time": str,
    "streamed_output_str": list,
    "streamed_output": list,
    "final_output": object,
    "end_time": (str, NoneType),
}
_TEXTS: Final = ("tags", "streamed_output_str")
_state_values: Final[Callable[[Any], Any]] = itemgetter(*_STATE)  # Any: the values of any mapping
_entry_values: Final[Callable[[Any], Any]] = itemgetter(*_ENTRY)  # Any: as above
