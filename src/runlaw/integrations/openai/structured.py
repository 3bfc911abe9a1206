"""Answers of a type: the model is asked for its JSON, which is read and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter

from runlaw.combinators.lift_transform import lift_transform
from runlaw.combinators.pipe import pipe
from runlaw.components.messages import AI_MESSAGES, AIMessage
from runlaw.components.parsers import json_parser
from runlaw.components.prompt_values import ChatInput
from runlaw.integrations.openai.chat import openai_chat_model
from runlaw.integrations.openai.errors import CutOff, Refused
from runlaw.runnable import Runnable

T = TypeVar("T")


def openai_structured(
    output: type[T] | TypeAdapter[T],
    model: str,
    /,
    *,
    base_url: str | None = None,
    api_key: str | Callable[[], str] | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
    seed: int | None = None,
    extra: Mapping[str, object] | None = None,
    timeout: float = 60.0,
    headers: Mapping[str, str] | None = None,
    name: str = "ChatOpenAI",
) -> Runnable[ChatInput, T]:
    """A chat model whose answers are values of a type; it streams ever more complete ones.

    Args:
        output: The type: a model, a dataclass or a TypedDict, or a pydantic ``TypeAdapter`` of one.
        model: The model's name for the server. The other arguments are as for ``openai_chat_model``.
        base_url: As for ``openai_chat_model``.
        api_key: As for ``openai_chat_model``.
        temperature: As for ``openai_chat_model``.
        max_tokens: As for ``openai_chat_model``.
        seed: As for ``openai_chat_model``.
        extra: As for ``openai_chat_model``.
        timeout: As for ``openai_chat_model``.
        headers: As for ``openai_chat_model``.
        name: The name of the model's run in events.

    Raises:
        Refused: When run: the model refused, or a filter held its answer back.
        CutOff: When run: the answer was not whole when it reached its greatest length.
        pydantic.ValidationError: When run: the answer does not fit the type.
        ApiError: When run: the request failed.
    """
    chat = openai_chat_model(
        model,
        base_url=base_url,
        api_key=api_key,
        output=output,
        temperature=temperature,
        max_tokens=max_tokens,
        seed=seed,
        extra=extra,
        timeout=timeout,
        headers=headers,
        name=name,
    )
    answered = lift_transform(_answered, name="answered", run_type="parser", blocking=False, monoid=AI_MESSAGES)
    parser: Runnable[Any, T] = json_parser(output)  # Any: it takes texts too
    return pipe(chat, answered, parser)


def _answered(chunks: Iterator[AIMessage]) -> Iterator[AIMessage]:
    """Pass an answer on; at its end tell why it is none."""
    refusal: list[str] = []
    facts: dict[str, object] = {}
    for chunk in chunks:
        said = chunk.additional_kwargs.get("refusal")
        if isinstance(said, str):
            refusal.append(said)
        facts |= chunk.response_metadata
        reason, request_id = facts.get("finish_reason"), facts.get("request_id")
        known = request_id if isinstance(request_id, str) else None
        if reason == "length":
            raise CutOff(
                "the answer reached its greatest length before it was whole: raise max_tokens", request_id=known
            )
        if reason == "content_filter":
            raise Refused("the answer was held back by a content filter", request_id=known)
        if refusal and reason is not None:
            raise Refused(f"the model refused: {''.join(refusal)}", request_id=known)
        yield chunk
