"""All ways of running a program over one value, each as a function to an outcome."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any, TypeVar

from runlaw.interpret.reference import Outcome, reference_sums
from runlaw.kernel.config import RunConfig
from runlaw.laws.outcomes import observe
from runlaw.runnable import Runnable

T = TypeVar("T")
Program = Runnable[Any, Any]  # Any: of whatever types
Way = Callable[[Program, Any], Outcome]  # Any: what the program takes


def run_async(work: Awaitable[T]) -> T:
    """Run a coroutine on an event loop of its own, on which it must leave no task.

    Raises:
        RuntimeError: A task was left behind.
    """

    async def main() -> T:
        try:
            return await work
        finally:
            left = asyncio.all_tasks() - {asyncio.current_task()}
            if left:
                raise RuntimeError(f"the run left tasks behind: {left}")

    return asyncio.run(main())


async def collect(chunks: AsyncIterator[T]) -> list[T]:
    """All chunks of an async iterator."""
    return [chunk async for chunk in chunks]


async def asynchronously(chunks: Iterable[T]) -> AsyncIterator[T]:
    """A sync iterable as an async iterator."""
    for chunk in chunks:
        yield chunk


def total(program: Program, value: Any, chunks: list[Any]) -> Any:  # Any: what the program takes and gives
    """What the chunks that a program gave of a value add up to."""
    return reference_sums(program, value).total(chunks)


def chunks_of(program: Program, value: Any, config: RunConfig | None = None) -> list[Any]:  # Any: as in total
    """The chunks of ``stream``."""
    return list(program.stream(value, config))


def achunks_of(program: Program, value: Any, config: RunConfig | None = None) -> list[Any]:  # Any: as in total
    """The chunks of ``astream``."""
    return run_async(collect(program.astream(value, config)))


VALUES: dict[str, Callable[[Program, Any], Any]] = {  # Any: what the program takes and gives
    "invoke": lambda r, x: r.invoke(x),
    "call": lambda r, x: r(x),
    "ainvoke": lambda r, x: run_async(r.ainvoke(x)),
    "batch": lambda r, x: r.batch([x])[0],
    "abatch": lambda r, x: run_async(r.abatch([x]))[0],
    "batch_as_completed": lambda r, x: dict(r.batch_as_completed([x]))[0],
    "abatch_as_completed": lambda r, x: dict(run_async(collect(r.abatch_as_completed([x]))))[0],
}
"""Ways that give the value itself."""

STREAMS: dict[str, Callable[[Program, Any], list[Any]]] = {  # Any: what the program takes and gives
    "stream": chunks_of,
    "astream": achunks_of,
    "transform": lambda r, x: list(r.transform(iter([x]))),
    "atransform": lambda r, x: run_async(collect(r.atransform(asynchronously([x])))),
}
"""Ways that give chunks."""


def transformed(program: Program, chunks: Iterable[Any], asynchronous: bool) -> list[Any]:  # Any: chunks
    """The chunks of ``transform`` or ``atransform``."""
    if asynchronous:
        return run_async(collect(program.atransform(asynchronously(chunks))))
    return list(program.transform(iter(chunks)))


def run(way: str, program: Program, value: Any) -> Outcome:  # Any: what the program takes
    """The outcome of running a program in a way: its value, or what its chunks add up to, or its error."""
    if way in VALUES:
        return observe(lambda: VALUES[way](program, value))
    return observe(lambda: total(program, value, STREAMS[way](program, value)))
