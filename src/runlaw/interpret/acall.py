"""The async meaning of calling a node. Flat stretches run without a task, blocking sync leaves in threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from runlaw.algebra.facts import facts
from runlaw.interpret.aleaf import leaf_opener
from runlaw.interpret.aperform import aread_all
from runlaw.interpret.aplaces import Body, agather, in_thread
from runlaw.interpret.awaiting import is_awaitable
from runlaw.interpret.blame import blame
from runlaw.interpret.call import pick as pick_flat
from runlaw.interpret.call import record_of
from runlaw.interpret.call_leaf import check_group
from runlaw.interpret.control import Stopped
from runlaw.interpret.current import CURRENT
from runlaw.interpret.executor import elsewhere
from runlaw.interpret.group import each_group, takes_groups
from runlaw.interpret.locate import marked
from runlaw.interpret.program import WRAPPERS, Call, Flat, Program, rule
from runlaw.interpret.records import check_items
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import aclose, once
from runlaw.kernel.nodes import (
    Assign,
    BatchFn,
    Configured,
    Const,
    Each,
    Fn,
    Function,
    Generate,
    Identity,
    Leaf,
    MapChunks,
    Node,
    Parallel,
    Pick,
    Pipe,
    Transform,
)


def plain(node: Node) -> tuple[Flat, str] | None:
    """The function of a leaf that is one call, and how: ``quick``, ``maybe`` async, ``async`` or ``hop``."""
    while isinstance(node, Configured) and node.config.max_concurrency is None:
        node = node.inner
    if isinstance(node, Const):
        value = node.value
        return (lambda _: value), "quick"
    if not isinstance(node, (Fn, MapChunks)):
        return None
    if node.asynchronous:
        return node.fn, "async"
    if node.options.blocking:
        return node.fn, "hop"
    return node.fn, "quick" if node.asynchronous is False else "maybe"


@rule(Leaf, "acall")
@rule(Const, "acall")
def leaf(program: Program) -> Call:
    """A leaf alone."""
    node = program.node
    if isinstance(node, (Generate, Transform)):
        return streaming_leaf(program)
    if isinstance(node, BatchFn):
        return stretch(program, [program], [group_of_one(node)])
    known = plain(node)
    assert known is not None
    return stretch(program, [program], [known])


def group_of_one(node: BatchFn) -> tuple[Flat, str]:
    """A function of groups, called with a group of one."""
    if node.asynchronous:

        async def acall(value: Any) -> Any:  # Any: a user's values
            return check_group(node, await node.fn([value]), 1)[0]

        return acall, "async"

    def call(value: Any) -> Any:  # Any: a user's values
        return check_group(node, node.fn([value]), 1)[0]

    return call, "hop" if node.options.blocking else "quick"


def stretch(
    program: Program, places: Sequence[Program] | None, steps: Sequence[tuple[Flat, str]], base: int = 0
) -> Call:
    """Leaves one after another, without a task or a closure for each.

    ``places`` are their programs, where they are known; else they are steps ``base`` and following of the pipe.
    """
    count = len(steps)
    observed = program.mode.observed
    kinds = {kind for _, kind in steps}
    at = (lambda index: places[index]) if places is not None else (lambda index: program.step(base + index))
    if kinds == {"async"}:
        body = all_async([fn for fn, _ in steps], at, count)
    elif kinds == {"quick"}:
        body = all_quick([fn for fn, _ in steps], at, count)
    else:
        body = mixed(steps, at)
    if not observed:
        return body

    async def scoped(value: Any, run: Run) -> Any:  # Any: a user's values
        token = CURRENT.set(run)
        try:
            return await body(value, run)
        finally:
            CURRENT.reset(token)

    return scoped


At = Callable[[int], Program]


def all_async(fns: Sequence[Function], program_at: At, count: int) -> Call:
    """Async leaves only: a loop of awaits."""

    async def call(value: Any, run: Run) -> Any:  # Any: a user's values
        remaining: Any = iter(fns)  # Any: its __length_hint__ is not declared
        try:
            for fn in remaining:
                value = await fn(value)
        except Exception as error:
            blame(error, program_at(count - remaining.__length_hint__() - 1))
            raise
        return value

    return marked(call)


def all_quick(fns: Sequence[Flat], program_at: At, count: int) -> Call:
    """Quick sync leaves only: no await at all."""

    async def call(value: Any, run: Run) -> Any:  # Any: a user's values
        remaining: Any = iter(fns)  # Any: its __length_hint__ is not declared
        try:
            for fn in remaining:
                value = fn(value)
        except Exception as error:
            blame(error, program_at(count - remaining.__length_hint__() - 1))
            raise
        return value

    return marked(call)


def mixed(steps: Sequence[tuple[Flat, str]], program_at: At) -> Call:
    """Leaves of different kinds; neighbouring blocking ones share one hop into a thread."""
    parts: list[tuple[Call, bool]] = []
    hops: list[tuple[Flat, int]] = []

    def end_hops() -> None:
        if hops:
            parts.append((hop(tuple(hops), program_at), True))
            hops.clear()

    for index, (fn, kind) in enumerate(steps):
        if kind == "hop":
            hops.append((fn, index))
        else:
            end_hops()
            parts.append((one(fn, kind, index, program_at), kind != "quick"))
    end_hops()

    async def call(value: Any, run: Run) -> Any:  # Any: a user's values
        for part, awaits in parts:
            value = await part(value, run) if awaits else part(value, run)
        return value

    return call


def one(fn: Flat, kind: str, index: int, program_at: At) -> Call:
    """One leaf that needs no thread."""

    def quick(value: Any, run: Run) -> Any:  # Any: a user's values
        try:
            return fn(value)
        except Exception as error:
            blame(error, program_at(index))
            raise

    async def awaited(value: Any, run: Run) -> Any:  # Any: a user's values
        try:
            result = fn(value)
            return await result if is_awaitable(result) else result
        except Exception as error:
            blame(error, program_at(index))
            raise

    return marked(quick if kind == "quick" else awaited)


def hop(steps: tuple[tuple[Flat, int], ...], program_at: At) -> Call:
    """Blocking leaves one after another in a thread; an awaitable that one returns is awaited on the loop."""

    def work(start: int, value: Any) -> Callable[[Run], tuple[int, Any]]:  # Any: a user's values
        def run_steps(run: Run) -> tuple[int, Any]:  # Any: a user's values
            result = value
            for number in range(start, len(steps)):
                fn, index = steps[number]
                try:
                    result = fn(result)
                except Exception as error:
                    blame(error, program_at(index))
                    raise
                if run.dead:
                    forsake((number, result))
                    raise Stopped
                if is_awaitable(result):
                    return number + 1, result
            return len(steps), result

        return marked(run_steps)

    async def call(value: Any, run: Run) -> Any:  # Any: a user's values
        number = 0
        while number < len(steps):
            number, value = await in_thread(run, work(number, value), forsake)
            if is_awaitable(value):
                try:
                    value = await value
                except Exception as error:
                    blame(error, program_at(steps[number - 1][1]))
                    raise
        return value

    return call


def forsake(outcome: tuple[int, Any]) -> None:  # Any: a user's values
    """Close an awaitable that a blocking leaf returned, and that nobody is left to await."""
    close = getattr(outcome[1], "close", None) if is_awaitable(outcome[1]) else None
    if close is not None:
        close()


@rule(Pipe, "acall")
def pipe(program: Program) -> Call:
    """One step after another; neighbouring leaves are one stretch, unless they are watched."""
    node = program.node
    assert isinstance(node, Pipe)
    if program.mode.observed:
        return sequence([program.step_call(index) for index in range(len(node.steps))])
    calls: list[Call] = []
    pending: list[tuple[Flat, str]] = []

    def end_stretch(end: int) -> None:
        if pending:
            calls.append(stretch(program, None, tuple(pending), end - len(pending)))
            pending.clear()

    for index, step in enumerate(node.steps):
        known = plain(step)
        if known is None:
            end_stretch(index)
            calls.append(program.step_call(index))
        else:
            pending.append(known)
    end_stretch(len(node.steps))
    return calls[0] if len(calls) == 1 else sequence(calls)


def sequence(calls: Sequence[Call]) -> Call:
    """Calls one after another."""

    async def call(value: Any, run: Run) -> Any:  # Any: a user's values
        for step in calls:
            value = await step(value, run)
        return value

    return call


@rule(Identity, "acall")
def identity(program: Program) -> Call:
    """The value itself."""

    async def call(value: Any, run: Run) -> Any:  # Any: a user's values
        return value

    return call


@rule(Pick, "acall")
def pick(program: Program) -> Call:
    """One value of a record, or a smaller record."""
    flat = pick_flat(program)

    async def call(value: Any, run: Run) -> Any:  # Any: a user's record
        return flat(value)

    return call


@rule(Parallel, "acall")
@rule(Assign, "acall")
def parallel(program: Program) -> Call:
    """Branches at the same time, in tasks; quick sync ones one after another, without."""
    node = program.node
    assert isinstance(node, (Parallel, Assign))
    keys = [key for key, _ in node.branches]
    parts = program.parts()
    in_tasks = len(parts) > 1 and any(facts(step).waits for _, step in node.branches)
    record_in = isinstance(node, Assign)
    keyed = record_in or (isinstance(node, Parallel) and node.keyed)

    async def call(value: Any, run: Run) -> Any:  # Any: a user's values
        record = record_of(value, program) if record_in else {}
        if in_tasks:
            results = await agather(run, [calling(part, value) for part in parts])
        else:
            results = [await part.call(value, run) for part in parts]
        return {**record, **dict(zip(keys, results, strict=True))} if keyed else tuple(results)

    return call


def calling(part: Program, value: Any) -> Body:  # Any: a user's values
    """A call as the body of a task."""
    return lambda run: part.call(value, run)


@rule(Each, "acall")
def each(program: Program) -> Call:
    """A program for every item, in tasks; groups where it takes groups."""
    node = program.node
    assert isinstance(node, Each)
    if takes_groups(node.inner):
        grouped: Call = WRAPPERS["called"](program, each_group)
        return grouped
    part = program.inner() if node.executor is None else elsewhere(program, node.executor)
    in_tasks = facts(node.inner).waits or node.executor is not None
    room = node.max_concurrency

    async def call(value: Any, run: Run) -> Any:  # Any: a user's values
        items = check_items(value, program)
        if in_tasks and len(items) > 1:
            return await agather(run, [calling(part, item) for item in items], room)
        return [await part.call(item, run) for item in items]

    return call


def streaming_leaf(program: Program) -> Call:
    """A streaming leaf, read to its end: as a stream of one known value."""
    opener = leaf_opener(program)
    telling = program.mode.observed

    async def call(value: Any, run: Run) -> Any:  # Any: a user's values
        stream = opener(once(value, asynchronous=True), run)
        tell = run.chunk_teller() if telling else None
        try:
            if tell is None:
                return await aread_all(stream, run)
            chunks = []
            async for chunk in stream.chunks:
                chunks.append(chunk)
                tell(chunk)
                await run.room()
            return stream.total(chunks)
        except Exception as error:
            blame(error, program)
            raise
        finally:
            await aclose(stream.opened)

    return call
