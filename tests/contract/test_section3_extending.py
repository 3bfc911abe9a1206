"""Section 3, extending: combinators and node kinds of one's own."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from runlaw import (
    Runnable,
    attempt,
    lift,
    lift_stream,
    lift_transform,
    map_batch,
    parallel,
    pipe,
    with_fallbacks,
    with_retry,
)
from runlaw.extend import Node

from .modes import Mode, both, leaves
from .support import (
    Boom,
    Flaky,
    Source,
    Stage,
    Way,
    boom,
    every_way,
    exclaim,
    letters,
    notes,
    shout,
    upper_chunks,
    within,
    wrong,
)


@dataclass(frozen=True)
class Twice(Node[str, str]):
    """Runs a program on its own output."""

    inner: Runnable[str, str]

    def lower(self) -> Runnable[str, str]:
        return pipe(self.inner, self.inner)


@dataclass
class Thawed(Node[str, str]):  # type: ignore[misc]  # not frozen, which is under test
    inner: Runnable[str, str]

    def lower(self) -> Runnable[str, str]:
        return self.inner


class Handmade(Node[str, str]):
    """No dataclass."""

    def __init__(self, inner: Runnable[str, str]) -> None:
        self.inner = inner

    def lower(self) -> Runnable[str, str]:
        return self.inner


@dataclass(frozen=True)
class Quietly(Node[str, str]):
    """A program whose failures are a given text."""

    inner: Runnable[str, str]
    otherwise: str = "?"

    def lower(self) -> Runnable[str, str]:
        return with_fallbacks(self.inner, constant(self.otherwise))


def constant(text: str) -> Callable[[str], str]:
    return Constant(text)


@dataclass(frozen=True)
class Constant:
    text: str

    def __call__(self, _: str) -> str:
        return self.text


@dataclass(frozen=True)
class Broken(Node[str, str]):
    """A kind whose meaning is no program."""

    def lower(self) -> Runnable[str, str]:
        nothing: Runnable[str, str] = wrong(3)
        return nothing


@dataclass(frozen=True)
class Itself(Node[str, str]):
    """A kind that never gets to a meaning."""

    depth: int = 0

    def lower(self) -> Runnable[str, str]:
        return program(Itself(self.depth + 1))


@dataclass(frozen=True)
class Counting(Node[str, str]):
    """A kind that counts how often it is asked for its meaning."""

    asked: list[int] = field(default_factory=list, compare=False)

    def lower(self) -> Runnable[str, str]:
        self.asked.append(1)
        return lift(shout)


def program(node: Node[str, str]) -> Runnable[str, str]:
    """A node is a Runnable."""
    return node


def loudly(step: Callable[[str], str], times: int) -> Runnable[str, str]:
    """A combinator of one's own: a function over those there are."""
    return pipe(step, *[exclaim] * times)


@every_way
def test_a_combinator_of_ones_own_is_a_function_over_these(way: Way) -> None:
    assert way(loudly(shout, 3), "a") == "A!!!"
    assert loudly(shout, 2) == pipe(shout, exclaim, exclaim)


@every_way
def test_every_way_of_running_works_on_a_node_kind_of_ones_own(way: Way) -> None:
    assert way(program(Twice(lift(exclaim))), "a") == "a!!"
    assert way(program(Quietly(lift(boom), "calm")), "a") == "calm"


@every_way
def test_a_node_kind_of_ones_own_stands_wherever_a_program_does(way: Way) -> None:
    twice = program(Twice(lift(exclaim)))
    assert way(pipe(shout, twice, exclaim), "a") == "A!!!"
    assert way(shout | twice | exclaim, "a") == "A!!!"
    assert way(parallel(twice, shout), "a") == ("a!!", "A")
    assert way(pipe(list, map_batch(twice)), "ab") == ["a!!", "b!!"]
    assert way(program(Twice(program(Twice(lift(exclaim))))), "a") == "a!!!!"


def test_a_node_kind_of_ones_own_is_an_immutable_value() -> None:
    node = Twice(lift(exclaim))
    assert node == Twice(lift(exclaim))
    assert node != Twice(lift(shout))
    assert program(node) == program(Twice(lift(exclaim)))
    assert hash(program(node)) == hash(program(Twice(lift(exclaim))))
    assert program(node) != pipe(exclaim, exclaim)
    assert pickle.loads(pickle.dumps(program(node))) == program(node)
    with pytest.raises(FrozenInstanceError):
        wrong(node).inner = lift(shout)


@pytest.mark.parametrize("kind", [Thawed, Handmade])
def test_a_node_kind_that_is_no_frozen_dataclass_is_refused_with_what_to_write(kind: type[Node[str, str]]) -> None:
    message = rf"^{kind.__name__} must be a frozen dataclass, .*: write @dataclass\(frozen=True\) above the class$"
    with pytest.raises(AttributeError, match=message):
        kind(lift(shout))


def test_running_a_node_kind_of_ones_own_changes_neither_its_equality_nor_its_pickle() -> None:
    used, fresh = program(Twice(lift(exclaim))), program(Twice(lift(exclaim)))
    assert used.invoke("a") == "a!!"
    assert used == fresh
    assert hash(used) == hash(fresh)
    assert pickle.loads(pickle.dumps(used)).invoke("b") == "b!!"


@both
def test_a_node_kind_of_ones_own_streams_as_what_it_means_does(mode: Mode) -> None:
    twice = program(Twice(lift_transform(upper_chunks)))
    assert mode.transform(twice, ["a", "b"]) == ["A", "B"]
    assert mode.stream(pipe(lift_stream(letters), twice), "abc") == ["A", "B", "C"]


@both
@leaves
def test_a_node_kind_of_ones_own_closes_as_what_it_means_does(mode: Mode, kind: Mode) -> None:
    source, stage = Source(), Stage()
    twice = program(Twice(kind.stage(stage)))
    assert within(lambda: mode.take(pipe(kind.source(source), twice), "", 2, source, stage)) == ["0 ", "1 "]
    assert source.pulled == 2


@both
def test_policies_hold_around_and_inside_a_node_kind_of_ones_own(mode: Mode) -> None:
    flaky = Flaky(2)
    assert mode.invoke(with_retry(program(Twice(lift(flaky))), delays=[0, 0]), "a") == "A"
    assert mode.invoke(program(Twice(with_retry(Flaky(2), delays=[0, 0]))), "a") == "A"
    assert mode.invoke(pipe(attempt(program(Twice(lift(boom)))), type_name), "a") == "Failure"


def type_name(value: object) -> str:
    return type(value).__name__


@every_way
def test_an_error_inside_a_node_kind_of_ones_own_carries_one_note(way: Way) -> None:
    with pytest.raises(Boom) as caught:
        way(pipe(shout, program(Twice(lift(boom)))), "a")
    assert len(notes(caught.value)) == 1
    assert "boom" in notes(caught.value)[0]


def test_a_node_kind_of_ones_own_has_the_types_of_what_it_means() -> None:
    twice = program(Twice(lift(exclaim)))
    assert twice.input_type is str
    assert twice.output_type is str


def test_steps_that_cannot_fit_are_refused_around_a_node_kind_of_ones_own() -> None:
    def number(value: int) -> int:
        return value

    with pytest.raises(TypeError, match="str"):
        pipe(program(Twice(lift(exclaim))), wrong(number))


@both
def test_a_meaning_is_asked_for_at_most_once_per_node(mode: Mode) -> None:
    node = Counting()
    made = program(node)
    for _ in range(3):
        assert mode.invoke(made, "a") == "A"
        assert mode.stream(made, "a") == ["A"]
    assert len(node.asked) <= 1


def test_a_meaning_that_is_no_program_is_a_type_error_that_names_the_kind() -> None:
    with pytest.raises(TypeError, match="Broken"):
        program(Broken()).invoke("a")


def test_a_kind_without_lower_is_refused_by_name() -> None:
    @dataclass(frozen=True)
    class Meaningless(Node[str, str]):
        inner: Runnable[str, str]

    with pytest.raises((TypeError, NotImplementedError), match="Meaningless"):
        program(wrong(Meaningless)(lift(shout))).invoke("a")


def test_a_kind_whose_meaning_is_itself_is_a_clear_error_and_no_crash() -> None:
    with pytest.raises((TypeError, ValueError, RuntimeError)) as caught:
        within(lambda: program(Itself()).invoke("a"))
    assert not isinstance(caught.value, RecursionError)
    assert "Itself" in str(caught.value)


@every_way
def test_node_kinds_of_ones_own_nest_a_hundred_deep(way: Way) -> None:
    made: Runnable[str, str] = lift(shout)
    for _ in range(100):
        made = program(Quietly(made))
    assert within(lambda: way(made, "a"), 60) == "A"


# The two worked examples: a cache and a circuit breaker


class Memory:
    """What a cache remembers: outside of the program, which stays a value."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}


@dataclass(frozen=True)
class Cached(Node[str, str]):
    """A program that is run once per input."""

    inner: Runnable[str, str]
    memory: Memory

    def lower(self) -> Runnable[str, str]:
        inner, answers = self.inner, self.memory.answers

        def remember(text: str) -> str:
            if text not in answers:
                answers[text] = inner(text)
            return answers[text]

        return lift(remember)


@both
def test_a_cache_can_be_written_as_a_node_kind(mode: Mode) -> None:
    runs: list[str] = []

    def slow(text: str) -> str:
        runs.append(text)
        return text.upper()

    cached = program(Cached(lift(slow), Memory()))
    assert [mode.invoke(cached, text) for text in ("a", "b", "a")] == ["A", "B", "A"]
    assert runs == ["a", "b"]


class Fuse:
    """The state of a circuit breaker."""

    def __init__(self, failures: int) -> None:
        self.left = failures


@dataclass(frozen=True)
class Breaker(Node[str, str]):
    """A program that is not tried any more after too many failures."""

    inner: Runnable[str, str]
    fuse: Fuse

    def lower(self) -> Runnable[str, str]:
        inner, fuse = self.inner, self.fuse

        def guarded(chunks: Iterator[str]) -> Iterator[str]:
            if fuse.left <= 0:
                raise ConnectionError("the circuit is open")
            try:
                yield from inner.transform(chunks)
            except Boom:
                fuse.left -= 1
                raise

        return lift_transform(guarded)


@both
def test_a_circuit_breaker_can_be_written_as_a_node_kind(mode: Mode) -> None:
    flaky = Flaky(99)
    breaker = program(Breaker(lift(flaky), Fuse(2)))
    for _ in range(2):
        with pytest.raises(Boom):
            mode.invoke(breaker, "a")
    with pytest.raises(ConnectionError):
        mode.invoke(breaker, "a")
    assert flaky.tries == 2
