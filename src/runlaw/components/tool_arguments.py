"""The arguments of a tool: read off a function's signature, checked by pydantic, and given to the function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Annotated, Any, Final, NotRequired, Required, Union, get_args, get_origin, get_type_hints

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticSerializationError, to_jsonable_python
from typing_extensions import TypedDict

from runlaw.components.docstrings import read_docstring

_NAMELESS: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Arguments(dict[str, object]):
    """A mapping that is the arguments of a tool whatever its keys are, as when a model wrote it."""


class ArgumentTypes:
    """What a tool takes.

    Attributes:
        parameters: The function's parameters, in order.
        bare: The parameter that a bare value stands for; ``None`` where no single value is enough.
        form: The type of all that the tool takes: a TypedDict of the arguments, or a bare value.
        output: The type of what the function gives.

    Raises:
        NameError: An annotation names what is not defined.
        TypeError: A parameter has no name for a model to give it by.
    """

    def __init__(self, fn: Callable[..., object], name: str) -> None:
        self.name = name
        self.parameters: tuple[inspect.Parameter, ...] = tuple(signature_of_call(fn).parameters.values())
        hints = _hints(fn)
        said = read_docstring(fn.__doc__).arguments
        fields = {each.name: _field(each, hints.get(each.name, Any), said.get(each.name)) for each in self.parameters}
        made: Any = TypedDict  # Any: its keys are known at run time only
        record = made(f"{name}Input", fields)
        record.__pydantic_config__ = {"extra": "forbid"}
        self.adapter: TypeAdapter[dict[str, object]] = TypeAdapter(record)
        self.bare: str | None = _bare(self.parameters)
        self.form: object = record if self.bare is None else Union[record, hints.get(self.bare, Any)]  # noqa: UP007  # made at run time
        self.output: object = hints.get("return", Any)

    def given(self, value: object) -> Mapping[str, object]:
        """The arguments that an input stands for, as they are given.

        For a tool with one parameter a mapping is the arguments where its only key is the parameter's name; an
        empty one is no arguments where the parameter has a default and cannot itself be an empty mapping.

        Raises:
            TypeError: It is a single value, and the tool takes several.
        """
        if isinstance(value, Mapping):
            if isinstance(value, Arguments) or len(self.parameters) != 1 or list(value) == [self.parameters[0].name]:
                return value
            return value if not value and self._none_is_meant else {self.parameters[0].name: value}
        if self.bare is None:
            names = ", ".join(repr(each.name) for each in self.parameters) or "no keys"
            raise TypeError(
                f"the tool {self.name} takes a mapping with {names}; got {type(value).__name__}: {value!r:.200}"
            )
        return {self.bare: value}

    @cached_property
    def _none_is_meant(self) -> bool:
        only = self.parameters[0]
        if only.default is only.empty:
            return False
        try:
            self.adapter.validate_python({only.name: {}})
        except ValidationError:
            return True
        return False

    def bind(self, value: object) -> tuple[list[object], dict[str, object]]:
        """The positional and the named arguments to call the function with.

        Raises:
            pydantic.ValidationError: An argument is missing, unknown, or of a wrong type.
            TypeError: See ``given``.
        """
        checked = self.adapter.validate_python(dict(self.given(value)))
        positional: list[object] = []
        for parameter in self.parameters:
            if parameter.kind is not parameter.POSITIONAL_ONLY:
                break
            positional.append(checked.pop(parameter.name, parameter.default))
        return positional, checked

    def json_schema(self) -> dict[str, object]:
        """The JSON Schema of the arguments."""
        schema = self.adapter.json_schema(schema_generator=_Untitled)
        schema.pop("title", None)
        schema.setdefault("properties", {})
        return schema


class _Untitled(GenerateJsonSchema):
    """Leaves out titles that only repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # Any: pydantic's own kinds of schema
        return False


def signature_of_call(fn: Callable[..., object]) -> inspect.Signature:
    """The parameters of a tool's function, checked.

    Raises:
        TypeError: One of them has no name for a model to give it by.
    """
    signature = inspect.signature(fn)
    for each in signature.parameters.values():
        if each.kind in _NAMELESS:
            raise TypeError(
                f"a tool's arguments have names, so that a model can give them; {_called(fn)} takes {each}: "
                "write a parameter for each, or one that is a list or a dict"
            )
        if isinstance(each.default, FieldInfo):
            raise TypeError(
                f"the parameter {each.name!r} of {_called(fn)} has a Field as its default: "
                f"write {each.name}: Annotated[..., Field(...)], and the default after it"
            )
    return signature


def _hints(fn: Callable[..., object]) -> dict[str, Any]:  # Any: type forms, for which Python has no type
    while hasattr(fn, "func"):
        fn = fn.func
    if not inspect.isroutine(fn) and not isinstance(fn, type):
        fn = type(fn).__call__
    return get_type_hints(fn, include_extras=True)


def _field(parameter: inspect.Parameter, hint: Any, description: str | None) -> Any:  # Any: type forms
    extra: dict[str, Any] | None = None  # Any: JSON
    if parameter.default is not parameter.empty:
        try:
            extra = {"default": to_jsonable_python(parameter.default)}
        except PydanticSerializationError:
            extra = None
    kind, more = (get_args(hint)[0], get_args(hint)[1:]) if get_origin(hint) is Annotated else (hint, ())
    field = Field(description=description, json_schema_extra=extra)
    form = Annotated[(kind, field, *more)]  # type: ignore[valid-type]  # made at run time
    return Required[form] if parameter.default is parameter.empty else NotRequired[form]


def _bare(parameters: tuple[inspect.Parameter, ...]) -> str | None:
    if len(parameters) == 1:
        return parameters[0].name
    needed = [each for each in parameters if each.default is each.empty]
    if not parameters or parameters[0].kind is inspect.Parameter.KEYWORD_ONLY or len(needed) > 1:
        return None
    return parameters[0].name if needed in ([], [parameters[0]]) else None


def _called(fn: object) -> str:
    return str(getattr(fn, "__qualname__", None) or type(fn).__qualname__)
