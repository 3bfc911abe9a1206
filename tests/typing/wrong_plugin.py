"""What mypy refuses with the plugin alone."""

from __future__ import annotations

from runlaw import assign, identity, lift, parallel, pick, pipe, with_config, with_retry
from runlaw.components import chat_prompt, prompt
from tests.typing.parts import (
    Named,
    add,
    boxed,
    describe,
    double,
    half,
    later_size,
    named,
    norm,
    point,
    show,
    size,
    unboxed,
    words,
)

r = lift(show)

parallel(a=show, b=half).invoke(3)["c"]
parallel(a=show, b=half).invoke(3)["a"] + 1
pipe(parallel(a=show, b=half), lambda ab: ab["c"])  # runs
pipe(parallel(a=show), lambda a: a["a"] + 1)  # runs
pipe(parallel(a=show, b=half), pick("c"))
pipe(parallel(a=show, b=half), pick("a"), half)
pipe(parallel(a=show, b=half), pick("a", "c"))
pipe(parallel(x=double), norm)
pipe(parallel(x=double, y=show), norm)
pipe(parallel(x=double, z=double), norm)
pipe(point, pick("z"))
pipe(point, pick("x"), size)
pipe(point, pick("x", "y"), words)
pipe(point, assign(z=size))
pipe(point, assign(z=norm), pick("w"))
pipe(point, assign(z=norm), named)
pipe(point, assign(z=lambda p: p["w"]))  # runs
pipe(named, norm)
assign(z=norm, w=size)
assign(z=norm).invoke({"x": 1})
lift(point).pick("z")
lift(point).pick("x", "z")
lift(point).assign(z=size)
lift(point).assign(z=norm).pick("w")
lift(point) | pick("z")
lift(point) | pick("x") | size
lift(point) | (lambda p: p["z"])  # runs
r | {"a": double}
r | {"a": size} | pick("b")
r | {"a": size} | pick("a") | size
r | {"deep": {"a": double}}
identity | {"a": show, "b": size}
{"x": double} | lift(norm)
{"x": double, "y": show} | lift(norm)
{"x": double, "y": size} | lift(norm)
{"a": show} | pick("b")
{"a": show, "b": half} | identity | size
{"a": later_size} | identity | describe
pipe(show, {"a": double})
pipe(show, later_size)
pipe(later_size, half)
parallel(a=later_size)
with_retry(later_size)
with_config(later_size, tags=["a"])
r | later_size
pipe(show, boxed, boxed, unboxed, size)
pipe(boxed, unboxed, show, double)
pipe(identity, show, double)
pipe(show, lambda x: x.upper(), double)  # runs
pipe(show, lambda x: x + 1)  # runs
pipe(named, lambda n: n["nam"])  # runs
pipe(show, add)
pipe(
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    size,
    show,
    double,
)
lift(show).pipe(size, show, size, show, size, show, size, show, size, show, size, show, size, show, size, show, double)
chat_prompt("{topic}").invoke({"topik": "bears"})
chat_prompt("{topic}").invoke({})
chat_prompt("{topic.secret}")
chat_prompt("{}")
chat_prompt("{topic")
chat_prompt(Named, "{nam}")
prompt(Named, "{name} {colour}")
chat_prompt([("human", "{topic}"), ("placeholder", "{history}")]).invoke({"topic": 3, "history": 3})
pipe(parallel(topik=show), chat_prompt("{topic}"))
pipe(named, chat_prompt("{name} {colour}"))
{"topik": show} | chat_prompt("{topic}")
lift(show) | chat_prompt("{topic}")
