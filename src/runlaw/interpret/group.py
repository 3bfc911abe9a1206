"""Many values at once through a program with ``lift_batch`` leaves: they are called with whole groups.

The steps before, between and after such a leaf run value by value. A value that failed leaves the group; a
failed group fails each of its values.

So a program is a list of stages: calls of a leaf with groups, and stretches of steps for each value. A run inside
starts when the first stage in it comes to its value, and ends with the last one.
"""

from __future__ import annotations

from asyncio import CancelledError
from typing import Any, NamedTuple

from runlaw.algebra.facts import facts
from runlaw.interpret.guarded import open_run
from runlaw.interpret.program import WRAPPERS, Call, Program
from runlaw.interpret.records import check_items
from runlaw.interpret.requests import CallGroup, CallSteps, Flow, Room, Together, Where
from runlaw.interpret.run import Run
from runlaw.interpret.watch import Watched, origin_of
from runlaw.kernel.nodes import BatchFn, Configured, Each, Listening, Node, Pipe, Typed


class Item:
    """One of the values on its way: its value so far, or its error, and the runs it is in, the outermost first."""

    __slots__ = ("around", "error", "opened", "value")

    def __init__(self, value: Any, around: Run) -> None:  # Any: a user's values
        self.value: Any = value  # Any: as above
        self.error: BaseException | None = None
        self.around: Run = around
        self.opened: tuple[Watched, ...] = ()

    @property
    def run(self) -> Run:
        """The innermost run."""
        return self.opened[-1] if self.opened else self.around

    def fail(self, error: BaseException) -> None:
        """Have it end with an error, and its runs, in whatever thread."""
        self.error = error
        for run in reversed(self.opened):
            run.fail(error)


class Stage(NamedTuple):
    """A leaf that is called with groups, or steps for each value; the runs that start with it, and how many end.

    ``limited`` are the programs around it that have a limit of their own, the outermost first; it is ``slow`` if
    what it calls may block or wait.
    """

    opens: tuple[Program, ...]
    work: Program | tuple[Call, ...]
    closes: int
    limited: tuple[Program, ...]
    slow: bool

    def groups(self, items: list[Item]) -> list[list[Item]]:
        """The items that it is done for at one time."""
        if not isinstance(self.work, Program):
            return [[item] for item in items]
        node = self.work.node
        assert isinstance(node, BatchFn)
        size = node.max_batch_size or max(len(items), 1)
        return [items[start : start + size] for start in range(0, len(items), size)]


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


def stages(program: Program, limited: tuple[Program, ...] = ()) -> list[Stage]:
    """What is done for the values of a program that takes groups, inside others that are ``limited``."""
    if program.config.max_concurrency is not None and program.parent is not None and program.opens_run:
        limited = (*limited, program)
    opens = (program,) if program.mode.observed and program.opens_run else ()
    node = program.node
    if isinstance(node, BatchFn):
        return [Stage(opens, program, len(opens), limited, is_slow(program))]
    assert isinstance(node, Pipe)
    found: list[Stage] = []
    stretch: list[Program] = []
    for index, step in enumerate((*node.steps, None)):
        if step is not None and not takes_groups(step):
            stretch.append(program.step(index))
            continue
        if stretch:
            calls = tuple(part.call for part in stretch)
            found.append(Stage((), calls, 0, limited, any(map(is_slow, stretch))))
            stretch = []
        if step is not None:
            found += stages(program.step(index), limited)
    first, last = found[0], found[-1]
    found[0] = first._replace(opens=opens + first.opens)
    found[-1] = found[-1]._replace(closes=last.closes + len(opens))
    return found


def is_slow(program: Program) -> bool:
    """Whether a call may block, or in an async run wait."""
    known = facts(program.node)
    return known.waits if program.mode.asynchronous else known.blocking


def each_group(program: Program, value: Any) -> Flow:  # Any: a user's sequence
    """``map_batch`` of a program that takes groups."""
    node = program.node
    assert isinstance(node, Each)
    run: Run = yield Where()
    if program.mode.observed:
        origin_of(run).share().fatal = False  # a group that fails ends no other
    items = [Item(item, run) for item in check_items(value, program)]
    yield from through(program.inner(), items, node.max_concurrency)
    for item in items:
        if item.error is not None:
            raise item.error
    return [item.value for item in items]


def through(program: Program, items: list[Item], room: int | None = None) -> Flow:
    """Take all items through a program; each ends with a value or an error."""
    staged: Call = WRAPPERS["called"](program, stage_flow)
    try:
        for stage in stages(program):
            call = staged
            for inner in reversed(stage.limited):
                call = WRAPPERS["limited_call"](inner, call)
            alive = [item for item in items if item.error is None]
            yield Together(call, [(stage, group) for group in stage.groups(alive)], stage.slow, room)
    except BaseException:
        for item in items:
            item.fail(CancelledError())
        raise


def stage_flow(program: Program, work: tuple[Stage, list[Item]]) -> Flow:
    """A stage for items that are called together: the values that it gives them, or its error."""
    stage, items = work
    try:
        if stage.opens:
            yield from enter(stage, items)
        if isinstance(stage.work, Program):
            results = yield CallGroup(stage.work, [item.value for item in items], items[0].run)
        else:
            (item,) = items
            results = [(yield CallSteps(stage.work, item.value, item.run))]
    except BaseException as error:
        for item in items:
            item.fail(error)
        if not isinstance(error, Exception):
            raise
        return
    for item, result in zip(items, results, strict=True):
        item.value = result
    if stage.closes:
        yield from leave(stage, items)


def enter(stage: Stage, items: list[Item]) -> Flow:
    """Start the runs that a stage is the first of."""
    own: Run = yield Where()
    for item in items:
        for program in stage.opens:
            run = open_run(program, item.run.fork(own.control), guarded=not program.mode.asynchronous)
            item.opened += (run,)
            yield Room()
            run.start(item.value)


def leave(stage: Stage, items: list[Item]) -> Flow:
    """End the runs that a stage is the last of."""
    for item in items:
        for _ in range(stage.closes):
            yield Room()
            item.opened[-1].end(item.value)
            item.opened = item.opened[:-1]
