"""Smart constructors of nodes: pipes flatten, identities vanish, nothing ill-formed is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from math import inf
from typing import NewType, TypeVar, get_origin

from runlaw.algebra.facts import check_depth, check_run_ids, facts, run_ids_below
from runlaw.algebra.forms import is_alias
from runlaw.algebra.signatures import check_common_input, check_composition, check_conditions, check_records
from runlaw.algebra.walk import name
from runlaw.kernel.config import NO_CONFIG, Config, check_limit, check_listener
from runlaw.kernel.nodes import (
    Assign,
    Attempt,
    Branch,
    Configured,
    Each,
    Fallbacks,
    Identity,
    Listening,
    Node,
    Parallel,
    Pick,
    Pipe,
    Timeout,
    Typed,
)


def pipe(nodes: Sequence[Node]) -> Node:
    """One node after another.

    Raises:
        TypeError: There are no steps, or the types of two neighbours cannot fit.
    """
    if not nodes:
        raise TypeError("pipe() needs at least one step; the identity program is `identity`")
    steps: list[Node] = []
    for node in nodes:
        if isinstance(node, Pipe):
            steps.extend(node.steps)
        elif not isinstance(node, Identity):
            steps.append(node)
    if not steps:
        return nodes[0]
    if len(steps) == 1:
        return steps[0]
    check_composition(steps, name)
    check_run_ids("pipe", steps)
    return check_depth(Pipe(tuple(steps)))


def parallel(branches: Mapping[str, Node], *, keyed: bool) -> Node:
    """One input to every branch.

    Raises:
        TypeError: There are no branches, or their inputs have nothing in common.
    """
    if not branches:
        raise TypeError("parallel() needs at least one branch")
    check_common_input([*branches.items()], "parallel")
    check_run_ids("parallel", branches.values())
    return check_depth(Parallel(tuple(branches.items()), keyed))


def each(inner: Node, max_concurrency: int | None = None, executor: Executor | None = None) -> Node:
    """A program for every item of a sequence."""
    if max_concurrency is not None:
        check_limit("max_concurrency", max_concurrency)
    if executor is not None and not isinstance(executor, Executor):
        raise TypeError(f"executor must be a concurrent.futures.Executor; got {executor!r}")
    for run_id in facts(inner).run_ids:
        raise ValueError(
            f"map_batch runs {name(inner)} for every item, and would give them all the run_id {run_id}, which belongs "
            "to one run: leave run_id out of with_config"
        )
    return check_depth(Each(inner, max_concurrency, executor))


def branch(cases: Sequence[tuple[Node, Node]], default: Node) -> Node:
    """The step of the first predicate that holds, else the default.

    Raises:
        TypeError: There are no cases, a predicate gives ``None``, or their inputs have nothing in common.
    """
    if not cases:
        raise TypeError("branch() needs at least one (predicate, step) pair before default=")
    steps = [(f"branch {n}", step) for n, (_, step) in enumerate(cases, 1)]
    predicates = [(f"condition {n}", predicate) for n, (predicate, _) in enumerate(cases, 1)]
    check_common_input([*predicates, *steps, ("default", default)], "branch")
    check_conditions(predicates)
    check_run_ids("branch", [predicate for predicate, _ in cases], [*(step for _, step in cases), default])
    return check_depth(Branch(tuple(cases), default))


def assign(branches: Mapping[str, Node]) -> Node:
    """A record with more keys.

    Raises:
        TypeError: There are no keys, or a step takes no record, or the inputs have nothing in common.
    """
    if not branches:
        raise TypeError("assign() needs at least one key=step")
    check_common_input([*branches.items()], "assign")
    check_records([*branches.items()])
    check_run_ids("assign", branches.values())
    return check_depth(Assign(tuple(branches.items())))


def pick(keys: Sequence[str]) -> Node:
    """Some keys of a record."""
    if not keys:
        raise TypeError("pick() needs at least one key")
    for key in keys:
        if not isinstance(key, str):
            raise TypeError(f"pick() takes keys of type str; got {key!r}")
    if len(set(keys)) < len(keys):
        raise ValueError(f"pick() was given the same key twice: {', '.join(map(repr, keys))}")
    return Pick(tuple(keys), single=len(keys) == 1)


def check_exceptions(where: str, on: object) -> tuple[type[Exception], ...]:
    """The exception types of a policy: a tuple, not empty, of subclasses of ``Exception``."""
    if isinstance(on, type) and issubclass(on, Exception):
        raise TypeError(f"{where}: on must be a tuple of exception types: write on=({on.__name__},)")
    if not isinstance(on, tuple) or not on:
        raise TypeError(f"{where}: on must be a tuple of exception types, such as (ValueError,); got {on!r}")
    for kind in on:
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            raise TypeError(f"{where}: on must hold subclasses of Exception; got {kind!r}")
    return on


def fallbacks(alternatives: Sequence[Node], on: object) -> Node:
    """The first of several programs that does not fail."""
    if len(alternatives) < 2:
        raise TypeError("with_fallbacks() needs at least one fallback beside the program itself")
    check_common_input(
        [(f"fallback {n}" if n else "the program", a) for n, a in enumerate(alternatives)], "with_fallbacks"
    )
    check_run_ids("with_fallbacks", alternatives)
    return check_depth(Fallbacks(tuple(alternatives), check_exceptions("with_fallbacks", on)))


def attempt(inner: Node, on: object) -> Node:
    """A failure as a value."""
    return check_depth(Attempt(inner, check_exceptions("attempt", on)))


def check_seconds(where: str, seconds: object) -> float:
    """A number of seconds, not negative and not NaN."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise TypeError(f"{where} must be a number of seconds; got {seconds!r}")
    if not seconds >= 0:
        raise ValueError(f"{where} must not be negative; got {seconds}")
    try:
        return float(seconds)
    except OverflowError:
        size = int(seconds).bit_length()
        raise ValueError(f"{where} must be a number that fits in a float; got an int of {size} bits") from None


def check_delay(where: str, seconds: object) -> float:
    """A number of seconds that can be waited for."""
    delay = check_seconds(where, seconds)
    if delay == inf:
        raise ValueError(f"{where} must be finite; got {seconds}")
    return delay


def timeout(inner: Node, seconds: object) -> Node:
    """A bound on the time of a run."""
    limit = check_seconds("with_timeout: seconds", seconds)
    if limit == 0:
        raise ValueError("with_timeout: seconds must be more than 0; got 0")
    return check_depth(Timeout(inner, limit))


def configured(inner: Node, config: Config) -> Node:
    """A program with a config of its own; nested configs merge, the outer one winning."""
    if config == NO_CONFIG:
        return inner
    if config.run_id is not None and config.run_id in run_ids_below(inner):
        raise ValueError(
            f"with_config would give {name(inner)} the run_id {config.run_id}, which a program inside it has already; "
            "a run_id belongs to one run: give each another one, or leave it out"
        )
    if isinstance(inner, Configured):
        return Configured(inner.inner, inner.config.merge(config))
    return check_depth(Configured(inner, config))


def listening(inner: Node, **callbacks: Callable[..., object] | None) -> Node:
    """A program whose own run tells its start, end and error to callbacks."""
    given = {key: callback for key, callback in callbacks.items() if callback is not None}
    if not given:
        return inner
    for key, callback in given.items():
        check_listener(f"with_listeners: {key}", callback)
    return check_depth(Listening(inner, **given))


def typed(inner: Node, input: object, output: object) -> Node:
    """A program whose types are said by hand."""
    if input is None and output is None:
        raise TypeError("with_types() needs input=, output= or both: a type or a pydantic TypeAdapter")
    check_form("input", input)
    check_form("output", output)
    if isinstance(inner, Typed) and inner.check is None:
        return Typed(inner.inner, inner.input if input is None else input, inner.output if output is None else output)
    return check_depth(Typed(inner, input, output))


def check_form(which: str, form: object) -> None:
    """Refuse what is neither a type nor a pydantic ``TypeAdapter``."""
    is_adapter = hasattr(form, "validate_python") and hasattr(form, "core_schema")
    is_type = isinstance(form, (type, TypeVar, NewType)) or is_alias(form) or get_origin(form) is not None
    if form is None or is_adapter or is_type:
        return
    if getattr(form, "__module__", None) not in ("typing", "typing_extensions", "types"):
        raise TypeError(f"with_types: {which} must be a type or a pydantic TypeAdapter; got {form!r}")


def validated(inner: Node, strict: object) -> Node:
    """A program whose values are checked at the boundary."""
    if not isinstance(strict, bool):
        raise TypeError(f"with_validation: strict must be a bool; got {strict!r}")
    return check_depth(Typed(inner, None, None, "strict" if strict else "lax"))
