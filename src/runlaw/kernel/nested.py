"""Values inside one another, however deep, without the stack growing with the depth: how they compare and pickle.

Values of the kinds that say ``_nests`` may hold others of such kinds, in a field or in tuples there. What is no
value itself and says so, as a Runnable does, stands for the value that is its ``node``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple


def holds(part: object) -> Any | None:  # Any: a value of a kind that nests
    """The value that a part of another is, or stands for, if it is of a kind that nests."""
    if not getattr(type(part), "_nests", False):
        return None
    return part if hasattr(type(part), "_values") else getattr(part, "node", None)


def inside(value: Any) -> Iterator[Any]:  # Any: a value of a kind that nests
    """The values directly inside one, of kinds that nest."""
    pending: list[tuple[object, ...]] = [value._values()]
    while pending:
        for part in pending.pop():
            if type(part) is tuple:
                pending.append(part)
            elif (held := holds(part)) is not None:
                yield held


def bottom_up(value: Any, wanted: Callable[[Any], bool]) -> Iterator[Any]:  # Any: values of kinds that nest
    """A value and those inside it, once each, the inner ones first; nothing that is not ``wanted``, nor inside that."""
    pending = [value]
    entered: set[int] = set()
    done: set[int] = set()
    while pending:
        at = pending[-1]
        if id(at) in done:
            pending.pop()
        elif id(at) in entered:
            pending.pop()
            done.add(id(at))
            yield at
        else:
            entered.add(id(at))
            pending += [inner for inner in inside(at) if id(inner) not in done and wanted(inner)]


def alike(one: object, two: object, compares: Callable[[type], bool]) -> bool:
    """Whether two parts are equal: by their fields where the kind ``compares`` so, partial functions by their parts."""
    pending: list[tuple[Any, Any]] = [((one,), (two,))]  # Any: tuples of whatever parts
    seen: set[tuple[int, int]] = set()
    while pending:
        some, others = pending.pop()
        if len(some) != len(others):
            return False
        for mine, other in zip(some, others, strict=True):
            if mine is other:
                continue
            kind = type(mine)
            if kind is not type(other):
                if mine != other:
                    return False
            elif kind is tuple:
                pending.append((mine, other))
            elif kind is partial:
                if mine.keywords.keys() != other.keywords.keys():
                    return False
                named = tuple([other.keywords[key] for key in mine.keywords])
                pending.append(((mine.func, mine.args, *mine.keywords.values()), (other.func, other.args, *named)))
            elif compares(kind):
                if (id(mine), id(other)) not in seen:
                    seen.add((id(mine), id(other)))
                    pending.append((mine._values(), other._values()))
            elif mine != other:
                return False
    return True


class Place(NamedTuple):
    """Stands for a value in a list of them, or with ``make`` for what holds it."""

    number: int
    make: Callable[[Any], Any] | None = None  # Any: a value of a kind that nests, and what holds it


Record = tuple[Any, dict[str, object]]  # Any: a type, of which nothing more is known
"""The kind and the state of a value, with a ``Place`` for each value inside it."""


def flattened(values: Iterable[Any]) -> list[Record]:  # Any: values of kinds that nest
    """What values are made of, of which the inner ones come first."""
    places: dict[int, int] = {}
    records: list[Record] = []
    for at in values:
        records.append((type(at), {name: _packed(part, places) for name, part in at.__getstate__().items()}))
        places[id(at)] = len(places)
    return records


def _packed(part: object, places: dict[int, int]) -> object:
    if type(part) is tuple:
        return tuple([_packed(item, places) for item in part])
    held = holds(part)
    if held is None or id(held) not in places:
        return part
    return Place(places[id(held)], None if held is part else part.__reduce__()[0])  # type: ignore[arg-type]  # of a Runnable


def rebuilt(records: list[Record]) -> Any:  # Any: a value of a kind that nests
    """The last of the values that ``flattened`` gave the records of."""
    built: list[Any] = []  # Any: values of kinds that nest
    for kind, state in records:
        value: Any = kind.__new__(kind)  # Any: as above
        value.__setstate__({name: _unpacked(part, built) for name, part in state.items()})
        built.append(value)
    return built[-1]


def _unpacked(part: object, built: list[Any]) -> object:  # Any: values of kinds that nest
    if type(part) is tuple:
        return tuple([_unpacked(item, built) for item in part])
    if not isinstance(part, Place):
        return part
    value = built[part.number]
    return value if part.make is None else part.make(value)
