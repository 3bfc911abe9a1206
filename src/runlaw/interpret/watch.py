"""Telling events: the life of one watched run, in every way of running."""

from __future__ import annotations

from collections.abc import Callable
from time import time
from typing import Any

from runlaw.events.event import UNKNOWN, Custom, Event, RunEnded, RunFailed, RunInfo, RunStarted, RunStreamed
from runlaw.interpret.program import Program
from runlaw.interpret.run import Listener, Run, inherit, metadata_of, tags_of
from runlaw.interpret.stream_value import Stream
from runlaw.interpret.sums import sums_of
from runlaw.kernel.config import NO_CONFIG
from runlaw.kernel.nodes import Fn, Leaf, Listening

WHOLE_INPUT = frozenset({"prompt", "chat_model", "llm", "retriever", "tool"})
"""Run types that start when their input is whole."""


def run_type(program: Program) -> Any:  # Any: a RunType
    """The kind of a program's run."""
    node = program.node
    return node.options.run_type if isinstance(node, Leaf) else "chain"


def tells_chunks(program: Program) -> bool:
    """Whether a program's run tells chunks: not a prompt's, nor that of a retriever that gives all at once."""
    kind = run_type(program)
    return kind != "prompt" and not (kind == "retriever" and isinstance(program.node, Fn))


class Watched(Run):
    """A run that tells what happens in it. Each run is told to start once, and to end or fail once."""

    __slots__ = ("callbacks", "children", "ended", "started")

    def __init__(self, program: Program, parent: Run, tag: str | None) -> None:
        super().__init__(program, parent, parent.env, parent.control)
        is_root = program.parent is None
        own = parent.own if is_root else NO_CONFIG
        self.name = own.run_name or program.name
        self.run_id_ = own.run_id
        self.listeners = parent.listeners + program.config.listeners if program.config.listeners else parent.listeners
        self.callbacks: tuple[Listening, ...] = program.listening
        self.children: set[Watched] = set()
        self.started = self.ended = False
        shared = program.__dict__.get("_shared")
        if shared is None or shared[0] is not parent.inherited or shared[1] is not own or shared[2] != tag:
            config = program.config.merge(own)
            shared = program.__dict__["_shared"] = (
                parent.inherited,
                own,
                tag,
                tags_of(program, parent.inherited, own, tag),
                metadata_of(program, parent.inherited, own),
                inherit(parent.inherited, config),
            )
        self.inherited = shared[5]
        above = parent.parent_ids if parent.info is None else (*parent.parent_ids, parent.run_id)
        self.parent_ids = above
        self.info = RunInfo(
            self.run_id, above, self.name, run_type(program), shared[3], shared[4], sums_of(program.node)
        )
        if isinstance(parent, Watched):
            parent.children.add(self)

    def start(self, value: Any = UNKNOWN) -> None:  # Any: a user's values
        """Tell that the run starts, with its input where that is known."""
        if not self.started:
            self.started = True
            self._tell(RunStarted(self._info, time(), value), "on_start")

    def chunk(self, chunk: Any) -> None:  # Any: a user's values
        """Tell a chunk of the output."""
        if not self.ended:
            self._tell(RunStreamed(self._info, time(), chunk))

    def end(self, output: Any, value: Any) -> None:  # Any: a user's values
        """Tell the output, and the input."""
        if self._finish():
            self._tell(RunEnded(self._info, time(), output, value), "on_end")

    def fail(self, error: BaseException, value: Any = UNKNOWN) -> None:  # Any: a user's values
        """Tell the error; what still runs inside is told to be given up."""
        if self.started and not self.ended:
            self.give_up_children(error)
        if self._finish():
            self._tell(RunFailed(self._info, time(), error, value), "on_error")

    def give_up_children(self, error: BaseException) -> None:
        """Runs inside that were abandoned do not end later than this one."""
        for child in list(self.children):
            child.fail(error)

    def custom(self, name: str, data: object) -> None:
        """Tell an event of the user's own."""
        if not self.ended:
            self._tell(Custom(self._info, time(), name, data))

    @property
    def _info(self) -> RunInfo:
        assert self.info is not None
        return self.info

    def _finish(self) -> bool:
        """Whether the run was told to start, and now ends."""
        if isinstance(self.parent, Watched):
            self.parent.children.discard(self)
        first = self.started and not self.ended
        self.ended = True
        return first

    def _tell(self, event: Event, callback: str | None = None) -> None:
        for listener in self.listeners:
            try:
                listener(event)
            except Exception as error:
                report(self, listener, error)
        if callback is not None:
            for listening in self.callbacks:
                own: Listener | None = getattr(listening, callback)
                if own is not None:
                    try:
                        own(event)
                    except Exception as error:
                        report(self, own, error)


def report(run: Run, listener: Callable[[Any], None], error: Exception) -> None:  # Any: an event
    """Log that a listener failed, once a run tree and listener; the run goes on as if it had not."""
    env = run.env
    if env is not None:
        if listener in env.reported:
            return
        env.reported.append(listener)
    import logging

    logging.getLogger("runlaw").error("a listener of %s raised, and is ignored: %r", run.name, listener, exc_info=error)


class Watching:
    """What a watched stream has seen so far. One for each run, used by the sync and the async way."""

    def __init__(self, run: Watched, program: Program) -> None:
        self.run = run
        self.whole_input = run_type(program) in WHOLE_INPUT
        self.telling = tells_chunks(program)
        self.read: list[Any] = []  # Any: a user's chunks
        self.made: list[Any] = []  # Any: a user's chunks
        self.source: Stream | None = None
        self.input: Any = UNKNOWN  # Any: a user's values

    def begin(self, source: Stream) -> None:
        """The input as far as it is known at the start."""
        if source.whole:
            self.input = source.value
            self.run.start(self.input)
        else:
            self.source = source

    def saw(self, chunk: Any) -> None:  # Any: a user's chunk
        """A chunk of the input was read."""
        if not self.run.started:
            self.run.start()
        self.read.append(chunk)

    def gave(self, chunk: Any) -> None:  # Any: a user's chunk
        """A chunk of the output was made."""
        run = self.run
        if not run.started:
            run.start()
        self.made.append(chunk)
        if self.telling:
            run.chunk(chunk)

    def whole(self) -> Any:  # Any: a user's values
        """The input, as far as it was read."""
        if self.source is None or not self.read:
            return self.input
        return self.source.total(self.read)

    def end(self, out: Stream) -> None:
        """The output is complete."""
        if not self.run.started:
            self.run.start()
        output = out.total(self.made)
        self.run.end(output, self.whole())

    def fail(self, error: BaseException) -> None:
        """The stream broke off."""
        if not self.run.started:
            self.run.start()
        self.run.fail(error, self.input)
