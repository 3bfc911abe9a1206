"""Many values at once through a program with ``lift_batch`` leaves: they are called with whole groups.

The steps before, between and after such a leaf run value by value. A value that failed leaves the group; a
failed group fails each of its values.
"""

from __future__ import annotations

from typing import Any

from runlaw.interpret.program import Call, Program
from runlaw.interpret.records import check_items
from runlaw.interpret.requests import CallGroups, Flow, PerValue, Where
from runlaw.interpret.run import Run
from runlaw.interpret.watch import Watched, open_run
from runlaw.kernel.nodes import BatchFn, Configured, Each, Listening, Node, Pipe, Typed


class Item:
    """One of the values on its way: its value so far, or its error, and the run it is in."""

    __slots__ = ("error", "run", "value")

    def __init__(self, value: Any, run: Run) -> None:  # Any: a user's values
        self.value: Any = value  # Any: as above
        self.run: Run = run
        self.error: BaseException | None = None


def takes_groups(node: Node) -> bool:
    """Whether a batch of the program calls a leaf with whole groups."""
    if isinstance(node, (Configured, Listening)) or (isinstance(node, Typed) and node.check is None):
        return takes_groups(node.inner)
    if isinstance(node, Pipe):
        known = node.__dict__.get("_takes_groups")
        if known is None:
            known = node.__dict__["_takes_groups"] = any(map(takes_groups, node.steps))
        return bool(known)
    return isinstance(node, BatchFn)


def each_group(program: Program, value: Any) -> Flow:  # Any: a user's sequence
    """``map_batch`` of a program that takes groups."""
    node = program.node
    assert isinstance(node, Each)
    run: Run = yield Where()
    items = [Item(item, run) for item in check_items(value, program)]
    yield from through(program.inner(), items, node.max_concurrency)
    for item in items:
        if item.error is not None:
            raise item.error
    return [item.value for item in items]


def through(program: Program, items: list[Item], room: int | None = None) -> Flow:
    """Take all items through a program; each ends with a value or an error."""
    watched = open_runs(program, items) if program.mode.observed and program.opens_run else []
    if isinstance(program.node, BatchFn):
        yield from leaf(program, items)
    else:
        yield from pipe(program, items, room)
    for run, given, item in watched:
        if item.error is not None:
            run.fail(item.error)
        else:
            run.end(item.value, given)
        item.run = run.parent or item.run


def open_runs(program: Program, items: list[Item]) -> list[tuple[Watched, Any, Item]]:  # Any: a user's values
    """A run for every item, told to start."""
    watched: list[tuple[Watched, Any, Item]] = []  # Any: a user's values
    for item in items:
        run = open_run(program, item.run)
        run.start(item.value)
        item.run = run
        watched.append((run, item.value, item))
    return watched


def leaf(program: Program, items: list[Item]) -> Flow:
    """The leaf itself, called with groups of at most its ``max_batch_size``."""
    node = program.node
    assert isinstance(node, BatchFn)
    size = node.max_batch_size or max(len(items), 1)
    groups = [items[start : start + size] for start in range(0, len(items), size)]
    outcomes: list[tuple[list[Any] | None, BaseException | None]] = yield CallGroups(  # Any: a user's values
        program, [([item.value for item in group], group[0].run) for group in groups]
    )
    for group, (results, error) in zip(groups, outcomes, strict=True):
        for number, item in enumerate(group):
            item.error = error
            if results is not None:
                item.value = results[number]


def pipe(program: Program, items: list[Item], room: int | None) -> Flow:
    """The steps of a pipe: neighbouring ones that take no groups run value by value, without waiting for each other."""
    node = program.node
    assert isinstance(node, Pipe)
    stretch: list[Call] = []
    for index, step in enumerate((*node.steps, None)):
        if step is not None and not takes_groups(step):
            stretch.append(program.step(index).call)
            continue
        alive = [item for item in items if item.error is None]
        if stretch and alive:
            outcomes = yield PerValue(tuple(stretch), [(item.value, item.run) for item in alive], room)
            for item, (value, error) in zip(alive, outcomes, strict=True):
                item.value, item.error = value, error
        stretch = []
        alive = [item for item in alive if item.error is None]
        if step is not None and alive:
            yield from through(program.step(index), alive, room)
