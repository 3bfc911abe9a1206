"""A program as a user writes it, read with every expression of type ``Any`` forbidden, with the plugin and without."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import TypedDict

from pydantic import BaseModel
from returns.result import Failure, Result, Success

from runlaw import (
    Monoid,
    RunConfig,
    Runnable,
    attempt,
    branch,
    const,
    exponential,
    identity,
    last,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pipe,
    unpack,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
)
from runlaw.components import AIMessage, Message, chat_model, chat_prompt, json_parser, prompt, str_parser
from runlaw.events import RunEnded


class Question(TypedDict):
    question: str
    context: str


class Answer(BaseModel):
    text: str


@lift
def show(x: int) -> str:
    return str(x)


@lift(name="size", tags=["text"], blocking=False)
def size(x: str) -> int:
    return len(x)


@lift
async def later(x: str) -> str:
    return x


@lift_stream
def words(x: str) -> Iterator[str]:
    yield from x.split()


@lift_stream(monoid=last)
async def counts(x: str) -> AsyncIterator[int]:
    for number, _ in enumerate(x):
        yield number


@lift_transform(monoid=Monoid(0, int.__add__))
def lengths(chunks: Iterator[str]) -> Iterator[int]:
    for chunk in chunks:
        yield len(chunk)


@lift_batch(max_batch_size=10)
def doubled(group: Sequence[int]) -> list[int]:
    return [2 * x for x in group]


@map_chunks
def upper(x: str) -> str:
    return x.upper()


def positive(x: int) -> bool:
    return x > 0


def half(x: int) -> float:
    return x / 2


def add(x: int, y: float) -> float:
    return x + y


def question(x: str) -> Question:
    return {"question": x, "context": "none"}


def answer(messages: list[Message]) -> AIMessage:
    return AIMessage(content=messages[-1].text)


def told(event: RunEnded) -> None:
    print(event.name, event.output)


config: RunConfig = {"tags": ["a"], "metadata": {"user": 3}, "max_concurrency": 4}
model = chat_model(answer)

chain: Runnable[int, int] = pipe(show, later, upper, words, size, doubled)
pair: Runnable[int, tuple[str, float]] = parallel(show, half)
same: Runnable[int, tuple[int, str]] = parallel(identity, show)
named: Runnable[int, Mapping[str, str]] = parallel(joke=show, poem=show | upper)
chosen: Runnable[int, str | float] = branch((positive, show), default=half)
tried: Runnable[str, Result[int, ValueError]] = attempt(size, on=(ValueError,))
stubborn: Runnable[int, str] = with_retry(with_timeout(with_fallbacks(show, const("?")), 5), delays=exponential())
heard: Runnable[int, str] = with_listeners(with_config(show, config, run_name="show"), on_end=told)
all_of_them: Runnable[Sequence[int], list[str]] = map_batch(show, max_concurrency=3)
spread: Runnable[tuple[int, float], float] = unpack(add)
asked: Runnable[str, str] = pipe(question, chat_prompt(Question, "{context} {question}"), model, str_parser())
parsed: Runnable[Question, Answer] = prompt(Question, "{question}") | model | json_parser(Answer)
parts: Runnable[int, list[str]] = show.pipe(str.split)

numbers: list[int] = chain.batch([1, 2, 3], config)
mixed: list[int | Exception] = chain.batch([1, 2, 3], [{}, {}, config], return_exceptions=True)
text, number = pair.invoke(3, config)
loud: str = text.upper()
less: float = number - 1
poem: str = named.invoke(3)["poem"].upper()
for chunk in asked.stream("why?"):
    print(chunk.upper())
for index, outcome in chain.batch_as_completed([1, 2], return_exceptions=True):
    print(index + 1, outcome)
for patch in chain.stream_log(3):
    print(patch.ops)
for event in chain.stream_events(3, include_tags=["text"]):
    print(event["event"], event["name"])
match tried.invoke("a"):
    case Success(int(found)):
        print(found + 1)
    case Failure():
        print("none")
    case _:
        print("neither")
print(chain.name, chain.input_schema.validate_python(3) + 1, identity.invoke(3) + 1, counts.invoke("a") + 1)
print(lengths.invoke("a") + 1, spread.invoke((1, 2.0)), parsed.name, parts.invoke(3), heard(3), stubborn(3), chosen(3))
