"""Laws of the library say so: exactly those that never look at the program that is checked."""

from __future__ import annotations

from contextlib import suppress

from runlaw.laws import LAWS
from runlaw.laws.exhaustive import watched
from runlaw.laws.law import Case, Law, Program
from runlaw.laws.palette import boxed, letters, same


def reads_the_program(law: Law) -> bool:
    """Whether the law, or what it assumes, reads the program of some case."""
    return any(_reads(law, letters, way, number) for way in ("invoke", "astream") for number in range(4))


def _reads(law: Law, program: Program, way: str, number: int) -> bool:
    read: set[str] = set()
    case = watched(Case(program, "a b", boxed, same, boxed, number, way, (0.5,), ("c", "d")), read)
    with suppress(Exception):
        claim = law.claim(case)
        for side in () if claim is None else (claim.left, claim.right):
            side.run()
    return "program" in read


def test_laws_of_the_library_are_those_that_do_not_read_the_program() -> None:
    said = {law.name for law in LAWS if law.of_library}
    assert said == {law.name for law in LAWS if not reads_the_program(law)}


def test_most_laws_are_of_the_program_that_is_checked() -> None:
    assert sum(not law.of_library for law in LAWS) > 3 * sum(law.of_library for law in LAWS)
