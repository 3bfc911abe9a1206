"""What laws assume of a program and its input."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

from runlaw.algebra.chunks import monoid_of_type
from runlaw.algebra.signatures import signature
from runlaw.algebra.walk import children
from runlaw.interpret.program import Mode
from runlaw.interpret.program import Program as Placed
from runlaw.interpret.reference import reference, reference_stream
from runlaw.interpret.run_shape import run_type
from runlaw.kernel.monoid import WHOLE
from runlaw.kernel.nodes import (
    Assign,
    Attempt,
    BatchFn,
    Configured,
    Each,
    Fallbacks,
    Listening,
    Node,
    Parallel,
    Retry,
    Timeout,
    Transform,
)
from runlaw.kernel.semigroup import Semigroup
from runlaw.laws.law import Assumption, Case, Program
from runlaw.laws.outcomes import observe, same_outcome
from runlaw.laws.rewrite import in_groups
from runlaw.laws.ways import chunks_of, total


def nodes_of(node: Node) -> list[Node]:
    """The node and all nodes inside it."""
    found = [node]
    for child in children(node):
        found.extend(nodes_of(child.node))
    return found


def has(case: Case, *kinds: type[Node]) -> bool:
    """Whether the program has a node of one of the kinds."""
    return any(isinstance(node, kinds) for node in nodes_of(case.program.node))


def input_monoid(case: Case) -> Semigroup[Any] | None:  # Any: of whatever the program takes
    """How chunks of the program's input add up; ``None`` where they do not."""
    known = monoid_of_type(signature(case.program.node).input)
    return None if known is WHOLE else known


def succeeds(case: Case) -> bool:
    """Whether the reference gives a value."""
    outcome = reference(case.program, case.value)
    return outcome.error is None


def sums_up(program: Program, value: Any) -> bool:  # Any: what the program takes
    """Whether the reference's chunks add up to the reference's value."""
    streamed = reference_stream(program, value)
    called = reference(program, value)
    if streamed.error is not None:
        return same_outcome(streamed, called)
    return same_outcome(observe(lambda: total(program, value, streamed.value)), called)


def pickles(case: Case) -> bool:
    """Whether the program can be pickled."""
    try:
        pickle.dumps(case.program)
    except Exception:  # whatever a leaf raises that cannot be pickled
        return False
    return True


def groups_succeed(case: Case) -> bool:
    """Whether a group with a value that fails, which fails as a whole, makes no difference."""
    alone = in_groups(case.program, 1)
    return not has(case, BatchFn) or all(reference(alone, value).error is None for value in case.values)


def groups_are_free(case: Case) -> bool:
    """Whether no group fails, nor is it seen in any other way which values came with which."""
    return groups_succeed(case) and not (has(case, BatchFn) and has(case, Attempt, Fallbacks, Retry))


def tells_chunks(case: Case) -> bool:
    """Whether runs of the program's type tell chunks."""
    kind = run_type(Placed(case.program.node, Mode()))
    if kind == "retriever":
        return len(observe(lambda: chunks_of(case.program, case.value)).value or ()) > 1
    return kind != "prompt"


SUCCEEDS = Assumption("the program succeeds on the input", succeeds)
FAILS = Assumption("the program fails on the input", lambda case: not succeeds(case))
SUMS_UP = Assumption(
    "no policy catches an error after the first chunk, and leaves that transform respect sums",
    lambda case: sums_up(case.program, case.value),
)
PICKLES = Assumption("the leaves are importable", pickles)
TELLS_CHUNKS = Assumption("it is no prompt, and no retriever that gives all at once", tells_chunks)
FREE_GROUPS = Assumption(
    "no leaf takes groups, or with groups of one the program succeeds, and no policy catches errors",
    groups_are_free,
)
INPUT_ADDS_UP = Assumption("the input's type knows how to add up", lambda case: input_monoid(case) is not None)
IS_MAPPING = Assumption("the input is a record", lambda case: isinstance(case.value, Mapping))
WHOLE_GROUPS = Assumption(
    "no leaf takes groups, or with groups of one the program succeeds on each input alone", groups_succeed
)
IN_ORDER = Assumption("no branches run at one time", lambda case: not has(case, Parallel, Assign, Each))
NO_POLICY = Assumption("no policy catches errors", lambda case: not has(case, Retry, Fallbacks))
UNHEARD = Assumption("nothing inside listens", lambda case: not has(case, Configured, Listening, Timeout))
NO_TRANSFORM = Assumption("no leaf is from chunks to chunks", lambda case: not has(case, Transform))
