"""Programs that break one law: each is found by the law that says so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st

from runlaw import Monoid, Runnable, last, lift, lift_batch, lift_stream, lift_transform, map_batch, pipe, with_retry
from runlaw.extend import Call, Node, Program, rule
from runlaw.interpret.program import RULES
from runlaw.laws import LawBroken, check_laws, law_named

TEXTS = st.text("abx ", max_size=3)
LISTS = st.lists(TEXTS, max_size=3)
MANY = settings(max_examples=60, phases=[Phase.generate], database=None, derandomize=True, deadline=None)
FEW = settings(max_examples=5, database=None, derandomize=True, deadline=None)
Leaf = Runnable[Any, Any]  # Any: of whatever types


def breaks(program: Leaf, inputs: st.SearchStrategy[Any], *names: str) -> None:  # Any: what the program takes
    for name in names:
        with pytest.raises(LawBroken) as caught:
            check_laws(program, inputs, [law_named(name)], MANY)
        assert caught.value.law is law_named(name)


# ---------------------------------------------------------------------- groups


def in_reverse(texts: Sequence[str]) -> list[str]:
    return list(texts)[::-1]


def in_order(texts: Sequence[str]) -> list[str]:
    return sorted(texts)


def without_twins(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def without_the_last(texts: Sequence[str]) -> list[str]:
    return list(texts)[: max(1, len(texts) - 1)]


def with_the_size(texts: Sequence[str]) -> list[str]:
    return [f"{text}{len(texts)}" for text in texts]


async def asynchronously_in_reverse(texts: Sequence[str]) -> list[str]:
    return list(texts)[::-1]


WRONG = [in_reverse, in_order, without_twins, without_the_last, with_the_size]


@pytest.mark.parametrize("group", WRONG)
@pytest.mark.parametrize("size", [None, 2])
def test_groups_that_do_not_map_are_found(group: Callable[[Sequence[str]], list[str]], size: int | None) -> None:
    leaf = lift_batch(group, max_batch_size=size)
    breaks(leaf, TEXTS, "batch maps", "errors in place", "groups change no value")
    breaks(pipe(leaf, str.upper), TEXTS, "batch maps")
    breaks(map_batch(leaf), LISTS, "groups change no value")
    breaks(map_batch(pipe(leaf, str.upper)), LISTS, "groups change no value")


def test_async_groups_that_do_not_map_are_found() -> None:
    breaks(lift_batch(asynchronously_in_reverse), TEXTS, "batch maps", "errors in place")


def test_groups_that_map_and_fail_as_a_whole_are_lawful() -> None:
    def refuses(texts: Sequence[str]) -> list[str]:
        if any("x" in text for text in texts):
            raise ValueError("there is an x")
        return [text.upper() for text in texts]

    families = ("batch maps", "errors in place", "functor composition", "groups change no value")
    report = check_laws(lift_batch(refuses), TEXTS, [law_named(name) for name in families], MANY)
    assert len(report.applied) == len(families)


# ------------------------------------------------------------- what none may catch


def test_a_leaf_that_runs_out_of_stack_is_lawful() -> None:
    def deep(text: str) -> str:
        if "x" in text:
            raise RecursionError("too deep")
        return text

    assert law_named("errors in place") in check_laws(lift(deep), TEXTS, settings=FEW).applied


# ---------------------------------------------------------------------- chunks


def letters(text: str) -> Iterator[str]:
    yield from text


def added(one: str, other: str) -> str:
    return one + other


def first(one: str, other: str) -> str:
    return one


def last_of_both(one: str, other: str) -> str:
    return other


@pytest.mark.parametrize(
    "monoid",
    [Monoid("x", added), Monoid("", first), Monoid("", last_of_both), Monoid("-", added, finish=str.upper)],
    ids=["x", "first", "last", "finished"],
)
def test_an_empty_value_that_is_not_neutral_is_found(monoid: Monoid[str]) -> None:
    breaks(lift_stream(letters, monoid=monoid), TEXTS, "empty values are neutral")


def test_an_empty_value_that_is_neutral_is_lawful() -> None:
    law = law_named("empty values are neutral")
    for finish in (None, str.upper, len):
        report = check_laws(lift_stream(letters, monoid=Monoid("", added, finish=finish)), TEXTS, [law])
        assert report.applied == (law,)


def one_buffer(text: str) -> Iterator[list[str]]:
    buffer: list[str] = []
    for letter in text:
        buffer.append(letter)
        yield buffer


def test_a_chunk_that_changes_after_it_was_given_is_found() -> None:
    breaks(lift_stream(one_buffer), TEXTS, "pace changes nothing")


class Equal:
    """Equals whatever it is compared with."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def test_chunks_that_equal_everything_are_read_to_the_end() -> None:
    def several(text: str) -> Iterator[Equal]:
        yield from [Equal(), Equal(), Equal()]

    law = law_named("pace changes nothing")
    assert check_laws(lift_stream(several, monoid=last), TEXTS, [law], MANY).applied == (law,)


# --------------------------------------------------------------------- closing


def holds_on(chunks: Iterator[str]) -> Iterator[str]:
    for chunk in chunks:
        try:
            yield chunk
        except GeneratorExit:
            yield "once more"


async def aholds_on(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    async for chunk in chunks:
        try:
            yield chunk
        except GeneratorExit:
            yield "once more"


def test_a_transform_that_goes_on_when_it_is_closed_is_found() -> None:
    breaks(lift_transform(holds_on), TEXTS, "closing closes what is read")
    breaks(lift_transform(holds_on, blocking=False), TEXTS, "closing closes what is read")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_async_transform_that_goes_on_when_it_is_closed_is_found() -> None:
    breaks(lift_transform(aholds_on), TEXTS, "closing closes what is read")


# ------------------------------------------------------------- inputs and equality


def sorts_in_place(texts: list[str]) -> list[str]:
    texts.sort()
    return list(texts)


def clears(texts: list[str]) -> int:
    texts.clear()
    return 0


def adds_in_place(texts: list[str]) -> int:
    texts.append("more")
    return 0


@pytest.mark.parametrize("changes", [sorts_in_place, clears, adds_in_place])
def test_a_leaf_that_changes_its_input_is_found(changes: Callable[[list[str]], object]) -> None:
    breaks(lift(changes), LISTS, "inputs are not changed")
    with pytest.raises(LawBroken):
        check_laws(lift(changes), LISTS, settings=MANY)


@dataclass(frozen=True, eq=False)
class Boastful(Node[str, str]):
    """A kind of one's own that equals everything."""

    inner: Runnable[str, str]

    def lower(self) -> Runnable[str, str]:
        return pipe(self.inner)

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def test_equality_that_lies_is_found() -> None:
    breaks(Boastful(lift(str.upper)), TEXTS, "what differs is not equal")


# ----------------------------------------------------------- rules of one's own


@dataclass(frozen=True)
class Guarded(Node[str, str]):
    """A kind of one's own that tries twice."""

    inner: Runnable[str, str]

    def lower(self) -> Runnable[str, str]:
        return with_retry(self.inner, delays=[0.0])


def inside(program: Program) -> Program:
    """The program inside a kind of one's own."""
    node: Any = program.node  # Any: a kind of one's own
    return program.child("inner", node.inner.node, None)


def calls_twice(program: Program) -> Call:
    inner = inside(program)

    def call(value: str, run: Any) -> object:  # Any: a run, of a module of the interpreter's own
        inner.call(value, run)
        return inner.call(value, run)

    return call


def tries(times: int) -> Callable[[Program], Call]:
    """A rule that tries so many times."""

    def make(program: Program) -> Call:
        inner = inside(program)

        def call(value: str, run: Any) -> object:  # Any: as above
            for _ in range(times - 1):
                try:
                    return inner.call(value, run)
                except Exception:
                    continue
            return inner.call(value, run)

        return call

    return make


@pytest.fixture
def rules() -> Iterator[None]:
    """The rules that a test registers are gone after it."""
    yield
    for key in [key for key in RULES if key[0] is Guarded]:
        del RULES[key]


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize("wrong", [calls_twice, tries(1), tries(3)], ids=["twice", "too little", "too often"])
def test_a_rule_that_runs_what_is_inside_another_number_of_times_is_found(wrong: Callable[[Program], Call]) -> None:
    rule(Guarded, "call")(wrong)
    breaks(Guarded(lift(str.upper)), TEXTS, "rules run what lower runs")


@pytest.mark.usefixtures("rules")
def test_a_rule_that_runs_what_is_inside_as_often_as_lower_is_lawful() -> None:
    rule(Guarded, "call")(tries(2))
    law = law_named("rules run what lower runs")
    assert check_laws(Guarded(lift(str.upper)), TEXTS, [law], MANY).applied == (law,)
