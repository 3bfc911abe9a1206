"""Prompts: Runnables from the values of variables to what a model takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar, overload

from runlaw.combinators.lift import lift
from runlaw.components.formatters import MessageTemplate, chat_formatter, text_formatter
from runlaw.components.prompt_values import ChatPromptValue, StringPromptValue
from runlaw.runnable import Runnable

T = TypeVar("T")


@overload
def chat_prompt(
    template: str | Sequence[MessageTemplate],
    /,
    *,
    partial: Mapping[str, object] | None = None,
    name: str = ...,
) -> Runnable[Mapping[str, object], ChatPromptValue]: ...
@overload
def chat_prompt(
    record: type[T],
    template: str | Sequence[MessageTemplate],
    /,
    *,
    partial: Mapping[str, object] | None = None,
    name: str = ...,
) -> Runnable[T, ChatPromptValue]: ...
def chat_prompt(
    first: type[T] | str | Sequence[MessageTemplate],
    second: str | Sequence[MessageTemplate] | None = None,
    /,
    *,
    partial: Mapping[str, object] | None = None,
    name: str = "ChatPromptTemplate",
) -> Runnable[T, ChatPromptValue] | Runnable[Mapping[str, object], ChatPromptValue]:
    """A prompt for a chat model.

    Texts are templates as ``str.format`` knows them, with named variables, format specs, and ``{{`` ``}}`` for literal
    braces; they never evaluate anything. Keys of the input that are no variable are not looked at.

    Args:
        first: The template, or before it the type of the input: a TypedDict, a dataclass or a pydantic model.
        second: The template where a type stands first: a text, which is one message from a human, or a sequence
            of roles with texts and of finished messages. The roles are ``system``, ``human`` (or ``user``), ``ai``
            (or ``assistant``), and ``placeholder``, whose one variable holds messages, such as a history.
        partial: Values given beforehand; a value in the input wins over them.
        name: The run's name in events.

    Raises:
        TypeError: A template is no text, a message is neither a role with a text nor a message, the type of
            the input is of none of the three kinds, or ``partial`` is no mapping.
        ValueError: A template does more than name variables, a role is not known, a variable is no field of the
            type, or ``partial`` names no variable.

    When run, a variable without a value raises ``MissingVariable``, which is a ``KeyError``.

    >>> chat_prompt("tell me a joke about {topic}").invoke({"topic": "bears"})
    ChatPromptValue(messages=[HumanMessage(content='tell me a joke about bears')])
    >>> chat_prompt("{topic.__class__}")
    Traceback (most recent call last):
    ...
    ValueError: {topic.__class__} in the template '{topic.__class__}' reaches into the value of 'topic', which a \
template must not; give what it needs as a variable of its own
    """
    record, template = _record_and_template("chat_prompt", first, second)
    formatter = chat_formatter(template, partial, record)
    return lift(formatter, name=name, run_type="prompt", blocking=False)


@overload
def prompt(
    template: str, /, *, partial: Mapping[str, object] | None = None, name: str = ...
) -> Runnable[Mapping[str, object], StringPromptValue]: ...
@overload
def prompt(
    record: type[T], template: str, /, *, partial: Mapping[str, object] | None = None, name: str = ...
) -> Runnable[T, StringPromptValue]: ...
def prompt(
    first: type[T] | str,
    second: str | None = None,
    /,
    *,
    partial: Mapping[str, object] | None = None,
    name: str = "PromptTemplate",
) -> Runnable[T, StringPromptValue] | Runnable[Mapping[str, object], StringPromptValue]:
    """A prompt for a text model; all else is said at ``chat_prompt``.

    >>> prompt("{count:03d} {things}").invoke({"count": 7, "things": "bears"})
    StringPromptValue(text='007 bears')
    """
    record, template = _record_and_template("prompt", first, second)
    formatter = text_formatter(template, partial, record)  # type: ignore[arg-type]  # it checks the template
    return lift(formatter, name=name, run_type="prompt", blocking=False)


def _record_and_template(
    who: str, first: object, second: str | Sequence[MessageTemplate] | None
) -> tuple[type | None, str | Sequence[MessageTemplate]]:
    if second is not None:
        return first, second  # type: ignore[return-value]  # checked where its fields are read
    if isinstance(first, type):
        raise TypeError(f"{who} needs a template after the type of its input: {who}({first.__name__}, '...')")
    return None, first  # type: ignore[return-value]  # checked where it is read
