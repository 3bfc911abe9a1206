"""Chat models on the chat-completions protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, field, replace
from typing import Any, cast

from pydantic import TypeAdapter

from runlaw.components.either import either
from runlaw.components.messages import AIMessage, Message
from runlaw.components.prompt_values import ChatInput
from runlaw.components.tool_binding import schemas_of
from runlaw.components.tools import AnyTool, ToolSchema
from runlaw.integrations.openai.answers import aparts_of, parts_of
from runlaw.integrations.openai.endpoint import Endpoint, endpoint
from runlaw.integrations.openai.errors import InvalidAnswer, Translated
from runlaw.integrations.openai.schema import response_format
from runlaw.integrations.openai.wire import JsonObject, chunk_of, message_of, tool_parameters, written
from runlaw.runnable import Runnable


@dataclass(frozen=True)
class ChatCompletions:
    """A chat model's function: messages in, chunks of the answer out. A value; it keeps no state but connections."""

    endpoint: Endpoint
    model: str
    options: Mapping[str, object] = field(default_factory=dict, hash=False)
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)
    tools: tuple[ToolSchema, ...] = field(default=(), hash=False)
    streaming: bool = True

    def with_tools(self, tools: Sequence[ToolSchema], /) -> ChatCompletions:
        """The same model, told of these tools too; one of a known name replaces the one that had it."""
        known = {schema["name"]: schema for schema in (*self.tools, *tools)}
        return replace(self, tools=tuple(known.values()))

    def request(self, messages: Sequence[Message]) -> JsonObject:
        """What is sent, as arguments of the ``openai`` package."""
        request: JsonObject = {"model": self.model, "messages": written(messages), **self.options}
        if self.tools:
            request["tools"] = tool_parameters(self.tools)
        if self.extra:
            request["extra_body"] = {**self.extra}
        if self.streaming:
            request |= {"stream": True, "stream_options": {"include_usage": True}}
        return request

    def __call__(self, messages: list[Message], /) -> Iterator[AIMessage]:
        """Yield the chunks of the answer; see ``runlaw.integrations.openai.errors`` for what is raised."""
        request = self.request(messages)
        if not self.streaming:
            client = self.endpoint.client()
            yield whole(Translated(self.endpoint).call(lambda: client.chat.completions.create(**request)))
            return
        with closing(parts_of(self.endpoint, lambda client: client.chat.completions.create(**request))) as parts:
            for part, request_id in parts:
                chunk = chunk_of(part, request_id)
                if chunk is not None:
                    yield chunk

    async def asynchronously(self, messages: list[Message], /) -> AsyncIterator[AIMessage]:
        """Yield the chunks of the answer, as they are awaited."""
        request = self.request(messages)
        if not self.streaming:
            client = await self.endpoint.aclient()
            yield whole(await Translated(self.endpoint).acall(lambda: client.chat.completions.create(**request)))
            return
        async with aclosing(
            aparts_of(self.endpoint, lambda client: client.chat.completions.create(**request))
        ) as parts:
            async for part, request_id in parts:
                chunk = chunk_of(part, request_id)
                if chunk is not None:
                    yield chunk


def whole(answer: Any) -> AIMessage:  # Any: what the package made of the answer
    """The message of an answer that came as one.

    Raises:
        InvalidAnswer: It holds none.
    """
    request_id = getattr(answer, "_request_id", None)
    if not getattr(answer, "choices", None):
        raise InvalidAnswer(f"the server gave no choices: {answer!r:.200}", request_id=request_id)
    return message_of(answer, request_id)


def openai_chat_model(
    model: str,
    /,
    *,
    base_url: str | None = None,
    api_key: str | Callable[[], str] | None = None,
    tools: Sequence[AnyTool] = (),
    tool_choice: str | None = None,
    output: type[Any] | TypeAdapter[Any] | None = None,  # Any: of whatever type
    temperature: float | None = None,
    max_tokens: int | None = None,
    stop: str | Sequence[str] | None = None,
    seed: int | None = None,
    extra: Mapping[str, object] | None = None,
    timeout: float = 60.0,
    streaming: bool = True,
    headers: Mapping[str, str] | None = None,
    name: str = "ChatOpenAI",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
) -> Runnable[ChatInput, AIMessage]:
    """A chat model of OpenAI, or of any server that speaks its chat-completions protocol.

    In async runs it waits on the event loop, in sync runs in the thread. It never tries again by itself:
    ``with_retry(model, on=(TransientError,))`` does. The key shows in no ``repr``, event, log, error or pickle; one
    that was given as a text is not pickled, and then that of the environment counts.

    Args:
        model: The model's name for the server.
        base_url: The server's address, such as ``http://localhost:8080/v1``; without it that of the environment's
            ``OPENAI_BASE_URL``, or OpenAI's own.
        api_key: The key, or a function that gives it; without it that of the environment's ``OPENAI_API_KEY``.
        tools: Tools that the model may ask for; ``tool_loop`` and ``with_tools`` add theirs.
        tool_choice: ``auto``, ``none``, ``required``, or the name of the one tool to be asked for.
        output: A type whose JSON the answer is to be; ``json_parser`` reads it, and ``openai_structured`` does both.
        temperature: How freely tokens are chosen, from 0.
        max_tokens: The most tokens of an answer.
        stop: Texts that end an answer.
        seed: Makes answers repeatable, as far as the server can.
        extra: Other fields of the request.
        timeout: The seconds to wait for a connection, for the answer to begin, and for each further part of it.
        streaming: ``False`` asks for the answer as a whole, which is then the only chunk.
        headers: Sent with each request.
        name: The run's name in events.
        tags: Tags of the run.
        metadata: Facts about the run.

    The message has the tokens used (``usage_metadata``), and in ``response_metadata`` ``finish_reason``, ``model``
    and ``request_id``; a refusal stands in ``additional_kwargs["refusal"]``.

    Raises:
        ImportError: The openai package is not installed.
        TypeError: A value is of a wrong type.
        ValueError: The timeout is not above zero, or ``output`` is no type of JSON objects.
        ApiError: When run: the request failed; see its subclasses.

    >>> openai_chat_model("gpt-4o-mini", api_key="sk-secret").name
    'ChatOpenAI'
    """
    if not isinstance(model, str):
        raise TypeError(f"model must be a str, the model's name; got {model!r}")
    options: dict[str, object] = {
        "temperature": temperature,
        "max_tokens": max_tokens,
        "stop": list(stop) if stop is not None and not isinstance(stop, str) else stop,
        "seed": seed,
        "tool_choice": None if tool_choice is None else _choice(tool_choice),
        "response_format": None if output is None else response_format(output),
    }
    function = ChatCompletions(
        endpoint(base_url, api_key, timeout, headers),
        model,
        {key: value for key, value in options.items() if value is not None},
        dict(extra or {}),
        tuple(schemas_of(tools)),
        streaming,
    )
    made = either(function, "chat_model", name, tags, metadata)
    return cast("Runnable[ChatInput, AIMessage]", made)  # the role's types, see adapted.ROLES


def _choice(choice: str) -> object:
    if choice in ("auto", "none", "required"):
        return choice
    return {"type": "function", "function": {"name": choice}}
