"""Long streaming pipes, cut into segments: each iterator calls the one above it, and a stack has an end.

A segment is read on a stack of its own, that works only while the next chunk is wanted: so the pipe is as lazy as
if it were not cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from runlaw.interpret.apart import cut
from runlaw.interpret.heights import ROOM, heights
from runlaw.interpret.program import Opener, Program
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import Stream
from runlaw.kernel.nodes import Pipe


class Part(NamedTuple):
    """One step of a pipe, or several that are one, and how much of the stack it takes."""

    open: Opener
    height: int


def part_of(pipe: Program, index: int) -> Part:
    """Step ``index`` (from 0) of a pipe."""
    return fused(pipe, index, pipe.step_stream(index))


def fused(pipe: Program, index: int, opener: Opener) -> Part:
    """Several leaves of a pipe that are one step, no higher than the one at ``index`` would be."""
    node = pipe.node
    assert isinstance(node, Pipe)
    return Part(opener, heights(node.steps[index], pipe.mode.observed).stream)


def in_segments(parts: Sequence[Part]) -> list[Opener]:
    """The openers of a pipe, with a cut where they are too high for one stack."""
    openers: list[Opener] = []
    height = 0
    for part in parts:
        if openers and height + part.height > ROOM:
            openers.append(cut_before)
            height = 0
        height += part.height
        openers.append(part.open)
    return openers


def cut_before(source: Stream, run: Run) -> Stream:
    """A step that changes nothing, but that the steps before it have a stack of their own."""
    return cut(source)
