"""The planted faults, each with the law that catches it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from runlaw.algebra import normal
from runlaw.events import reduce as reducing
from runlaw.events.patch import LogPatches
from runlaw.events.state import patch_of
from runlaw.interpret import control, flows, ways
from runlaw.interpret.program import Program
from runlaw.interpret.requests import Collect, Emit, Flow, Invoke, Open, Pull, Rest, Shut
from runlaw.interpret.stream_value import END, Stream, once
from runlaw.interpret.tape import Tape
from runlaw.interpret.watch import Watched
from runlaw.kernel import monoid
from runlaw.kernel.config import Config
from runlaw.kernel.nodes import (
    Assign,
    Attempt,
    Branch,
    Each,
    Fallbacks,
    Generate,
    MapChunks,
    Node,
    Parallel,
    Pick,
    Pipe,
    Retry,
    Timeout,
    Transform,
)

from .leaves import LEAVES, one_ahead
from .planting import Fault, aspoiling, atearing, rewriting, ruling, setting, spoiling, tearing

# ------------------------------------------------------------------ other nodes


def changing(kind: type[Node], change: Callable[[Any], Node]) -> Callable[[Node], Node]:  # Any: a node of the kind
    """Nodes of a kind as others; the rest as they are."""
    return lambda node: change(node) if isinstance(node, kind) else node


def swapped(branches: tuple[tuple[str, Node], ...]) -> tuple[tuple[str, Node], ...]:
    """The keys in their places, the programs in reverse."""
    return tuple((key, step) for (key, _), (_, step) in zip(branches, reversed(branches), strict=True))


OTHER_NODES = [
    Fault("a pipe leaves out its last step", "composition", rewriting(changing(Pipe, lambda n: Pipe(n.steps[:-1])))),
    Fault(
        "a pipe runs its last step twice",
        "invoke is the reference",
        rewriting(changing(Pipe, lambda n: Pipe((*n.steps, n.steps[-1])))),
    ),
    Fault("a pipe runs backwards", "steps are told", rewriting(changing(Pipe, lambda n: Pipe(n.steps[::-1])))),
    Fault(
        "branches are reordered",
        "pairing by key",
        rewriting(changing(Parallel, lambda n: Parallel(swapped(n.branches), n.keyed))),
    ),
    Fault(
        "a record is a tuple", "pairing by key", rewriting(changing(Parallel, lambda n: Parallel(n.branches, False)))
    ),
    Fault(
        "the last branch is left out",
        "pairing",
        rewriting(changing(Parallel, lambda n: Parallel(n.branches[:-1], n.keyed))),
    ),
    Fault(
        "assign assigns under another key",
        "assign adds",
        rewriting(changing(Assign, lambda n: Assign(tuple((k + "x", s) for k, s in n.branches)))),
    ),
    Fault("pick gives a record for one key", "projection", rewriting(changing(Pick, lambda n: Pick(n.keys, False)))),
    Fault("pick leaves out a key", "picking all", rewriting(changing(Pick, lambda n: Pick(n.keys[:1], n.single)))),
    Fault(
        "the default is never taken",
        "choosing the default",
        rewriting(changing(Branch, lambda n: Branch(n.cases, n.cases[0][1]))),
    ),
    Fault(
        "the last predicate that holds decides",
        "first that holds",
        rewriting(changing(Branch, lambda n: Branch(n.cases[::-1], n.default))),
    ),
    Fault(
        "the first case is always taken", "choosing the default", rewriting(changing(Branch, lambda n: n.cases[0][1]))
    ),
    Fault(
        "a retry tries once too often",
        "tries are counted",
        rewriting(changing(Retry, lambda n: Retry(n.inner, n.on, (*n.delays, 0.0)))),
    ),
    Fault(
        "a retry tries once too little",
        "tries are counted",
        rewriting(changing(Retry, lambda n: Retry(n.inner, n.on, tuple(n.delays)[1:]))),
    ),
    Fault(
        "a retry retries every error",
        "only what it is for is retried",
        rewriting(changing(Retry, lambda n: Retry(n.inner, (Exception,), n.delays))),
    ),
    Fault("a retry never retries", "tries are counted", rewriting(changing(Retry, lambda n: n.inner))),
    Fault(
        "fallbacks go backwards",
        "the first that succeeds",
        rewriting(changing(Fallbacks, lambda n: Fallbacks(n.alternatives[::-1], n.on))),
    ),
    Fault(
        "fallbacks catch every error",
        "only what it is for falls back",
        rewriting(changing(Fallbacks, lambda n: Fallbacks(n.alternatives, (Exception,)))),
    ),
    Fault(
        "there is no fallback", "the next that succeeds", rewriting(changing(Fallbacks, lambda n: n.alternatives[0]))
    ),
    Fault(
        "the last fallback is left out",
        "the next that succeeds",
        rewriting(changing(Fallbacks, lambda n: Fallbacks(n.alternatives[:-1], n.on))),
    ),
    Fault(
        "an attempt catches every error",
        "attempts let through",
        rewriting(changing(Attempt, lambda n: Attempt(n.inner, (Exception,)))),
    ),
    Fault("an attempt attempts nothing", "attempts never raise", rewriting(changing(Attempt, lambda n: n.inner))),
    Fault("map_batch maps nothing", "map batch is batch", rewriting(changing(Each, lambda n: Pick(("x",), True)))),
]

# ------------------------------------------------------------------ other values


def without_last(value: Any) -> Any:  # Any: a tuple, list or dict
    """The value without its last item."""
    if isinstance(value, dict):
        return dict(list(value.items())[:-1])
    return value[:-1]


OTHER_VALUES = [
    Fault("map_batch drops the last item", "map batch is batch", spoiling(Each, without_last)),
    Fault("map_batch gives the items backwards", "order is kept", spoiling(Each, lambda v: v[::-1])),
    Fault("map_batch filters what is false", "order is kept", spoiling(Each, lambda v: [one for one in v if one])),
    Fault("map_batch gives a tuple", "map batch is batch", spoiling(Each, tuple)),
    Fault("async map_batch gives the items backwards", "order is kept", aspoiling(Each, lambda v: v[::-1])),
    Fault("async parallel drops the last branch", "pairing", aspoiling(Parallel, without_last)),
    Fault("async assign drops the last key", "assign adds", aspoiling(Assign, without_last)),
    Fault(
        "async pipes give text in capitals",
        "constants absorb",
        aspoiling(Pipe, lambda v: v.upper() if isinstance(v, str) else v),
    ),
]

# ------------------------------------------------------------------ other chunks


def drop_last(chunks: Iterator[Any]) -> Iterator[Any]:  # Any: chunks
    """All chunks but the last."""
    held = list(chunks)
    yield from held[:-1]


def reversed_chunks(chunks: Iterator[Any]) -> Iterator[Any]:  # Any: chunks
    """The chunks in reverse."""
    yield from list(chunks)[::-1]


def first_twice(chunks: Iterator[Any]) -> Iterator[Any]:  # Any: chunks
    """The first chunk twice."""
    for number, chunk in enumerate(chunks):
        yield chunk
        if number == 0:
            yield chunk


def all_at_once(chunks: Iterator[Any]) -> Iterator[Any]:  # Any: chunks
    """The chunks, after all of them are there."""
    yield from [chunk for chunk, _ in zip(chunks, range(9), strict=False)]


def swallow(chunks: Iterator[Any]) -> Iterator[Any]:  # Any: chunks
    """The chunks up to an error, which is kept from the reader."""
    try:
        yield from chunks
    except Exception:
        return


async def adrop_last(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:  # Any: chunks
    """All chunks but the last."""
    held = [chunk async for chunk in chunks]
    for chunk in held[:-1]:
        yield chunk


async def aswallow(chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:  # Any: chunks
    """The chunks up to an error, which is kept from the reader."""
    try:
        async for chunk in chunks:
            yield chunk
    except Exception:
        return


OTHER_CHUNKS = [
    Fault("the last chunk of a generator is dropped", "generators are read", tearing(Generate, drop_last)),
    Fault("the last chunk of a transform is dropped", "transforms are read", tearing(Transform, drop_last)),
    Fault("the last chunk of an async generator is dropped", "generators are read", atearing(Generate, adrop_last)),
    Fault("the last chunk of an async transform is dropped", "transforms are read", atearing(Transform, adrop_last)),
    Fault("chunks come backwards", "generators are read", tearing(Generate, reversed_chunks)),
    Fault("the first chunk comes twice", "mapping chunks", tearing(MapChunks, first_twice)),
    Fault("records drop the last chunk", "records add up", tearing(Parallel, drop_last)),
    Fault("assign drops the last chunk", "assigned records add up", tearing(Assign, drop_last)),
    Fault("pick drops the last chunk", "projection", tearing(Pick, drop_last)),
    Fault("streamed map_batch is backwards", "order is kept", tearing(Each, reversed_chunks)),
    Fault("transforms collect", "laziness", tearing(Transform, all_at_once)),
    Fault("map_chunks reads one chunk ahead", "laziness", tearing(MapChunks, one_ahead)),
    Fault("a stream swallows an error", "failures absorb", tearing(Pipe, swallow)),
    Fault("an async stream swallows an error", "failures absorb", atearing(Pipe, aswallow)),
]

# ------------------------------------------------------------------- other rules


def predicates_never_fail(program: Program, value: Any) -> Flow:  # Any: values of the program
    """A branch that takes a failing predicate for one that does not hold."""
    *cases, default = program.parts()
    for predicate, step in zip(cases[::2], cases[1::2], strict=True):
        try:
            if (yield Invoke(predicate, value)):
                return (yield Invoke(step, value))
        except Exception:
            continue
    return (yield Invoke(default, value))


def true_must_be_true(program: Program, value: Any) -> Flow:  # Any: values of the program
    """A branch that asks for ``True`` itself."""
    *cases, default = program.parts()
    for predicate, step in zip(cases[::2], cases[1::2], strict=True):
        if (yield Invoke(predicate, value)) is True:
            return (yield Invoke(step, value))
    return (yield Invoke(default, value))


def last_error(program: Program, value: Any) -> Flow:  # Any: values of the program
    """Fallbacks that raise the last error."""
    node = program.node
    assert isinstance(node, Fallbacks)
    failed: Exception | None = None
    for alternative in program.parts():
        try:
            return (yield Invoke(alternative, value))
        except node.on as error:
            failed = error
    assert failed is not None
    raise failed


def catching_all(program: Program, value: Any) -> Flow:  # Any: values of the program
    """An attempt that catches what none may catch."""
    from returns.result import Failure, Success

    node = program.node
    assert isinstance(node, Attempt)
    try:
        return Success((yield Invoke(program.inner(), value)))
    except node.on as error:
        return Failure(error)


def success_only(program: Program, value: Any) -> Flow:  # Any: values of the program
    """An attempt that takes a failure for a success without a value."""
    from returns.result import Success

    try:
        return Success((yield Invoke(program.inner(), value)))
    except Exception:
        return Success(None)


def eager_retry(program: Program, source: Stream) -> Flow:
    """A retry that starts anew after chunks have left."""
    node = program.node
    assert isinstance(node, Retry)
    kept = Tape(source)
    for inner, delay in flows.attempts(program):
        out = yield Open(inner, kept.replay())
        try:
            while (chunk := (yield Pull(out))) is not END:
                yield Emit(chunk)
            return
        except node.on:
            yield Shut(out)
            if delay is None:
                raise


def branch_of_a_chunk(program: Program, source: Stream) -> Flow:
    """A branch that chooses, and hands on nothing but the first chunk."""
    value = yield Pull(source)
    if value is END:
        value = yield Collect(source)
    step = yield from flows.choose(program, value)
    yield Rest((yield Open(step, once(value, program.mode.asynchronous))))


def from_above(program: Program, source: Stream) -> Flow:
    """Fallbacks that take an error of their input for one of the first of them."""
    first, *_, final = program.parts()
    out = yield Open(first, source)
    try:
        chunk = yield Pull(out)
    except Exception:
        yield Shut(out)
        yield Rest((yield Open(final, once("", program.mode.asynchronous))))
    else:
        yield from flows.commit(Tape(source), chunk, out)


def always_late(program: Program, value: Any) -> Flow:  # Any: values of the program
    """A timeout that is always up."""
    yield Invoke(program.inner(), value)
    raise TimeoutError("always late")


OTHER_RULES = [
    Fault("time is always up", "time enough", ruling(Timeout, "call_flow", always_late)),
    Fault(
        "a failing predicate does not hold",
        "a predicate that fails",
        ruling(Branch, "call_flow", predicates_never_fail),
    ),
    Fault("only True is true", "truth is pythons", ruling(Branch, "call_flow", true_must_be_true)),
    Fault("the last error of fallbacks is raised", "the first error", ruling(Fallbacks, "call_flow", last_error)),
    Fault("an attempt catches a RecursionError", "the uncatchable", ruling(Attempt, "call_flow", catching_all)),
    Fault("a failure is a success", "attempts never raise", ruling(Attempt, "call_flow", success_only)),
    Fault("text is sent twice by a retry", "what has left has left", ruling(Retry, "stream_flow", eager_retry)),
    Fault("a branch sees the first chunk only", "whole inputs", ruling(Branch, "stream_flow", branch_of_a_chunk)),
    Fault("a policy catches errors of its input", "errors from above", ruling(Fallbacks, "stream_flow", from_above)),
]

# ------------------------------------------------------------- algebra and kernel


def keep_identities(original: Any) -> Any:  # Any: a constructor of nodes
    """Pipes that flatten, but keep identities at the end."""

    def pipe(nodes: Any) -> Node:  # Any: nodes
        made: Node = original(nodes)
        return Pipe((made, nodes[-1])) if type(nodes[-1]).__name__ == "Identity" and len(nodes) > 1 else made

    return pipe


def nested_pipes(original: Any) -> Any:  # Any: a constructor of nodes
    """Pipes that are not flattened."""
    return lambda nodes: Pipe(tuple(nodes)) if len(nodes) > 1 else original(nodes)


def inner_wins(original: Any) -> Any:  # Any: a method
    """Merging the other way around."""
    return lambda self, winner: original(winner, self)


def without_tags(original: Any) -> Any:  # Any: a method
    """Merging that loses the tags of the winner."""
    return lambda self, winner: original(self, _untagged(winner))


def _untagged(config: Config) -> Config:
    return Config(config.run_name, config.run_id, (), config.metadata, config.max_concurrency, config.listeners)


def backwards(original: Any) -> Any:  # Any: a method
    """Joining in the wrong order."""
    return lambda self, chunks: original(self, list(chunks)[::-1])


def one_less(original: Any) -> Any:  # Any: a method
    """Joining all but the last of several."""
    return lambda self, chunks: original(self, list(chunks)[:-1] if len(chunks) > 2 else chunks)


ALGEBRA = [
    Fault("pipes keep identities", "right identity", setting(normal, "pipe", keep_identities)),
    Fault("pipes are not flattened", "associativity", setting(normal, "pipe", nested_pipes)),
    Fault("the inner config wins", "the outermost wins", setting(Config, "merge", inner_wins)),
    Fault("merging loses tags", "tags pass to children", setting(Config, "merge", without_tags)),
    Fault("text adds up backwards", "pieces add up", setting(monoid._Text, "join", backwards)),
    Fault("lists lose a chunk", "pieces add up", setting(monoid._List, "join", one_less)),
    Fault(
        "records lose a chunk",
        "pieces add up",
        setting(monoid.Records, "join", lambda original: lambda self, chunks: original(self, list(chunks)[:-1])),
    ),
]

# ------------------------------------------------------------ events and concurrency


def silent(original: Any) -> Any:  # Any: a method
    """Says nothing."""
    return lambda self, *given, **options: None


def twice(original: Any) -> Any:  # Any: a method
    """Tells an event twice."""

    def tell(self: Watched, event: Any, key: str | None = None) -> None:  # Any: an event
        original(self, event, key)
        if key == "on_start":
            original(self, event, key)

    return tell


def without_chunks(original: Any) -> Any:  # Any: a method
    """Patches of everything but chunks."""

    def patch(self: LogPatches, event: Any) -> Any:  # Any: an event
        made = original(self, event)
        ops = [] if made is None else [op for op in made.ops if not str(op["path"]).endswith("streamed_output/-")]
        return None if made is None else patch_of(*ops)

    return patch


def unselected(original: Any) -> Any:  # Any: a function
    """Folding without the filter."""
    from runlaw.events.select import EVERYTHING

    return lambda history, event, selection: original(history, event, EVERYTHING)


def one_more(original: Any) -> Any:  # Any: a method
    """A limit that is off by one."""

    def init(self: Any, size: int, *more: Any) -> None:  # Any: as of the original
        original(self, size + 1, *more)

    return init


def forgetting(original: Any) -> Any:  # Any: a function
    """Errors as results of their own kind, but of the wrong value."""

    def forgotten(*asked: Any) -> Any:  # Any: as above
        result = original(*asked)
        return None if isinstance(result, Exception) else result

    return forgotten


EVENTS = [
    Fault("no end is told", "brackets", setting(Watched, "end", silent)),
    Fault("no failure is told", "the end tells the output", setting(Watched, "fail", silent)),
    Fault("starts are told twice", "brackets", setting(Watched, "_tell", twice)),
    Fault("no chunk is told", "told chunks add up", setting(Watched, "chunk", silent)),
    Fault("patches leave out chunks", "patches are the fold", setting(LogPatches, "patch", without_chunks)),
    Fault("logs are not filtered", "filters commute", setting(reducing, "_started", unselected)),
    Fault("limits are off by one", "limits hold", setting(control.Limit, "__init__", one_more)),
    Fault("streams are left open", "closing closes", setting(ways, "close", lambda _: lambda opened: None)),
    Fault("errors of a batch are lost", "errors in place", setting(ways, "one_of", forgetting)),
]

FAULTS: list[Fault] = [*OTHER_NODES, *OTHER_VALUES, *OTHER_CHUNKS, *OTHER_RULES, *ALGEBRA, *EVENTS, *LEAVES]
