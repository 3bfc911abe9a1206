"""Uses of Runnables that every checker must accept, with exactly these types."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from typing import Literal, assert_type

from pydantic import TypeAdapter

from runlaw import Runnable, identity, lift, parallel, pipe
from runlaw.events import RunEnded, RunStarted
from runlaw.events.state import RunLog, RunLogPatch
from runlaw.events.stream_types import StreamEventV1, StreamEventV2
from tests.typing.parts import (
    Animal,
    Cat,
    Point,
    adopt,
    describe,
    double,
    half,
    later_size,
    norm,
    pet,
    point,
    positive,
    show,
    size,
)

r = lift(show)
flag = positive(1)
run_types: list[Literal["llm", "tool"]] = ["llm"]
function: Callable[[int], str] = r
wider_output: Runnable[int, object] = r
narrower_input: Runnable[bool, str] = r
both: Runnable[Cat, Animal] = pipe(pet, adopt)

assert_type(r(3), str)
assert_type(r.invoke(3), str)
assert_type(r.invoke(3, {"tags": ["a"]}), str)
assert_type(r.invoke(3, config={"run_name": "x", "metadata": {"a": 1}}), str)
assert_type(r.stream(3), Generator[str, None, None])
assert_type(r.astream(3), AsyncGenerator[str, None])
assert_type(r.transform([3]), Generator[str, None, None])
assert_type(r.atransform([3]), AsyncGenerator[str, None])
assert_type(r.batch([1, 2]), list[str])
assert_type(r.batch({1, 2}), list[str])
assert_type(r.batch([1, 2], {"max_concurrency": 2}), list[str])
assert_type(r.batch([1, 2], [{"tags": ["a"]}, {}]), list[str])
assert_type(r.batch([1, 2], return_exceptions=False), list[str])
assert_type(r.batch([1, 2], return_exceptions=True), list[str | Exception])
assert_type(r.batch([1, 2], return_exceptions=flag), list[str | Exception])
assert_type(r.batch_as_completed([1, 2]), Generator[tuple[int, str], None, None])
assert_type(r.batch_as_completed([1, 2], return_exceptions=True), Generator[tuple[int, str | Exception], None, None])
assert_type(r.batch_as_completed([1], return_exceptions=flag), Generator[tuple[int, str | Exception], None, None])
assert_type(r.abatch_as_completed([1, 2]), AsyncGenerator[tuple[int, str], None])
assert_type(r.abatch_as_completed([1], return_exceptions=True), AsyncGenerator[tuple[int, str | Exception], None])
assert_type(r.name, str)
assert_type(r == lift(show), bool)
assert_type(r.map_batch(), Runnable[Sequence[int], list[str]])
assert_type(r.map_batch(max_concurrency=3), Runnable[Sequence[int], list[str]])
assert_type(r.with_config(run_name="x"), Runnable[int, str])
assert_type(r.with_config({"tags": ["a"]}, max_concurrency=2), Runnable[int, str])
assert_type(r.with_retry(on=(ValueError,), delays=[0.5]), Runnable[int, str])
assert_type(r.with_fallbacks(show, describe, r), Runnable[int, str])
assert_type(r.with_timeout(2), Runnable[int, str])
assert_type(r.with_types(input=bool), Runnable[bool, str])
assert_type(r.with_types(output=object), Runnable[int, object])
assert_type(r.with_types(input=bool, output=TypeAdapter(object)), Runnable[bool, object])
assert_type(r.with_validation(), Runnable[int, str])
assert_type(r.with_validation(strict=True), Runnable[int, str])
assert_type(r.with_listeners(on_end=lambda event: print(event.output)), Runnable[int, str])
assert_type(r.pipe(size, half), Runnable[int, float])
assert_type(lift(later_size).invoke("a"), int)
assert_type(pipe(show, lift(later_size)).invoke(3), int)
assert_type(parallel(show, half).invoke(3), tuple[str, float])
assert_type({"x": double} | lift(len), Runnable[int, int])
assert_type({"x": double, "y": double} | lift(norm), Runnable[int, int])
assert_type(lift(point) | norm, Runnable[int, int])


assert_type(identity(size("a")), int)
assert_type(identity.invoke(show(3)), str)
assert_type(identity.invoke(Point(x=1, y=2)), Point)
assert_type(identity.batch([1, 2]), list[int])
assert_type(identity.batch(["a"], return_exceptions=True), list[str | Exception])
assert_type(identity.stream(show(3)), Generator[str, None, None])
assert_type(identity.astream(half(3)), AsyncGenerator[float, None])
assert_type(identity.transform(["a"]), Generator[str, None, None])
assert_type(identity | show, Runnable[int, str])
assert_type(identity | r, Runnable[int, str])
assert_type(show | identity, Runnable[int, str])
assert_type(identity.pipe(show, size), Runnable[int, int])
assert_type(pipe(identity, show), Runnable[int, str])
assert_type(pipe(identity, identity, show), Runnable[int, str])
assert_type(parallel(identity, show), Runnable[int, tuple[int, str]])
assert_type(identity.with_config(tags=["a"]).invoke(show(3)), str)
assert_type(identity.with_types(input=int), Runnable[int, int])
assert_type(identity.name, str)
assert_type(r.stream_log(3), Generator[RunLogPatch, None, None])
assert_type(r.stream_log(3, diff=True, include_names=["show"]), Generator[RunLogPatch, None, None])
assert_type(r.stream_log(3, diff=False), Generator[RunLog, None, None])
assert_type(r.astream_log(3), AsyncGenerator[RunLogPatch, None])
assert_type(r.astream_log(3, diff=False, final_output="end"), AsyncGenerator[RunLog, None])
assert_type(r.stream_events(3), Generator[StreamEventV2, None, None])
assert_type(r.stream_events(3, version="v2", exclude_tags=["a"]), Generator[StreamEventV2, None, None])
assert_type(r.stream_events(3, include_types=["llm", "chain"]), Generator[StreamEventV2, None, None])
assert_type(r.stream_log(3, exclude_types=("tool",)), Generator[RunLogPatch, None, None])
assert_type(r.stream_events(3, include_types=run_types), Generator[StreamEventV2, None, None])
assert_type(r.stream_events(3, version="v1"), Generator[StreamEventV1, None, None])
assert_type(r.astream_events(3), AsyncGenerator[StreamEventV2, None])
assert_type(identity.stream_log(show(3), diff=False), Generator[RunLog, None, None])
assert_type(identity.stream_events(show(3)), Generator[StreamEventV2, None, None])
assert_type(r.input_schema, TypeAdapter[int])
assert_type(r.output_schema, TypeAdapter[str])
assert_type(parallel(show, half).output_schema, TypeAdapter[tuple[str, float]])
assert_type(r.input_schema.validate_python("3"), int)


def start(event: RunStarted) -> None:
    print(event.name)


def end(event: RunEnded) -> None:
    print(event.output)


assert_type(r.with_listeners(on_start=start, on_end=end), Runnable[int, str])


async def in_a_loop() -> None:
    assert_type(await r.ainvoke(3), str)
    assert_type(await r.abatch([1, 2]), list[str])
    assert_type(await r.abatch([1, 2], return_exceptions=True), list[str | Exception])
    assert_type(await r.abatch([1, 2], return_exceptions=flag), list[str | Exception])
    assert_type(await identity.ainvoke(size("a")), int)
    assert_type(await identity.abatch([3]), list[int])
    assert_type([chunk async for chunk in r.astream(3)], list[str])
    assert_type([index async for index, _ in r.abatch_as_completed([3])], list[int])


asyncio.run(in_a_loop())
