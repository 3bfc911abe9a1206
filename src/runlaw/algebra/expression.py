"""A program printed as the expression that builds it."""

from __future__ import annotations

import threading

from runlaw.algebra.unpacked import Unpacked
from runlaw.algebra.walk import own_name
from runlaw.kernel.config import Config
from runlaw.kernel.nested import bottom_up
from runlaw.kernel.nodes import (
    Assign,
    Attempt,
    BatchFn,
    Branch,
    Configured,
    Const,
    Each,
    Fallbacks,
    Generate,
    Identity,
    Leaf,
    Listening,
    MapChunks,
    Node,
    Parallel,
    Pick,
    Pipe,
    Retry,
    Timeout,
    Transform,
    Typed,
)

_writing = threading.local()

LIFTERS: dict[type[Node], str] = {
    Generate: "lift_stream",
    Transform: "lift_transform",
    BatchFn: "lift_batch",
    MapChunks: "map_chunks",
}


def expression(node: Node) -> str:
    """The expression, with functions by their names. Of a program the nodes inside are written first."""
    if isinstance(node, Leaf):
        return _expression(node)
    written: dict[int, str] | None = getattr(_writing, "written", None)
    if written is not None:
        return written.get(id(node)) or _expression(node)
    written = _writing.written = {}
    try:
        for inner in bottom_up(node, lambda _: True):
            written[id(inner)] = _expression(inner)
        return written[id(node)]
    finally:
        _writing.written = None


def _expression(node: Node) -> str:
    match node:
        case Leaf() if (public := node.public_name()) is not None:
            return public[1]
        case Leaf(Unpacked(fn=fn)):
            return f"unpack({_named(fn)})"
        case Leaf():
            return f"{LIFTERS.get(type(node), 'lift')}({_function(node)})"
        case Identity():
            return "identity"
        case Const(value):
            return f"const({value!r})"
        case Pipe(steps):
            return f"pipe({', '.join(map(expression, steps))})"
        case Parallel(branches, keyed):
            return f"parallel({_keyed(branches) if keyed else ', '.join(expression(step) for _, step in branches)})"
        case Assign(branches):
            return f"assign({_keyed(branches)})"
        case Pick(keys):
            return f"pick({', '.join(map(repr, keys))})"
        case Each(inner, limit, executor):
            more = "" if limit is None else f", max_concurrency={limit}"
            return f"map_batch({expression(inner)}{more}{'' if executor is None else f', executor={executor!r}'})"
        case Branch(cases, default):
            pairs = ", ".join(f"({expression(predicate)}, {expression(step)})" for predicate, step in cases)
            return f"branch({pairs}, default={expression(default)})"
        case Retry(inner, on, delays):
            return f"with_retry({expression(inner)}, on={_types(on)}, delays={delays!r})"
        case Fallbacks(alternatives, on):
            return f"with_fallbacks({', '.join(map(expression, alternatives))}, on={_types(on)})"
        case Attempt(inner, on):
            return f"attempt({expression(inner)}, on={_types(on)})"
        case Timeout(inner, seconds):
            return f"with_timeout({expression(inner)}, {seconds:g})"
        case Configured(inner, config):
            return f"with_config({expression(inner)}, {_said(config)})"
        case Listening(inner, on_start, on_end, on_error):
            told = {"on_start": on_start, "on_end": on_end, "on_error": on_error}
            shown = [f"{key}={_named(callback)}" for key, callback in told.items() if callback is not None]
            return f"with_listeners({', '.join([expression(inner), *shown])})"
        case Typed(inner, input, output, check):
            if check is not None:
                return f"with_validation({expression(inner)}{', strict=True' if check == 'strict' else ''})"
            return f"with_types({expression(inner)}, input={_type(input)}, output={_type(output)})"
        case _:
            return repr(node) if type(node).__repr__ is not object.__repr__ else f"<{own_name(node)}>"


def _function(leaf: Leaf) -> str:
    name = getattr(leaf.fn, "__qualname__", None)
    return _named(leaf.fn) if isinstance(name, str) else leaf.options.name


def _named(fn: object) -> str:
    name = getattr(fn, "__qualname__", None)
    return name.rpartition("<locals>.")[2] if isinstance(name, str) else repr(fn)


def _keyed(branches: tuple[tuple[str, Node], ...]) -> str:
    if all(key.isidentifier() for key, _ in branches):
        return ", ".join(f"{key}={expression(step)}" for key, step in branches)
    return f"**{{{', '.join(f'{key!r}: {expression(step)}' for key, step in branches)}}}"


def _types(on: tuple[type[Exception], ...]) -> str:
    names = ", ".join(kind.__name__ for kind in on)
    return f"({names},)" if len(on) == 1 else f"({names})"


def _type(form: object) -> str:
    return form.__name__ if isinstance(form, type) else repr(form)


def _said(config: Config) -> str:
    said = {
        "run_name": config.run_name,
        "run_id": config.run_id,
        "tags": list(config.tags),
        "metadata": dict(config.metadata),
        "max_concurrency": config.max_concurrency,
        "listeners": list(config.listeners),
    }
    return ", ".join(f"{key}={value!r}" for key, value in said.items() if value is not None and value not in ([], {}))
