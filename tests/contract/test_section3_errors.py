"""Sections 3 and 9: steps that cannot fit, and the note on the error of a failing step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from returns.result import Failure

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    identity,
    lift,
    lift_stream,
    map_batch,
    parallel,
    pipe,
    with_fallbacks,
    with_retry,
    with_timeout,
)

from .modes import Mode, both
from .support import (
    Boom,
    Way,
    aboom,
    ashout,
    boom,
    double,
    every_way,
    exclaim,
    letters,
    notes,
    shout,
    show,
    wrong,
)

if TYPE_CHECKING:
    from nowhere_to_be_found import Missing  # type: ignore[import-not-found]  # a forward reference that never resolves

T = TypeVar("T")


class Animal:
    pass


class Dog(Animal):
    pass


def make_dog(_: object) -> Dog:
    return Dog()


def make_animal(_: object) -> Animal:
    return Animal()


def pet_animal(animal: Animal) -> str:
    return type(animal).__name__


def pet_dog(dog: Dog) -> str:
    return type(dog).__name__


def halve(number: float) -> float:
    return number / 2


def either(number: int) -> int | str:
    return number


def take_either(value: int | str) -> str:
    return str(value)


def total(numbers: list[int]) -> int:
    return sum(numbers)


def words(text: str) -> list[str]:
    return text.split()


def anything(value: Any) -> Any:  # Any: the test is about it
    return value


def twice(value: T) -> tuple[T, T]:
    return value, value


def concat(pair: tuple[str, str]) -> str:
    return "".join(pair)


def missing(value: Missing) -> Missing:
    return value


def money(_: int) -> Decimal:
    return Decimal(1)


def count_rows(rows: Sequence[Mapping[str, object]]) -> int:
    return len(rows)


UNFIT: dict[str, tuple[Callable[[], object], list[str]]] = {
    "pipe": (lambda: pipe(shout, wrong(double)), ["shout", "double", "str", "int"]),
    "later in a pipe": (lambda: pipe(shout, exclaim, wrong(double), show), ["exclaim", "double", "str", "int"]),
    "bar": (lambda: lift(shout) | wrong(double), ["shout", "double", "str", "int"]),
    "bar, function on the left": (lambda: wrong(shout) | lift(double), ["shout", "double", "str", "int"]),
    "method": (lambda: lift(shout).pipe(wrong(double)), ["shout", "double", "str", "int"]),
    "two pipes": (lambda: pipe(shout, exclaim) | wrong(pipe(double, show)), ["exclaim", "double", "str", "int"]),
    "a wider type into a narrower": (
        lambda: pipe(make_animal, wrong(pet_dog)),
        ["make_animal", "pet_dog", "Animal", "Dog"],
    ),
    "float into int": (lambda: pipe(halve, wrong(double)), ["halve", "double", "float", "int"]),
    "decimal into float": (lambda: pipe(money, wrong(halve)), ["money", "halve", "Decimal", "float"]),
    "a union into one of it": (lambda: pipe(either, wrong(double)), ["either", "double", "int"]),
    "a list of another type": (lambda: pipe(words, wrong(total)), ["words", "total", "list[str]", "list[int]"]),
    "through a type variable": (lambda: pipe(double, twice, wrong(concat)), ["twice", "concat", "int", "str"]),
    "through identity": (lambda: pipe(shout, identity, wrong(double)), ["shout", "double", "str", "int"]),
    "after a parallel": (lambda: pipe(parallel(double, double), wrong(concat)), ["concat", "int", "str"]),
    "after a map_batch": (lambda: pipe(map_batch(show), wrong(total)), ["total", "list[str]", "list[int]"]),
    "after a retry": (lambda: pipe(with_retry(shout), wrong(double)), ["double", "str", "int"]),
    "after a stream": (lambda: pipe(lift_stream(letters), wrong(double)), ["letters", "double", "str", "int"]),
}


@pytest.mark.parametrize(("build", "parts"), list(UNFIT.values()), ids=list(UNFIT))
def test_steps_whose_types_cannot_fit_are_a_type_error_that_names_both_steps_and_both_types(
    build: Callable[[], object], parts: list[str]
) -> None:
    with pytest.raises(TypeError) as caught:
        build()
    for part in parts:
        assert part in str(caught.value)


@every_way
def test_what_a_checker_would_accept_is_accepted(way: Way) -> None:
    assert way(pipe(make_dog, pet_animal), 1) == "Dog"
    assert way(pipe(double, halve), 1) == 1.0
    assert way(pipe(double, take_either), 1) == "2"
    assert way(pipe(shout, anything, exclaim), "a") == "A!"
    assert way(pipe(shout, twice, concat), "a") == "AA"
    assert way(pipe(shout, lambda text: text, exclaim), "a") == "A!"


@every_way
def test_a_forward_reference_that_cannot_be_resolved_counts_as_any(way: Way) -> None:
    program: Runnable[str, str] = wrong(pipe)(shout, missing, exclaim)
    assert way(program, "a") == "A!"


@pytest.mark.parametrize(
    "build",
    [
        lambda: pipe(shout, wrong(ashout), exclaim),
        lambda: parallel(wrong(ashout), shout),
        lambda: map_batch(wrong(ashout)),
        lambda: with_retry(wrong(ashout)),
        lambda: branch((bool, wrong(ashout)), default=shout),
    ],
    ids=["pipe", "parallel", "map_batch", "with_retry", "branch"],
)
def test_a_coroutine_function_used_bare_is_a_type_error_that_says_to_lift_it(build: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match=r"ashout(.|\n)*lift|lift(.|\n)*ashout"):
        build()


# Notes


def the_note(error: BaseException) -> str:
    found = notes(error)
    assert len(found) == 1, found
    return found[0]


@every_way
@pytest.mark.parametrize("leaf", [lift(boom), lift(aboom)], ids=["sync leaf", "async leaf"])
def test_a_failure_keeps_its_own_type_and_carries_the_path_of_the_step_as_a_note(
    way: Way, leaf: Runnable[object, str]
) -> None:
    with pytest.raises(Boom) as caught:
        way(pipe(shout, leaf, exclaim), "a")
    assert str(caught.value) == "no A"
    note = the_note(caught.value)
    assert leaf.name in note
    assert "2" in note


@both
def test_the_note_numbers_steps_from_one(mode: Mode) -> None:
    with pytest.raises(Boom) as first:
        mode.invoke(pipe(boom, shout), "a")
    assert "1" in the_note(first.value)
    assert "0" not in the_note(first.value)


@both
def test_the_note_tells_the_right_one_of_two_equal_steps(mode: Mode) -> None:
    def second_time(text: str) -> str:
        if text.endswith("!"):
            raise Boom("second")
        return text

    with pytest.raises(Boom) as caught:
        mode.invoke(pipe(second_time, exclaim, second_time), "a")
    assert "3" in the_note(caught.value)
    with pytest.raises(Boom) as streamed:
        mode.stream(pipe(second_time, exclaim, second_time), "a")
    assert "3" in the_note(streamed.value)


@every_way
def test_the_note_leads_from_the_root_to_the_leaf(way: Way) -> None:
    inner = pipe(shout, boom).with_config(run_name="inner_pipe")
    program = pipe(exclaim, parallel(good=shout, bad=with_timeout(inner, 60.0))).with_config(run_name="outer_pipe")
    with pytest.raises(Boom) as caught:
        way(program, "a")
    note = the_note(caught.value)
    places = [note.index(part) for part in ("outer_pipe", "bad", "inner_pipe", "boom")]
    assert places == sorted(places)


@every_way
def test_the_note_names_the_step_inside_every_combinator(way: Way) -> None:
    programs: list[Runnable[str, object]] = [
        parallel(shout, boom),
        parallel(a=boom),
        branch((bool, boom), default=shout),
        branch((wrong(boom), shout), default=shout),
        with_retry(boom, delays=[]),
        with_fallbacks(boom, shout, on=(KeyError,)),
        with_timeout(boom, 60.0),
        attempt(boom, on=(KeyError,)),
        pipe(list, map_batch(boom)),
        pipe(parallel(a=shout), wrong(assign(b=boom))),
        lift(boom).with_config(tags=["t"]),
        lift(boom).with_types(input=str),
    ]
    for program in programs:
        with pytest.raises(Boom) as caught:
            way(program, "a")
        assert "boom" in the_note(caught.value)


@every_way
def test_an_error_in_the_middle_of_a_stream_carries_its_note(way: Way) -> None:
    def breaks(_: str) -> Iterator[str]:
        yield "a"
        raise Boom("late")

    with pytest.raises(Boom, match="late") as caught:
        way(pipe(shout, lift_stream(breaks), exclaim), "a")
    assert "breaks" in the_note(caught.value)


@both
def test_the_note_appears_once_however_often_the_same_exception_is_raised_again(mode: Mode) -> None:
    error = Boom("the same one")

    def again(_: str) -> str:
        raise error

    program = with_retry(pipe(shout, again), delays=[0, 0])
    for _ in range(3):
        with pytest.raises(Boom) as caught:
            mode.invoke(pipe(exclaim, program), "a")
        assert caught.value is error
        assert len(notes(error)) == 1


@both
def test_the_note_appears_once_though_the_error_passes_through_runs_inside_runs(mode: Mode) -> None:
    inner = pipe(shout, boom)

    def middle(text: str) -> str:
        return inner(text)

    def outer(text: str) -> str:
        return pipe(middle, exclaim).invoke(text)

    with pytest.raises(Boom) as caught:
        mode.invoke(pipe(exclaim, outer), "a")
    assert "boom" in the_note(caught.value)


@both
def test_errors_returned_by_batch_carry_the_note_once(mode: Mode) -> None:
    outcomes = mode.outcomes(pipe(shout, boom), ["a", "b"])
    assert len(outcomes) == 2
    for outcome in outcomes:
        assert isinstance(outcome, Boom)
        assert "boom" in the_note(outcome)


@both
def test_errors_wrapped_by_attempt_carry_the_note_once(mode: Mode) -> None:
    failed = mode.invoke(pipe(exclaim, attempt(pipe(shout, boom))), "a")
    assert isinstance(failed, Failure)
    error = failed.failure()
    assert isinstance(error, Boom)
    assert "boom" in the_note(error)


@both
def test_notes_of_the_users_own_are_kept(mode: Mode) -> None:
    def noted(_: str) -> str:
        error = Boom("noted")
        error.add_note("my own note")
        raise error

    with pytest.raises(Boom) as caught:
        mode.invoke(pipe(shout, noted), "a")
    assert notes(caught.value)[0] == "my own note"
    assert len(notes(caught.value)) == 2


@both
def test_an_error_raised_from_another_keeps_its_cause(mode: Mode) -> None:
    def chained(_: str) -> str:
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise Boom("outer") from error

    with pytest.raises(Boom) as caught:
        mode.invoke(pipe(shout, chained), "a")
    assert isinstance(caught.value.__cause__, KeyError)
