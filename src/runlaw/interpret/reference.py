"""The reference: the naive meaning of every node kind, which every other meaning must equal.

It is written to be read, never to be fast: one thread, lists for streams, no laziness, no events, no limits and
no clock. A stream is the list of its chunks, how they add up, and the error that ends it, if one does. Every
branch of a program is followed to its end, also beside one that fails, and the outcome is ``unsure`` where
the real one may depend on time: when several branches fail in different ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from runlaw.algebra.chunks import monoid_of_type
from runlaw.algebra.signatures import signature
from runlaw.algebra.walk import name
from runlaw.interpret.reference_parts import (
    Chunks,
    Outcome,
    alike,
    awaited,
    check,
    check_items,
    check_record,
    collected,
    core,
    each_chunk,
    escaping,
    group,
    group_outcomes,
    passed,
    picked,
    picked_chunks,
    read_leaf,
    sums_of,
    takes_groups,
    transformed,
    tries,
    uncatchable,
    with_some_chunk,
)
from runlaw.kernel.monoid import BY_VALUE, LIST, WHOLE, RecordChunk, Records, empties_of, record_monoid
from runlaw.kernel.nodes import (
    Assign,
    Attempt,
    BatchFn,
    Branch,
    Const,
    Each,
    Fallbacks,
    Fn,
    Generate,
    Identity,
    MapChunks,
    Node,
    Parallel,
    Pick,
    Pipe,
    Retry,
    Timeout,
    Transform,
    Typed,
)
from runlaw.kernel.semigroup import Semigroup

__all__ = ["Chunks", "Outcome", "alike", "reference", "reference_chunks", "reference_stream", "reference_sums"]


def reference(program: object, value: Any) -> Outcome:  # Any: whatever the program takes
    """What calling a program, a Runnable or its node, must give.

    >>> from runlaw import lift
    >>> reference(lift(str.upper), "a").value
    'A'
    """
    meaning = Meaning()
    try:
        return Outcome(meaning.call(_node(program), value), None, meaning.unsure)
    except Exception as error:
        return Outcome(None, error, meaning.unsure)


def reference_chunks(program: object, chunks: Iterable[Any]) -> Outcome:  # Any: whatever the program takes
    """The chunks that a program must give of the chunks of its input, and the error after them.

    Records of a ``parallel`` come branch after branch; any other order of the branches is as right. Of a stream
    that fails beside others the chunks are ``unsure``.

    >>> from runlaw import map_chunks
    >>> reference_chunks(map_chunks(str.upper), ["a", "b"]).value
    ['A', 'B']
    """
    node = _node(program)
    given = Chunks(list(chunks), monoid_of_type(signature(node).input) or BY_VALUE)
    return _outcome(node, given)


def reference_stream(program: object, value: Any) -> Outcome:  # Any: whatever the program takes
    """The chunks that a program must give of one whole value, as ``reference_chunks`` does."""
    return _outcome(_node(program), Chunks([value], BY_VALUE, whole=True))


def reference_sums(program: object, value: Any) -> Semigroup[Any]:  # Any: whatever the program takes and gives
    """How the chunks that a program gives of a value add up."""
    return Meaning().stream(_node(program), Chunks([value], BY_VALUE, whole=True)).sums


def _outcome(node: Node, given: Chunks) -> Outcome:
    meaning = Meaning()
    out = meaning.stream(node, given)
    return Outcome(out.chunks, out.error, meaning.unsure or out.torn)


def _node(program: object) -> Node:
    node = getattr(program, "node", program)
    if not isinstance(node, Node):
        raise TypeError(f"the reference takes a Runnable or a node; got {program!r}")
    return node


class Meaning:
    """The two meanings of nodes, for one run. ``unsure`` turns true where time would decide."""

    def __init__(self) -> None:
        self.unsure: bool = False

    def call(self, node: Node, value: Any) -> Any:  # Any: programs are untyped inside
        """One value in, one value out."""
        where = name(node)
        match core(node):
            case Fn(fn) | MapChunks(fn):
                return escaping(where, lambda: awaited(fn(value)))
            case BatchFn() as leaf:
                return group(leaf, where, [value])[0]
            case Generate() | Transform() as leaf:
                return self.stream(node, Chunks([value], BY_VALUE, whole=True)).value()
            case Identity():
                return value
            case Const(result):
                return result
            case Pipe(steps):
                for step in steps:
                    value = self.call(step, value)
                return value
            case Parallel(branches, keyed):
                results = self.all_of([self.outcome(step, value) for _, step in branches])
                return dict(zip([key for key, _ in branches], results, strict=True)) if keyed else tuple(results)
            case Assign(branches):
                record = check_record(value, where)
                results = self.all_of([self.outcome(step, value) for _, step in branches])
                return {**record, **dict(zip([key for key, _ in branches], results, strict=True))}
            case Pick(keys, single):
                record = check_record(value, where)
                found = {key: picked(record, key, where) for key in keys}
                return found[keys[0]] if single else found
            case Each(inner):
                return self.all_of(self.items(inner, check_items(value, where)), in_order=takes_groups(inner))
            case Branch() as chooser:
                return self.call(self.chosen(chooser, value), value)
            case Retry() as policy:
                return self.first_of([policy.inner] * tries(policy), policy.on, value, -1)
            case Fallbacks(alternatives, on):
                return self.first_of(alternatives, on, value, 0)
            case Attempt(inner, on):
                return self.attempt(inner, on, value)
            case Timeout(inner):
                return self.call(inner, value)
            case Typed() as typed:
                return check(typed, "output", self.call(typed.inner, check(typed, "input", value)))
            case unknown:
                raise NotImplementedError(f"the reference does not know {type(unknown).__name__}")

    def outcome(self, node: Node, value: Any) -> Outcome:  # Any: as in call
        """``call``, with its error as a value."""
        try:
            return Outcome(self.call(node, value))
        except Exception as error:
            return Outcome(None, error)

    def all_of(self, outcomes: Sequence[Outcome], *, in_order: bool = False) -> list[Any]:  # Any: as in call
        """The values of branches that run at one time; the error of the first that failed."""
        errors = [outcome.error for outcome in outcomes if outcome.error is not None]
        if not errors:
            return [outcome.value for outcome in outcomes]
        self.unsure = self.unsure or (not in_order and not all(alike(error, errors[0]) for error in errors))
        raise errors[0]

    def items(self, node: Node, values: Sequence[Any]) -> list[Outcome]:  # Any: as in call
        """A program for each of several values: step by step, so that ``lift_batch`` leaves get whole groups."""
        where = name(node)
        match core(node):
            case Pipe(steps):
                outcomes = [Outcome(value) for value in values]
                for step in steps:
                    alive = [index for index, outcome in enumerate(outcomes) if outcome.error is None]
                    results = self.items(step, [outcomes[index].value for index in alive])
                    for index, result in zip(alive, results, strict=True):
                        outcomes[index] = result
                return outcomes
            case BatchFn(max_batch_size=size) as leaf:
                size = size or max(len(values), 1)
                groups = [values[start : start + size] for start in range(0, len(values), size)]
                return [outcome for members in groups for outcome in group_outcomes(leaf, where, members)]
            case _:
                return [self.outcome(node, value) for value in values]

    def chosen(self, node: Branch, value: Any) -> Node:  # Any: as in call
        """The step of the first predicate that holds, else the default."""
        for predicate, step in node.cases:
            if self.call(predicate, value):
                return step
        return node.default

    def first_of(
        self,
        steps: Sequence[Node],
        on: tuple[type[Exception], ...],
        value: Any,  # Any: a user's values
        raised: int,  # Any: as in call
    ) -> Any:  # Any: as in call
        """The value of the first step that does not fail; if all do, the error number ``raised``."""
        errors: list[Exception] = []
        for step in steps:
            try:
                return self.call(step, value)
            except on as error:
                if uncatchable(error):
                    raise
                errors.append(error)
        raise errors[raised]

    def attempt(self, inner: Node, on: tuple[type[Exception], ...], value: Any) -> object:  # Any: as in call
        """The value as a ``Success``, or the error as a ``Failure``."""
        from returns.result import Failure, Success

        try:
            return Success(self.call(inner, value))
        except on as error:
            if uncatchable(error):
                raise
            return Failure(error)

    def stream(self, node: Node, source: Chunks) -> Chunks:
        """Chunks in, chunks out."""
        where = name(node)
        match core(node):
            case Generate(fn) as leaf:
                return collected(source, lambda value: read_leaf(leaf, where, fn, value), sums_of(leaf))
            case Transform() as leaf:
                chunks, error = transformed(leaf, where, source)
                return Chunks(chunks, sums_of(leaf), error, torn=source.torn)
            case MapChunks() as leaf:
                return each_chunk(source, lambda chunk: [self.call(node, chunk)], sums_of(leaf))
            case Identity():
                return source
            case Pipe(steps):
                for step in steps:
                    source = self.stream(step, source)
                return source
            case Parallel(branches, True):
                return self.merged(branches, source, None)
            case Assign(branches):
                keys = [key for key, _ in branches]
                return self.merged(branches, source, each_chunk(source, lambda c: passed(c, keys, where), source.sums))
            case Pick() as pick:
                return picked_chunks(pick, where, source)
            case Each(inner):
                return self.each(inner, where, source)
            case Branch() as chooser:
                return self.branch(chooser, source)
            case Retry() as policy:
                return self.first_stream([policy.inner] * tries(policy), policy.on, source, -1)
            case Fallbacks(alternatives, on):
                return self.first_stream(alternatives, on, source, 0)
            case Timeout(inner):
                return self.stream(inner, source)
            case _:
                return collected(source, lambda value: ([self.call(node, value)], None), WHOLE)

    def merged(self, branches: Sequence[tuple[str, Node]], source: Chunks, passing: Chunks | None) -> Chunks:
        """The chunks of every branch as records, after those that ``assign`` passes on."""
        outs = [(key, with_some_chunk(self.stream(step, source))) for key, step in branches]
        given = source.sums if passing is not None else None
        fields = dict(given.fields) if isinstance(given, Records) else {}
        default = given.default if isinstance(given, Records) else BY_VALUE
        fields.update((key, out.sums) for key, out in outs)
        sums = record_monoid(fields, default)
        empties = empties_of({key: out.sums for key, out in outs})
        records = [RecordChunk({key: chunk}, empties) for key, out in outs for chunk in out.chunks]
        strands = [out for _, out in outs] if passing is None else [passing, *(out for _, out in outs)]
        errors = [strand.error for strand in strands if strand.error is not None]
        self.unsure = self.unsure or not all(alike(error, errors[0]) for error in errors)
        chunks = records if passing is None else passing.chunks + records
        return Chunks(chunks, sums, errors[0] if errors else None, torn=bool(errors))

    def each(self, inner: Node, where: str, source: Chunks) -> Chunks:
        """Lists of one result each, up to the first that failed."""
        try:
            outcomes = self.items(inner, check_items(source.value(), where))
        except Exception as error:
            return Chunks([], LIST, error)
        try:
            return Chunks([[result] for result in self.all_of(outcomes, in_order=takes_groups(inner))], LIST)
        except Exception as error:
            return Chunks([], LIST, error, torn=len(outcomes) > 1)

    def branch(self, node: Branch, source: Chunks) -> Chunks:
        """The stream of the chosen step, on the whole value."""
        try:
            value = source.value()
            step = self.chosen(node, value)
        except Exception as error:
            return Chunks([], BY_VALUE, error)
        return self.stream(step, Chunks([value], BY_VALUE, whole=True))

    def first_stream(
        self, steps: Sequence[Node], on: tuple[type[Exception], ...], source: Chunks, raised: int
    ) -> Chunks:
        """The first stream that does not fail before its first chunk; not for errors of its input."""
        failed: list[Chunks] = []
        for step in steps:
            out = self.stream(step, source)
            error = out.error
            if error is None or error is source.error or not isinstance(error, on) or uncatchable(error):
                return out
            self.unsure = self.unsure or out.torn
            if out.chunks:
                return out
            failed.append(out)
        return failed[raised]
