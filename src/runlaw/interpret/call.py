"""The sync meaning of calling a node: one value in, one value out.

A *flat* closure takes the value alone. It serves quiet programs that need no thread and no run of their
own below the root, which is where the speed of plain Python is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from runlaw.algebra.facts import facts
from runlaw.interpret.blame import blame
from runlaw.interpret.call_leaf import bare, observed_leaf, with_run
from runlaw.interpret.control import Limit, Stopped
from runlaw.interpret.executor import elsewhere
from runlaw.interpret.gather import gather
from runlaw.interpret.group import each_group, takes_groups
from runlaw.interpret.locate import marked
from runlaw.interpret.program import WRAPPERS, Call, Flat, Program, rule
from runlaw.interpret.records import check_items, check_record, missing_key
from runlaw.interpret.run import Run, in_run
from runlaw.kernel.nodes import (
    Assign,
    Const,
    Each,
    Identity,
    Node,
    Parallel,
    Pick,
    Pipe,
)


@rule(Identity, "flat")
def identity(program: Program) -> Flat:
    """The value itself."""
    return lambda value: value


@rule(Pick, "flat")
def pick(program: Program) -> Flat:
    """One value of a record, or a smaller record."""
    node = program.node
    assert isinstance(node, Pick)
    keys, single = node.keys, node.single

    def call(value: Any) -> Any:  # Any: a user's record
        try:
            record = check_record(value, program.title)
            if single:
                return record[keys[0]]
            return {key: record[key] for key in keys}
        except KeyError as error:
            missing = missing_key(error, program.title, value)
            blame(missing, program)
            raise missing from None
        except TypeError as error:
            blame(error, program)
            raise

    return call


@rule(Identity, "call")
def identity_call(program: Program) -> Call:
    """The value itself."""
    return with_run(identity(program))


@rule(Pick, "call")
def pick_call(program: Program) -> Call:
    """One value of a record, or a smaller record."""
    return with_run(pick(program))


@rule(Const, "call")
def const_call(program: Program) -> Call:
    """The fixed value."""
    return observed_leaf(program)


@rule(Pipe, "flat")
def flat_pipe(program: Program) -> Flat | None:
    """A pipe of leaves and flat programs: one loop. The failing step is read off the iterator, at no cost."""
    node = program.node
    assert isinstance(node, Pipe)
    if program.mode.checked:
        return None
    steps = flat_steps(program, node.steps)
    return None if None in steps else loop(program, steps, 0)  # type: ignore[arg-type]  # None was ruled out


def flat_steps(program: Program, steps: Sequence[Node]) -> list[Flat | None]:
    """The flat closures of the steps of a pipe, ``None`` where a step has none."""
    return [bare(step) or program.step(index).flat for index, step in enumerate(steps)]


def loop(program: Program, steps: Sequence[Flat], base: int) -> Flat:
    """Steps ``base`` and following of a pipe, one after another."""
    count = len(steps)

    def call(value: Any) -> Any:  # Any: a user's values
        remaining: Any = iter(steps)  # Any: its __length_hint__ is not declared
        try:
            for step in remaining:
                value = step(value)
        except Exception as error:
            blame(error, program.step(base + count - remaining.__length_hint__() - 1))
            raise
        return value

    return marked(call)


@rule(Pipe, "call")
def pipe(program: Program) -> Call:
    """A pipe with steps that need the run: stretches of flat steps are one step."""
    node = program.node
    assert isinstance(node, Pipe)
    steps = stretches(program, node.steps)
    checked = program.mode.checked

    def call(value: Any, run: Run) -> Any:  # Any: a user's values
        for step in steps:
            value = step(value, run)
            if checked and run.dead:
                raise Stopped
        return value

    return call


def stretches(program: Program, nodes: Sequence[Node]) -> list[Call]:
    """The closures of a pipe's steps, neighbouring flat ones fused; checked programs fuse nothing."""
    if program.mode.observed or program.mode.checked:
        return [program.step_call(index) for index in range(len(nodes))]
    calls: list[Call] = []
    fused: list[Flat] = []

    def end_stretch(index: int) -> None:
        if fused:
            calls.append(with_run(loop(program, tuple(fused), index - len(fused))))
            fused.clear()

    for index, flat in enumerate(flat_steps(program, nodes)):
        if flat is None:
            end_stretch(index)
            calls.append(program.step_call(index))
        else:
            fused.append(flat)
    end_stretch(len(nodes))
    return calls


def threaded(nodes: Sequence[Node]) -> bool:
    """Whether nodes that run at the same time need threads: two or more of them may block."""
    return sum(facts(node).blocking for node in nodes) > 1


@rule(Parallel, "flat")
@rule(Assign, "flat")
def flat_parallel(program: Program) -> Flat | None:
    """Branches of which at most one may block: one after another, in the caller's thread."""
    node = program.node
    assert isinstance(node, (Parallel, Assign))
    if program.mode.checked or threaded([step for _, step in node.branches]):
        return None
    nodes = [step for _, step in node.branches]
    steps = [bare(step) or part.flat for step, part in zip(nodes, program.parts(), strict=True)]
    if None in steps:
        return None
    run_all = in_turn(program, tuple(step for step in steps if step is not None))
    keys = [key for key, _ in node.branches]
    if isinstance(node, Assign):
        return lambda value: {**record_of(value, program), **dict(zip(keys, run_all(value), strict=True))}
    if node.keyed:
        return lambda value: dict(zip(keys, run_all(value), strict=True))
    return run_all


def in_turn(program: Program, flats: tuple[Flat, ...]) -> Flat:
    """The results of flat branches, one after another."""
    count = len(flats)

    def program_at(index: int) -> Program:
        return program.parts()[index]

    if count == 2:
        first, second = flats

        def pair(value: Any) -> Any:  # Any: a user's values
            index = 0
            try:
                result = first(value)
                index = 1
                return (result, second(value))
            except Exception as error:
                blame(error, program_at(index))
                raise

        return marked(pair)

    def call(value: Any) -> Any:  # Any: a user's values
        remaining: Any = iter(flats)  # Any: its __length_hint__ is not declared
        try:
            return tuple([flat(value) for flat in remaining])
        except Exception as error:
            blame(error, program_at(count - remaining.__length_hint__() - 1))
            raise

    return marked(call)


def record_of(value: Any, program: Program) -> Any:  # Any: a user's record
    """The record that ``assign`` was given."""
    try:
        return check_record(value, program.title)
    except TypeError as error:
        blame(error, program)
        raise


@rule(Parallel, "call")
@rule(Assign, "call")
def parallel(program: Program) -> Call:
    """Branches at the same time: in threads where two or more may block."""
    node = program.node
    assert isinstance(node, (Parallel, Assign))
    keys = [key for key, _ in node.branches]
    in_threads = threaded([step for _, step in node.branches])
    parts = program.parts(checked=in_threads)
    run_all = together if in_threads else in_sequence(program)
    record_in = isinstance(node, Assign)
    keyed = record_in or (isinstance(node, Parallel) and node.keyed)

    def call(value: Any, run: Run) -> Any:  # Any: a user's values
        record = record_of(value, program) if record_in else {}
        results = run_all([(part, value) for part in parts], run)
        return {**record, **dict(zip(keys, results, strict=True))} if keyed else tuple(results)

    return call


def in_sequence(program: Program) -> Callable[[list[tuple[Program, Any]], Run], list[Any]]:  # Any: a user's values
    """How to make calls one after another; none after one in which the run of a checked program was abandoned."""
    if not program.mode.checked:
        return lambda jobs, run: [part.call(value, run) for part, value in jobs]

    def call(jobs: list[tuple[Program, Any]], run: Run) -> list[Any]:  # Any: a user's values
        results: list[Any] = []  # Any: a user's values
        for part, value in jobs:
            if run.dead:
                raise Stopped
            results.append(part.call(value, run))
        return results

    return call


def together(jobs: list[tuple[Program, Any]], run: Run, room: int | None = None) -> list[Any]:  # Any: values
    """Calls at the same time, each in a thread; the first error ends the others."""
    scheduler, owner, limit = run.scheduler()
    return gather(scheduler, owner, item_limit(limit, room), [job(part, value, run) for part, value in jobs], room)


def item_limit(limit: Limit, room: int | None) -> Limit:
    """The limit for the leaves of jobs of which ``room`` may run at one time."""
    return limit if room is None else Limit(room, limit)


def job(part: Program, value: Any, run: Run) -> Callable[[Any], Any]:  # Any: a user's values
    """A call as a job for the scheduler."""
    return in_run(lambda own: part.call(value, own), run)


@rule(Each, "call")
def each(program: Program) -> Call:
    """A program for every item: groups where it takes groups, threads where it may block."""
    node = program.node
    assert isinstance(node, Each)
    if takes_groups(node.inner):
        grouped: Call = WRAPPERS["called"](program, each_group)
        return grouped
    in_threads = facts(node.inner).blocking or node.executor is not None
    part = program.inner(checked=in_threads) if node.executor is None else elsewhere(program, node.executor)
    room, checked = node.max_concurrency, program.mode.checked
    run_all = in_sequence(program)

    def call(value: Any, run: Run) -> Any:  # Any: a user's values
        items = check_items(value, program)
        if in_threads and len(items) > 1:
            return together([(part, item) for item in items], run, room)
        one = None if checked else part.flat
        if one is not None:
            return [one(item) for item in items]
        return run_all([(part, item) for item in items], run)

    return call
