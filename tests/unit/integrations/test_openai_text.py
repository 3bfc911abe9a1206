"""Text models and embeddings on the protocol."""

import asyncio
from typing import Any

import pytest

from runlaw import map_batch
from runlaw.components import vector_store
from tests.unit.integrations.server import Answer, serving, streamed, whole

pytest.importorskip("openai", reason="the openai package is not installed")

from runlaw.integrations.openai import (  # after the check that it can be imported
    InvalidAnswer,
    StreamBroken,
    openai_embeddings,
    openai_llm,
)


def text(content: str, reason: str | None = None) -> dict[str, object]:
    choice = {"index": 0, "text": content, "finish_reason": reason, "logprobs": None}
    return {"id": "c", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]}


def test_a_text_model() -> None:
    with serving(streamed(text("Hel"), text("lo"), text("", "stop"))) as server:
        model = openai_llm("m", base_url=server.url, max_tokens=5, temperature=0.0, stop="x", seed=1, extra={"k": 2})

        async def collected() -> list[str]:
            return [chunk async for chunk in model.astream("hi")]

        assert list(model.stream("hi")) == asyncio.run(collected()) == ["Hel", "lo", ""]
        assert model.invoke("hi") == asyncio.run(model.ainvoke("hi")) == "Hello"
    assert server.asked[0].path == "/v1/completions"
    options = {"max_tokens": 5, "temperature": 0.0, "stop": "x", "seed": 1, "k": 2}
    assert server.asked[0].body == {"model": "m", "prompt": "hi", "stream": True, **options}
    assert (model.name, model.output_type) == ("OpenAI", str)


def test_a_text_that_breaks_off() -> None:
    with serving(streamed(text("Hel"))) as server, pytest.raises(StreamBroken):
        openai_llm("m", base_url=server.url).invoke("hi")


def vectors(*pairs: tuple[int, list[float]]) -> Answer:
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in pairs]
    return whole({"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}})


def numbered(count: int) -> Answer:
    return vectors(*[(number, [float(number), 1.0]) for number in range(count)])


def test_embeddings_keep_the_order_of_the_texts() -> None:
    with serving(vectors((1, [2.0]), (0, [1.0]))) as server:
        embed = openai_embeddings("m", base_url=server.url, dimensions=1)
        assert embed.batch(["a", "b"]) == [[1.0], [2.0]]
    (asked,) = server.asked
    assert asked.path == "/v1/embeddings"
    assert asked.body == {"model": "m", "input": ["a", "b"], "encoding_format": "float", "dimensions": 1}
    assert (embed.name, embed.output_type) == ("OpenAIEmbeddings", list[float])


def test_as_few_requests_as_the_limit_allows() -> None:
    texts = [str(number) for number in range(1000)]
    with serving(numbered(1000)) as server:
        assert len(openai_embeddings("m", base_url=server.url).batch(texts)) == 1000
        assert len(server.asked) == 1
    with serving(numbered(250)) as server:
        embed = openai_embeddings("m", base_url=server.url, batch_size=250)
        assert len(map_batch(embed).invoke(texts)) == 1000
        assert [len(asked.body["input"]) for asked in server.asked] == [250] * 4
        assert len(asyncio.run(embed.abatch(texts))) == 1000
        assert len(server.asked) == 8


def test_a_vector_store_on_them() -> None:
    pytest.importorskip("faiss", reason="the faiss package is not installed")
    with serving(vectors((0, [1.0, 0.0]), (1, [0.0, 1.0])), vectors((0, [0.1, 1.0]))) as server:
        store = vector_store(["a", "b"], openai_embeddings("m", base_url=server.url))
        found = store.as_retriever(k=1)
        assert [document.page_content for document in found.invoke("c")] == ["b"]
    assert [asked.body["input"] for asked in server.asked] == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    "answer", [vectors((0, [1.0])), vectors((0, [1.0]), (0, [2.0])), vectors((0, [1.0]), (2, [1.0]))]
)
def test_vectors_that_do_not_fit_the_texts(answer: Answer) -> None:
    with serving(answer) as server, pytest.raises(InvalidAnswer, match="vectors for 2 texts"):
        openai_embeddings("m", base_url=server.url).batch(["a", "b"])


@pytest.mark.parametrize(
    ("make", "options", "error", "message"),
    [
        (openai_embeddings, {"batch_size": 0}, ValueError, "max_batch_size must be at least 1; got 0"),
        (openai_embeddings, {"timeout": -1}, ValueError, "timeout must be above zero"),
        (openai_llm, {"timeout": -1}, ValueError, "timeout must be above zero"),
    ],
)
def test_wrong_options(make: Any, options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        make("m", **options)
    assert message in str(caught.value)
    with pytest.raises(TypeError, match="model must be a str"):
        make(3)


def test_what_is_no_text() -> None:
    with pytest.raises(TypeError, match="embeddings take a str; got int: 3"):
        openai_embeddings("m", base_url="http://127.0.0.1:1").invoke(3)  # type: ignore[arg-type]  # refused there too
