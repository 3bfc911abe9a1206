"""Embeddings on the embeddings protocol, many texts to a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from runlaw.combinators.lift_batch import lift_batch
from runlaw.integrations.openai.endpoint import Endpoint, endpoint
from runlaw.integrations.openai.errors import InvalidAnswer, Translated
from runlaw.integrations.openai.wire import JsonObject
from runlaw.runnable import Runnable


@dataclass(frozen=True)
class Embeddings:
    """From texts to their vectors, in one request."""

    endpoint: Endpoint
    model: str
    options: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __call__(self, texts: Sequence[str], /) -> list[list[float]]:
        """The vectors, in the order of the texts; see ``runlaw.integrations.openai.errors`` for what is raised."""
        for text in texts:
            if not isinstance(text, str):
                raise TypeError(f"embeddings take a str; got {type(text).__name__}: {text!r:.200}")
        calls = Translated(self.endpoint)
        client = self.endpoint.client()
        request: JsonObject = {"model": self.model, "input": [*texts], "encoding_format": "float", **self.options}
        answer = calls.call(lambda: client.embeddings.create(**request))
        vectors = {item.index: item.embedding for item in answer.data}
        if sorted(vectors) != list(range(len(texts))):
            raise InvalidAnswer(
                f"the server gave {len(answer.data)} vectors for {len(texts)} texts", request_id=answer._request_id
            )
        return [vectors[number] for number in range(len(texts))]


def openai_embeddings(
    model: str,
    /,
    *,
    base_url: str | None = None,
    api_key: str | Callable[[], str] | None = None,
    dimensions: int | None = None,
    batch_size: int = 2048,
    timeout: float = 60.0,
    headers: Mapping[str, str] | None = None,
    name: str = "OpenAIEmbeddings",
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
) -> Runnable[str, list[float]]:
    """Embeddings of OpenAI, or of any server that speaks its embeddings protocol: from a text to its vector.

    ``batch``, ``map_batch`` and a ``vector_store`` send many texts in one request.

    Args:
        model: The model's name for the server.
        base_url: As for ``openai_chat_model``, and so ``api_key``, ``timeout`` and ``headers``.
        api_key: As for ``openai_chat_model``.
        dimensions: The length of the vectors, where the model leaves a choice.
        batch_size: The most texts of one request; OpenAI takes 2048.
        timeout: As for ``openai_chat_model``.
        headers: As for ``openai_chat_model``.
        name: The run's name in events, and a tag of retrievers on these embeddings.
        tags: Tags of the run.
        metadata: Facts about the run.

    >>> openai_embeddings("text-embedding-3-small", api_key="sk-secret").output_type
    list[float]
    """
    if not isinstance(model, str):
        raise TypeError(f"model must be a str, the model's name; got {model!r}")
    options = {} if dimensions is None else {"dimensions": dimensions}
    function = Embeddings(endpoint(base_url, api_key, timeout, headers), model, options)
    return lift_batch(function, max_batch_size=batch_size, name=name, tags=tags, metadata=metadata)
