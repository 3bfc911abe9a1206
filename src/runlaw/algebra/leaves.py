"""Nodes of functions, checked: what ``lift`` and its like build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from runlaw.algebra.annotations import check_arguments, check_one_argument, is_async, quick_signature
from runlaw.algebra.asynchrony import Shape
from runlaw.algebra.chunks import require_monoid
from runlaw.algebra.leaf import options
from runlaw.algebra.signatures import signature
from runlaw.algebra.unpacked import Unpacked
from runlaw.kernel.config import check_limit
from runlaw.kernel.nodes import BatchFn, Fn, Function, Generate, MapChunks, Node, RunType, Transform
from runlaw.kernel.semigroup import Semigroup
from runlaw.kernel.signature import UNKNOWN


class Missing:
    """The type of ``MISSING``, which stands for a function that a decorator will be given."""


MISSING = Missing()


class Said(NamedTuple):
    """The options that every leaf takes."""

    name: str | None = None
    run_type: RunType = "chain"
    tags: Sequence[str] = ()
    metadata: Mapping[str, object] | None = None
    blocking: bool = True


def check_function(by: str, fn: object) -> Function:
    """Refuse what cannot be called, and what is a program already."""
    if not callable(fn):
        raise TypeError(f"{by} takes a function; got {fn!r}")
    if isinstance(getattr(fn, "node", None), Node):
        raise TypeError(f"{by} takes a function; got a Runnable, {fn!r}, which can be composed as it is")
    return fn


def _check_role(function: Function, shape: Shape, by: str) -> None:
    if quick_signature(function, "fn") is UNKNOWN:
        return
    from runlaw.algebra.roles import check_role  # here, for importing it takes longer than all the rest

    check_role(function, shape, by)


def fn_node(fn: object, said: Said) -> Node:
    """The leaf of ``lift``."""
    function = check_function("lift", fn)
    check_one_argument(function, "lift")
    return Fn(function, options(function, *said), is_async(function))


def unpack_node(fn: object) -> Node:
    """The leaf of ``unpack``."""
    function = check_function("unpack", fn)
    check_arguments(function, "unpack")
    return Fn(Unpacked(function), options(function, None, "chain", (), None, True), is_async(function, "unpack"))


def stream_node(fn: object, said: Said, monoid: object) -> Node:
    """The leaf of ``lift_stream``."""
    return streaming(Generate, "lift_stream", "stream", fn, said, monoid)


def transform_node(fn: object, said: Said, monoid: object) -> Node:
    """The leaf of ``lift_transform``."""
    return streaming(Transform, "lift_transform", "transform", fn, said, monoid)


def map_chunks_node(fn: object, said: Said, monoid: object) -> Node:
    """The leaf of ``map_chunks``."""
    return streaming(MapChunks, "map_chunks", "map", fn, said, monoid)


def streaming(
    kind: type[Generate] | type[Transform] | type[MapChunks],
    by: str,
    shape: Shape,
    fn: object,
    said: Said,
    monoid: object,
) -> Node:
    """A leaf that streams: its chunks must know how to add up."""
    function = check_function(by, fn)
    check_one_argument(function, by)
    _check_role(function, shape, by)
    if monoid is not None and not isinstance(monoid, Semigroup):
        raise TypeError(f"{by}: monoid must be a Monoid or Semigroup; got {monoid!r}")
    node = kind(function, options(function, *said), is_async(function, shape), monoid)
    if monoid is None:
        require_monoid(signature(node).output, f"{by}({node.options.name})")
    return node


def batch_node(fn: object, said: Said, max_batch_size: object) -> Node:
    """The leaf of ``lift_batch``."""
    function = check_function("lift_batch", fn)
    check_one_argument(function, "lift_batch")
    _check_role(function, "batch", "lift_batch")
    size = None if max_batch_size is None else check_limit("lift_batch: max_batch_size", max_batch_size)
    return BatchFn(function, options(function, *said), is_async(function, "batch"), size)
