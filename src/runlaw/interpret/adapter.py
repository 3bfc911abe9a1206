"""The adapters of programs: pydantic's, with a title, and exact in strict mode."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_args

from pydantic import BaseModel, Field, PydanticUndefinedAnnotation, TypeAdapter, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticUserError
from pydantic_core import InitErrorDetails, PydanticCustomError, SchemaSerializer, SchemaValidator
from pydantic_core.core_schema import CoreSchema, definitions_schema

from runlaw.algebra.records import fields_of
from runlaw.algebra.show import show
from runlaw.interpret.describe import Described, refer
from runlaw.interpret.membership import Membership
from runlaw.kernel.signature import TypeForm

if TYPE_CHECKING:
    from pydantic.plugin._schema_validator import PluggableSchemaValidator


class TitledSchema(TypeAdapter[Any]):  # type: ignore[misc]  # final for checkers; an adapter is what users get (Any: types known at run time)
    """An adapter whose JSON schema has a title, and is made once."""

    _title: str
    _what: str
    _json: dict[str, Any] | None  # Any: JSON

    @classmethod
    def of(cls, adapter: TypeAdapter[Any], title: str, what: str) -> TypeAdapter[Any]:  # Any: as above
        """A user's adapter with a title; one of a class of its own is taken as it is."""
        plain: type = TypeAdapter
        if type(adapter) is not plain:
            return adapter
        made = cls.__new__(cls)
        made.__dict__.update(vars(adapter), _title=title, _what=what, _json=None)
        return made

    def json_schema(self, **options: Any) -> dict[str, Any]:  # Any: pydantic's options, and JSON
        """The JSON schema of the type; without options it is made once, so do not change it.

        Raises:
            TypeError: No JSON schema can be made of the type.
        """
        if options:
            return self._titled(options)
        if self._json is None:
            self._json = self._titled({})
        return self._json

    def _titled(self, options: dict[str, Any]) -> dict[str, Any]:  # Any: as above
        try:
            schema = super().json_schema(**options)
        except PydanticInvalidForJsonSchema as error:
            form = self._type
            raise TypeError(
                f"{self._what} has no JSON schema: {show(form)} holds values that are no JSON "
                f"({str(error).splitlines()[0]}); say what stands for it with with_types(step, "
                f"{_side(self._what)}=TypeAdapter(Annotated[{show(form)}, WithJsonSchema({{...}})]))"
            ) from error
        return {"title": self._title, **{key: value for key, value in schema.items() if key != "title"}}


class ProgramSchema(TitledSchema):  # type: ignore[misc]  # as above
    """The adapter of a type; in strict mode it accepts a Python value exactly when the type does.

    Raises:
        NameError: A field's type is not defined; the name is in the message.
        TypeError: Pydantic cannot describe the type.
    """

    def __init__(self, form: TypeForm, title: str, what: str) -> None:
        self._title, self._what, self._json = title, what, None
        try:
            self._build(form, title)
        except PydanticUndefinedAnnotation as error:
            raise NameError(
                f"{what} is of the type {show(form)}, in which {error.name!r} is not defined; define or import it at "
                f"module level, or state the type with with_types(step, {_side(what)}=...)",
                name=error.name,
            ) from error
        except PydanticUserError as error:
            part = _culprit(form)
            inside = "" if part is form else f", a part of {show(form)}"
            raise TypeError(
                f"{what}: pydantic cannot describe {show(part)}{inside}; say what to take for it with "
                f"with_types(step, {_side(what)}=TypeAdapter(...)), in which InstanceOf[{show(part)}] "
                "stands for any value of the class"
            ) from error
        said: Any = form  # Any: a type form
        self._type = said
        self._membership: Membership | None = None

    def _build(self, form: TypeForm, title: str) -> None:
        described = Described(form)
        nominal = isinstance(form, type) and (issubclass(form, BaseModel) or is_dataclass(form))
        whole: Any = Annotated[described.whole, Field(title=title)] if nominal else described.whole  # Any: a type form
        super().__init__(whole)
        if not self.pydantic_complete:
            self.rebuild(raise_errors=True)
        if described.parts:
            parts = [_part(ref, part) for ref, part in described.parts.items()]
            self.core_schema: CoreSchema = definitions_schema(refer(self.core_schema), parts)
            self.validator: SchemaValidator | PluggableSchemaValidator = SchemaValidator(self.core_schema)
            self.serializer: SchemaSerializer = SchemaSerializer(self.core_schema)

    @property
    def membership(self) -> Membership:
        """The test whether a value is of the type."""
        if self._membership is None:
            self._membership = Membership(self._type)
        return self._membership

    def validate_python(
        self,
        object: Any,  # Any: a user's value
        /,
        *,
        strict: bool | None = None,
        **options: Any,  # Any: pydantic's
    ) -> Any:  # Any: as the value
        """The value as pydantic takes it; in strict mode it must be of the type, and is given back as it is."""
        if not strict:
            return super().validate_python(object, strict=strict, **options)
        if self.membership.holds(object):
            return super().validate_python(object, **options) if self.membership.custom else object
        super().validate_python(object, strict=True, **options)  # its errors say where the value is wrong
        wrong = PydanticCustomError("type", "Input should be a value of {form}", {"form": show(self._type)})
        raise ValidationError.from_exception_data(self._title, [InitErrorDetails(type=wrong, input=object)])

    def take(self, value: Any, strict: bool) -> Any:  # Any: a user's value
        """A value of the type as it is; in lax mode any other one converted, if it can be."""
        if strict or (self.membership.holds(value) and not self.membership.custom):
            return self.validate_python(value, strict=True)
        return self.validate_python(value)


def _part(ref: str, form: Any) -> CoreSchema:  # Any: a type form
    """The core schema of a part that was cut out, under its reference."""
    adapter: TypeAdapter[Any] = TypeAdapter(form)  # Any: of that type
    schema: CoreSchema = {**refer(adapter.core_schema), "ref": ref}
    return schema


def _side(what: str) -> str:
    return what.split()[1]


def _culprit(form: TypeForm) -> TypeForm:
    """The innermost part of a type that pydantic cannot describe."""
    for part in (*get_args(form), *[field.form for field in fields_of(form).values()]):
        if isinstance(part, list) or part is ...:
            continue
        described: Any = Described(part).whole  # Any: a type form
        try:
            TypeAdapter(described)
        except PydanticUserError:
            return _culprit(part)
    return form
