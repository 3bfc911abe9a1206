"""Coherence: every way of running is the reference, in value and in exception."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from runlaw.algebra.walk import has_lower
from runlaw.combinators.lift import lift
from runlaw.combinators.lift_stream import lift_stream
from runlaw.combinators.pipe import pipe
from runlaw.combinators.timeout import with_timeout
from runlaw.interpret.reference import Outcome, reference, reference_chunks, reference_stream
from runlaw.kernel.monoid import BY_VALUE
from runlaw.kernel.nodes import Assign, Each, Parallel
from runlaw.laws.assumptions import SUCCEEDS, nodes_of
from runlaw.laws.gauge import Counter
from runlaw.laws.generate import PATIENT
from runlaw.laws.law import Case, Claim, Law, Program, Side, law, meaning, outcomes
from runlaw.laws.outcomes import observe
from runlaw.laws.palette import Both, fails
from runlaw.laws.ways import STREAMS, VALUES, run, run_async, total
from runlaw.runnable import Runnable

AT_ONCE = (Parallel, Assign, Each)


def expected(way: str, program: Program, value: Any) -> Outcome:  # Any: what the program takes
    """What the reference says of running a program in a way."""
    if way in VALUES:
        return reference(program, value)
    stream = reference_stream if way in ("stream", "astream") else _of_one_chunk
    outcome = stream(program, value)
    return outcome if outcome.error is not None else observe(lambda: total(program, value, outcome.value))


def _of_one_chunk(program: Program, value: Any) -> Outcome:  # Any: what the program takes
    return reference_chunks(program, [value])


def _way(name: str) -> Law:
    def claim(case: Case) -> Claim:
        r, x = case.program, case.value
        return Claim(
            Side(f"{r!r}, by {name}", lambda: run(name, r, x)),
            Side(f"the reference of {r!r}", lambda: expected(name, r, x)),
            ((r, x),),
            exact=True,
        )

    statement = f"r.{name} = the reference" if name in VALUES else f"sum of r.{name} = sum of the reference's chunks"
    return Law(f"{name.replace('_', ' ')} is the reference", statement, "coherence", claim)


WAYS = tuple(_way(name) for name in (*VALUES, *STREAMS))


def _own_kind(case: Case) -> Any:  # Any: a node kind of one's own
    node = case.program.node
    return node if has_lower(node) else Both(case.program)


@law("coherence", "r = r.lower(), for a kind of one's own: its rules and lower() agree; else Both(r) = Both(r).lower()")
def rules_agree_with_lower(case: Case) -> Claim:
    own = _own_kind(case)
    return meaning(case, own, pipe(own.lower()))


@law(
    "coherence",
    "a kind of one's own runs what is in it as often as lower() does, also what fails; else Both(r) does",
    SUCCEEDS,
)
def rules_run_what_lower_runs(case: Case) -> Claim:
    own = _own_kind(case)
    modes = (False,) if any(isinstance(node, AT_ONCE) for node in nodes_of(own.node)) else (False, True)

    def runs(program: Callable[[Any], Program]) -> list[int]:  # Any: a node kind of one's own
        counts: list[Counter] = []
        for failing in modes:
            run(case.way, program(_counting(own, counts, failing)), case.value)
        return [one.calls for one in counts]

    return outcomes(
        f"runs of what is in {own!r}, by {case.way}", lambda: runs(lambda kind: kind),
        f"runs of what is in {own.lower()!r}", lambda: runs(lambda kind: pipe(kind.lower())), (own, case.value),
    )  # fmt: skip


def _counting(own: Any, counts: list[Counter], failing: bool) -> Any:  # Any: a node kind of one's own
    """The node with each program in it counted, and, if ``failing``, with one that fails instead."""

    def counted(part: object) -> object:
        if isinstance(part, Runnable):
            counts.append(Counter())
            return pipe(lift(counts[-1].count, blocking=False), fails if failing else part)
        return type(part)(map(counted, part)) if type(part) in (tuple, list) else part  # type: ignore[call-arg, call-overload]  # a tuple or a list

    return replace(own, **{field.name: counted(getattr(own, field.name)) for field in fields(own) if field.init})


@law("coherence", "r in a leaf = r: calling a program inside a run gives what it gives outside")
def called_inside(case: Case) -> Claim:
    r = case.program
    asynchronous = case.asynchronous

    async def acalls(value: Any) -> Any:  # Any: what the program takes and gives
        return await r.ainvoke(value)

    inside = lift(acalls) if asynchronous else lift(r.__call__)
    return meaning(case, inside, r, way="ainvoke" if asynchronous else "invoke")


@law("coherence", "a leaf that streams r gives the sum of r's stream")
def streamed_inside(case: Case) -> Claim:
    r, x = case.program, case.value
    inside = lift_stream(r.stream, monoid=BY_VALUE, blocking=bool(case.number % 2))
    return Claim(
        Side(f"{r!r}, streamed in a leaf", lambda: observe(lambda: total(r, x, list(inside.stream(x))))),
        Side(f"{r!r}, by stream", lambda: run("stream", r, x)),
        ((r, x),),
    )


@law("coherence", "r in a thread of its own = r")
def run_elsewhere(case: Case) -> Claim:
    return meaning(case, with_timeout(with_timeout(case.program, PATIENT), PATIENT), case.program)


@law("coherence", "r twice = r once: running a program changes nothing of it")
def running_again(case: Case) -> Claim:
    r, x, way = case.program, case.value, case.way

    def again() -> Outcome:
        run(way, r, x)
        return run(way, r, x)

    return Claim(
        Side(f"{r!r}, the second time", again), Side(f"{r!r}, the first time", lambda: run(way, r, x)), ((r, x),)
    )


@law("coherence", "r on its own event loop = r in a running one, where all its steps are awaited")
def in_a_loop(case: Case) -> Claim:
    r, x = case.program, case.value

    async def twice() -> list[Any]:  # Any: what the program gives
        return [await r.ainvoke(x), await r.ainvoke(x)]

    return Claim(
        Side(f"{r!r}, awaited twice in one loop", lambda: observe(lambda: run_async(twice()))),
        Side(f"{r!r}, invoked twice", lambda: observe(lambda: [r.invoke(x), r.invoke(x)])),
        ((r, x),),
    )
