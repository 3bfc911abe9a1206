"""The whole way to llama.cpp's server and back: chat, streams, completions, embeddings, structured output."""

import asyncio
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from runlaw import identity, parallel
from runlaw.components import (
    AIMessage,
    AIMessageChunk,
    Document,
    chat_prompt,
    join_documents,
    json_parser,
    str_parser,
    vector_store,
)

pytest.importorskip("openai", reason="the openai package is not installed")

from runlaw.integrations.openai import (  # after the check that it can be imported
    BadRequest,
    openai_chat_model,
    openai_embeddings,
    openai_llm,
    openai_structured,
)

ANSWER = "Bears sleep in winter."
WORDS = ["Bears", " sleep", " in", " winter", "."]


def test_chat(chat_url: str) -> None:
    model = openai_chat_model("scripted", base_url=chat_url, temperature=0)
    answer = model.invoke("when do bears sleep?")
    assert (type(answer), answer.text) == (AIMessage, ANSWER)
    assert answer.response_metadata["finish_reason"] == "stop"
    assert answer.response_metadata["model"] == "scripted"
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["output_tokens"] == len(WORDS) + 1  # and the one that ends it
    assert answer.usage_metadata["total_tokens"] == answer.usage_metadata["input_tokens"] + len(WORDS) + 1
    whole = openai_chat_model("scripted", base_url=chat_url, temperature=0, streaming=False).invoke("when?")
    assert (whole.text, whole.usage_metadata is None) == (ANSWER, False)


def test_streams(chat_url: str) -> None:
    model = openai_chat_model("scripted", base_url=chat_url, temperature=0)

    async def collected() -> list[str]:
        return [chunk.text async for chunk in model.astream("when?") if chunk.text]

    chunks = list(model.stream("when?"))
    assert [chunk.text for chunk in chunks if chunk.text] == WORDS
    assert all(isinstance(chunk, AIMessageChunk) for chunk in chunks)
    assert asyncio.run(collected()) == WORDS


def test_a_chain_in_every_way(chat_url: str) -> None:
    model = openai_chat_model("scripted", base_url=chat_url, temperature=0)
    chain = chat_prompt([("system", "Be brief."), ("human", "tell me of {topic}")]) | model | str_parser()

    async def run() -> list[str]:
        return [await chain.ainvoke({"topic": "bears"}), *await chain.abatch([{"topic": "a"}, {"topic": "b"}])]

    assert chain.invoke({"topic": "bears"}) == ANSWER
    assert [chunk for chunk in chain.stream({"topic": "bears"}) if chunk] == WORDS
    assert chain.batch([{"topic": "a"}] * 4, {"max_concurrency": 2}) == [ANSWER] * 4
    assert asyncio.run(run()) == [ANSWER] * 3


def test_what_the_events_tell(chat_url: str) -> None:
    model = openai_chat_model("scripted", base_url=chat_url, temperature=0, api_key="sk-secret")
    events = list((model | str_parser()).stream_events("when?"))
    told = [event for event in events if event["event"] == "on_chat_model_stream"]
    assert "".join(event["data"]["chunk"].text for event in told) == ANSWER
    assert "sk-secret" not in repr(events)


def test_an_answer_that_is_cut_off(chat_url: str) -> None:
    answer = openai_chat_model("scripted", base_url=chat_url, temperature=0, max_tokens=2).invoke("when?")
    assert (answer.text, answer.response_metadata["finish_reason"]) == ("Bears sleep", "length")
    stopped = openai_chat_model("scripted", base_url=chat_url, temperature=0, stop=" winter").invoke("when?")
    assert (stopped.text, stopped.response_metadata["finish_reason"]) == ("Bears sleep in", "stop")


def test_completions(chat_url: str) -> None:
    model = openai_llm("scripted", base_url=chat_url, temperature=0, max_tokens=20)
    assert model.invoke("When do bears sleep?\n") == ANSWER
    assert [chunk for chunk in model.stream("When?\n") if chunk] == WORDS
    assert asyncio.run(model.ainvoke("When?\n")) == ANSWER


class Fact(BaseModel):
    animal: Literal["bear", "cat"]
    months: int = Field(ge=0, le=9)


def test_structured_output(chat_url: str) -> None:
    ask = openai_structured(Fact, "scripted", base_url=chat_url, temperature=0, max_tokens=200)
    fact = ask.invoke("when do bears sleep?")
    assert isinstance(fact, Fact)
    assert fact.animal in ("bear", "cat")
    assert list(ask.stream("when?"))[-1] == fact
    model = openai_chat_model("scripted", base_url=chat_url, temperature=0, max_tokens=200, output=Fact)
    assert (model | json_parser(Fact)).invoke("when do bears sleep?") == fact


def test_errors_of_the_server(chat_url: str) -> None:
    with pytest.raises(BadRequest) as caught:
        openai_chat_model("scripted", base_url=chat_url, extra={"messages": "none"}).invoke("x")
    assert caught.value.status == 400
    assert caught.value.__notes__ == ["in step ChatOpenAI"]


def test_embeddings_and_a_vector_store(embeddings_url: str) -> None:
    embed = openai_embeddings("scripted", base_url=embeddings_url)
    one, two = embed.batch(["aaaa", "zzzz"])
    assert len(one) == len(two) == 384
    assert one != two
    assert asyncio.run(embed.ainvoke("aaaa")) == pytest.approx(one)
    store = vector_store(["aaaa", "zzzz", "mmmm"], embed)
    assert store.search("aaza", k=2) == [Document(page_content="aaaa"), Document(page_content="zzzz")]


def test_the_seeds_chain_on_real_parts(chat_url: str, embeddings_url: str) -> None:
    store = vector_store(["harrison worked at kensho"], openai_embeddings("scripted", base_url=embeddings_url))
    found = store.as_retriever()
    inputs = parallel(context=found.with_config(run_name="Docs") | join_documents, question=identity)
    model = openai_chat_model("scripted", base_url=chat_url, temperature=0).with_config(run_name="my_llm")
    chain = inputs | chat_prompt("{context}\n\nQuestion: {question}") | model | str_parser()
    events = list(chain.stream_events("where did harrison work?", include_names=["Docs", "my_llm"]))
    (end,) = [event for event in events if event["event"] == "on_retriever_end"]
    assert end["data"]["output"] == [Document(page_content="harrison worked at kensho")]
    assert {"FAISS", "OpenAIEmbeddings"} <= set(end["tags"])
    assert chain.invoke("where did harrison work?") == ANSWER
