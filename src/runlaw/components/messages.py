"""Messages: what is said to a chat model, and what it says, whole or in chunks.

They are pydantic models. Their JSON is the one that clients and servers of chat models of this kind
exchange: ``{"type": "ai", "content": ...}``; what was not said is left out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, ClassVar, Final, Literal, TypeAlias, TypeVar

from pydantic import ConfigDict, Field, ModelWrapValidatorHandler, field_validator, model_validator

from runlaw.components.base import Value, is_empty, is_none, quick_maker, trusted
from runlaw.components.merge import (
    Content,
    InvalidToolCall,
    ToolCall,
    ToolCallChunk,
    UsageMetadata,
    join_contents,
    join_records,
    join_tool_call_chunks,
    join_usage,
    read_tool_calls,
    text_of,
)
from runlaw.kernel.semigroup import Monoid

Ai = TypeVar("Ai", bound="AIMessage")
Class: TypeAlias = type[Ai]  # as the messages' classes have a field of the name type


class BaseMessage(Value):
    """What all messages share.

    Args:
        content: A text, or a list of texts and of parts such as ``{"type": "text", "text": ...}``.
        additional_kwargs: Whatever else the provider said, as it said it.
        response_metadata: Facts about the response, such as the model's name.
        name: Who speaks, where the role is not enough.
        id: The message's own id.
    """

    content: Content
    additional_kwargs: dict[str, object] = Field(default_factory=dict)
    response_metadata: dict[str, object] = Field(default_factory=dict, exclude_if=is_empty)
    name: str | None = Field(default=None, exclude_if=is_none)
    id: str | None = Field(default=None, exclude_if=is_none)

    @property
    def text(self) -> str:
        """The text of the content: texts and the parts of type ``text``, concatenated."""
        content = self.content
        return content if isinstance(content, str) else text_of(content)

    def __hash__(self) -> int:
        return hash((type(self), self.text))


class HumanMessage(BaseMessage):
    """A message from a human."""

    type: Literal["human"] = "human"
    example: bool = False


class SystemMessage(BaseMessage):
    """A message that tells a model how to behave; usually the first one."""

    type: Literal["system"] = "system"


class ChatMessage(BaseMessage):
    """A message from a speaker of any role."""

    type: Literal["chat"] = "chat"
    role: str


class FunctionMessage(BaseMessage):
    """The result of a function, handed back to a model; ``name`` is the function's."""

    type: Literal["function"] = "function"
    name: str  # type: ignore[mutable-override]  # never changed, as messages are frozen


def _is_success(status: object) -> bool:
    return status == "success"


class ToolMessage(BaseMessage):
    """The result of a tool, handed back to a model; ``status`` tells whether the tool failed.

    ``artifact`` is a result for the program only; it is not sent to the model.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"description": "The result of a tool, handed back to a model."}
    )

    type: Literal["tool"] = "tool"
    tool_call_id: str
    status: Literal["success", "error"] = Field(default="success", exclude_if=_is_success)
    artifact: object = Field(default=None, exclude_if=is_none)


class AIMessage(BaseMessage):
    """A message from a model.

    Messages of a model add up, as a stream of them is one message: contents are concatenated, tool calls
    collected, token usage summed; of ``response_metadata`` the later value of a key counts, of ``name`` and
    ``id`` the first.

    >>> AIMessage(content="Hello") + AIMessageChunk(content=" world")
    AIMessageChunk(content='Hello world')
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra={"description": "A message from a model."})

    type: Literal["ai"] = "ai"
    example: bool = False
    tool_calls: list[ToolCall] = Field(default_factory=list, exclude_if=is_empty)
    invalid_tool_calls: list[InvalidToolCall] = Field(default_factory=list, exclude_if=is_empty)
    usage_metadata: UsageMetadata | None = Field(default=None, exclude_if=is_none)

    def __add__(self, other: AIMessage) -> AIMessageChunk:
        if not isinstance(other, AIMessage):
            return NotImplemented
        return join_messages((self, other))

    @staticmethod
    def __join__(messages: Sequence[AIMessage]) -> AIMessageChunk:
        return join_messages(messages)

    def __finish__(self) -> AIMessage:
        return self

    @model_validator(mode="wrap")
    @classmethod
    def _chunk_stays_chunk(cls: Class[Ai], data: object, handler: ModelWrapValidatorHandler[Ai]) -> AIMessage:
        if cls is AIMessage and isinstance(data, dict) and data.get("type") == "AIMessageChunk":
            return AIMessageChunk.model_validate(data)
        return handler(data)


class AIMessageChunk(AIMessage):
    """A piece of a message from a model. Pieces add up with ``+``; a whole sum becomes an ``AIMessage``.

    ``tool_call_chunks`` are fragments of tool calls; those of one ``index`` belong together.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        json_schema_extra={"description": "A piece of a message from a model."}
    )

    type: Literal["AIMessageChunk"] = "AIMessageChunk"  # type: ignore[assignment]  # its own tag: JSON keeps the class
    tool_call_chunks: list[ToolCallChunk] = Field(default_factory=list, exclude_if=is_empty)

    @field_validator("tool_call_chunks")
    @classmethod
    def _one_per_index(cls, chunks: list[ToolCallChunk]) -> list[ToolCallChunk]:
        return join_tool_call_chunks(chunks) if len(chunks) > 1 else chunks

    def __finish__(self) -> AIMessage:
        """The message that this sum of chunks stands for; its tool calls are read from their fragments."""
        fields = {name: getattr(self, name) for name in AIMessage.model_fields}
        fields["type"] = "ai"
        if self.tool_call_chunks:
            calls, invalid = read_tool_calls(self.tool_call_chunks)
            fields["tool_calls"] = [*self.tool_calls, *calls]
            fields["invalid_tool_calls"] = [*self.invalid_tool_calls, *invalid]
        return trusted(AIMessage, fields, set(fields))


human_text: Final[Callable[[str], HumanMessage]] = quick_maker(HumanMessage, "content")
system_text: Final[Callable[[str], SystemMessage]] = quick_maker(SystemMessage, "content")
ai_text: Final[Callable[[str], AIMessage]] = quick_maker(AIMessage, "content")
text_chunk: Final[Callable[[str], AIMessageChunk]] = quick_maker(AIMessageChunk, "content")


def join_messages(messages: Sequence[AIMessage]) -> AIMessageChunk:
    """The sum of messages of a model, in order; of none of them, the empty chunk. Linear in their length.

    Raises:
        TypeError: A value of ``additional_kwargs`` does not add up; the key is named.
    """
    calls = [call for message in messages if message.tool_calls for call in message.tool_calls]
    invalid = [call for message in messages if message.invalid_tool_calls for call in message.invalid_tool_calls]
    metadata: dict[str, object] = {}
    for message in messages:
        if message.response_metadata:
            metadata.update(message.response_metadata)
    kwargs: list[Mapping[str, object]] = [m.additional_kwargs for m in messages if m.additional_kwargs]
    fragments = [
        fragment
        for message in messages
        if isinstance(message, AIMessageChunk) and message.tool_call_chunks
        for fragment in message.tool_call_chunks
    ]
    fields: dict[str, object] = {
        "content": join_contents([message.content for message in messages]),
        "additional_kwargs": join_records(kwargs, "additional_kwargs") if kwargs else {},
        "response_metadata": metadata,
        "name": next((message.name for message in messages if message.name is not None), None),
        "id": next((message.id for message in messages if message.id is not None), None),
        "type": "AIMessageChunk",
        "example": any(message.example for message in messages),
        "tool_calls": calls,
        "invalid_tool_calls": invalid,
        "usage_metadata": join_usage(message.usage_metadata for message in messages),
        "tool_call_chunks": join_tool_call_chunks(fragments) if fragments else [],
    }
    return trusted(AIMessageChunk, fields, set(fields))


def finish_message(message: AIMessage) -> AIMessage:
    """The message that a sum of chunks stands for; a whole message stands for itself."""
    return message.__finish__()


class _AIMessages(Monoid[AIMessage]):
    """How a model's messages add up; the empty message is a chunk without content."""

    __slots__ = ()
    _name = "AI_MESSAGES"

    def join(self, chunks: Sequence[AIMessage]) -> AIMessage:
        return chunks[0] if len(chunks) == 1 else join_messages(chunks)


AI_MESSAGES: Final[Monoid[AIMessage]] = _AIMessages(text_chunk(""), AIMessage.__add__, finish_message)

Message: TypeAlias = Annotated[
    AIMessage | AIMessageChunk | HumanMessage | ChatMessage | SystemMessage | FunctionMessage | ToolMessage,
    Field(discriminator="type"),
]
