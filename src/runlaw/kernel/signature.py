"""The type of a program at run time: what goes in, and what comes out."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

TypeForm: TypeAlias = object
"""Whatever may stand in an annotation: a class, ``list[int]``, ``int | None``, ``Any``, a type variable."""


class Signature(NamedTuple):
    """The input and the output type of a program; ``Any`` where nothing is known.

    >>> Signature(int, str)
    Signature(input=<class 'int'>, output=<class 'str'>)
    >>> Signature()
    Signature(input=typing.Any, output=typing.Any)
    """

    input: TypeForm = Any
    output: TypeForm = Any


class Provisional(Signature):
    """A signature with ``Any`` for an annotation that cannot be resolved yet, so one not to remember."""

    __slots__ = ()


UNKNOWN = Signature()
