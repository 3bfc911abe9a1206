"""What mypy tells with the plugin alone: the keys of records, pipes of any length, and lambdas in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, assert_type

from typing_extensions import NotRequired, ReadOnly, TypedDict

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    identity,
    lift,
    map_batch,
    parallel,
    pick,
    pipe,
    with_config,
    with_fallbacks,
    with_retry,
    with_timeout,
)
from runlaw.components import ChatInput, ChatPromptValue, StringPromptValue, chat_prompt, prompt
from tests.typing.parts import (
    Box,
    Named,
    Point,
    boxed,
    double,
    dup,
    half,
    named,
    norm,
    point,
    positive,
    shout,
    show,
    size,
    unboxed,
    words,
)


class A(TypedDict):
    a: str


class AB(TypedDict):
    a: str
    b: float


class BA(TypedDict):
    a: int
    b: str


class X(TypedDict):
    x: int


class XYZ(TypedDict):
    x: int
    y: int
    z: int


class Nested(TypedDict):
    deep: AB
    flat: int


class Long(TypedDict):
    x: int
    y: int
    z: str


class NamedLoud(TypedDict):
    name: str
    size: int
    loud: str


class Topic(TypedDict):
    topic: ReadOnly[object]


class MoodTopic(TypedDict):
    mood: ReadOnly[object]
    topic: ReadOnly[object]


class History(TypedDict):
    history: ReadOnly[ChatInput]
    topic: ReadOnly[object]


class MaybeMood(TypedDict):
    topic: ReadOnly[object]
    mood: ReadOnly[NotRequired[object]]


TEMPLATE: Final = "a joke about {topic}"
r = lift(show)

assert_type(parallel(a=show), Runnable[int, A])
assert_type(parallel(a=show, b=half), Runnable[int, AB])
assert_type(parallel(a=r, b=half), Runnable[int, AB])
assert_type(parallel(a=show, b=half).invoke(3), AB)
assert_type(parallel(a=show, b=half).invoke(3)["a"], str)
assert_type(parallel(a=show, b=half).batch([1, 2]), list[AB])
assert_type(parallel(a=lambda n: str(n), b=half), Runnable[int, AB])
assert_type(parallel(a=pipe(show, shout), b=half), Runnable[int, AB])
assert_type(parallel(deep=parallel(a=show, b=half), flat=double), Runnable[int, Nested])
assert_type(pipe(parallel(a=show, b=half), lambda ab: ab["b"]), Runnable[int, float])
assert_type(pipe(parallel(a=show, b=half), pick("a")), Runnable[int, str])
assert_type(pipe(parallel(a=show, b=half), pick("a"), size), Runnable[int, int])
assert_type(pipe(parallel(a=show, b=half), pick("a", "b")), Runnable[int, AB])
assert_type(pipe(parallel(x=double, y=double), norm), Runnable[int, int])
assert_type(pipe(point, pick("x")), Runnable[int, int])
assert_type(pipe(point, pick("x"), half), Runnable[int, float])
assert_type(pipe(point, pick("x", "y")), Runnable[int, Point])
assert_type(pipe(point, assign(z=norm)), Runnable[int, XYZ])
assert_type(pipe(point, assign(z=lambda p: p["x"] + p["y"])), Runnable[int, XYZ])
assert_type(pipe(point, assign(z=norm), pick("z")), Runnable[int, int])
assert_type(pipe(point, assign(z=pipe(norm, show))), Runnable[int, Long])
assert_type(pipe(named, assign(loud=lambda n: n["name"].upper()), pick("loud")), Runnable[str, str])
assert_type(pipe(named, assign(loud=lambda n: n["name"].upper())), Runnable[str, NamedLoud])
assert_type(assign(z=norm), Runnable[Point, XYZ])
assert_type(lift(point).pick("x"), Runnable[int, int])
assert_type(lift(point).pick("x", "y"), Runnable[int, Point])
assert_type(lift(point).assign(z=norm), Runnable[int, XYZ])
assert_type(lift(point).assign(z=norm).pick("x", "y", "z"), Runnable[int, XYZ])
assert_type(lift(point).assign(x=pick("y")).pick("x"), Runnable[int, int])
assert_type(lift(point) | assign(z=norm), Runnable[int, XYZ])
assert_type(lift(point) | pick("x"), Runnable[int, int])
assert_type(lift(point) | pick("x") | half, Runnable[int, float])
assert_type(lift(point) | (lambda p: p["x"]), Runnable[int, int])
assert_type(r | {"a": size, "b": identity}, Runnable[int, BA])
assert_type(r | {"a": size, "b": lambda s: s.upper()}, Runnable[int, BA])
assert_type(r | {"deep": {"a": shout, "b": len}, "flat": size} | pick("flat"), Runnable[int, int])
assert_type(identity | {"a": show, "b": half}, Runnable[int, AB])
assert_type({"x": double, "y": double} | lift(norm), Runnable[int, int])
assert_type({"x": double, "y": double} | identity | norm, Runnable[int, int])
assert_type({"a": r, "b": half} | pick("b"), Runnable[int, float])
assert_type({"a": r, "b": half} | assign(a=lambda ab: len(ab["a"])) | pick("a"), Runnable[int, int])
assert_type(pipe(show, {"a": size, "b": shout}), Runnable[int, BA])
assert_type(map_batch(parallel(a=show, b=half)).invoke([1]), list[AB])
assert_type(attempt(parallel(a=show, b=half)).invoke(3).unwrap(), AB)
assert_type(with_retry(parallel(a=show, b=half)), Runnable[int, AB])
assert_type(with_timeout(parallel(a=show, b=half), 1), Runnable[int, AB])
assert_type(with_config(parallel(a=show, b=half), tags=["a"]), Runnable[int, AB])
assert_type(with_fallbacks(show, half), Runnable[int, str | float])
assert_type(with_fallbacks(show, half, double), Runnable[int, str | float | int])
assert_type(branch((positive, point), default=parallel(x=double)), Runnable[int, Point | X])
assert_type(
    branch((positive, show), (positive, half), (positive, double), (positive, point), (positive, show), default=dup),
    Runnable[int, str | float | int | Point | tuple[int, int]],
)
assert_type(pipe(show, boxed, boxed, unboxed, unboxed, size), Runnable[int, int])
assert_type(pipe(identity, boxed, unboxed, show), Runnable[int, str])
assert_type(pipe(boxed, unboxed, size, boxed), Runnable[str, Box[int]])
assert_type(
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
        dup,
    ),
    Runnable[int, tuple[str, str]],
)
assert_type(
    lift(show).pipe(
        size, show, size, show, size, show, size, show, size, show, size, show, size, show, size, show, words
    ),
    Runnable[int, list[str]],
)
assert_type(
    parallel(show, half, show, half, show, half, show, half, double),
    Runnable[int, tuple[str, float, str, float, str, float, str, float, int]],
)
assert_type(pipe(named, lambda n: n, lambda n: n["name"]), Runnable[str, str])
assert_type(pipe(named, lambda n: Named(name=n["name"], size=3)), Runnable[str, Named])
assert_type(chat_prompt("a joke about {topic}"), Runnable[Topic, ChatPromptValue])
assert_type(chat_prompt([("system", "{mood}"), ("human", "{topic}")]), Runnable[MoodTopic, ChatPromptValue])
assert_type(chat_prompt([("placeholder", "{history}"), ("human", "{topic}")]), Runnable[History, ChatPromptValue])
assert_type(chat_prompt("{topic} {mood}", partial={"mood": "dry"}), Runnable[MaybeMood, ChatPromptValue])
assert_type(chat_prompt(TEMPLATE), Runnable[Topic, ChatPromptValue])
assert_type(prompt("{topic:>3} {{literal}}"), Runnable[Topic, StringPromptValue])
assert_type(pipe(parallel(topic=show), chat_prompt("{topic}")), Runnable[int, ChatPromptValue])
assert_type({"topic": show, "mood": identity} | chat_prompt("{topic} {mood}"), Runnable[int, ChatPromptValue])
assert_type({"topic": show} | prompt("{topic}") | (lambda value: value.text), Runnable[int, str])
wider: Runnable[int, Mapping[str, object]] = parallel(a=show, b=half)
of_texts: Runnable[int, Mapping[str, str]] = parallel(a=show, b=show)
from_context: Runnable[int, str] = pipe(lambda n: n + 1, show)
