"""Watched runs that another thread may end than their own, and which kind of run to open.

A run that is abandoned is ended by whoever abandons it, while its own thread may be telling of it.
"""

from __future__ import annotations

from typing import Any

from runlaw.algebra.facts import facts
from runlaw.events.event import UNKNOWN
from runlaw.interpret.control import Stopped
from runlaw.interpret.program import Program
from runlaw.interpret.run import Run
from runlaw.interpret.shared import GIVEN_UP, Shared
from runlaw.interpret.watch import ENDED, NEW, Watched, origin_of


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
