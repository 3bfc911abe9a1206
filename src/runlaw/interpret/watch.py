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

from runlaw.algebra.facts import facts
from runlaw.events.event import UNKNOWN, Custom, Event, RunEnded, RunFailed, RunStarted, RunStreamed
from runlaw.events.run_info import NextInfo, RunInfo
from runlaw.interpret.control import Control, Stopped
from runlaw.interpret.current import CURRENT
from runlaw.interpret.locate import marked
from runlaw.interpret.program import Program
from runlaw.interpret.run import IDS, Env, Listener, Run
from runlaw.interpret.run_shape import Shape, shape_of
from runlaw.interpret.shared import GIVEN_UP, TOGETHER, Shared
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


class Guarded(Watched):
    """A run that another thread than its own may give up: it tells under its lock, if the run around is not over."""

    __slots__ = ()

    def start(self, value: Any = UNKNOWN) -> None:  # Any: a user's values
        if self.above is not None and self.above.phase == NEW:
            self.start_above()
        family = self._family()
        with family.lock, self.share().lock:
            if self.phase == NEW and family.doomed:
                self.phase = ENDED
                raise Stopped
            if self.phase == NEW:
                self._enter()
                super().start(value)

    def start_fed(self) -> None:
        self.start()

    def chunk(self, chunk: Any) -> None:  # Any: a user's values
        with self.share().lock:
            super().chunk(chunk)

    def end(self, output: Any, value: Any = UNKNOWN) -> None:  # Any: a user's values
        with self.share().lock:
            try:
                super().end(output, value)
            finally:
                self._leave()

    def fail(self, error: BaseException) -> None:
        family = self._family()
        with family.lock, self.share().lock:
            if family.fatal and NEW < self.phase < ENDED and not isinstance(error, GIVEN_UP):
                family.doomed = True
            try:
                super().fail(error)
            finally:
                self._leave()

    def _family(self) -> Shared:
        """What it shares with the runs beside it, if there are such: it is locked before its own."""
        siblings: Shared | None = None if self.parent is None else self.parent.siblings
        if siblings is not None:
            return siblings
        return self.share() if self.above is None else self.above.share()

    def _enter(self) -> None:
        """Be one of the runs of the one above; code of a leaf that goes on after that has ended tells nothing.

        Raises:
            Stopped: It is over, and this is a step of it, or was abandoned, or nobody reads any more.
        """
        siblings = None if self.parent is None else self.parent.siblings
        if siblings is not None:
            siblings.children.add(self)
        above = self.above
        if above is None or above.adopt(self):
            return
        self.phase: int = ENDED
        watch = self.env.watch
        step = self.parent is not None and self.parent.info is not None
        if step or self.dead or (watch is not None and watch.stopped):
            raise Stopped

    def _leave(self) -> None:
        siblings = None if self.parent is None else self.parent.siblings
        if siblings is not None:
            siblings.children.discard(self)
        if self.above is not None and self.above.shared is not None:
            self.above.shared.children.discard(self)


class Visiting(Guarded):
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


def wanders(program: Program) -> bool:
    """Whether a sync stream of the program may be read in several threads: next to branches, or within a time."""
    return not program.mode.asynchronous and facts(program.root.node).depth > 0


def open_run(program: Program, parent: Run, guarded: bool = False) -> Watched:
    """A run of a program inside another, not yet told to start; ``guarded`` if another thread may end it."""
    guarded = guarded or program.mode.checked
    if type(parent) is Watched and not guarded:
        return Watched(program, parent, parent)
    env = parent.env
    assert env is not None
    if parent.info is None:
        above = None if parent.parent is None else origin_of(parent.parent)
        alone = above is None and parent.siblings is None
    else:
        above = origin_of(parent)
        alone = type(above) is Watched
    if env.watch is not None and env.watch.waits and not env.asynchronous:
        return Visiting(program, parent, above)
    return (Watched if alone and not guarded else Guarded)(program, parent, above)


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
