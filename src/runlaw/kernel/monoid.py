"""How chunks of the known types add up: text, lists, records, and whatever has an ``__add__`` of its own."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from itertools import chain
from typing import Any, Final, NoReturn, TypeVar

from runlaw.kernel.notes import add_note
from runlaw.kernel.semigroup import Monoid, Semigroup, fresh

T = TypeVar("T")


class _Text(Monoid[str]):
    __slots__ = ()
    _name = "STR"

    def join(self, chunks: Sequence[str]) -> str:
        try:
            return "".join(chunks)
        except TypeError:
            _check_all(str, chunks)
            raise


class _Bytes(Monoid[bytes]):
    __slots__ = ()
    _name = "BYTES"

    def join(self, chunks: Sequence[bytes]) -> bytes:
        try:
            return b"".join(chunks)
        except TypeError:
            _check_all(bytes, chunks, bytearray, memoryview)
            raise


class _List(Monoid[list[Any]]):  # Any: one instance serves every type of item
    __slots__ = ()
    _name = "LIST"

    def join(self, chunks: Sequence[list[Any]]) -> list[Any]:  # Any: as above
        _check_all(list, chunks)
        return list(chain.from_iterable(chunks))


class _Tuple(Monoid[tuple[Any, ...]]):  # Any: one instance serves every type of item
    __slots__ = ()
    _name = "TUPLE"

    def join(self, chunks: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:  # Any: as above
        _check_all(tuple, chunks)
        return tuple(chain.from_iterable(chunks))


class _UniformTuple(_Tuple):
    """Tuples of which only the values are known: added up as long as all items are of one type."""

    __slots__ = ()
    _name = "UNIFORM_TUPLE"

    def join(self, chunks: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:  # Any: as above
        return chunks[0] if len(chunks) == 1 else _check_uniform(super().join(chunks))


class Last(Semigroup[Any]):  # Any: fits every type of chunk, as a snapshot may be of any type
    """The type of ``last``, so that a signature can take ``last`` without losing the type of the chunks."""

    __slots__ = ()
    _name = "last"

    def join(self, chunks: Sequence[T]) -> T:
        """The last chunk."""
        return chunks[-1] if chunks else self._no_chunks()


class _Own(Semigroup[Any]):  # Any: serves every type with an __add__ of its own
    """The type of ``ADD``: chunks add up by ``+``, and their class may say more of it by two methods.

    * ``__finish__(self)``: the value that a sum stands for, where it is of another type.
    * ``__join__(cls, chunks)``, a class method: the sum of two or more chunks of the class, in linear time.
      It must equal repeated ``+``, which is used where the class does not have it.

    >>> class Words:
    ...     def __init__(self, *words: str) -> None:
    ...         self.words = words
    ...     def __add__(self, other: "Words") -> "Words":
    ...         return Words(*self.words, *other.words)
    ...     @classmethod
    ...     def __join__(cls, chunks: "Sequence[Words]") -> "Words":
    ...         return cls(*(word for chunk in chunks for word in chunk.words))
    ...     def __finish__(self) -> str:
    ...         return " ".join(self.words)
    >>> ADD.total([Words("add"), Words("me", "up")])
    'add me up'
    """

    __slots__ = ()
    _name = "ADD"

    def join(self, chunks: Sequence[T]) -> T:
        if len(chunks) < 2:
            return chunks[0] if chunks else self._no_chunks()
        kind = type(chunks[0])
        join: Callable[[Sequence[T]], T] | None = _LINEAR.get(kind, getattr(kind, "__join__", None))
        if join is not None and all(isinstance(chunk, kind) for chunk in chunks):
            return join(chunks)
        return reduce(operator.add, chunks)

    def _no_chunks(self) -> NoReturn:
        raise ValueError(
            "there were no chunks to add up, and a type that adds up by a + of its own has no empty value; "
            "yield at least one chunk, or give monoid=Monoid(empty, combine)"
        )


class _ByValue(Semigroup[Any]):  # Any: the type is not known before the first chunk
    """The type of ``BY_VALUE``: the first chunk tells how all add up; a single chunk is its own sum."""

    __slots__ = ()
    _name = "BY_VALUE"

    def join(self, chunks: Sequence[T]) -> T:
        if len(chunks) == 1:
            return chunks[0]
        if not chunks:
            self._no_chunks()
        monoid = monoid_of_value(chunks[0])
        total: T = WHOLE.join(chunks) if monoid is None else monoid.join(chunks)
        return total

    def _no_chunks(self) -> NoReturn:
        raise ValueError(
            "there were no chunks to add up, and their type, which only a first chunk could tell, is unknown; "
            "annotate the function, yield at least one chunk, or give monoid="
        )


class _Given(_ByValue):
    """The type of ``GIVEN``: as ``BY_VALUE``, of chunks that the caller gives as a program's input."""

    __slots__ = ()
    _name = "GIVEN"

    def join(self, chunks: Sequence[T]) -> T:
        if len(chunks) > 1 and monoid_of_value(chunks[0]) is None:
            raise TypeError(
                f"the input came in {len(chunks)} chunks of type {type(chunks[0]).__qualname__}, which do not know how "
                "to add up; give it in one chunk"
            )
        return super().join(chunks)

    def _no_chunks(self) -> NoReturn:
        raise ValueError("the input came in no chunks, and nothing tells what the empty input is; give at least one")


class _Whole(Semigroup[Any]):  # Any: serves every type whose values come in one piece
    """The type of ``WHOLE``: a value comes in one chunk, and a second one is an error."""

    __slots__ = ()
    _name = "WHOLE"


class Records(Monoid[Mapping[str, object]]):
    """Records merged key by key; see ``record_monoid``."""

    __slots__ = ("default", "fields")

    fields: Mapping[str, Semigroup[Any]]  # Any: each field has a type of its own
    default: Semigroup[Any]  # Any: as above

    def __init__(self, fields: Mapping[str, Semigroup[Any]], default: Semigroup[Any]) -> None:  # Any: as above
        super().__init__({}, self._combine, partial(_finish_record, fields, default))
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "default", default)

    def join(self, chunks: Sequence[Mapping[str, object]]) -> dict[str, object]:
        parts: dict[str, list[object]] = {}
        _check_all(Mapping, chunks)
        for chunk in chunks:
            for key in chunk:
                parts.setdefault(key, []).append(chunk[key])
        keys = [key for key in self.fields if key in parts]
        if len(keys) < len(parts):  # the order of keys that are not declared is that in which they came
            keys = list(parts)
        return {key: self._join_key(key, parts[key]) for key in keys}

    def _combine(self, a: Mapping[str, object], b: Mapping[str, object]) -> dict[str, object]:
        return self.join((a, b))

    def _join_key(self, key: str, values: list[object]) -> object:
        monoid = self.fields.get(key, self.default)
        if len(values) > 1 and (monoid is WHOLE or (monoid is BY_VALUE and monoid_of_value(values[0]) is None)):
            raise TypeError(
                f"the key {key!r} of a record came in {len(values)} chunks, and nothing says how its values, of type "
                f"{type(values[0]).__qualname__}, add up; let it come in one, or say how: "
                f"monoid=record_monoid({{{key!r}: last}})"
            )
        try:
            return monoid.join(values)
        except (TypeError, ValueError) as error:
            add_note(error, f"while adding up the key {key!r} of a record")
            raise

    def _parts(self) -> tuple[object, ...]:
        return (self.fields, self.default)

    def __repr__(self) -> str:
        shown = ", ".join(f"{key!r}: {monoid!r}" for key, monoid in self.fields.items())
        return f"record_monoid({{{shown}}}{'' if self.default is BY_VALUE else f', {self.default!r}'})"


class RecordChunk(dict[str, object]):
    """A chunk of a streaming record: a ``dict`` with the keys that advanced.

    Reading another key gives its empty value where ``empties`` has one, else raises ``KeyError``. In every
    other way (``get``, ``in``, ``==``, ``len``, iteration) it is the dict of its keys.

    >>> chunk = RecordChunk({"joke": "Why "}, empties_of({"joke": STR, "poem": STR, "score": last}))
    >>> chunk, chunk["poem"], "poem" in chunk
    ({'joke': 'Why '}, '', False)
    >>> chunk["score"]
    Traceback (most recent call last):
    ...
    KeyError: 'score'
    this chunk of a record has only 'joke': 'score' did not advance in it, and its type has no empty value; \
ask with .get(...) or `in`, or add the chunks up
    """

    __slots__ = ("empties",)

    def __init__(self, values: Mapping[str, object], empties: Mapping[str, object]) -> None:
        super().__init__(values)
        self.empties: Mapping[str, object] = empties

    def __missing__(self, key: str) -> object:
        if key not in self.empties:
            error = KeyError(key)
            error.add_note(
                f"this chunk of a record has only {', '.join(map(repr, self))}: {key!r} did not advance in it, and its "
                "type has no empty value; ask with .get(...) or `in`, or add the chunks up"
            )
            raise error
        return fresh(self.empties[key])

    def copy(self) -> RecordChunk:
        """A chunk of the same keys and empty values."""
        return RecordChunk(self, self.empties)

    def __reduce__(self) -> tuple[object, ...]:
        return (RecordChunk, (dict(self), dict(self.empties)))


def empties_of(fields: Mapping[str, Semigroup[Any]]) -> dict[str, object]:  # Any: each field has a type of its own
    """The empty value of every field that has one; that of a record answers for its own fields likewise."""
    return {
        key: RecordChunk({}, empties_of(monoid.fields)) if type(monoid) is Records else monoid.empty
        for key, monoid in fields.items()
        if isinstance(monoid, Monoid)
    }


def list_monoid() -> Monoid[list[T]]:
    """Lists, one after another.

    >>> list_monoid().join([[1], [2, 3]])
    [1, 2, 3]
    """
    return LIST


def tuple_monoid() -> Monoid[tuple[T, ...]]:
    """Tuples of one type of item, ``tuple[T, ...]``, one after another.

    >>> tuple_monoid().join([(1,), (2, 3)])
    (1, 2, 3)
    """
    return TUPLE


def record_monoid(
    fields: Mapping[str, Semigroup[Any]],  # Any: each field has a type of its own
    default: Semigroup[Any] | None = None,  # Any: as above
) -> Monoid[Mapping[str, object]]:
    """Mappings merged key by key, each value by the monoid of its field; a sum is a plain ``dict``.

    Args:
        fields: The monoid of each known key.
        default: The monoid of every other key; without it, that of the type of the key's first value.

    Raises:
        TypeError: A field's monoid is none. In a sum: a chunk is no mapping, or a key has two or more
            values that do not know how to add up; the key is named, and nothing is dropped.

    >>> record_monoid({"score": last}).join([{"text": "a", "score": 1}, {"text": "b"}, {"score": 2}])
    {'text': 'ab', 'score': 2}
    """
    if not isinstance(fields, Mapping):
        raise TypeError(f"record_monoid: fields must be a mapping from keys to monoids; got {fields!r}")
    for key, monoid in fields.items():
        _check_monoid(f"the key {key!r}", monoid)
    return Records(dict(fields), BY_VALUE if default is None else _check_monoid("default", default))


def monoid_of_value(chunk: object) -> Semigroup[Any] | None:  # Any: told by the value only
    """The monoid of a first chunk, by its type at run time; ``None`` where its type has none.

    A plain tuple has one only if all its items are of one type: another is taken for a fixed shape. All else
    is said at ``monoid_of_class``.

    >>> monoid_of_value("text"), monoid_of_value(3), monoid_of_value((1, "a"))
    (STR, None, None)
    """
    if type(chunk) is tuple:
        return UNIFORM_TUPLE if len(set(map(type, chunk))) < 2 else None
    return monoid_of_class(type(chunk))


def monoid_of_class(kind: type) -> Semigroup[Any] | None:  # Any: told by a class that is not known statically
    """The monoid of the values of a class; ``None`` where it has none.

    ``str``, ``bytes``, ``list`` and ``tuple`` have one each. So has a class with an ``__add__`` of its own:
    ``ADD``. A subclass of those four that only inherits ``+`` has none, as the sum would not be of its type: a
    named tuple, a string enumeration. Every other mapping is merged key by key. Numbers have none, and whatever can be
    subtracted or negated, or turned into an array, counts as a number: ``int``, ``Decimal``, ``timedelta``,
    ``Counter``, arrays, data frames.
    """
    if kind in _KNOWN:
        return _KNOWN[kind]
    if _counts_as_number(kind):
        return None
    owner = next((base for base in kind.__mro__ if "__add__" in vars(base)), None)
    if owner is not None and owner not in _KNOWN:
        return None if vars(owner)["__add__"] is None else ADD
    return _RECORDS if issubclass(kind, Mapping) else None


def _counts_as_number(kind: type) -> bool:
    from numbers import Number

    return (
        issubclass(kind, Number)
        or any(name in vars(base) for base in kind.__mro__ for name in ("__sub__", "__neg__", "__array__"))
        or kind.__module__ == "array"
    )


def check_summable(chunk: object) -> None:
    """Have the first chunk of a stream tell how all of them add up.

    Raises:
        TypeError: Nothing tells how chunks of its type add up.
    """
    if monoid_of_value(chunk) is None:
        _whole(chunk, chunk)


def how_to_give() -> str:
    """What to do about a type without a monoid, for the end of an error's text."""
    return "give monoid=, for example monoid=last (the last chunk is the value) or monoid=Monoid(0, operator.add)"


def _whole(a: object, b: object) -> NoReturn:
    raise TypeError(f"chunks of type {type(a).__qualname__} do not know how to add up; {how_to_give()}")


def _last(a: object, b: T) -> T:
    return b


def _by_value(a: T, b: T) -> T:
    return BY_VALUE.join((a, b))  # type: ignore[no-any-return]  # BY_VALUE takes any type and keeps it


def _uniform(a: tuple[T, ...], b: tuple[T, ...]) -> tuple[T, ...]:
    return _check_uniform(tuple.__add__(a, b))


def _check_uniform(total: tuple[T, ...]) -> tuple[T, ...]:
    kinds = list(dict.fromkeys(type(item).__qualname__ for item in total))
    if len(kinds) > 1:
        raise TypeError(
            f"tuples of {' and '.join(kinds)} do not know how to add up: it may be that each is one value of a "
            f"fixed shape; annotate the function with tuple[T, ...], or {how_to_give()}"
        )
    return total


def _finish_own(total: object) -> object:
    finish = getattr(type(total), "__finish__", None)
    return total if finish is None else finish(total)


def _finish_by_value(total: object) -> object:
    if isinstance(total, Mapping) and not hasattr(type(total), "__finish__"):
        return _finish_record({}, BY_VALUE, total) if _holds_unfinished(total) else total
    return _finish_own(total)


def _finish_record(
    fields: Mapping[str, Semigroup[Any]],  # Any: each field has a type of its own
    default: Semigroup[Any],  # Any: as above
    total: Mapping[str, object],
) -> Mapping[str, object]:
    finished = {key: fields.get(key, default).finished(value) for key, value in total.items()}
    return total if all(finished[key] is value for key, value in total.items()) else finished


def _holds_unfinished(record: Mapping[str, object]) -> bool:
    """Whether a value with ``__finish__`` is in the record, however deep; a record may hold itself."""
    seen: dict[int, Mapping[str, object]] = {}
    waiting = [record]
    while waiting:
        seen[id(record := waiting.pop())] = record
        for value in record.values():
            if hasattr(type(value), "__finish__"):
                return True
            if isinstance(value, Mapping) and id(value) not in seen:
                waiting.append(value)
    return False


def _check_all(kind: type, chunks: Sequence[object], *like_it: type) -> None:
    if set(map(type, chunks)) <= {kind}:
        return
    for number, chunk in enumerate(chunks):
        if not isinstance(chunk, (kind, *like_it)):
            raise TypeError(
                f"every chunk must be a {kind.__name__.lower()}{', as the first one is' if number else ''}; "
                f"got {chunk!r} of type {type(chunk).__qualname__}"
            )


def _check_monoid(where: str, monoid: object) -> Semigroup[Any]:  # Any: of whatever type its chunks are
    if not isinstance(monoid, Semigroup):
        raise TypeError(f"record_monoid: {where} needs a Monoid or Semigroup; got {monoid!r}")
    return monoid


STR: Final[Monoid[str]] = _Text("", str.__add__)
BYTES: Final[Monoid[bytes]] = _Bytes(b"", bytes.__add__)
LIST: Final[Monoid[list[Any]]] = _List([], list.__add__)  # Any: one instance serves every type of item
TUPLE: Final[Monoid[tuple[Any, ...]]] = _Tuple((), tuple.__add__)  # Any: as above
UNIFORM_TUPLE: Final[Monoid[tuple[Any, ...]]] = _UniformTuple((), _uniform)  # Any: as above
last: Final[Last] = Last(_last)
ADD: Final[Semigroup[Any]] = _Own(operator.add, _finish_own)  # Any: serves every type with an __add__ of its own
WHOLE: Final[Semigroup[Any]] = _Whole(_whole)  # Any: serves every type whose values come in one piece
BY_VALUE: Final[Semigroup[Any]] = _ByValue(_by_value, _finish_by_value)  # Any: serves every type
GIVEN: Final[Semigroup[Any]] = _Given(_by_value, _finish_by_value)  # Any: as above

_RECORDS: Final = record_monoid({})
_KNOWN: Final[Mapping[type, Semigroup[Any]]] = {str: STR, bytes: BYTES, list: LIST, tuple: TUPLE}  # Any: of four types
_LINEAR: Final[Mapping[type, Callable[[Sequence[Any]], Any]]] = {bytearray: bytearray().join}  # Any: by type
