"""The arithmetic of the benchmarks, on timers that tell what they are told to tell; and a real one of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from benchmarks.measure import ONCE, Effort, Spread, awaits, calibrate, calls, growth, once_each, peak, race, sample

EXACT = Effort(repeats=3, sample=0.0, budget=60.0)


def costing(*seconds: float) -> Callable[[int], float]:
    """A timer whose calls cost so much, one after the other; the last cost stays. The first warms up."""
    left = list(seconds)

    def run(count: int) -> float:
        return count * (left.pop(0) if len(left) > 1 else left[0])

    return run


def test_race_pairs_each_sample_with_its_neighbour() -> None:
    found = race(EXACT, costing(9.0, 2.0, 6.0, 10.0), costing(9.0, 1.0, 2.0, 5.0))
    assert found.ours == Spread(median=2.0, least=2.0)
    assert found.seconds == 6.0
    assert found.peer is None


def test_race_takes_the_median_and_the_least_of_the_ratios() -> None:
    found = race(EXACT, costing(9.0, 3.0, 1.0, 2.0), costing(1.0))
    assert found.ours == Spread(median=2.0, least=1.0)


def test_race_gives_the_peer_its_own_ratios() -> None:
    found = race(EXACT, costing(1.0), costing(2.0), costing(20.0))
    assert found.ours == Spread(0.5, 0.5)
    assert found.peer == Spread(10.0, 10.0)


def test_a_slow_peer_gets_one_turn() -> None:
    asked = []

    def peer(count: int) -> float:
        asked.append(count)
        return 100.0

    race(EXACT._replace(budget=1.0), costing(1.0), costing(1.0), peer)
    assert asked == [1, 1]


def test_a_spent_budget_leaves_three_pairs() -> None:
    turns = []

    def counted(count: int) -> float:
        turns.append(count)
        return 1.0

    race(Effort(repeats=9, sample=0.0, budget=0.0), counted, costing(1.0))
    assert len(turns) == 1 + 3


def test_growth_is_the_largest_ratio_of_a_later_size_to_the_first() -> None:
    total = {10: 10.0, 100: 150.0, 1000: 1200.0}
    assert growth(EXACT, lambda size: costing(total[size]), [10, 100, 1000]) == Spread(1.5, 1.5)


@pytest.mark.parametrize(("cost", "least"), [(0.001, 0.005), (0.0000001, 0.005), (1.0, 0.005), (0.002, 0.0)])
def test_calibrate_fills_the_sample(cost: float, least: float) -> None:
    count = calibrate(costing(cost), least)
    assert count * cost >= least
    assert count == 1 or count * cost <= 3 * least


def test_a_sample_is_the_time_of_one_call() -> None:
    assert sample(costing(0.25), 8) == 0.25


@pytest.mark.parametrize("count", [1, 7])
def test_calls_and_awaits_do_the_work_so_many_times(count: int) -> None:
    done: list[str] = []

    async def work(x: str) -> None:
        done.append(x)

    assert calls(done.append, "sync")(count) > 0
    assert awaits(work, "async")(count) > 0
    assert done == ["sync"] * count + ["async"] * count


def test_once_each_prepares_afresh_for_every_turn() -> None:
    prepared: list[list[int]] = []

    def prepare() -> list[int]:
        prepared.append([])
        return prepared[-1]

    once_each(Effort(repeats=9), prepare, lambda value: value.append(1))
    assert prepared == [[1], [1], [1]]
    once_each(ONCE, prepare, lambda value: value.append(1))
    assert len(prepared) == 4


def test_peak_counts_what_is_held_at_one_time() -> None:
    def one_by_one(pieces: Iterable[bytes]) -> None:
        for _ in pieces:
            pass

    held = peak(lambda: [bytes(100_000) for _ in range(20)])
    passed = peak(lambda: one_by_one(bytes(100_000) for _ in range(20)))
    assert 2_000_000 <= held < 2_100_000
    assert 100_000 <= passed < 400_000


def test_sizes_shrink_and_never_vanish() -> None:
    assert Effort().size(100_000) == 100_000
    assert ONCE.size(100_000) == 100
    assert ONCE.size(3) == 2
