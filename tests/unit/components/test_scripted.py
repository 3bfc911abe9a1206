"""The scripted model: replies in turn, in chunks, and failures on demand."""

import pickle
from typing import Any

import pytest

from runlaw.components import AIMessage, AIMessageChunk, BrokenReply, scripted_chat_model
from runlaw.components.scripted import Script


def contents(chunks: object) -> list[str]:
    assert isinstance(chunks, list)
    return [chunk.content for chunk in chunks]


def test_replies_come_in_turn_word_by_word() -> None:
    model = scripted_chat_model(["Hello brave world.", "Bye."])
    assert contents(list(model.stream("x"))) == ["Hello", " brave", " world."]
    assert model.invoke("x") == AIMessage(content="Bye.")
    assert model.invoke("x") == AIMessage(content="Hello brave world.")


def test_a_single_text_is_one_reply() -> None:
    assert scripted_chat_model("Hello world").batch(["a", "b"]) == [AIMessage(content="Hello world")] * 2


def test_chunks_may_be_given() -> None:
    chunks = ["", "H", "arrison", " worked", ""]
    model = scripted_chat_model([chunks])
    assert contents(list(model.stream("x"))) == chunks
    assert model.invoke("x").text == "Harrison worked"


def test_an_empty_reply_is_one_empty_chunk() -> None:
    model = scripted_chat_model("")
    assert list(model.stream("x")) == [AIMessageChunk(content="")]
    assert scripted_chat_model([[]]).invoke("x") == AIMessage(content="")


def test_a_message_keeps_all_it_says() -> None:
    message = AIMessage(
        content="Let me see",
        tool_calls=[{"name": "f", "args": {"x": 1}, "id": "1"}],
        id="m",
        response_metadata={"finish": "stop"},
    )
    model = scripted_chat_model([message, AIMessage(content=[{"type": "text", "text": "x"}])])
    chunks = list(model.stream("x"))
    assert contents(chunks) == ["Let", " me", " see", ""]
    assert model.invoke("x") == AIMessage(content=[{"type": "text", "text": "x"}])
    assert model.invoke("x") == message
    assert contents(list(scripted_chat_model([AIMessage(content="a b")]).stream("x"))) == ["a", " b"]


def test_failures_on_demand() -> None:
    model = scripted_chat_model([TimeoutError("slow"), BrokenReply("Hello brave world.", 2, ConnectionError("gone"))])
    with pytest.raises(TimeoutError, match="slow"):
        model.invoke("x")
    stream = model.stream("x")
    assert contents([next(stream), next(stream)]) == ["Hello", " brave"]
    with pytest.raises(ConnectionError, match="gone"):
        next(stream)
    with pytest.raises(TimeoutError, match="slow"):
        next(model.stream("x"))
    with pytest.raises(ConnectionError):
        model.invoke("x")


@pytest.mark.parametrize(
    ("replies", "error", "message"),
    [
        ([], ValueError, "a scripted chat model needs at least one reply"),
        (["a", 3], TypeError, "reply 1 of a scripted chat model must be a str, an AIMessage"),
        (3, TypeError, "a scripted chat model takes a text or a sequence of replies; got 3"),
        (BrokenReply("a", 1, OSError()), TypeError, "a scripted chat model takes a text or a sequence of replies"),
        ([[1]], TypeError, "reply 0 of a scripted chat model"),
        ([BrokenReply("a", -1, OSError())], ValueError, "can break off after zero or more chunks; got -1"),
        ([BrokenReply("a", 1, KeyboardInterrupt())], TypeError, "reply 0 of a scripted chat model"),  # type: ignore[arg-type]  # wrong on purpose
    ],
)
def test_what_is_no_script(replies: Any, error: type[Exception], message: str) -> None:  # Any: wrong on purpose
    with pytest.raises(error) as caught:
        scripted_chat_model(replies)
    assert message in str(caught.value)


def test_a_script_pickles_at_its_place() -> None:
    script = Script(["a", "b"])
    list(script([]))
    again = pickle.loads(pickle.dumps(script))
    assert contents(list(again([]))) == ["b"]
    assert (script.calls, again.calls) == (1, 2)
