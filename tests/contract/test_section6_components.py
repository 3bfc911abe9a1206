"""Section 6: components of one's own are checked, whatever they are made of, or it is said why they cannot be."""

from __future__ import annotations

import copy
import itertools
import operator
import pickle
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, Literal, NewType

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from runlaw import Runnable, lift, lift_stream, parallel, with_retry
from runlaw.components import scripted_chat_model
from runlaw.laws import LAWS, CannotCheck, LawBroken, Report, check_law, check_laws, law_named
from runlaw.laws.law import Case, Claim, identical, law, outcomes

TEXTS = st.text("ab ", max_size=4)
FEW = settings(max_examples=4, database=None, deadline=None)
BY_VALUE = ["pickling", "running leaves no trace", "copying"]
EQUALS_ITS_COPY = "the objects in the leaves equal their copies, and hash alike"


HASHES = itertools.count()


class Plain:
    def __call__(self, text: str) -> str:
        return text + "!"

    def method(self, text: str) -> str:
        return text + "?"


class NeverEqual(Plain):
    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 1


class HashesAnew(Plain):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, HashesAnew)

    def __hash__(self) -> int:
        return next(HASHES)


class Equal(Plain):
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Equal)

    def __hash__(self) -> int:
        return 2


BY_IDENTITY: list[Callable[..., Any]] = [  # Any: whatever they take and give
    Plain(), Plain().method, NeverEqual(), HashesAnew(), operator.itemgetter(slice(2)), operator.methodcaller("upper"),
]  # fmt: skip


def reasons(report: Report) -> dict[str, list[str]]:
    return {one.law.name: list(one.excluded) for one in report.checked if not one.applied}


@pytest.mark.parametrize("component", BY_IDENTITY, ids=lambda one: type(one).__name__)
def test_objects_that_do_not_compare_by_value_are_checked_by_all_laws_but_those_that_ask_for_it(
    component: Callable[..., Any],  # Any: as above
) -> None:
    report = check_laws(lift(component), TEXTS, [one for one in LAWS if one.family in ("category", "round trips")], FEW)
    told = reasons(report)
    assert set(told) <= {*BY_VALUE, "printing"}
    assert told["pickling"] == told["running leaves no trace"] == [EQUALS_ITS_COPY]


def test_a_component_of_the_library_without_an_equality_is_checked() -> None:
    model = scripted_chat_model(["hi"])
    told = reasons(check_laws(model, TEXTS, [law_named(name) for name in BY_VALUE], FEW))
    assert all(why == [EQUALS_ITS_COPY] for why in told.values())


def test_objects_that_compare_by_value_are_held_to_it() -> None:
    assert reasons(check_laws(lift(Equal()), TEXTS, [law_named(name) for name in BY_VALUE], FEW)) == {}


@law("category", "r == something else")
def another(case: Case) -> Claim:
    return identical(lambda: case.program, lambda: lift(str.upper))


@law("batches", "r.batch(xs) = nothing")
def no_batch(case: Case) -> Claim:
    xs = [case.value, *case.more, "z"]
    return outcomes("r.batch", lambda: case.program.batch(xs), "nothing", list, (case.program, xs))


def test_a_broken_law_has_its_statement_input_and_programs() -> None:
    program = lift(str.lower)
    with pytest.raises(LawBroken) as caught:
        check_law(another, TEXTS.map(lambda text: (program, text)), FEW)
    broken = caught.value
    assert (broken.law, broken.statement, broken.input, broken.inputs) == (another, another.statement, "", ("",))
    assert (broken.program, broken.programs) == (program, (program, lift(str.upper)))
    assert f"\n  left:    the left value\n           gives {program!r}, with the hash " in str(broken)
    assert f"\n  right:   the right value\n           gives {lift(str.upper)!r}, with the hash " in str(broken)


def test_a_broken_law_names_what_else_the_programs_ran_on() -> None:
    with pytest.raises(LawBroken) as caught:
        check_laws(lift(str.lower), st.just("a"), [no_batch], FEW)
    assert "\n  input:   'a'\n  run on:  ['a', 'z']\n" in str(caught.value)


def test_a_broken_law_tells_how_to_build_a_program_of_the_palette() -> None:
    from runlaw.laws.palette import exclaim, letters

    with pytest.raises(LawBroken) as caught:
        check_law(another, st.tuples(st.just(exclaim | letters), TEXTS), FEW)
    code = "from runlaw import *\n    from runlaw.laws.palette import *\n    program = pipe(exclaim, letters)"
    assert str(caught.value).endswith(f"\n  code:\n    {code}")


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_laws_reports_and_broken_laws_are_copied_and_pickled(again: Callable[[Any], Any]) -> None:  # Any: of all three
    assert all(again(one) is one for one in (*LAWS, another))
    report = check_laws(lift(str.upper), TEXTS, LAWS[:2], FEW)
    assert again(report) == report
    with pytest.raises(LawBroken) as caught:
        check_laws(lift(str.lower), TEXTS, [another], FEW)
    broken = again(caught.value)
    assert (type(broken), str(broken)) == (LawBroken, str(caught.value))
    assert (broken.law, broken.input, broken.programs) == (another, "", caught.value.programs)


def test_a_leaf_that_remembers_what_it_has_seen_is_not_deterministic() -> None:
    seen: set[str] = set()

    def new(text: str) -> str:
        fresh = text not in seen
        seen.add(text)
        return f"{text}{fresh}"

    pairs = TEXTS.map(lambda text: (lift(new), text))
    for one in ("invoke is the reference", "call is the reference"):
        with pytest.raises(CannotCheck, match=rf"{one} .*not deterministic(.|\n)*program: .*new(.|\n)*input: "):
            check_law(law_named(one), pairs, settings(max_examples=30, database=None))
        seen.clear()


def test_a_leaf_that_changes_after_many_calls_is_not_deterministic() -> None:
    calls = itertools.count()

    def tires(text: str) -> str:
        return f"{text}{max(0, next(calls) - 60)}"

    with pytest.raises(CannotCheck, match="not deterministic"):
        check_laws(lift(tires), TEXTS)


def test_a_program_that_fails_on_every_input_is_not_certified_without_a_word() -> None:
    def look_up(text: str) -> str:
        raise KeyError(text)

    report = check_laws(lift(look_up), st.just("k"), LAWS[:1], settings(max_examples=1, database=None))
    assert str(report).startswith("the program failed on the one input, with KeyError: 'k': nothing was checked")
    report = check_laws(lift(look_up), TEXTS, [law_named("left identity")], FEW)
    assert (report.inputs, report.failure) == (4, "KeyError: ''")
    assert str(report).startswith("the program failed on all 4 inputs, first with KeyError: ''")
    assert check_laws(lift(str.upper), TEXTS, LAWS[:1], FEW).failure is None


def test_a_program_that_does_not_say_what_it_takes_and_fails_on_everything_is_not_checked() -> None:
    with pytest.raises(CannotCheck, match=r"fails on all that the strategy .* makes, such as on '' with TypeError: .*"):
        check_laws(lift(lambda record: record["key"]), TEXTS)


def test_a_strategy_that_makes_some_inputs_of_another_type_is_refused() -> None:
    with pytest.raises(CannotCheck, match=r"takes <class 'str'>, and the strategy .* makes other values too, such as"):
        check_laws(lift(str.upper), st.one_of(TEXTS, st.integers()))


UserId = NewType("UserId", str)


def of_a_literal(letter: Literal["a", "b"]) -> str:
    return letter


def of_a_new_type(user: UserId) -> str:
    return user


@pytest.mark.parametrize("component", [of_a_literal, of_a_new_type])
def test_inputs_that_only_the_type_itself_can_tell_are_not_refused(component: Callable[..., str]) -> None:
    assert reasons(check_laws(lift(component), st.sampled_from("ab"), LAWS[:2], FEW)) == {}
    with pytest.raises(CannotCheck, match="makes only other values, such as 3"):
        check_laws(lift(component), st.just(3), LAWS[:2], FEW)


def test_an_input_of_another_type_is_refused_by_the_law_that_meets_it() -> None:
    pairs = st.tuples(st.just(lift(str.upper)), st.just(3))
    with pytest.raises(CannotCheck, match=r"^constants begin \((.|\n)*takes <class 'str'>(.|\n)*input:   3"):
        check_law(law_named("constants begin"), pairs, FEW)


def test_context_variables_of_the_caller_are_those_of_the_program() -> None:
    said = ContextVar[str]("said")
    said.set("hello ")

    def greets(text: str) -> str:
        return said.get() + text

    report = check_laws(lift(greets), TEXTS, LAWS[:10], FEW)
    assert report.failure is None


def test_an_endless_stream_is_read_no_further_and_closed() -> None:
    read = itertools.count()
    closed: list[str] = []

    def endless(text: str) -> Iterator[str]:
        try:
            while True:
                yield f"{next(read)}"
        finally:
            closed.append(text)

    endlessly = lift_stream(endless)
    programs: list[Runnable[str, Any]] = [endlessly, parallel(endlessly, endlessly)]  # Any: chunks
    for program in programs:
        with pytest.raises(CannotCheck, match=r"the runnable blocks: no result after 0.2 seconds"):
            check_laws(program, TEXTS, deadline=0.2)
        time.sleep(0.3)
        so_far = next(read)
        time.sleep(0.1)
        assert (next(read), closed != []) == (so_far + 1, True)
        closed.clear()


def test_an_endless_stream_of_which_a_law_asks_nothing_is_told_all_the_same() -> None:
    def endless(text: str) -> Iterator[str]:
        while True:
            yield text

    pairs = st.tuples(st.just(lift_stream(endless)), TEXTS)
    with pytest.raises(CannotCheck, match=r"the program blocks: no result after 0.2 seconds\n  program: .*\n  input: "):
        check_law(law_named("left identity"), pairs, FEW, 0.2)


def test_the_whole_check_takes_no_longer_than_the_deadline_for_each_case() -> None:
    def fails(text: str) -> str:
        raise ValueError(text)

    began = time.monotonic()
    slow = with_retry(lift(fails), delays=[0.05])
    with pytest.raises(
        CannotCheck, match=r"the whole check took more than 1.2 seconds: .*; \d+ of \d+ laws were checked"
    ):
        check_laws(slow, TEXTS, LAWS, FEW, deadline=0.3)
    assert time.monotonic() - began < 10


class Arrays:
    """As arrays compare: item by item, to what has no truth."""

    def __eq__(self, other: object) -> Any:  # Any: what arrays give
        return Many()

    __hash__ = None  # type: ignore[assignment]  # as arrays have none


class Many:
    def __bool__(self) -> bool:
        raise ValueError("the truth of many values is ambiguous")


@pytest.mark.parametrize(("kind", "why"), [(Arrays, "no equality that gives a bool"), (object, "no equality: <object")])
def test_values_that_cannot_be_compared_are_said_to_be_such(kind: type, why: str) -> None:
    with pytest.raises(CannotCheck, match=rf"values of type {kind.__name__} have {why}(.|\n)*input: +''"):
        check_laws(lift(lambda text: kind()), TEXTS)
    with pytest.raises(CannotCheck, match=rf"^invoke is the reference \(.*values of type {kind.__name__} have {why}"):
        check_law(law_named("invoke is the reference"), st.tuples(st.just(lift(lambda text: kind())), TEXTS), FEW)
