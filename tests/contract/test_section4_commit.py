"""Sections 4 and 9: retry and fallbacks in a stream act until the first chunk has left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count, islice

import pytest

from runlaw import Runnable, lift_stream, lift_transform, map_chunks, pipe, with_fallbacks, with_retry

from .modes import Mode, both, leaves
from .support import Boom, Calls, OtherBoom, Source, boom, exclaim, letters, shout


class Breaks:
    """A stream of three chunks that fails before chunk ``at`` in each of its first ``failures`` tries."""

    def __init__(self, at: int, failures: int) -> None:
        self.at = at
        self.failures = failures
        self.tries = 0

    def generate(self, _: str) -> Iterator[str]:
        self.tries += 1
        broken = self.tries <= self.failures
        for number, letter in enumerate("abc"):
            if broken and number == self.at:
                raise Boom(f"try {self.tries}")
            yield letter

    async def agenerate(self, text: str) -> AsyncIterator[str]:
        for letter in self.generate(text):
            await asyncio.sleep(0)
            yield letter


class Reads:
    """A transform that reads ``before`` chunks and then fails, in each of its first ``failures`` tries."""

    def __init__(self, before: int, failures: int) -> None:
        self.before = before
        self.failures = failures
        self.seen: list[list[str]] = []

    def through(self, chunks: Iterator[str]) -> Iterator[str]:
        seen: list[str] = []
        self.seen.append(seen)
        if len(self.seen) <= self.failures:
            seen.extend(islice(chunks, self.before))
            raise Boom(f"try {len(self.seen)}")
        for chunk in chunks:
            seen.append(chunk)
            yield chunk.upper()


LEAVES: dict[str, Callable[[Breaks], Runnable[str, str]]] = {
    "sync leaf": lambda breaks: lift_stream(breaks.generate),
    "async leaf": lambda breaks: lift_stream(breaks.agenerate),
}
breaking = pytest.mark.parametrize("leaf", list(LEAVES.values()), ids=list(LEAVES))


@both
@breaking
def test_retry_acts_until_the_first_chunk_has_left(mode: Mode, leaf: Callable[[Breaks], Runnable[str, str]]) -> None:
    breaks = Breaks(at=0, failures=2)
    assert mode.stream(with_retry(leaf(breaks), delays=[0, 0]), "") == ["a", "b", "c"]
    assert breaks.tries == 3


@both
@breaking
def test_after_the_first_chunk_retry_raises_and_sends_no_text_twice(
    mode: Mode, leaf: Callable[[Breaks], Runnable[str, str]]
) -> None:
    breaks = Breaks(at=1, failures=1)
    told, error = mode.until_error(with_retry(leaf(breaks), delays=[0, 0]), [""])
    assert told == ["a"]
    assert isinstance(error, Boom)
    assert breaks.tries == 1


@both
@breaking
def test_fallbacks_act_until_the_first_chunk_has_left(mode: Mode, leaf: Callable[[Breaks], Runnable[str, str]]) -> None:
    assert mode.stream(with_fallbacks(leaf(Breaks(at=0, failures=1)), exclaim), "x") == ["x!"]
    assert mode.stream(with_fallbacks(leaf(Breaks(at=0, failures=1)), lift_stream(letters)), "xy") == ["x", "y"]


@both
@breaking
def test_after_the_first_chunk_fallbacks_raise_and_send_no_text_twice(
    mode: Mode, leaf: Callable[[Breaks], Runnable[str, str]]
) -> None:
    calls = Calls()
    told, error = mode.until_error(with_fallbacks(leaf(Breaks(at=2, failures=1)), calls), [""])
    assert told == ["a", "b"]
    assert isinstance(error, Boom)
    assert calls.values == []


@both
@breaking
def test_invoke_collects_so_it_may_retry_a_stream_that_broke_off(
    mode: Mode, leaf: Callable[[Breaks], Runnable[str, str]]
) -> None:
    breaks = Breaks(at=2, failures=2)
    assert mode.invoke(with_retry(leaf(breaks), delays=[0, 0]), "") == "abc"
    assert breaks.tries == 3
    assert mode.invoke(with_fallbacks(leaf(Breaks(at=2, failures=1)), exclaim), "x") == "x!"


@both
def test_an_empty_first_chunk_is_a_chunk(mode: Mode) -> None:
    def empty_then_break(_: str) -> Iterator[str]:
        yield ""
        raise Boom("after an empty chunk")

    told, error = mode.until_error(with_retry(lift_stream(empty_then_break), delays=[0]), [""])
    assert told == [""]
    assert isinstance(error, Boom)


@both
def test_a_stream_that_breaks_before_its_first_chunk_in_every_try_raises_the_last_error(mode: Mode) -> None:
    told, error = mode.until_error(with_retry(lift_stream(Breaks(at=0, failures=9).generate), delays=[0, 0]), [""])
    assert told == []
    assert str(error) == "try 3"


@both
@leaves
def test_the_streams_of_failed_tries_are_closed(mode: Mode, kind: Mode) -> None:
    first, second = Source(error_at=0), Source(end=2)
    program = with_fallbacks(kind.source(first), kind.source(second))
    assert mode.stream(program, "") == ["0 ", "1 "]
    assert (first.opened, first.open) == (1, 0)
    assert (second.opened, second.open) == (1, 0)


# In the middle of a streaming pipe


@both
def test_what_a_retry_has_read_of_its_input_is_replayed_to_the_next_try(mode: Mode) -> None:
    reads = Reads(before=2, failures=2)
    program = pipe(map_chunks(exclaim), with_retry(lift_transform(reads.through), delays=[0, 0]), map_chunks(exclaim))
    assert mode.transform(program, ["a", "b", "c"]) == ["A!!", "B!!", "C!!"]
    assert reads.seen == [["a!", "b!"], ["a!", "b!"], ["a!", "b!", "c!"]]


@both
def test_what_a_fallback_has_read_of_its_input_is_replayed_to_the_next(mode: Mode) -> None:
    reads = Reads(before=2, failures=9)
    fallback = Reads(before=0, failures=0)
    program = pipe(map_chunks(exclaim), with_fallbacks(lift_transform(reads.through), lift_transform(fallback.through)))
    assert mode.transform(program, ["a", "b", "c"]) == ["A!", "B!", "C!"]
    assert reads.seen == [["a!", "b!"]]
    assert fallback.seen == [["a!", "b!", "c!"]]


@both
def test_a_replay_reads_the_source_once(mode: Mode) -> None:
    calls = Calls()
    reads = Reads(before=3, failures=2)
    program = pipe(map_chunks(calls), with_retry(lift_transform(reads.through), delays=[0, 0]))
    assert mode.transform(program, ["a", "b", "c"]) == ["A", "B", "C"]
    assert calls.values == ["a", "b", "c"]


@both
def test_a_replay_pulls_no_more_than_was_read(mode: Mode) -> None:
    pulled: list[int] = []

    def endless(_: str) -> Iterator[str]:
        for number in count():
            pulled.append(number)
            yield str(number)

    reads = Reads(before=2, failures=1)
    program = pipe(lift_stream(endless), with_retry(lift_transform(reads.through), delays=[0]))
    assert mode.take(program, "", 1) == ["0"]
    assert pulled in ([0, 1], [0])
    assert len(pulled) == 2


@both
def test_a_collecting_step_in_a_retry_gets_the_whole_input_in_each_try(mode: Mode) -> None:
    seen: list[str] = []

    def flaky(text: str) -> str:
        seen.append(text)
        if len(seen) < 3:
            raise Boom("early")
        return text.upper()

    program = pipe(lift_stream(letters), with_retry(flaky, delays=[0, 0]))
    assert mode.stream(program, "abc") == ["ABC"]
    assert seen == ["abc"] * 3


@both
def test_a_retry_in_a_pipe_does_not_catch_the_errors_of_steps_above_it(mode: Mode) -> None:
    source = Source(error_at=2)
    below = Reads(before=0, failures=0)
    program = pipe(lift_stream(source.generate), with_retry(lift_transform(below.through), delays=[0, 0]))
    told, error = mode.until_error(program, [""])
    assert told == ["0 ", "1 "]
    assert isinstance(error, Boom)
    assert len(below.seen) == 1
    assert source.opened == 1


@both
def test_a_retry_in_a_pipe_does_not_catch_an_error_above_it_before_its_first_chunk(mode: Mode) -> None:
    source = Source(error_at=0)
    below = Reads(before=0, failures=0)
    program = pipe(lift_stream(source.generate), with_retry(lift_transform(below.through), delays=[0, 0]))
    told, error = mode.until_error(program, [""])
    assert told == []
    assert isinstance(error, Boom)
    assert source.opened == 1
    assert len(below.seen) <= 1


@both
def test_a_fallback_in_a_pipe_does_not_catch_the_errors_of_steps_above_it(mode: Mode) -> None:
    calls = Calls()
    program = pipe(lift_stream(Source(error_at=0).generate), with_fallbacks(lift_transform(Reads(0, 0).through), calls))
    told, error = mode.until_error(program, [""])
    assert told == []
    assert isinstance(error, Boom)
    assert calls.values == []


@both
def test_an_error_above_a_collecting_fallback_is_not_caught_either(mode: Mode) -> None:
    calls = Calls()
    program = pipe(lift_stream(Source(error_at=1).generate), with_fallbacks(shout, calls))
    told, error = mode.until_error(program, [""])
    assert told == []
    assert isinstance(error, Boom)
    assert calls.values == []


@both
def test_fallbacks_in_fallbacks_and_retries_in_retries_replay(mode: Mode) -> None:
    inner, outer = Reads(before=1, failures=9), Reads(before=2, failures=1)
    program = pipe(
        map_chunks(exclaim),
        with_retry(
            with_fallbacks(
                with_retry(lift_transform(inner.through), delays=[0]),
                lift_transform(outer.through),
            ),
            delays=[0],
        ),
    )
    assert mode.transform(program, ["a", "b", "c"]) == ["A!", "B!", "C!"]
    assert len(inner.seen) == 4
    assert outer.seen == [["a!", "b!"], ["a!", "b!", "c!"]]


@both
def test_only_the_errors_told_of_are_retried_in_a_stream(mode: Mode) -> None:
    breaks = Breaks(at=0, failures=1)
    told, error = mode.until_error(with_retry(lift_stream(breaks.generate), on=(OtherBoom,), delays=[0]), [""])
    assert told == []
    assert isinstance(error, Boom)
    assert breaks.tries == 1


def throw_other() -> str:
    raise OtherBoom("second")


@both
def test_when_all_fallbacks_of_a_stream_fail_the_first_error_is_raised(mode: Mode) -> None:
    def other(_: str) -> Iterator[str]:
        yield throw_other()

    told, error = mode.until_error(with_fallbacks(boom, lift_stream(other)), ["x"])
    assert told == []
    assert isinstance(error, Boom)
    assert "OtherBoom" in "\n".join(error.__notes__)
