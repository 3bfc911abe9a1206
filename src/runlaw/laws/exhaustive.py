"""Laws checked completely on a tiny domain: on all functions between types of two and of three values.

>>> len(functions(bool, Trit)), len(functions(Trit, Trit))
(9, 27)
>>> from runlaw.laws import law_named
>>> str(check_completely(law_named("left identity")))
'left identity: holds on 48 cases'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import product
from typing import Any

from runlaw.combinators.lift import lift
from runlaw.kernel.signature import Signature
from runlaw.laws.examine import examine
from runlaw.laws.law import WAYS, Case, Law
from runlaw.laws.options import check_one_law
from runlaw.laws.report import Checked
from runlaw.runnable import Runnable

Value = bool | Enum
Finite = type[bool] | type[Enum]
Program = Runnable[Any, Any]  # Any: between the types of the domain


class Trit(Enum):
    """The type of three values."""

    LOW = 0
    MIDDLE = 1
    HIGH = 2


TYPES: tuple[Finite, ...] = (bool, Trit)
"""The domain: a type of two values, and one of three."""


def values_of(finite: Finite) -> tuple[Value, ...]:
    """All values of ``bool`` or of an enumeration."""
    return (False, True) if finite is bool else tuple(finite)


class Table:
    """A function of a finite type, given by its results: equal to one with the same results, also after pickling.

    Its name tells the types and the numbers of the results.

    >>> flip = Table(bool, bool, (True, False))
    >>> flip(True), flip == Table(bool, bool, (True, False)), flip
    (False, True, Table(bool, bool, (True, False)))
    """

    def __init__(self, source: Finite, target: Finite, results: tuple[Value, ...]) -> None:
        self.source: Finite = source
        self.target: Finite = target
        self.results: tuple[Value, ...] = results
        numbers = "".join(str(values_of(target).index(result)) for result in results)
        self.__name__: str = f"{source.__name__}_to_{target.__name__}_{numbers}"
        self._result = dict(zip(values_of(source), results, strict=True))

    def __call__(self, value: Value) -> Value:
        return self._result[value]

    def __runlaw_signature__(self, strict: bool) -> Signature:
        return Signature(self.source, self.target)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash((self.source, self.target, self.results))

    def __reduce__(self) -> tuple[Any, ...]:  # Any: what pickle asks for
        return Table, (self.source, self.target, self.results)

    def __repr__(self) -> str:
        return f"Table({self.source.__name__}, {self.target.__name__}, {self.results})"


def functions(source: Finite, target: Finite) -> tuple[Program, ...]:
    """All functions from one finite type to another, as quick leaves."""
    every = product(values_of(target), repeat=len(values_of(source)))
    return tuple(lift(Table(source, target, results), blocking=False) for results in every)


def _checked(types: Sequence[Finite]) -> tuple[Finite, ...]:
    given: object = types
    expected = "check_completely: types must be a list of bool and enumerations, such as [bool]"
    if isinstance(given, (str, type)) or not isinstance(given, Iterable):
        raise TypeError(f"{expected}; got {given!r}")
    for kind in given:
        if kind is not bool and not (isinstance(kind, type) and issubclass(kind, Enum)):
            raise TypeError(f"{expected}; got {kind!r} among them")
    some = tuple(types)
    empty = [kind for kind in some if not values_of(kind)]
    if empty or not some:
        raise ValueError(f"{expected}, each with a value at least; got {empty[0] if empty else 'none'}")
    return some


class Watched(Case):
    """A case that notes which of its fields are read."""

    read: set[str]

    def __getattribute__(self, name: str) -> Any:  # Any: a field of whatever type
        if name in Case._fields:
            self.__dict__["read"].add(name)
        return super().__getattribute__(name)

    def _replace(self, **fields: Any) -> Watched:  # Any: fields of whatever types
        return watched(super()._replace(**fields), self.read)


def watched(case: Case, read: set[str]) -> Watched:
    """The case, which notes in ``read`` what is read of it."""
    made = Watched._make(tuple(case))
    made.read = read
    return made


def complete_cases(types: Sequence[Finite] = TYPES, fields: Sequence[str] = Case._fields) -> Iterator[Case]:
    """All cases of the domain: programs are all functions from one type to another, ``other`` all from the input's
    type to itself, ``after`` and ``then`` all from the output's type to itself.

    Args:
        types: Finite types.
        fields: Which fields of a case are varied; the others are always the first of what they could be.
    """
    for source, target in product(types, repeat=2):
        values, around = values_of(source), functions(target, target)
        options: dict[str, Sequence[Any]] = {  # Any: fields of whatever types
            "program": functions(source, target), "value": values, "other": functions(source, source), "after": around,
            "then": around, "number": range(4), "way": WAYS, "cuts": [(0.5,)], "more": [values[1:], ()],
        }  # fmt: skip
        for chosen in product(*(options[name] if name in fields else options[name][:1] for name in Case._fields)):
            yield Case._make(chosen)


def check_completely(law: Law, types: Sequence[Finite] = TYPES) -> Checked:
    """Check a law on all cases of a tiny domain that differ in what the law reads of a case.

    Args:
        law: A law.
        types: ``bool`` and enumerations of few values; a law that reads much of a case has many cases, so give
            ``[bool]`` for it.

    Raises:
        CannotCheck: As of ``check_laws``; or the law cannot be stated of programs between such types.
        LawBroken: The law does not hold.
        TypeError: ``law`` is no Law, or ``types`` are no list of ``bool`` and enumerations.
        ValueError: There are no types, or an enumeration has no values.
    """
    check_one_law("check_completely", law)
    types = _checked(types)
    fields: set[str] = {"program"}
    while True:
        read: set[str] = set()
        applied = 0
        excluded: dict[str, int] = {}
        for case in complete_cases(types, tuple(fields)):
            reason = examine(law, watched(case, read))
            if not read <= fields:
                break
            if reason is None:
                applied += 1
            else:
                excluded[reason] = excluded.get(reason, 0) + 1
        else:
            return Checked(law, applied, excluded)
        fields |= read
