"""Section 3: with_types and with_validation."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from runlaw import Runnable, lift, pipe, with_types, with_validation

from .modes import Mode, both
from .support import Boom, Way, boom, every_way, exclaim, notes, shout, wrong


@both
def test_with_validation_checks_values_at_the_boundary(mode: Mode) -> None:
    def double(number: int) -> int:
        return number * 2

    checked = with_validation(double)
    assert mode.invoke(checked, 2) == 4
    assert mode.invoke(wrong(checked), "2") == 4
    with pytest.raises(ValidationError):
        mode.invoke(wrong(checked), "two")
    with pytest.raises(ValidationError):
        mode.invoke(wrong(with_validation(double, strict=True)), "2")


@both
def test_with_validation_checks_the_output_too(mode: Mode) -> None:
    def lies(number: int) -> int:
        lie: int = wrong("no number")
        return lie

    with pytest.raises(ValidationError):
        mode.invoke(with_validation(lies), 1)


def test_with_types_says_the_types_of_a_program() -> None:
    program = with_types(wrong(lambda text: text), input=str, output=str)
    assert program.input_type is str
    assert program.output_type is str
    with pytest.raises(TypeError, match="str"):
        pipe(program, wrong(abs_of_int))


def abs_of_int(number: int) -> int:
    return abs(number)


@every_way
def test_with_types_takes_types_and_adapters_and_changes_no_value(way: Way) -> None:
    assert way(with_types(shout, input=str, output=str), "a") == "A"
    assert way(with_types(shout, input=TypeAdapter(str), output=TypeAdapter(str)), "a") == "A"
    unchecked: Runnable[object, object] = wrong(with_types(wrong(lambda value: value), input=int, output=int))
    assert way(unchecked, "no number") == "no number"


@every_way
def test_with_validation_holds_in_every_way_of_running(way: Way) -> None:
    def double(number: int) -> int:
        return number * 2

    assert way(with_validation(double), 2) == 4
    with pytest.raises(ValidationError):
        way(wrong(with_validation(double)), "two")


@both
def test_a_failed_validation_carries_the_path_of_the_step_as_a_note(mode: Mode) -> None:
    def double(number: int) -> int:
        return number * 2

    program: Runnable[str, int] = pipe(wrong(lambda text: text), with_validation(double))
    with pytest.raises(ValidationError) as caught:
        mode.invoke(program, "a")
    assert len(notes(caught.value)) == 1
    assert "double" in notes(caught.value)[0]


@both
def test_with_validation_checks_against_the_types_said_by_with_types(mode: Mode) -> None:
    program = with_validation(with_types(wrong(lambda value: value), input=TypeAdapter(list[int]), output=list))
    assert mode.invoke(program, [1]) == [1]
    with pytest.raises(ValidationError):
        mode.invoke(wrong(program), ["x"])


@both
def test_with_validation_does_not_hide_the_errors_of_the_program(mode: Mode) -> None:
    with pytest.raises(Boom):
        mode.invoke(with_validation(boom), "a")


def test_options_of_with_types_and_with_validation_are_refused_when_built() -> None:
    with pytest.raises(TypeError):
        with_types(shout, input=wrong(3))
    with pytest.raises(TypeError, match="strict"):
        with_validation(shout, strict=wrong("yes"))


def test_an_unfitting_step_is_refused_by_the_types_that_were_said() -> None:
    said = with_types(wrong(lambda text: text), input=str, output=int)
    assert pipe(exclaim, said).output_type is int
    with pytest.raises(TypeError):
        pipe(said, wrong(lift(shout)))
