"""Values checked at a boundary, by pydantic, against the types of a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runlaw.algebra.signatures import signature
from runlaw.interpret.blame import blame
from runlaw.interpret.program import Program
from runlaw.kernel.nodes import Typed

Check = Callable[[Any], Any]  # Any: a user's values


def checks_of(program: Program) -> tuple[Check, Check]:
    """The checks of the input and of the output; each gives the value as its type has it.

    Raises:
        pydantic.ValidationError: From a check, when the value does not fit; it is noted with the step's path.
    """
    node = program.node
    assert isinstance(node, Typed)
    types = signature(node.inner)
    strict = node.check == "strict"

    def checking(form: object, given: object) -> Check:
        adapter: Any = None  # Any: a TypeAdapter of whatever type, made at first use

        def check(value: Any) -> Any:  # Any: a user's values
            nonlocal adapter
            if adapter is None:
                from pydantic import TypeAdapter

                chosen = form if given is None else given
                adapter = chosen if isinstance(chosen, TypeAdapter) else TypeAdapter(chosen)
            try:
                return adapter.validate_python(value, strict=strict or None)
            except ValueError as error:
                blame(error, program.inner())
                raise

        return check

    return checking(types.input, node.input), checking(types.output, node.output)
