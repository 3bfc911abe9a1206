"""Prompt values: what a prompt gives to a model, as text or as messages; and what a chat model takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from runlaw.components.base import Value
from runlaw.components.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    Message,
    SystemMessage,
    ToolMessage,
)


class StringPromptValue(Value):
    """A prompt that is a text."""

    text: str
    type: Literal["StringPromptValue"] = "StringPromptValue"

    def to_string(self) -> str:
        """The prompt as a text."""
        return self.text

    def to_messages(self) -> list[Message]:
        """The prompt as messages: one, from a human."""
        return [HumanMessage(content=self.text)]


class ChatPromptValue(Value):
    """A prompt that is a list of messages."""

    messages: list[Message]
    type: Literal["ChatPromptValueConcrete"] = "ChatPromptValueConcrete"

    def to_string(self) -> str:
        """The prompt as a text: a line for each message, with its speaker."""
        return "\n".join(f"{speaker_of(message)}: {message.text}" for message in self.messages)

    def to_messages(self) -> list[Message]:
        """The prompt as messages."""
        return list(self.messages)


PromptValue: TypeAlias = StringPromptValue | ChatPromptValue
ChatInput: TypeAlias = str | Sequence[Message] | StringPromptValue | ChatPromptValue

_SPEAKERS = {"human": "Human", "ai": "AI", "AIMessageChunk": "AI", "system": "System", "tool": "Tool"}


def speaker_of(message: Message) -> str:
    """Who speaks in a message, as a text prompt names it: ``Human``, ``AI``, a chat message's role."""
    if isinstance(message, ChatMessage):
        return message.role
    return "Function" if isinstance(message, FunctionMessage) else _SPEAKERS[message.type]


def to_messages(value: ChatInput) -> list[Message]:
    """The messages that an input of a chat model stands for; a text is one message from a human.

    Raises:
        TypeError: The value is no such input.

    >>> to_messages("hi")
    [HumanMessage(content='hi')]
    """
    if isinstance(value, ChatPromptValue):
        return list(value.messages)
    if isinstance(value, str):
        return [HumanMessage(content=value)]
    if isinstance(value, StringPromptValue):
        return value.to_messages()
    if isinstance(value, Sequence):
        return [_checked(number, message) for number, message in enumerate(value)]
    raise TypeError(_no_input("a chat model", value))


def _checked(number: int, message: object) -> Message:
    if isinstance(message, AIMessage | HumanMessage | ChatMessage | SystemMessage | FunctionMessage | ToolMessage):
        return message
    raise TypeError(
        f"item {number} of a chat model's input must be a message such as HumanMessage(content=...); got {message!r}"
    )


def to_text(value: ChatInput) -> str:
    """The text that an input of a text model stands for; of messages, a line for each, with its speaker.

    Raises:
        TypeError: The value is no such input.

    >>> to_text([HumanMessage(content="hi")])
    'Human: hi'
    """
    if isinstance(value, str):
        return value
    if isinstance(value, StringPromptValue | ChatPromptValue):
        return value.to_string()
    if isinstance(value, Sequence):
        return ChatPromptValue(messages=to_messages(value)).to_string()
    raise TypeError(_no_input("an llm", value))


def _no_input(who: str, value: object) -> str:
    hint = f"; put it in a list: [{type(value).__name__}(...)]" if isinstance(value, BaseMessage) else ""
    return (
        f"{who} takes a str, a sequence of messages, a StringPromptValue or a ChatPromptValue; "
        f"got {type(value).__name__}: {value!r}{hint}"
    )
