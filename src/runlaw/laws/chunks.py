"""Chunks: a stream is a way to write a value as a sum, and how it is cut makes no difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from runlaw.combinators.lift import lift
from runlaw.combinators.lift_transform import lift_transform
from runlaw.combinators.map_chunks import map_chunks
from runlaw.combinators.parallel import parallel
from runlaw.combinators.pipe import pipe
from runlaw.combinators.records import assign
from runlaw.interpret.reference import reference_sums
from runlaw.kernel.monoid import BY_VALUE, WHOLE, monoid_of_value
from runlaw.laws.assumptions import IN_ORDER, INPUT_ADDS_UP, SUCCEEDS, SUMS_UP, input_monoid
from runlaw.laws.cut import cuts_of
from runlaw.laws.law import Case, Claim, Program, law, nothing_wrong, outcomes
from runlaw.laws.outcomes import observe, same_outcome, same_value
from runlaw.laws.palette import same
from runlaw.laws.ways import STREAMS, total, transformed


def added(case: Case, program: Program, value: Any, pieces: list[Any]) -> Any:  # Any: what the program takes and gives
    """What the chunks add up to that a program gives of the pieces of a value."""
    return total(program, value, transformed(program, pieces, case.asynchronous))


@law("chunks", "sum(r.transform(cut of x)) = sum(r.transform([x])), for every cut", INPUT_ADDS_UP, SUMS_UP)
def every_cut_is_the_same(case: Case) -> Claim | None:
    r, monoid = case.program, input_monoid(case)
    if monoid is None:
        return None
    claim = None
    for x in case.values:
        whole = observe(partial(added, case, r, x, [x]))
        for pieces in cuts_of(x, case.cuts):
            if same_value(observe(partial(monoid.total, pieces)).value, x):
                claim = outcomes(
                    f"{r!r} on the chunks {pieces!r}", partial(added, case, r, x, pieces),
                    f"{r!r} on {[x]!r}", partial(added, case, r, x, [x]), (r, x),
                )  # fmt: skip
                if not same_outcome(claim.left.run(), whole):
                    return claim
    return claim


@law("chunks", "sum(cut of x) = x, for every cut of a text, a list or a record", of_library=True)
def pieces_add_up(case: Case) -> Claim:
    text = f"{case.value!r} and more"
    wholes: tuple[Any, ...] = (text, list(text), {"a": text, "b": [*case.values, text]})  # Any: of several types
    cut_up = [pieces for whole in wholes for pieces in cuts_of(whole, case.cuts)]
    return outcomes(
        f"the sums of {cut_up!r}", lambda: [BY_VALUE.total(pieces) for pieces in cut_up],
        "the values", lambda: [whole for whole in wholes for _ in cuts_of(whole, case.cuts)],
    )  # fmt: skip


@law("chunks", "(a + b) + c = a + (b + c), for chunks of r")
def sums_are_associative(case: Case) -> Claim | None:
    r, x = case.program, case.value
    sums = reference_sums(r, x)
    monoid = BY_VALUE if sums is WHOLE else sums
    told = observe(lambda: STREAMS["stream"](r, x)).value
    if not told or observe(lambda: monoid.join(told * 2)).error is not None:
        return None
    chunks = told * 2
    middle = 1 + int(case.cuts[0] * (len(chunks) - 2))
    left, right = chunks[:middle], chunks[middle:]
    return outcomes(
        f"the sums of {left!r} and of {right!r}", lambda: monoid.join([monoid.join(left), monoid.join(right)]),
        f"the sum of {chunks!r}", lambda: monoid.join(chunks),
    )  # fmt: skip


@law("chunks", "e + c = c = c + e, for chunks c of r and their empty value e, before and after finish")
def empty_values_are_neutral(case: Case) -> Claim | None:
    r, x = case.program, case.value
    told = observe(lambda: STREAMS["stream"](r, x)).value
    known = reference_sums(r, x)
    sums = monoid_of_value(told[0]) if told and known in (WHOLE, BY_VALUE) else known
    if sums is None:
        return None
    empty = observe(lambda: sums.join([]))
    if not told or empty.error is not None or observe(lambda: sums.total(told)).error is not None:
        return None
    e = empty.value
    return outcomes(
        f"the sums of {told!r} with {e!r} before and after each chunk, and around all",
        lambda: (
            [(sums.join([e, c]), sums.join([c, e])) for c in told],
            sums.total([e, *told]),
            sums.total([*told, e]),
        ),
        "the sums without",
        lambda: ([(sums.join([c]), sums.join([c])) for c in told], sums.total(told), sums.total(told)),
    )


@law("chunks", "adding up changes no chunk")
def chunks_are_not_changed(case: Case) -> Claim | None:
    r, x = case.program, case.value
    chunks = observe(lambda: STREAMS[case.streaming](r, x)).value
    if chunks is None:
        return None
    before = repr(chunks)
    observe(lambda: reference_sums(r, x).total(chunks))
    return outcomes("the chunks, after adding up", lambda: repr(chunks), "before", lambda: before)


@law("chunks", "map_chunks(f) gives f(c) for each chunk c, and no other chunk", of_library=True)
def mapping_chunks(case: Case) -> Claim:
    pieces = ["a", "", "b c", "d"][: case.number + 1]
    mapped = map_chunks(str.upper)
    return outcomes(
        f"{mapped!r} on {pieces!r}", lambda: transformed(mapped, pieces, case.asynchronous),
        "f of each", lambda: [piece.upper() for piece in pieces],
    )  # fmt: skip


@law("chunks", "map_chunks(f) | map_chunks(g) = map_chunks(f then g), chunk by chunk", of_library=True)
def mapping_chunks_composes(case: Case) -> Claim:
    pieces = ["a", "", "b c"][: case.number]
    two, one = pipe(map_chunks(str.upper), map_chunks(_doubled)), map_chunks(_upper_doubled)
    return outcomes(
        f"{two!r} on {pieces!r}", lambda: transformed(two, pieces, case.asynchronous),
        f"{one!r} on {pieces!r}", lambda: transformed(one, pieces, case.asynchronous),
    )  # fmt: skip


def _doubled(text: str) -> str:
    return text + text


def _upper_doubled(text: str) -> str:
    return text.upper() + text.upper()


@law("chunks", "r | lift(same) gives one chunk: the sum of the chunks of r", SUMS_UP)
def collecting_adds_up(case: Case) -> Claim:
    r, x = case.program, case.value
    way = case.streaming
    return outcomes(
        f"{r!r} | same, by {way}",
        lambda: STREAMS[way](pipe(r, same), x),
        f"[{r!r} invoked]",
        lambda: [r.invoke(x)],
        (r, x),
    )


@law("chunks", "the chunks of parallel(a=r, b=s) with a key a are those of r", IN_ORDER, SUCCEEDS)
def records_keep_chunks(case: Case) -> Claim | None:
    r, x = case.program, case.value
    both: Program = parallel(a=r, b=same)
    way = case.streaming
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
    way = case.streaming
    return outcomes(
        f"the keys of {both!r}, by {way}", lambda: sorted({key for chunk in STREAMS[way](both, x) for key in chunk}),
        f"the keys of {both!r}, invoked", lambda: sorted(both.invoke(x)), (both, x),
    )  # fmt: skip


@law("chunks", "the chunks of parallel(a=f, b=g), of quick branches, add up to {'a': f(x), 'b': g(x)}", of_library=True)
def records_add_up(case: Case) -> Claim:
    pieces = ["x", "", "y z"][: case.number + 1]
    both: Program = parallel(a=lift(str.upper, blocking=False), b=lift(len, blocking=False))
    return outcomes(
        f"{both!r} on {pieces!r}",
        lambda: {key: value for chunk in transformed(both, pieces, case.asynchronous) for key, value in chunk.items()},
        "the two on the sum", lambda: {"a": "".join(pieces).upper(), "b": len("".join(pieces))},
    )  # fmt: skip


@law(
    "chunks",
    "the chunks of parallel(a=f) | assign(b=g), of quick branches, add up to {'a': f(x), 'b': g of that}",
    of_library=True,
)
def assigned_records_add_up(case: Case) -> Claim:
    pieces = ["x", "", "y z"][: case.number + 1]
    one: Program = parallel(a=lift(str.upper, blocking=False))
    both = pipe(one, assign(b=lift(_length_of_a, blocking=False)))
    return outcomes(
        f"{both!r} on {pieces!r}",
        lambda: {key: value for chunk in transformed(both, pieces, case.asynchronous) for key, value in chunk.items()},
        "the two on the sum", lambda: {"a": "".join(pieces).upper(), "b": len("".join(pieces))},
    )  # fmt: skip


def _length_of_a(record: Mapping[str, str]) -> int:
    return len(record["a"])


@law("chunks", "reading a key that has not advanced gives its empty value", of_library=True)
def empty_values(case: Case) -> Claim:
    two: Program = parallel(a=lift_transform(_pass_text), b=lift_transform(_pass_text))

    def find() -> list[str]:
        pieces = ["x", "y", "z"][: case.number]
        seen = transformed(two, pieces, case.asynchronous)
        return [f"{chunk!r}" for chunk in seen if {chunk["a"], chunk["b"]} != {"", *chunk.values()} or len(chunk) != 1]

    return nothing_wrong("the chunks of a record", find if case.number else list)


def _pass_text(chunks: Iterator[str]) -> Iterator[str]:
    yield from chunks
