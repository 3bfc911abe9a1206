"""Section 3: pipe, parallel, map_batch, branch, records and attempt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from os import getpid
from typing import ParamSpec, TypeVar

import pytest

from runlaw import Runnable, branch, identity, lift, map_batch, parallel, pipe

from .modes import Mode, both
from .support import (
    PATIENCE,
    Boom,
    Gauge,
    Way,
    ashout,
    boom,
    double,
    every_way,
    exclaim,
    increment,
    length,
    long_pipe,
    shout,
    show,
    within,
    wrong,
)

P = ParamSpec("P")
T = TypeVar("T")


# pipe


@every_way
def test_pipe_feeds_each_step_with_the_output_of_the_one_before(way: Way) -> None:
    assert way(pipe(length, increment, double, show, exclaim), "abc") == "8!"


@every_way
def test_pipe_takes_16_steps_and_more(way: Way) -> None:
    assert way(long_pipe([increment] * 16), 0) == 16
    assert way(long_pipe([increment] * 17), 0) == 17


@every_way
def test_pipe_of_one_step_is_that_step(way: Way) -> None:
    assert pipe(shout) == lift(shout)
    assert way(pipe(shout), "a") == "A"


def test_pipe_of_no_steps_is_refused_when_built() -> None:
    with pytest.raises((TypeError, ValueError), match="pipe"):
        wrong(pipe)()


# parallel


@every_way
def test_parallel_gives_every_branch_the_same_input(way: Way) -> None:
    assert way(parallel(shout, length, identity), "ab") == ("AB", 2, "ab")


@every_way
def test_parallel_takes_at_least_8_branches(way: Way) -> None:
    program = parallel(length, length, length, length, length, length, length, shout)
    assert way(program, "ab") == (2, 2, 2, 2, 2, 2, 2, "AB")
    wide: Runnable[str, tuple[int, ...]] = wrong(parallel)(*[length] * 40)
    assert way(wide, "ab") == (2,) * 40


@every_way
def test_parallel_with_names_gives_a_record_in_the_order_given(way: Way) -> None:
    result = dict(way(parallel(z=shout, a=exclaim, m=lift(ashout)), "ab"))
    assert result == {"z": "AB", "a": "ab!", "m": "AB"}


def test_the_record_of_a_parallel_has_its_keys_in_the_order_given() -> None:
    assert list(parallel(z=shout, a=exclaim, m=shout).invoke("x")) == ["z", "a", "m"]


@every_way
def test_parallel_of_one_branch_is_still_a_parallel(way: Way) -> None:
    one: Runnable[str, tuple[str]] = wrong(parallel)(shout)
    assert way(one, "a") == ("A",)
    assert dict(way(parallel(only=shout), "a")) == {"only": "A"}


def test_parallel_of_no_branches_is_refused_when_built() -> None:
    with pytest.raises((TypeError, ValueError), match="parallel"):
        wrong(parallel)()


@every_way
def test_parallel_nests(way: Way) -> None:
    program = parallel(parallel(shout, exclaim), parallel(length, pipe(parallel(shout, shout), len)))
    assert way(program, "a") == (("A", "a!"), (1, 2))


# map_batch


@every_way
def test_map_batch_runs_a_program_for_every_item_in_order(way: Way) -> None:
    assert way(map_batch(pipe(increment, show)), list(range(30))) == [str(n + 1) for n in range(30)]


@every_way
def test_map_batch_of_nothing_is_an_empty_list(way: Way) -> None:
    assert way(pipe(map_batch(show), len), []) == 0


@every_way
def test_map_batch_takes_any_sequence_and_gives_a_list(way: Way) -> None:
    assert way(map_batch(show), (1, 2)) == ["1", "2"]
    assert way(map_batch(show), range(2)) == ["0", "1"]


@every_way
def test_map_batch_nests(way: Way) -> None:
    assert way(map_batch(map_batch(increment)), [[1, 2], [], [3]]) == [[2, 3], [], [4]]


@both
def test_map_batch_raises_the_error_of_a_failing_item(mode: Mode) -> None:
    with pytest.raises(Boom, match="no b"):
        mode.invoke(map_batch(pipe(identity, boom)), ["b"])


class CountingExecutor(Executor):
    """Runs what is submitted at once, and counts."""

    def __init__(self) -> None:
        self.submitted = 0
        self.stopped = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        self.submitted += 1
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.stopped = True


@both
def test_map_batch_takes_any_executor_and_leaves_it_open(mode: Mode) -> None:
    executor = CountingExecutor()
    assert mode.invoke(map_batch(pipe(increment, double), executor=executor), [1, 2, 3]) == [4, 6, 8]
    assert executor.submitted >= 1
    assert not executor.stopped
    with pytest.raises(Boom, match="no 1"):
        mode.invoke(map_batch(boom, executor=executor), [1])


@both
def test_map_batch_runs_its_leaves_in_the_threads_of_its_executor(mode: Mode) -> None:
    def here(_: int) -> str:
        return threading.current_thread().name

    with ThreadPoolExecutor(2, thread_name_prefix="mine") as executor:
        names = mode.invoke(map_batch(here, executor=executor), [1, 2, 3])
        assert all(name.startswith("mine") for name in names)
        assert executor.submit(len, "ab").result() == 2


def process_of(number: int) -> tuple[int, int]:
    return number, getpid()


@both
def test_map_batch_runs_in_other_processes_on_a_process_pool(mode: Mode) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        results = mode.invoke(map_batch(pipe(increment, process_of), executor=executor), [1, 2])
    assert [number for number, _ in results] == [2, 3]
    assert getpid() not in [process for _, process in results]


@pytest.mark.parametrize("limit", [0, -1], ids=["zero", "negative"])
def test_a_limit_of_map_batch_below_one_is_refused_when_built(limit: int) -> None:
    with pytest.raises(ValueError, match="max_concurrency"):
        map_batch(shout, max_concurrency=limit)


def test_wrong_options_of_map_batch_are_refused_when_built() -> None:
    for limit in ("2", 1.5, True):
        with pytest.raises(TypeError, match="max_concurrency"):
            map_batch(shout, max_concurrency=wrong(limit))
    with pytest.raises(TypeError, match="executor"):
        map_batch(shout, executor=wrong("threads"))


@both
@pytest.mark.parametrize("limit", [1, 2])
def test_map_batch_obeys_its_own_limit(mode: Mode, limit: int) -> None:
    gauge = Gauge()
    reached = threading.Barrier(limit)

    def work(number: int) -> int:
        with gauge:
            reached.wait(PATIENCE / 2)
            return number

    program = map_batch(work, max_concurrency=limit)
    assert within(lambda: mode.invoke(program, list(range(6)))) == list(range(6))
    assert gauge.peak == limit


# branch


def is_negative(number: int) -> bool:
    return number < 0


def is_even(number: int) -> bool:
    return number % 2 == 0


async def ais_even(number: int) -> bool:
    return number % 2 == 0


def negate(number: int) -> int:
    return -number


@every_way
def test_branch_takes_the_first_step_whose_predicate_holds_else_the_default(way: Way) -> None:
    program = branch((is_negative, negate), (is_even, double), default=increment)
    assert [way(program, number) for number in (-4, -3, 4, 3)] == [4, 3, 8, 4]


@every_way
def test_the_predicate_of_a_branch_may_be_a_runnable_also_an_async_one(way: Way) -> None:
    program = branch((pipe(double, is_negative), negate), (lift(ais_even), show), default=increment)
    assert [way(program, number) for number in (-3, 4, 3)] == [3, "4", 4]


@both
def test_branch_asks_no_predicate_after_the_one_that_holds(mode: Mode) -> None:
    asked: list[str] = []

    def ask(name: str, answer: bool) -> Callable[[int], bool]:
        def predicate(_: int) -> bool:
            asked.append(name)
            return answer

        return predicate

    def never(_: int) -> int:
        raise AssertionError("this step was not chosen")

    program = branch((ask("a", False), never), (ask("b", True), increment), (ask("c", True), never), default=never)
    assert mode.invoke(program, 1) == 2
    assert asked == ["a", "b"]


@both
def test_the_answer_of_a_predicate_counts_by_its_truth(mode: Mode) -> None:
    program = branch((wrong(len), shout), default=exclaim)
    assert [mode.invoke(program, text) for text in ("ab", "")] == ["AB", "!"]


@both
def test_an_error_in_a_predicate_is_the_error_of_the_branch(mode: Mode) -> None:
    with pytest.raises(Boom, match="no 1"):
        mode.invoke(branch((wrong(boom), increment), default=increment), 1)


def test_branch_without_cases_or_without_default_is_refused_when_built() -> None:
    with pytest.raises((TypeError, ValueError)):
        wrong(branch)(default=shout)
    with pytest.raises(TypeError):
        wrong(branch)((is_even, shout))


@pytest.mark.parametrize("case", [(is_even,), (is_even, shout, shout), shout, ()], ids=["one", "three", "bare", "none"])
def test_a_case_that_is_no_pair_is_refused_when_built(case: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        wrong(branch)(case, default=increment)
