"""``branch`` is a choice: the first predicate that holds decides, and composition distributes over it."""

from __future__ import annotations

from runlaw.combinators.branch import branch
from runlaw.combinators.pipe import pipe
from runlaw.laws.law import Case, Claim, Program, law, meaning, outcomes
from runlaw.laws.palette import boxed, fails, no, pass_on, truthy, yes
from runlaw.laws.ways import transformed


@law("choice", "branch((true, r), default=s) = r, on the whole input")
def choosing(case: Case) -> Claim:
    return meaning(case, branch((yes, case.program), default=case.other), case.program)


@law("choice", "branch((false, s), default=r) = r, on the whole input")
def choosing_the_default(case: Case) -> Claim:
    return meaning(case, branch((no, case.other), default=case.program), case.program)


@law("choice", "branch((false, s), (true, r), (true, s), default=s) = r")
def first_that_holds(case: Case) -> Claim:
    s = case.other
    return meaning(case, branch((no, s), (yes, case.program), (yes, s), default=s), case.program)


@law("choice", "branch((p, r), default=r) = r, where p does not fail")
def either_way(case: Case) -> Claim:
    return meaning(case, branch((truthy, case.program), default=case.program), case.program)


@law("choice", "branch((p, r), default=s) | f = branch((p, r | f), default=s | f)")
def distribution(case: Case) -> Claim:
    r, s, f = case.program, case.other, case.after
    return meaning(case, pipe(branch((truthy, r), default=s), f), branch((truthy, pipe(r, f)), default=pipe(s, f)))


@law("choice", "branch((fails, r), default=r) = fails")
def a_predicate_that_fails(case: Case) -> Claim:
    return meaning(case, branch((fails, case.program), default=case.program), fails)


@law("choice", "branch((p, r), default=s) is fed the sum of its input's chunks, not the first of them", of_library=True)
def whole_inputs(case: Case) -> Claim:
    chooses: Program = branch((truthy, pass_on), default=pass_on)
    pieces = ["a", "b ", "", "c"][: case.number + 1]
    return outcomes(
        f"{chooses!r} on the chunks {pieces}", lambda: "".join(transformed(chooses, pieces, case.asynchronous)),
        "their sum", lambda: "".join(pieces),
    )  # fmt: skip


@law("choice", "r | branch((boxed, f), default=g) = r | f, as a list with an item is true")
def truth_is_pythons(case: Case) -> Claim:
    boxes: Program = boxed
    return meaning(case, pipe(case.program, branch((boxes, case.after), default=fails)), pipe(case.program, case.after))
