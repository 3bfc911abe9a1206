"""Round trips: a program that is written down and read back is the same program."""

from __future__ import annotations

import copy
import pickle

from runlaw.combinators.leaves import const
from runlaw.combinators.parallel import parallel
from runlaw.combinators.pipe import pipe
from runlaw.laws.assumptions import PICKLES
from runlaw.laws.code import code, is_code, read_code
from runlaw.laws.law import Assumption, Case, Claim, identical, law, meaning, outcomes
from runlaw.laws.outcomes import observe
from runlaw.laws.palette import same

OF_THE_PALETTE = Assumption("the program is made of the palette's leaves", lambda case: is_code(case.program))


@law("round trips", "loads(dumps(r)) == r", PICKLES)
def pickling(case: Case) -> Claim:
    return identical(lambda: pickle.loads(pickle.dumps(case.program)), lambda: case.program)


@law("round trips", "loads(dumps(r)) = r, in meaning", PICKLES)
def pickling_keeps_meaning(case: Case) -> Claim:
    return meaning(case, pickle.loads(pickle.dumps(case.program)), case.program)


@law("round trips", "a program that has run pickles as one that has not", PICKLES)
def running_leaves_no_trace(case: Case) -> Claim:
    def used() -> bytes:
        observe(lambda: case.program.batch([case.value]))
        return pickle.dumps(case.program)

    before = pickle.dumps(case.program)
    return identical(lambda: pickle.loads(used()), lambda: pickle.loads(before))


@law("round trips", "copy(r) == r and deepcopy(r) == r", PICKLES)
def copying(case: Case) -> Claim:
    return identical(
        lambda: (copy.copy(case.program), copy.deepcopy(case.program)), lambda: (case.program, case.program)
    )


@law("round trips", "programs built alike are equal, and hash alike")
def built_alike(case: Case) -> Claim:
    r, f = case.program, case.after
    return identical(lambda: pipe(r, parallel(f, same)), lambda: pipe(r, parallel(f, same)))


@law("round trips", "r != const(c), where c is a new object: what differs is not equal")
def what_differs_is_not_equal(case: Case) -> Claim:
    r, new = case.program, const(object())
    return outcomes(
        f"whether {r!r} equals, and whether it differs from, another program", lambda: (r == new, r != new),
        "it does not, and does", lambda: (False, True),
    )  # fmt: skip


@law("round trips", "a program prints as the code that builds it", OF_THE_PALETTE)
def printing(case: Case) -> Claim:
    return identical(lambda: read_code(code(case.program)), lambda: case.program)
