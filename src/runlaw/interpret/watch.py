"""Telling events: the life of one watched run, in every way of running.

A run is told to start once, and then to end or to fail once, and the runs inside it are over before it is. This
holds while several threads tell of one tree of runs: a run that is ``shared`` tells under its own lock, and one
that ends takes the locks of the runs inside it, never those around it.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Callable
from functools import partial
from threading import Lock
from time import time
from typing import TYPE_CHECKING, Any

from runlaw.events.event import UNKNOWN, Custom, Event, RunEnded, RunFailed, RunStarted, RunStreamed
from runlaw.events.run_info import NextInfo, RunInfo
from runlaw.interpret.control import Control, Stopped
from runlaw.interpret.current import CURRENT
from runlaw.interpret.locate import marked
from runlaw.interpret.program import Program
from runlaw.interpret.run import IDS, Env, Listener, Run
from runlaw.interpret.run_shape import Shape, shape_of
from runlaw.interpret.shared import TOGETHER, Shared
from runlaw.kernel.config import NO_CONFIG, Config

if TYPE_CHECKING:
    from uuid import UUID

    from runlaw.interpret.run import Here

NEW, STARTED, AT_ONCE, ENDED = range(4)
"""The phases of a run. ``AT_ONCE`` goes on as well, but tells no chunks: its output comes as a whole."""


_sharing = Lock()


class Watched(Run):
    """A run that tells what happens in it, in one thread. After its end it tells nothing any more.

    ``above`` is the watched run around it, ``given`` its input, as far as it is known. It is ``shared`` as soon as
    code inside its leaf tells of something, for that may happen in another thread.
    """

    __slots__ = ("_path", "above", "given", "phase", "shape", "shared")

    quick = False
    own = NO_CONFIG
    ids: dict[object, UUID] | None = None
    items: dict[object, Run] | None = None
    outer: Here | None = None
    children: Any = None  # Any: as in Run
    siblings: Any = None  # Any: as in Run
    run_id_: UUID | None = None

    phase: int
    env: Env  # type: ignore[mutable-override]  # every watched run has one, from its start to its end
    info: RunInfo  # type: ignore[mutable-override]  # as above

    def __init__(self, program: Program, parent: Run, above: Watched | None) -> None:
        inside = parent.info is not None
        shape: Shape | None = program.shape if inside else None
        if shape is None or shape.around is not parent.inherited:
            shape = shape_of(program, parent)
        self.program = program
        self.parent: Run | None = parent
        self.env = parent.env  # type: ignore[assignment]  # as above
        self.control: Control | None = parent.control
        self.above: Watched | None = above
        self.shape: Shape = shape
        self.inherited: Config = shape.inherited
        self.listeners: tuple[Listener, ...] = (
            parent.listeners + shape.listeners if shape.listeners else parent.listeners
        )
        self.phase = NEW
        self.shared: Shared | None = None
        self._path: tuple[UUID | int, ...] | None = None
        if inside and above is not None:
            self.info = NextInfo(shape.kind, program.config.run_id or IDS.next(), above._path or above.path())
        else:
            own_id = parent.own.run_id or program.config.run_id
            self.info = NextInfo(shape.kind, own_id or IDS.next(), parent.parent_ids)

    def path(self) -> tuple[UUID | int, ...]:
        """The ids of the runs around those inside this one, outermost first."""
        if self._path is None:
            self._path = self.info.path
        return self._path

    @property
    def name(self) -> str:  # type: ignore[override]  # nobody sets that of a watched run
        return self.info.name

    @property
    def run_id(self) -> UUID:
        return self.info.run_id

    @property
    def parent_ids(self) -> tuple[UUID, ...]:  # type: ignore[override]  # as for the name
        return self.info.parent_ids

    def fork(self, control: Control | None) -> Run:
        return Alias(self, control)

    def chunk_teller(self) -> Callable[[Any], None] | None:  # Any: a user's values
        program = self.program
        telling = self.env.streaming and self.info.run_type != "prompt" and program.told_as is program.node
        return self.chunk if telling else None

    def start(self, value: Any = UNKNOWN) -> None:  # Any: a user's values
        """Tell that the run starts, after the run around it, with its input where that is known."""
        if self.phase != NEW:
            return
        above = self.above
        if above is not None and above.phase == NEW:
            self.start_above()
        self.phase = STARTED
        shape = self.shape
        if shape.event_input is not None and value is not UNKNOWN:
            value = shape.told_input(value)
        self.given: Any = value  # Any: a user's values
        self._tell(RunStarted(self.info, time(), value), "on_start")

    def start_above(self) -> None:
        """Start the runs around this one that have not started, the outermost first: however many there are."""
        waiting: list[Watched] = []
        above = self.above
        while above is not None and above.phase == NEW:
            waiting.append(above)
            above = above.above
        for run in reversed(waiting):
            run.start_fed()

    def start_fed(self) -> None:
        """Start a run whose input comes as a stream, of which several threads may find that it is time to."""
        with self.share().lock:
            self.start()

    def chunk(self, chunk: Any) -> None:  # Any: a user's values
        """Tell a chunk of the output."""
        if self.phase == STARTED:
            self._tell(RunStreamed(self.info, time(), chunk))

    def teller(self) -> Callable[[Any], None]:  # Any: a user's values
        """``chunk``, or a quicker function that does the same while only one reader watches."""
        watch = self.env.watch
        if watch is None or self.listeners or type(self) is not Watched:
            return self.chunk
        info, put = self.info, watch.put

        def tell(chunk: Any) -> None:  # Any: a user's values
            if self.phase == STARTED:
                put(RunStreamed(info, time(), chunk))

        return tell

    def end(self, output: Any, value: Any = UNKNOWN) -> None:  # Any: a user's values
        """Tell the output, and the input: ``value`` where it was not known when the run started."""
        if NEW < self.phase < ENDED:
            self.phase = ENDED
            given = value if self.given is UNKNOWN else self.given
            event = RunEnded(self.info, time(), output, given)
            if self.shared is None:
                self._tell(event, "on_end")
            else:
                self._last("on_end", event)
        self.phase = ENDED

    def fail(self, error: BaseException) -> None:
        """Tell the error; that of a run that was given up is a ``CancelledError``."""
        if NEW < self.phase < ENDED:
            self.phase = ENDED
            if isinstance(error, (Stopped, GeneratorExit)):
                error = CancelledError()
            self._last("on_error", RunFailed(self.info, time(), error, self.given))
        self.phase = ENDED

    def custom(self, name: str, data: object) -> None:
        """Tell an event of the user's own, in whatever thread."""
        watch = self.env.watch
        if watch is None:
            self._custom(name, data)
        else:
            with watch:
                self._custom(name, data)

    def at_once(self) -> None:
        """Tell no chunks: the leaf, which might have streamed, gives its whole output."""
        if self.phase == STARTED:
            self.phase = AT_ONCE

    def adopt(self, child: Watched) -> bool:
        """Take note of a run inside that starts; false if this one is over.

        Here the run is noted and then the phase is read, at the end the phase changes and then the note is read: so
        one of the two knows of the other.
        """
        self.share().children.add(child)
        return NEW < self.phase < ENDED

    def share(self) -> Shared:
        """What several threads need to tell of the run, from now on."""
        if self.shared is None:
            with _sharing:
                if self.shared is None:
                    self.shared = Shared(isinstance(self.program.node, TOGETHER))
        return self.shared

    def _custom(self, name: str, data: object) -> None:
        with self.share().lock:
            if NEW < self.phase < ENDED:
                self._tell(Custom(self.info, time(), name, data))

    def _last(self, key: str, event: Event) -> None:
        """Tell the last event, after those of the runs inside that are not over: they were abandoned."""
        if self.shared is None:
            self._tell(event, key)
            return
        with self.shared.lock:
            give_up(self.shared.children)
            self._tell(event, key)

    def _tell(self, event: Event, key: str | None = None, *, placed: bool = False) -> None:
        """Tell the reader, if there is one, and whoever listens before, once it is ``placed``: the reader has room.

        What a listener runs is no part of the run; if it raises, that changes nothing.
        """
        listeners, watch = self.listeners, self.env.watch
        if watch is not None and not placed:
            heard = listeners or self.shape.callbacks
            watch.put(event, partial(self._tell, event, key, placed=True) if heard else None)
            return
        if key is not None and self.shape.callbacks:
            callbacks = [getattr(listening, key) for listening in self.shape.callbacks]
            listeners = (*listeners, *(callback for callback in callbacks if callback is not None))
        if listeners:
            inside = CURRENT.get()
            token = None if inside is None or inside.info is None else CURRENT.set(None)
            for listener in listeners:
                try:
                    listener(event)
                except Exception as error:
                    self.env.report(listener, self.name, error)
            if token is not None:
                CURRENT.reset(token)


marked(Watched._tell, "heard")


def origin_of(run: Run) -> Watched:
    """A watched run itself, which may be known by an alias."""
    assert isinstance(run, Watched)
    return run.run if isinstance(run, Alias) else run


class Alias(Watched):
    """A watched run in another thread of control."""

    __slots__ = ("run",)

    def __init__(self, run: Watched, control: Control | None) -> None:
        self.run: Watched = origin_of(run)
        self.program: Program = run.program
        self.parent: Run | None = run.parent
        self.env: Env = run.env
        self.control = control
        self.shape: Shape = run.shape
        self.inherited: Config = run.inherited
        self.listeners: tuple[Listener, ...] = run.listeners
        self.info: RunInfo = run.info

    def chunk(self, chunk: Any) -> None:  # Any: a user's values
        self.run.chunk(chunk)

    def custom(self, name: str, data: object) -> None:
        self.run.custom(name, data)

    def at_once(self) -> None:
        self.run.at_once()


def give_up(runs: set[Watched]) -> None:
    """End runs that were abandoned, and those inside them before them, where they are not over."""
    abandoned = list(runs)
    for run in abandoned:
        if run.shared is not None:
            abandoned += run.shared.children
    for run in reversed(abandoned):
        run.fail(CancelledError())


def is_over(run: Run) -> bool:
    """Whether a watched run has ended while it was still listened to: code that goes on is no part of it."""
    if run.info is None or origin_of(run).phase != ENDED:
        return False
    assert run.env is not None
    return run.env.watch is None or not run.env.watch.stopped
