"""The table of stream events, row by row."""

from typing import assert_never
from uuid import UUID

import pytest

from runlaw.events import stream_event as module
from runlaw.events.event import Custom, Event, RunEnded, RunFailed, RunStarted, RunStreamed
from runlaw.events.run_info import RunInfo
from runlaw.events.stream_event import register_input_shape, stream_event
from runlaw.events.stream_types import StreamEventV1, StreamEventV2, StreamVersion
from runlaw.kernel.nodes import RunType

ROOT = UUID(int=1)
BOTH: list[StreamVersion] = ["v1", "v2"]


class Message:
    def __init__(self, text: str) -> None:
        self.text = text


class PromptValue:
    def __init__(self, *messages: Message) -> None:
        self.messages = list(messages)


SYSTEM, HUMAN, REPLY, CHUNK = Message("be brief"), Message("hello"), Message("Hello!"), Message("Hel")


def run_of(run_type: RunType) -> RunInfo:
    return RunInfo(UUID(int=2), (ROOT,), "it", run_type, ("t",), {"k": 1})


@pytest.fixture(autouse=True)
def no_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is registered, whatever other tests have imported."""
    monkeypatch.setattr(module, "_INPUT_SHAPES", {})


def told(event: Event, version: StreamVersion, *, root: bool = False) -> tuple[str, object]:
    one = stream_event(event, version, root=root)
    assert one is not None
    return one["event"], one["data"]


@pytest.mark.parametrize("version", BOTH)
def test_chain_at_the_root(version: StreamVersion) -> None:
    run = run_of("chain")
    assert told(RunStarted(run, 0, "x"), version, root=True) == ("on_chain_start", {"input": "x"})
    assert told(RunStreamed(run, 0, "c"), version, root=True) == ("on_chain_stream", {"chunk": "c"})
    assert told(RunEnded(run, 0, "y", "x"), version, root=True) == ("on_chain_end", {"output": "y"})


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize("kind", ["chain", "parser"])
def test_chains_and_parsers_fed_by_a_stream(kind: RunType, version: StreamVersion) -> None:
    run = run_of(kind)
    assert told(RunStarted(run, 0), version) == (f"on_{kind}_start", {})
    assert told(RunStreamed(run, 0, "c"), version) == (f"on_{kind}_stream", {"chunk": "c"})
    assert told(RunEnded(run, 0, "y", "x"), version) == (f"on_{kind}_end", {"output": "y", "input": "x"})
    assert told(RunEnded(run, 0, "y", None), version) == (f"on_{kind}_end", {"output": "y", "input": None})
    assert told(RunEnded(run, 0, "y"), version) == (f"on_{kind}_end", {"output": "y"})


@pytest.mark.parametrize("version", BOTH)
def test_prompts_have_no_stream_event(version: StreamVersion) -> None:
    run = run_of("prompt")
    variables = {"question": "hello"}
    assert told(RunStarted(run, 0, variables), version) == ("on_prompt_start", {"input": variables})
    assert stream_event(RunStreamed(run, 0, "prompt value"), version) is None
    end = RunEnded(run, 0, "prompt value", variables)
    assert told(end, version) == ("on_prompt_end", {"output": "prompt value", "input": variables})
    assert told(end, version, root=True) == told(end, version)


@pytest.mark.parametrize("given", [[SYSTEM, HUMAN], (SYSTEM, HUMAN), PromptValue(SYSTEM, HUMAN)])
@pytest.mark.parametrize("version", BOTH)
def test_chat_models(version: StreamVersion, given: object) -> None:
    run = run_of("chat_model")
    messages = {"messages": [[SYSTEM, HUMAN]]}
    assert told(RunStarted(run, 0, given), version) == ("on_chat_model_start", {"input": messages})
    assert told(RunStreamed(run, 0, CHUNK), version) == ("on_chat_model_stream", {"chunk": CHUNK})
    generations = {"generations": [[{"text": "Hello!", "message": REPLY}]], "llm_output": None}
    output = REPLY if version == "v2" else generations
    end = ("on_chat_model_end", {"output": output, "input": messages})
    assert told(RunEnded(run, 0, REPLY, given), version) == end


@pytest.mark.parametrize("version", BOTH)
def test_llms(version: StreamVersion) -> None:
    run = run_of("llm")
    assert told(RunStarted(run, 0, "hello"), version) == ("on_llm_start", {"input": "hello"})
    assert told(RunStreamed(run, 0, "Hello"), version) == ("on_llm_stream", {"chunk": "Hello"})
    end = ("on_llm_end", {"output": "Hello human!", "input": "hello"})
    assert told(RunEnded(run, 0, "Hello human!", "hello"), version) == end


def test_retrievers() -> None:
    run, documents = run_of("retriever"), ["document"]
    query = {"input": {"query": "hello"}}
    for version in BOTH:
        assert told(RunStarted(run, 0, "hello"), version) == ("on_retriever_start", query)
    chunk = {"chunk": {"documents": documents}}
    assert told(RunStreamed(run, 0, documents), "v1") == ("on_retriever_chunk", chunk)
    assert told(RunStreamed(run, 0, documents), "v2") == ("on_retriever_stream", chunk)
    end = RunEnded(run, 0, documents, "hello")
    assert told(end, "v1") == ("on_retriever_end", {"output": {"documents": documents}, **query})
    assert told(end, "v2") == ("on_retriever_end", {"output": documents, **query})


@pytest.mark.parametrize("version", BOTH)
def test_tools(version: StreamVersion) -> None:
    run, arguments = run_of("tool"), {"x": 1, "y": "2"}
    assert told(RunStarted(run, 0, arguments), version) == ("on_tool_start", {"input": arguments})
    assert told(RunStreamed(run, 0, arguments), version) == ("on_tool_stream", {"chunk": arguments})
    end = ("on_tool_end", {"output": arguments, "input": arguments})
    assert told(RunEnded(run, 0, arguments, arguments), version) == end


@pytest.mark.parametrize("version", BOTH)
@pytest.mark.parametrize("kind", ["chain", "llm", "chat_model", "prompt", "tool", "retriever", "parser"])
def test_errors_of_every_type(kind: RunType, version: StreamVersion) -> None:
    error = ValueError("no")
    assert told(RunFailed(run_of(kind), 0, error, "x"), version) == (f"on_{kind}_error", {"error": error})


@pytest.mark.parametrize("version", BOTH)
def test_custom_events_have_the_name_given_and_the_ids_of_the_run(version: StreamVersion) -> None:
    one = stream_event(Custom(run_of("tool"), 0, "half-way", {"done": 5}), version)
    assert one == {
        "event": "on_custom_event",
        "name": "half-way",
        "run_id": str(UUID(int=2)),
        "parent_ids": [] if version == "v1" else [str(ROOT)],
        "tags": ["t"],
        "metadata": {"k": 1},
        "data": {"done": 5},
    }


def test_the_shape_of_an_event() -> None:
    run = run_of("chain")
    assert stream_event(RunStreamed(run, 0, "c")) == {
        "event": "on_chain_stream",
        "name": "it",
        "run_id": "00000000-0000-0000-0000-000000000002",
        "parent_ids": ["00000000-0000-0000-0000-000000000001"],
        "tags": ["t"],
        "metadata": {"k": 1},
        "data": {"chunk": "c"},
    }
    v1 = stream_event(RunStreamed(run, 0, "c"), "v1")
    assert v1 is not None
    assert v1["parent_ids"] == []


def test_changing_an_event_changes_no_other() -> None:
    event = RunStreamed(run_of("chain"), 0, "c")
    first, second = stream_event(event), stream_event(event)
    assert first is not None
    first["tags"].append("!")
    first["parent_ids"].append("!")
    first["metadata"]["!"] = 1
    assert first != second == stream_event(event)


def test_a_registered_shape_says_what_the_input_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_INPUT_SHAPES", {})
    register_input_shape("chat_model", lambda value: [f"human: {value}"])
    register_input_shape("llm", str.upper)  # type: ignore[arg-type]  # its inputs are text here
    messages = {"input": {"messages": [["human: hi"]]}}
    assert told(RunStarted(run_of("chat_model"), 0, "hi"), "v2") == ("on_chat_model_start", messages)
    assert told(RunStarted(run_of("llm"), 0, "hi"), "v2") == ("on_llm_start", {"input": "HI"})
    assert told(RunStarted(run_of("llm"), 0), "v2") == ("on_llm_start", {})


def test_the_literals_tell_the_types_apart() -> None:
    def look(event: StreamEventV2) -> object:
        match event["event"]:
            case "on_chain_start" | "on_parser_start":
                return event["data"].get("input")
            case "on_chain_stream" | "on_parser_stream" | "on_tool_stream":
                return event["data"]["chunk"]
            case "on_chain_end" | "on_parser_end":
                return event["data"]["output"]
            case "on_prompt_start" | "on_tool_start":
                return event["data"]["input"]
            case "on_prompt_end" | "on_tool_end":
                return event["data"]["output"]
            case "on_llm_start":
                return event["data"]["input"].upper()
            case "on_llm_stream":
                return event["data"]["chunk"].upper()
            case "on_llm_end":
                return event["data"]["output"].upper()
            case "on_chat_model_start":
                return [message.text for message in event["data"]["input"]["messages"][0]]
            case "on_chat_model_stream":
                return event["data"]["chunk"].text
            case "on_chat_model_end":
                return event["data"]["output"].text
            case "on_retriever_start":
                return event["data"]["input"]["query"].upper()
            case "on_retriever_stream":
                return len(event["data"]["chunk"]["documents"])
            case "on_retriever_end":
                return len(event["data"]["output"])
            case (
                "on_chain_error"
                | "on_chat_model_error"
                | "on_llm_error"
                | "on_parser_error"
                | "on_prompt_error"
                | "on_retriever_error"
                | "on_tool_error"
            ):
                return str(event["data"]["error"])
            case "on_custom_event":
                return event["data"]
            case never:
                assert_never(never)

    chain, llm, chat, docs = (run_of("chain"), run_of("llm"), run_of("chat_model"), run_of("retriever"))
    events: list[Event] = [
        *(RunStarted(chain, 0), RunStreamed(chain, 0, "c"), RunEnded(chain, 0, "y")),
        *(RunStarted(llm, 0, "x"), RunStreamed(llm, 0, "c"), RunEnded(llm, 0, "y", "x")),
        *(RunStarted(chat, 0, [HUMAN]), RunStreamed(chat, 0, CHUNK), RunEnded(chat, 0, REPLY, [HUMAN])),
        *(RunStarted(docs, 0, "q"), RunStreamed(docs, 0, ["d"]), RunEnded(docs, 0, ["d", "e"], "q")),
        *(RunFailed(docs, 0, ValueError("no")), Custom(docs, 0, "n", 5)),
    ]
    seen = [look(one) for event in events if (one := stream_event(event)) is not None]
    assert seen == [None, "c", "y", "X", "C", "Y", ["hello"], "Hel", "Hello!", "Q", 1, 2, "no", 5]


def test_v1_has_types_of_its_own() -> None:
    def look(event: StreamEventV1) -> object:
        if event["event"] == "on_chat_model_end":
            return event["data"]["output"]["generations"][0][0]["text"]
        if event["event"] == "on_retriever_chunk":
            return len(event["data"]["chunk"]["documents"])
        if event["event"] == "on_retriever_end":
            return len(event["data"]["output"]["documents"])
        return None

    chat, docs = run_of("chat_model"), run_of("retriever")
    events: list[Event] = [
        RunEnded(chat, 0, REPLY, [HUMAN]),
        RunStreamed(docs, 0, ["d"]),
        RunEnded(docs, 0, ["d", "e"], "q"),
    ]
    assert [look(one) for event in events if (one := stream_event(event, "v1")) is not None] == ["Hello!", 1, 2]
