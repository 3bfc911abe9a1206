"""How the parts of message chunks add up: contents, keyword arguments, tool calls, usage. Each sum is linear."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict

Part: TypeAlias = str | dict[str, object]
Content: TypeAlias = str | list[str | dict[str, object]]


class ToolCall(TypedDict):
    """A model's request to call a tool."""

    name: str
    args: dict[str, object]
    id: str | None
    type: NotRequired[Literal["tool_call"]]


class InvalidToolCall(TypedDict):
    """A request to call a tool whose arguments are no JSON object; ``args`` is what the model wrote."""

    name: str | None
    args: str | None
    id: str | None
    error: str | None
    type: NotRequired[Literal["invalid_tool_call"]]


class ToolCallChunk(TypedDict):
    """A fragment of a request to call a tool. Fragments of one ``index`` belong to one request."""

    name: str | None
    args: str | None
    id: str | None
    index: int | None
    type: NotRequired[Literal["tool_call_chunk"]]


class UsageMetadata(TypedDict):
    """Tokens used by one call of a model; chunks carry their share, and the shares are summed."""

    input_tokens: int
    output_tokens: int
    total_tokens: int
    input_token_details: NotRequired[dict[str, int]]
    output_token_details: NotRequired[dict[str, int]]


def join_contents(contents: Sequence[Content]) -> Content:
    """Texts are concatenated, lists of parts likewise, and two texts that meet become one.

    >>> join_contents(["Hel", "lo"])
    'Hello'
    >>> join_contents(["See", " this: ", [{"type": "image_url"}, "It "], "is."])
    ['See this: ', {'type': 'image_url'}, 'It is.']
    """
    if all(isinstance(content, str) for content in contents):
        return "".join(contents)  # type: ignore[arg-type]  # all of them are texts, as was just tested
    parts: list[Part] = []
    texts: list[str] = []
    for content in contents:
        if isinstance(content, str):
            if content:
                texts.append(content)
        elif content:
            inner = list(content)
            if texts and isinstance(inner[0], str):
                inner[0] = "".join((*texts, inner[0]))
            elif texts:
                parts.append("".join(texts))
            texts = [last] if isinstance(last := inner.pop() if inner else None, str) else []
            parts.extend(inner)
            if last is not None and not isinstance(last, str):
                parts.append(last)
    if texts:
        parts.append("".join(texts))
    return parts


def text_of(content: Content) -> str:
    """The text of a content: texts and the parts of type ``text``, concatenated."""
    if isinstance(content, str):
        return content
    return "".join(_text_of_part(part) for part in content)


def _text_of_part(part: Part) -> str:
    if isinstance(part, str):
        return part
    text = part.get("text")
    return text if part.get("type") == "text" and isinstance(text, str) else ""


def join_records(records: Iterable[Mapping[str, object]], where: str) -> dict[str, object]:
    """Records merged key by key: texts and lists are concatenated, records merged, other values must be equal.

    ``None`` adds nothing.

    Raises:
        TypeError: Two values of one key do not add up; the key is named.

    >>> join_records([{"call": {"args": "{"}}, {"call": {"args": "}"}}], "additional_kwargs")
    {'call': {'args': '{}'}}
    """
    values: dict[str, list[object]] = {}
    for record in records:
        for key, value in record.items():
            values.setdefault(key, []).append(value)
    return {key: _join_values(found, f"{where}[{key!r}]") for key, found in values.items()}


def _join_values(values: list[object], where: str) -> object:
    said = [value for value in values if value is not None]
    if len(said) < 2:
        return said[0] if said else None
    if all(isinstance(value, str) for value in said):
        return "".join(said)  # type: ignore[arg-type]  # all of them are texts, as was just tested
    if all(isinstance(value, list) for value in said):
        return [item for value in said for item in value]  # type: ignore[attr-defined]  # all are lists
    if all(isinstance(value, Mapping) for value in said):
        return join_records(said, where)  # type: ignore[arg-type]  # all of them are mappings
    first = said[0]
    for other in said[1:]:
        if type(other) is not type(first) or other != first:
            raise TypeError(
                f"{where} of message chunks does not add up: {first!r} and {other!r}; texts, lists and records "
                "are concatenated, any other value must be the same in every chunk"
            )
    return first


def join_tool_call_chunks(chunks: Iterable[ToolCallChunk]) -> list[ToolCallChunk]:
    """Fragments of one index become one; a fragment without an index stays by itself.

    Names and arguments are concatenated, the first ``id`` counts.
    """
    groups: dict[object, list[ToolCallChunk]] = {}
    for chunk in chunks:
        index = chunk["index"]
        groups.setdefault(object() if index is None else index, []).append(chunk)
    return [group[0] if len(group) == 1 else _join_fragments(group) for group in groups.values()]


def _join_fragments(group: Sequence[ToolCallChunk]) -> ToolCallChunk:
    return {
        "name": _join_said(fragment["name"] for fragment in group),
        "args": _join_said(fragment["args"] for fragment in group),
        "id": next((fragment["id"] for fragment in group if fragment["id"] is not None), None),
        "index": group[0]["index"],
        "type": "tool_call_chunk",
    }


def _join_said(texts: Iterable[str | None]) -> str | None:
    said = [text for text in texts if text is not None]
    return "".join(said) if said else None


def join_usage(shares: Iterable[UsageMetadata | None]) -> UsageMetadata | None:
    """The sum of the shares that were told; ``None`` where none was."""
    told = [share for share in shares if share is not None]
    if len(told) < 2:
        return told[0] if told else None
    usage: UsageMetadata = {
        "input_tokens": sum(share["input_tokens"] for share in told),
        "output_tokens": sum(share["output_tokens"] for share in told),
        "total_tokens": sum(share["total_tokens"] for share in told),
    }
    if any("input_token_details" in share for share in told):
        usage["input_token_details"] = _sum_counts(share.get("input_token_details", {}) for share in told)
    if any("output_token_details" in share for share in told):
        usage["output_token_details"] = _sum_counts(share.get("output_token_details", {}) for share in told)
    return usage


def _sum_counts(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for count in counts:
        for key, value in count.items():
            totals[key] = totals.get(key, 0) + value
    return totals


def read_tool_calls(chunks: Iterable[ToolCallChunk]) -> tuple[list[ToolCall], list[InvalidToolCall]]:
    """Whole tool calls, once all fragments are there: those whose arguments are a JSON object, and the others.

    No arguments at all count as an empty object.
    """
    calls: list[ToolCall] = []
    invalid: list[InvalidToolCall] = []
    for chunk in chunks:
        name, text, call_id = chunk["name"], chunk["args"], chunk["id"]
        args, problem = _read_arguments(text)
        if name and args is not None:
            calls.append({"name": name, "args": args, "id": call_id, "type": "tool_call"})
        else:
            problem = problem or "the call names no tool"
            invalid.append({"name": name, "args": text, "id": call_id, "error": problem, "type": "invalid_tool_call"})
    return calls, invalid


def _read_arguments(text: str | None) -> tuple[dict[str, object] | None, str | None]:
    """The arguments, or what is wrong with them."""
    if text is None or not text.strip():
        return {}, None
    try:
        args = json.loads(text)
    except (ValueError, RecursionError) as error:
        return None, f"the arguments are not JSON: {error}"
    return (args, None) if isinstance(args, dict) else (None, "the arguments are not a JSON object")
