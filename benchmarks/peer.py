"""The peer, in an interpreter of its own: the same timers, answered over a pipe."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType

from benchmarks.measure import Timer

ROOT = Path(__file__).resolve().parent.parent


class PeerError(Exception):
    """The peer's interpreter did not start, or could not do what was asked."""


class Peer:
    """langchain-core in the interpreter at ``python``; a context manager, the process ends with it."""

    def __init__(self, python: str) -> None:
        self.python = python
        traced = ("LANGSMITH", "LANGCHAIN")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(traced)}
        environment |= {"LANGSMITH_TRACING": "false", "LANGCHAIN_TRACING_V2": "false"}
        try:
            self._process = subprocess.Popen(
                [python, "-m", "benchmarks.peer_langchain"],
                cwd=ROOT,
                env=environment,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        except OSError as error:
            raise PeerError(f"--peer expects the path of a Python interpreter, got {python!r}: {error}") from error
        try:
            self.version = self._answer()
        except PeerError:
            self.close()
            raise

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._process.communicate()

    def timer(self, work: str, *sizes: int) -> Timer:
        """A timer of that work of the peer's; names and sizes are those of ``peer_langchain``."""

        def run(count: int) -> float:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps([work, sizes, count]) + "\n")
            self._process.stdin.flush()
            return float(self._answer())

        return run

    def _answer(self) -> str:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline().rstrip("\n")
        if not answer:
            raise PeerError(
                f"the peer's interpreter {self.python!r} gave no answer: it needs langchain-core; see its message above"
            )
        return answer
