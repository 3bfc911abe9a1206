"""Schemas: a program's types accept what it takes and what it gives, and checking them changes no value."""

from __future__ import annotations

from typing import Any

from runlaw.combinators.pipe import pipe
from runlaw.combinators.types import with_types, with_validation
from runlaw.laws.assumptions import SUCCEEDS
from runlaw.laws.law import Assumption, Case, Claim, Program, law, meaning, outcomes
from runlaw.laws.outcomes import observe
from runlaw.laws.palette import same


def accepts(form: Any, value: Any) -> bool:  # Any: a type form, and any value
    """Whether pydantic, in strict mode, accepts a value for a type."""
    from pydantic import TypeAdapter

    TypeAdapter(form).validate_python(value, strict=True)
    return True


def _plain_input(case: Case) -> bool:
    return observe(lambda: accepts(case.program.input_type, case.value)).error is None


FITS_INPUT = Assumption("the input is of the program's input type", _plain_input)


@law("schema", "the type of r's output accepts what r gives", SUCCEEDS, FITS_INPUT)
def outputs_fit(case: Case) -> Claim:
    r, x = case.program, case.value
    return outcomes(
        f"{r.output_type} accepts what {r!r} gives",
        lambda: accepts(r.output_type, r.invoke(x)),
        "it does",
        lambda: True,
    )


@law("schema", "r.input_schema accepts x, and r.output_schema what r gives", SUCCEEDS, FITS_INPUT)
def schemas_accept(case: Case) -> Claim:
    r, x = case.program, case.value

    def both() -> bool:
        r.input_schema.validate_python(x, strict=True)
        r.output_schema.validate_python(r.invoke(x), strict=True)
        return True

    return outcomes(f"the schemas of {r!r} accept its values", both, "they do", lambda: True)


@law("schema", "with_validation(r) = r, on inputs of its input type", FITS_INPUT)
def validation_changes_no_value(case: Case) -> Claim:
    return meaning(case, with_validation(case.program), case.program, way="ainvoke" if case.number % 2 else "invoke")


@law("schema", "with_types(r, input=I, output=O) = r")
def types_change_no_value(case: Case) -> Claim:
    return meaning(case, with_types(case.program, input=object, output=object), case.program)


@law("schema", "a pipe takes what its first step takes, and gives what its last step gives")
def a_pipe_has_the_types_of_its_ends(case: Case) -> Claim:
    r = case.program
    longer: Program = pipe(with_types(r, output=r.output_type), same)
    return outcomes(
        f"the types of {longer!r}", lambda: (longer.input_type, longer.output_type),
        f"the types of {r!r}", lambda: (r.input_type, r.output_type),
    )  # fmt: skip
