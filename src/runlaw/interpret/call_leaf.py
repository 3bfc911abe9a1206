"""The sync meaning of calling a leaf: the function itself where nothing else matters."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable
from typing import Any

from runlaw.interpret.awaiting import FINISHED, is_awaitable
from runlaw.interpret.blame import blame
from runlaw.interpret.bridge import finish_awaitable
from runlaw.interpret.control import Stopped
from runlaw.interpret.current import CURRENT
from runlaw.interpret.locate import marked
from runlaw.interpret.program import Call, Flat, Program, rule
from runlaw.interpret.records import NO_SEQUENCES
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import iterator_of
from runlaw.interpret.sums import sums_of
from runlaw.kernel.nodes import (
    BatchFn,
    Configured,
    Const,
    Fn,
    Generate,
    Leaf,
    MapChunks,
    Node,
    Transform,
)


def bare(node: Node) -> Flat | None:
    """The function of a quiet leaf that does nothing but call it, without error handling; else ``None``."""
    while isinstance(node, Configured):
        if node.config.max_concurrency is not None:
            return None
        node = node.inner
    if isinstance(node, (Fn, MapChunks)) and node.asynchronous is not True:
        return node.fn if node.asynchronous is False else awaiting(node.fn)
    if isinstance(node, Const):
        value = node.value
        return lambda _: value
    return None


def awaiting(fn: Callable[[Any], Any]) -> Flat:  # Any: a user's function
    """A function of which only a call can tell whether it is async; an awaitable result is run to its end."""

    def call(value: Any) -> Any:  # Any: a user's values
        result = fn(value)
        return result if type(result) in FINISHED or not isawaitable(result) else finish_awaitable(result)

    return call


@rule(Fn, "flat")
@rule(MapChunks, "flat")
@rule(Const, "flat")
def leaf(program: Program) -> Flat | None:
    """A leaf alone."""
    fn = bare(program.node)
    return None if fn is None else blaming(program, fn)


def blaming(program: Program, fn: Flat) -> Flat:
    """A leaf's function, with its path noted on what it raises."""

    def call(value: Any) -> Any:  # Any: a user's values
        try:
            return fn(value)
        except Exception as error:
            blame(error, program)
            raise

    return marked(call)


@rule(Leaf, "call")
def observed_leaf(program: Program) -> Call:
    """A leaf that is watched: its code sees its own run."""
    if isinstance(program.node, (Generate, Transform)):
        return streaming_leaf(program)
    fn = batch_of_one(program.node) if isinstance(program.node, BatchFn) else bare(program.node)
    assert fn is not None

    def call(value: Any, run: Run) -> Any:  # Any: a user's values
        token = CURRENT.set(run)
        try:
            return fn(value)
        except Exception as error:
            blame(error, program)
            raise
        finally:
            CURRENT.reset(token)

    return call if program.mode.observed else with_run(blaming(program, fn))


def batch_of_one(node: BatchFn) -> Flat:
    """A function of groups, called with a group of one."""

    def call(value: Any) -> Any:  # Any: a user's values
        return check_group(node, node.fn([value]), 1)[0]

    return call


def check_group(node: BatchFn, results: Any, size: int) -> list[Any]:  # Any: whatever the user's function gave
    """The results of a group: as many as there were values."""
    if is_awaitable(results):
        results = finish_awaitable(results)
    if type(results) is not list and (isinstance(results, NO_SEQUENCES) or not hasattr(results, "__iter__")):
        raise TypeError(f"{node.options.name} must return a sequence of results; got {type(results).__name__}")
    listed = list(results)
    if len(listed) != size:
        raise ValueError(f"{node.options.name} was given {size} values and returned {len(listed)} results")
    return listed


def streaming_leaf(program: Program) -> Call:
    """A streaming leaf, read to its end."""
    node = program.node
    assert isinstance(node, (Generate, Transform))
    sums = sums_of(node)
    whole_input = isinstance(node, Generate)
    observed = program.mode.observed
    checked = program.mode.checked

    def call(value: Any, run: Run) -> Any:  # Any: a user's values
        token = CURRENT.set(run) if observed else None
        tell = run.chunk_teller() if observed else None
        made: Any = None  # Any: whatever the user's function gave
        chunks: list[Any] = []  # Any: a user's chunks
        try:
            made = iterator_of(node.fn(value if whole_input else iter((value,))), program)
            if not checked and tell is None:
                chunks.extend(made)
            else:
                for chunk in made:
                    chunks.append(chunk)
                    if tell is not None:
                        tell(chunk)
                    if checked and run.dead:
                        raise Stopped
            return sums.total(chunks)
        except Exception as error:
            blame(error, program)
            raise
        finally:
            shut = getattr(made, "close", None)
            if shut is not None:
                shut()
            if token is not None:
                CURRENT.reset(token)

    return marked(call)


def with_run(flat: Flat) -> Call:
    """A flat closure where one that takes the run is asked for."""
    return lambda value, run: flat(value)
