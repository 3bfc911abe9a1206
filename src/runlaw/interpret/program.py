"""A node at its place in a program, with its compiled meanings.

A ``Program`` is made for the root of a Runnable and, lazily, for the nodes below it. It knows where it
stands (label, structural tag, path), what its surroundings say (config, callbacks), and holds the
closures that run it. Rules make the closures: one function per node kind and meaning, in ``RULES``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypeVar

from runlaw.algebra.walk import children, has_lower, lowered, own_name
from runlaw.interpret.heights import FLAT_ROOM, heights
from runlaw.kernel.config import NO_CONFIG, Config
from runlaw.kernel.nodes import Configured, Leaf, Listening, Node, Pipe, Typed

if TYPE_CHECKING:
    from runlaw.interpret.run import Run
    from runlaw.interpret.stream_value import Stream

Meaning: TypeAlias = Literal["flat", "call", "acall", "stream", "astream", "call_flow", "stream_flow"]
Flat: TypeAlias = Callable[[Any], Any]  # Any: programs are untyped inside
Call: TypeAlias = Callable[[Any, "Run"], Any]  # Any: programs are untyped inside
Opener: TypeAlias = Callable[["Stream", "Run"], "Stream"]
Rule: TypeAlias = Callable[..., Any]  # Any: each meaning has its own kind of closure

RULES: dict[tuple[type[Node], Meaning], Rule] = {}
WRAPPERS: dict[str, Rule] = {}
"""What goes around the closures that rules make: the drivers of flows, limits, and the telling of events."""

KEPT_TRIES = 16
"""How many further tries of a retried program have their closures kept."""

R = TypeVar("R", bound=Rule)


def rule(kind: type[Node], meaning: Meaning) -> Callable[[R], R]:
    """Register the decorated function as what ``meaning`` is for nodes of ``kind``."""

    def register(function: R) -> R:
        RULES[kind, meaning] = function
        return function

    return register


def wrapper(name: str) -> Callable[[R], R]:
    """Register the decorated function as a wrapper."""

    def register(function: R) -> R:
        WRAPPERS[name] = function
        return function

    return register


class Mode(NamedTuple):
    """Which variant of a program's closures is meant."""

    asynchronous: bool = False
    observed: bool = False
    checked: bool = False
    """The run may be abandoned, so it asks between leaves whether it was."""


class Program:
    """A node at its place. The attributes are set once; closures are compiled when first asked for."""

    def __init__(
        self,
        node: Node,
        mode: Mode,
        parent: Program | None = None,
        label: str = "",
        tag: str | None = None,
        config: Config = NO_CONFIG,
        listening: tuple[Listening, ...] = (),
        *,
        opens_run: bool = True,
        tried: bool = False,
    ) -> None:
        node, config, listening = unwrapped(node, mode, config, listening)
        told_as = node
        while isinstance(told_as, Typed):
            told_as, config, listening = unwrapped(told_as.inner, mode, config, listening)
        self.tried: bool = tried or (parent is not None and parent.tried)
        """Whether it is a further try, or inside one: the ids that configs give are those of the first try's runs."""
        if self.tried:
            config = config.without_id()
        self.node = node
        self.told_as = told_as
        """The node that its run is described by: the node itself, or what a check of values stands around."""
        self.opens_run = opens_run
        self.mode = mode
        self.parent = parent
        self.label = label
        self.tag = tag
        self.config = config
        self.listening = listening
        self.name: str = own_name(told_as) if config.run_name is None else config.run_name
        self.shape: Any = None  # Any: what its watched runs have in common, of a module above this one
        self._children: dict[object, Program] = {}
        self._again: dict[str, Program] = {}

    @property
    def title(self) -> str:
        """Its name in messages: that of what it is, whatever a config calls its run."""
        return own_name(self.told_as)

    def child(self, label: str, node: Node, tag: str | None, *, checked: bool = False) -> Program:
        """The program of a node directly inside this one; made once."""
        known = self._children.get((label, checked))
        if known is None:
            mode = self.mode._replace(checked=True) if checked else self.mode
            if isinstance(self.node, Typed):
                known = Program(
                    node, mode, self.parent, self.label, self.tag, self.config, opens_run=False, tried=self.tried
                )
            else:
                known = Program(node, mode, self, label, tag)
            self._children[label, checked] = known
        return known

    def inner(self, *, checked: bool = False) -> Program:
        """The program of the one node inside."""
        (only,) = children(self.node)
        return self.child(only.label, only.node, only.tag, checked=checked)

    def again(self, tag: str) -> Program:
        """The program of the one node inside when it is tried again: its run has that tag. A few are kept."""
        known = self._again.get(tag)
        if known is None:
            (only,) = children(self.node)
            known = Program(only.node, self.mode, self, only.label, tag, tried=True)
            if len(self._again) < KEPT_TRIES:
                self._again[tag] = known
        return known

    def parts(self, *, checked: bool = False) -> list[Program]:
        """The programs of all nodes directly inside, in order."""
        return [self.child(part.label, part.node, part.tag, checked=checked) for part in children(self.node)]

    def step(self, index: int) -> Program:
        """The program of step ``index`` (from 0) of a pipe."""
        node = self.node
        assert isinstance(node, Pipe)
        steps = node.steps
        return self.child(str(index + 1), steps[index], f"seq:step:{index + 1}")

    def step_call(self, index: int) -> Call:
        """``call`` of a step; that of a pipe is compiled when it is first called, for it may hold others."""
        step = self.step(index)
        return step.call_later if isinstance(step.node, Pipe) else step.call

    def step_stream(self, index: int) -> Opener:
        """``stream`` of a step; that of a pipe is compiled when it is first opened, for it may hold others."""
        step = self.step(index)
        return step.stream_later if isinstance(step.node, Pipe) else step.stream

    def call_later(self, value: Any, run: Run) -> Any:  # Any: a user's values
        """``call``, compiled at the first call."""
        return self.call(value, run)

    def stream_later(self, source: Stream, run: Run) -> Stream:
        """``stream``, compiled when it is first opened."""
        return self.stream(source, run)

    @property
    def place(self) -> tuple[str, ...]:
        """Where it stands: the labels from the root to here."""
        labels: list[str] = []
        program = self
        while program.parent is not None:
            labels.append(program.label)
            program = program.parent
        return tuple(reversed(labels))

    @property
    def root(self) -> Program:
        program = self
        while program.parent is not None:
            program = program.parent
        return program

    def path(self, root_name: str | None = None) -> str:
        """Names and step numbers from the root to here: ``RunnableSequence > 2: parse``."""
        parts: list[str] = []
        program: Program | None = self
        while program is not None:
            name = root_name if program.parent is None and root_name is not None else program.name
            parts.append(f"{program.label}: {name}" if program.label else name)
            program = program.parent
        return " > ".join(reversed(parts))

    def rule(self, meaning: Meaning) -> Rule | None:
        found = RULES.get((type(self.node), meaning))
        if found is None and isinstance(self.node, Leaf):
            found = RULES.get((Leaf, meaning))
        return found

    @property
    def flat(self) -> Flat | None:
        """A closure of one argument, for a quiet program that needs neither threads nor a run of its own."""
        try:
            return self._flat
        except AttributeError:
            mode = self.mode
            limited = self.config.max_concurrency is not None and self.parent is not None
            slow = mode.asynchronous or mode.observed or limited or heights(self.node, False).call > FLAT_ROOM
            make = None if slow else self.rule("flat")
            self._flat: Flat | None = None if make is None else make(self)
            return self._flat

    @property
    def call(self) -> Call:
        """One value in, one value out, in a run of its own. Asynchronous programs give an awaitable."""
        try:
            return self._call
        except AttributeError:
            self._call: Call = self._placed("call", lambda: self._wrap("call", self.body))
            return self._call

    @property
    def body(self) -> Call:
        """``call`` inside the run that is open already."""
        try:
            return self._body
        except AttributeError:
            self._body: Call = self._compile_body()
            return self._body

    @property
    def stream(self) -> Opener:
        """A stream in, a stream out; lazily."""
        try:
            return self._stream
        except AttributeError:
            self._stream: Opener = self._placed("stream", self._compile_stream)
            return self._stream

    def _placed(self, meaning: Literal["call", "stream"], make: Callable[[], R]) -> R:
        """What is made, on a stack of its own if it is too high for that of its surroundings, and made there too."""
        if isinstance(self.node, Leaf):
            return make()
        known = heights(self.node, self.mode.observed)
        if not (known.call_apart if meaning == "call" else known.stream_apart):
            return make()
        return WRAPPERS[f"apart_{meaning}"](self, cache(make))  # type: ignore[no-any-return]  # what make() gives

    def _compile_body(self) -> Call:
        flat = self.flat
        if flat is not None:
            return lambda value, run: flat(value)
        make = self.rule("acall" if self.mode.asynchronous else "call")
        flow = self.rule("call_flow")
        if make is None and flow is None:
            return self._lowered().call
        call: Call = make(self) if make is not None else WRAPPERS["called"](self, flow)
        return call

    def _compile_stream(self) -> Opener:
        make = self.rule("astream" if self.mode.asynchronous else "stream")
        flow = self.rule("stream_flow")
        if make is None and flow is None:
            return self._lowered().stream
        opener: Opener = make(self) if make is not None else WRAPPERS["streamed"](self, flow)
        return self._wrap("stream", opener)

    def _wrap(self, meaning: Literal["call", "stream"], closure: R) -> R:
        if not self.opens_run:
            return closure
        if self.config.max_concurrency is not None and self.parent is not None:
            closure = WRAPPERS[f"limited_{meaning}"](self, closure)
        if self.mode.observed:
            closure = WRAPPERS[f"observed_{meaning}"](self, closure)
        return closure

    def _lowered(self) -> Program:
        """The program of what a kind of somebody's own means, for a meaning that it has no rule for."""
        if not has_lower(self.node):
            raise NotImplementedError(f"{type(self.node).__name__} has neither a rule for this meaning nor lower()")
        return Program(
            lowered(self.node),
            self.mode,
            self.parent,
            self.label,
            self.tag,
            self.config,
            self.listening,
            opens_run=self.opens_run,
            tried=self.tried,
        )


def unwrapped(
    node: Node, mode: Mode, config: Config, listening: tuple[Listening, ...]
) -> tuple[Node, Config, tuple[Listening, ...]]:
    """The node within those that only say something of its run, and what they and the surroundings say."""
    while True:
        if isinstance(node, Configured):
            config = node.config.merge(config)
            node = node.inner
        elif isinstance(node, Listening):
            listening = (node, *listening)
            node = node.inner
        elif isinstance(node, Typed) and node.check is None:
            node = node.inner
        elif has_lower(node) and (mode.observed or not any(kind is type(node) for kind, _ in RULES)):
            node = lowered(node)
        else:
            return node, config, listening
