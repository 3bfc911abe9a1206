"""Schemas and types: a schema accepts a value, in strict mode, exactly when the type does."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from runlaw import lift, map_batch, parallel, pipe, with_types, with_validation
from runlaw.algebra.fits import fits
from runlaw.algebra.show import show
from runlaw.interpret.adapter import ProgramSchema

from .test_types import belongs, everything, records, witnesses


def is_described(form: object) -> bool:
    """Whether pydantic knows all classes in a type; plain ones it does not."""
    return not any(name in show(form) for name in ("Base", "Derived"))


described = st.one_of(everything, records).filter(is_described)
described_records = records.filter(is_described)
known_keys = st.one_of(
    st.tuples(described, everything.filter(is_described)), st.tuples(described_records, described_records)
)
"""Two types, but no mapping where a record is taken: that fits as long as its keys are not known."""


def schema(form: object) -> ProgramSchema:
    return ProgramSchema(form, "title", "the input of f")


def accepts(schema: ProgramSchema, value: object) -> bool:
    try:
        return schema.validate_python(value, strict=True) is value
    except ValidationError:
        return False


@given(described, described)
def test_a_schema_accepts_a_value_exactly_when_the_type_does(form: object, other: object) -> None:
    made = schema(form)
    for value in (*witnesses(form), *witnesses(other)):
        assert accepts(made, value) == belongs(value, form)


@given(known_keys)
def test_what_fits_is_accepted(forms: tuple[object, object]) -> None:
    output, input = forms
    if fits(output, input):
        taken = schema(input)
        assert all(accepts(taken, value) for value in witnesses(output))


@given(described)
def test_lax_mode_takes_the_values_of_json(form: object) -> None:
    schema = ProgramSchema(form, "title", "the input of f")
    for value in witnesses(form):
        if type(value) in (int, str, bool, type(None)):
            taken = schema.validate_json(json.dumps(value))
            assert taken == value or taken == str(value).encode()  # a text is also one way to write bytes


@given(described)
def test_schemas_are_json(form: object) -> None:
    made = schema(form).json_schema()
    assert made["title"] == "title"
    assert json.loads(json.dumps(made)) == made


@given(described)
def test_a_program_of_a_type_has_its_schema(form: object) -> None:
    def same(value: object) -> object:
        return value

    program = with_types(same, input=form, output=form)  # type: ignore[call-overload]  # a type that is drawn
    expected = schema(form).json_schema()
    assert program.input_schema.json_schema() == {**expected, "title": "sameInput"}
    assert program.output_schema.json_schema() == {**expected, "title": "sameOutput"}
    assert pipe(program, lift(same)).input_schema.json_schema()["title"] == "sameInput"


@given(described)
def test_combinators_of_a_program_accept_what_its_type_says(form: object) -> None:
    program = with_types(lambda value: value, input=form, output=form)  # type: ignore[call-overload]  # as above
    values = witnesses(form)
    assert map_batch(program).input_schema.validate_python(values, strict=True) is values
    both = (values[0], values[0])
    assert parallel(program, program).output_schema.validate_python(both, strict=True) is both


@given(described)
def test_validation_changes_no_value_of_the_type(form: object) -> None:
    program = with_types(lambda value: value, input=form, output=form)  # type: ignore[call-overload]  # as above
    lax, strict = with_validation(program), with_validation(program, strict=True)
    for value in witnesses(form):
        assert lax.invoke(value) is value
        assert strict.invoke(value) is value
