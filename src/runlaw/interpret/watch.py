"""Telling events: the life of one watched run, in every way of running.

A run is told to start once, and then to end or to fail once, and the runs inside it are over before it is. This
holds while several threads tell of one tree of runs: a run that is ``shared`` tells under its own lock, and one
that ends takes the locks of the runs inside it, never those around it.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Callable, Iterable
from threading import Lock, RLock
from time import time
from typing import TYPE_CHECKING, Any

from runlaw.events.event import UNKNOWN, Custom, Event, RunEnded, RunFailed, RunInfo, RunStarted, RunStreamed
from runlaw.interpret.places import Control, Stopped
from runlaw.interpret.program import Program
from runlaw.interpret.run import CURRENT, Env, Listener, Run, inherit, metadata_of, new_id_bits, tags_of
from runlaw.interpret.sums import sums_of
from runlaw.kernel.config import NO_CONFIG, Config
from runlaw.kernel.nodes import Fn, Leaf

if TYPE_CHECKING:
    from uuid import UUID

    from runlaw.kernel.nodes import RunType

WHOLE_INPUT = frozenset({"prompt", "chat_model", "llm", "retriever", "tool"})
"""Run types that start when their input is whole."""

NEW, STARTED, ENDED = range(3)
"""The phases of a run."""


def run_type(program: Program) -> RunType:
    """The kind of a program's run."""
    node = program.node
    return node.options.run_type if isinstance(node, Leaf) else "chain"


def tells_chunks(program: Program) -> bool:
    """Whether a program's run tells chunks: not a prompt's, nor that of a retriever that gives all at once."""
    kind = run_type(program)
    return kind != "prompt" and not (kind == "retriever" and isinstance(program.node, Fn))


class Shape:
    """What all runs of a program have in common, while what they inherit is the same."""

    __slots__ = (
        "around",
        "callbacks",
        "event_input",
        "inherited",
        "listeners",
        "metadata",
        "name",
        "run_type",
        "sums",
        "tag",
        "tags",
    )

    def __init__(self, program: Program, around: Config, own: Config, tag: str | None) -> None:
        node = program.node
        self.around = around
        self.tag = tag
        self.inherited = inherit(around, program.config.merge(own))
        self.name = own.run_name or program.name
        self.run_type = run_type(program)
        self.tags = tags_of(program, around, own, tag)
        self.metadata = metadata_of(program, around, own)
        self.sums = sums_of(node)
        self.listeners = program.config.listeners
        self.callbacks = program.listening
        self.event_input = getattr(node.fn, "event_input", None) if isinstance(node, Leaf) else None


def shape_of(program: Program, parent: Run) -> Shape:
    """The shape of a program's run inside another: the one made last, where it fits."""
    around, tag = parent.inherited, parent.tag_of_child
    own = parent.own if program.parent is None else NO_CONFIG
    plain = own is NO_CONFIG or not (own.tags or own.metadata or own.run_name)
    known: Shape | None = program.__dict__.get("_shape")
    if known is not None and plain and known.around is around and known.tag == tag:
        return known
    made = Shape(program, around, own, tag)
    if plain:
        program.__dict__["_shape"] = made
    return made


class Shared:
    """What a run needs of which several threads may tell: a lock, held while it tells, and the runs inside it."""

    __slots__ = ("children", "lock")

    def __init__(self) -> None:
        self.children: set[Watched] = set()
        self.lock = RLock()


_sharing = Lock()


class Watched(Run):
    """A run that tells what happens in it; after its end it tells nothing any more.

    ``above`` is the watched run around it, ``given`` its input, as far as it is known. It is ``shared`` where it
    may be given up by another thread than its own, and as soon as code inside its leaf tells of something.
    """

    __slots__ = ("_ids", "above", "given", "phase", "shape", "shared")

    quick = False
    own = NO_CONFIG
    ids = None
    items = None
    outer = None
    children = None
    run_id_ = None
    tag_of_child: str | None = None

    env: Env
    info: RunInfo

    def __init__(self, program: Program, parent: Run) -> None:
        shape: Shape | None = program.__dict__.get("_shape")
        if (
            shape is None
            or shape.around is not parent.inherited
            or shape.tag is not parent.tag_of_child
            or program.parent is None
        ):
            shape = shape_of(program, parent)
        self.program = program
        self.parent = parent
        self.env = parent.env  # type: ignore[assignment]  # every watched run has one
        self.control = parent.control
        self.shape = shape
        self.inherited = shape.inherited
        self.listeners = parent.listeners + shape.listeners if shape.listeners else parent.listeners
        self.phase = NEW
        self.shared: Shared | None = None
        self._ids: tuple[UUID, ...] | None = None
        if parent.info is None:
            self.above = above = None if parent.parent is None else origin_of(parent.parent)
            self.info = RunInfo(
                parent.own.run_id or new_id_bits(),
                parent.parent_ids,
                shape.name,
                shape.run_type,
                shape.tags,
                shape.metadata,
                shape.sums,
            )
            if above is not None or parent.children is not None or program.mode.checked:
                self.shared = Shared()
        else:
            self.above = above = parent if type(parent) is Watched else origin_of(parent)
            self.info = RunInfo(
                new_id_bits(),
                above._ids or above.path_ids(),
                shape.name,
                shape.run_type,
                shape.tags,
                shape.metadata,
                shape.sums,
            )
            if program.mode.checked or above.shared is not None:
                self.shared = Shared()

    def path_ids(self) -> tuple[UUID, ...]:
        """The ids of the runs around those inside this one."""
        if self._ids is None:
            self._ids = (*self.info.parent_ids, self.info.run_id)
        return self._ids

    @property
    def name(self) -> str:  # type: ignore[override]  # nobody sets that of a watched run
        return self.shape.name

    @property
    def run_id(self) -> UUID:
        return self.info.run_id

    @property
    def parent_ids(self) -> tuple[UUID, ...]:  # type: ignore[override]  # as for the name
        return self.info.parent_ids

    def fork(self, control: Control | None) -> Run:
        return Alias(self, control, self.tag_of_child)

    def tagging(self, tag: str) -> Run:
        return Alias(self, self.control, tag)

    def chunk_teller(self) -> Callable[[Any], None] | None:  # Any: a user's values
        return self.chunk if self.env.streaming else None

    def start(self, value: Any = UNKNOWN) -> None:  # Any: a user's values
        """Tell that the run starts, with its input where that is known."""
        shared = self.shared
        if shared is None:
            if self.phase == NEW:
                self._start(value)
        else:
            with shared.lock:
                if self.phase == NEW and self._enter():
                    self._start(value)

    def chunk(self, chunk: Any) -> None:  # Any: a user's values
        """Tell a chunk of the output."""
        shared = self.shared
        if shared is None:
            if self.phase == STARTED:
                self._tell(RunStreamed(self.info, time(), chunk))
        else:
            with shared.lock:
                if self.phase == STARTED:
                    self._tell(RunStreamed(self.info, time(), chunk))

    def custom(self, name: str, data: object) -> None:
        """Tell an event of the user's own, in whatever thread."""
        watch = self.env.watch
        if watch is None:
            self._custom(name, data)
        else:
            with watch:
                self._custom(name, data)

    def end(self, output: Any, value: Any = UNKNOWN) -> None:  # Any: a user's values
        """Tell the output, and the input."""
        self._finish(RunEnded, output, value)

    def fail(self, error: BaseException, value: Any = UNKNOWN) -> None:  # Any: a user's values
        """Tell the error; that of a run that was given up is a ``CancelledError``."""
        if isinstance(error, (Stopped, GeneratorExit)):
            error = CancelledError()
        self._finish(RunFailed, error, value)

    def adopt(self, child: Watched) -> bool:
        """Take note of a run inside that starts; false if this one is over.

        Here the run is noted and then the phase is read, ``_finish`` changes the phase and then reads the note: so
        one of the two knows of the other.
        """
        self._share().children.add(child)
        return self.phase == STARTED

    def _share(self) -> Shared:
        if self.shared is None:
            with _sharing:
                if self.shared is None:
                    self.shared = Shared()
        return self.shared

    def _start(self, value: Any) -> None:  # Any: a user's values
        self.phase = STARTED
        shape = self.shape
        if shape.event_input is not None and value is not UNKNOWN:
            value = shaped(shape.event_input, value)
        self.given = value
        event = RunStarted(self.info, time(), value)
        if shape.callbacks:
            self._call_back("on_start", event)
        self._tell(event)

    def _custom(self, name: str, data: object) -> None:
        with self._share().lock:
            if self.phase == STARTED:
                self._tell(Custom(self.info, time(), name, data))

    def _finish(self, kind: type[RunEnded | RunFailed], what: Any, value: Any) -> None:  # Any: a user's values
        """End, once. See ``adopt`` for why ``shared`` is read again."""
        started = self.phase == STARTED
        shared = self.shared
        if shared is None:
            self.phase = ENDED
            shared = self.shared
            if shared is None:
                if started:
                    self._last(kind, what, value)
            else:
                with shared.lock:
                    if started:
                        self._last(kind, what, value)
            return
        with shared.lock:
            started = self.phase == STARTED
            self.phase = ENDED
            try:
                if started:
                    self._last(kind, what, value)
            finally:
                self._leave()

    def _last(self, kind: type[RunEnded | RunFailed], what: Any, value: Any) -> None:  # Any: as above
        shared = self.shared
        if shared is not None:
            for child in list(shared.children):
                child.fail(CancelledError())
        event = kind(self.info, time(), what, self.given if value is UNKNOWN else value)
        if self.shape.callbacks:
            self._call_back("on_end" if kind is RunEnded else "on_error", event)
        self._tell(event)

    def _enter(self) -> bool:
        """Have the run around, or the batch, know of this one; false if that run is over."""
        if self.above is not None:
            if self.above.adopt(self):
                return True
            self.phase = ENDED
            return False
        if self.parent is not None and self.parent.children is not None:
            self.parent.children.add(self)
        return True

    def _leave(self) -> None:
        if self.above is not None:
            if self.above.shared is not None:
                self.above.shared.children.discard(self)
        elif self.parent is not None and self.parent.children is not None:
            self.parent.children.discard(self)

    def _tell(self, event: Event) -> None:
        if self.listeners:
            hear(self, self.listeners, event)
        watch = self.env.watch
        if watch is not None:
            watch.put(event)

    def _call_back(self, key: str, event: Event) -> None:
        callbacks = [getattr(listening, key) for listening in self.shape.callbacks]
        hear(self, [callback for callback in callbacks if callback is not None], event)


def origin_of(run: Run) -> Watched:
    """A watched run itself, which may be known by an alias."""
    assert isinstance(run, Watched)
    return run.run if isinstance(run, Alias) else run


class Alias(Watched):
    """A watched run in another thread of control, or one that gives a tag to the runs directly inside."""

    __slots__ = ("run", "tag_of_child")

    def __init__(self, run: Watched, control: Control | None, tag: str | None) -> None:
        self.run = origin_of(run)
        self.program = run.program
        self.parent = run.parent
        self.env = run.env
        self.control = control
        self.shape = run.shape
        self.inherited = run.inherited
        self.listeners = run.listeners
        self.info = run.info
        self.tag_of_child = tag

    def chunk(self, chunk: Any) -> None:  # Any: a user's values
        self.run.chunk(chunk)

    def custom(self, name: str, data: object) -> None:
        self.run.custom(name, data)


class Visiting(Watched):
    """A sync run inside an async one whose events somebody reads: where it runs in a thread, it waits for room."""

    __slots__ = ()

    def start(self, value: Any = UNKNOWN) -> None:  # Any: a user's values
        with self.env.watch:
            super().start(value)

    def chunk(self, chunk: Any) -> None:  # Any: a user's values
        with self.env.watch:
            super().chunk(chunk)

    def end(self, output: Any, value: Any = UNKNOWN) -> None:  # Any: a user's values
        with self.env.watch:
            super().end(output, value)


def open_run(program: Program, parent: Run) -> Watched:
    """A run of a program inside another, not yet told to start."""
    watch = parent.env.watch  # type: ignore[union-attr]  # every watched run has one
    if watch is None or not watch.waits or parent.env.asynchronous:  # type: ignore[union-attr]  # as above
        return Watched(program, parent)
    return Visiting(program, parent)


def give_up_batch(around: Run) -> None:
    """End the runs of a batch's values that are not over: they were abandoned."""
    for run in list(around.children or ()):
        run.fail(CancelledError())


def shaped(event_input: Callable[[Any], object], value: Any) -> object:  # Any: a user's values
    """An input as its leaf wants it told; as it is where the leaf cannot say."""
    try:
        return event_input(value)
    except Exception:  # such an input makes the leaf itself fail, which is told
        return value


def hear(run: Watched, listeners: Iterable[Listener], event: Event) -> None:
    """Tell listeners. What one of them runs is no part of the run; if it raises, that is reported and changes nothing."""
    inside = CURRENT.get()
    token = None if inside is None or inside.info is None else CURRENT.set(None)
    for listener in listeners:
        try:
            listener(event)
        except Exception as error:
            report(run, listener, error)
    if token is not None:
        CURRENT.reset(token)


def report(run: Watched, listener: Listener, error: Exception) -> None:
    """Log that a listener failed, once a run tree and listener."""
    if listener in run.env.reported:
        return
    run.env.reported.append(listener)
    import logging

    logging.getLogger("runlaw").error("a listener of %s raised, and is ignored: %r", run.name, listener, exc_info=error)
