"""What a model is told of the tools it asked for: results, failures, and what was wrong with its request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import ValidationError
from pydantic_core import to_json

from runlaw.components.base import trusted
from runlaw.components.merge import InvalidToolCall, ToolCall
from runlaw.components.messages import AIMessage, ToolMessage, finish_message


def with_ids(reply: AIMessage, turn: int) -> AIMessage:
    """The whole reply, its tool calls with an id each, so that the answers can name them."""
    whole = finish_message(reply)
    if all(call["id"] is not None for call in (*whole.tool_calls, *whole.invalid_tool_calls)):
        return whole
    fields = {name: getattr(whole, name) for name in AIMessage.model_fields}
    calls = [*enumerate(whole.tool_calls), *enumerate(whole.invalid_tool_calls, len(whole.tool_calls))]
    named = [call if call["id"] is not None else {**call, "id": f"call_{turn}_{number}"} for number, call in calls]
    fields["tool_calls"] = named[: len(whole.tool_calls)]
    fields["invalid_tool_calls"] = named[len(whole.tool_calls) :]
    return trusted(AIMessage, fields, set(fields))


def result_message(call: ToolCall, result: object) -> ToolMessage:
    """A tool's result: a text as it is, anything else as JSON, what JSON cannot hold as its ``repr``."""
    content = result if isinstance(result, str) else to_json(result, fallback=repr).decode()
    return ToolMessage(content=content, tool_call_id=call["id"] or "", name=call["name"])


def failure_message(call: ToolCall, error: Exception) -> ToolMessage:
    """A tool's failure, as an answer that the model can do something about."""
    return _failed(call, _said(error, call["args"]))


def unknown_message(call: ToolCall, known: Iterable[str]) -> ToolMessage:
    """The answer to a call of a tool that there is not."""
    names = ", ".join(map(repr, known)) or "none"
    return _failed(call, f"there is no tool {call['name']!r}; the tools are: {names}")


def invalid_message(call: InvalidToolCall) -> ToolMessage:
    """The answer to a call that could not be read."""
    return _failed(call, f"the call could not be read: {call['error']}; it was: {call['args']}")


def _failed(call: ToolCall | InvalidToolCall, text: str) -> ToolMessage:
    return ToolMessage(content=text, tool_call_id=call["id"] or "", name=call["name"], status="error")


def _said(error: Exception, args: Mapping[str, object]) -> str:
    if isinstance(error, ValidationError):
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'arguments'}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_context=False)
        )
        return f"the arguments are not right: {faults}; they were: {to_json(args, fallback=repr).decode()}"
    return f"{type(error).__name__}: {error}"
