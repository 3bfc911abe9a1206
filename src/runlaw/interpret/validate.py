"""Values checked at a boundary, by pydantic, against the types of a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runlaw.interpret.blame import blame
from runlaw.interpret.program import Program
from runlaw.interpret.schema import Side, schema_of
from runlaw.kernel.nodes import Typed

Check = Callable[[Any], Any]  # Any: a user's values


def checks_of(program: Program) -> tuple[Check, Check]:
    """The checks of the input and of the output; each gives the value as its type has it.

    A value of the type is given as it is; in lax mode any other one converted, if it can be.

    Raises:
        pydantic.ValidationError: From a check, when the value does not fit; it is noted with the step's path.
        NameError: From a check, when an annotation names what is not defined; noted likewise.
        TypeError: From a check, when pydantic cannot describe the type; noted likewise.
    """
    node = program.node
    assert isinstance(node, Typed)
    return _check(program, node, "input"), _check(program, node, "output")


def _check(program: Program, node: Typed, side: Side) -> Check:
    strict = node.check == "strict"
    take: Check | None = None

    def check(value: Any) -> Any:  # Any: a user's values
        nonlocal take
        try:
            if take is None:
                take = _take(node, side, strict)
            return take(value)
        except Exception as error:
            blame(error, program.inner())
            raise

    return check


def _take(node: Typed, side: Side, strict: bool) -> Check:
    from runlaw.interpret.adapter import ProgramSchema

    adapter = schema_of(node, side)
    if isinstance(adapter, ProgramSchema):
        return lambda value: adapter.take(value, strict)
    return lambda value: adapter.validate_python(value, strict=strict or None)
