"""Combinators that every checker must refuse."""

from __future__ import annotations

from returns.result import Result

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    exponential,
    fixed,
    lift,
    map_batch,
    parallel,
    pick,
    pipe,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
    with_validation,
)
from runlaw.events import RunStarted
from tests.typing.parts import add, blank, double, half, norm, point, positive, show, size, words


async def hear_later(event: RunStarted) -> None: ...


parallel()  # gap: mypy, pyrefly, pyright, ty
parallel(3)
parallel(show, 3)
parallel(show, size)  # gap: mypy, pyrefly, ty
parallel(lift(show), lift(size))  # gap: mypy, pyrefly, ty
parallel(lift(show), size)  # gap: mypy, pyrefly, ty
parallel(show, half, size)  # gap: mypy, pyrefly, ty
parallel(show, add)
parallel(a=3)
parallel(a=show, b=size)  # gap: mypy, pyrefly, ty
parallel(a=lift(show), b=lift(size))  # gap: mypy, pyrefly, ty
parallel(show, b=half)
parallel([show, half])
parallel(show, half).invoke("a")
parallel(show, half).invoke(3)[2]
parallel(a=show).invoke("a")  # runs
pipe(parallel(show, half), norm)
pipe(parallel(a=show), size)
map_batch(3)
map_batch(add)
map_batch(show, max_concurrency="2")
map_batch(show, executor=3)
map_batch(show).invoke(3)
map_batch(show).invoke(["a"])  # runs
pipe(size, map_batch(show))
pipe(words, map_batch(double))
pipe(words, map_batch(size), size)
branch(default=show)
branch((positive, show))
branch(show, default=show)
branch((positive, show, show), default=show)
branch((blank, show), default=show)  # gap: mypy, pyrefly, ty
branch((positive, size), default=show)  # gap: mypy, pyrefly, ty
branch((positive, show), default=size)  # gap: mypy, pyrefly, ty
branch((lift(positive), lift(show)), default=lift(size))  # gap: mypy, pyrefly, ty
branch((show, show), default=show)  # runs
branch((positive, show), default=3)
branch((positive, show), (blank, show), default=show)  # gap: mypy, pyrefly, ty
branch(("a", show), default=show)
pipe(branch((positive, show), default=half), size)
attempt(3)
attempt(add)
attempt(size, on=ValueError)
attempt(size, on=(3,))
attempt(size, on=(KeyboardInterrupt,))
attempt(size, on=["a"])
pipe(show, attempt(size), double)
not_this_error: Runnable[str, Result[int, OSError]] = attempt(size, on=(ValueError,))  # runs
with_retry(3)
with_retry(show, on=ValueError)
with_retry(show, on=("ValueError",))
with_retry(show, on=(KeyboardInterrupt,))
with_retry(show, delays=3)
with_retry(show, delays=["1"])
with_retry(show, tries=3)
exponential(initial="1")
exponential(tries=3)
fixed()
fixed("1")
with_fallbacks()
with_fallbacks(show, size)  # gap: mypy, pyrefly, ty
with_fallbacks(lift(show), lift(size))  # gap: mypy, ty
with_fallbacks(show, 3)
with_fallbacks(show, show, on=ValueError)
lift(show).with_fallbacks(size)
lift(show).with_fallbacks(half)  # runs
with_timeout(show)
with_timeout(show, "1")
with_timeout(3, 1)
with_config(show, {"tag": ["a"]})
with_config(show, {"tags": "a"})
with_config(show, {"tags": [1]})
with_config(show, {"max_concurrency": "3"})
with_config(show, {"run_id": "x"})
with_config(show, {"metadata": {1: 2}})
with_config(show, {"listeners": print})
with_config(show, tag=["a"])  # gap: ty
with_config(show, tags="a")
with_config(show, max_concurrency=2.5)
with_config(show, run_name=3)
with_listeners(show, on_begin=print)
with_listeners(show, on_start=3)
with_listeners(show, on_start=lambda event: event.output)  # runs
with_listeners(show, on_end=lambda: None)  # runs
with_listeners(show, on_start=hear_later)  # gap: mypy, pyright, ty, pyrefly, plugin
with_types(show, input="int")
with_types(show, int)
with_types(show, output=3)
with_types(show, output=int).invoke(3).upper()  # runs
with_validation(3)
with_validation(show, strict="yes")
assign()  # gap: mypy, pyrefly, pyright, ty
assign(a=3)
assign(a=add)
assign(a=size)  # gap: pyrefly, ty
assign(a=norm, b=size)  # gap: mypy, pyrefly, ty
assign(a=norm).invoke(3)
pick()
pick(3)
pick("a", 3)
pipe(show, pick("a"))
pipe(show, assign(a=len))  # gap: pyrefly
lift(show).pick("a")
lift(show).assign(a=size)
lift(point).assign(a=size)
pipe(point, pick("x"), size)
parallel(show, size).invoke(3)  # gap: pyrefly
branch((blank, show), default=show).invoke(3)  # gap: pyrefly
with_fallbacks(show, size).invoke(3)  # gap: pyrefly
