"""The functions behind prompts: from the values of variables to a prompt value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from runlaw.components.base import quick_maker
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
_text_value: Final[Callable[[str], StringPromptValue]] = quick_maker(StringPromptValue, "text")
_chat_value: Final[Callable[[list[Message]], ChatPromptValue]] = quick_maker(ChatPromptValue, "messages")


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
    write: Callable[[Mapping[str, object]], StringPromptValue] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "write", text_writer(self.template.put))

    def __reduce__(self) -> tuple[object, ...]:
        return TextFormatter, (self.template, self.inputs)

    def __runlaw_signature__(self, strict: bool = False) -> Signature:
        return Signature(self.inputs.input_type, StringPromptValue)

    def __call__(self, values: Mapping[str, object], /) -> StringPromptValue:
        """Put the values into the template."""
        if type(values) is not dict or self.inputs.to_be_read:
            values = self.inputs.read(values)
        try:
            return self.write(values)
        except KeyError:
            self.template.check(values)
            raise


def text_writer(put: Callable[[Mapping[str, object]], str]) -> Callable[[Mapping[str, object]], StringPromptValue]:
    """From values that are known to be a mapping to a text prompt."""
    make = _text_value
    return lambda values: make(put(values))


@dataclass(frozen=True)
class ChatFormatter:
    """From the values of the variables of message templates to a chat prompt."""

    parts: tuple[TextPart | HistoryPart | Message, ...]
    inputs: PromptInputs
    write: Callable[[Mapping[str, object]], ChatPromptValue] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "write", chat_writer(self.parts))

    def __reduce__(self) -> tuple[object, ...]:
        return ChatFormatter, (self.parts, self.inputs)

    def __runlaw_signature__(self, strict: bool = False) -> Signature:
        return Signature(self.inputs.input_type, ChatPromptValue)

    def __call__(self, values: Mapping[str, object], /) -> ChatPromptValue:
        """Put the values into the messages' templates."""
        if type(values) is not dict or self.inputs.to_be_read:
            values = self.inputs.read(values)
        try:
            return self.write(values)
        except KeyError:
            for part in self.parts:
                if isinstance(part, TextPart):
                    part.template.check(values)
            raise


def chat_writer(
    parts: Sequence[TextPart | HistoryPart | Message],
) -> Callable[[Mapping[str, object]], ChatPromptValue]:
    """From values that are known to be a mapping to a chat prompt."""
    value = _chat_value
    match parts:
        case [TextPart(role, template)]:
            make, put = _MAKERS[role], template.put
            return lambda values: value([make(put(values))])
        case _:
            writers = [_part_writer(part) for part in parts]
            return lambda values: value([message for write in writers for message in write(values)])


def _part_writer(part: TextPart | HistoryPart | Message) -> Callable[[Mapping[str, object]], Sequence[Message]]:
    match part:
        case TextPart(role, template):
            make, put = _MAKERS[role], template.put
            return lambda values: (make(put(values)),)
        case HistoryPart(variable):
            return lambda values: _history(variable, values)
        case _:
            return lambda values: (part,)


def text_formatter(template: str, partial: Mapping[str, object] | None, record: type | None) -> TextFormatter:
    """The formatter of a text template. Raises what ``Template`` and ``PromptInputs`` raise."""
    checked = Template(template)
    return TextFormatter(checked, PromptInputs(checked.variables, (), _given("prompt", partial), record))


def chat_formatter(
    template: str | Sequence[MessageTemplate], partial: Mapping[str, object] | None, record: type | None
) -> ChatFormatter:
    """The formatter of a chat template; a text is one message from a human.

    Raises:
        TypeError: A message is neither a role with a text, nor a message.
        ValueError: There are no messages, a role is not known, or what ``Template`` and ``PromptInputs`` raise.
    """
    given: object = template
    if isinstance(given, str):
        given = [("human", given)]
    if not isinstance(given, Sequence) or isinstance(given, bytes):
        raise TypeError(f"a chat prompt takes a text or a sequence of messages; got {given!r:.200}")
    parts = tuple(_part(number, message) for number, message in enumerate(given))
    if not parts:
        raise ValueError("a chat prompt needs at least one message")
    variables = [name for part in parts if isinstance(part, TextPart) for name in part.template.variables]
    histories = dict.fromkeys(part.variable for part in parts if isinstance(part, HistoryPart))
    both = [name for name in histories if name in variables]
    if both:
        raise ValueError(f"{both[0]!r} is a placeholder for messages and a variable of a text; use two names")
    return ChatFormatter(
        parts, PromptInputs(tuple(dict.fromkeys(variables)), tuple(histories), _given("chat_prompt", partial), record)
    )


def _given(who: str, partial: object) -> dict[str, object]:
    if partial is None:
        return {}
    if not isinstance(partial, Mapping):
        raise TypeError(f"{who}: partial must be a mapping of variables to their values, or None; got {partial!r:.200}")
    return dict(partial)


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
