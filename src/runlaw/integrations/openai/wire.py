"""Messages as the protocol writes them, and its answers as chunks of messages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, assert_never

from runlaw.components.merge import Content, InvalidToolCall, ToolCall, ToolCallChunk, UsageMetadata
from runlaw.components.messages import (
    AIMessage,
    AIMessageChunk,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    Message,
    SystemMessage,
    ToolMessage,
    finish_message,
    text_chunk,
)
from runlaw.components.tools import ToolSchema

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

JsonObject = dict[str, Any]  # Any: JSON


def written(messages: Sequence[Message]) -> list[JsonObject]:
    """Messages as the protocol writes them."""
    return [_written(message) for message in messages]


def _written(message: Message) -> JsonObject:
    match message:
        case HumanMessage():
            found: JsonObject = {"role": "user", "content": _content(message.content)}
        case SystemMessage():
            found = {"role": "system", "content": _content(message.content)}
        case AIMessage():
            return _assistant(finish_message(message))
        case ToolMessage():
            return {"role": "tool", "content": _content(message.content), "tool_call_id": message.tool_call_id}
        case FunctionMessage():
            return {"role": "function", "content": message.text, "name": message.name}
        case ChatMessage():
            found = {"role": message.role, "content": _content(message.content)}
        case _:
            assert_never(message)
    return found if message.name is None else {**found, "name": message.name}


def _assistant(message: AIMessage) -> JsonObject:
    found: JsonObject = {"role": "assistant", "content": _content(message.content)}
    calls = [*map(_call, message.tool_calls), *map(_call, message.invalid_tool_calls)]
    if calls:
        found |= {"content": found["content"] or None, "tool_calls": calls}
    refusal = message.additional_kwargs.get("refusal")
    if refusal:
        found |= {"content": found["content"] or None, "refusal": refusal}
    return found if message.name is None else {**found, "name": message.name}


def _call(call: ToolCall | InvalidToolCall) -> JsonObject:
    args = call["args"]
    text = args if isinstance(args, str) else json.dumps(args or {})
    return {"id": call["id"] or "", "type": "function", "function": {"name": call["name"] or "", "arguments": text}}


def _content(content: Content) -> str | list[JsonObject]:
    if isinstance(content, str):
        return content
    return [{"type": "text", "text": part} if isinstance(part, str) else part for part in content]


def tool_parameters(tools: Sequence[ToolSchema]) -> list[JsonObject]:
    """Tools as the protocol writes them."""
    return [{"type": "function", "function": {**schema}} for schema in tools]


def chunk_of(part: ChatCompletionChunk, request_id: str | None) -> AIMessageChunk | None:
    """A part of a streamed answer as a chunk; ``None`` where it says nothing of the answer."""
    choice = part.choices[0] if part.choices else None
    usage = _usage(part.usage)
    if choice is None:
        return None if usage is None else AIMessageChunk(content="", usage_metadata=usage)
    delta = choice.delta
    text = delta.content or ""
    if choice.finish_reason is None and usage is None and not (delta.tool_calls or delta.refusal or delta.role):
        return text_chunk(text)
    calls: list[ToolCallChunk] = [
        {
            "name": None if call.function is None else call.function.name,
            "args": None if call.function is None else call.function.arguments,
            "id": call.id,
            "index": call.index,
            "type": "tool_call_chunk",
        }
        for call in delta.tool_calls or ()
    ]
    metadata = {} if choice.finish_reason is None else _metadata(choice.finish_reason, part, request_id)
    return AIMessageChunk(
        content=text,
        additional_kwargs={"refusal": delta.refusal} if delta.refusal else {},
        response_metadata=metadata,
        id=part.id or None,
        tool_call_chunks=calls,
        usage_metadata=usage,
    )


def message_of(answer: ChatCompletion, request_id: str | None) -> AIMessageChunk:
    """A whole answer as one chunk."""
    choice = answer.choices[0]
    calls: list[ToolCallChunk] = [
        {
            "name": call.function.name,
            "args": call.function.arguments,
            "id": call.id,
            "index": number,
            "type": "tool_call_chunk",
        }
        for number, call in enumerate(choice.message.tool_calls or ())
        if call.type == "function"
    ]
    refusal = choice.message.refusal
    return AIMessageChunk(
        content=choice.message.content or "",
        additional_kwargs={"refusal": refusal} if refusal else {},
        response_metadata=_metadata(choice.finish_reason, answer, request_id),
        id=answer.id or None,
        tool_call_chunks=calls,
        usage_metadata=_usage(answer.usage),
    )


def _metadata(reason: str, answer: ChatCompletion | ChatCompletionChunk, request_id: str | None) -> dict[str, object]:
    facts = {
        "finish_reason": reason,
        "model": answer.model,
        "system_fingerprint": answer.system_fingerprint,
        "request_id": request_id,
    }
    return {name: value for name, value in facts.items() if value}


def _usage(usage: CompletionUsage | None) -> UsageMetadata | None:
    if usage is None:
        return None
    found: UsageMetadata = {
        "input_tokens": usage.prompt_tokens,
        "output_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
    }
    taken, given = usage.prompt_tokens_details, usage.completion_tokens_details
    if taken is not None and taken.cached_tokens is not None:
        found["input_token_details"] = {"cache_read": taken.cached_tokens}
    if given is not None and given.reasoning_tokens is not None:
        found["output_token_details"] = {"reasoning": given.reasoning_tokens}
    return found
