"""Text models on the completions protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from typing import cast

from runlaw.components.either import either
from runlaw.components.prompt_values import ChatInput
from runlaw.integrations.openai.answers import aparts_of, parts_of
from runlaw.integrations.openai.endpoint import Endpoint, endpoint
from runlaw.integrations.openai.wire import JsonObject
from runlaw.runnable import Runnable


@dataclass(frozen=True)
class Completions:
    """A text model's function: a text in, chunks of what follows out."""

    endpoint: Endpoint
    model: str
    options: Mapping[str, object] = field(default_factory=dict, hash=False)
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)

    def request(self, prompt: str) -> JsonObject:
        """What is sent, as arguments of the ``openai`` package."""
        request: JsonObject = {"model": self.model, "prompt": prompt, "stream": True, **self.options}
        return {**request, "extra_body": {**self.extra}} if self.extra else request

    def __call__(self, prompt: str, /) -> Iterator[str]:
        """Yield the chunks of the answer; see ``runlaw.integrations.openai.errors`` for what is raised."""
        request = self.request(prompt)
        with closing(parts_of(self.endpoint, lambda client: client.completions.create(**request))) as parts:
            for part, _ in parts:
                for choice in part.choices[:1]:
                    yield choice.text

    async def asynchronously(self, prompt: str, /) -> AsyncIterator[str]:
        """Yield the chunks of the answer, as they are awaited."""
        request = self.request(prompt)
        async with aclosing(aparts_of(self.endpoint, lambda client: client.completions.create(**request))) as parts:
            async for part, _ in parts:
                for choice in part.choices[:1]:
                    yield choice.text


def openai_llm(
    model: str,
    /,
    *,
    base_url: str | None = None,
    api_key: str | Callable[[], str] | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
    stop: str | Sequence[str] | None = None,
    seed: int | None = None,
    extra: Mapping[str, object] | None = None,
    timeout: float = 60.0,
    headers: Mapping[str, str] | None = None,
    name: str = "OpenAI",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
) -> Runnable[ChatInput, str]:
    """A text model of OpenAI, or of any server that speaks its completions protocol.

    Messages that come in are sent as a text, a line for each. The arguments and all else are as for
    ``openai_chat_model``.

    >>> openai_llm("gpt-3.5-turbo-instruct", api_key="sk-secret").name
    'OpenAI'
    """
    if not isinstance(model, str):
        raise TypeError(f"model must be a str, the model's name; got {model!r}")
    options: dict[str, object] = {
        "temperature": temperature,
        "max_tokens": max_tokens,
        "stop": list(stop) if stop is not None and not isinstance(stop, str) else stop,
        "seed": seed,
    }
    function = Completions(
        endpoint(base_url, api_key, timeout, headers),
        model,
        {key: value for key, value in options.items() if value is not None},
        dict(extra or {}),
    )
    made = either(function, "llm", name, tags, metadata)
    return cast("Runnable[ChatInput, str]", made)  # the role's types, see adapted.ROLES
