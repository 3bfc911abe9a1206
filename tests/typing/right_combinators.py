"""Combinators that every checker must accept, with exactly these types."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import assert_type

from pydantic import TypeAdapter
from returns.result import Result

from runlaw import (
    Runnable,
    attempt,
    branch,
    exponential,
    fixed,
    lift,
    lift_stream,
    map_batch,
    parallel,
    pipe,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
    with_validation,
)
from runlaw.events import RunEnded, RunStarted
from tests.typing.parts import (
    Animal,
    Point,
    adopt,
    blank,
    chars,
    describe,
    double,
    half,
    later_size,
    maybe,
    point,
    positive,
    shout,
    show,
    size,
    words,
)

assert_type(parallel(show), Runnable[int, tuple[str]])
assert_type(parallel(show, half), Runnable[int, tuple[str, float]])
assert_type(parallel(lift(show), half), Runnable[int, tuple[str, float]])
assert_type(parallel(show, half, double), Runnable[int, tuple[str, float, int]])
assert_type(parallel(show, half, double, positive), Runnable[int, tuple[str, float, int, bool]])
assert_type(parallel(show, show, show, show, half), Runnable[int, tuple[str, str, str, str, float]])
assert_type(parallel(size, size, size, size, words, shout), Runnable[str, tuple[int, int, int, int, list[str], str]])
assert_type(
    parallel(show, half, show, half, show, half, point), Runnable[int, tuple[str, float, str, float, str, float, Point]]
)
assert_type(
    parallel(show, half, show, half, show, half, double, positive),
    Runnable[int, tuple[str, float, str, float, str, float, int, bool]],
)
assert_type(parallel(lift(later_size), size), Runnable[str, tuple[int, int]])
assert_type(parallel(pipe(show, size), half), Runnable[int, tuple[int, float]])
assert_type(parallel(parallel(show, half), double), Runnable[int, tuple[tuple[str, float], int]])
assert_type(map_batch(show), Runnable[Sequence[int], list[str]])
assert_type(map_batch(lift(show)), Runnable[Sequence[int], list[str]])
assert_type(map_batch(show, max_concurrency=2), Runnable[Sequence[int], list[str]])
assert_type(map_batch(show, executor=ThreadPoolExecutor()), Runnable[Sequence[int], list[str]])
assert_type(map_batch(map_batch(show)), Runnable[Sequence[Sequence[int]], list[list[str]]])
assert_type(pipe(words, map_batch(size), len), Runnable[str, int])
assert_type(branch((positive, show), default=show), Runnable[int, str])
assert_type(branch((positive, show), default=half), Runnable[int, str | float])
assert_type(branch((positive, show), default=double), Runnable[int, str | int])
assert_type(branch((positive, show), (positive, half), default=point), Runnable[int, str | float | Point])
assert_type(branch((positive, show), (positive, show), default=show), Runnable[int, str])
assert_type(
    branch((positive, show), (positive, half), (positive, double), default=point),
    Runnable[int, str | float | int | Point],
)
assert_type(
    branch((positive, show), (positive, half), (positive, double), (positive, point), default=pipe(show, words)),
    Runnable[int, str | float | int | Point | list[str]],
)
assert_type(
    branch((positive, show), (positive, show), (positive, show), (positive, show), (positive, show), default=show),
    Runnable[int, str],
)
assert_type(branch((blank, size), default=maybe), Runnable[str, int | None])
assert_type(branch((lift(blank), lift(size)), default=size), Runnable[str, int])
assert_type(branch((lambda n: n > 0, show), default=show), Runnable[int, str])  # gap: ty
assert_type(branch((positive, show), default=lambda n: str(n)), Runnable[int, str])  # gap: ty
assert_type(attempt(size), Runnable[str, Result[int, Exception]])
assert_type(attempt(lift(size)), Runnable[str, Result[int, Exception]])
assert_type(attempt(size, on=(ValueError,)), Runnable[str, Result[int, ValueError]])
assert_type(attempt(size, on=(OSError,)), Runnable[str, Result[int, OSError]])
assert_type(pipe(show, attempt(size)), Runnable[int, Result[int, Exception]])
assert_type(with_retry(show), Runnable[int, str])
assert_type(with_retry(show, on=(ValueError, OSError)), Runnable[int, str])
assert_type(with_retry(show, delays=[0.1, 1]), Runnable[int, str])
assert_type(with_retry(show, delays=exponential(attempts=2)), Runnable[int, str])
assert_type(with_retry(show, on=(ValueError,), delays=fixed(0.1, attempts=2)), Runnable[int, str])
assert_type(with_fallbacks(show, show), Runnable[int, str])
assert_type(with_fallbacks(show, describe, on=(ValueError,)), Runnable[int, str])
assert_type(with_fallbacks(lift(show), show, lift(show)), Runnable[int, str])
assert_type(with_timeout(show, 1.5), Runnable[int, str])
assert_type(with_timeout(show, 1), Runnable[int, str])
assert_type(with_config(show, {"tags": ["a"]}), Runnable[int, str])
assert_type(with_config(show, run_name="x", tags=["a"], metadata={"a": 1}), Runnable[int, str])
assert_type(with_config(show, max_concurrency=3), Runnable[int, str])
assert_type(with_config(lift(show), {"run_name": "x"}, tags=["a"]), Runnable[int, str])
assert_type(with_config(show, listeners=[print]), Runnable[int, str])


def on_start(event: RunStarted) -> None:
    print(event.name)


def on_end(event: RunEnded) -> None:
    print(event.output)


assert_type(with_listeners(show, on_start=on_start, on_end=on_end), Runnable[int, str])
assert_type(with_listeners(show, on_error=print), Runnable[int, str])
assert_type(with_listeners(show, on_end=lambda event: print(event.output)), Runnable[int, str])
assert_type(with_types(show, input=bool), Runnable[bool, str])
assert_type(with_types(show, output=object), Runnable[int, object])
assert_type(with_types(show, input=bool, output=object), Runnable[bool, object])
assert_type(with_types(show, input=TypeAdapter(bool)), Runnable[bool, str])
assert_type(with_types(adopt, output=Animal), Runnable[str, Animal])
assert_type(with_types(show, output=TypeAdapter(str)), Runnable[int, str])
assert_type(with_types(lambda x: x, input=int, output=int), Runnable[int, int])
assert_type(with_types(lambda x: x, input=int, output=str), Runnable[int, str])
assert_type(with_types(lambda x: [x], input=int, output=TypeAdapter(list[str])), Runnable[int, list[str]])
assert_type(pipe(show, with_types(lambda x: x, input=str, output=int)), Runnable[int, int])
assert_type(with_validation(show), Runnable[int, str])
assert_type(with_validation(show, strict=True), Runnable[int, str])
assert_type(pipe(with_retry(show), with_timeout(size, 1)), Runnable[int, int])
assert_type(pipe(parallel(show, half), lambda pair: pair[0]), Runnable[int, str])  # gap: mypy
assert_type(pipe(lift_stream(chars), with_config(shout, tags=["a"])), Runnable[str, str])
