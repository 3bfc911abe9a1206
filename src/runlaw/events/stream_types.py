"""The events of ``stream_events`` as types: TypedDicts told apart by the literal ``event``.

``StreamEventV1`` and ``StreamEventV2`` are the unions of each shape, ``StreamEvent`` of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypeAlias, TypedDict

if TYPE_CHECKING:
    from runlaw.components.documents import Document
    from runlaw.components.messages import AIMessage, AIMessageChunk, Message

StreamVersion: TypeAlias = Literal["v1", "v2"]
"""The shape of stream events; ``parent_ids`` are always empty in v1."""


class StreamEventBase(TypedDict):
    """What all of them have; ids are text, ``parent_ids`` outermost first."""

    name: str
    run_id: str
    parent_ids: list[str]
    tags: list[str]
    metadata: dict[str, object]


class FedInput(TypedDict):
    """``input`` is there where it is known when the run starts."""

    input: NotRequired[object]


class Chunk(TypedDict):
    """One chunk of the output."""

    chunk: object


class FedOutput(TypedDict):
    """``input`` is there where it is known, except for the run that is watched, whose caller gave it."""

    output: object
    input: NotRequired[object]


class StartEvent(StreamEventBase):
    """A chain or a parser has started."""

    event: Literal["on_chain_start", "on_parser_start"]
    data: FedInput


class ChunkEvent(StreamEventBase):
    """A chain, a parser or a tool has given a chunk."""

    event: Literal["on_chain_stream", "on_parser_stream", "on_tool_stream"]
    data: Chunk


class EndEvent(StreamEventBase):
    """A chain or a parser has ended."""

    event: Literal["on_chain_end", "on_parser_end"]
    data: FedOutput


class WholeInput(TypedDict):
    """The input of a run that starts when it is whole."""

    input: object


class WholeOutput(TypedDict):
    """The output, and again the input."""

    output: object
    input: object


class WholeStartEvent(StreamEventBase):
    """A prompt or a tool has started."""

    event: Literal["on_prompt_start", "on_tool_start"]
    data: WholeInput


class WholeEndEvent(StreamEventBase):
    """A prompt or a tool has ended."""

    event: Literal["on_prompt_end", "on_tool_end"]
    data: WholeOutput


class LlmInput(TypedDict):
    """What a text model is given."""

    input: str


class LlmChunk(TypedDict):
    """Some of the text."""

    chunk: str


class LlmOutput(TypedDict):
    """The whole text."""

    output: str
    input: str


class LlmStartEvent(StreamEventBase):
    """A text model has started."""

    event: Literal["on_llm_start"]
    data: LlmInput


class LlmChunkEvent(StreamEventBase):
    """A text model has given some text."""

    event: Literal["on_llm_stream"]
    data: LlmChunk


class LlmEndEvent(StreamEventBase):
    """A text model has ended."""

    event: Literal["on_llm_end"]
    data: LlmOutput


class Messages(TypedDict):
    """A list with one list of messages."""

    messages: list[list[Message]]


class ChatModelInput(TypedDict):
    """What a chat model is given."""

    input: Messages


class ChatModelChunk(TypedDict):
    """Some of the message."""

    chunk: AIMessageChunk


class ChatModelOutput(TypedDict):
    """The whole message."""

    output: AIMessage
    input: Messages


class Generation(TypedDict):
    """A message, and its text."""

    text: str
    message: AIMessage


class Generations(TypedDict):
    """A list with one list of one message."""

    generations: list[list[Generation]]
    llm_output: None


class ChatModelOutputV1(TypedDict):
    """The whole message, as in v1."""

    output: Generations
    input: Messages


class ChatModelStartEvent(StreamEventBase):
    """A chat model has started."""

    event: Literal["on_chat_model_start"]
    data: ChatModelInput


class ChatModelChunkEvent(StreamEventBase):
    """A chat model has given some of its message."""

    event: Literal["on_chat_model_stream"]
    data: ChatModelChunk


class ChatModelEndEvent(StreamEventBase):
    """A chat model has ended."""

    event: Literal["on_chat_model_end"]
    data: ChatModelOutput


class ChatModelEndEventV1(StreamEventBase):
    """A chat model has ended, as v1 tells it."""

    event: Literal["on_chat_model_end"]
    data: ChatModelOutputV1


class Query(TypedDict):
    """What a retriever is asked."""

    query: str


class Documents(TypedDict):
    """What a retriever has found."""

    documents: list[Document]


class RetrieverInput(TypedDict):
    """What a retriever is given."""

    input: Query


class RetrieverChunk(TypedDict):
    """Some of the documents."""

    chunk: Documents


class RetrieverOutput(TypedDict):
    """All documents."""

    output: list[Document]
    input: Query


class RetrieverOutputV1(TypedDict):
    """All documents, as in v1."""

    output: Documents
    input: Query


class RetrieverStartEvent(StreamEventBase):
    """A retriever has started."""

    event: Literal["on_retriever_start"]
    data: RetrieverInput


class RetrieverChunkEvent(StreamEventBase):
    """A retriever has given some documents."""

    event: Literal["on_retriever_stream"]
    data: RetrieverChunk


class RetrieverChunkEventV1(StreamEventBase):
    """A retriever has given some documents, as v1 tells it."""

    event: Literal["on_retriever_chunk"]
    data: RetrieverChunk


class RetrieverEndEvent(StreamEventBase):
    """A retriever has ended."""

    event: Literal["on_retriever_end"]
    data: RetrieverOutput


class RetrieverEndEventV1(StreamEventBase):
    """A retriever has ended, as v1 tells it."""

    event: Literal["on_retriever_end"]
    data: RetrieverOutputV1


class Failure(TypedDict):
    """The exception, which is raised to the caller as well."""

    error: BaseException


class ErrorEvent(StreamEventBase):
    """A run has failed."""

    event: Literal[
        "on_chain_error",
        "on_chat_model_error",
        "on_llm_error",
        "on_parser_error",
        "on_prompt_error",
        "on_retriever_error",
        "on_tool_error",
    ]
    data: Failure


class CustomEvent(StreamEventBase):
    """A leaf has called ``emit(name, data)``; ``name`` is that name, the rest is of the run."""

    event: Literal["on_custom_event"]
    data: object


_Shared: TypeAlias = (
    StartEvent
    | ChunkEvent
    | EndEvent
    | WholeStartEvent
    | WholeEndEvent
    | LlmStartEvent
    | LlmChunkEvent
    | LlmEndEvent
    | ChatModelStartEvent
    | ChatModelChunkEvent
    | RetrieverStartEvent
    | ErrorEvent
    | CustomEvent
)
StreamEventV1: TypeAlias = _Shared | ChatModelEndEventV1 | RetrieverChunkEventV1 | RetrieverEndEventV1
"""Everything that ``stream_events(version="v1")`` tells."""
StreamEventV2: TypeAlias = _Shared | ChatModelEndEvent | RetrieverChunkEvent | RetrieverEndEvent
"""Everything that ``stream_events()`` tells; ``match event["event"]`` over the literals is exhaustive."""
StreamEvent: TypeAlias = StreamEventV1 | StreamEventV2
"""Everything that ``stream_events`` tells, in either shape."""
