"""A chat model for tests: it gives the replies of a script, in chunks, and fails where the script says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from runlaw.components.base import trusted
from runlaw.components.messages import AIMessage, AIMessageChunk, Message, text_chunk
from runlaw.components.models import chat_model
from runlaw.components.prompt_values import ChatInput
from runlaw.components.words import words_with_spaces
from runlaw.runnable import Runnable


class BrokenReply(NamedTuple):
    """A reply that breaks off: after so many chunks the error is raised."""

    reply: str | AIMessage | Sequence[str]
    after: int
    error: Exception


Reply: TypeAlias = str | AIMessage | Sequence[str] | BrokenReply | Exception
"""One reply of a script: a text or a message, given word by word; a sequence of texts, which are the chunks; a
``BrokenReply``; or an exception, which is raised."""


def scripted_chat_model(
    replies: str | Sequence[Reply], *, name: str = "ScriptedChatModel"
) -> Runnable[ChatInput, AIMessage]:
    """A chat model that gives these replies in turn, one for each run, and then starts again.

    It counts its runs, so two of them are never equal, and runs at the same time take their replies in the order
    in which they start.

    Args:
        replies: The replies; a single text is one reply.
        name: The run's name in events.

    Raises:
        TypeError: A reply is of none of the known kinds.
        ValueError: There are no replies, or a reply is to break off after fewer than zero chunks.

    >>> model = scripted_chat_model(["Hello brave world.", TimeoutError("too slow")])
    >>> [chunk.content for chunk in model.stream("hi")]
    ['Hello', ' brave', ' world.']
    >>> model.batch(["hi"], return_exceptions=True)
    [TimeoutError('too slow')]
    """
    return chat_model(Script([replies] if isinstance(replies, str) else replies), name=name, blocking=False)


class Script:
    """A function of messages that gives replies in turn. It counts its calls; ``calls`` is how many there were."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        if not isinstance(replies, Sequence) or isinstance(replies, BrokenReply):  # type: ignore[redundant-expr]  # untyped callers
            raise TypeError(f"a scripted chat model takes a text or a sequence of replies; got {replies!r:.200}")
        self._replies = tuple(replies)
        self._lock = threading.Lock()
        self.calls: int = 0
        if not self._replies:
            raise ValueError("a scripted chat model needs at least one reply")
        for number, reply in enumerate(self._replies):
            if not _is_reply(reply):
                raise TypeError(
                    f"reply {number} of a scripted chat model must be a str, an AIMessage, a sequence of str, a "
                    f"BrokenReply or an Exception; got {reply!r}"
                )
        self._played = [_played(reply) for reply in self._replies]

    def __call__(self, messages: list[Message], /) -> Iterator[AIMessage]:
        """Yield the chunks of the next reply, or raise it."""
        with self._lock:
            chunks, error = self._played[self.calls % len(self._played)]
            self.calls += 1
        yield from chunks
        if error is not None:
            raise error

    def __getstate__(self) -> dict[str, object]:
        return {"_replies": self._replies, "calls": self.calls}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state, _lock=threading.Lock())
        self._played = [_played(reply) for reply in self._replies]


def _is_reply(reply: object) -> bool:
    if isinstance(reply, BrokenReply):
        if reply.after < 0:
            raise ValueError(f"a reply can break off after zero or more chunks; got {reply.after}")
        return isinstance(reply.error, Exception) and _is_whole(reply.reply)  # type: ignore[redundant-expr]  # untyped callers
    return isinstance(reply, Exception) or _is_whole(reply)


def _is_whole(reply: object) -> bool:
    if isinstance(reply, Sequence) and not isinstance(reply, str):
        return all(isinstance(chunk, str) for chunk in reply)
    return isinstance(reply, str | AIMessage)


def _played(reply: Reply) -> tuple[list[AIMessage], Exception | None]:
    if isinstance(reply, Exception):
        return [], reply
    if isinstance(reply, BrokenReply):
        return _chunks(reply.reply)[: reply.after], reply.error
    return _chunks(reply), None


def _chunks(reply: str | AIMessage | Sequence[str]) -> list[AIMessage]:
    if isinstance(reply, AIMessage):
        if not isinstance(reply.content, str):
            return [reply]
        rest = {name: getattr(reply, name) for name in AIMessageChunk.model_fields if hasattr(reply, name)}
        rest.update(content="", type="AIMessageChunk", tool_call_chunks=getattr(reply, "tool_call_chunks", []))
        chunks: list[AIMessage] = [text_chunk(word) for word in words_with_spaces(reply.content)]
        last = trusted(AIMessageChunk, rest, set(rest))
        return chunks if last == text_chunk("") and chunks else [*chunks, last]
    words = words_with_spaces(reply) or [""] if isinstance(reply, str) else reply
    return [text_chunk(word) for word in words]
