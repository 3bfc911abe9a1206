"""A law as a value: a name, a statement, what it assumes, and the two sides that must come out the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from runlaw.interpret.reference import Outcome
from runlaw.laws.outcomes import observe
from runlaw.laws.ways import run
from runlaw.runnable import Runnable

Program: TypeAlias = Runnable[Any, Any]  # Any: of whatever types
Family: TypeAlias = Literal[
    "category",
    "products",
    "choice",
    "batches",
    "config",
    "chunks",
    "streams",
    "policies",
    "events",
    "state",
    "schema",
    "round trips",
    "coherence",
]
WAYS = ("invoke", "stream", "ainvoke", "astream")


class Case(NamedTuple):
    """What a law is checked on: a program with an input, and small things drawn beside them.

    ``other`` takes any input; ``after`` and ``then`` take any output; ``number`` is from 0 to 3; ``cuts`` are
    fractions at which an input may be cut into chunks; ``more`` are further inputs.
    """

    program: Program
    value: Any  # Any: what the program takes
    other: Program
    after: Program
    then: Program
    number: int
    way: str
    cuts: tuple[float, ...]
    more: tuple[Any, ...] = ()  # Any: what the program takes

    @property
    def values(self) -> tuple[Any, ...]:  # Any: what the program takes
        """All inputs."""
        return (self.value, *self.more)

    @property
    def asynchronous(self) -> bool:
        """Whether the way of running is an async one."""
        return self.way in ("ainvoke", "astream")

    @property
    def streaming(self) -> str:
        """The way of streaming: the async one, where the case's way is async."""
        return "astream" if self.asynchronous else "stream"


class Side(NamedTuple):
    """One side of a law: what it is, as text, and how its outcome comes about."""

    shown: str
    run: Callable[[], Outcome]


class Claim(NamedTuple):
    """That two sides come out the same. ``runs`` are the programs that they run, with what they are run on.

    Where it is not ``exact``, it assumes that the chunks of these programs add up to their values.
    One that ``finds`` gives a list of what is wrong, whose words may differ from time to time.
    One that is ``by_value`` says that two values are equal, and assumes that the objects in the case's program
    compare by value.
    """

    left: Side
    right: Side
    runs: tuple[tuple[Program, Any], ...] = ()  # Any: what the programs take
    exact: bool = False
    finds: bool = False
    by_value: bool = False


class Assumption(NamedTuple):
    """What a law assumes of a case; ``holds`` tells whether the case is such a one."""

    name: str
    holds: Callable[[Case], bool]


@dataclass(frozen=True)
class Law:
    """A law. ``claim`` says, of a case, which two sides must come out the same; ``None`` where it says nothing.

    One ``of_library`` is about leaves and programs of its own: that it holds says nothing of the case's program.
    """

    name: str
    statement: str
    family: Family
    claim: Callable[[Case], Claim | None]
    assumptions: tuple[Assumption, ...] = ()
    of_library: bool = False

    def __repr__(self) -> str:
        return f"<Law {self.name}: {self.statement}>"

    def __copy__(self) -> Law:
        return self

    def __deepcopy__(self, memo: object) -> Law:
        return self

    def excluded_by(self, case: Case, known: dict[Assumption, bool] | None = None) -> Assumption | None:
        """The first assumption that does not hold of the case; what is found out is noted in ``known``."""
        known = {} if known is None else known
        for assumption in self.assumptions:
            if assumption not in known:
                known[assumption] = assumption.holds(case)
            if not known[assumption]:
                return assumption
        return None


def law(
    family: Family, statement: str, *assumptions: Assumption, of_library: bool = False
) -> Callable[[Callable[[Case], Claim | None]], Law]:
    """Make the decorated function the ``claim`` of a law that is named after it."""

    def make(claim: Callable[[Case], Claim | None]) -> Law:
        name = getattr(claim, "__name__", "").strip("_").replace("_", " ")
        return Law(name, statement, family, claim, assumptions, of_library)

    return make


def meaning(
    case: Case,
    left: Program,
    right: Program,
    *,
    way: str | None = None,
    value: Any = ...,  # Any: a user's values
) -> Claim:  # Any: an input
    """That two programs mean the same, in the case's way of running or the given one, on its input or the given one."""
    given = case.value if value is ... else value
    chosen = case.way if way is None else way
    return Claim(
        Side(f"{left!r}, by {chosen}", lambda: run(chosen, left, given)),
        Side(f"{right!r}, by {chosen}", lambda: run(chosen, right, given)),
        ((left, given), (right, given)),
    )


class Hashed(NamedTuple):
    """A value with its hash."""

    value: object
    hash: int

    @staticmethod
    def of(value: object) -> Hashed:
        """The value, hashed."""
        return Hashed(value, hash(value))

    def __repr__(self) -> str:
        return f"{self.value!r}, with the hash {self.hash}"


def identical(left: Callable[[], object], right: Callable[[], object]) -> Claim:
    """That two values are equal, as are their hashes."""
    return Claim(
        Side("the left value", lambda: observe(lambda: Hashed.of(left()))),
        Side("the right value", lambda: observe(lambda: Hashed.of(right()))),
        by_value=True,
    )


def outcomes(
    left: str,
    run_left: Callable[[], Any],  # Any: a user's values
    right: str,
    run_right: Callable[[], Any],  # Any: whatever they give
    *runs: tuple[Program, Any],  # Any: what the programs take
) -> Claim:
    """That two ways to a value come out the same, in value or in exception."""
    return Claim(Side(left, lambda: observe(run_left)), Side(right, lambda: observe(run_right)), runs)


def nothing_wrong(what: str, find: Callable[[], list[str]], *runs: tuple[Program, Any]) -> Claim:  # Any: as above
    """That a search for what is wrong finds nothing."""
    return outcomes(f"what is wrong with {what}", find, "nothing", list, *runs)._replace(finds=True)
