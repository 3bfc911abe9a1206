"""Whether a user's function can play the role of a component, as far as its parameters and annotations tell."""

from __future__ import annotations

from collections import abc
from collections.abc import Callable

from runlaw.algebra.annotations import check_one_argument, signature_of
from runlaw.algebra.bases import item_of
from runlaw.algebra.callables import display_name
from runlaw.algebra.fits import fits
from runlaw.algebra.forms import members, split
from runlaw.algebra.show import show
from runlaw.components.adapted import ROLES, Role
from runlaw.kernel.signature import TypeForm

_SEVERAL = (
    abc.Iterator,
    abc.Generator,
    abc.Iterable,
    abc.AsyncIterator,
    abc.AsyncGenerator,
    abc.AsyncIterable,
)


def check_function_of_role(fn: Callable[..., object], role: Role) -> None:
    """Refuse a function that takes no single argument, or is annotated to give what the role never gives.

    Raises:
        TypeError: It is such a function.
    """
    check_one_argument(fn, role)
    given = signature_of(fn).output
    output = ROLES[role].signature.output
    if not any(_may_be(_chunk(member), output) for member in members(given)):
        raise TypeError(
            f"{role} takes a function that gives {ROLES[role].expected}, but {display_name(fn)}() is annotated to "
            f"give {show(given)}"
        )


def _chunk(form: TypeForm) -> TypeForm:
    """What an iterator of chunks gives; any other form is that of the value itself."""
    return item_of(form) if split(form)[0] in _SEVERAL else form


def _may_be(form: TypeForm, output: TypeForm) -> bool:
    return any(fits(member, output) or fits(output, member) for member in members(form))
