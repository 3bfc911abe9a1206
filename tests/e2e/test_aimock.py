"""A mock server of the protocol: tool calls, rate limits, answers that break off, and slow ones."""

import asyncio
import time

import pytest

from runlaw import fixed
from runlaw.components import tool, tool_loop
from runlaw.events import Event, RunEnded, RunStarted

pytest.importorskip("openai", reason="the openai package is not installed")

from runlaw.integrations.openai import (  # after the check that it can be imported
    RateLimited,
    StreamBroken,
    TimedOut,
    TransientError,
    openai_chat_model,
)


@tool
def weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


def test_chat(aimock_url: str) -> None:
    model = openai_chat_model("gpt-4o", base_url=aimock_url, api_key="sk-test")
    assert model.invoke("hello").text == "Hello there!"
    chunks = [chunk.text for chunk in model.stream("hello") if chunk.text]
    assert "".join(chunks) == "Hello there!"
    assert len(chunks) > 2
    assert model.invoke("hello").usage_metadata == {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}


@pytest.mark.parametrize("streaming", [True, False])
def test_tool_calls(aimock_url: str, streaming: bool) -> None:
    model = openai_chat_model("gpt-4o", base_url=aimock_url, api_key="sk-test", tools=[weather], streaming=streaming)
    answer = model.invoke("weather in Paris")
    assert answer.tool_calls == [
        {"name": "weather", "args": {"city": "Paris"}, "id": "call_paris", "type": "tool_call"}
    ]
    assert answer.response_metadata["finish_reason"] == "tool_calls"


def test_a_tool_loop(aimock_url: str) -> None:
    agent = tool_loop(openai_chat_model("gpt-4o", base_url=aimock_url, api_key="sk-test"), [weather])
    events: list[Event] = []
    assert agent.invoke("weather in Paris", {"listeners": [events.append]}).text == "It is sunny in Paris."
    assert asyncio.run(agent.ainvoke("weather in Paris")).text == "It is sunny in Paris."
    started = [event.name for event in events if isinstance(event, RunStarted)]
    assert started == ["ToolLoop", "ChatOpenAI", "weather", "ChatOpenAI"]
    ended = {event.name: event for event in events if isinstance(event, RunEnded)}
    assert (ended["weather"].input, ended["weather"].output) == ({"city": "Paris"}, "sunny in Paris")


def test_a_malformed_call_is_told_to_the_model(aimock_url: str) -> None:
    agent = tool_loop(openai_chat_model("gpt-4o", base_url=aimock_url, api_key="sk-test"), [weather])
    assert agent.invoke("a bad call").text == "I am sorry."


@pytest.mark.parametrize("asynchronous", [False, True])
def test_rate_limits(aimock_url: str, asynchronous: bool) -> None:
    model = openai_chat_model("gpt-4o", base_url=aimock_url, api_key="sk-test")
    with pytest.raises(RateLimited) as caught:
        _ = asyncio.run(model.ainvoke("always limited")) if asynchronous else model.invoke("always limited")
    error = caught.value
    assert (error.status, error.code) == (429, "rate_limit_exceeded")
    assert error.request_id
    assert error.retry_after is not None
    assert error.retry_after > 0


def test_a_retry_gets_through(aimock_url: str) -> None:
    model = openai_chat_model("gpt-4o", base_url=aimock_url, api_key="sk-test", headers={"X-Test-Id": "retry"})
    patient = model.with_retry(on=(TransientError,), delays=fixed(0, attempts=2))
    assert patient.invoke("limited once").text == "Now it goes."


@pytest.mark.parametrize("asynchronous", [False, True])
def test_answers_that_break_off(aimock_url: str, asynchronous: bool) -> None:
    model = openai_chat_model("gpt-4o", base_url=aimock_url, api_key="sk-test")
    seen: list[str] = []

    async def read() -> None:
        async for chunk in model.astream("break off"):
            seen.append(chunk.text)  # noqa: PERF401  # what came before the error is looked at

    def read_sync() -> None:
        for chunk in model.stream("break off"):
            seen.append(chunk.text)  # noqa: PERF401  # as above

    with pytest.raises(StreamBroken) as caught:
        _ = asyncio.run(read()) if asynchronous else read_sync()  # type: ignore[func-returns-value]  # they give nothing
    assert caught.value.request_id
    assert "".join(seen)
    assert "This is a rather long answer".startswith("".join(seen))


@pytest.mark.parametrize("asynchronous", [False, True])
def test_slow_answers(aimock_url: str, asynchronous: bool) -> None:
    model = openai_chat_model("gpt-4o", base_url=aimock_url, api_key="sk-test", timeout=0.3)
    began = time.monotonic()
    with pytest.raises(TimedOut):
        _ = asyncio.run(model.ainvoke("slowly")) if asynchronous else model.invoke("slowly")
    assert time.monotonic() - began < 4
