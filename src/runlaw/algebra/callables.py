"""Callables of every kind read alike: their parameters, what they give, and where their annotations are looked up."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Mapping
from inspect import Parameter
from types import FunctionType, MethodType
from typing import Any, NamedTuple, Self, TypeVar, get_origin

from runlaw.algebra.bases import arguments
from runlaw.algebra.forms import generic
from runlaw.algebra.hints import resolve
from runlaw.algebra.substitution import substitute
from runlaw.kernel.signature import TypeForm

_MAX_WRAPS = 100
_TRANSPARENT = (functools._lru_cache_wrapper, staticmethod)  # called just as what they wrap


class Described(NamedTuple):
    """What a callable says of itself; annotations are as written, and ``Parameter.empty`` where there is none.

    ``parameters`` is ``None`` where they cannot be known. ``coroutine`` tells that a call must be awaited
    although the annotation ``result`` does not say so.
    """

    name: str
    parameters: tuple[Parameter, ...] | None
    result: TypeForm
    coroutine: bool
    names: dict[str, object]
    local_names: Mapping[str, object]
    known: Mapping[TypeForm, TypeForm]

    def form(self, annotation: TypeForm) -> TypeForm:
        """The type that one of the annotations means.

        Raises:
            NameError: A name in it is not defined (yet).
            TypeError: It is no annotation.
        """
        if annotation is Parameter.empty:
            return Any
        return substitute(resolve(annotation, self.names, self.local_names), self.known)


class _Found(NamedTuple):
    """The Python function behind a callable, if there is one, and the class it is looked up in."""

    function: FunctionType | None
    owner: TypeForm


def display_name(fn: object) -> str:
    """How a message names a callable: its qualified name, else its class."""
    while isinstance(fn, functools.partial):
        fn = fn.func
    name = getattr(fn, "__qualname__", None) or getattr(fn, "__name__", None)
    return name.rpartition("<locals>.")[2] if isinstance(name, str) else type(fn).__name__


def describe(fn: Any) -> Described:  # Any: a callable of whatever kind
    """Read a callable; what cannot be read is left unknown, and nothing is raised."""
    function, owner = _behind(fn)
    cls = get_origin(fn) or fn
    parameters = _parameters(cls if isinstance(cls, type) else fn)
    if function is not None and owner is None:
        owner = _class_around(function)
        parameters = parameters and (_receiving(parameters[0], function, owner), *parameters[1:])
    result: TypeForm = Parameter.empty
    if isinstance(cls, type):
        result = owner
    elif function is not None:
        result = function.__annotations__.get("return", Parameter.empty)
    return Described(
        name=display_name(fn),
        parameters=parameters,
        result=result,
        coroutine=function is not None and bool(function.__code__.co_flags & inspect.CO_COROUTINE),
        names=_names(function, owner),
        local_names={} if function is None else _local_names(function, owner),
        known=_known(function, owner),
    )


def _names(function: FunctionType | None, owner: TypeForm) -> dict[str, object]:
    if function is not None and not function.__globals__.get("__name__", "").startswith("namedtuple_"):
        return function.__globals__
    module = sys.modules.get(getattr(owner, "__module__", ""))
    return {} if module is None else vars(module)


def own_parameters(fn: Any) -> tuple[Parameter, ...] | None:  # Any: a callable of whatever kind
    """The parameters of a callable, and not of what it wraps; ``None`` where they cannot be known."""
    try:
        own = inspect.signature(fn, follow_wrapped=isinstance(fn, _TRANSPARENT))
    except Exception:  # builtins have none, and objects may say anything of themselves
        return None
    return tuple(own.parameters.values())


def _parameters(fn: Any) -> tuple[Parameter, ...] | None:  # Any: a callable of whatever kind
    """Its own parameters; those of what it wraps where its own are ``*args, **kwargs``."""
    own = own_parameters(fn)
    if not own or own[0].kind is not Parameter.VAR_POSITIONAL:
        return own
    try:
        return tuple(inspect.signature(fn).parameters.values())
    except Exception:  # objects may say anything of themselves
        return own


def _behind(fn: Any) -> _Found:  # Any: a callable of whatever kind
    owner: TypeForm = None
    for _ in range(_MAX_WRAPS):
        if isinstance(fn, FunctionType):
            wrapped = getattr(fn, "__wrapped__", None)
            if wrapped is None:
                return _Found(fn, owner)
            fn = wrapped
        elif isinstance(fn, functools.partial):
            fn = fn.func
        elif isinstance(fn, MethodType):
            instance = fn.__self__
            owner = instance if isinstance(instance, type) else _class_form(instance)
            fn = fn.__func__
        elif isinstance(fn, staticmethod | classmethod):
            fn = fn.__func__
        elif isinstance(fn, type) or isinstance(get_origin(fn), type):
            return _constructor(fn)
        elif getattr(fn, "__wrapped__", None) is not None:
            fn = fn.__wrapped__
        else:
            call = type(fn).__call__ if callable(fn) else None
            if not isinstance(call, FunctionType):
                return _Found(None, owner)
            owner, fn = _class_form(fn), call
    return _Found(None, owner)


def _class_around(function: FunctionType) -> TypeForm:
    """The class of a method that is not bound, ``str.upper`` for example; ``None`` for any other function."""
    *around, name = function.__qualname__.split(".")
    if not around:
        return None
    cls: Any = function.__globals__.get(around[0])  # Any: a class, perhaps a generic one, or whatever has its name
    for inner in around[1:]:
        cls = vars(cls).get(inner) if isinstance(cls, type) else None
    own = vars(cls).get(name) if isinstance(cls, type) else None
    if not isinstance(own, FunctionType) or inspect.unwrap(own) is not function:
        return None
    return _own_form(cls)


def _own_form(cls: Any) -> TypeForm:  # Any: a class, perhaps a generic one
    parameters = getattr(cls, "__parameters__", ())
    form: TypeForm = generic(cls, *parameters) if parameters else cls
    return form


def _receiving(parameter: Parameter, function: FunctionType, owner: TypeForm) -> Parameter:
    """The parameter, or with the type of the class if it is the ``self`` of a method."""
    itself = function.__code__.co_varnames[:1] == (parameter.name,) and parameter.annotation is Parameter.empty
    return parameter.replace(annotation=owner) if itself and owner is not None else parameter


def _class_form(instance: Any) -> TypeForm:  # Any: an instance of a class, perhaps of a generic one
    form: TypeForm = getattr(instance, "__orig_class__", None)
    return type(instance) if form is None else form


def _constructor(form: Any) -> _Found:  # Any: a class, or one with type arguments
    cls = get_origin(form) or form
    owner = _own_form(cls) if form is cls else form
    for name in ("__init__", "__new__"):
        function = getattr(cls, name, None)
        if isinstance(function, FunctionType):
            return _Found(function, owner)
    return _Found(None, owner)


def _known(function: FunctionType | None, owner: TypeForm) -> dict[TypeForm, TypeForm]:
    """What is known of the type variables of the class, and of ``Self``."""
    if owner is None:
        return {Self: Any}
    cls: Any = get_origin(owner) or owner  # Any: a class, perhaps a generic one
    known: dict[TypeForm, TypeForm] = {}
    definer = next((base for base in cls.__mro__ if function in vars(base).values()), cls)
    parameters = getattr(definer, "__parameters__", ())
    args = arguments(owner, definer) or ()
    known.update(zip(parameters, args or [Any] * len(parameters), strict=False))
    return {Self: owner, **{one: form for one, form in known.items() if one is not form}}


def _local_names(function: FunctionType, owner: TypeForm) -> dict[str, object]:
    """The names an annotation may use beside the globals: of enclosing functions, of the class, type parameters."""
    names: dict[str, object] = {}
    cls = get_origin(owner) or owner
    if isinstance(cls, type):
        names.update((key, value) for key, value in vars(cls).items() if isinstance(value, type | TypeVar))
        names[cls.__name__] = cls
        names.update((one.__name__, one) for one in getattr(cls, "__type_params__", ()))
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            names[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    names.update((one.__name__, one) for one in getattr(function, "__type_params__", ()))
    return names
