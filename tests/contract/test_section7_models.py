"""Section 7, models, retrievers and the loop with tools: shapes of functions, wrong values, events."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from runlaw import Runnable
from runlaw.components import (
    AIMessage,
    AIMessageChunk,
    AnyTool,
    BrokenReply,
    ChatInput,
    Document,
    HumanMessage,
    Message,
    SystemMessage,
    ToolMessage,
    chat_model,
    extractive_chat_model,
    llm,
    retriever,
    scripted_chat_model,
    tool,
    tool_loop,
)
from runlaw.events import Event, RunEnded, RunStarted

from .modes import Mode, both


async def awaited(messages: list[Message]) -> AIMessage:
    return AIMessage(content="ab")


async def astreamed(messages: list[Message]) -> AsyncIterator[AIMessage]:
    yield AIMessageChunk(content="a")
    yield AIMessageChunk(content="b")


async def awaited_stream(messages: list[Message]) -> AsyncIterator[AIMessage]:
    return astreamed(messages)


class Model:
    """A callable object."""

    def __call__(self, messages: list[Message]) -> Iterator[AIMessage]:
        return iter([AIMessageChunk(content="a"), AIMessageChunk(content="b")])


SHAPES: list[Any] = [
    awaited,
    astreamed,
    awaited_stream,
    Model(),
    Model().__call__,
    lambda messages: AIMessage(content="ab"),
    lambda messages: AIMessageChunk(content="ab"),
    lambda messages: iter([AIMessageChunk(content="a"), AIMessageChunk(content="b")]),
]


@both
@pytest.mark.parametrize("fn", SHAPES)
def test_functions_of_every_shape(mode: Mode, fn: Any) -> None:
    model = chat_model(fn)
    answer = mode.invoke(model, "x")
    assert (answer, type(answer)) == (AIMessage(content="ab"), AIMessage)
    assert "".join(chunk.text for chunk in mode.stream(model, "x")) == "ab"
    assert mode.batch(model, ["x", "y"]) == [answer, answer]


WRONG: list[tuple[Any, Any, str]] = [  # Any: wrong on purpose
    (chat_model, lambda _: "x", "must give an AIMessage, or an iterator of AIMessageChunk; got str: 'x'"),
    (chat_model, lambda _: None, "got NoneType"),
    (chat_model, lambda _: [AIMessage(content="x")], "got list"),
    (chat_model, lambda _: HumanMessage(content="x"), "got HumanMessage"),
    (chat_model, lambda _: iter(["x"]), "got str: 'x'"),
    (llm, lambda _: AIMessage(content="x"), "must give a str, or an iterator of str; got AIMessage"),
    (llm, lambda _: iter([1]), "got int: 1"),
    (retriever, lambda _: "x", "must give a list of Documents, or an iterator of such lists; got str: 'x'"),
    (retriever, lambda _: ["x"], r"got list: \['x'\]"),
    (retriever, lambda _: iter([Document(page_content="x")]), "got Document"),
]


@both
@pytest.mark.parametrize(("make", "fn", "told"), WRONG)
def test_functions_that_give_something_else(mode: Mode, make: Any, fn: Any, told: str) -> None:
    for run in (mode.invoke, mode.stream):
        with pytest.raises(TypeError, match=told):
            run(make(fn), "x")


@both
@pytest.mark.parametrize(
    "value", [3, None, b"x", {"type": "human"}, ["x"], [("human", "x")], HumanMessage(content="x")]
)
def test_inputs_that_are_none_of_a_model(mode: Mode, value: Any) -> None:
    for made in (scripted_chat_model("x"), llm(str.upper), extractive_chat_model()):
        with pytest.raises(TypeError):
            mode.invoke(made, value)


@both
def test_scripts_in_turn_with_failures_on_demand(mode: Mode) -> None:
    script = scripted_chat_model(
        ["a b", ["c", "d"], BrokenReply("e f g", 2, ValueError("broken")), TimeoutError("slow"), AIMessage(content="h")]
    )
    assert [chunk.text for chunk in mode.stream(script, "x")] == ["a", " b"]
    assert [chunk.text for chunk in mode.stream(script, "x")] == ["c", "d"]
    chunks, error = mode.until_error(script, ["x"])
    assert ([chunk.text for chunk in chunks], str(error)) == (["e", " f"], "broken")
    with pytest.raises(TimeoutError, match="slow"):
        mode.invoke(script, "x")
    assert [mode.invoke(script, "x").text for _ in range(2)] == ["h", "a b"]


@both
@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("", "I do not know."),
        ("?", "I do not know."),
        ("Bears sleep.\n\nQuestion: what do zebras eat?", "I do not know."),
        ("It costs 3.5 dollars. It is red.\n\nQuestion: what does it cost?", "It costs 3.5 dollars."),
        ("日本は島国です。猫はよく眠る。\n\nQuestion: 猫は?", "猫はよく眠る。"),
    ],
)
def test_the_extractive_model(mode: Mode, asked: str, answer: str) -> None:
    model = extractive_chat_model()
    assert mode.invoke(model, asked).text == answer
    said: list[Message] = [SystemMessage(content=asked.partition("\n\n")[0]), HumanMessage(content=asked)]
    assert mode.invoke(model, said).text == answer
    assert "".join(chunk.text for chunk in mode.stream(model, asked)) == answer


@tool
def add_up(x: int, y: int) -> int:
    """Add two numbers."""
    return x + y


@tool
async def look_up(city: str) -> dict[str, object]:
    await asyncio.sleep(0)
    return {"city": city}


@tool
def fail(why: str) -> str:
    raise ValueError(why)


TOOLS: list[AnyTool] = [add_up, look_up, fail]


def ask(*calls: tuple[str, dict[str, object], str | None]) -> AIMessage:
    return AIMessage(content="", tool_calls=[{"name": name, "args": args, "id": id} for name, args, id in calls])


class Asks:
    """A model that asks for tools once, then answers; it keeps what it heard."""

    def __init__(self, request: AIMessage) -> None:
        self.request = request
        self.heard: list[Message] = []

    def __call__(self, messages: list[Message]) -> AIMessage:
        self.heard = messages
        return self.request if len(messages) == 1 else AIMessage(content="done")

    def told(self) -> list[tuple[str, str, str]]:
        """What each answer of a tool said: its id, its status, its text."""
        answers = [message for message in self.heard if isinstance(message, ToolMessage)]
        return [(answer.tool_call_id, answer.status, answer.text) for answer in answers]


@both
@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (ask(("add_up", {"x": 1, "y": "2"}, "a")), [("a", "success", "3")]),
        (ask(("look_up", {"city": "Rome"}, "a")), [("a", "success", '{"city":"Rome"}')]),
        (
            ask(("nothing", {}, "a")),
            [("a", "error", "there is no tool 'nothing'; the tools are: 'add_up', 'look_up', 'fail'")],
        ),
        (ask(("fail", {"why": "no"}, "a")), [("a", "error", "ValueError: no")]),
        (
            ask(("add_up", {"x": 1}, "a")),
            [("a", "error", 'the arguments are not right: y: Field required; they were: {"x":1}')],
        ),
        (
            ask(("fail", {"why": "b"}, "1"), ("add_up", {"x": 1, "y": 1}, "2"), ("add_up", {"x": 2, "y": 2}, "3")),
            [("1", "error", "ValueError: b"), ("2", "success", "2"), ("3", "success", "4")],
        ),
        (ask(("add_up", {"x": 1, "y": 1}, None)), [("call_0_0", "success", "2")]),
        (
            AIMessage(content="", invalid_tool_calls=[{"name": "f", "args": "{", "id": "a", "error": "no JSON"}]),
            [("a", "error", "the call could not be read: no JSON; it was: {")],
        ),
    ],
)
def test_what_a_model_is_told_of_its_tools(mode: Mode, request_: AIMessage, told: list[tuple[str, str, str]]) -> None:
    model = Asks(request_)
    assert mode.invoke(tool_loop(chat_model(model), TOOLS), "go").text == "done"
    assert model.told() == told


@both
def test_the_runs_of_a_tool_loop(mode: Mode) -> None:
    request = ask(("add_up", {"x": 1, "y": 2}, "a"), ("look_up", {"city": "Rome"}, "b"))
    program = tool_loop(chat_model(Asks(request), name="Model"), TOOLS)
    events: list[Event] = []
    mode.invoke(program, "go", {"listeners": [events.append]})
    started = [event for event in events if isinstance(event, RunStarted)]
    assert [(event.name, event.run_type) for event in (started[0], started[1], started[-1])] == [
        ("ToolLoop", "chain"),
        ("Model", "chat_model"),
        ("Model", "chat_model"),
    ]
    assert {(event.name, event.run_type) for event in started[2:-1]} == {("add_up", "tool"), ("look_up", "tool")}
    assert {event.parent_ids for event in started[1:]} == {(started[0].run_id,)}
    outputs = {event.name: event.output for event in events if isinstance(event, RunEnded) and event.run_type == "tool"}
    assert outputs == {"add_up": 3, "look_up": {"city": "Rome"}}


def test_the_stream_events_of_a_tool_loop() -> None:
    program = tool_loop(scripted_chat_model([ask(("add_up", {"x": 1, "y": 2}, "a")), "It is 3."]), TOOLS)
    told = [(event["event"], event["name"], len(event["parent_ids"])) for event in program.stream_events("go")]
    model = [
        (f"on_chat_model_{part}", "ScriptedChatModel", 1) for part in ("start", "stream", "stream", "stream", "end")
    ]
    assert told == [
        ("on_chain_start", "ToolLoop", 0),
        model[0],
        model[1],
        model[-1],
        ("on_tool_start", "add_up", 1),
        ("on_tool_end", "add_up", 1),
        *model,
        *[("on_chain_stream", "ToolLoop", 0)] * 3,
        ("on_chain_end", "ToolLoop", 0),
    ]


@both
def test_a_tool_loop_in_a_chain(mode: Mode) -> None:
    program: Runnable[ChatInput, AIMessage] = tool_loop(chat_model(Asks(ask(("add_up", {"x": 1, "y": 2}, "a")))), TOOLS)
    assert mode.batch(program, ["a", "b"])[1].text == "done"
    assert "".join(chunk.text for chunk in mode.stream(program, "a")) == "done"


def test_events_tell_a_whole_message_of_a_model_as_a_chunk() -> None:
    model = chat_model(lambda messages: AIMessage(content="hi"), name="parrot")
    (chunk,) = [
        event["data"]["chunk"] for event in model.stream_events("x") if event["event"] == "on_chat_model_stream"
    ]
    assert chunk == AIMessageChunk(content="hi")
    assert list(model.stream("x")) == [AIMessage(content="hi")]
