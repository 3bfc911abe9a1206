"""What goes wrong with requests: the types of errors, what they say, and that no key shows anywhere."""

import asyncio
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from runlaw import Runnable, fixed
from runlaw.components import AIMessage, ChatInput
from runlaw.events import Event
from tests.unit.integrations.server import Answer, Server, delta, failed, said, serving, streamed

pytest.importorskip("openai", reason="the openai package is not installed")

from runlaw.integrations.openai import (  # after the check that it can be imported
    ApiError,
    BadRequest,
    ConnectionFailed,
    InvalidAnswer,
    NotAllowed,
    NotFound,
    RateLimited,
    ServerFailed,
    StreamBroken,
    TimedOut,
    TransientError,
    openai_chat_model,
    openai_embeddings,
    openai_llm,
)

KEY = "sk-very-secret"


def model(server: Server, **options: Any) -> Runnable[ChatInput, AIMessage]:  # Any: of all types
    return openai_chat_model("m", base_url=server.url, api_key=KEY, **options)


def failure(runnable: Runnable[ChatInput, object], asynchronous: bool) -> Exception:
    try:
        if asynchronous:
            asyncio.run(runnable.ainvoke("hi"))
        else:
            runnable.invoke("hi")
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, NotAllowed),
        (403, NotAllowed),
        (404, NotFound),
        (409, ServerFailed),
        (422, BadRequest),
        (429, RateLimited),
        (500, ServerFailed),
        (503, ServerFailed),
    ],
)
def test_statuses(status: int, kind: type[ApiError], asynchronous: bool) -> None:
    answer = failed(status, "it is so", {"retry-after": "7"}, "some_code")
    with serving(answer) as server:
        error = failure(model(server), asynchronous)
    assert type(error) is kind
    assert isinstance(error, ApiError)
    assert (error.status, error.code, error.request_id, error.retry_after) == (status, "some_code", "req-7", 7.0)
    assert "it is so" in str(error)
    assert f"(status {status}, code some_code, request id req-7)" in str(error)
    assert len(server.asked) == 1
    assert isinstance(error, TransientError) == (status in (409, 429, 500, 503))


@pytest.mark.parametrize("asynchronous", [False, True])
def test_no_server(asynchronous: bool) -> None:
    with serving(said("a")) as server:
        chat = model(server)
    error = failure(chat, asynchronous)
    assert type(error) is ConnectionFailed
    assert "was not reached" in str(error)


@pytest.mark.parametrize("asynchronous", [False, True])
def test_broken_streams(asynchronous: bool) -> None:
    for answer in (
        streamed(delta({"content": "a"}), breaks=True),
        Answer(streamed(delta({"content": "a"})).parts[:-1], headers={"x-request-id": "req-1"}),
    ):
        with serving(answer) as server:
            error = failure(model(server), asynchronous)
        assert type(error) is StreamBroken
        assert error.request_id == "req-1"


@pytest.mark.parametrize("asynchronous", [False, True])
def test_errors_in_the_middle_of_a_stream(asynchronous: bool) -> None:
    with serving(streamed(delta({"content": "a"}), {"error": {"message": "overloaded", "code": "busy"}})) as server:
        error = failure(model(server), asynchronous)
    assert type(error) is ServerFailed
    assert (str(error), error.request_id) == ("overloaded (code busy, request id req-1)", "req-1")


@pytest.mark.parametrize("asynchronous", [False, True])
def test_answers_that_are_no_json(asynchronous: bool) -> None:
    with serving(streamed("{oops")) as server:
        error = failure(model(server), asynchronous)
    assert type(error) is InvalidAnswer
    assert error.request_id == "req-1"


@pytest.mark.parametrize("asynchronous", [False, True])
def test_slow_answers(asynchronous: bool) -> None:
    slow = streamed(*[delta({"content": "a"})] * 5, pause=2.0, headers={"slow": "1"})
    with serving(slow) as server:
        error = failure(model(server, timeout=0.2), asynchronous)
    assert type(error) is TimedOut
    assert isinstance(error, TimeoutError)
    assert "within the timeout" in str(error)


def test_policies_try_again_and_the_client_does_not() -> None:
    patient = (failed(429, "slow down"), failed(500, "oops"), said("fine"))
    with serving(*patient) as server:
        chat = model(server)
        assert type(failure(chat, False)) is RateLimited
        assert len(server.asked) == 1
    with serving(*patient) as server:
        retried = model(server).with_retry(on=(TransientError,), delays=fixed(0, attempts=3))
        assert retried.invoke("hi").text == "fine"
        assert len(server.asked) == 3
    with serving(failed(400, "no"), said("fine")) as server:
        retried = model(server).with_retry(on=(TransientError,), delays=fixed(0, attempts=3))
        assert type(failure(retried, False)) is BadRequest
        assert len(server.asked) == 1


def test_a_fallback_takes_over() -> None:
    with serving(failed(503, "down")) as down, serving(said("fine")) as up:
        assert model(down).with_fallbacks(model(up)).invoke("hi").text == "fine"


class Seen(logging.Handler):
    """Keeps all that is logged, down to the last detail."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def seen() -> Iterator[Seen]:
    handler, root = Seen(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.setLevel(before)
    root.removeHandler(handler)


MAKERS: list[Callable[[Server], Runnable[Any, object]]] = [
    lambda server: openai_chat_model("m", base_url=server.url, api_key=KEY),
    lambda server: openai_chat_model("m", base_url=server.url, api_key=KEY, streaming=False),
    lambda server: openai_llm("m", base_url=server.url, api_key=KEY),
    lambda server: openai_embeddings("m", base_url=server.url, api_key=KEY),
]


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("make", MAKERS)
def test_keys_show_nowhere(make: Callable[[Server], Runnable[Any, object]], asynchronous: bool, seen: Seen) -> None:
    events: list[Event] = []
    with serving(failed(401, f"Incorrect API key provided: {KEY}")) as server:
        runnable = make(server)
        error = failure(runnable.with_config(listeners=[events.append]), asynchronous)
        log = [str(patch) for patch in runnable.with_fallbacks(runnable).batch(["hi"], return_exceptions=True)]
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    texts = [
        repr(runnable),
        repr(runnable.node),
        repr(vars(runnable.node)),
        str(error),
        repr(error),
        repr(vars(error)),
        "".join(traceback.format_exception(error)),
        *map(repr, events),
        *log,
        *seen.lines,
    ]
    assert error.__cause__ is None
    assert error.__context__ is None
    for text in texts:
        assert KEY not in text
    for dumped in (pickle.dumps(runnable), pickle.dumps(error)):
        assert KEY.encode() not in dumped
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), type(again)) == (str(error), type(error))


def test_a_pickled_model_uses_the_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(said("ok")) as server:
        again = pickle.loads(pickle.dumps(model(server)))
        monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
        again.invoke("hi")
        monkeypatch.delenv("OPENAI_API_KEY")
        again.invoke("hi")
    keys = [asked.headers["authorization"] for asked in server.asked]
    assert keys == ["Bearer sk-other", "Bearer none"]


def given_key() -> str:
    return "sk-given"


def test_where_keys_and_addresses_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(ValueError, match="there is no API key: set OPENAI_API_KEY"):
        openai_chat_model("m").invoke("hi")
    with serving(said("ok")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        openai_chat_model("m").invoke("hi")
        asked = pickle.loads(pickle.dumps(openai_chat_model("m", api_key=given_key)))
        asked.invoke("hi")
    assert [each.headers["authorization"] for each in server.asked] == ["Bearer none", "Bearer sk-given"]


def test_an_address_with_a_password_is_told_without_it() -> None:
    error = failure(openai_chat_model("m", base_url="http://user:pass@127.0.0.1:1/v1"), False)
    assert "127.0.0.1:1/v1 was not reached" in str(error)
    assert "pass" not in str(error)


def test_other_errors_stay_what_they_are() -> None:
    with serving(said("ok")) as server:
        error = failure(openai_llm("m", base_url=server.url, extra={"a": {1, 2}}), False)
    assert type(error) is TypeError


def test_secrets_in_headers_and_addresses_show_nowhere() -> None:
    headers = {"Authorization": f"Bearer {KEY}", "X-Api-Key": "other-secret", "X-Title": "tests"}
    with serving(failed(401, f"wrong: {KEY}, other-secret and pass-word")) as server:
        address = server.url.replace("http://", "http://me:pass-word@")
        asked = openai_chat_model("m", base_url=address, api_key="none-of-it", headers=headers)
        error = failure(asked, False)
        texts = [str(error), repr(error), "".join(traceback.format_exception(error)), repr(asked), repr(asked.node)]
        kept = pickle.dumps(asked)
        for secret in (KEY, "other-secret", "pass-word", "none-of-it"):
            assert secret.encode() not in kept
            assert [text for text in texts if secret in text] == []
        assert {"x-title", "authorization", "x-api-key"} <= {name.lower() for name in server.asked[0].headers}
        again = pickle.loads(kept)
        failure(again, False)
    sent = {name.lower(): value for name, value in server.asked[1].headers.items()}
    assert sent["x-title"] == "tests"
    assert "x-api-key" not in sent
    assert "'X-Title': '***'" in repr(asked.node)


def test_an_error_says_what_the_server_said() -> None:
    with serving(failed(400, "the model is too small", code="small")) as server:
        error = failure(model(server), False)
    assert str(error) == "the model is too small (status 400, code small, request id req-7)"
    with serving(Answer([b"<html>oops</html>"], 502, {"content-type": "text/html"})) as server:
        error = failure(model(server), False)
    assert str(error) == "the server told no reason (status 502)"
