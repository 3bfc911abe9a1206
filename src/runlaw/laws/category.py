"""Programs and ``|`` are a category: identities are neutral, composition is associative, and it composes."""

from __future__ import annotations

from typing import Any

from runlaw.combinators.identity import identity
from runlaw.combinators.leaves import const
from runlaw.combinators.pipe import pipe
from runlaw.laws.assumptions import SUCCEEDS
from runlaw.laws.copies import copied
from runlaw.laws.law import Case, Claim, identical, law, meaning, outcomes
from runlaw.laws.palette import fails
from runlaw.laws.ways import run


@law("category", "identity | r == r")
def left_identity(case: Case) -> Claim:
    return identical(lambda: pipe(identity, case.program), lambda: case.program)


@law("category", "r | identity == r")
def right_identity(case: Case) -> Claim:
    return identical(lambda: pipe(case.program, identity), lambda: case.program)


@law("category", "(r | f) | g == r | (f | g)")
def associativity(case: Case) -> Claim:
    r, f, g = case.program, case.after, case.then
    return identical(lambda: pipe(pipe(r, f), g), lambda: pipe(r, pipe(f, g)))


@law("category", "pipe(r) == r")
def a_pipe_of_one(case: Case) -> Claim:
    return identical(lambda: pipe(case.program), lambda: case.program)


@law("category", "x after r(x) = x before: a program does not change its input")
def inputs_are_not_changed(case: Case) -> Claim:
    r, x, way = case.program, case.value, case.way

    def afterwards() -> Any:  # Any: what the program takes
        given = copied(x)
        run(way, r, given)
        return given

    return outcomes(f"{x!r}, after {r!r} was run on it, by {way}", afterwards, "before", lambda: x)


@law("category", "(r | f)(x) = f(r(x))")
def composition(case: Case) -> Claim:
    r, f, x = case.program, case.after, case.value
    composed = pipe(r, f)
    return outcomes(
        f"{composed!r}, invoked", lambda: composed.invoke(x),
        f"{f!r} invoked on what {r!r} gives", lambda: f.invoke(r.invoke(x)),
        (composed, x),
    )  # fmt: skip


@law("category", "(const(x) | r)(anything) = r(x)")
def constants_begin(case: Case) -> Claim:
    begun = pipe(const(case.value), case.program)
    return outcomes(
        f"{begun!r}, invoked", lambda: begun.invoke(case.number),
        f"{case.program!r}, invoked", lambda: case.program.invoke(case.value),
        (case.program, case.value),
    )  # fmt: skip


@law("category", "r | const(c) = const(c)", SUCCEEDS)
def constants_absorb(case: Case) -> Claim:
    constant = const(f"constant {case.number}")
    return meaning(case, pipe(case.program, constant), constant)


@law("category", "r | fails | f = r | fails")
def a_failure_ends_the_pipe(case: Case) -> Claim:
    return meaning(case, pipe(case.program, fails, case.after), pipe(case.program, fails))


@law("category", "r | fails = fails", SUCCEEDS)
def failures_absorb(case: Case) -> Claim:
    return meaning(case, pipe(case.program, fails), fails)
