"""Random trees of branches with limits: never above the limit, always finishing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlaw import Runnable, lift, map_batch, parallel, pipe, with_config, with_timeout
from runlaw.laws.deadline import Deadline
from runlaw.laws.gauge import Gauge

Program = Runnable[Any, Any]  # Any: of types that are chosen at random
PATIENCE = 60.0  # seconds: only a deadlock reaches it


class Tree:
    """How a program is made: of leaves of a gauge, with the limits inside it."""

    def __init__(self, show: str, build: Callable[[Program], Program], leaves: int) -> None:
        self.show = show
        self.build = build
        self.leaves = leaves

    def __repr__(self) -> str:
        return self.show


LEAF = Tree("leaf", lambda leaf: leaf, 1)


def extend(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    """Trees one level higher."""
    both = st.tuples(trees, trees)
    return st.one_of(
        both.map(
            lambda t: Tree(
                f"{t[0]} | {t[1]}", lambda leaf: pipe(t[0].build(leaf), t[1].build(leaf)), t[0].leaves + t[1].leaves
            )
        ),
        both.map(
            lambda t: Tree(
                f"({t[0]}, {t[1]})",
                lambda leaf: parallel(t[0].build(leaf), t[1].build(leaf)),
                t[0].leaves + t[1].leaves,
            )
        ),
        both.map(
            lambda t: Tree(
                f"{{{t[0]}, {t[1]}}}",
                lambda leaf: parallel(a=t[0].build(leaf), b=t[1].build(leaf)),
                t[0].leaves + t[1].leaves,
            )
        ),
        trees.map(
            lambda t: Tree(f"each({t})", lambda leaf: pipe(lift(_three), map_batch(t.build(leaf))), 3 * t.leaves)
        ),
        trees.map(lambda t: Tree(f"timed({t})", lambda leaf: with_timeout(t.build(leaf), PATIENCE), t.leaves)),
        trees.map(
            lambda t: Tree(f"limited({t})", lambda leaf: with_config(t.build(leaf), max_concurrency=2), t.leaves)
        ),
    )


def _three(value: object) -> list[object]:
    return [value] * 3


TREES = st.recursive(st.just(LEAF), extend, max_leaves=6).filter(lambda tree: tree.leaves <= 40)


@pytest.mark.parametrize("way", ["invoke", "stream", "ainvoke", "astream", "batch", "abatch"])
@settings(max_examples=max(10, settings().max_examples // 5))
@given(tree=TREES, limit=st.integers(1, 4))
def test_limits_hold_and_everything_finishes(way: str, tree: Tree, limit: int) -> None:
    gauge = Gauge()
    program = tree.build(
        lift(gauge.aenter_and_leave if way in ("ainvoke", "astream", "abatch") else gauge.enter_and_leave)
    )
    config: Any = {"max_concurrency": limit}
    runs: dict[str, Callable[[], object]] = {
        "invoke": lambda: program.invoke(0, config),
        "stream": lambda: list(program.stream(0, config)),
        "ainvoke": lambda: asyncio.run(program.ainvoke(0, config)),
        "astream": lambda: asyncio.run(_read(program.astream(0, config))),
        "batch": lambda: program.batch([0, 1], config),
        "abatch": lambda: asyncio.run(program.abatch([0, 1], config)),
    }
    with Deadline(PATIENCE) as deadline:
        deadline.run(runs[way])
    assert gauge.peak <= limit
    assert gauge.now == 0
    assert gauge.entered == tree.leaves * (2 if way in ("batch", "abatch") else 1)


async def _read(chunks: Any) -> list[object]:
    return [chunk async for chunk in chunks]
