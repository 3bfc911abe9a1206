"""What a function is annotated to take and give, against the part it is given to play."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn, TypedDict, TypeVar

import pytest

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    last,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    pipe,
    with_fallbacks,
    with_retry,
)

T = TypeVar("T")
Lift = Callable[..., Runnable[Any, Any]]  # Any: programs of all types


class Point(TypedDict):
    x: int


class Width(TypedDict):
    w: int


class Chunks:
    """May be iterated over."""

    def __iter__(self) -> Iterator[str]:
        return iter(["a"])


def show(x: int) -> str:
    return str(x)


def size(x: str) -> int:
    return len(x)


def point(x: int) -> Point:
    return {"x": x}


def width(record: Width) -> int:
    return record["w"]


def chars(x: str) -> Iterator[str]:
    yield from x


async def achars(x: str) -> AsyncIterator[str]:
    for char in x:
        yield char


def listed(x: str) -> list[str]:
    return [x]


def either(x: str) -> list[str] | None:
    return [x]


def whole(x: str) -> bytes:
    return x.encode()


def own(x: str) -> Chunks:
    return Chunks()


def anything(x: object) -> Any:
    return x


def unresolved(x: Missing) -> Missing:  # type: ignore[name-defined]  # noqa: F821  # it is not there on purpose
    return x


def keep(x: T) -> T:
    return x


def upper_all(chunks: Iterator[str]) -> Iterator[str]:
    return (chunk.upper() for chunk in chunks)


def upper_any(chunks: Iterable[str]) -> Generator[str, None, None]:
    yield from (chunk.upper() for chunk in chunks)


def upper_list(chunks: list[str]) -> list[str]:
    return [chunk.upper() for chunk in chunks]


def upper_several(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(value.upper() for value in values)


def upper_unique(values: set[str]) -> list[str]:
    return [value.upper() for value in values]


def count_all(values: Sequence[str]) -> int:
    return len(values)


async def later_sizes(values: Sequence[str]) -> list[int]:
    return [len(value) for value in values]


def nothing(x: int) -> None:
    """Says nothing."""


def never(x: int) -> NoReturn:
    raise ValueError(x)


ONE_VALUE = r"gives an iterator of chunks, but .*\(\) is annotated to give "
STREAMING: dict[Callable[..., object], dict[object, str]] = {
    lift_stream: {
        chars: "",
        achars: "",
        listed: "",
        either: "",
        own: "",
        anything: "",
        unresolved: "",
        keep: "",
        range: "",
        partial(chars): "",
        show: rf"^lift_stream takes a function that {ONE_VALUE}str: yield the chunks, or write lift\(show\) ",
        size: f"{ONE_VALUE}int: ",
        whole: f"{ONE_VALUE}bytes: ",
        nothing: f"{ONE_VALUE}None: ",
        str.upper: f"{ONE_VALUE}str: ",
        partial(size): f"{ONE_VALUE}int: ",
    },
    lift_transform: {
        upper_all: "",
        upper_any: "",
        anything: "",
        unresolved: "",
        keep: "",
        enumerate: "",
        show: r"a function of an iterator of chunks, but show\(\) is annotated to take int: write Iterator\[\.\.\.\] ",
        chars: r"but chars\(\) is annotated to take str: .* or lift_stream\(chars\) for one of the whole input",
        upper_list: r"annotated to take list\[str\]: ",
        count_all: r"annotated to take Sequence\[str\]: ",
    },
}
GROUPS = {
    upper_list: "",
    upper_several: "",
    upper_any: "",
    later_sizes: "",
    anything: "",
    unresolved: "",
    keep: "",
    sorted: "",
    show: r"^lift_batch takes a function of a sequence of values, but show\(\) is annotated to take int: write ",
    size: r"annotated to take str: .*, or lift\(size\) for one of a single value",
    upper_unique: r"annotated to take set\[str\]: ",
    count_all: r"gives a sequence of results, but count_all\(\) is annotated to give int: give a list, or write lift\(",
}


def try_to(build: Callable[[], object], message: str) -> None:
    if not message:
        build()
        return
    with pytest.raises(TypeError, match=message):
        build()


@pytest.mark.parametrize(
    ("lifter", "fn", "message"),
    [
        pytest.param(lifter, fn, message, id=f"{lifter.__name__}-{number}")
        for lifter, functions in STREAMING.items()
        for number, (fn, message) in enumerate(functions.items())
    ],
)
def test_a_streaming_leaf_takes_and_gives_chunks(lifter: Lift, fn: Any, message: str) -> None:
    try_to(lambda: lifter(fn, monoid=last), message)
    try_to(lambda: lifter(monoid=last)(fn), message)


@pytest.mark.parametrize(("fn", "message"), [pytest.param(*case, id=str(n)) for n, case in enumerate(GROUPS.items())])
def test_a_leaf_of_groups_takes_and_gives_groups(fn: Any, message: str) -> None:
    build: Lift = lift_batch
    try_to(lambda: build(fn), message)
    try_to(lambda: build(max_batch_size=2)(fn), message)


def test_an_accepted_leaf_runs() -> None:
    stream: Lift = lift_stream  # checkers want an iterator
    groups: Lift = lift_batch  # and a function of any sequence
    assert stream(own, monoid=last).invoke("x") == "a"
    assert stream(listed, monoid=last).invoke("x") == "x"
    assert groups(upper_list).batch(["a", "b"]) == ["A", "B"]


@pytest.mark.parametrize("step", [size, lift(size), pipe(size, show), partial(size), str.upper, show])
def test_a_step_of_assign_takes_a_record(step: Any) -> None:
    with pytest.raises(TypeError, match=r"^assign\(\) gives the record .*, but a \(.*\) expected "):
        assign(a=step)


def test_the_message_of_assign_names_the_step_and_both_types() -> None:
    with pytest.raises(TypeError) as caught:
        assign(a=size)  # type: ignore[type-var]  # it is wrong on purpose
    assert str(caught.value) == (
        "assign() gives the record that comes in to all, but a (size) expected str, got Mapping[str, object]; "
        "let it take the record, or pick the key that it needs with pipe(pick(...), size)"
    )


def test_assign_after_a_step_whose_record_does_not_fit_is_refused() -> None:
    with pytest.raises(TypeError, match=r"step 2 \(RunnableAssign<a>\) cannot follow step 1 \(point\): .* lacks 'w'"):
        pipe(point, assign(a=width))  # type: ignore[misc]  # it is wrong on purpose
    with pytest.raises(TypeError, match=r"but z \(size\) expected str"):
        lift(point).assign(z=size)  # type: ignore[arg-type]  # it is wrong on purpose


@pytest.mark.parametrize("step", [len, list, anything, unresolved, keep, width, lambda record: record])
def test_assign_takes_what_may_take_a_record(step: Any) -> None:
    assign(a=step)


def test_a_step_that_takes_a_mapping_is_one_of_assign() -> None:
    def total(record: Mapping[str, int]) -> int:
        return sum(record.values())

    assert assign(total=total).invoke({"a": 1, "b": 2}) == {"a": 1, "b": 2, "total": 3}


def test_a_predicate_that_gives_nothing_is_refused() -> None:
    with pytest.raises(TypeError, match=r"expected bool of its predicates, got None from condition 2 \(nothing\), "):
        branch((bool, show), (nothing, show), default=show)  # type: ignore[arg-type]  # it is wrong on purpose


@pytest.mark.parametrize("predicate", [bool, show, size, never, anything, unresolved, keep, lambda x: x])
def test_any_other_predicate_is_asked_for_its_truth(predicate: Any) -> None:
    branch((predicate, anything), default=anything)


@pytest.mark.parametrize(
    "build",
    [
        lambda: with_retry(show, on=ValueError),  # type: ignore[arg-type]  # it is wrong on purpose
        lambda: with_fallbacks(show, show, on=ValueError),  # type: ignore[arg-type]  # as above
        lambda: attempt(show, on=ValueError),  # type: ignore[call-overload]  # as above
    ],
    ids=["with_retry", "with_fallbacks", "attempt"],
)
def test_one_exception_type_must_stand_in_a_tuple(build: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match=r": on must be a tuple of exception types: write on=\(ValueError,\)$"):
        build()
