"""Records without the plugin: their keys are not known to the checkers, whose types are wider than the exact ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_type

from runlaw import Runnable, assign, identity, lift, parallel, pick, pipe
from runlaw.components import ChatPromptValue, StringPromptValue, chat_prompt, prompt
from tests.typing.parts import Point, describe, double, half, named, norm, point, shout, show, size

r = lift(show)

assert_type(parallel(a=show, b=show), Runnable[int, Mapping[str, str]])
assert_type(parallel(a=show, b=show).invoke(3), Mapping[str, str])
assert_type(parallel(a=show, b=show).pick("a"), Runnable[int, str])
assert_type(parallel(a=show, b=show).pick("a", "b"), Runnable[int, Mapping[str, str]])
assert_type(parallel(a=show).assign(c=len), Runnable[int, Mapping[str, object]])
assert_type(r | {"a": size, "b": size}, Runnable[int, Mapping[str, int]])
assert_type(lift(point).pick("x"), Runnable[int, object])  # gap: ty
assert_type(lift(point).pick("x", "y"), Runnable[int, Mapping[str, object]])  # gap: ty
assert_type(lift(point).assign(z=norm), Runnable[int, Mapping[str, object]])
assert_type(parallel(a=show), Runnable[int, Mapping[str, str]])
assert_type(parallel(a=identity, b=double), Runnable[int, Mapping[str, int]])
assert_type(parallel(a=r, b=pipe(show, shout)), Runnable[int, Mapping[str, str]])
assert_type(assign(z=norm), Runnable[Point, Mapping[str, object]])
assert_type(assign(z=describe, w=norm), Runnable[Point, Mapping[str, object]])
assert_type(pick("x"), Runnable[Mapping[str, object], object])
assert_type(pick("x", "y"), Runnable[Mapping[str, object], Mapping[str, object]])
assert_type(pipe(point, assign(z=norm)), Runnable[int, Mapping[str, object]])
assert_type(pipe(point, pick("x")), Runnable[int, object])
assert_type(pipe(point, pick("x"), describe), Runnable[int, str])
assert_type(pipe(named, pick("name", "size")), Runnable[str, Mapping[str, object]])
assert_type(lift(named).pipe(pick("name"), describe), Runnable[str, str])
assert_type(lift(half) | {"a": describe}, Runnable[int, Mapping[str, str]])
assert_type(identity.pick("a"), Runnable[Mapping[str, object], object])
assert_type(identity | {"a": show}, Runnable[int, Mapping[str, str]])
assert_type(chat_prompt("{topic}"), Runnable[Mapping[str, object], ChatPromptValue])
assert_type(prompt("{topic}"), Runnable[Mapping[str, object], StringPromptValue])
assert_type(pipe(parallel(topic=show), chat_prompt("{topic}")), Runnable[int, ChatPromptValue])
assert_type({"topic": show} | chat_prompt("{topic}"), Runnable[int, ChatPromptValue])
