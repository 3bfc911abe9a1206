"""Mappings of a class of their own: merged key by key, to a mapping of that class."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from runlaw.kernel.monoid import Records
from runlaw.kernel.semigroup import Semigroup

Kind = type[Mapping[str, object]]


class Mappings(Records):
    """Mappings of one class, each value by one monoid. A ``defaultdict`` makes what is missing as the first one does.

    >>> from runlaw.kernel.monoid import STR
    >>> total = Mappings(OrderedDict, STR).join([OrderedDict(a="x"), OrderedDict(b="y"), OrderedDict(a="z")])
    >>> type(total).__name__, [*total.items()]
    ('OrderedDict', [('a', 'xz'), ('b', 'y')])
    """

    __slots__ = ("kind",)

    kind: Kind

    def __init__(self, kind: Kind, default: Semigroup[Any]) -> None:  # Any: of whatever type the values are
        super().__init__({}, default)
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "empty", self._built({}, ()))

    def join(self, chunks: Sequence[Mapping[str, object]]) -> Any:  # Any: of the class, which is known at run time only
        """The sum, of the class of the mappings."""
        return self._built(super().join(chunks), chunks)

    def finished(self, total: Mapping[str, object]) -> object:
        """The sum with finished values, of the class of the mappings."""
        return self._built(super().finished(total), (total,))

    def _built(self, values: object, chunks: Sequence[object]) -> Any:  # Any: as in join
        if type(values) is self.kind:
            return values
        build: Any = self.kind  # Any: classes of mappings have no constructor in common
        if issubclass(self.kind, defaultdict):
            makers = [maker for chunk in chunks if (maker := getattr(chunk, "default_factory", None)) is not None]
            return build(makers[0] if makers else None, values)
        return build(values)

    def _parts(self) -> tuple[object, ...]:
        return (self.kind, self.default)

    def __repr__(self) -> str:
        return f"Mappings({self.kind.__name__}, {self.default!r})"


def can_be_built(kind: type) -> bool:
    """Whether a mapping of the class can be made of its items: unless the class has a constructor of its own.

    >>> can_be_built(OrderedDict), can_be_built(defaultdict), can_be_built(Mapping)
    (True, True, False)
    """
    known: tuple[Any, ...] = (defaultdict, OrderedDict, dict)  # Any: their constructors are compared
    base = next((base for base in known if issubclass(kind, base)), None)
    own: Any = kind  # Any: as above
    return base is not None and own.__init__ is base.__init__ and own.__new__ is base.__new__
