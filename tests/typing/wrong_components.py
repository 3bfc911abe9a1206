"""Components that every checker must refuse."""

from __future__ import annotations

from runlaw import lift, pipe
from runlaw.components import (
    AIMessage,
    Message,
    chat_model,
    chat_prompt,
    json_parser,
    list_parser,
    llm,
    prompt,
    retriever,
    str_parser,
)
from tests.typing.parts import Named, half, named, point, shout, show, size


def answer(messages: list[Message]) -> AIMessage:
    return AIMessage(content=messages[-1].text)


model = chat_model(answer)

chat_model(show)
chat_model(3)
chat_model(answer, run_type="chain")
llm(size)
llm(half)
retriever(shout)
retriever(show)
chat_prompt(3)
chat_prompt()
chat_prompt([("system",)])
chat_prompt(Named)
chat_prompt(Named, "{name}").invoke("a")
chat_prompt(Named, "{name}").invoke({"name": "a"})  # runs
prompt(3)
prompt(Named, 3)
str_parser().invoke(3)
str_parser(3)
json_parser("int")  # runs
json_parser(int).invoke("3").upper()
list_parser().invoke("a")["b"]
pipe(point, chat_prompt(Named, "{name}"))  # gap: ty
pipe(named, chat_prompt(Named, "{name}"), size)
pipe(named, chat_prompt(Named, "{name}"), model, size)
pipe(named, model)
pipe(model, half)
pipe(size, str_parser())
chat_prompt(Named, "{name}") | model | size
lift(size) | model
lift(show) | model | json_parser(int) | size
