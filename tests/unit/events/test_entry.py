"""Entries of the log: what is told of runs of each type."""

from __future__ import annotations

from uuid import UUID

import pytest

from runlaw.events.entry import gives_at_once, logged_output, text_of
from runlaw.events.run_info import RunInfo
from runlaw.kernel.nodes import RunType


class Chunk:
    """What a chat model gives."""

    def __init__(self, text: object) -> None:
        self.text = text


def run(kind: RunType) -> RunInfo:
    return RunInfo(UUID(int=1), (), "r", kind, (), {})


@pytest.mark.parametrize("kind", ["prompt", "retriever"])
def test_prompts_and_retrievers_give_their_output_at_once(kind: RunType) -> None:
    assert gives_at_once(run(kind)) is True


@pytest.mark.parametrize("kind", ["chain", "llm", "chat_model", "tool", "parser"])
def test_others_do_not(kind: RunType) -> None:
    assert gives_at_once(run(kind)) is False


def test_documents_of_a_retriever_have_a_name() -> None:
    assert logged_output(run("retriever"), ["d"]) == {"documents": ["d"]}
    assert logged_output(run("chain"), ["d"]) == ["d"]


def test_texts_of_chunks() -> None:
    assert text_of(run("chain"), "a") == "a"
    assert text_of(run("chat_model"), Chunk("a")) == "a"
    assert text_of(run("chat_model"), Chunk(3)) is None
    assert text_of(run("chat_model"), 3) is None
    assert text_of(run("chain"), Chunk("a")) is None
