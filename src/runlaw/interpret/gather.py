"""Jobs of one group at the same time, and their results in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runlaw.interpret.control import Control, Group, Limit, Stopped, Thunk
from runlaw.interpret.places import Scheduler


def gather(
    scheduler: Scheduler,
    owner: Control,
    limit: Limit,
    thunks: Sequence[Thunk],
    room: int | None = None,
    keep_errors: bool = False,
) -> list[Any]:  # Any: the results of whatever programs they run
    """Run the jobs, and give their results in order.

    Raises:
        BaseException: What the first failing job raised, at once. With ``keep_errors`` an ``Exception`` takes
            the place of the result instead.
    """
    results: dict[int, Any] = {}  # Any: results

    def notify(index: int, result: Any, error: BaseException | None) -> None:  # Any: a result
        results[index] = result if error is None else error

    group = Group(owner, limit, thunks, room, notify, keep_errors)
    try:
        scheduler.start(group)
        scheduler.wait(group)
    except BaseException:
        scheduler.kill(group)
        raise
    if owner.dead:
        raise Stopped
    if group.error is not None:
        raise group.error
    return [results[index] for index in range(len(results))]
