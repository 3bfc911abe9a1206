"""Whether a value is of a type: what a type checker would say if it saw the value."""

from __future__ import annotations

import collections
import sys
from collections import abc
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, Literal, Never, TypeAlias, get_args, get_origin

from annotated_types import BaseMetadata, GroupedMetadata
from pydantic import BaseModel, Tag, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from runlaw.algebra.forms import (
    CALLABLE,
    bare,
    is_alias,
    is_new_type,
    is_typed_dict,
    is_union,
    is_variable,
    limits,
    literal_values,
    members,
    split,
)
from runlaw.algebra.records import fields_of
from runlaw.algebra.structural import tuple_shape
from runlaw.interpret.describe import Described, key_of
from runlaw.kernel.signature import TypeForm

Test: TypeAlias = Callable[[Any], bool]  # Any: a user's values

_PROMOTED: dict[TypeForm, tuple[type, ...]] = {float: (float, int), complex: (complex, float, int)}
_ITEMS = frozenset({
    list, set, frozenset, collections.deque, abc.Sequence, abc.MutableSequence, abc.Set, abc.MutableSet,
    abc.Collection, abc.Container, abc.Iterable, abc.Reversible, abc.Iterator, abc.Generator,
})  # fmt: skip
_PAIRS = frozenset({dict, collections.OrderedDict, collections.defaultdict, abc.Mapping, abc.MutableMapping})


class Membership:
    """The test whether values are of a type.

    ``custom`` tells that pydantic has a part in it: by constraints, validators, or types of its own, so that
    a value of the type may have to be converted.
    """

    def __init__(self, form: TypeForm) -> None:
        self.custom: bool = False
        self._known: dict[object, Test] = {}
        self._names: dict[str, object] = {}
        self.holds: Test = self._test(form)

    def _test(self, form: TypeForm) -> Test:
        if get_origin(form) is Annotated:
            return self._annotated(form)
        if is_alias(form) or is_alias(get_origin(form)):
            return self._alias(form)
        form = bare(form)
        if is_union(form):
            tests = [self._test(member) for member in _alternatives(form)]
            return lambda value: any(test(value) for test in tests)
        if is_variable(form):
            bound, constraints = limits(form)
            return self._any_of(constraints or (Any if bound is None else bound,))
        if form is Any or form is object:
            return lambda value: True
        if form is Never:
            return lambda value: False
        values = literal_values(form)
        if values is not None:
            return lambda value: any(type(value) is type(one) and value == one for one in values)
        if is_new_type(form):
            return self._test(getattr(form, "__supertype__", Any))
        return self._class(form)

    def _any_of(self, forms: tuple[TypeForm, ...]) -> Test:
        tests = [self._test(form) for form in forms]
        return lambda value: any(test(value) for test in tests)

    def _alias(self, form: TypeForm) -> Test:
        """The test of what an alias stands for, which may hold the alias itself."""
        key = key_of(form)
        if key not in self._known:
            found: list[Test] = []
            self._known[key] = lambda one: any(test(one) for test in found)
            value = getattr(form, "__value__", None)
            around, self._names = self._names, self._names | _names_of(form)
            found.append(self._annotated(value) if get_origin(value) is Annotated else self._test(bare(form)))
            self._names = around
        return self._known[key]

    def _annotated(self, form: TypeForm) -> Test:
        inner, *metadata = get_args(form)
        test = self._test(inner)
        if not any(_constrains(one) for one in metadata):
            return test
        self.custom = True
        fits = _accepts(form, strict=None, names=self._names)
        return lambda value: test(value) and fits(value)

    def _class(self, form: TypeForm) -> Test:
        cls: Any  # Any: whatever stands before the arguments of a form
        cls, args = split(form)
        kinds = _PROMOTED.get(cls) if isinstance(form, type) and type(cls).__hash__ is not None else None
        if kinds is not None:
            return lambda value: isinstance(value, kinds)
        if is_typed_dict(cls):
            return self._record(form, cls)
        if cls is tuple and form is not tuple:
            return self._tuple(form)
        if cls is CALLABLE:
            return callable
        if cls is type and args:
            return _subclasses(args[0])
        if cls in _PAIRS and args:
            return self._mapping(cls, args)
        if cls in _ITEMS and args:
            return self._items(cls, args[0])
        if getattr(cls, "__module__", "") == "returns.result" and args:
            return self._result(args)
        return self._instance(form, cls)

    def _instance(self, form: TypeForm, cls: Any) -> Test:  # Any: whatever class
        own = hasattr(cls, "__get_pydantic_core_schema__") and not issubclass(cls, BaseModel)
        protocol = getattr(cls, "_is_protocol", False) and not getattr(cls, "_is_runtime_protocol", False)
        if isinstance(cls, type) and not protocol and not (own and not hasattr(cls, "__dataclass_fields__")):
            return lambda value: isinstance(value, cls)
        self.custom = True
        return _accepts(form, strict=True, names=self._names)

    def _record(self, form: TypeForm, cls: Any) -> Test:  # Any: attributes of TypedDict classes
        known = self._known.get(key_of(form))
        if known is not None:
            return known
        fields: list[tuple[str, bool, Test]] = []
        closed = getattr(cls, "__closed__", None) is True

        def test(value: Any) -> bool:  # Any: a user's value
            if not isinstance(value, dict):
                return False
            for key, required, fits in fields:
                if key not in value:
                    if required:
                        return False
                elif not fits(value[key]):
                    return False
            return not closed or len(value) <= sum([key in value for key, _, _ in fields])

        self._known[key_of(form)] = test
        fields.extend((key, field.required, self._test(field.form)) for key, field in fields_of(form).items())
        return test

    def _tuple(self, form: TypeForm) -> Test:
        shape = tuple_shape(form)
        first, last = [self._test(one) for one in shape.first], [self._test(one) for one in shape.last]
        middle = None if shape.repeated is None else self._test(shape.repeated[0])

        def test(value: Any) -> bool:  # Any: a user's value
            if not isinstance(value, tuple) or len(value) < len(first) + len(last):
                return False
            rest = len(value) - len(first) - len(last)
            if middle is None and rest:
                return False
            tests = [*first, *([middle] * rest if middle is not None else []), *last]
            return all(fits(item) for fits, item in zip(tests, value, strict=True))

        return test

    def _mapping(self, cls: type, args: tuple[Any, ...]) -> Test:  # Any: type forms
        key_test, item_test = self._test(args[0]), self._test(args[-1])

        def test(value: Any) -> bool:  # Any: a user's value
            if not isinstance(value, cls) or not isinstance(value, Mapping):
                return False
            return all(key_test(key) and item_test(item) for key, item in value.items())

        return test

    def _items(self, cls: type, item: TypeForm) -> Test:
        item_test = self._test(item)

        def test(value: Any) -> bool:  # Any: a user's value
            if not isinstance(value, cls):
                return False
            return not isinstance(value, Collection) or all(item_test(one) for one in value)

        return test

    def _result(self, args: tuple[Any, ...]) -> Test:  # Any: type forms
        from returns.result import Failure, Success

        value_test, error_test = self._test(args[0]), self._test(args[1])

        def test(value: Any) -> bool:  # Any: a user's value
            if isinstance(value, Success):
                return value_test(value.unwrap())
            return isinstance(value, Failure) and error_test(value.failure())

        return test


def _alternatives(form: TypeForm) -> tuple[TypeForm, ...]:
    return tuple(
        [inner for arg in get_args(form) for inner in ((arg,) if get_origin(arg) is Annotated else members(arg))]
    )


def _constrains(metadata: object) -> bool:
    """Whether pydantic checks or converts values by it."""
    if isinstance(metadata, FieldInfo):
        return bool(metadata.metadata)
    if isinstance(metadata, Tag):
        return False
    return hasattr(metadata, "__get_pydantic_core_schema__") or isinstance(metadata, BaseMetadata | GroupedMetadata)


def _subclasses(form: Any) -> Test:  # Any: a type form
    classes = tuple([one for one in members(form) if isinstance(one, type)])
    if not classes or Any in classes:
        return lambda value: isinstance(value, type)
    return lambda value: isinstance(value, type) and issubclass(value, classes)


def _names_of(alias: Any) -> dict[str, object]:  # Any: TypeAliasType is new in 3.12
    """What the names mean that stand in an alias: its own, and those of its module."""
    module = sys.modules.get(alias.__module__)
    return {**({} if module is None else vars(module)), alias.__name__: alias}


def _accepts(form: Any, strict: Literal[True] | None, names: dict[str, object]) -> Test:  # Any: a type form
    """Whether pydantic accepts a value for a form, in which ``names`` may stand for types."""
    described: Any = Described(form).whole  # Any: a type form
    adapter: TypeAdapter[Any] = TypeAdapter(described)  # Any: of that type
    if not adapter.pydantic_complete:
        adapter.rebuild(raise_errors=True, _types_namespace=names)

    def test(value: object) -> bool:
        try:
            adapter.validate_python(value, strict=strict)
        except ValidationError:
            return False
        return True

    return test
