"""Telling events: the life of one watched run, in every way of running.

A run is told to start once, and then to end or to fail once; the runs inside it are over before it is. This holds
while other threads tell of the same runs: each run has a lock, held while it tells, and a run that ends takes the
locks of the runs inside it, never those around it.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Callable
from threading import RLock
from time import time
from typing import TYPE_CHECKING, Any, NamedTuple

from runlaw.events.event import UNKNOWN, Custom, Event, RunEnded, RunFailed, RunInfo, RunStarted, RunStreamed
from runlaw.interpret.places import Stopped
from runlaw.interpret.program import Program
from runlaw.interpret.run import CURRENT, Env, Listener, Run, inherit, metadata_of, new_id, tags_of
from runlaw.interpret.sums import Sums, sums_of
from runlaw.kernel.config import NO_CONFIG, Config
from runlaw.kernel.nodes import Fn, Leaf, Listening

if TYPE_CHECKING:
    from uuid import UUID

    from runlaw.interpret.places import Control
    from runlaw.kernel.nodes import RunType

WHOLE_INPUT = frozenset({"prompt", "chat_model", "llm", "retriever", "tool"})
"""Run types that start when their input is whole."""

NEW, STARTED, ENDED = range(3)


def run_type(program: Program) -> RunType:
    """The kind of a program's run."""
    node = program.node
    return node.options.run_type if isinstance(node, Leaf) else "chain"


def tells_chunks(program: Program) -> bool:
    """Whether a program's run tells chunks: not a prompt's, nor that of a retriever that gives all at once."""
    kind = run_type(program)
    return kind != "prompt" and not (kind == "retriever" and isinstance(program.node, Fn))


class Shape(NamedTuple):
    """What all runs of one program under one inherited config have in common."""

    around: Config
    tag: str | None
    inherited: Config
    name: str
    run_type: RunType
    tags: tuple[str, ...]
    metadata: dict[str, object]
    sums: Sums
    listeners: tuple[Listener, ...]
    callbacks: tuple[Listening, ...]
    event_input: Callable[[Any], object] | None  # Any: a user's values


def shape_of(program: Program, around: Config, own: Config, tag: str | None) -> Shape:
    """The shape of a program's runs: the one made last, where it still fits."""
    plain = own is NO_CONFIG or not (own.tags or own.metadata or own.run_name)
    known: Shape | None = program.__dict__.get("_shape")
    if known is not None and plain and known.around is around and known.tag == tag:
        return known
    node = program.node
    made = Shape(
        around,
        tag,
        inherit(around, program.config.merge(own)),
        own.run_name or program.name,
        run_type(program),
        tags_of(program, around, own, tag),
        metadata_of(program, around, own),
        sums_of(node),
        program.config.listeners,
        program.listening,
        getattr(node.fn, "event_input", None) if isinstance(node, Leaf) else None,
    )
    if plain:
        program.__dict__["_shape"] = made
    return made


class Watched(Run):
    """A run that tells what happens in it."""

    __slots__ = ("above", "children", "given", "lock", "phase", "shape")

    quick = False
    own = NO_CONFIG
    ids = None
    items = None
    outer = None
    tag_of_child = None

    env: Env
    info: RunInfo

    def __init__(self, program: Program, parent: Run, tag: str | None) -> None:
        own = parent.own if program.parent is None else NO_CONFIG
        shape = shape_of(program, parent.inherited, own, tag)
        self.program = program
        self.parent = parent
        self.env = parent.env  # type: ignore[assignment]  # watched runs have one
        self.control = parent.control
        self.shape = shape
        self.inherited = shape.inherited
        self.listeners = parent.listeners + shape.listeners if shape.listeners else parent.listeners
        around = parent.info
        if around is None:
            ids = parent.parent_ids
            self.above = None if parent.parent is None else parent.parent.watched
        else:
            ids = (*around.parent_ids, around.run_id)
            self.above = parent.watched
        self.info = RunInfo(
            own.run_id or new_id(), ids, shape.name, shape.run_type, shape.tags, shape.metadata, shape.sums
        )
        self.children: set[Watched] | None = None
        self.given: Any = UNKNOWN  # Any: a user's values
        self.phase = NEW
        self.lock = RLock()
