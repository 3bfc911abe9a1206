"""What is said of programs that do not fit together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from runlaw.algebra.forms import bare
from runlaw.algebra.meet import disjoint
from runlaw.algebra.records import fields_of, is_open
from runlaw.algebra.show import show
from runlaw.algebra.walk import name
from runlaw.kernel.nodes import Node
from runlaw.kernel.signature import TypeForm


def mismatch(steps: Sequence[Node], index: int, wanted: TypeForm, came: TypeForm, names: Callable[[Node], str]) -> str:
    """What to say of a step that cannot take what comes: both steps, both types, and what to do."""
    before, step = names(steps[index - 1]), names(steps[index])
    expected, got = _told_apart(wanted, came)
    missing = ", ".join([repr(key) for key in _missing_keys(came, wanted)])
    lack = f", which lacks {missing}" if missing else ""
    return (
        f"step {index + 1} ({step}) cannot follow step {index} ({before}): {step} expected {expected}, "
        f"got {got} from {before}{lack}; "
        "change one of the two, put a step between them, or state their types with with_types(...)"
    )


def _told_apart(one: TypeForm, other: TypeForm) -> tuple[str, str]:
    shown = show(one), show(other)
    return shown if shown[0] != shown[1] else (show(one, qualified=True), show(other, qualified=True))


def _missing_keys(came: TypeForm, wanted: TypeForm) -> list[str]:
    given = fields_of(bare(came))
    if not given or is_open(bare(came)):
        return []
    return [
        key
        for key, field in fields_of(bare(wanted)).items()
        if field.required and not (key in given and given[key].required)
    ]


def refuse_disjoint(inputs: Sequence[tuple[str, Node, TypeForm]], by: str) -> None:
    """Refuse programs, each with its label and its input, of which two have no input in common.

    Raises:
        TypeError: It names both, and both types.
    """
    for (other, inner, form), (label, node, taken) in combinations(inputs, 2):
        if disjoint(form, taken):
            first, second = _told_apart(form, taken)
            raise TypeError(
                f"{by}() gives one input to all, but {other} ({name(inner)}) expected {first} and "
                f"{label} ({name(node)}) expected {second}, and no value is both; "
                "change one of the two, or put a step before it that makes what it takes of the common input"
            )
