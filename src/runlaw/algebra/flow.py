"""Types followed through a pipe: what the value is after every step, and what its first step turns out to take."""

from __future__ import annotations

from typing import Any, NamedTuple

from runlaw.algebra.fits import fits
from runlaw.algebra.substitution import freshen, substitute, variables, within_bounds
from runlaw.algebra.unify import Bindings, unify
from runlaw.kernel.signature import Provisional, Signature, TypeForm


class _Passed(NamedTuple):
    """What one step does to a type; ``seen`` keeps alive the forms whose identities are the key of it."""

    output: TypeForm
    learnt: Bindings | None
    fits: bool
    seen: tuple[TypeForm, ...]


class Flow:
    """The types of a pipe as far as it has been followed.

    ``source`` is the input of its first step and ``current`` the output of the last one, with the type
    variables solved that are solved by now. Every step met again costs a look-up.
    """

    __slots__ = ("_overgrown", "_passed", "_repeated", "_still", "current", "provisional", "source")

    def __init__(self, first: Signature) -> None:
        self.source: TypeForm = first.input
        self.current: TypeForm = first.output
        self.provisional: bool = isinstance(first, Provisional)
        self._passed: dict[tuple[int, int, int, int], _Passed] = {}
        self._overgrown = False
        self._repeated: Signature | None = None  # a step after which the type is the same as before, ...
        self._still: TypeForm = None  # ... and that type

    def then(self, step: Signature) -> bool:
        """Follow one more step; whether the current type fits its input."""
        current = self.current
        if step is self._repeated and current is self._still:
            return True
        taken, given = step
        if (taken is current or taken is Any) and type(taken) is type is type(given):
            self.current = given
            return True
        key = (id(self.source), id(current), id(taken), id(given))
        passed = self._passed.get(key)
        if passed is None:
            passed = self._passed[key] = self._pass(taken, given)
        if passed.learnt is not None:
            self.source = substitute(self.source, passed.learnt)
        elif passed.output is current and passed.fits:
            self._repeated, self._still = step, current
        self.current = passed.output
        return passed.fits

    def _pass(self, taken: TypeForm, given: TypeForm) -> _Passed:
        source, current = self.source, self.current
        seen = (source, current, taken, given)
        live = (*variables(source), *variables(current))
        generic = bool(variables(taken) or variables(given))
        if not generic and not variables(current):
            return _Passed(given, None, fits(current, taken), seen)
        taken, given = freshen((taken, given), live)
        bindings: dict[TypeForm, TypeForm] = {}
        unify(current, taken, bindings)
        fit = fits(substitute(current, bindings), substitute(taken, bindings)) and all(
            fits(form, variable) for variable, form in bindings.items()
        )
        output = substitute(given, bindings)
        if (generic and self._overgrown) or not within_bounds(output):
            self._overgrown = True
            output = Any
        return _Passed(output, bindings if any(one in bindings for one in live) else None, fit, seen)

    @property
    def signature(self) -> Signature:
        """The input of the first step and the output of the last."""
        return (Provisional if self.provisional else Signature)(self.source, self.current)
