"""Leaves from functions: their names, and what a plain function or a dict stands for."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from runlaw.algebra.annotations import check_one_argument, is_async
from runlaw.algebra.normal import parallel
from runlaw.kernel.config import check_metadata, check_tags
from runlaw.kernel.nodes import RUN_TYPES, Fn, Function, Node, Options


def name_of(fn: object) -> str:
    """A function's name in events: its ``__name__``, ``RunnableLambda`` for a lambda, else its class."""
    while isinstance(fn, functools.partial):
        fn = fn.func
    name = getattr(fn, "__name__", None)
    if isinstance(name, str):
        return "RunnableLambda" if name == "<lambda>" else name
    return type(fn).__name__


def options(
    fn: object,
    name: str | None,
    run_type: str,
    tags: Sequence[str],
    metadata: Mapping[str, object] | None,
    blocking: bool,
) -> Options:
    """Check what a leaf says of itself.

    Raises:
        TypeError: A value is of a wrong type.
        ValueError: ``run_type`` is not one of the known ones.
    """
    if name is not None and not isinstance(name, str):
        raise TypeError(f"name must be a str; got {name!r}")
    if run_type not in RUN_TYPES:
        raise ValueError(f"run_type must be one of {', '.join(RUN_TYPES)}; got {run_type!r}")
    if not isinstance(blocking, bool):
        raise TypeError(f"blocking must be a bool; got {blocking!r}")
    return Options(
        name=name_of(fn) if name is None else name,
        run_type=run_type,
        tags=check_tags("tags", tags) if tags else (),
        metadata=check_metadata("metadata", metadata) if metadata else {},
        blocking=blocking,
    )


def to_node(step: object, where: str) -> Node:
    """The node of a step: of a Runnable its own, of a plain function a leaf, of a dict a parallel.

    Raises:
        TypeError: It is none of these, or a coroutine function, which must be lifted.
    """
    node = getattr(step, "node", None)
    if isinstance(node, Node):
        return node
    if isinstance(step, Node):
        return step
    if isinstance(step, Mapping):
        for key in step:
            if not isinstance(key, str):
                raise TypeError(f"{where} is a dict of branches, whose keys must be str; got the key {key!r}")
        return parallel({key: to_node(branch, f"{where}[{key!r}]") for key, branch in step.items()}, keyed=True)
    if not callable(step):
        raise TypeError(f"{where} must be a Runnable, a function or a dict of them; got {step!r}")
    asynchronous = is_async(step)
    if asynchronous:
        raise TypeError(f"{where}, {name_of(step)}, is a coroutine function: write lift({name_of(step)})")
    return function_node(step, asynchronous)


def function_node(step: Function, asynchronous: bool | None) -> Fn:
    """The leaf of a plain function, with no options of its own."""
    check_one_argument(step)
    return Fn(step, Options(name_of(step)), asynchronous)
