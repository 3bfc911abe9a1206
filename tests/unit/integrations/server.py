"""An HTTP server on a free loopback port that gives prepared answers, and keeps the requests."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """A prepared answer: ``parts`` are sent one by one; with ``breaks`` the connection is then cut."""

    parts: Sequence[bytes]
    status: int = 200
    headers: Mapping[str, str] = {}
    pause: float = 0.0
    breaks: bool = False


class Asked(NamedTuple):
    """A request that came."""

    path: str
    headers: Mapping[str, str]
    body: Any  # Any: JSON


class Server:
    """Gives its answers in turn, the last one ever after."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers = list(answers)
        self.asked: list[Asked] = []
        self.url = ""
        self.closed_early = threading.Event()

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving(*answers: Answer) -> Iterator[Server]:
    served = Server(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            served.asked.append(Asked(self.path, dict(self.headers.items()), json.loads(self.rfile.read(length))))
            answer = served.next_answer()
            try:
                self._send(answer)
            except (BrokenPipeError, ConnectionResetError):
                served.closed_early.set()
                self.close_connection = True

        def do_GET(self) -> None:
            served.asked.append(Asked(self.path, dict(self.headers.items()), None))
            self._send(served.next_answer())

        def _send(self, answer: Answer) -> None:
            time.sleep(answer.pause if answer.status != 200 or not answer.headers.get("slow") else 0)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for part in answer.parts:
                self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                self.wfile.flush()
                time.sleep(answer.pause if answer.headers.get("slow") else 0)
            if answer.breaks:
                self.close_connection = True
                return
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_: object) -> None:
            pass

    class Patient(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that leaves is no error."""
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on as they came

    with Patient(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        served.url = f"http://127.0.0.1:{server.server_port}/v1"
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


def event(value: object) -> bytes:
    return f"data: {value if isinstance(value, str) else json.dumps(value)}\n\n".encode()


def delta(fields: Mapping[str, object], reason: str | None = None) -> dict[str, object]:
    """A part of a streamed chat answer."""
    choice = {"index": 0, "delta": fields, "finish_reason": reason}
    return {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def streamed(*parts: object, **more: Any) -> Answer:  # Any: fields of an Answer
    """A streamed answer, with its end."""
    headers = {"content-type": "text/event-stream", "x-request-id": "req-1", **more.pop("headers", {})}
    return Answer([*map(event, parts), event("[DONE]")], headers=headers, **more)


def said(*texts: str) -> Answer:
    """A streamed chat answer of these texts."""
    return streamed(delta({"role": "assistant", "content": ""}), *[delta({"content": text}) for text in texts], LAST)


def failed(status: int, message: str, headers: Mapping[str, str] | None = None, code: str | None = None) -> Answer:
    """A failure as the protocol tells it."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": code, "param": None}}).encode()
    return Answer([body], status, {"content-type": "application/json", "x-request-id": "req-7", **(headers or {})})


def whole(body: object) -> Answer:
    return Answer([json.dumps(body).encode()], headers={"content-type": "application/json", "x-request-id": "req-1"})


LAST = delta({}, "stop")
