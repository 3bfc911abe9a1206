"""Prompts beside ``str.format``; a chain of prompt, model and parser beside the peer's."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import workloads
from benchmarks.bench import Bench
from benchmarks.checks import agree
from benchmarks.figures import Figure
from benchmarks.measure import calls
from runlaw import Runnable
from runlaw.components import chat_prompt, prompt, scripted_chat_model, str_parser

VALUES: dict[str, object] = {"topic": "bears", "place": "the woods"}
TOKENS = 1000


def prompts(bench: Bench) -> Iterator[Figure]:
    """Formatting, in a run of its own, beside the bare method of the text; for messages, beside a list of them."""
    template = workloads.TEMPLATE

    def plain(values: dict[str, object]) -> str:
        return template.format(**values)

    def plain_messages(values: dict[str, object]) -> list[tuple[str, str]]:
        return [("human", template.format(**values))]

    text, chat = prompt(template), chat_prompt(template)
    agree(text.invoke(VALUES).text, plain(VALUES))
    agree(chat.invoke(VALUES).messages[0].text, plain(VALUES))
    yield bench.beside_plain("prompt, beside str.format", calls(text.invoke, VALUES), calls(plain, VALUES), 3.0)
    name = "chat_prompt, beside str.format in a list of messages"
    yield bench.beside_plain(name, calls(chat.invoke, VALUES), calls(plain_messages, VALUES), 3.0)


def chain_of(reply: list[str]) -> Runnable[dict[str, object], str]:
    return chat_prompt(workloads.TEMPLATE) | scripted_chat_model([reply]) | str_parser()


def chains(bench: Bench) -> Iterator[Figure]:
    """``chat_prompt | scripted model | str_parser``, per call and per streamed token."""
    one = chain_of(["Hello"])
    agree(one.invoke(VALUES), "Hello")
    peer = bench.peer_timer("chat_chain", 1)
    yield bench.faster_than_peer("chat chain, invoke: times less than the peer", calls(one.invoke, VALUES), peer, 20)
    tokens = bench.size(TOKENS)
    many = chain_of(["x"] * tokens)
    agree("".join(many.stream(VALUES)), "x" * tokens)

    def stream(values: dict[str, object]) -> Iterator[str]:
        return many.stream(values)

    ours = calls(workloads.drained(stream), VALUES)
    peer = bench.peer_timer("chat_chain_stream", tokens)
    name = f"chat chain, stream of {tokens:,} tokens: times less than the peer"
    yield bench.faster_than_peer(name, ours, peer, 10, per=tokens)
