"""``parallel`` is a product: its projections are its branches, and composition distributes over it."""

from __future__ import annotations

from runlaw.combinators.parallel import parallel
from runlaw.combinators.pipe import pipe
from runlaw.combinators.records import assign, pick
from runlaw.laws.assumptions import SUCCEEDS
from runlaw.laws.law import Case, Claim, Program, law, meaning, outcomes
from runlaw.laws.palette import boxed, fails, same
from runlaw.laws.ways import VALUES


def record(**branches: Program) -> Program:
    """A ``parallel`` by keyword, of whatever types."""
    made: Program = parallel(**branches)
    return made


def calling(case: Case) -> str:
    """The way of calling: the async one, where the case's way is async."""
    return "ainvoke" if case.asynchronous else "invoke"


@law("products", "parallel(a=r, b=s) | pick('a') = r, where s succeeds")
def projection(case: Case) -> Claim:
    return meaning(case, pipe(record(a=case.program, b=boxed), pick("a")), case.program)


@law("products", "parallel(b=s, a=r) | pick('a') = r, where s succeeds")
def second_projection(case: Case) -> Claim:
    return meaning(case, pipe(record(b=boxed, a=case.program), pick("a")), case.program)


@law("products", "parallel(r, s)(x) = (r(x), s(x))")
def pairing(case: Case) -> Claim:
    r, s, x = case.program, case.other, case.value
    both, way = parallel(r, s), calling(case)
    return outcomes(
        f"{both!r}, by {way}", lambda: VALUES[way](both, x),
        "the two, one after the other", lambda: (r.invoke(x), s.invoke(x)), (both, x),
    )  # fmt: skip


@law("products", "parallel(a=r, b=s)(x) = {'a': r(x), 'b': s(x)}")
def pairing_by_key(case: Case) -> Claim:
    r, s, x = case.program, case.other, case.value
    both, way = record(a=r, b=s), calling(case)
    return outcomes(
        f"{both!r}, by {way}", lambda: list(VALUES[way](both, x).items()),
        "the two, one after the other", lambda: [("a", r.invoke(x)), ("b", s.invoke(x))], (both, x),
    )  # fmt: skip


@law("products", "r | parallel(f, g) = parallel(r | f, r | g)")
def fusion(case: Case) -> Claim:
    r, f, g = case.program, case.after, case.then
    return meaning(case, pipe(r, parallel(f, g)), parallel(pipe(r, f), pipe(r, g)))


@law("products", "r | parallel(a=f, b=g) = parallel(a=r | f, b=r | g)")
def fusion_by_key(case: Case) -> Claim:
    r, f, g = case.program, case.after, case.then
    return meaning(case, pipe(r, record(a=f, b=g)), record(a=pipe(r, f), b=pipe(r, g)))


@law("products", "parallel(a=r, b=s) = parallel(b=s, a=r), as records")
def order_of_branches(case: Case) -> Claim:
    r, s = case.program, case.other
    return meaning(case, record(a=r, b=s), record(b=s, a=r))


@law("products", "parallel(a=r, b=fails) = r | fails, where r succeeds", SUCCEEDS)
def one_failure_is_enough(case: Case) -> Claim:
    return meaning(case, record(a=case.program, b=fails), pipe(case.program, fails))


@law("products", "parallel(a=r) | assign(b=f) = parallel(a=r, b=parallel(a=r) | f)")
def assign_adds(case: Case) -> Claim:
    one = record(a=case.program)
    return meaning(case, pipe(one, assign(b=case.after)), record(a=case.program, b=pipe(one, case.after)))


@law("products", "parallel(a=s, b=s) | assign(a=f) = parallel(b=s, a=parallel(a=s, b=s) | f)")
def assign_replaces(case: Case) -> Claim:
    two = record(a=same, b=same)
    return meaning(
        case,
        pipe(case.program, two, assign(a=case.after)),
        pipe(case.program, record(b=same, a=pipe(two, case.after))),
    )


@law("products", "parallel(a=r, b=s) | pick('a', 'b') = parallel(a=r, b=s)")
def picking_all(case: Case) -> Claim:
    both = record(a=case.program, b=case.other)
    return meaning(case, pipe(both, pick("a", "b")), both)


@law("products", "parallel(a=r, b=s, c=s) | pick('a', 'b') | pick('a') = parallel(a=r, b=s, c=s) | pick('a')")
def picking_twice(case: Case) -> Claim:
    three = record(a=case.program, b=case.other, c=same)
    return meaning(case, pipe(three, pick("a", "b"), pick("a")), pipe(three, pick("a")))
