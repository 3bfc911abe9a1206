"""The same work done by langchain-core, run by the peer's interpreter: ``python -m benchmarks.peer_langchain``.

Prints its version, then answers each line ``[work, sizes, count]`` with the seconds that it took.
Every run is untraced: the caller clears the environment of tracing.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

from benchmarks import workloads
from benchmarks.measure import Timer, awaits, calls


def runnables() -> Any:  # Any: the peer is not installed where this file is type-checked
    return import_module("langchain_core.runnables")


def sequence(steps: list[Any]) -> Any:  # Any: as above
    return steps[0] if len(steps) == 1 else runnables().RunnableSequence(*steps)


def functions(steps: list[Any]) -> Any:  # Any: as above
    return sequence([runnables().RunnableLambda(step) for step in steps])


def call(steps: int) -> Timer:
    return calls(functions(workloads.lambdas(steps)).invoke, 0)


def acall(steps: int) -> Timer:
    return awaits(functions(workloads.coroutines(steps)).ainvoke, 0)


def acall_quick(steps: int) -> Timer:
    return awaits(functions(workloads.lambdas(steps)).ainvoke, 0)


def observed(steps: int) -> Timer:
    chain = functions(workloads.lambdas(steps))
    handler = import_module("langchain_core.callbacks").BaseCallbackHandler()
    return calls(lambda x: chain.invoke(x, {"callbacks": [handler]}), 0)


def generators(chunks: int, transforms: int) -> Any:  # Any: as above
    def source(inputs: Iterator[int]) -> Generator[str, None, None]:
        for _ in inputs:
            pass
        for _ in range(chunks):
            yield workloads.CHUNK

    generator = runnables().RunnableGenerator
    return sequence([generator(source), *(generator(workloads.forward) for _ in range(transforms))])


def async_generators(chunks: int, transforms: int) -> Any:  # Any: as above
    async def source(inputs: AsyncIterator[int]) -> AsyncGenerator[str, None]:
        async for _ in inputs:
            pass
        for _ in range(chunks):
            yield workloads.CHUNK

    generator = runnables().RunnableGenerator
    return sequence([generator(source), *(generator(workloads.async_forward) for _ in range(transforms))])


def stream(chunks: int, transforms: int) -> Timer:
    return calls(workloads.drained(generators(chunks, transforms).stream), 0)


def astream(chunks: int, transforms: int) -> Timer:
    return awaits(workloads.async_drained(async_generators(chunks, transforms).astream), 0)


def first(chunks: int, transforms: int) -> Timer:
    return calls(workloads.first(generators(chunks, transforms).stream), 0)


def afirst(chunks: int, transforms: int) -> Timer:
    return awaits(workloads.async_first(async_generators(chunks, transforms).astream), 0)


def events(chunks: int) -> Timer:
    chain = async_generators(chunks, 0)
    return awaits(workloads.async_drained(lambda x: chain.astream_events(x, version="v2")), 0)


def log(chunks: int) -> Timer:
    return awaits(workloads.async_drained(async_generators(chunks, 0).astream_log), 0)


def states(chunks: int) -> Timer:
    chain = async_generators(chunks, 0)

    async def drain(x: int) -> None:
        async for state in chain.astream_log(x, diff=False):
            len(state.state["streamed_output"])

    return awaits(drain, 0)


def batch(items: int) -> Timer:
    return calls(functions(workloads.lambdas(1)).batch, list(range(items)))


def abatch(items: int) -> Timer:
    return awaits(functions(workloads.coroutines(1)).abatch, list(range(items)))


def threads(items: int, limit: int) -> Timer:
    chain = functions(workloads.lambdas(1))
    return calls(lambda xs: chain.batch(xs, {"max_concurrency": limit}), list(range(items)))


def waiting(items: int, limit: int) -> Timer:
    chain = functions([workloads.wait])
    return calls(lambda xs: chain.batch(xs, {"max_concurrency": limit}), list(range(items)))


def parallel(branches: int) -> Timer:
    steps = workloads.lambdas(branches)
    return calls(runnables().RunnableParallel({f"k{i}": step for i, step in enumerate(steps)}).invoke, 0)


def aparallel(branches: int) -> Timer:
    steps = workloads.coroutines(branches)
    named = {f"k{i}": runnables().RunnableLambda(step) for i, step in enumerate(steps)}
    return awaits(runnables().RunnableParallel(named).ainvoke, 0)


def chat_chain_of(reply: str) -> Any:  # Any: as above
    prompts = import_module("langchain_core.prompts")
    models = import_module("langchain_core.language_models.fake_chat_models")
    parsers = import_module("langchain_core.output_parsers")
    template = prompts.ChatPromptTemplate.from_template(workloads.TEMPLATE)
    return template | models.FakeListChatModel(responses=[reply]) | parsers.StrOutputParser()


def chat_chain(_: int) -> Timer:
    return calls(chat_chain_of("Hello").invoke, {"topic": "bears", "place": "the woods"})


def chat_chain_stream(tokens: int) -> Timer:
    drained = workloads.drained(chat_chain_of("x" * tokens).stream)  # its model gives letter by letter
    return calls(drained, {"topic": "bears", "place": "the woods"})


WORK: dict[str, Callable[..., Timer]] = {
    work.__name__: work
    for work in (
        call, acall, acall_quick, observed, stream, astream, first, afirst, events, log, states,
        batch, abatch, threads, waiting, parallel, aparallel,
        chat_chain, chat_chain_stream,
    )
}  # fmt: skip


def main() -> None:
    runnables()
    warnings.simplefilter("ignore")  # after the import, which sets filters of its own
    logging.disable()
    timer = cache(lambda work, *sizes: WORK[work](*sizes))
    print(f"langchain-core {version('langchain-core')}", flush=True)
    for request in sys.stdin:
        work, sizes, count = json.loads(request)
        print(timer(work, *sizes)(count), flush=True)


if __name__ == "__main__":
    main()
