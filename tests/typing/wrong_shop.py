"""What a user of a shop's functions may get wrong: every checker must refuse it."""

from __future__ import annotations


from runlaw import (
    assign,
    attempt,
    branch,
    const,
    identity,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
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
from runlaw.components import chat_prompt, json_parser, list_parser, prompt, retriever, str_parser
from tests.typing.shop import (
    Order,
    Topic,
    User,
    adult,
    count,
    distance,
    documents,
    fetch,
    find,
    greet,
    load,
    order,
    price,
    row,
    rows,
    split_words,
    spot,
    text_of,
    tokens,
    turned,
    wrap,
)

pipe(load, price)
lift(load) | price
pipe(load, greet, count)
pipe(find, greet)
pipe(row, greet)
pipe(rows, text_of)
pipe(rows, map_batch(greet))
pipe(split_words, map_batch(load))
map_batch(load) | greet
parallel(user=load, text=greet).invoke(3)  # gap: pyrefly
pipe(load, parallel(load, greet))  # gap: pyrefly
lift(load) | {"a": greet, "b": price}
pipe(load, branch((adult, greet), default=price))  # gap: pyrefly
pipe(row, pick("txt"))  # gap: mypy, pyrefly, pyright, ty
pipe(row, pick("id"), greet)
pipe(row, assign(n=greet))
pipe(row, assign(n=len), distance)
pipe(fetch, len)
lift(fetch) | greet
lift(fetch).invoke("a").decode().foo
pipe(load, attempt(greet), str.upper)
attempt(greet).invoke(User("a", 1)).upper()
with_fallbacks(greet, price)  # gap: mypy, pyrefly, ty
lift(load).with_fallbacks(order)  # runs
pipe(split_words, wrap, count)  # gap: ty
pipe(parallel(load, order), turned)
pipe(tokens, count)
lift_stream(tokens) | load
lift_stream(split_words)  # runs
lift_transform(tokens)
lift_batch(load)
map_chunks(count)  # gap: mypy, pyrefly, ty
pipe(spot, turned)
const(3) | greet
identity | 3
pipe(load, identity, price)
with_types(load, input=str) | price
with_validation(load) | price
with_retry(load, on=(ValueError,)) | price
with_timeout(load, 3) | price
with_config(load, run_name="a") | price
with_listeners(load, on_start=print) | price
pipe(documents, str_parser())
chat_prompt(Topic, "{topci}")  # gap: mypy, pyrefly, pyright, ty
chat_prompt("{topic}").invoke({"topci": 3})  # gap: mypy, pyrefly, pyright, ty
chat_prompt("{topic}") | greet
prompt("{topic}") | list_parser() | str_parser()
pipe(row, chat_prompt(Topic, "{topic}"))  # gap: ty
json_parser(Order) | greet
retriever(documents) | greet
lift(load).batch([1, 2]).upper()
lift(load).batch(1)
next(lift(load).stream(1)).nme
lift(load).map_batch() | greet
lift(load).pick("name")
lift(row).assign(n=greet)
lift(row).pick("id", "nme")  # gap: mypy, pyrefly, pyright, ty
[user.nme for user in lift(load).batch([1])]
