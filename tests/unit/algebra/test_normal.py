"""What programs are built as, and what is refused when they are built."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, NamedTuple

import pytest

from runlaw import (
    assign,
    attempt,
    branch,
    exponential,
    fixed,
    identity,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_batch,
    map_chunks,
    parallel,
    pick,
    pipe,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
)
from runlaw.algebra.leaf import to_node
from runlaw.algebra.policies import Exponential, check_attempts
from runlaw.algebra.signatures import signature
from runlaw.kernel.nodes import Fn, Options


def step(text: str) -> str:
    return text


def ok(text: str) -> bool:
    return True


async def astep(text: str) -> str:
    return text


def marked(text: Annotated[str, []]) -> str:
    return text


def abs_(number: int) -> int:
    return number


def test_pipes_are_flat_and_identity_is_nothing_in_them() -> None:
    assert pipe(step, pipe(step, step), identity) == pipe(step, step, step)
    assert pipe(identity, identity) == identity
    assert pipe(identity, step) == lift(step)
    assert pipe(step) == lift(step)


class Traced(Fn):
    """A kind of leaf of somebody's own."""


def test_steps_may_be_nodes() -> None:
    node = lift(step).node
    assert to_node(node, "it") is node
    assert to_node(lift(step), "it") == node
    assert to_node({"a": step}, "it") == parallel(a=step).node


def test_a_kind_of_leaf_of_ones_own_has_the_types_of_its_function() -> None:
    assert signature(Traced(step, Options("step"), False)) == (str, str)


def test_what_says_nothing_is_nothing() -> None:
    assert with_config(step) == lift(step)
    assert with_config(with_config(step, tags=["a"]), tags=["b"]) == with_config(step, tags=["a", "b"])
    assert with_types(with_types(step, input=str), output=str) == with_types(step, input=str, output=str)
    assert with_types(with_types(step, output=object), output=str) == with_types(step, output=str)


class Refused(NamedTuple):
    """A call that is refused: of what, with what, and how the error begins."""

    build: Callable[..., object]
    given: tuple[object, ...]
    named: dict[str, object]
    error: type[Exception]
    message: str


REFUSED: dict[str, Refused] = {
    "pick: no key": Refused(pick, (), {}, TypeError, r"pick\(\)"),
    "pick: no text": Refused(pick, ("a", None), {}, TypeError, r"pick\(\) takes keys of type str; got None$"),
    "pick: twice": Refused(pick, ("a", "a"), {}, ValueError, r"pick\(\) was given the same key twice: 'a', 'a'$"),
    "fallbacks": Refused(with_fallbacks, (step,), {}, TypeError, r"with_fallbacks\(\) needs at least one fallback"),
    "timeout: 0": Refused(with_timeout, (step, 0), {}, ValueError, "with_timeout: seconds must be more than 0; got 0$"),
    "timeout: less": Refused(with_timeout, (step, -1), {}, ValueError, "with_timeout: seconds must .*-1"),
    "timeout: text": Refused(with_timeout, (step, "1"), {}, TypeError, "with_timeout: seconds must .*'1'"),
    "types": Refused(with_types, (step,), {}, TypeError, r"with_types\(\) needs input=, output= or both: a type or a"),
    "listeners": Refused(
        with_listeners, (step,), {"on_end": 3}, TypeError, "with_listeners: on_end must be a callable"
    ),
    "map_batch": Refused(
        map_batch, (step,), {"max_concurrency": 0}, ValueError, ".*max_concurrency must be at least 1; got 0"
    ),
    "a type of errors": Refused(attempt, (step,), {"on": (int,)}, TypeError, "attempt: .*int"),
    "attempts": Refused(fixed, (1,), {"attempts": 0}, ValueError, "fixed: attempts must be at least 1; got 0$"),
    "attempts: truth": Refused(
        fixed, (1,), {"attempts": True}, TypeError, "fixed: attempts must be an int or None; got True$"
    ),
    "jitter": Refused(exponential, (), {"jitter": 1}, TypeError, "exponential: jitter must be a bool; got 1$"),
    "assign: no record": Refused(
        assign, (), {"n": step}, TypeError, r"assign\(\) gives the record that comes in to all, but n \(step\) expected"
    ),
    "branch: gives nothing": Refused(branch, ((print, step),), {"default": step}, TypeError, ".*print"),
    "parallel: no common input": Refused(parallel, (step, abs_), {}, TypeError, ".*(str.*int|int.*str)"),
    "parallel: unhashable": Refused(parallel, (marked, abs_), {}, TypeError, ".*(str.*int|int.*str)"),
    "lift: a program": Refused(
        lift, (lift(step),), {}, TypeError, r"lift takes a function; got a Runnable, lift\(step\), which"
    ),
    "lift: no function": Refused(lift, (3,), {}, TypeError, "lift takes a function; got 3$"),
    "pipe: no step": Refused(
        pipe, (step, 3), {}, TypeError, "step 2 .*must be a Runnable, a function or a dict of them; got 3$"
    ),
    "pipe: a coroutine function": Refused(
        pipe, (step, astep), {}, TypeError, r"step 2 .*astep, is a coroutine function: write lift\(astep\)$"
    ),
    "retry: delays": Refused(with_retry, (step,), {"delays": [-1]}, ValueError, r"with_retry: delays\[0\] .*-1"),
    "retry: read once": Refused(with_retry, (step,), {"delays": iter([1])}, TypeError, "with_retry: delays must be an"),
    "retry: no delays": Refused(with_retry, (step,), {"delays": 1}, TypeError, "with_retry: delays must be an it.*1$"),
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=list(REFUSED))
def test_what_is_refused(refused: Refused) -> None:
    with pytest.raises(refused.error, match=f"^{refused.message}"):
        refused.build(*refused.given, **refused.named)


def two(one: str, other: str) -> Iterator[str]:
    yield from (one, other)


@pytest.mark.parametrize("by", [lift, lift_stream, lift_transform, lift_batch, map_chunks])
def test_functions_of_several_arguments_are_refused(by: Callable[..., object]) -> None:
    name = getattr(by, "__name__", "")
    with pytest.raises(
        TypeError, match=rf"^{name} takes a function of one argument, but two\(\) needs 2 \(one, other\)"
    ):
        by(two)
    with pytest.raises(TypeError, match=rf"^{name} takes a function of one argument, but <lambda>\(\) takes none"):
        by(lambda: iter(""))


@pytest.mark.parametrize("by", [with_retry, with_fallbacks, attempt])
def test_errors_are_given_as_a_tuple_of_types(by: Callable[..., object]) -> None:
    name = getattr(by, "__name__", "")
    given = (step, step) if name == "with_fallbacks" else (step,)
    for on in ((), [ValueError], 3, None, "ValueError"):
        with pytest.raises(
            TypeError, match=rf"^{name}: on must be a tuple of exception types, such as \(ValueError,\);"
        ):
            by(*given, on=on)
    for wrong in ((ValueError, int), (BaseException,), (ValueError("no"),)):
        with pytest.raises(TypeError, match=f"^{name}: "):
            by(*given, on=wrong)


def test_numbers_of_tries() -> None:
    assert check_attempts("it", None) is None
    assert check_attempts("it", 1) == 1
    assert list(fixed(0.5, attempts=3)) == [0.5, 0.5]
    assert list(fixed(0.5, attempts=1)) == []
    assert list(exponential(1, factor=3, maximum=5, jitter=False, attempts=4)) == [1, 3, 5]
    assert list(exponential(9, maximum=5, jitter=False, attempts=2)) == [5]


def test_delays_with_jitter_are_between_the_half_and_the_whole() -> None:
    delays = [next(iter(exponential(2, jitter=True))) for _ in range(200)]
    assert all(1 <= delay <= 2 for delay in delays)
    assert max(delays) - min(delays) > 0.5


def test_delays_are_values() -> None:
    parts = (0.1, 2.0, 10.0, True, 3)
    one = Exponential(*parts)
    assert one == Exponential(*parts)
    assert hash(one) == hash(Exponential(*parts))
    changed = [
        Exponential(0.2, 2.0, 10.0, True, 3),
        Exponential(0.1, 3.0, 10.0, True, 3),
        Exponential(0.1, 2.0, 9.0, True, 3),
        Exponential(0.1, 2.0, 10.0, False, 3),
        Exponential(0.1, 2.0, 10.0, True, None),
    ]
    assert one not in changed
    assert len({one, *changed}) == 6
    assert fixed(1, attempts=2) == fixed(1, attempts=2)
    assert len({fixed(1, attempts=2), fixed(1, attempts=2), fixed(2, attempts=2), fixed(1, attempts=3)}) == 3
    assert fixed(1) != exponential(1)
    assert exponential(1) != 1
