"""Section 3: attempt, assign and pick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from returns.result import Failure, Result, Success

from runlaw import Runnable, assign, attempt, lift, map_batch, pick, pipe

from .modes import Mode, both
from .support import Boom, Calls, OtherBoom, Way, aboom, ashout, boom, every_way, exclaim, notes, shout, wrong


@every_way
def test_attempt_gives_success_or_failure(way: Way) -> None:
    assert way(attempt(shout), "a") == Success("A")
    failed = way(attempt(boom), "a")
    assert isinstance(failed, Failure)
    assert isinstance(failed.failure(), Boom)
    assert str(failed.failure()) == "no a"


@every_way
def test_attempt_catches_only_what_it_is_told_to(way: Way) -> None:
    caught = way(attempt(boom, on=(OtherBoom, Boom)), "a")
    assert isinstance(caught, Failure)
    with pytest.raises(Boom):
        way(attempt(boom, on=(OtherBoom,)), "a")


@every_way
def test_attempt_holds_for_async_leaves_and_whole_pipes(way: Way) -> None:
    def describe(result: Result[str, Exception]) -> str:
        return result.value_or("failed")

    assert way(pipe(attempt(pipe(lift(ashout), lift(aboom), exclaim)), describe), "a") == "failed"
    assert way(pipe(attempt(pipe(lift(ashout), exclaim)), describe), "a") == "A!"


@both
def test_the_error_in_a_failure_carries_its_note(mode: Mode) -> None:
    failed = mode.invoke(attempt(pipe(shout, boom)), "a")
    assert isinstance(failed, Failure)
    error = failed.failure()
    assert isinstance(error, Boom)
    assert len(notes(error)) == 1
    assert "boom" in notes(error)[0]


@pytest.mark.parametrize("on", [("Boom",), (3,), "Boom", (KeyboardInterrupt,), (BaseException,)], ids=str)
def test_what_is_no_exception_class_is_refused_by_attempt_when_built(on: object) -> None:
    with pytest.raises(TypeError, match="on"):
        attempt(shout, on=wrong(on))


def test_a_step_after_a_failing_one_is_not_run() -> None:
    calls = Calls()
    with pytest.raises(Boom):
        pipe(boom, calls).invoke("a")
    assert calls.values == []


# records


def size(record: Mapping[str, object]) -> int:
    return len(record)


def record(text: str) -> dict[str, object]:
    return {"text": text, "more": 1}


@every_way
def test_assign_adds_keys_computed_from_the_record(way: Way) -> None:
    program: Runnable[str, Mapping[str, object]] = pipe(record, wrong(assign(size=size, again=size)))
    assert dict(way(program, "a")) == {"text": "a", "more": 1, "size": 2, "again": 2}


@every_way
def test_assign_replaces_a_key_that_is_there(way: Way) -> None:
    program: Runnable[str, Mapping[str, object]] = pipe(record, wrong(assign(more=size)))
    assert dict(way(program, "a")) == {"text": "a", "more": 2}


@both
def test_assign_does_not_change_the_record_it_is_given(mode: Mode) -> None:
    given: dict[str, object] = {"text": "a"}
    assert dict(mode.invoke(assign(size=size), given)) == {"text": "a", "size": 1}
    assert given == {"text": "a"}


@every_way
def test_pick_of_one_key_gives_its_value(way: Way) -> None:
    program: Runnable[str, object] = pipe(record, wrong(pick("text")))
    assert way(program, "a") == "a"


@every_way
def test_pick_of_several_keys_gives_a_record_of_them(way: Way) -> None:
    program: Runnable[str, Mapping[str, object]] = pipe(record, wrong(pick("more", "text")))
    assert dict(way(program, "a")) == {"more": 1, "text": "a"}


@every_way
def test_a_missing_key_is_a_key_error_that_names_it(way: Way) -> None:
    program: Runnable[str, object] = pipe(record, wrong(pick("absent")))
    with pytest.raises(KeyError, match="absent"):
        way(program, "a")
    several: Runnable[str, object] = pipe(record, wrong(pick("text", "absent")))
    with pytest.raises(KeyError, match="absent"):
        way(several, "a")


@both
def test_records_in_which_are_no_mappings_are_type_errors(mode: Mode) -> None:
    for program in (assign(size=size), pick("text"), pick("a", "b")):
        with pytest.raises(TypeError):
            mode.invoke(wrong(program), 3)


def test_assign_and_pick_of_nothing_are_refused_when_built() -> None:
    with pytest.raises((TypeError, ValueError)):
        wrong(assign)()
    with pytest.raises((TypeError, ValueError)):
        wrong(pick)()
    with pytest.raises(TypeError):
        pick(wrong(3))


def test_a_sequence_of_records_is_no_record() -> None:
    rows: Sequence[Mapping[str, object]] = [{"a": 1}]
    assert map_batch(pick("a")).invoke(rows) == [1]
