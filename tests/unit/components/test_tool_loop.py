"""The loop of a model and its tools."""

import asyncio
import pickle
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from runlaw import Runnable, lift
from runlaw.components import (
    AIMessage,
    AIMessageChunk,
    AnyTool,
    ChatInput,
    HumanMessage,
    Message,
    ToolMessage,
    TooManyTurns,
    UsageMetadata,
    chat_model,
    extractive_chat_model,
    scripted_chat_model,
    tool,
    tool_loop,
    with_tools,
)
from runlaw.components.messages import AI_MESSAGES
from runlaw.components.scripted import Reply, Script
from runlaw.components.tools import ToolSchema
from runlaw.events import Event, RunEnded, RunFailed, RunStarted, RunStreamed


@tool
def add(x: int, y: int) -> int:
    return x + y


@tool
async def look_up(city: str) -> dict[str, object]:
    await asyncio.sleep(0)
    return {"city": city, "degrees": 20}


@tool
def fail(reason: str) -> str:
    raise ValueError(reason)


@tool
def echo(text: str) -> str:
    return text


TOOLS: list[AnyTool] = [add, look_up, fail, echo]


def ask(*calls: tuple[str, dict[str, object], str | None]) -> AIMessage:
    return AIMessage(content="", tool_calls=[{"name": name, "args": args, "id": id} for name, args, id in calls])


class Heard:
    """A scripted model that remembers what it was asked."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        self.script = Script(replies)
        self.heard: list[list[Message]] = []

    def __call__(self, messages: list[Message]) -> Iterator[AIMessage]:
        self.heard.append(messages)
        yield from self.script(messages)


def loop(replies: Sequence[Reply], *, max_turns: int = 10) -> tuple[Heard, Runnable[ChatInput, AIMessage]]:
    heard = Heard(replies)
    return heard, tool_loop(chat_model(heard, name="Model"), TOOLS, max_turns=max_turns)


def answers(heard: Heard) -> list[tuple[object, ...]]:
    return [(each.tool_call_id, each.status, each.content) for each in heard.heard[-1] if isinstance(each, ToolMessage)]


def test_a_model_that_answers_at_once() -> None:
    heard, program = loop(["It is 3."])
    assert program.invoke("what is 1 + 2?") == AIMessage(content="It is 3.")
    assert heard.heard == [[HumanMessage(content="what is 1 + 2?")]]


def test_tools_are_run_and_their_results_told() -> None:
    request = ask(("add", {"x": 1, "y": 2}, "a"), ("look_up", {"city": "Rome"}, "b"), ("echo", {"text": "hi"}, "c"))
    heard, program = loop([request, "done"])
    assert program.invoke("go").text == "done"
    assert heard.heard[1][:2] == [HumanMessage(content="go"), request]
    assert answers(heard) == [
        ("a", "success", "3"),
        ("b", "success", '{"city":"Rome","degrees":20}'),
        ("c", "success", "hi"),
    ]


def test_failures_are_told_to_the_model() -> None:
    request = ask(
        ("fail", {"reason": "no such thing"}, "a"),
        ("nope", {}, "b"),
        ("add", {"x": "one", "z": 1}, "c"),
        ("echo", {"wrong": "x"}, "d"),
    )
    heard, program = loop([request, "done"])
    assert program.invoke("go").text == "done"
    assert answers(heard) == [
        ("a", "error", "ValueError: no such thing"),
        ("b", "error", "there is no tool 'nope'; the tools are: 'add', 'look_up', 'fail', 'echo'"),
        (
            "c",
            "error",
            "the arguments are not right: x: Input should be a valid integer, unable to parse string as an integer; "
            'y: Field required; z: Extra inputs are not permitted; they were: {"x":"one","z":1}',
        ),
        (
            "d",
            "error",
            "the arguments are not right: text: Field required; wrong: Extra inputs are not permitted; "
            'they were: {"wrong":"x"}',
        ),
    ]


def test_arguments_that_cannot_be_read_are_told_too() -> None:
    broken = AIMessageChunk(
        content="",
        tool_call_chunks=[
            {"name": "add", "args": '{"x": 1', "id": "a", "index": 0},
            {"name": "add", "args": '{"x": 1, "y": 2}', "id": "b", "index": 1},
        ],
    )
    heard, program = loop([broken, "done"])
    assert program.invoke("go").text == "done"
    (first, second) = answers(heard)
    assert first == ("b", "success", "3")
    assert second[:2] == ("a", "error")
    assert "the call could not be read: the arguments are not JSON" in str(second[2])
    assert '{"x": 1' in str(second[2])


def test_calls_without_an_id_get_one() -> None:
    heard, program = loop([ask(("add", {"x": 1, "y": 2}, None), ("add", {"x": 2, "y": 2}, None)), "done"])
    program.invoke("go")
    said = heard.heard[1][1]
    assert isinstance(said, AIMessage)
    ids = [call["id"] for call in said.tool_calls]
    assert len(set(ids)) == 2
    assert [each[0] for each in answers(heard)] == ids


def test_too_many_turns() -> None:
    request = ask(("add", {"x": 1, "y": 2}, "a"))
    heard, program = loop([request], max_turns=3)
    with pytest.raises(TooManyTurns, match="still asked for tools after 3 turns, as many as") as caught:
        program.invoke("go")
    assert len(heard.heard) == 3
    assert len(caught.value.messages) == 6
    assert caught.value.messages[-1] == request
    assert caught.value.__notes__ == ["in step ToolLoop"]
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.args, again.messages) == (caught.value.args, caught.value.messages)


SCRIPTS: list[list[Reply]] = [
    ["It is 3."],
    [ask(("add", {"x": 1, "y": 2}, "a")), "It is 3."],
    [ask(("fail", {"reason": "x"}, "a"), ("look_up", {"city": "Rome"}, None)), ask(("nope", {}, "b")), "done now"],
    [ask(("add", {"x": 1, "y": 2}, "a"))],
    [ask(("add", {"x": 1, "y": 2}, "a")), ConnectionError("lost")],
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_all_ways_of_running_agree(script: list[Reply]) -> None:
    def outcome(run: Callable[[Runnable[ChatInput, AIMessage]], object]) -> object:
        heard, program = loop(script, max_turns=4)
        try:
            result = run(program)
        except Exception as error:
            result = (type(error), str(error))
        return result, heard.heard

    async def collected(program: Runnable[ChatInput, AIMessage]) -> AIMessage:
        parts = [part async for part in program.astream("go")]
        return total(parts)

    def total(parts: list[AIMessage]) -> AIMessage:
        first, *rest = parts
        for part in rest:
            first = first + part
        return first.__finish__()

    expected = outcome(lambda program: program.invoke("go"))
    ways: list[Callable[[Runnable[ChatInput, AIMessage]], object]] = [
        lambda program: asyncio.run(program.ainvoke("go")),
        lambda program: total(list(program.stream("go"))),
        lambda program: asyncio.run(collected(program)),
        lambda program: program.batch(["go"])[0],
    ]
    for way in ways:
        assert outcome(way) == expected


def test_the_answer_streams_in_the_models_chunks() -> None:
    _, program = loop([ask(("add", {"x": 1, "y": 2}, "a")), ["It", " is", " 3."]])
    assert [chunk.content for chunk in program.stream("go")] == ["It", " is", " 3."]


def test_runs_of_model_and_tools_are_children() -> None:
    _, program = loop([ask(("add", {"x": 1, "y": 2}, "a"), ("fail", {"reason": "x"}, "b")), ["It", " is"]])
    events: list[Event] = []
    list(program.stream("go", {"listeners": [events.append]}))
    started = [event for event in events if isinstance(event, RunStarted)]
    root = started[0]
    assert (root.name, root.run_type, root.input) == ("ToolLoop", "chain", "go")
    assert sorted((event.name, event.run_type) for event in started[1:]) == [
        ("Model", "chat_model"),
        ("Model", "chat_model"),
        ("add", "tool"),
        ("fail", "tool"),
    ]
    assert all(event.parent_ids == (root.run_id,) for event in started[1:])
    assert [event.name for event in events if isinstance(event, RunFailed)] == ["fail"]
    chunks = [event.chunk for event in events if isinstance(event, RunStreamed) and event.name == "Model"]
    assert chunks[-2:] == [AIMessageChunk(content="It"), AIMessageChunk(content=" is")]
    end = events[-1]
    assert isinstance(end, RunEnded)
    assert (end.name, end.output) == ("ToolLoop", AIMessage(content="It is"))


def test_tools_of_one_turn_run_at_one_time() -> None:
    both = threading.Barrier(2, timeout=10)

    @tool
    def meet(name: str) -> str:
        both.wait()
        return name

    calls: list[Reply] = [ask(("meet", {"name": "a"}, "a"), ("meet", {"name": "b"}, "b")), "met"]
    assert tool_loop(scripted_chat_model(calls), [meet]).invoke("go").text == "met"
    assert asyncio.run(tool_loop(scripted_chat_model(calls), [meet]).ainvoke("go")).text == "met"


def test_the_limit_of_the_run_holds() -> None:
    now, most = [0], [0]
    lock = threading.Lock()

    @tool
    def slow(x: int) -> int:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.01)
        with lock:
            now[0] -= 1
        return x

    wanted: list[tuple[str, dict[str, object], str | None]] = [("slow", {"x": n}, str(n)) for n in range(6)]
    calls: list[Reply] = [ask(*wanted), "done"]
    program = tool_loop(scripted_chat_model(calls), [slow])
    assert program.invoke("go", {"max_concurrency": 2}).text == "done"
    assert most[0] <= 2


def test_what_must_not_be_caught_is_not() -> None:
    @tool
    def interrupt() -> str:
        raise KeyboardInterrupt

    @tool
    def recurse() -> str:
        raise RecursionError("too deep")

    for bad, error in ((interrupt, KeyboardInterrupt), (recurse, RecursionError)):
        program = tool_loop(scripted_chat_model([ask((bad.name, {}, "a")), "done"]), [bad])
        with pytest.raises(error):
            program.invoke("go")


def test_tools_with_policies_around_them() -> None:
    tries: list[int] = []

    @tool
    def flaky(x: int) -> int:
        tries.append(x)
        if len(tries) < 3:
            raise ConnectionError("lost")
        return x

    patient = flaky.with_retry(delays=[0, 0]).with_config(run_name="patient")
    script: list[Reply] = [ask(("flaky", {"x": 7}, "a")), "done"]
    heard = Heard(script)
    assert tool_loop(chat_model(heard), [patient]).invoke("go").text == "done"
    assert answers(heard) == [("a", "success", "7")]
    assert tries == [7, 7, 7]


def test_without_tools_and_with_messages() -> None:
    heard = Heard([ask(("x", {}, "a")), "done"])
    assert tool_loop(chat_model(heard), []).invoke([HumanMessage(content="a")]).text == "done"
    assert answers(heard) == [("a", "error", "there is no tool 'x'; the tools are: none")]


def test_it_is_a_value() -> None:
    model = scripted_chat_model(["a"])
    program = tool_loop(model, TOOLS, max_turns=3)
    assert program == tool_loop(model, TOOLS, max_turns=3)
    assert program != tool_loop(model, TOOLS, max_turns=4)
    assert hash(program) == hash(tool_loop(model, TOOLS, max_turns=3))
    assert program.name == "ToolLoop"
    assert program.output_type is AIMessage
    assert tool_loop(model, TOOLS, name="agent").name == "agent"
    again = pickle.loads(pickle.dumps(tool_loop(model, [add])))
    assert again.invoke("x").text == "a"


class Told:
    """A model's function that takes tools."""

    def __init__(self, tools: Sequence[ToolSchema] = ()) -> None:
        self.tools = list(tools)

    def with_tools(self, tools: Sequence[ToolSchema], /) -> "Told":
        return Told([*self.tools, *tools])

    def __call__(self, messages: list[Message]) -> AIMessage:
        return AIMessage(content=",".join(schema["name"] for schema in self.tools))


def test_a_model_that_takes_tools_is_told_of_them() -> None:
    plain = chat_model(Told())
    assert plain.invoke("x").text == ""
    assert tool_loop(plain, [add, echo]).invoke("x").text == "add,echo"
    wrapped = plain.with_retry().with_fallbacks(plain).with_config(tags=["a"]).with_timeout(5)
    assert tool_loop(wrapped, [add]).invoke("x").text == "add"
    assert with_tools(lift(lambda value: value) | plain, [add]).invoke("x").text == "add"
    assert plain.invoke("x").text == ""
    with pytest.raises(TypeError, match="a chat model made from a function gets messages only"):
        with_tools(scripted_chat_model("a"), [add])


def text_model(messages: Any) -> Any:  # Any: this one is no chat model
    return "text"


@pytest.mark.parametrize(
    ("model", "tools", "options", "error", "message"),
    [
        (None, [add], {"max_turns": 0}, ValueError, "max_turns must be at least 1; got 0"),
        (None, [add], {"max_turns": "3"}, TypeError, "max_turns must be an int; got '3'"),
        (None, [add], {"at_once": 1}, TypeError, "at_once must be a bool; got 1"),
        (None, [lift(len)], {}, TypeError, "expected a tool, made by tool(function)"),
        (None, [add, add], {}, ValueError, "two tools are called 'add'"),
        (3, [add], {}, TypeError, "the model of a tool loop must be a Runnable"),
        (text_model, [], {}, TypeError, "the model of a tool loop must give an AIMessage; got str: 'text'"),
    ],
)
def test_wrong_use(model: Any, tools: Any, options: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        tool_loop(scripted_chat_model("a") if model is None else model, tools, **options).invoke("x")
    assert message in str(caught.value)


def test_an_input_that_is_none() -> None:
    with pytest.raises(TypeError, match="a chat model takes a str, a sequence of messages"):
        tool_loop(scripted_chat_model("a"), []).invoke(3)  # type: ignore[arg-type]  # refused by the checker too


class Speaks:
    """A model that says something before it asks for a tool, in chunks, and counts what it has said."""

    def __init__(self) -> None:
        self.said = 0

    def __call__(self, messages: list[Message]) -> Iterator[AIMessageChunk]:
        for chunk in self.chunks(messages):
            self.said += 1
            yield chunk

    def chunks(self, messages: list[Message]) -> list[AIMessageChunk]:
        usage: UsageMetadata = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
        if len(messages) > 1:
            texts = ["It", " is ", messages[-1].text]
            return [*(AIMessageChunk(content=text) for text in texts), AIMessageChunk(content="", usage_metadata=usage)]
        return [
            AIMessageChunk(content="Let me "),
            AIMessageChunk(content="see."),
            AIMessageChunk(
                content="",
                tool_call_chunks=[{"name": "add", "args": '{"x": 1, "y": 2}', "id": "a", "index": 0}],
                usage_metadata=usage,
            ),
        ]


def test_only_the_last_reply_is_the_answer() -> None:
    for mode in (tool_loop(chat_model(Speaks()), [add]), tool_loop(chat_model(Speaks()), [add], at_once=False)):
        assert mode.invoke("1 + 2?").text == "It is 3"
        assert "".join(chunk.text for chunk in mode.stream("1 + 2?")) == "It is 3"


def test_at_once_all_that_the_model_says_is_the_answer() -> None:
    program = tool_loop(chat_model(Speaks()), [add], at_once=True)
    expected = "Let me see.\n\nIt is 3"
    whole = program.invoke("1 + 2?")
    assert (whole.text, whole.tool_calls, type(whole)) == (expected, [], AIMessage)
    assert whole.usage_metadata == {"input_tokens": 2, "output_tokens": 4, "total_tokens": 6}

    async def asynchronously() -> tuple[AIMessage, list[AIMessage]]:
        return await program.ainvoke("1 + 2?"), [chunk async for chunk in program.astream("1 + 2?")]

    awaited, chunks = asyncio.run(asynchronously())
    for found in (list(program.stream("1 + 2?")), chunks):
        assert [chunk.text for chunk in found if chunk.text] == ["Let me ", "see.", "\n\n", "It", " is ", "3"]
        assert AI_MESSAGES.join(found).__finish__() == whole
    assert awaited == whole


def test_at_once_a_chunk_leaves_when_it_comes() -> None:
    speaks = Speaks()
    chunks = tool_loop(chat_model(speaks), [add], at_once=True).stream("1 + 2?")
    assert (next(chunks).text, speaks.said) == ("Let me ", 1)
    chunks.close()
    assert speaks.said == 1


def test_at_once_a_model_that_answers_in_one_turn() -> None:
    program = tool_loop(scripted_chat_model(["Hello there."]), [add], at_once=True)
    assert [chunk.text for chunk in program.stream("hi")] == ["Hello", " there."]
    model = extractive_chat_model()
    assert tool_loop(model, [add], at_once=True) == tool_loop(model, [add], at_once=True) != tool_loop(model, [add])
