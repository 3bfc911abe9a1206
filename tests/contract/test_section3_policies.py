"""Sections 3 and 9: retry and fallbacks, and their fine print."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import islice
from time import monotonic

import pytest

from runlaw import (
    exponential,
    fixed,
    lift,
    pipe,
    with_fallbacks,
    with_retry,
)

from .modes import Mode, both
from .support import (
    Boom,
    Calls,
    Flaky,
    OtherBoom,
    Way,
    aboom,
    ashout,
    boom,
    every_way,
    exclaim,
    notes,
    shout,
    wrong,
)

# with_retry


@both
def test_retry_tries_again_after_each_delay(mode: Mode) -> None:
    flaky = Flaky(2)
    assert mode.invoke(with_retry(flaky, delays=[0, 0, 0]), "a") == "A"
    assert flaky.tries == 3


@both
def test_retry_gives_up_when_the_delays_are_used_up(mode: Mode) -> None:
    flaky = Flaky(9)
    with pytest.raises(Boom, match="try 3"):
        mode.invoke(with_retry(flaky, delays=[0, 0]), "a")
    assert flaky.tries == 3


@both
def test_retry_without_delays_tries_once(mode: Mode) -> None:
    flaky = Flaky(1)
    with pytest.raises(Boom):
        mode.invoke(with_retry(flaky, delays=[]), "a")
    assert flaky.tries == 1


@both
def test_retry_uses_the_whole_schedule_in_every_run(mode: Mode) -> None:
    program_of = with_retry
    for _ in range(3):
        flaky = Flaky(2)
        program = program_of(flaky, delays=[0, 0])
        assert mode.invoke(program, "a") == "A"
        flaky.tries = 0
        assert mode.invoke(program, "b") == "B"


@both
def test_retry_catches_only_what_it_is_told_to(mode: Mode) -> None:
    flaky = Flaky(1)
    with pytest.raises(Boom):
        mode.invoke(with_retry(flaky, on=(OtherBoom,), delays=[0, 0]), "a")
    assert flaky.tries == 1
    other = Flaky(1)
    assert mode.invoke(with_retry(other, on=(OtherBoom, Boom), delays=[0, 0]), "a") == "A"


@every_way
def test_retry_of_what_does_not_fail_is_that(way: Way) -> None:
    assert way(with_retry(pipe(shout, lift(ashout)), delays=[0]), "a") == "A"


@every_way
def test_retry_holds_in_every_way_of_running(way: Way) -> None:
    def fresh() -> Callable[[str], str]:
        failed: set[int] = set()
        lock = threading.Lock()

        def work(text: str) -> str:
            with lock:
                first = len(failed) < 2
                failed.add(len(failed))
            if first:
                raise Boom("early")
            return text.upper()

        return work

    assert way(with_retry(fresh(), delays=[0, 0, 0]), "a") == "A"


@both
def test_delays_are_seconds(mode: Mode) -> None:
    begun = monotonic()
    assert mode.invoke(with_retry(Flaky(2), delays=[0.05, 0.1]), "a") == "A"
    assert 0.15 <= monotonic() - begun < 5


@both
def test_an_endless_schedule_goes_on_until_it_succeeds(mode: Mode) -> None:
    flaky = Flaky(50)
    assert mode.invoke(with_retry(flaky, delays=fixed(0)), "a") == "A"
    assert flaky.tries == 51


def test_an_iterator_of_delays_is_refused_when_built() -> None:
    for delays in (iter([0.0]), (delay for delay in [0.0])):
        with pytest.raises((TypeError, ValueError), match="delays"):
            with_retry(shout, delays=delays)


@pytest.mark.parametrize("delays", [[-1.0], [0.0, -0.1], [float("nan")], ["1"], 3, "12"], ids=str)
def test_delays_that_are_no_seconds_are_refused_when_built(delays: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        with_retry(shout, delays=wrong(delays))


def test_a_schedule_of_ones_own_is_any_iterable() -> None:
    class Twice:
        def __iter__(self) -> Iterator[float]:
            yield 0.0
            yield 0.0

    assert with_retry(Flaky(2), delays=Twice()).invoke("a") == "A"


def test_changing_the_given_delays_later_does_not_change_the_program() -> None:
    delays = [0.0]
    flaky = Flaky(2)
    program = with_retry(flaky, delays=delays)
    delays.append(0.0)
    with pytest.raises(Boom):
        program.invoke("a")


def test_the_default_schedule_of_retry_is_exponential() -> None:
    assert with_retry(shout) == with_retry(shout, delays=exponential())
    assert exponential() == exponential(initial=0.1, factor=2.0, maximum=10.0, jitter=True, attempts=3)


def test_exponential_makes_one_delay_less_than_attempts() -> None:
    assert list(exponential(jitter=False)) == pytest.approx([0.1, 0.2])
    assert list(exponential(jitter=False, attempts=1)) == []
    assert len(list(exponential(attempts=6))) == 5


def test_exponential_delays_grow_by_the_factor_up_to_the_maximum() -> None:
    delays = exponential(initial=1.0, factor=10.0, maximum=50.0, jitter=False, attempts=5)
    assert list(delays) == pytest.approx([1.0, 10.0, 50.0, 50.0])
    assert list(delays) == list(delays)


def test_exponential_with_jitter_stays_between_zero_and_the_maximum() -> None:
    for _ in range(50):
        assert all(0 <= delay <= 2.0 for delay in exponential(initial=1.0, maximum=2.0, attempts=6))


def test_exponential_does_not_overflow() -> None:
    assert list(exponential(maximum=1.0, jitter=False, attempts=3000))[-1] == 1.0


def test_fixed_gives_the_same_delay_for_as_many_attempts_as_told() -> None:
    assert list(fixed(0.5, attempts=3)) == [0.5, 0.5]
    assert list(fixed(0.5, attempts=1)) == []
    assert list(islice(fixed(0.5), 1000)) == [0.5] * 1000


def test_schedules_are_values() -> None:
    assert fixed(0.5, attempts=3) == fixed(0.5, attempts=3)
    assert hash(exponential(attempts=4)) == hash(exponential(attempts=4))
    assert fixed(0.5) != fixed(0.6)


def test_bad_schedules_are_refused_when_built() -> None:
    for build in (
        lambda: exponential(initial=-1.0),
        lambda: exponential(factor=-1.0),
        lambda: exponential(maximum=-1.0),
        lambda: exponential(attempts=0),
        lambda: exponential(attempts=-1),
        lambda: fixed(-0.5),
        lambda: fixed(0.5, attempts=0),
    ):
        with pytest.raises(ValueError):
            build()


@pytest.mark.parametrize("on", [("Boom",), (3,), "Boom", (KeyboardInterrupt,), (BaseException,)], ids=str)
def test_what_is_no_exception_class_is_refused_by_policies_when_built(on: object) -> None:
    with pytest.raises(TypeError, match="on"):
        with_retry(shout, on=wrong(on))
    with pytest.raises(TypeError, match="on"):
        with_fallbacks(shout, exclaim, on=wrong(on))


# with_fallbacks


@every_way
def test_fallbacks_give_the_first_that_succeeds(way: Way) -> None:
    assert way(with_fallbacks(boom, lift(aboom), lift(ashout), exclaim), "a") == "A"
    assert way(with_fallbacks(exclaim, boom), "a") == "a!"


@both
def test_fallbacks_after_the_first_that_succeeds_are_not_run(mode: Mode) -> None:
    calls = Calls()
    assert mode.invoke(with_fallbacks(boom, shout, calls), "a") == "A"
    assert calls.values == []


@both
def test_every_fallback_gets_the_same_input(mode: Mode) -> None:
    calls = Calls()
    assert mode.invoke(with_fallbacks(pipe(shout, boom), calls), "a") == "A"
    assert calls.values == ["a"]


@every_way
def test_when_all_fallbacks_fail_the_first_error_is_raised_and_notes_name_the_others(way: Way) -> None:
    def second(_: str) -> str:
        raise OtherBoom("the second")

    def third(_: str) -> str:
        raise ValueError("the third")

    with pytest.raises(Boom, match="no a") as caught:
        way(with_fallbacks(boom, second, third), "a")
    text = "\n".join(notes(caught.value))
    assert "OtherBoom" in text
    assert "ValueError" in text


@both
def test_fallbacks_catch_only_what_they_are_told_to(mode: Mode) -> None:
    calls = Calls()
    with pytest.raises(Boom):
        mode.invoke(with_fallbacks(boom, calls, on=(OtherBoom,)), "a")
    assert calls.values == []


@both
def test_an_error_not_told_of_ends_the_search_also_in_a_fallback(mode: Mode) -> None:
    def other(_: str) -> str:
        raise OtherBoom("other")

    calls = Calls()
    with pytest.raises(OtherBoom):
        mode.invoke(with_fallbacks(boom, other, calls, on=(Boom,)), "a")
    assert calls.values == []


def test_delays_that_never_end_are_refused_when_built() -> None:
    forever = float("inf")
    for build in (
        lambda: with_retry(len, delays=[forever]),
        lambda: fixed(forever),
        lambda: exponential(initial=forever),
        lambda: exponential(factor=forever),
        lambda: exponential(maximum=forever, attempts=2000),
    ):
        with pytest.raises(ValueError, match="finite"):
            build()
