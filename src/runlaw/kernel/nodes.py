"""The kinds of node a program is made of: frozen values, and nothing that runs them.

A leaf holds a user's function; every other node holds nodes. What a node *means* (its value, its
stream, its type, its picture) is said elsewhere, once for each meaning.
"""

from __future__ import annotations

import copyreg
import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from typing import Any, ClassVar, Literal, SupportsIndex, TypeAlias

from runlaw.kernel.config import NO_METADATA, Config
from runlaw.kernel.nested import bottom_up, flattened, rebuilt
from runlaw.kernel.semigroup import Semigroup
from runlaw.kernel.value import Value

RunType: TypeAlias = Literal["chain", "llm", "chat_model", "prompt", "tool", "retriever", "parser"]
RUN_TYPES: tuple[RunType, ...] = ("chain", "llm", "chat_model", "prompt", "tool", "retriever", "parser")
Function: TypeAlias = Callable[..., Any]  # Any: the kernel is untyped inside; the surface carries the types


class Node(Value):
    """A program as a value. Two nodes are equal when they were built from the same parts."""

    _nests: ClassVar[bool] = True

    def __reduce__(self) -> tuple[object, ...]:
        """The nodes inside are pickled beside one another, as deep nesting would take too much of the stack."""
        nodes = list(bottom_up(self, _pickles_by_fields)) if self._nests else []
        if len(nodes) > 1:
            return rebuilt, (flattened(nodes),)
        return copyreg.__newobj__, (type(self),), self.__getstate__()  # type: ignore[attr-defined]  # not in its stub


def _pickles_by_fields(node: Node) -> bool:
    """Whether a node is pickled as nodes are; a kind of somebody's own may have a way of its own."""
    kind = type(node)
    return (
        kind.__reduce__ is Node.__reduce__
        and kind.__reduce_ex__ is object.__reduce_ex__
        and kind.__getstate__ is Node.__getstate__
    )


class Options(Value):
    """What a leaf says of itself, beside its function. ``name`` is the run's name in events."""

    name: str
    run_type: RunType = "chain"
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, object] = NO_METADATA
    blocking: bool = True


class Leaf(Node):
    """A user's function. ``asynchronous`` is ``None`` where only a call can tell."""

    _nests: ClassVar[bool] = False

    fn: Function
    options: Options
    asynchronous: bool | None

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[object, ...]:
        """A function whose name now stands for its Runnable, as after a decorator, is pickled by that name."""
        name = self.public_name()
        return super().__reduce_ex__(protocol) if name is None else (_leaf_named, name)

    def public_name(self) -> tuple[str, str] | None:
        """The module and the name in it that stand for the leaf's Runnable, if it was made by a decorator."""
        fn = getattr(self.fn, "__wrapped__", self.fn)
        module, name = getattr(fn, "__module__", None), getattr(fn, "__qualname__", None)
        if module in sys.modules and isinstance(name, str):
            node = _node_named(sys.modules[module], name)
            if node is self or (node is not None and node == self):
                return module, name
        return None


def _node_named(module: object, name: str) -> object:
    """The node of the Runnable that a module has under a name, if it has one."""
    found = module
    for part in name.split(".") if "." in name else (name,):
        found = getattr(found, part, None)
    return getattr(found, "node", None)


def _leaf_named(module: str, name: str) -> Node:
    """Read a leaf back by the name of its Runnable."""
    node = _node_named(sys.modules.get(module) or importlib.import_module(module), name)
    if not isinstance(node, Node):
        raise ImportError(f"{module}.{name} is no Runnable any more")
    return node


class Fn(Leaf):
    """One value in, one value out."""


class Generate(Leaf):
    """One value in, chunks out."""

    monoid: Semigroup[Any] | None = None  # Any: of whatever type the chunks are


class Transform(Leaf):
    """Chunks in, chunks out."""

    monoid: Semigroup[Any] | None = None  # Any: of whatever type the chunks are


class MapChunks(Leaf):
    """A function that respects adding up, applied to every chunk."""

    monoid: Semigroup[Any] | None = None  # Any: of whatever type the chunks are


class BatchFn(Leaf):
    """A function of a whole group of values."""

    max_batch_size: int | None = None


class Identity(Node):
    """Passes every chunk on."""


class Const(Node):
    """Gives one value, whatever comes in."""

    value: object


class Pipe(Node):
    """One step after another; at least two, none of them a ``Pipe`` or ``Identity``."""

    steps: tuple[Node, ...]


class Parallel(Node):
    """One input to every branch. ``keyed`` gives a record, else a tuple; the keys are then ``0, 1, ...``."""

    branches: tuple[tuple[str, Node], ...]
    keyed: bool


class Each(Node):
    """A program for every item of a sequence."""

    inner: Node
    max_concurrency: int | None = None
    executor: Executor | None = None


class Branch(Node):
    """The step of the first predicate that holds, else the default."""

    cases: tuple[tuple[Node, Node], ...]
    default: Node


class Assign(Node):
    """A record with more keys, each computed from the record."""

    branches: tuple[tuple[str, Node], ...]


class Pick(Node):
    """Some keys of a record; with ``single`` the one value itself."""

    keys: tuple[str, ...]
    single: bool


class Retry(Node):
    """Tries again after each delay (seconds), as long as there are delays."""

    inner: Node
    on: tuple[type[Exception], ...]
    delays: Iterable[float]


class Fallbacks(Node):
    """The first of several programs that does not fail."""

    alternatives: tuple[Node, ...]
    on: tuple[type[Exception], ...]


class Attempt(Node):
    """A failure as a value: ``Success`` or ``Failure`` of ``returns.result``."""

    inner: Node
    on: tuple[type[Exception], ...]


class Timeout(Node):
    """A bound on the time of a run, in seconds."""

    inner: Node
    seconds: float


class Configured(Node):
    """A program with a config of its own; the caller's wins over it."""

    inner: Node
    config: Config


class Listening(Node):
    """A program whose own run tells its start, end and error to callbacks."""

    inner: Node
    on_start: Function | None = None
    on_end: Function | None = None
    on_error: Function | None = None


class Typed(Node):
    """A program whose types are said by hand: a type, a pydantic ``TypeAdapter``, or ``None`` for its own.

    With ``check`` (``"lax"`` or ``"strict"``) its values are checked against them at the boundary.
    """

    inner: Node
    input: object = None
    output: object = None
    check: Literal["lax", "strict"] | None = None
