"""A run while it happens.

A watched run makes a ``Run`` for every node that opens one. An unwatched run makes at most one, for its
root; ``locate`` tells which node of it some code is in.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from runlaw.interpret.control import DEFAULT_LIMIT, Control, Limit
from runlaw.interpret.current import CURRENT
from runlaw.interpret.executing import executing, get_executing, in_context
from runlaw.interpret.places import Scheduler
from runlaw.interpret.program import Program
from runlaw.interpret.slots import Slots
from runlaw.kernel.config import NO_CONFIG, Config, add_tags
from runlaw.kernel.nodes import Leaf
from runlaw.kernel.value import fresh

if TYPE_CHECKING:
    from uuid import UUID

    from runlaw.events.event import Event
    from runlaw.events.run_info import RunInfo

Listener = Callable[["Event"], None]


class Env:
    """What all runs of one tree, of one way of running, share."""

    __slots__ = ("asynchronous", "caller", "limit", "limits", "reported", "scheduler", "slots", "streaming", "watch")

    def __init__(self, asynchronous: bool, streaming: bool = False) -> None:
        self.asynchronous: bool = asynchronous
        self.streaming: bool = streaming
        self.scheduler: Scheduler | None = None
        self.limit: Limit | None = None
        self.caller: Control | None = None
        self.limits: dict[tuple[str, ...], Any] = {}  # Any: a Limit or Slots, as the way of running is
        self.reported: list[object] = []
        self.slots: Slots | None = None
        self.watch: Any = None  # Any: the bounded hand-over of a consumer of events, where there is one

    def report(self, listener: Listener, name: str, error: Exception) -> None:
        """Log that a listener failed, once for each."""
        if listener in self.reported:
            return
        self.reported.append(listener)
        import logging

        logging.getLogger("runlaw").error("a listener of %s raised, and is ignored: %r", name, listener, exc_info=error)

    @property
    def limited(self) -> bool:
        """Whether somebody asked for a limit of the whole run."""
        return self.limit is not None and self.limit.said

    def beside(self, asynchronous: bool) -> Env:
        """What runs inside these share that have places of their own: whoever watches watches them too."""
        own = Env(asynchronous, self.streaming)
        own.reported, own.watch = self.reported, self.watch
        return own

    def bounded(self, limit: int) -> Control:
        """Set the limit of the whole run; the control of its caller, which holds a place."""
        self.limit = Limit(limit)
        self.limit.add(-1)
        if self.asynchronous:
            self.slots = Slots(self.limit)
        else:
            self.scheduler = Scheduler()
        self.caller = Control(self.scheduler, self.limit, holds=True)
        return self.caller

    def end(self, control: Control | None) -> None:
        """The whole run of that caller is over: what its leaves left open finds its place free."""
        if control is None or control is not self.caller or control.limit is None:
            return
        if self.scheduler is not None:
            self.scheduler.lend(control)
        elif self.slots is not None and control.holds:
            control.holds = False
            self.slots.give(control.limit)
        control.limit = None


class Run:
    """One run: of a node where somebody watches, else of a whole program."""

    __slots__ = (
        "children",
        "control",
        "env",
        "ids",
        "info",
        "inherited",
        "items",
        "listeners",
        "name",
        "outer",
        "own",
        "parent",
        "parent_ids",
        "program",
        "quick",
        "run_id_",
        "siblings",
    )

    def __init__(self, program: Program, parent: Run | None, env: Env | None, control: Control | None) -> None:
        self.program: Program = program
        self.parent: Run | None = parent
        self.env = env
        self.control = control
        self.children: Any = None  # Any: in the run of a batch, the Shared of the watched runs of its values
        self.siblings: Any = None  # Any: the same, in the run of one of the values
        self.own: Config = NO_CONFIG
        self.inherited: Config = NO_CONFIG
        self.listeners: tuple[Listener, ...] = ()
        self.name: str = program.name
        self.info: RunInfo | None = None
        self.run_id_: UUID | None = None
        self.ids: dict[object, UUID] | None = None
        self.parent_ids: tuple[UUID, ...] = ()
        self.quick: bool = False
        self.items: dict[object, Run] | None = None
        self.outer: Here | None = None

    @property
    def run_id(self) -> UUID:
        if self.run_id_ is None:
            self.run_id_ = self.program.config.run_id or new_id()
        return self.run_id_

    def fork(self, control: Control | None) -> Run:
        """The same run, in another thread of control."""
        if self.ids is None:
            self.ids = {}
        self.run_id_ = self.run_id
        other = Run.__new__(Run)
        for name in Run.__slots__:  # measured: two fifths of the time of copy.copy
            setattr(other, name, getattr(self, name))
        other.control = control
        return other

    def root_name(self) -> str | None:
        """The name of the root's run, where the call gave one."""
        return self.own.run_name if self.info is None else self.root.own.run_name

    @property
    def root(self) -> Run:
        """The run that stands for the whole call: it holds what the call said."""
        run = self
        while run.info is not None and run.parent is not None:
            run = run.parent
        return run

    def around(self) -> str | None:
        """The path of the run that this call stands in, if any."""
        outer = self.root.outer
        return None if outer is None else outer.path()

    async def room(self) -> None:
        """Wait until the reader of events has room for more."""
        if self.env is not None and self.env.watch is not None:
            await self.env.watch.room()

    def idle(self) -> float:
        """The seconds for which the whole program has waited for the reader of its events."""
        return 0.0 if self.env is None or self.env.watch is None else self.env.watch.idle()

    def at_once(self) -> None:
        """The leaf, which might have streamed, gives its whole output; see ``Watched``."""

    def chunk_teller(self) -> Callable[[Any], None] | None:  # Any: a user's values
        """How to tell the chunks of a streaming leaf that is called, where they are to be told."""
        return None

    def custom(self, name: str, data: object) -> None:
        """Tell an event of the user's own, if anybody watches."""

    def scheduler(self) -> tuple[Scheduler, Control, Limit]:
        """What is needed to start jobs; made when first asked for. The control is that of the calling thread."""
        env = self.env
        if env is None:
            env = self.env = Env(asynchronous=False)
        if env.scheduler is None:
            env.scheduler = Scheduler()
        if env.limit is None:
            env.limit = Limit(DEFAULT_LIMIT, said=False)
        control = executing(env.scheduler)
        if control is None:
            control = self.control = self.host or self._admitted(env.scheduler, env.limit)
        return env.scheduler, control, control.limit or env.limit

    def _admitted(self, scheduler: Scheduler, limit: Limit) -> Control:
        """The thread of control of the caller of the whole call, which ``Root.leave`` lets go."""
        root = self.root
        control = root.control = scheduler.admit(limit)
        control.dead = root.dead
        return control

    @property
    def host(self) -> Control | None:
        """The thread of control that the run began in, as far as it is known by now."""
        return self.control or self.root.control

    @property
    def dead(self) -> bool:
        """Whether it was abandoned, or the job that the calling thread runs."""
        control = self.control
        if control is not None and control.dead:
            return True
        control = get_executing()
        return control is not None and control.dead


def in_run(call: Callable[[Run], Any], run: Run) -> Callable[[Control], Any]:  # Any: a user's values
    """A call as a job in a thread of the run."""

    def work(control: Control) -> Any:  # Any: a user's values
        own = run.fork(control)
        CURRENT.set(own)
        return call(own)

    return in_context(work)


class Ids:
    """The ids of a process: valid as version 4, counted up from a random one, so that making one costs little."""

    def __init__(self) -> None:
        self.reset()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.reset)

    def reset(self) -> None:
        """Begin anew with a random id."""
        free = (1 << 128) - 1 & ~(0xF << 76) & ~(0x3 << 62) & ~(0xFFFFFFFF << 30)
        start = int.from_bytes(os.urandom(16), "big") & free | (4 << 76) | (2 << 62)
        self.next: Callable[[], int] = count(start).__next__
        """The ``int`` of the next id."""


IDS = Ids()


def new_id() -> UUID:
    """An id of its own."""
    from uuid import UUID

    return UUID(int=IDS.next())


T = TypeVar("T")


class Here(NamedTuple):
    """Where the code that asks stands: the nearest ``Run``, the program inside it, and what tells it from others."""

    run: Run
    program: Program
    key: object

    def ids(self) -> tuple[UUID, ...]:
        """The ids of the runs around the code, outermost first, its own last."""
        run = self.run
        if run.info is not None:
            return (*run.parent_ids, run.run_id)
        ids = run.ids
        if ids is None:
            ids = run.ids = {}
        inside: list[UUID] = []
        at = self.program
        key: object = (at, self.key)
        while at is not run.program and at.parent is not None:
            inside.append(ids.setdefault(key, at.config.run_id or new_id()))
            at = at.parent
            key = at
        return (*run.parent_ids, run.run_id, *reversed(inside))

    def name(self) -> str:
        return self.run.name if self._at_root() else self.program.name

    def path(self) -> str:
        """Names and step numbers from the outermost run to here."""
        path = self.program.path(self.run.root_name())
        around = self.run.around()
        return path if around is None else f"{around} > {path}"

    def inherited(self) -> Config:
        """What a run opened here inherits."""
        run = self.run
        if run.info is not None:
            return run.inherited
        inherited = inherit(run.inherited, run.program.config.merge(run.own))
        for below in self._between():
            inherited = inherit(inherited, below.config)
        return inherited

    def _at_root(self) -> bool:
        """Whether the nearest run is the one that is known, in whichever variant of its program."""
        return self.program is self.run.program or self.program.parent is None

    def _between(self) -> list[Program]:
        between: list[Program] = []
        at: Program | None = self.program
        while at is not None and at is not self.run.program:
            between.append(at)
            at = at.parent
        return between[::-1]

    def tags(self) -> tuple[str, ...]:
        return self._described(tags_of, lambda info: info.tags)

    def metadata(self) -> dict[str, object]:
        return {key: fresh(item) for key, item in self._described(metadata_of, lambda info: info.metadata).items()}

    def _described(self, quiet: Callable[..., T], watched: Callable[[RunInfo], Any]) -> T:  # Any: tags or metadata
        run = self.run
        if run.info is not None:
            return watched(run.info)  # type: ignore[no-any-return]  # tags or metadata
        if self._at_root():
            return quiet(run.program, run.inherited, run.own)
        inherited = inherit(run.inherited, run.program.config.merge(run.own))
        for below in self._between()[:-1]:
            inherited = inherit(inherited, below.config)
        return quiet(self.program, inherited, NO_CONFIG)


def inherit(inherited: Config, config: Config) -> Config:
    """What children inherit below a ``config``: tags add up from the outside in, the outer metadata win."""
    if config is NO_CONFIG or not (config.tags or config.metadata):
        return inherited
    return Config(tags=add_tags(inherited.tags, config.tags), metadata={**config.metadata, **inherited.metadata})


def tags_of(program: Program, inherited: Config, own: Config) -> tuple[str, ...]:
    """A run's tags: structural ones, then those inherited, its own, and those of the leaf."""
    node = program.told_as
    structural = () if program.tag is None else (program.tag,)
    leaf = node.options.tags if isinstance(node, Leaf) else ()
    return add_tags(structural, inherited.tags, program.config.tags, own.tags, leaf)


def metadata_of(program: Program, inherited: Config, own: Config) -> dict[str, object]:
    """A run's metadata; the outer wins: the call over the surroundings over the program over its leaf."""
    node = program.told_as
    leaf = node.options.metadata if isinstance(node, Leaf) else {}
    return {**leaf, **program.config.metadata, **inherited.metadata, **own.metadata}
