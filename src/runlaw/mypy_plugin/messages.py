"""The messages, in the words of the errors that the same mistakes raise when the program is built."""

from __future__ import annotations

from collections.abc import Iterable

from mypy.messages import format_type_bare, format_type_distinctly
from mypy.nodes import ARG_POS
from mypy.types import Type, TypedDictType, get_proper_type

from runlaw.mypy_plugin.calls import Call
from runlaw.mypy_plugin.steps import Step, is_callable, is_coroutine_function, too_many


def told_apart(call: Call, one: Type, other: Type) -> tuple[str, str]:
    """Two types as text, with their modules where they would look the same."""
    first, second = format_type_distinctly(one, other, options=call.api.options, bare=True)
    return first, second


def refused(call: Call, where: str, step: Step) -> bool:
    """Report what can be no step at all; whether it was."""
    wrong = _what_is_wrong(call, where, step)
    if wrong is not None:
        call.fail(wrong, step.expr)
    return wrong is not None


def _what_is_wrong(call: Call, where: str, step: Step) -> str | None:
    if is_coroutine_function(step.type):
        return f"{where}, {step.name}, is a coroutine function: write lift({step.name})"
    if not is_callable(step.type):
        got = format_type_bare(step.type, call.api.options)
        return f"{where} must be a Runnable, a function or a dict of them; got {got}"
    function = too_many(step.type)
    if function is None:
        return None
    start = f"{where} must be a function of one argument, but {step.name}()"
    names = [name or "?" for name, kind in zip(function.arg_names, function.arg_kinds, strict=True) if kind is ARG_POS]
    if len(names) > 1:
        return (
            f"{start} needs {len(names)} ({', '.join(names)}): write unpack({step.name}) to call it with the items of "
            "a tuple, or bind the others with functools.partial"
        )
    if names:
        return f"{start} needs others by keyword: bind them with functools.partial"
    return f"{start} takes none: add a parameter for the input, or write const(value) for a fixed value"


def cannot_follow(call: Call, number: int, step: Step, before: str, wanted: Type, came: Type) -> None:
    """Report a step that cannot take what the one before it gives."""
    expected, got = told_apart(call, wanted, came)
    call.fail(
        f"step {number} ({step.name}) cannot follow step {number - 1} ({before}): {step.name} expected {expected}, "
        f"got {got} from {before}{_lack(came, wanted)}; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
        step.expr,
    )


def _lack(came: Type, wanted: Type) -> str:
    given, taken = get_proper_type(came), get_proper_type(wanted)
    if not isinstance(given, TypedDictType) or not isinstance(taken, TypedDictType):
        return ""
    missing = [key for key in taken.items if key in taken.required_keys and key not in given.required_keys]
    return f", which lacks {', '.join(map(repr, missing))}" if missing else ""


def cannot_take(call: Call, where: str, step: Step, wanted: Type, came: Type) -> None:
    """Report a branch that cannot take what comes in."""
    expected, got = told_apart(call, wanted, came)
    call.fail(
        f"{where} ({step.name}) expected {expected}, got {got}{_lack(came, wanted)}; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
        step.expr,
    )


def no_key(call: Call, where: str, step: Step, missing: Iterable[str], came: TypedDictType) -> None:
    """Report a step that picks a key that the record it gets does not have."""
    keys = ", ".join(map(repr, came.items)) or "none"
    call.fail(f"{where}: the record lacks {', '.join(map(repr, missing))}; its keys are {keys}", step.expr)


def nothing_in_common(
    call: Call, by: str, one: tuple[str, Step], first: Type, other: tuple[str, Step], second: Type
) -> None:
    """Report two programs that get one input and can never take the same."""
    (one_label, one_step), (other_label, other_step) = one, other
    expected, wanted = told_apart(call, first, second)
    call.fail(
        f"{by}() gives one input to all, but {one_label} ({one_step.name}) expected {expected} and "
        f"{other_label} ({other_step.name}) expected {wanted}, and no value is both; "
        "change one of the two, or put a step before it that makes what it takes of the common input",
        other_step.expr,
    )
