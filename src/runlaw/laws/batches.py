"""Batches are maps: order and number are kept, ``map_batch`` is a functor, limits and groups change no value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from runlaw.combinators.batch import map_batch
from runlaw.combinators.identity import identity
from runlaw.combinators.leaves import const
from runlaw.combinators.lift_batch import lift_batch
from runlaw.combinators.pipe import pipe
from runlaw.laws.assumptions import NO_GROUPS
from runlaw.laws.law import Case, Claim, Program, law, meaning, nothing_wrong, outcomes
from runlaw.laws.outcomes import Outcome, observe, same_outcome, show_outcome
from runlaw.laws.palette import fails, pass_on
from runlaw.laws.ways import collect, run_async

passing: Program = pass_on
unchanged: Program = pipe(identity)


def several(case: Case) -> list[Any]:  # Any: what the program takes
    """Inputs, as many as the case's number, some of them more than once."""
    return [case.values[index % len(case.values)] for index in range(case.number)]


@law("batches", "map_batch(identity) = identity, on lists")
def functor_identity(case: Case) -> Claim:
    return meaning(case, map_batch(unchanged), unchanged, value=several(case))


@law("batches", "map_batch(r | f) = map_batch(r) | map_batch(f)", NO_GROUPS)
def functor_composition(case: Case) -> Claim:
    r, f = case.program, case.after
    return meaning(case, map_batch(pipe(r, f)), pipe(map_batch(r), map_batch(f)), value=several(case))


@law("batches", "r.batch(xs) = [r(x) for x in xs]", NO_GROUPS)
def batch_maps(case: Case) -> Claim:
    r, xs = case.program, several(case)
    return outcomes(
        f"{r!r}.batch", lambda: r.batch(xs), "one by one", lambda: [r.invoke(x) for x in xs], (map_batch(r), xs)
    )


@law("batches", "r.abatch(xs) = r.batch(xs)")
def async_batch(case: Case) -> Claim:
    r, xs = case.program, several(case)
    return outcomes(
        f"{r!r}.abatch", lambda: run_async(r.abatch(xs)), f"{r!r}.batch", lambda: r.batch(xs), (map_batch(r), xs)
    )


@law("batches", "map_batch(r)(xs) = r.batch(xs)")
def map_batch_is_batch(case: Case) -> Claim:
    r, xs = case.program, several(case)
    each = map_batch(r)
    return outcomes(f"{each!r}", lambda: each.invoke(xs), f"{r!r}.batch", lambda: r.batch(xs), (each, xs))


@law("batches", "map_batch(identity)([0, 1, ..., n]) = [0, 1, ..., n]: order is kept, in every way of running")
def order_is_kept(case: Case) -> Claim:
    numbers = list(range(case.number + 2))
    return meaning(case, map_batch(passing), const(numbers), value=numbers)


@law("batches", "sorted(r.batch_as_completed(xs)) = enumerate(r.batch(xs))")
def as_completed(case: Case) -> Claim:
    r, xs = case.program, several(case)
    return outcomes(
        f"{r!r}.batch_as_completed", lambda: [y for _, y in sorted(r.batch_as_completed(xs), key=_index)],
        f"{r!r}.batch", lambda: r.batch(xs), (map_batch(r), xs),
    )  # fmt: skip


@law("batches", "sorted(r.abatch_as_completed(xs)) = enumerate(r.batch(xs))")
def async_as_completed(case: Case) -> Claim:
    r, xs = case.program, several(case)
    return outcomes(
        f"{r!r}.abatch_as_completed",
        lambda: [y for _, y in sorted(run_async(collect(r.abatch_as_completed(xs))), key=_index)],
        f"{r!r}.batch", lambda: r.batch(xs), (map_batch(r), xs),
    )  # fmt: skip


def _index(pair: tuple[int, object]) -> int:
    return pair[0]


@law("batches", "r.batch(xs, return_exceptions=True) = what became of each x, errors in their places", NO_GROUPS)
def errors_in_place(case: Case) -> Claim:
    r, xs = case.program, case.values

    def wrong(program: Program) -> list[str]:
        if case.asynchronous:
            told = run_async(program.abatch(xs, return_exceptions=True))
        else:
            told = program.batch(xs, return_exceptions=True)
        given = [Outcome(None, one) if isinstance(one, Exception) else Outcome(one) for one in told]
        expected = [observe(partial(program.invoke, x)) for x in xs]
        if len(given) != len(expected):
            return [f"{len(given)} results for {len(expected)} inputs"]
        pairs = zip(given, expected, strict=True)
        return [
            f"{show_outcome(one)} in the place of {show_outcome(two)}"
            for one, two in pairs
            if not same_outcome(one, two)
        ]

    runs = [(r, x) for x in xs]
    return nothing_wrong(f"{r!r}.batch(..., return_exceptions=True)", lambda: wrong(r) + wrong(pipe(r, fails)), *runs)


@law("batches", "r.batch([]) = []")
def nothing_in(case: Case) -> Claim:
    r = case.program
    return outcomes(
        f"{r!r}.batch([]), and as completed", lambda: (r.batch([]), list(r.batch_as_completed([]))),
        "nothing", lambda: ([], []),
    )  # fmt: skip


@law("batches", "map_batch(r, max_concurrency=n) = map_batch(r)")
def limits_change_no_value(case: Case) -> Claim:
    limited = map_batch(case.program, max_concurrency=case.number + 1)
    return meaning(case, limited, map_batch(case.program), value=several(case))


@law("batches", "map_batch(lift_batch(f, max_batch_size=n)) = map_batch(lift_batch(f)), for every n")
def groups_change_no_value(case: Case) -> Claim:
    grouped = lift_batch(_numbered, max_batch_size=case.number + 1)
    return meaning(case, map_batch(grouped), map_batch(lift_batch(_numbered)), value=list(range(5)))


@law("batches", "map_batch(s | lift_batch(f) | s) = map_batch(lift_batch(f))")
def groups_in_the_middle(case: Case) -> Claim:
    grouped = lift_batch(_numbered, max_batch_size=case.number + 1)
    between: Program = pipe(passing, grouped, passing)
    return meaning(case, map_batch(between), map_batch(grouped), value=list(range(5)))


def _numbered(values: Sequence[int]) -> list[str]:
    return [f"{value}" for value in values]
