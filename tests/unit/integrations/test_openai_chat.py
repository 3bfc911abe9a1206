"""Chat models on the chat-completions protocol: what is sent, and what comes of the answers."""

import asyncio
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from runlaw import Runnable
from runlaw.components import (
    AIMessage,
    AIMessageChunk,
    ChatInput,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    tool,
    tool_loop,
    with_tools,
)
from tests.unit.integrations.server import LAST, Answer, Server, delta, said, serving, streamed, whole

pytest.importorskip("openai", reason="the openai package is not installed")

from runlaw.integrations.openai import (  # after the check that it can be imported
    CutOff,
    Refused,
    StreamBroken,
    openai_chat_model,
    openai_structured,
)


def model(server: Server, **options: Any) -> Runnable[ChatInput, AIMessage]:  # Any: of all types
    return openai_chat_model("m", base_url=server.url, api_key="sk-secret", **options)


async def collected(runnable: Runnable[ChatInput, AIMessage]) -> list[AIMessage]:
    return [chunk async for chunk in runnable.astream("hi")]


def test_an_answer_streams() -> None:
    with serving(said("Hel", "lo")) as server:
        chunks = list(model(server).stream("hi"))
    assert [chunk.content for chunk in chunks] == ["", "Hel", "lo", ""]
    assert chunks[-1].response_metadata == {"finish_reason": "stop", "model": "m", "request_id": "req-1"}
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == "Bearer sk-secret"
    assert asked.body == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_all_ways_of_running_agree() -> None:
    with serving(said("Hel", "lo")) as server:
        chat = model(server)
        answer = chat.invoke("hi")
        streams = [list(chat.stream("hi")), asyncio.run(collected(chat))]

        async def inside() -> list[AIMessage]:
            return [chat.invoke("hi"), await chat.ainvoke("hi"), *await chat.abatch(["hi", "hi"])]

        answers = [*chat.batch(["hi", "hi"]), *asyncio.run(inside()), *asyncio.run(inside())]
    assert (answer.text, answer.id, type(answer)) == ("Hello", "chat-1", AIMessage)
    assert streams[0] == streams[1]
    assert answers == [answer] * len(answers)


def test_usage_is_told() -> None:
    usage = {
        "prompt_tokens": 5,
        "completion_tokens": 2,
        "total_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 3},
        "completion_tokens_details": {"reasoning_tokens": 1},
    }
    last = {**delta({}), "choices": [], "usage": usage}
    with serving(streamed(delta({"content": "a"}), LAST, last)) as server:
        assert model(server).invoke("hi").usage_metadata == {
            "input_tokens": 5,
            "output_tokens": 2,
            "total_tokens": 7,
            "input_token_details": {"cache_read": 3},
            "output_token_details": {"reasoning": 1},
        }


def test_an_answer_as_a_whole() -> None:
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}}
    message = {"role": "assistant", "content": "Hello", "tool_calls": [call]}
    body = {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    }
    with serving(whole(body)) as server:
        chat = model(server, streaming=False)
        answer = chat.invoke("hi")
        assert asyncio.run(chat.ainvoke("hi")) == answer
        assert len(list(chat.stream("hi"))) == 1
    assert answer.text == "Hello"
    assert answer.tool_calls == [{"name": "f", "args": {"x": 1}, "id": "a", "type": "tool_call"}]
    assert answer.response_metadata == {"finish_reason": "tool_calls", "model": "m", "request_id": "req-1"}
    assert "stream" not in server.asked[0].body


def test_messages_as_they_are_sent() -> None:
    asked = AIMessage(
        content="",
        tool_calls=[{"name": "f", "args": {"x": 1}, "id": "a"}],
        invalid_tool_calls=[{"name": "g", "args": "{", "id": "b", "error": "no JSON"}],
    )
    with serving(said("ok")) as server:
        model(server).invoke(
            [
                SystemMessage(content="Be brief."),
                HumanMessage(content=["a", {"type": "image_url", "image_url": {"url": "x"}}], name="Ann"),
                AIMessage(content="b"),
                asked,
                ToolMessage(content="1", tool_call_id="a"),
                FunctionMessage(content="2", name="f"),
                ChatMessage(content="3", role="developer"),
                AIMessage(content="", additional_kwargs={"refusal": "no"}),
                AIMessageChunk(content="c", tool_call_chunks=[{"name": "f", "args": "{}", "id": "c", "index": 0}]),
            ]
        )
    assert server.asked[0].body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "x"}}],
            "name": "Ann",
        },
        {"role": "assistant", "content": "b"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}},
                {"id": "b", "type": "function", "function": {"name": "g", "arguments": "{"}},
            ],
        },
        {"role": "tool", "content": "1", "tool_call_id": "a"},
        {"role": "function", "content": "2", "name": "f"},
        {"role": "developer", "content": "3"},
        {"role": "assistant", "content": None, "refusal": "no"},
        {
            "role": "assistant",
            "content": "c",
            "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
    ]


def test_options_are_sent() -> None:
    options = {"temperature": 0.5, "max_tokens": 9, "stop": ("a", "b"), "seed": 3, "extra": {"top_k": 4}}
    with serving(said("ok")) as server:
        model(server, headers={"x-mine": "1"}, **options).invoke("hi")
    (asked,) = server.asked
    sent = {key: asked.body[key] for key in ("temperature", "max_tokens", "stop", "seed", "top_k")}
    assert sent == {"temperature": 0.5, "max_tokens": 9, "stop": ["a", "b"], "seed": 3, "top_k": 4}
    assert asked.headers["x-mine"] == "1"


@tool
def weather(city: str) -> str:
    """The weather.

    Args:
        city: Its name.
    """
    return f"sunny in {city}"


@tool
def clock() -> str:
    return "noon"


SCHEMA = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Its name."}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


def call(index: int, **fields: Any) -> dict[str, object]:  # Any: JSON
    return delta({"tool_calls": [{"index": index, **fields}]})


CALLS = streamed(
    delta({"role": "assistant", "content": None}),
    call(0, id="a", type="function", function={"name": "weather", "arguments": ""}),
    call(0, function={"arguments": '{"city": '}),
    call(1, id="b", type="function", function={"name": "weather", "arguments": '{"city": "Oslo"}'}),
    call(0, function={"arguments": '"Rome"}'}),
    delta({}, "tool_calls"),
)


def test_tool_calls_are_put_together() -> None:
    with serving(CALLS) as server:
        answer = model(server, tools=[weather], tool_choice="weather").invoke("hi")
    assert answer.tool_calls == [
        {"name": "weather", "args": {"city": "Rome"}, "id": "a", "type": "tool_call"},
        {"name": "weather", "args": {"city": "Oslo"}, "id": "b", "type": "tool_call"},
    ]
    body = server.asked[0].body
    assert body["tools"] == [SCHEMA]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "weather"}}


@pytest.mark.parametrize("run", [lambda r: r.invoke("hi"), lambda r: asyncio.run(r.ainvoke("hi"))])
def test_a_tool_loop_tells_the_model_of_its_tools(run: Callable[[Runnable[ChatInput, AIMessage]], AIMessage]) -> None:
    with serving(CALLS, said("Sunny", " there.")) as server:
        answer = run(tool_loop(model(server), [weather]))
    assert answer.text == "Sunny there."
    first, second = server.asked
    assert first.body["tools"] == second.body["tools"] == [SCHEMA]
    assert second.body["messages"][2:] == [
        {"role": "tool", "content": "sunny in Rome", "tool_call_id": "a"},
        {"role": "tool", "content": "sunny in Oslo", "tool_call_id": "b"},
    ]


def test_tools_add_up() -> None:
    with serving(said("ok")) as server:
        told = with_tools(model(server, tools=[weather], tool_choice="auto").with_retry(), [clock, weather])
        told.invoke("hi")
    assert [each["function"]["name"] for each in server.asked[0].body["tools"]] == ["weather", "clock"]
    assert server.asked[0].body["tool_choice"] == "auto"


class Person(BaseModel):
    name: str
    age: int = 3


def test_structured_output() -> None:
    with serving(said('{"name": ', '"Ann", "age"', ": 4}")) as server:
        ask = openai_structured(Person, "m", base_url=server.url)
        assert ask.invoke("who?") == Person(name="Ann", age=4)
        assert list(ask.stream("who?"))[-1] == Person(name="Ann", age=4)
        assert asyncio.run(ask.ainvoke("who?")) == Person(name="Ann", age=4)
    assert server.asked[0].body["response_format"] == {
        "type": "json_schema",
        "json_schema": {
            "name": "Person",
            "strict": True,
            "schema": {
                "title": "Person",
                "type": "object",
                "properties": {"name": {"title": "Name", "type": "string"}, "age": {"title": "Age", "type": "integer"}},
                "required": ["name", "age"],
                "additionalProperties": False,
            },
        },
    }


def test_only_objects_can_be_asked_for() -> None:
    with pytest.raises(ValueError, match="an answer must be a JSON object"):
        openai_structured(list[int], "m")


REFUSED = streamed(delta({"role": "assistant", "refusal": "I can"}), delta({"refusal": "not."}), LAST)


def test_refusals() -> None:
    with serving(REFUSED) as server:
        assert model(server).invoke("hi").additional_kwargs == {"refusal": "I cannot."}
        ask = openai_structured(Person, "m", base_url=server.url)
        with pytest.raises(Refused, match=r"the model refused: I cannot\. \(request id req-1\)"):
            ask.invoke("who?")


@pytest.mark.parametrize(("reason", "error"), [("length", CutOff), ("content_filter", Refused)])
def test_finish_reasons(reason: str, error: type[Exception]) -> None:
    with serving(streamed(delta({"content": '{"name'}), delta({}, reason))) as server:
        assert model(server).invoke("hi").response_metadata["finish_reason"] == reason
        with pytest.raises(error):
            openai_structured(Person, "m", base_url=server.url).invoke("who?")


def test_it_is_a_value() -> None:
    one, two = (openai_chat_model("m", temperature=1, tools=[weather]) for _ in range(2))
    assert one == two
    assert hash(one) == hash(two)
    assert one != openai_chat_model("m", temperature=0, tools=[weather])
    assert pickle.loads(pickle.dumps(one)) == one
    assert one.name == "ChatOpenAI"
    assert one.output_type is AIMessage


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"timeout": 0}, ValueError, "timeout must be above zero seconds; got 0"),
        ({"timeout": "1"}, TypeError, "timeout must be a number of seconds; got '1'"),
        ({"base_url": 3}, TypeError, "base_url must be a str; got 3"),
        ({"api_key": 3}, TypeError, "api_key must be a str, or a function that gives one; got int"),
        ({"tools": [len]}, TypeError, "expected a tool, made by tool(function)"),
    ],
)
def test_wrong_options(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        openai_chat_model("m", **options)
    assert message in str(caught.value)


def test_an_answer_that_is_closed_early_closes_its_connection() -> None:
    slow = streamed(*[delta({"content": "a"})] * 400, pause=0.01, headers={"slow": "1"})
    with serving(slow) as server:
        chunks = model(server).stream("hi")
        assert next(chunks).content == "a"
        chunks.close()
        assert server.closed_early.wait(10)

        async def take_one() -> None:
            async for _ in (chunks := model(server).astream("hi")):
                break
            await chunks.aclose()

        server.closed_early.clear()
        asyncio.run(take_one())
        assert server.closed_early.wait(10)


def test_answers_that_say_nothing() -> None:
    with serving(Answer([b""], headers={"content-type": "text/event-stream"}), said("")) as server:
        with pytest.raises(StreamBroken, match="ended without a finish reason"):
            model(server).invoke("hi")
        assert model(server).invoke("hi").text == ""
