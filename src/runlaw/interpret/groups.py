"""A batch of a program that takes groups: the same for the sync and the async way."""

from __future__ import annotations

from typing import Any

from runlaw.interpret.blame import is_result
from runlaw.interpret.engine import Engine
from runlaw.interpret.group import Item, through
from runlaw.interpret.program import Program
from runlaw.interpret.requests import Flow
from runlaw.interpret.run import Run
from runlaw.interpret.shared import Shared
from runlaw.kernel.config import NO_CONFIG, Config


def shared_limit(configs: list[Config]) -> Config:
    """What the configs of a batch say of all of it: the smallest limit."""
    limits = [config.max_concurrency for config in configs if config.max_concurrency is not None]
    return Config(max_concurrency=min(limits)) if limits else NO_CONFIG


def group_items(
    engine: Engine,
    around: Run,
    values: list[Any],  # Any: a user's values
    configs: list[Config],
) -> tuple[list[Item], Program]:
    """The items, each in a run of its own inside the shared one, and the program."""
    around.children = Shared(fatal=False)
    roots = [engine.begin_in(around, around.control, config) for config in configs]
    observed = next((root for root in roots if root.program.mode.observed), roots[0])
    return [Item(value, root.run) for value, root in zip(values, roots, strict=True)], observed.program


def group_flow(program: Program, items: list[Item]) -> Flow:
    """A batch of a program that takes groups."""
    yield from through(program, items)
    return items


def raised_or(item: Item, keep_errors: bool) -> Any:  # Any: a user's values
    """The value of an item, or its error, raised or as a value."""
    if item.error is not None and not is_result(item.error, keep_errors):
        raise item.error
    return item.value if item.error is None else item.error
