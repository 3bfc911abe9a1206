"""Types as pydantic can describe them: what it does not know said in its terms, and deep ones cut into parts."""

from __future__ import annotations

import sys
from collections import abc
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Never, NotRequired, TypeAlias, get_args, get_origin

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema
from pydantic_core.core_schema import CoreSchema, ValidationInfo, ValidatorFunctionWrapHandler
from typing_extensions import TypedDict

from runlaw.algebra.forms import is_alias, is_typed_dict, literal_values, rebuild, split
from runlaw.algebra.records import fields_of, is_made, is_open
from runlaw.algebra.show import show
from runlaw.kernel.signature import TypeForm

_DEEP = 8
_PLACE = "runlaw_part"
_SEQUENCES = (abc.Sequence, abc.MutableSequence, abc.Collection)
_Json: TypeAlias = dict[str, Any]  # Any: JSON


class Described:
    """A type in pydantic's terms.

    Pydantic's builders recurse; so a type that nests deeply is cut: ``whole`` is its upper part, and
    ``parts`` are the others, each under the reference that stands in its place.
    """

    def __init__(self, form: TypeForm) -> None:
        self.parts: dict[str, TypeForm] = {}
        self._records: dict[object, TypeForm] = {}
        self._cuts = 0
        self._waiting: list[tuple[str, TypeForm]] = []
        self.whole: TypeForm = self._describe(form, 0)
        while self._waiting:
            ref, part = self._waiting.pop()
            self.parts[ref] = self._describe(part, 0)

    def _describe(self, form: TypeForm, depth: int) -> TypeForm:
        if form is Never:
            return Annotated[Any, _Nothing()]
        if is_typed_dict(split(form)[0]):
            return self._record(form, depth)
        args = get_args(form)
        if not args or literal_values(form) is not None or is_alias(get_origin(form)):
            return form
        if depth > _DEEP:
            return self._cut(form)
        origin = get_origin(form)
        if origin is Annotated:
            inner = self._describe(args[0], depth)
            return form if inner is args[0] else rebuild(form, (inner,))
        inner_forms = tuple([self._argument(arg, depth + 1) for arg in args])
        if origin in _SEQUENCES:
            items: Any = list  # Any: a checker reads no arguments that are known at run time only
            return Annotated[items[inner_forms], _SequenceOf(origin)]
        if _is_result(origin):
            return Annotated[Any, _ResultOf(inner_forms[0], _classes(args[1]))]
        if all(one is other for one, other in zip(inner_forms, args, strict=True)):
            return form
        return rebuild(form, inner_forms)

    def _argument(self, arg: Any, depth: int) -> Any:  # Any: a form, an ellipsis, or the list of a Callable
        if isinstance(arg, list):
            return [self._describe(one, depth) for one in arg]
        return arg if arg is ... else self._describe(arg, depth)

    def _cut(self, form: TypeForm) -> TypeForm:
        self._cuts += 1
        ref = f"Part{self._cuts}:runlaw"
        self._waiting.append((ref, form))
        return Annotated[Any, _Place(ref)]

    def _record(self, form: TypeForm, depth: int) -> TypeForm:
        cls: Any = split(form)[0]  # Any: attributes of TypedDict classes
        unknown = sys.version_info < (3, 12) and type(cls).__module__ == "typing"
        if not (is_made(cls) or unknown):
            return form
        key = key_of(form)
        if key in self._records:
            return self._records[key]
        if depth > _DEEP:
            return self._cut(form)
        if unknown:
            _resolve(cls)
        make: Any = TypedDict  # Any: a checker reads the functional form only with literal arguments
        made: Any = make(show(form) if get_args(form) else cls.__name__, {})  # Any: as above
        self._records[key] = made
        fields = fields_of(form)
        for name, field in fields.items():
            inner = self._describe(field.form, depth + 1)
            made.__annotations__[name] = inner if field.required else NotRequired[inner]
        made.__required_keys__ = frozenset(key for key, field in fields.items() if field.required)
        made.__optional_keys__ = frozenset(fields) - made.__required_keys__
        made.__module__, made.__doc__ = cls.__module__, cls.__doc__
        config = getattr(cls, "__pydantic_config__", None)
        if is_open(cls):
            config = {"extra": "allow"}
        if config is not None:
            made.__pydantic_config__ = config
        return made


def key_of(form: TypeForm) -> object:
    """What a form is remembered by: itself, or its identity where metadata in it cannot be hashed."""
    try:
        hash(form)
    except TypeError:
        return id(form)
    return form


def _resolve(cls: Any) -> None:  # Any: attributes of TypedDict classes
    """Raise where a field's type is not defined."""
    from typing import get_type_hints

    from pydantic import PydanticUndefinedAnnotation

    try:
        get_type_hints(cls, localns={cls.__name__: cls})
    except NameError as error:
        raise PydanticUndefinedAnnotation.from_name_error(error) from error


def _is_result(origin: TypeForm) -> bool:
    return getattr(origin, "__module__", "") == "returns.result" and getattr(origin, "__name__", "") == "Result"


def _classes(form: TypeForm) -> tuple[type, ...]:
    forms = get_args(form) or (form,)
    return tuple([one if isinstance(one, type) else object for one in forms])


class _Place:
    """Stands where a part was cut out; ``refer`` puts a reference there."""

    def __init__(self, ref: str) -> None:
        self.ref = ref

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.any_schema(metadata={_PLACE: self.ref})


def refer(schema: Any) -> Any:  # Any: a core schema, and whatever it is made of
    """The core schema with references where parts were cut out."""
    if isinstance(schema, list):
        return [refer(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    metadata = schema.get("metadata")
    if isinstance(metadata, dict) and _PLACE in metadata:
        return core_schema.definition_reference_schema(metadata[_PLACE])
    return {key: value if key in _OPAQUE else refer(value) for key, value in schema.items()}


_OPAQUE = frozenset({"metadata", "serialization", "default", "expected", "members", "config"})


class _Nothing:
    """The type without values."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        def refuse(value: object) -> Never:
            raise PydanticCustomError("never", "There is no value of this type")

        return core_schema.no_info_plain_validator_function(refuse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> _Json:
        return {"not": {}}


class _SequenceOf:
    """A sequence of any kind, described as the list it wraps; a tuple stays a tuple."""

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: Any, inner: ValidatorFunctionWrapHandler) -> object:  # Any: a user's value
            known: bool = isinstance(value, self.kind)
            if not known or isinstance(value, str | bytes | bytearray):
                return inner(value)
            items: list[Any] = inner(list(value))  # Any: as above
            return tuple(items) if isinstance(value, tuple) else items

        return core_schema.no_info_wrap_validator_function(read, handler(source))


class _ResultOf:
    """A ``Result``; its JSON is ``{"success": value}`` or ``{"failure": {"type": ..., "message": ...}}``."""

    def __init__(self, value: TypeForm, errors: tuple[type, ...]) -> None:
        self.value = value
        self.errors = errors

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_wrap_validator_function(
            self._read,
            handler.generate_schema(self.value),
            serialization=core_schema.plain_serializer_function_ser_schema(_result_json, when_used="json"),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> _Json:
        text = {"type": "string"}
        error = _object({"type": text, "message": text})
        return {"anyOf": [_object({"success": handler(schema)}, "Success"), _object({"failure": error}, "Failure")]}

    def _read(self, value: Any, inner: Callable[[object], object], info: ValidationInfo) -> object:  # Any: a user's
        from returns.result import Failure, Success

        if isinstance(value, Success):
            return Success(inner(value.unwrap()))
        if isinstance(value, Failure) and isinstance(value.failure(), self.errors):
            return value
        if info.mode == "json" and isinstance(value, dict):
            if value.keys() == {"success"}:
                return Success(inner(value["success"]))
            failure = value.get("failure")
            if value.keys() == {"failure"} and isinstance(failure, dict):
                return Failure(self._error(failure))
        raise PydanticCustomError("result", "Input should be a Success or a Failure of returns.result")

    def _error(self, said: Mapping[str, object]) -> object:
        kind = next((one for one in self.errors if one.__name__ == said.get("type")), self.errors[0])
        return kind(said.get("message"))


def _object(properties: Mapping[str, object], title: Literal["Success", "Failure"] | None = None) -> _Json:
    named = {} if title is None else {"title": title}
    return {**named, "type": "object", "properties": dict(properties), "required": list(properties)}


def _result_json(value: Any) -> _Json:  # Any: a Result
    from returns.result import Success

    if isinstance(value, Success):
        return {"success": value.unwrap()}
    error = value.failure()
    return {"failure": {"type": type(error).__name__, "message": str(error)}}
