"""How classes derive from generic ones: ``list[int]`` is an ``Iterable[int]``, ``dict[str, int]`` a ``Mapping``."""

from __future__ import annotations

import asyncio
import collections
from collections import abc
from types import MappingProxyType, NoneType
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

from runlaw.algebra.forms import bare, generic, is_typed_dict, members, special_name, specialise, split, union
from runlaw.kernel.signature import TypeForm

_MOST_BASES = 1000

Parent: TypeAlias = tuple[type, tuple[Any, ...]]  # Any: type forms; a Callable has a list among its arguments

# The generic parents of a class. A number stands for an argument of its own, a tuple for a tuple type.
_PARENTS: dict[type, tuple[Parent, ...]] = {
    abc.Iterator: ((abc.Iterable, (0,)),),
    abc.Generator: ((abc.Iterator, (0,)),),
    abc.Reversible: ((abc.Iterable, (0,)),),
    abc.Collection: ((abc.Iterable, (0,)), (abc.Container, (0,))),
    abc.Sequence: ((abc.Reversible, (0,)), (abc.Collection, (0,))),
    abc.MutableSequence: ((abc.Sequence, (0,)),),
    abc.Set: ((abc.Collection, (0,)),),
    abc.MutableSet: ((abc.Set, (0,)),),
    abc.Mapping: ((abc.Collection, (0,)),),
    abc.MutableMapping: ((abc.Mapping, (0, 1)),),
    abc.KeysView: ((abc.Set, (0,)),),
    abc.ItemsView: ((abc.Set, ((0, 1),)),),
    abc.ValuesView: ((abc.Collection, (0,)),),
    abc.Coroutine: ((abc.Awaitable, (2,)),),
    abc.AsyncIterator: ((abc.AsyncIterable, (0,)),),
    abc.AsyncGenerator: ((abc.AsyncIterator, (0,)),),
    asyncio.Future: ((abc.Awaitable, (0,)),),
    asyncio.Task: ((asyncio.Future, (0,)),),
    list: ((abc.MutableSequence, (0,)),),
    set: ((abc.MutableSet, (0,)),),
    frozenset: ((abc.Set, (0,)),),
    dict: ((abc.MutableMapping, (0, 1)), (abc.Reversible, (0,))),
    MappingProxyType: ((abc.Mapping, (0, 1)),),
    collections.deque: ((abc.MutableSequence, (0,)),),
    collections.defaultdict: ((dict, (0, 1)),),
    collections.OrderedDict: ((dict, (0, 1)),),
    collections.ChainMap: ((abc.MutableMapping, (0, 1)),),
    collections.Counter: ((dict, (0, int)),),
    enumerate: ((abc.Iterator, ((int, 0),)),),
    str: ((abc.Sequence, (str,)),),
    bytes: ((abc.Sequence, (int,)),),
    bytearray: ((abc.MutableSequence, (int,)),),
    memoryview: ((abc.Sequence, (int,)),),
    range: ((abc.Sequence, (int,)),),
}


def arguments(form: TypeForm, target: type) -> tuple[Any, ...] | None:  # Any: a Callable has a list among them
    """The arguments with which a form derives from a class; ``None`` where it does not say, ``()`` for bare ones.

    >>> arguments(dict[str, int], abc.Mapping)
    (<class 'str'>, <class 'int'>)
    >>> arguments(range, abc.Iterable)
    (<class 'int'>,)
    """
    queue = [split(bare(form))]
    for cls, args in queue:
        if cls is target:
            return args
        if isinstance(cls, type) and len(queue) < _MOST_BASES:
            queue.extend(_parents(cls, args))
    return None


def _parents(cls: Any, args: tuple[Any, ...]) -> list[tuple[TypeForm, tuple[Any, ...]]]:  # Any: classes of all kinds
    if cls is tuple:
        return [(abc.Sequence, (tuple_item(args),))]
    if is_typed_dict(cls):
        return [(abc.Mapping, (str, object))]
    if issubclass(cls, tuple) and "_fields" in vars(cls):
        return [(tuple, named_tuple_items(cls))]
    known = _PARENTS.get(cls) if type(cls).__hash__ is not None else None
    if known is not None:
        return [(parent, tuple([_placed(own, args) for own in parent_args])) for parent, parent_args in known]
    given = dict(zip(getattr(cls, "__parameters__", ()), args, strict=False))
    return [split(specialise(base, given)) for base in vars(cls).get("__orig_bases__") or cls.__bases__]


def _placed(own: Any, args: tuple[Any, ...]) -> Any:  # Any: a place, or a type form
    if isinstance(own, int):
        return args[own] if own < len(args) else Any
    if not isinstance(own, tuple):
        return own
    return generic(tuple, *[_placed(one, args) for one in own])


def named_tuple_items(cls: Any) -> tuple[Any, ...]:  # Any: a class made by NamedTuple or namedtuple
    """The types of the fields of a class made by ``NamedTuple``, in order."""
    try:
        hints = get_type_hints(cls, include_extras=True)
    except Exception:  # annotations may name what is missing
        hints = {}
    return tuple([hints.get(name, Any) for name in cls._fields])


def tuple_item(args: tuple[Any, ...]) -> TypeForm:  # Any: the arguments of a tuple type
    """The type of the items of ``tuple[args]``; ``Any`` of a bare ``tuple``.

    >>> tuple_item((int, ...))
    <class 'int'>
    """
    if not args:
        return Any
    items: list[TypeForm] = []
    for arg in args:
        inner = unpacked(arg)
        if inner is not None:
            items.append(tuple_item(get_args(inner)))
        elif arg is not ...:
            items.append(arg)
    return union(items)


def unpacked(arg: Any) -> TypeForm | None:  # Any: an argument of a tuple type
    """What stands after the star of ``*tuple[int, ...]`` or in ``Unpack[...]``; ``None`` where there is no star."""
    if special_name(get_origin(arg)) == "Unpack":
        inner: TypeForm = get_args(arg)[0]
        return inner
    if getattr(arg, "__unpacked__", False):
        return generic(get_origin(arg), *get_args(arg))
    return None


def item_of(form: TypeForm) -> TypeForm | None:
    """The type of what iterating (or ``async for``) gives, of any member of a union; ``None`` where nothing is known.

    >>> item_of(list[int] | range)
    <class 'int'>
    """
    return _through(form, (abc.Iterable, abc.AsyncIterable))


def awaited(form: TypeForm) -> TypeForm:
    """The type that ``await`` gives, for those members of a union that can be awaited.

    >>> awaited(abc.Awaitable[int])
    <class 'int'>
    """
    found = [arguments(member, abc.Awaitable) for member in members(form)]
    if all(args is None for args in found):
        return form
    return union(
        [m if args is None else args[-1] if args else Any for m, args in zip(members(form), found, strict=True)]
    )


def _through(form: TypeForm, targets: tuple[type, ...]) -> TypeForm | None:
    items: list[TypeForm] = []
    for member in members(form):
        found = [args for args in (arguments(member, target) for target in targets) if args is not None]
        if not found:
            return None
        item = found[0][0] if found[0] else Any
        items.append(NoneType if item is None else item)
    return union(items)
