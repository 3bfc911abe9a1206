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
from runlaw.kernel.nodes import BatchFn
from runlaw.laws.assumptions import FREE_GROUPS, WHOLE_GROUPS, has
from runlaw.laws.law import Case, Claim, Program, Side, law, meaning, nothing_wrong, outcomes
from runlaw.laws.outcomes import observe, same_value, show_outcome
from runlaw.laws.palette import fails, pass_on
from runlaw.laws.rewrite import in_groups
from runlaw.laws.ways import collect, run, run_async

passing: Program = pass_on
unchanged: Program = pipe(identity)


def several(case: Case) -> list[Any]:  # Any: what the program takes
    """Inputs, as many as the case's number, some of them more than once."""
    return [case.values[index % len(case.values)] for index in range(case.number)]


def told_by_time(case: Case, xs: list[Any]) -> list[tuple[Program, Any]]:  # Any: what the program takes
    """The runs of which time may decide the outcome: none of a group, whose inputs all succeed alone."""
    r = case.program
    return [(in_groups(r, 1), x) for x in case.values] if has(case, BatchFn) else [(map_batch(r), xs)]


@law("batches", "map_batch(identity) = identity, on lists", of_library=True)
def functor_identity(case: Case) -> Claim:
    return meaning(case, map_batch(unchanged), unchanged, value=several(case))


@law("batches", "map_batch(r | f) = map_batch(r) | map_batch(f)", WHOLE_GROUPS)
def functor_composition(case: Case) -> Claim:
    r, f = case.program, case.after
    return meaning(case, map_batch(pipe(r, f)), pipe(map_batch(r), map_batch(f)), value=several(case))


@law("batches", "r.batch(xs) = [r(x) for x in xs]", WHOLE_GROUPS)
def batch_maps(case: Case) -> Claim:
    r, xs = case.program, several(case)
    return outcomes(
        f"{r!r}.batch", lambda: r.batch(xs), "one by one", lambda: [r.invoke(x) for x in xs], *told_by_time(case, xs)
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


@law(
    "batches",
    "map_batch(identity)([0, 1, ..., n]) = [0, 1, ..., n]: order is kept, in every way of running",
    of_library=True,
)
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


@law(
    "batches",
    "r.batch(xs, return_exceptions=True) = what became of each x, errors in their places; a RecursionError is raised",
    WHOLE_GROUPS,
)
def errors_in_place(case: Case) -> Claim:
    r, xs = case.program, case.values

    def results(program: Program) -> list[Any]:  # Any: what the program gives, or exceptions
        if case.asynchronous:
            return run_async(program.abatch(xs, return_exceptions=True))
        return program.batch(xs, return_exceptions=True)

    def wrong(program: Program) -> list[str]:
        expected = [observe(partial(program.invoke, x)) for x in xs]
        told = observe(lambda: results(program))
        if any(isinstance(one.error, RecursionError) for one in expected):
            return [] if isinstance(told.error, RecursionError) else [f"{show_outcome(told)}: no RecursionError"]
        if told.error is not None or len(told.value) != len(expected):
            return [f"{show_outcome(told)} for {len(expected)} inputs"]
        return [
            f"{one!r} in the place of {show_outcome(two)}"
            for one, two in zip(told.value, expected, strict=True)
            if not same_value(one, two.value if two.error is None else two.error)
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


@law(
    "batches",
    "map_batch(r | lift_batch(f)) = the same with groups of at most n, for every n, also of the leaves of r",
    FREE_GROUPS,
)
def groups_change_no_value(case: Case) -> Claim:
    program, values = map_batch(pipe(case.program, lift_batch(_named))), list(case.values)
    size = 1 + case.number % 2
    return Claim(
        Side(
            f"{program!r}, by {case.way}, in groups of {size}", lambda: run(case.way, in_groups(program, size), values)
        ),
        Side(f"{program!r}, by {case.way}", lambda: run(case.way, program, values)),
        tuple(told_by_time(case, values)),
    )


def _named(values: Sequence[object]) -> list[str]:
    return [f"{type(value).__name__} {value!r}" for value in values]


@law("batches", "map_batch(s | lift_batch(f) | s) = map_batch(lift_batch(f))", of_library=True)
def groups_in_the_middle(case: Case) -> Claim:
    grouped = lift_batch(_numbered, max_batch_size=case.number + 1)
    between: Program = pipe(passing, grouped, passing)
    return meaning(case, map_batch(between), map_batch(grouped), value=list(range(5)))


def _numbered(values: Sequence[int]) -> list[str]:
    return [f"{value}" for value in values]
