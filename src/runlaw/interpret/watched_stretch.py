"""Watched steps of a pipe that collect, one after another, as one stream: no stack of generators, however many.

They tell the same, in the same order, as if each read the stream of the one before: a chain or parser starts with
the first chunk of its input, which is before the step above has ended; the others when their input is whole.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from runlaw.events.event import UNKNOWN
from runlaw.interpret.aperform import aread_all
from runlaw.interpret.control import Stopped
from runlaw.interpret.guarded import open_run, wanders
from runlaw.interpret.observe import Tap
from runlaw.interpret.perform import read_all
from runlaw.interpret.program import Call, Opener, Program, wrapper
from runlaw.interpret.run import Run
from runlaw.interpret.run_shape import WHOLE_INPUT, run_type, tells_chunks
from runlaw.interpret.segments import Part, fused, part_of
from runlaw.interpret.stream_value import Stream
from runlaw.interpret.sums import sums_of
from runlaw.interpret.watch import NEW, Watched
from runlaw.kernel.nodes import BatchFn, Const, Fn, Node


@wrapper("watched_parts")
def watched_parts(program: Program, nodes: Sequence[Node]) -> list[Part]:
    """The steps of a watched pipe, neighbouring ones that collect being one."""
    steps = [program.step(index) for index in range(len(nodes))]
    parts: list[Part] = []
    start = 0
    while start < len(steps):
        end = start + 1
        while end < len(steps) and collects(steps[start]) and collects(steps[end]):
            end += 1
        alone = end - start == 1
        parts.append(part_of(program, start) if alone else fused(program, start, stretch(steps[start:end])))
        start = end
    return parts


def collects(step: Program) -> bool:
    """Whether a step is one call with its whole input, and nothing else."""
    return isinstance(step.node, (Fn, BatchFn, Const)) and step.config.max_concurrency is None


class Link:
    """One step of a stretch."""

    __slots__ = ("call", "guarded", "program", "telling", "whole_input")

    def __init__(self, program: Program) -> None:
        self.program: Program = program
        self.call: Call = program.body
        self.whole_input: bool = run_type(program) in WHOLE_INPUT
        self.telling: bool = tells_chunks(program)
        self.guarded: bool = wanders(program)

    def gave(self, run: Watched, output: Any) -> None:  # Any: a user's values
        """Tell the one chunk of the output."""
        if self.telling:
            run.chunk(output)

    def open(self, parent: Run) -> Watched:
        """The run of this step, not yet told to start."""
        return open_run(self.program, parent, self.guarded)

    def follow(self, run: Watched, output: Any, value: Any, parent: Run) -> Watched:  # Any: a user's values
        """The run of this step, started, after that of the step above, which has ended."""
        following = self.open(parent)
        if not self.whole_input:
            following.start_fed()
        run.end(output, value)
        if self.whole_input:
            following.start(output)
        return following


def stretch(steps: Sequence[Program]) -> Opener:
    """The stream of several steps that collect."""
    links = [Link(step) for step in steps]
    first, rest, last = links[0], links[1:], steps[-1]
    sums = sums_of(last.node)

    def chunks(source: Stream, parent: Run) -> Iterator[Any]:  # Any: a user's values
        run = first.open(parent)
        tap = Tap(run, source)
        tap.broke = True
        try:
            given = source if source.whole or first.whole_input else source.read_by(tap.tapped())
            value = begun(tap, read_all(given, run), known=given is source)
            output = first.call(value, run)
            first.gave(run, output)
            for link in rest:
                run, value, output = link.follow(run, output, value, parent), output, UNKNOWN
                if run.dead:
                    raise Stopped
                output = link.call(value, run)
                link.gave(run, output)
        except BaseException as error:
            tap.run = run
            tap.fail(error)
            raise
        try:
            yield output
        finally:
            run.end(output, value)

    async def achunks(source: Stream, parent: Run) -> AsyncIterator[Any]:  # Any: a user's values
        run = first.open(parent)
        tap = Tap(run, source)
        tap.broke = True
        watch = run.env.watch
        try:
            given = source if source.whole or first.whole_input else source.read_by(tap.atapped())
            value = begun(tap, await aread_all(given, run), known=given is source)
            output = await first.call(value, run)
            first.gave(run, output)
            for link in rest:
                if watch is not None and len(watch.events) >= watch.limit:
                    await watch.room()
                run, value, output = link.follow(run, output, value, parent), output, UNKNOWN
                output = await link.call(value, run)
                link.gave(run, output)
        except BaseException as error:
            tap.run = run
            tap.fail(error)
            raise
        try:
            yield output
        finally:
            run.end(output, value)

    body = achunks if last.mode.asynchronous else chunks
    return lambda source, parent: source.then(body(source, parent), sums, last)


def begun(tap: Tap, value: Any, known: bool) -> Any:  # Any: a user's values
    """The whole input of the first step, whose run has started by now."""
    tap.broke = False
    if tap.run.phase == NEW:
        tap.run.start(value if known else UNKNOWN)
    return value
