"""The annotations of callables of every kind, read as the types of a leaf."""

from __future__ import annotations

from inspect import Parameter
from types import FunctionType, MethodType
from typing import Any, Literal, ParamSpecArgs, get_args, get_origin, get_overloads

from runlaw.algebra.asynchrony import Shape
from runlaw.algebra.bases import awaited, item_of
from runlaw.algebra.callables import Described, describe
from runlaw.algebra.forms import generic, is_new_type, is_variable, union
from runlaw.algebra.known_builtins import builtin_signature
from runlaw.algebra.unify import applied
from runlaw.kernel.signature import Provisional, Signature, TypeForm


def read(fn: Any, shape: Shape, strict: bool) -> Signature:  # Any: any callable
    """The signature of a callable of whatever kind; see ``signature_of``."""
    own = getattr(type(fn), "__runlaw_signature__", None)
    if own is not None:
        said: Signature = own(fn, strict)
        return said
    builtin = builtin_signature(get_origin(fn) or fn)
    if builtin is None:
        return _overloaded(fn, shape, strict)
    taken, given = builtin
    if get_origin(fn) is not None:
        taken, given = applied(fn, given, taken)[0], fn
    return _unwrapped(Signature(taken, given), shape)


def lasts(fn: FunctionType, signature: Signature) -> bool:
    """Whether remembering the types cannot keep the function alive: none of them is local as the function is."""
    if "<locals>" not in fn.__qualname__:
        return True
    rest: list[Any] = [*signature]  # Any: a Callable has a list among its arguments
    while rest:
        form = rest.pop()
        if isinstance(form, list):
            rest.extend(form)
        elif is_variable(form) or get_origin(form) is not None:
            if is_variable(form) or get_origin(form) is Literal or hasattr(form, "__metadata__"):
                return False
            rest.extend(get_args(form))
        elif "<locals>" in getattr(form, "__qualname__", "<locals>" if isinstance(form, type) else ""):
            return False
    return True


def _overloaded(fn: Any, shape: Shape, strict: bool) -> Signature:  # Any: any callable
    """The types of the overloads taken together: any of the inputs; the output only where it is the same for all."""
    overloads = get_overloads(fn) if isinstance(fn, FunctionType | MethodType) else ()
    if not overloads:
        return _one(fn, shape, strict)
    if isinstance(fn, MethodType):
        overloads = [MethodType(one, fn.__self__) for one in overloads]
    signatures = [_one(one, shape, strict) for one in overloads]
    outputs = [one.output for one in signatures]
    same = all(output == outputs[0] for output in outputs)
    make = Provisional if any(isinstance(one, Provisional) for one in signatures) else Signature
    return make(union([one.input for one in signatures]), outputs[0] if same else Any)


def _one(fn: Any, shape: Shape, strict: bool) -> Signature:  # Any: any callable
    if is_new_type(fn):
        return _unwrapped(Signature(fn.__supertype__, fn), shape)
    reading = _Reading(describe(fn), strict)
    if shape == "unpack":
        taken = reading.several()
    elif hasattr(fn, "registry") and hasattr(fn, "dispatch"):  # functools.singledispatch: other types are registered
        taken = Any
    else:
        taken = reading.one()
    given = reading.form(reading.described.result, "the result")
    signature = Signature(taken, given if reading.described.coroutine else awaited(given))
    if shape != "unpack":
        signature = _unwrapped(signature, shape)
    return (Signature if reading.settled else Provisional)(*signature)


def _unwrapped(signature: Signature, shape: Shape) -> Signature:
    taken, given = signature
    if shape == "unpack":
        return Signature(generic(tuple, Any, ...), given)
    if shape in ("transform", "batch"):
        taken = item_of(taken) or Any
    if shape in ("stream", "transform", "batch"):
        given = item_of(awaited(given)) or Any
    return Signature(taken, given)


class _Reading:
    """One reading of a callable's annotations; ``settled`` tells whether all of them could be resolved."""

    def __init__(self, described: Described, strict: bool) -> None:
        self.described = described
        self.strict = strict
        self.settled = True

    def one(self) -> TypeForm:
        """The type of the one value it is called with."""
        for parameter in self.described.parameters or ():
            if parameter.kind not in (Parameter.KEYWORD_ONLY, Parameter.VAR_KEYWORD):
                return self._parameter(parameter)
        return Any

    def several(self) -> TypeForm:
        """The tuple of all its positional arguments; a union of tuples where some may be left out."""
        if self.described.parameters is None:
            return generic(tuple, Any, ...)
        forms: list[TypeForm] = []
        lengths: list[int] = []
        for parameter in self.described.parameters:
            if parameter.kind is Parameter.VAR_POSITIONAL:
                form = self._parameter(parameter)
                rest = generic(tuple, form, ...)
                return generic(tuple, *forms, *rest) if forms else rest  # type: ignore[misc]  # tuple[T, ...] unpacks
            if parameter.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD):
                if parameter.default is not Parameter.empty:
                    lengths.append(len(forms))
                forms.append(self._parameter(parameter))
        return union([generic(tuple, *forms[:length]) for length in (*lengths, len(forms))])

    def _parameter(self, parameter: Parameter) -> TypeForm:
        form = self.form(parameter.annotation, f"parameter {parameter.name!r}")
        return (
            Any
            if isinstance(form, ParamSpecArgs) or getattr(form, "__typing_is_unpacked_typevartuple__", False)
            else form
        )

    def form(self, annotation: TypeForm, what: str) -> TypeForm:
        """The type that an annotation means, or ``Any`` where it cannot be resolved and need not be."""
        try:
            return self.described.form(annotation)
        except (NameError, TypeError) as error:
            self.settled = False
            if not self.strict:
                return Any
            written = annotation if isinstance(annotation, str) else repr(annotation)
            where = f"the annotation {written!r} of {what} of {self.described.name}() cannot be resolved: "
            state = "or state the types with with_types(input=..., output=...)"
            if isinstance(error, NameError):
                missing = error.name or str(error)
                raise NameError(
                    f"{where}{missing!r} is not defined; define or import it at module level, "
                    f"not only for type checkers, {state}",
                    name=error.name,
                ) from error
            raise TypeError(f"{where}{error}; write a type there, {state}") from error
