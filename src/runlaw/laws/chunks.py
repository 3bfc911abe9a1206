"""Chunks: a stream is a way to write a value as a sum, and how it is cut makes no difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from runlaw.combinators.lift_transform import lift_transform
from runlaw.combinators.map_chunks import map_chunks
from runlaw.combinators.parallel import parallel
from runlaw.combinators.pipe import pipe
from runlaw.interpret.reference import reference_sums
from runlaw.laws.assumptions import INPUT_ADDS_UP, SUCCEEDS, SUMS_UP, input_monoid
from runlaw.laws.law import Case, Claim, Program, law, nothing_wrong, outcomes
from runlaw.laws.outcomes import observe, same_value
from runlaw.laws.palette import same
from runlaw.laws.ways import STREAMS, asynchronously, collect, run_async, total


def cut(value: Any, cuts: Sequence[float]) -> list[Any]:  # Any: a value that adds up
    """A value cut into chunks that add up to it, at some fractions of its length; a record key by key."""
    if isinstance(value, Mapping):
        return [{key: part} for key, whole in value.items() for part in cut(whole, cuts)]
    if not isinstance(value, (str, bytes, list)) or not value:
        return [value]
    places = sorted({0, len(value), *(int(fraction * len(value)) for fraction in cuts)})
    return [value[start:end] for start, end in pairwise(places)]


def streamed(case: Case, program: Program, chunks: list[Any]) -> Any:  # Any: what the program takes and gives
    """What the chunks of ``transform`` or ``atransform`` add up to."""
    if case.way in ("ainvoke", "astream"):
        made = run_async(collect(program.atransform(asynchronously(chunks))))
    else:
        made = list(program.transform(iter(chunks)))
    return total(program, case.value, made)


@law("chunks", "sum(r.transform(cut of x)) = sum(r.transform([x])), for every cut", INPUT_ADDS_UP, SUMS_UP)
def every_cut_is_the_same(case: Case) -> Claim | None:
    r, pieces = case.program, cut(case.value, case.cuts)
    monoid = input_monoid(case)
    if monoid is None or not same_value(observe(lambda: monoid.total(pieces)).value, case.value):
        return None
    return outcomes(
        f"{r!r} on the chunks {pieces!r}", lambda: streamed(case, r, pieces),
        f"{r!r} on {[case.value]!r}", lambda: streamed(case, r, [case.value]),
        (r, case.value),
    )  # fmt: skip


@law("chunks", "sum(cut of x) = x, for every cut", INPUT_ADDS_UP)
def pieces_add_up(case: Case) -> Claim | None:
    monoid, pieces = input_monoid(case), cut(case.value, case.cuts)
    if monoid is None or len(pieces) < 2:
        return None
    return outcomes(f"the sum of {pieces!r}", lambda: monoid.total(pieces), "the value", lambda: case.value)


@law("chunks", "(a + b) + c = a + (b + c), for chunks of r")
def sums_are_associative(case: Case) -> Claim | None:
    r, x = case.program, case.value
    monoid = reference_sums(r, x)
    chunks = observe(lambda: STREAMS["stream"](r, x)).value
    if not chunks or len(chunks) < 2:
        return None
    middle = 1 + int(case.cuts[0] * (len(chunks) - 1)) if case.cuts else 1
    if middle >= len(chunks):
        return None
    left, right = chunks[:middle], chunks[middle:]
    return outcomes(
        f"the sums of {left!r} and of {right!r}", lambda: monoid.join([monoid.join(left), monoid.join(right)]),
        f"the sum of {chunks!r}", lambda: monoid.join(chunks),
    )  # fmt: skip


@law("chunks", "adding up changes no chunk")
def chunks_are_not_changed(case: Case) -> Claim | None:
    r, x = case.program, case.value
    chunks = observe(lambda: STREAMS[_sync(case)](r, x)).value
    if chunks is None:
        return None
    before = repr(chunks)
    observe(lambda: reference_sums(r, x).total(chunks))
    return outcomes("the chunks, after adding up", lambda: repr(chunks), "before", lambda: before)


def _sync(case: Case) -> str:
    return "astream" if case.way in ("ainvoke", "astream") else "stream"


@law("chunks", "map_chunks(f) | map_chunks(g) = map_chunks(f then g), chunk by chunk")
def mapping_chunks_composes(case: Case) -> Claim:
    pieces = ["a", "", "b c"][: case.number]
    two, one = pipe(map_chunks(str.upper), map_chunks(_doubled)), map_chunks(_upper_doubled)
    return outcomes(
        f"{two!r} on {pieces!r}", lambda: list(two.transform(iter(pieces))),
        f"{one!r} on {pieces!r}", lambda: list(one.transform(iter(pieces))),
    )  # fmt: skip


def _doubled(text: str) -> str:
    return text + text


def _upper_doubled(text: str) -> str:
    return text.upper() + text.upper()


@law("chunks", "r | lift(same) gives one chunk: the sum of the chunks of r", SUMS_UP)
def collecting_adds_up(case: Case) -> Claim:
    r, x = case.program, case.value
    way = _sync(case)
    return outcomes(
        f"{r!r} | same, by {way}",
        lambda: STREAMS[way](pipe(r, same), x),
        f"[{r!r} invoked]",
        lambda: [r.invoke(x)],
        (r, x),
    )


@law("chunks", "the chunks of parallel(a=r, b=s) with a key a are those of r", SUCCEEDS)
def records_keep_chunks(case: Case) -> Claim | None:
    r, x = case.program, case.value
    both: Program = parallel(a=r, b=same)
    way = _sync(case)
    alone = observe(lambda: STREAMS[way](r, x)).value
    if not alone:
        return None
    return outcomes(
        f"{both!r}, by {way}, at 'a'", lambda: [chunk["a"] for chunk in STREAMS[way](both, x) if "a" in chunk],
        f"{r!r}, by {way}", lambda: STREAMS[way](r, x), (both, x),
    )  # fmt: skip


@law("chunks", "every branch of parallel(a=r, b=s) is in the sum of its chunks, also one that gives no chunk", SUMS_UP)
def no_branch_is_lost(case: Case) -> Claim:
    r, x = case.program, case.value
    both: Program = parallel(a=r, b=same)
    way = _sync(case)
    return outcomes(
        f"the keys of {both!r}, by {way}", lambda: sorted({key for chunk in STREAMS[way](both, x) for key in chunk}),
        f"the keys of {both!r}, invoked", lambda: sorted(both.invoke(x)), (both, x),
    )  # fmt: skip


@law("chunks", "reading a key that has not advanced gives its empty value")
def empty_values(case: Case) -> Claim:
    two: Program = parallel(a=lift_transform(_pass_text), b=lift_transform(_pass_text))

    def find() -> list[str]:
        pieces = ["x", "y", "z"][: case.number]
        seen = list(two.transform(iter(pieces)))
        return [f"{chunk!r}" for chunk in seen if {chunk["a"], chunk["b"]} != {"", *chunk.values()} or len(chunk) != 1]

    return nothing_wrong("the chunks of a record", find if case.number else list)


def _pass_text(chunks: Iterator[str]) -> Iterator[str]:
    yield from chunks
