"""The functions behind prompts: from the values of variables to a prompt value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from runlaw.components.base import quick_maker, trusted
from runlaw.components.messages import BaseMessage, Message, ai_text, human_text, system_text
from runlaw.components.prompt_inputs import PromptInputs
from runlaw.components.prompt_values import ChatPromptValue, StringPromptValue, to_messages
from runlaw.components.template import MissingVariable, Template, what_is_missing
from runlaw.kernel.signature import Signature

MessageTemplate: TypeAlias = tuple[str, str] | Message
"""A message of a chat template: its role and its text, or a finished message. The roles: ``system``, ``human``
(or ``user``), ``ai`` (or ``assistant``), ``placeholder``."""

_MAKERS: Final[Mapping[str, Callable[[str], Message]]] = {
    "system": system_text,
    "human": human_text,
    "user": human_text,
    "ai": ai_text,
    "assistant": ai_text,
}
_text_value = quick_maker(StringPromptValue, "text")


@dataclass(frozen=True)
class TextPart:
    """A message whose text is a template."""

    role: str
    template: Template


@dataclass(frozen=True)
class HistoryPart:
    """The place of the messages that a variable holds."""

    variable: str


@dataclass(frozen=True)
class TextFormatter:
    """From the values of a template's variables to a text prompt."""

    template: Template
    inputs: PromptInputs

    def __runlaw_signature__(self, strict: bool = False) -> Signature:
        return Signature(self.inputs.input_type, StringPromptValue)

    def __call__(self, values: Mapping[str, object], /) -> StringPromptValue:
        """Put the values into the template."""
        if type(values) is not dict or not self.inputs.as_is:
            values = self.inputs.read(values)
        return _text_value(self.template.format(values))


@dataclass(frozen=True)
class ChatFormatter:
    """From the values of the variables of message templates to a chat prompt."""

    parts: tuple[TextPart | HistoryPart | Message, ...]
    inputs: PromptInputs

    def __runlaw_signature__(self, strict: bool = False) -> Signature:
        return Signature(self.inputs.input_type, ChatPromptValue)

    def __call__(self, values: Mapping[str, object], /) -> ChatPromptValue:
        """Put the values into the messages' templates."""
        if type(values) is not dict or not self.inputs.as_is:
            values = self.inputs.read(values)
        messages: list[Message] = []
        for part in self.parts:
            if isinstance(part, TextPart):
                messages.append(_MAKERS[part.role](part.template.format(values)))
            elif isinstance(part, HistoryPart):
                messages.extend(_history(part.variable, values))
            else:
                messages.append(part)
        return trusted(ChatPromptValue, {"messages": messages, "type": "ChatPromptValueConcrete"}, {"messages"})


def text_formatter(template: str, partial: Mapping[str, object] | None, record: type | None) -> TextFormatter:
    """The formatter of a text template. Raises what ``Template`` and ``PromptInputs`` raise."""
    checked = Template(template)
    return TextFormatter(checked, PromptInputs(checked.variables, (), dict(partial or {}), record))


def chat_formatter(
    template: str | Sequence[MessageTemplate], partial: Mapping[str, object] | None, record: type | None
) -> ChatFormatter:
    """The formatter of a chat template; a text is one message from a human.

    Raises:
        TypeError: A message is neither a role with a text, nor a message.
        ValueError: There are no messages, a role is not known, or what ``Template`` and ``PromptInputs`` raise.
    """
    if isinstance(template, str):
        template = [("human", template)]
    parts = tuple(_part(number, message) for number, message in enumerate(template))
    if not parts:
        raise ValueError("a chat prompt needs at least one message")
    variables = [name for part in parts if isinstance(part, TextPart) for name in part.template.variables]
    histories = dict.fromkeys(part.variable for part in parts if isinstance(part, HistoryPart))
    both = [name for name in histories if name in variables]
    if both:
        raise ValueError(f"{both[0]!r} is a placeholder for messages and a variable of a text; use two names")
    return ChatFormatter(
        parts, PromptInputs(tuple(dict.fromkeys(variables)), tuple(histories), dict(partial or {}), record)
    )


def _part(number: int, message: MessageTemplate) -> TextPart | HistoryPart | Message:
    if isinstance(message, BaseMessage):
        return message
    if not isinstance(message, tuple) or len(message) != 2:  # type: ignore[redundant-expr]  # untyped callers
        raise TypeError(
            f'message {number} of a chat prompt must be a role and a text, such as ("human", "{{question}}"), '
            f"or a message; got {message!r}"
        )
    role, text = message
    if role == "placeholder":
        return HistoryPart(_placeholder(text))
    if role not in _MAKERS:
        known = ", ".join((*_MAKERS, "placeholder"))
        raise ValueError(f"{role!r} is no role of message {number} of a chat prompt; the roles are: {known}")
    return TextPart(role, Template(text))


def _placeholder(text: str) -> str:
    template = Template(text)
    if len(template.variables) != 1 or text != f"{{{template.variables[0]}}}":
        raise ValueError(f'a placeholder names one variable in braces, such as "{{history}}"; got {text!r}')
    return template.variables[0]


def _history(variable: str, values: Mapping[str, object]) -> list[Message]:
    if variable not in values:
        where = "a chat prompt's placeholder (an empty list stands for no messages)"
        raise MissingVariable(what_is_missing([variable], values, where))
    try:
        return to_messages(values[variable])  # type: ignore[arg-type]  # it checks the value
    except TypeError as error:
        error.add_note(f"it came as the variable {variable!r} of a chat prompt's placeholder")
        raise
