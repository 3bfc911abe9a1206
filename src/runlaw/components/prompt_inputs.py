"""What a prompt takes in: a mapping with its variables, or a record type whose fields they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from typing import Annotated, NotRequired, get_origin

from pydantic import BaseModel, WithJsonSchema
from typing_extensions import TypedDict, is_typeddict

from runlaw.components.prompt_values import ChatInput


@dataclass(frozen=True)
class PromptInputs:
    """The variables of a prompt, and where their values come from.

    Args:
        variables: The names of the variables that are put into texts.
        histories: The names of those that stand for messages.
        partial: Values given beforehand; a value in the input wins over them.
        record: The type of the input, where it is not just any mapping.

    ``by_key`` tells that the input is a mapping, ``to_be_read`` that it is none, or that something must be added to it.

    Raises:
        TypeError: ``record`` is no TypedDict, dataclass or model.
        ValueError: A variable is no field of ``record``, or ``partial`` names none of the variables.
    """

    variables: tuple[str, ...]
    histories: tuple[str, ...] = ()
    partial: Mapping[str, object] = field(default_factory=dict, hash=False)
    record: type | None = None
    by_key: bool = field(init=False, repr=False, compare=False)
    to_be_read: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = self.record is None or is_typeddict(get_origin(self.record) or self.record)
        object.__setattr__(self, "by_key", by_key)
        object.__setattr__(self, "to_be_read", not by_key or bool(self.partial))
        needed = dict.fromkeys((*self.variables, *self.histories))
        extra = [name for name in self.partial if name not in needed]
        if extra:
            raise ValueError(
                f"partial gives {', '.join(map(repr, extra))}, but the template's variables are: "
                f"{', '.join(map(repr, needed)) or 'none'}"
            )
        if self.record is not None:
            known = field_names(self.record)
            unknown = [name for name in needed if name not in known and name not in self.partial]
            if unknown:
                raise ValueError(
                    f"the template's variable {', '.join(map(repr, unknown))} is no field of "
                    f"{self.record.__name__}, which has: {', '.join(map(repr, known)) or 'none'}"
                )

    @property
    def input_type(self) -> object:
        """The type of the input: the record, or a TypedDict ``PromptInput`` of the variables."""
        if self.record is not None:
            return self.record
        return prompt_input(self.variables, self.histories, frozenset(self.partial))

    def read(self, value: object) -> Mapping[str, object]:
        """The values of the variables.

        Raises:
            TypeError: The input is of another type than said.
        """
        if self.by_key:
            if not isinstance(value, Mapping):
                raise TypeError(
                    f"a prompt takes a mapping with {_listed(self.variables + self.histories)}; "
                    f"got {type(value).__name__}: {value!r}"
                )
            return {**self.partial, **value}
        kind = get_origin(self.record) or self.record or Mapping
        if not isinstance(value, kind):
            raise TypeError(f"a prompt takes a {kind.__name__}; got {type(value).__name__}: {value!r}")
        names = field_names(kind)
        read = {name: getattr(value, name) for name in (*self.variables, *self.histories) if name in names}
        return {**self.partial, **read}


def field_names(record: type) -> tuple[str, ...]:
    """The names of the fields of a TypedDict, a dataclass or a pydantic model.

    Raises:
        TypeError: It is none of them.
    """
    origin = get_origin(record) or record
    if is_typeddict(origin):
        return tuple(origin.__annotations__)
    if isinstance(origin, type) and is_dataclass(origin):
        return tuple(each.name for each in fields(origin))
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        return tuple(origin.model_fields)
    raise TypeError(
        f"the input of a prompt must be a TypedDict, a dataclass or a pydantic model; got {record!r}. "
        "Without one, give the template alone"
    )


@lru_cache(maxsize=4096)
def prompt_input(variables: tuple[str, ...], histories: tuple[str, ...], optional: frozenset[str]) -> type:
    """The TypedDict ``PromptInput`` of a template's variables; the same for the same variables.

    Any object may be put into a text; the JSON schema asks for strings, as that is what JSON callers send.
    """
    text = Annotated[object, WithJsonSchema({"type": "string"})]
    kinds: dict[str, object] = {**dict.fromkeys(variables, text), **dict.fromkeys(histories, ChatInput)}
    keys = {name: NotRequired[kind] if name in optional else kind for name, kind in kinds.items()}
    made: type = TypedDict("PromptInput", keys)  # type: ignore[misc]  # its keys are known at run time only
    return made


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(repr, names)) or "no keys"
