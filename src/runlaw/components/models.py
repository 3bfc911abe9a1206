"""Models from functions: chat models, which speak messages, and text models."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TypeAlias, cast

from runlaw.components.leaf import component
from runlaw.components.messages import AIMessage, Message, join_messages
from runlaw.components.prompt_values import ChatInput, to_messages, to_text
from runlaw.events.stream_event import register_chunk_shape, register_input_shape
from runlaw.runnable import Runnable

ChatFunction: TypeAlias = Callable[
    [list[Message]],
    AIMessage
    | Iterator[AIMessage]
    | AsyncIterator[AIMessage]
    | Awaitable[AIMessage]
    | Awaitable[AsyncIterator[AIMessage]],
]
TextFunction: TypeAlias = Callable[
    [str], str | Iterator[str] | AsyncIterator[str] | Awaitable[str] | Awaitable[AsyncIterator[str]]
]


def chat_model(
    fn: ChatFunction,
    /,
    *,
    name: str | None = None,
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[ChatInput, AIMessage]:
    """A chat model from a function of messages.

    Args:
        fn: Gives an ``AIMessage``, or an iterator of ``AIMessageChunk``; sync or async. A text or a prompt value
            that comes in is handed to it as messages.
        name: The run's name in events; the function's own without it.
        tags: Tags of the run.
        metadata: Facts about the run.
        blocking: ``False`` says that the function is quick pure compute, never worth a thread.

    Raises:
        TypeError: ``fn`` is no function of one argument, or annotated to give something else, or an option is of a
            wrong type. When run: the input is no ``ChatInput``, or the function gave something else.

    >>> def shout(messages: list[Message]) -> AIMessage:
    ...     return AIMessage(content=messages[-1].text.upper())
    >>> chat_model(shout).invoke("hello")
    AIMessage(content='HELLO')
    """
    made = component(fn, "chat_model", name, tags, metadata, blocking)
    return cast("Runnable[ChatInput, AIMessage]", made)  # the role's types, see adapted.ROLES


def llm(
    fn: TextFunction,
    /,
    *,
    name: str | None = None,
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Runnable[ChatInput, str]:
    """A text model from a function of a text, which gives a ``str`` or an iterator of ``str``.

    Messages that come in are handed to it as a text, a line for each. All else is said at ``chat_model``.

    >>> llm(str.upper, name="shout").invoke("hello")
    'HELLO'
    """
    made = component(fn, "llm", name, tags, metadata, blocking)
    return cast("Runnable[ChatInput, str]", made)  # the role's types, see adapted.ROLES


def _messages_said(value: object) -> object:
    """What events of a chat model show for its input: messages. What is no such input stays as it is."""
    try:
        return to_messages(cast("ChatInput", value))  # it checks the value
    except TypeError:
        return [value]


def _text_said(value: object) -> object:
    """What events of a text model show for its input: a text. What is no such input stays as it is."""
    try:
        return to_text(cast("ChatInput", value))  # it checks the value
    except TypeError:
        return value


def _piece_said(chunk: object) -> object:
    """What events of a chat model show for a chunk: a piece of a message, also where the message came whole."""
    return join_messages((chunk,)) if type(chunk) is AIMessage else chunk


register_input_shape("chat_model", _messages_said)
register_chunk_shape("chat_model", _piece_said)
register_input_shape("llm", _text_said)
