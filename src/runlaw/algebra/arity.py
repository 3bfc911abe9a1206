"""Whether a function can be called the way a leaf calls it."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import Parameter
from types import FunctionType
from typing import Any


def check_one_argument(fn: Any, by: str = "lift") -> None:  # Any: any callable
    """Refuse a function that cannot be called with exactly one positional argument.

    Args:
        fn: The function; one whose parameters cannot be known is accepted.
        by: The combinator that the message names.

    Raises:
        TypeError: It takes none, needs several, or needs one by keyword; or it is no function.

    >>> check_one_argument(lambda: 1)
    Traceback (most recent call last):
    TypeError: lift takes a function of one argument, but <lambda>() takes none: add a parameter ...
    """
    if type(fn) is FunctionType:
        code = fn.__code__
        if code.co_argcount == 1 and not code.co_kwonlyargcount:
            return
    parameters = _parameters(fn)
    if parameters is None:
        return
    from runlaw.algebra.callables import display_name  # here, for it is needed by few functions

    needed = [one for one in parameters if one.default is Parameter.empty and _is_positional(one)]
    name = display_name(fn)
    start = f"{by} takes a function of one argument, but {name}()"
    if len(needed) > 1:
        names = ", ".join([one.name for one in needed])
        lifted = "..." if name == "<lambda>" else name
        raise TypeError(
            f"{start} needs {len(needed)} ({names}): write unpack({lifted}) to call it with the items of a tuple, "
            "or bind the others with functools.partial"
        )
    if not any(_is_positional(one) or one.kind is Parameter.VAR_POSITIONAL for one in parameters):
        by_keyword = [one.name for one in parameters if one.kind is Parameter.KEYWORD_ONLY]
        if by_keyword:
            raise TypeError(
                f"{start} takes {', '.join(by_keyword)} by keyword only: wrap it in a function of one value"
            )
        raise TypeError(f"{start} takes none: add a parameter for the input, or write const(value) for a fixed value")
    _check_keywords(parameters, start)


def check_arguments(fn: Any, by: str = "unpack") -> None:  # Any: any callable
    """Refuse a function that cannot be called with positional arguments only.

    Raises:
        TypeError: It needs an argument by keyword; or it is no function.
    """
    from runlaw.algebra.callables import display_name  # here, for it is needed by few functions

    parameters = _parameters(fn)
    if parameters is not None:
        _check_keywords(parameters, f"{by} passes positional arguments, but {display_name(fn)}()")


def _check_keywords(parameters: Sequence[Parameter], start: str) -> None:
    missing = [one.name for one in parameters if one.kind is Parameter.KEYWORD_ONLY and one.default is Parameter.empty]
    if missing:
        raise TypeError(f"{start} also needs {', '.join(missing)} by keyword: bind it with functools.partial")


def _is_positional(parameter: Parameter) -> bool:
    return parameter.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def _parameters(fn: Any) -> tuple[Parameter, ...] | None:  # Any: any callable
    if not callable(fn):
        raise TypeError(f"expected a function; got {fn!r}")
    from runlaw.algebra.callables import own_parameters  # here, for it is needed by few functions

    return own_parameters(fn)
