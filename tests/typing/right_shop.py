"""What a user of a shop's functions may write: every checker must take it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import assert_type

from returns.result import Result

from runlaw import (
    Runnable,
    attempt,
    branch,
    const,
    identity,
    lift,
    lift_batch,
    lift_stream,
    map_batch,
    map_chunks,
    parallel,
    pipe,
    unpack,
    with_fallbacks,
    with_types,
)
from runlaw.components import chat_model, chat_prompt, json_parser, retriever, str_parser
from tests.typing.shop import (
    Greeter,
    Order,
    Topic,
    User,
    adult,
    answer,
    both,
    documents,
    fetch,
    greet,
    hello,
    lengths,
    load,
    load_again,
    price,
    row,
    split_words,
    tokens,
    wrap,
)

assert_type(pipe(load, greet), Runnable[int, str])
assert_type(lift(load) | greet | len, Runnable[int, int])
assert_type(map_batch(load) | map_batch(greet), Runnable[Sequence[int], list[str]])
assert_type(pipe(load, parallel(greet, adult)), Runnable[int, tuple[str, bool]])
assert_type(lift(load) | branch((adult, greet), default=const("no")), Runnable[int, str])
assert_type(attempt(pipe(load, greet), on=(ValueError, KeyError)), Runnable[int, Result[str, ValueError | KeyError]])
assert_type(lift(load).pipe(lambda u: u.age, lambda a: a + 1), Runnable[int, int])
assert_type(lift(load).pipe(lambda u: u.name).batch([1], return_exceptions=True), list[str | Exception])
assert_type(pipe(split_words, wrap), Runnable[str, list[list[str]]])  # gap: ty
assert_type(pipe(parallel(load, hello), unpack(both)), Runnable[int, str])
assert_type(lift(fetch).pipe(bytes.decode), Runnable[str, str])
assert_type(lift_stream(tokens) | map_chunks(str.upper), Runnable[str, str])
assert_type(lift_batch(lengths), Runnable[str, int])
assert_type(lift(name="x", tags=["a"])(load), Runnable[int, User])
assert_type(
    lift(load).with_retry(on=(ValueError,)).with_timeout(3).with_config(run_name="a") | greet, Runnable[int, str]
)
assert_type(with_types(json.loads, input=str, output=Order) | price, Runnable[str, float])
assert_type(with_fallbacks(load, load_again), Runnable[int, User])
assert_type(chat_prompt(Topic, "{topic}") | chat_model(answer) | str_parser(), Runnable[Topic, str])
assert_type(chat_prompt(Topic, "{topic}") | chat_model(answer) | json_parser(Order) | price, Runnable[Topic, float])
assert_type(retriever(documents).pipe(lambda ds: [d.page_content for d in ds]), Runnable[str, list[str]])
assert_type(lift(row).pipe(lambda r: r["id"]), Runnable[str, int])
assert_type(pipe(User.shout, len), Runnable[User, int])
assert_type(lift(Order.model_validate_json), Runnable[str | bytes | bytearray, Order])
assert_type(pipe(load, Greeter("hi"), Greeter("x").again), Runnable[int, str])
assert_type(lift(load)(3), User)
assert_type([c for c in lift_stream(tokens).stream("a")], list[str])
assert_type(identity.invoke(lift(load)), Runnable[int, User])
assert_type(pipe(identity, load), Runnable[int, User])
assert_type(parallel(a=load, b=load).invoke(3)["a"], User)
assert_type((lift(load) | {"n": greet, "a": greet}).invoke(1)["n"], str)
assert_type(map_batch(map_batch(load)), Runnable[Sequence[Sequence[int]], list[list[User]]])
assert_type(pipe(split_words, set), Runnable[str, set[str]])  # gap: mypy
assert_type(pipe(split_words, sorted), Runnable[str, list[str]])  # gap: ty
