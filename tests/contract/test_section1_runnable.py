"""Section 1: a Runnable is an immutable, callable value, and every combinator takes functions and Runnables alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import assert_type

import pytest
from returns.result import Result

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    identity,
    lift,
    map_batch,
    parallel,
    pick,
    pipe,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
    with_validation,
)

from .support import Way, add_up, every_way, exclaim, length, shout, wrong


def is_short(text: str) -> bool:
    return len(text) < 4


def join(pair: tuple[str, str]) -> str:
    return "+".join(pair)


def show_record(record: Mapping[str, object]) -> str:
    return ",".join(f"{key}={value}" for key, value in record.items())


def record_size(record: Mapping[str, object]) -> int:
    return len(record)


def as_record(text: str) -> Mapping[str, object]:
    return {"text": text}


def test_a_runnable_refuses_new_and_changed_attributes() -> None:
    program: object = lift(shout)
    for name in ("name", "node", "anything"):
        with pytest.raises(AttributeError):
            setattr(program, name, 1)


def test_a_runnable_refuses_deleting_its_attributes() -> None:
    program: object = lift(shout)
    with pytest.raises(AttributeError):
        delattr(program, "node")


def test_deriving_a_program_leaves_the_original_as_it_was() -> None:
    program = lift(shout)
    twin = lift(shout)
    program.with_config(run_name="other", tags=["t"])
    program.with_retry(delays=[0])
    program.with_types(input=str)
    assert program | exclaim != program
    assert program == twin
    assert program.name == twin.name == "shout"


def test_a_runnable_is_callable() -> None:
    program = lift(length)
    assert callable(program)
    assert program("abc") == 3
    assert sorted(["ccc", "a", "bb"], key=program) == ["a", "bb", "ccc"]
    assert list(map(program, ["a", "bb"])) == [1, 2]


def test_a_runnable_is_a_callable_of_its_types() -> None:
    def use(fn: Callable[[str], int]) -> int:
        return fn("abcd")

    assert use(lift(length)) == 4
    assert_type(lift(length)("a"), int)


def test_in_is_contravariant_and_out_covariant() -> None:
    def describe(value: object) -> bool:
        return bool(value)

    program: Runnable[str, int] = lift(describe)
    assert program.invoke("a") == 1


PAIRS: dict[str, tuple[Runnable[str, object], Runnable[str, object]]] = {
    "pipe": (pipe(shout, exclaim), pipe(lift(shout), lift(exclaim))),
    "pipe, mixed": (pipe(shout, exclaim), pipe(shout, lift(exclaim))),
    "parallel": (parallel(shout, length), parallel(lift(shout), lift(length))),
    "parallel, keyed": (parallel(a=shout, b=exclaim), parallel(a=lift(shout), b=lift(exclaim))),
    "branch": (
        branch((is_short, shout), default=exclaim),
        branch((lift(is_short), lift(shout)), default=lift(exclaim)),
    ),
    "attempt": (attempt(shout), attempt(lift(shout))),
    "with_retry": (with_retry(shout, delays=[0.0]), with_retry(lift(shout), delays=[0.0])),
    "with_fallbacks": (with_fallbacks(shout, exclaim), with_fallbacks(lift(shout), lift(exclaim))),
    "with_timeout": (with_timeout(shout, 9.0), with_timeout(lift(shout), 9.0)),
    "with_config": (with_config(shout, run_name="n"), with_config(lift(shout), run_name="n")),
    "with_listeners": (with_listeners(shout, on_end=print), with_listeners(lift(shout), on_end=print)),
    "with_types": (with_types(shout, output=str), with_types(lift(shout), output=str)),
    "with_validation": (with_validation(shout), with_validation(lift(shout))),
}
pairs = pytest.mark.parametrize("pair", list(PAIRS.values()), ids=list(PAIRS))


@pairs
def test_every_combinator_takes_plain_functions_and_runnables_alike(
    pair: tuple[Runnable[str, object], Runnable[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    of_functions, of_runnables = pair
    assert isinstance(of_functions, Runnable)
    assert of_functions == of_runnables
    assert of_functions.invoke("ab") == of_runnables.invoke("ab")


def test_map_batch_takes_a_plain_function_and_a_runnable_alike() -> None:
    assert map_batch(shout) == map_batch(lift(shout))
    assert map_batch(shout).invoke(["a", "b"]) == ["A", "B"]


def test_assign_takes_a_plain_function_and_a_runnable_alike() -> None:
    assert assign(size=record_size) == assign(size=lift(record_size))


def test_what_is_no_function_is_refused_by_every_combinator() -> None:
    for build in (
        lambda: pipe(wrong(3)),
        lambda: pipe(shout, wrong("x")),
        lambda: parallel(wrong(3), shout),
        lambda: parallel(a=wrong(None)),
        lambda: map_batch(wrong(3)),
        lambda: branch((wrong(1), shout), default=shout),
        lambda: branch((is_short, wrong(1)), default=shout),
        lambda: branch((is_short, shout), default=wrong(1)),
        lambda: assign(key=wrong(1)),
        lambda: attempt(wrong(1)),
        lambda: with_retry(wrong(1)),
        lambda: with_fallbacks(shout, wrong(1)),
        lambda: with_timeout(wrong(1), 1.0),
        lambda: with_config(wrong(1), run_name="n"),
        lambda: lift(wrong(1)),
    ):
        with pytest.raises(TypeError):
            build()


def test_a_bar_b_is_pipe_of_a_and_b() -> None:
    assert (lift(shout) | lift(exclaim)) == pipe(shout, exclaim)


def test_a_plain_function_may_stand_on_either_side_of_the_bar() -> None:
    assert (lift(shout) | exclaim) == pipe(shout, exclaim)
    assert (shout | lift(exclaim)) == pipe(shout, exclaim)


@every_way
def test_a_dict_of_runnables_may_stand_on_the_left_of_the_bar(way: Way) -> None:
    program = {"up": lift(shout), "loud": lift(exclaim)} | lift(show_record)
    assert program == pipe(parallel(up=shout, loud=exclaim), show_record)
    assert sorted(way(program, "a").split(",")) == ["loud=a!", "up=A"]


@every_way
def test_a_dict_of_runnables_may_stand_on_the_right_of_the_bar(way: Way) -> None:
    program = lift(shout) | {"loud": lift(exclaim), "same": lift(shout)}
    assert dict(way(program, "a")) == {"loud": "A!", "same": "A"}


def test_a_dict_may_hold_identity_and_plain_functions_beside_runnables() -> None:
    branches: dict[str, Callable[[str], str]] = {"up": lift(shout), "it": identity, "loud": exclaim}
    assert (branches | lift(show_record)).invoke("a") == "up=A,it=a,loud=a!"


def test_the_bar_refuses_what_is_no_step() -> None:
    with pytest.raises(TypeError):
        lift(shout) | wrong(3)
    with pytest.raises(TypeError):
        wrong(3) | lift(shout)
    with pytest.raises(TypeError):
        wrong({}) | lift(show_record)


METHODS: dict[str, tuple[Runnable[str, object], Runnable[str, object]]] = {
    "with_config": (lift(shout).with_config({"tags": ["t"]}), with_config(shout, {"tags": ["t"]})),
    "with_config, keywords": (lift(shout).with_config(tags=["t"]), with_config(shout, tags=["t"])),
    "with_retry": (lift(shout).with_retry(delays=[0.0]), with_retry(shout, delays=[0.0])),
    "with_fallbacks": (lift(shout).with_fallbacks(exclaim), with_fallbacks(shout, exclaim)),
    "with_timeout": (lift(shout).with_timeout(9.0), with_timeout(shout, 9.0)),
    "with_listeners": (lift(shout).with_listeners(on_end=print), with_listeners(shout, on_end=print)),
    "with_types": (lift(shout).with_types(output=str), with_types(shout, output=str)),
    "with_validation": (lift(shout).with_validation(strict=True), with_validation(shout, strict=True)),
    "pipe": (lift(shout).pipe(exclaim), pipe(shout, exclaim)),
    "pipe, two": (lift(shout).pipe(exclaim, length), pipe(shout, exclaim, length)),
    "assign": (lift(as_record).assign(size=record_size), pipe(as_record, assign(size=record_size))),
    "pick": (lift(as_record).pick("text"), pipe(as_record, pick("text"))),
}


@pytest.mark.parametrize("pair", list(METHODS.values()), ids=list(METHODS))
def test_the_combinators_are_methods_of_the_same_name(
    pair: tuple[Runnable[str, object], Runnable[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    method, function = pair
    assert method == function
    assert method.invoke("a") == function.invoke("a")


def test_map_batch_is_a_method_too() -> None:
    assert lift(shout).map_batch() == map_batch(shout)
    assert lift(shout).map_batch(max_concurrency=2) == map_batch(shout, max_concurrency=2)


def test_types_follow_through_the_combinators() -> None:
    assert_type(pipe(shout, length), Runnable[str, int])
    assert_type(parallel(shout, length), Runnable[str, tuple[str, int]])
    assert_type(map_batch(length), Runnable[Sequence[str], list[int]])
    assert_type(attempt(length), Runnable[str, Result[int, Exception]])
    assert_type(pipe(parallel(shout, exclaim), join), Runnable[str, str])
    assert pipe(parallel(shout, exclaim), join).invoke("a") == "A+a!"


def test_input_type_and_output_type_are_the_type_parameters_at_run_time() -> None:
    assert lift(length).input_type is str
    assert lift(length).output_type is int
    assert pipe(length, identity).output_type is int
    assert pipe(identity, length).input_type is str
    assert parallel(shout, length).output_type == tuple[str, int]
    assert map_batch(length).output_type == list[int]


def test_name_is_the_run_name() -> None:
    assert lift(shout).name == "shout"
    assert lift(shout, name="louder").name == "louder"
    assert lift(shout).with_config(run_name="loudest").name == "loudest"
    assert pipe(shout, exclaim).name == "RunnableSequence"


def test_a_repr_is_short_text_that_tells_the_steps() -> None:
    text = repr(pipe(shout, exclaim))
    assert "shout" in text
    assert "exclaim" in text


def test_the_chunks_of_a_program_run_on_text_add_up_to_what_invoke_returns() -> None:
    program = pipe(shout, exclaim)
    assert add_up(program.stream("ab")) == program.invoke("ab") == "AB!"
