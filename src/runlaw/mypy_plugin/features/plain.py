"""Leaves and combinators of one step, whose declared signatures tell nearly all."""

from __future__ import annotations

from runlaw.mypy_plugin.calls import Call, Read
from runlaw.mypy_plugin.messages import refused
from runlaw.mypy_plugin.steps import input_of, is_coroutine_function, output_for, partial_of, read_step


def one_step(call: Call) -> Read | None:
    """Report a coroutine function; the declared signature does the rest."""
    written = call.arguments()
    if written and written[0].name is None:
        step = read_step(call.api, written[0].expr)
        if is_coroutine_function(step.type):
            refused(call, f"the step of {call.signature.name or 'it'}", step)
    return None


def declared(call: Call) -> Read | None:
    """Leave it to the declared signature, with its config as ``configs`` reads it."""
    return None


def lift(call: Call) -> Read | None:
    """``lift(partial(f, ...))``: what is left to be given."""
    written = call.arguments()
    if not written or written[0].name is not None:
        return None
    step = read_step(call.api, written[0].expr)
    taken = input_of(step.type)
    if partial_of(step.type) is None or taken is None or len(written) > 1:
        return None
    given = output_for(call.api, step, taken)
    return None if given is None else ([step.type], call.runnable(taken, given))
