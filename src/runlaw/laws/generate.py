"""Random well-typed programs, and inputs for them, as Hypothesis strategies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from runlaw.combinators.attempt import attempt
from runlaw.combinators.batch import map_batch
from runlaw.combinators.branch import branch
from runlaw.combinators.config import with_config, with_listeners
from runlaw.combinators.fallbacks import with_fallbacks
from runlaw.combinators.identity import identity
from runlaw.combinators.leaves import const
from runlaw.combinators.parallel import parallel
from runlaw.combinators.pipe import pipe
from runlaw.combinators.records import assign, pick
from runlaw.combinators.retry import with_retry
from runlaw.combinators.timeout import with_timeout
from runlaw.combinators.types import with_types, with_validation
from runlaw.laws.cases import MORE, Inputs
from runlaw.laws.needs import hypothesis
from runlaw.laws.options import check_size
from runlaw.laws.palette import (
    CONSTANTS,
    GENERIC,
    LEAVES,
    TYPES,
    Boom,
    Kind,
    OtherBoom,
    Record,
    Twice,
    ignore,
    no,
    refuses,
    told,
    truthy,
    yes,
)
from runlaw.runnable import Runnable

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

Program = Runnable[Any, Any]  # Any: of types that are chosen at run time
PATIENT = 60.0  # seconds: far above what any leaf of the palette takes
PAIR = tuple[str, int]


def programs(types: Sequence[Kind] = TYPES, max_size: int = 6) -> SearchStrategy[Program]:
    """Random well-typed Runnables over every node kind, made of the leaves of ``runlaw.laws.palette``.

    Leaves are sync and async, streaming, batching, failing and generic; a failing example shrinks to the
    smallest program that fails, and its ``repr``, by ``code``, is what builds it.

    Args:
        types: What the programs take, give and pass on: some of ``runlaw.laws.palette.TYPES``.
        max_size: How many combinators a program may have, at most; 0 for leaves alone.

    Raises:
        ModuleNotFoundError: Hypothesis is not installed.
        TypeError: ``max_size`` is no whole number.
        ValueError: A type is not one of those of the palette, or there are none; ``max_size`` is below 0.
    """
    return _some(types, max_size).map(lambda pair: pair[1])


def programs_and_inputs(
    types: Sequence[Kind] = TYPES, max_size: int = 6
) -> SearchStrategy[tuple[Program, Any]]:  # Any: what the program takes
    """Random programs as of ``programs``, each with an input for it."""
    return _drawn(types, max_size).map(lambda pair: (pair[0], pair[1][0]))


def programs_and_several_inputs(
    types: Sequence[Kind] = TYPES, max_size: int = 6
) -> SearchStrategy[tuple[Program, Inputs]]:
    """Random programs as of ``programs``, each with one input for it or more."""
    return _drawn(types, max_size, MORE)


def _drawn(types: Sequence[Kind], max_size: int, more: int = 0) -> SearchStrategy[tuple[Program, Inputs]]:
    some = _some(types, max_size)
    st = hypothesis("programs()").strategies

    @st.composite  # type: ignore[untyped-decorator]  # of a module that is imported late
    def pairs(draw: DrawFn) -> tuple[Program, Inputs]:
        taken, program = draw(some)
        return program, draw(_inputs_of(taken, more))

    made: SearchStrategy[tuple[Program, Inputs]] = pairs()
    return made


def _some(types: Sequence[Kind], max_size: int) -> SearchStrategy[tuple[Kind, Program]]:
    """Programs between any two of the types, each with the type that it takes."""
    hypothesis("programs()")
    kinds = _checked(types)
    check_size("programs", max_size)
    return _placed(kinds, Place((0, len(kinds) ** 2 - 1), (0, max_size)))


def programs_from(taken: Kind, given: Kind, max_size: int = 6) -> SearchStrategy[Program]:
    """Random programs from one type of the palette to another."""
    hypothesis("programs_from()")
    kinds = _checked((taken, given))
    check_size("programs_from", max_size)
    number = _ends(kinds).index((taken, given))
    return _placed(kinds, Place((number, number), (0, max_size))).map(lambda pair: pair[1])


def inputs_of(kind: Kind) -> SearchStrategy[Any]:  # Any: values of the type
    """Small values of a type of the palette."""
    return _inputs_of(kind, 0).map(lambda inputs: inputs[0])


@cache
def _inputs_of(kind: Kind, more: int) -> SearchStrategy[Inputs]:
    """Tuples of one value of a type, and so many more at most."""
    st = hypothesis("inputs_of()").strategies
    text = st.one_of(st.text("abx ", max_size=4), st.text("abx ", min_size=3, max_size=6))
    number = st.one_of(st.integers(-1, 12), st.integers(0, 3))  # in two steps, as a text: so one shrinks to the other
    values: dict[Kind, SearchStrategy[Any]] = {  # Any: values of the types
        str: text,
        int: number,
        list[str]: st.one_of(st.lists(text, max_size=3), st.lists(text, min_size=2, max_size=4)),
        Record: st.fixed_dictionaries({"a": text, "b": number}),
        PAIR: st.tuples(text, number),
    }
    several: SearchStrategy[Inputs] = st.builds(
        lambda first, others: (first, *others), values[kind], st.lists(values[kind], max_size=more)
    )
    return several


@cache
def _between(least: int, most: int) -> SearchStrategy[int]:
    return hypothesis("programs()").strategies.integers(least, most)  # type: ignore[no-any-return]  # imported late


def _checked(types: Sequence[Kind]) -> tuple[Kind, ...]:
    if isinstance(types, (str, type)) or not isinstance(types, Sequence):
        raise TypeError(f"programs: types must be a list of types, some of {TYPES}; got {types!r}: put it in a list")
    unknown = [kind for kind in types if kind not in TYPES]
    if unknown or not types:
        raise ValueError(f"programs: types must be some of {TYPES}; got {unknown or 'none'}")
    return tuple(dict.fromkeys(types))


Bounds: TypeAlias = tuple[int, int]


Ends: TypeAlias = tuple[Kind, Kind]


class Place(NamedTuple):
    """What may stand in a place of a program: from and to which types, by their number, and of how many combinators.

    Each is the least and the most that may be drawn. A place inside a program leaves no choice, but draws all the
    same: so what stands there can take the place of the whole, which is how Hypothesis shrinks.
    """

    ends: Bounds
    size: Bounds


@cache
def _ends(kinds: tuple[Kind, ...]) -> tuple[Ends, ...]:
    """All pairs of types, by their number: first those of the types that were chosen, the simplest first."""
    return tuple(dict.fromkeys((*product(kinds, kinds), *product(TYPES, TYPES))))


@cache
def _placed(kinds: tuple[Kind, ...], place: Place) -> SearchStrategy[tuple[Kind, Program]]:
    """Programs for a place, each with the type that it takes."""
    made: SearchStrategy[tuple[Kind, Program]] = _standing()(kinds, place)
    return made


@cache
def _standing() -> Any:  # Any: a function of a module that is imported late
    """One function for all places, by which Hypothesis knows that what stands in them is alike."""
    st = hypothesis("programs()").strategies

    @st.composite  # type: ignore[untyped-decorator]  # of a module that is imported late
    def standing(draw: DrawFn, kinds: tuple[Kind, ...], place: Place) -> tuple[Kind, Program]:
        taken, given = _ends(kinds)[draw(_between(*place.ends))]
        return taken, Maker(draw, kinds).made(taken, given, draw(_between(*place.size)))

    return standing


class Maker:
    """Draws one program. Simple choices come first, as that is where Hypothesis shrinks to."""

    def __init__(self, draw: DrawFn, kinds: tuple[Kind, ...]) -> None:
        self.draw = draw
        self.kinds = kinds

    def choose(self, options: Sequence[Any]) -> Any:  # Any: one of the options
        """One of the options, shrinking to the first."""
        return options[self.draw(_between(0, len(options) - 1))]

    def program(self, taken: Kind, given: Kind, size: int) -> Program:
        """A program inside this one, from one type to another, with at most ``size`` combinators."""
        number, size = _ends(self.kinds).index((taken, given)), max(size, 0)
        made: Program = self.draw(_placed(self.kinds, Place((number, number), (size, size))))[1]
        return made

    def made(self, taken: Kind, given: Kind, size: int) -> Program:
        """The program from one type to another, with at most ``size`` combinators."""
        if size <= 0:
            return self.leaf(taken, given)
        rules: list[Callable[[Kind, Kind, int], Program]] = [self.smaller, self.piped, self.wrapped, self.chosen]
        rules += [self.piped, *(rule for fits, rule in self.special(taken, given) if fits)]
        made: Program = self.choose(rules)(taken, given, size - 1)
        return made

    def special(self, taken: Kind, given: Kind) -> list[tuple[bool, Callable[[Kind, Kind, int], Program]]]:
        """Rules for some types only."""
        return [
            (given is Record, self.keyed),
            (given == PAIR, self.positional),
            (taken is Record and given is Record, self.assigned),
            (taken is Record and given in (str, int), self.picked),
            (taken is Record and given is Record, self.picked_both),
            (taken == list[str] and given == list[str], self.each),
            (given is str, self.attempted),
            (taken is given, self.twice),
        ]

    def leaf(self, taken: Kind, given: Kind) -> Program:
        """One leaf; two, by way of a text, where no leaf goes from the one type to the other."""
        leaves = list(LEAVES.get((taken, given), ()))
        if taken == given:
            leaves += [*GENERIC, identity]
        if leaves:
            made: Program = self.choose([*leaves, const(CONSTANTS[given])])
            return made
        if self.choose([False, False, True]):
            return const(CONSTANTS[given])
        return pipe(self.choose(LEAVES[taken, str]), self.choose(LEAVES[str, given]))

    def smaller(self, taken: Kind, given: Kind, size: int) -> Program:
        return self.leaf(taken, given)

    def piped(self, taken: Kind, given: Kind, size: int) -> Program:
        between = self.choose([*self.kinds, self.kinds[0]])  # twice the first, as most leaves go from text to text
        first = self.program(taken, between, size // 2)
        return pipe(first, self.program(between, given, size - size // 2))

    def wrapped(self, taken: Kind, given: Kind, size: int) -> Program:
        """A policy or a saying around a program."""
        inner = self.program(taken, given, size)
        on = self.choose([(Exception,), (Boom,), (OtherBoom, ZeroDivisionError)])
        wraps: list[Callable[[], Program]] = [
            lambda: with_retry(inner, on=on, delays=[0.0] * self.choose([0, 1, 2])),
            lambda: with_fallbacks(inner, self.program(taken, given, size), on=on),
            lambda: with_timeout(inner, PATIENT),
            lambda: with_config(inner, tags=["t"], metadata={"m": 1}),
            lambda: with_config(inner, run_name="named", max_concurrency=self.choose([1, 2])),
            lambda: with_config(inner, listeners=[ignore]),
            lambda: with_listeners(inner, on_end=ignore),
            lambda: with_types(inner, input=taken, output=given),
            lambda: with_validation(inner),
        ]
        made: Program = self.choose(wraps)()
        return made

    def chosen(self, taken: Kind, given: Kind, size: int) -> Program:
        predicate = self.choose([truthy, yes, no, refuses])
        step = self.program(taken, given, size // 2)
        return branch((predicate, step), default=self.program(taken, given, size // 2))

    def keyed(self, taken: Kind, given: Kind, size: int) -> Program:
        made: Program = parallel(a=self.program(taken, str, size // 2), b=self.program(taken, int, size // 2))
        return made

    def positional(self, taken: Kind, given: Kind, size: int) -> Program:
        return parallel(self.program(taken, str, size // 2), self.program(taken, int, size // 2))

    def assigned(self, taken: Kind, given: Kind, size: int) -> Program:
        made: Program = assign(b=self.program(taken, int, size))
        return made

    def picked(self, taken: Kind, given: Kind, size: int) -> Program:
        made: Program = pick("a") if given is str else pick("b")
        return made

    def picked_both(self, taken: Kind, given: Kind, size: int) -> Program:
        made: Program = pick("b", "a")
        return made

    def each(self, taken: Kind, given: Kind, size: int) -> Program:
        return map_batch(self.program(str, str, size), max_concurrency=self.choose([None, 1, 2]))

    def attempted(self, taken: Kind, given: Kind, size: int) -> Program:
        inner = self.program(taken, self.choose(self.kinds), size)
        return pipe(attempt(inner, on=self.choose([(Exception,), (Boom,)])), told)

    def twice(self, taken: Kind, given: Kind, size: int) -> Program:
        return Twice(self.program(taken, given, size // 2))
