"""Section 1: programs compare by what they were built from, and pickle when their leaves are importable."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import pytest

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    const,
    exponential,
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
    unpack,
    with_fallbacks,
    with_retry,
    with_timeout,
)

from .support import exclaim, letters, run, shout, upper_chunks


@lift
def decorated(text: str) -> str:
    return text + " (decorated)"


@lift(name="renamed", tags=["t"], metadata={"k": ["unhashable"]})
def decorated_with_options(text: str) -> str:
    return text + " (options)"


@lift_stream
def decorated_stream(text: str) -> Iterator[str]:
    yield from text


class Holder:
    @staticmethod
    @lift
    def nested(text: str) -> str:
        return text + " (nested)"


def is_short(text: str) -> bool:
    return len(text) < 4


def shout_all(texts: Sequence[str]) -> Sequence[str]:
    return [text.upper() for text in texts]


def record_size(record: Mapping[str, object]) -> int:
    return len(record)


def glue(one: str, other: str) -> str:
    return one + other


def build_text_programs() -> dict[str, Runnable[str, object]]:
    """A program of every kind from text, built anew at each call."""
    return {
        "lift": lift(shout),
        "lift with options": lift(shout, name="x", run_type="tool", tags=["t"], metadata={"k": [1]}, blocking=False),
        "lift_stream": lift_stream(letters),
        "lift_transform": lift_transform(upper_chunks),
        "lift_batch": lift_batch(shout_all, max_batch_size=3),
        "map_chunks": map_chunks(shout),
        "const": const(["unhashable"]),
        "unpack": pipe(parallel(shout, exclaim), unpack(glue)),
        "pipe": pipe(shout, exclaim, letters_leaf),
        "parallel": parallel(shout, exclaim),
        "parallel, keyed": parallel(a=shout, b=exclaim),
        "branch": branch((is_short, shout), default=exclaim),
        "assign": pipe(parallel(a=shout), assign(size=record_size)),
        "pick": pipe(parallel(a=shout, b=exclaim), pick("a")),
        "attempt": attempt(shout, on=(ValueError,)),
        "with_retry": with_retry(shout, delays=[0.0, 0.1]),
        "with_retry, schedule": with_retry(shout, delays=exponential(attempts=2)),
        "with_fallbacks": with_fallbacks(shout, exclaim),
        "with_timeout": with_timeout(shout, 5.0),
        "with_config": lift(shout).with_config(tags=["t"], metadata={"k": {"deep": []}}),
        "with_listeners": lift(shout).with_listeners(on_end=print),
        "with_types": lift(shout).with_types(input=str, output=str),
        "with_validation": lift(shout).with_validation(strict=True),
        "map_batch inside": pipe(shout, list, map_batch(shout, max_concurrency=2)),
        "decorated": decorated,
        "decorated with options": decorated_with_options,
        "decorated stream": decorated_stream,
        "decorated in a pipe": pipe(decorated, decorated_with_options),
    }


letters_leaf = lift_stream(letters)
NAMES = list(build_text_programs())
by_name = pytest.mark.parametrize("name", NAMES)


@by_name
def test_two_runnables_built_from_the_same_functions_in_the_same_way_are_equal_and_hash_the_same(name: str) -> None:
    one, other = build_text_programs()[name], build_text_programs()[name]
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other}) == 1


def test_programs_of_different_kinds_are_not_equal() -> None:
    programs = list(build_text_programs().values())
    for i, one in enumerate(programs):
        for j, other in enumerate(programs):
            assert (one == other) == (i == j)
            assert (one != other) == (i != j)


@by_name
def test_running_a_program_does_not_change_its_equality_hash_or_pickle(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    used, fresh = build_text_programs()[name], build_text_programs()[name]
    used.invoke("ab")
    list(used.stream("ab"))
    run(used.ainvoke("ab"))
    assert used == fresh
    assert hash(used) == hash(fresh)
    assert pickle.loads(pickle.dumps(used)) == fresh


def test_every_option_of_a_leaf_counts_for_equality() -> None:
    plain = lift(shout)
    assert lift(shout, name="x") != plain
    assert lift(shout, run_type="tool") != plain
    assert lift(shout, tags=["t"]) != plain
    assert lift(shout, metadata={"a": 1}) != plain
    assert lift(shout, blocking=False) != plain
    assert lift(shout, name="shout") == plain


def test_the_order_of_steps_counts_and_so_does_that_of_branches() -> None:
    assert pipe(shout, exclaim) != pipe(exclaim, shout)
    assert parallel(shout, exclaim) != parallel(exclaim, shout)
    assert with_fallbacks(shout, exclaim) != with_fallbacks(exclaim, shout)


def test_two_lambdas_of_the_same_text_are_different_functions() -> None:
    one, other = lift(lambda text: text), lift(lambda text: text)
    assert one != other


def test_comparing_with_anything_else_is_false_not_an_error() -> None:
    program: object = lift(shout)
    for other in (shout, 1, None, "shout", object()):
        assert program != other
        assert (program == other) is False


def test_pipes_are_equal_however_they_are_nested() -> None:
    flat = pipe(shout, exclaim, decorated)
    assert pipe(pipe(shout, exclaim), decorated) == flat
    assert pipe(shout, pipe(exclaim, decorated)) == flat
    assert (lift(shout) | exclaim | decorated) == flat
    assert hash(pipe(shout, pipe(exclaim, decorated))) == hash(flat)


def test_identity_vanishes_inside_a_pipe() -> None:
    assert pipe(identity, shout, identity, exclaim, identity) == pipe(shout, exclaim)
    assert pipe(shout, identity) == pipe(shout) == lift(shout)


@by_name
def test_a_program_pickles_when_its_leaves_are_importable(name: str) -> None:
    program = build_text_programs()[name]
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(program, protocol))
        assert again == program
        assert hash(again) == hash(program)


def test_a_pickled_program_runs_as_before() -> None:
    program = pipe(shout, decorated, parallel(a=exclaim, b=decorated_with_options))
    assert dict(pickle.loads(pickle.dumps(program)).invoke("a")) == dict(program.invoke("a"))


def test_a_decorated_function_pickles_by_its_name() -> None:
    assert pickle.loads(pickle.dumps(decorated)) == decorated
    assert b"decorated" in pickle.dumps(decorated)
    assert pickle.loads(pickle.dumps(Holder.nested)).invoke("a") == "a (nested)"


CHILD = """
import pickle, sys
program = pickle.loads(sys.stdin.buffer.read())
sys.stdout.write(repr((program.invoke("a"), hash(program) == hash(pickle.loads(pickle.dumps(program))))))
"""


def test_a_program_pickles_into_another_process() -> None:
    program = pipe(shout, decorated, letters_leaf, decorated_with_options)
    child = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=pickle.dumps(program),
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        timeout=60,
        check=False,
    )
    assert child.stderr == b""
    assert child.stdout.decode() == repr(("A (decorated) (options)", True))


def test_a_program_over_a_lambda_does_not_pickle() -> None:
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        pickle.dumps(pipe(shout, lambda text: text))


@by_name
def test_a_copy_of_a_program_is_equal_to_it(name: str) -> None:
    program = build_text_programs()[name]
    assert copy.copy(program) == program
    assert copy.deepcopy(program) == program


def test_identity_copies_and_pickles_to_itself() -> None:
    assert pickle.loads(pickle.dumps(identity)) == identity
    assert copy.deepcopy(identity) == identity


def repeat(times: int, text: str) -> str:
    return text * times


def test_partial_functions_of_equal_parts_make_equal_programs() -> None:
    def made(times: int) -> Runnable[str, str]:
        return pipe(lift(partial(repeat, times)), map_chunks(partial(repeat, times)), partial(repeat, times))

    assert made(2) == made(2)
    assert hash(made(2)) == hash(made(2))
    assert made(2) != made(3)
    assert pickle.loads(pickle.dumps(made(2))) == made(2)
    assert hash(pickle.loads(pickle.dumps(made(2)))) == hash(made(2))
    assert copy.deepcopy(made(2)) == made(2)
    assert unpack(partial(repeat, 2)) == unpack(partial(repeat, 2)) != unpack(partial(repeat, 3))
    assert hash(unpack(partial(repeat, 2))) == hash(unpack(partial(repeat, 2)))
