"""What all watched runs of one program have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runlaw.events.run_info import RunKind
from runlaw.interpret.program import Program
from runlaw.interpret.run import Listener, Run, inherit, metadata_of, tags_of
from runlaw.interpret.sums import sums_of
from runlaw.kernel.config import NO_CONFIG, Config
from runlaw.kernel.nodes import Fn, Leaf

if TYPE_CHECKING:
    from collections.abc import Callable

    from runlaw.kernel.nodes import Listening, RunType

WHOLE_INPUT = frozenset({"prompt", "chat_model", "llm", "retriever", "tool"})
"""Run types that start when their input is whole."""


def run_type(program: Program) -> RunType:
    """The kind of a program's run."""
    node = program.told_as
    return node.options.run_type if isinstance(node, Leaf) else "chain"


def tells_chunks(program: Program) -> bool:
    """Whether a program's run tells chunks: not a prompt's, nor that of a retriever that gives all at once."""
    kind = run_type(program)
    return kind != "prompt" and not (kind == "retriever" and isinstance(program.told_as, Fn))


class Shape:
    """What all runs of a program have in common, while what they inherit is the same."""

    __slots__ = ("around", "callbacks", "event_input", "inherited", "kind", "listeners")

    def __init__(self, program: Program, around: Config, own: Config) -> None:
        node = program.told_as
        self.around: Config = around
        self.inherited: Config = inherit(around, program.config.merge(own))
        self.kind: RunKind = RunKind(
            own.run_name or program.name,
            run_type(program),
            tags_of(program, around, own),
            metadata_of(program, around, own),
            sums_of(program.node),
        )
        self.listeners: tuple[Listener, ...] = program.config.listeners
        self.callbacks: tuple[Listening, ...] = program.listening
        self.event_input: Callable[[Any], object] | None = (  # Any: a user's values
            getattr(node.fn, "event_input", None) if isinstance(node, Leaf) else None
        )

    def told_input(self, value: Any) -> object:  # Any: a user's values
        """An input as its leaf wants it told; as it is where the leaf cannot say."""
        try:
            return value if self.event_input is None else self.event_input(value)
        except Exception:  # such an input makes the leaf itself fail, which is told
            return value


def shape_of(program: Program, parent: Run) -> Shape:
    """The shape of a program's run inside another: the one made last, where it fits."""
    around = parent.inherited
    own = parent.own if program.parent is None else NO_CONFIG
    plain = own is NO_CONFIG or not (own.tags or own.metadata or own.run_name)
    known: Shape | None = program.shape
    if known is not None and plain and known.around is around:
        return known
    made = Shape(program, around, own)
    if plain:
        program.shape = made
    return made
