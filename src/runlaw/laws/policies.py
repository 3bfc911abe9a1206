"""Policies: they act on failures only, in order, and as often as they were told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runlaw.combinators.attempt import attempt
from runlaw.combinators.fallbacks import with_fallbacks
from runlaw.combinators.leaves import const
from runlaw.combinators.lift import lift
from runlaw.combinators.lift_stream import lift_stream
from runlaw.combinators.map_chunks import map_chunks
from runlaw.combinators.pipe import pipe
from runlaw.combinators.retry import fixed, with_retry
from runlaw.combinators.timeout import with_timeout
from runlaw.laws.assumptions import SUCCEEDS
from runlaw.laws.gauge import Flaky
from runlaw.laws.generate import PATIENT
from runlaw.laws.law import Case, Claim, Program, law, meaning, nothing_wrong, outcomes
from runlaw.laws.outcomes import Outcome, observe, show_outcome
from runlaw.laws.palette import Boom, OtherBoom, fails, fails_too, overflows, pass_on
from runlaw.laws.ways import STREAMS, VALUES, run, run_async


def once(way: str, program: Program) -> Outcome:
    """The outcome of a program that gives one chunk, run on ``"x"`` just once: its leaves count how often."""
    if way in VALUES:
        return observe(lambda: VALUES[way](program, "x"))
    return observe(lambda: STREAMS[way](program, "x")[0])


@law("policies", "with_retry(r) = r, as a pure program fails again as it failed")
def retrying_changes_nothing(case: Case) -> Claim:
    return meaning(case, with_retry(case.program, delays=[0.0] * case.number), case.program)


@law("policies", "with_retry of n delays tries once, and again after every failure, n times at most", of_library=True)
def tries_are_counted(case: Case) -> Claim:
    def find() -> list[str]:
        wrong = []
        for failures in range(4):
            flaky = Flaky(failures, Boom)
            outcome = once(case.way, with_retry(lift(flaky.call), delays=[0.0] * case.number))
            right = "'x'" if failures <= case.number else f"Boom: try {case.number + 1}"
            tries = min(failures, case.number) + 1
            if (show_outcome(outcome), flaky.tries) != (right, tries):
                wrong.append(
                    f"{failures} failures: {flaky.tries} tries, then {show_outcome(outcome)}; not {tries}, {right}"
                )
        return wrong

    return nothing_wrong(f"with_retry of {case.number} delays, by {case.way}", find)


@law("policies", "fixed(s, attempts=n) is n tries, as are n - 1 delays of s", of_library=True)
def schedules_are_delays(case: Case) -> Claim:
    def tries(delays: Any) -> int:  # Any: a schedule
        flaky = Flaky(9, Boom)
        once(case.way, with_retry(lift(flaky.call), delays=delays))
        return flaky.tries

    return outcomes(
        "tries of fixed(0, attempts=n)", lambda: tries(fixed(0, attempts=case.number + 1)),
        "tries of a list of delays", lambda: tries([0.0] * case.number),
    )  # fmt: skip


@law("policies", "with_retry(r, on=E) tries an error that is no E once", of_library=True)
def only_what_it_is_for_is_retried(case: Case) -> Claim:
    def find() -> list[str]:
        flaky = Flaky(1, Boom)
        outcome = once(case.way, with_retry(lift(flaky.call), on=(OtherBoom,), delays=[0.0]))
        return (
            []
            if isinstance(outcome.error, Boom) and flaky.tries == 1
            else [f"{flaky.tries} tries: {show_outcome(outcome)}"]
        )

    return nothing_wrong("with_retry of another error", find)


@law("policies", "with_fallbacks(r, s) = r, where r succeeds", SUCCEEDS)
def the_first_that_succeeds(case: Case) -> Claim:
    return meaning(case, with_fallbacks(case.program, case.other), case.program, way="invoke")


@law("policies", "with_fallbacks(fails, r) = r")
def the_next_that_succeeds(case: Case) -> Claim | None:
    if run("invoke", case.program, case.value).error is not None:
        return None
    return meaning(case, with_fallbacks(fails, case.program), case.program)


@law("policies", "with_fallbacks(r, fails) = r, where r fails: when all fail, the first error is raised")
def the_first_error(case: Case) -> Claim:
    failing: Program = pipe(case.program, fails_too)
    return meaning(case, with_fallbacks(failing, fails), failing)


@law("policies", "with_fallbacks(f, with_fallbacks(g, r)) = with_fallbacks(f, g, r)", SUCCEEDS)
def fallbacks_are_associative(case: Case) -> Claim:
    r = case.program
    return meaning(case, with_fallbacks(fails, with_fallbacks(fails_too, r)), with_fallbacks(fails, fails_too, r))


@law("policies", "with_fallbacks(fails, r, on=E) = fails, where it fails with no E")
def only_what_it_is_for_falls_back(case: Case) -> Claim:
    return meaning(case, with_fallbacks(fails, case.program, on=(OtherBoom,)), fails)


@law("policies", "attempt(r)(x) = Success(r(x)), or Failure of what r raises; it never raises")
def attempts_never_raise(case: Case) -> Claim:
    from returns.result import Failure, Success

    tried: Program = pipe(case.program, fails) if case.number % 2 else case.program
    way = "ainvoke" if case.asynchronous else "invoke"

    def by_hand() -> Any:  # Any: a result
        outcome = observe(lambda: tried.invoke(case.value))
        if isinstance(outcome.error, RecursionError):
            raise outcome.error
        return Success(outcome.value) if outcome.error is None else Failure(outcome.error)

    attempted = attempt(tried)
    return outcomes(
        f"{attempted!r}, by {way}", lambda: VALUES[way](attempted, case.value), "by hand", by_hand, (tried, case.value)
    )


@law("policies", "attempt(r, on=E) lets other errors through: attempt(fails, on=E) = fails", of_library=True)
def attempts_let_through(case: Case) -> Claim:
    failing: Program = pipe(case.other, fails)
    return meaning(case, attempt(failing, on=(OtherBoom,)), failing)


@law("policies", "a RecursionError is never caught: by no attempt, fallback or retry")
def the_uncatchable(case: Case) -> Claim:
    caught: tuple[Program, ...] = (
        attempt(overflows), with_fallbacks(overflows, case.program), with_retry(overflows, delays=[0.0]),
        with_timeout(attempt(overflows), PATIENT),
    )  # fmt: skip
    return meaning(case, caught[case.number], overflows)


@law("policies", "with_timeout(r, much) = r")
def time_enough(case: Case) -> Claim:
    return meaning(case, with_timeout(case.program, PATIENT), case.program)


@law("policies", "after its first chunk a stream is neither retried nor replaced: it breaks off", of_library=True)
def what_has_left_has_left(case: Case) -> Claim:
    broken = lift_stream(_breaks_off)
    guarded: Program = with_fallbacks(broken, const("!")) if case.number % 2 else with_retry(broken, delays=[0.0])
    way = case.streaming

    def chunks(program: Program) -> list[Any]:  # Any: chunks
        told: list[Any] = []  # Any: chunks
        read_all(program, way, told)
        return told

    return outcomes(f"{guarded!r}, by {way}", lambda: chunks(guarded), f"{broken!r}, by {way}", lambda: chunks(broken))


def _breaks_off(value: object) -> Iterator[str]:
    yield "begun "
    raise Boom("broke off")


def read_all(program: Program, way: str, told: list[Any]) -> None:  # Any: chunks
    """Read a stream to its end or error, and note the error's message as a last chunk."""

    async def read() -> None:
        async for chunk in program.astream("x"):
            told.append(chunk)  # noqa: PERF401  # what came before an error is kept

    try:
        if way == "astream":
            run_async(read())
        else:
            told.extend(program.stream("x"))
    except Boom as error:
        told.append(str(error))


@law("policies", "a fallback in the middle of a pipe does not catch what steps above it raise")
def errors_from_above(case: Case) -> Claim:
    failing: Program = pipe(case.program, const("a text"), map_chunks(_refuse))
    return meaning(case, pipe(failing, with_fallbacks(pass_on, const("caught"))), pipe(failing, pass_on))


def _refuse(chunk: str) -> str:
    raise Boom(f"no {chunk!r}")


@law("policies", "with_fallbacks(r, s).invoke collects: it may replace a stream that broke off", of_library=True)
def calls_may_start_anew(case: Case) -> Claim:
    broken = lift_stream(_breaks_off)
    return meaning(case, with_fallbacks(broken, const("!")), const("!"), way="ainvoke" if case.number % 2 else "invoke")
