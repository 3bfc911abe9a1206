"""``with_config`` and ``with_listeners``: what is said of a program's run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from runlaw.algebra import normal
from runlaw.algebra.leaf import to_node
from runlaw.kernel.config import RunConfig, check_config
from runlaw.runnable import Runnable, runnable

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from runlaw.events.event import RunEnded, RunFailed, RunStarted

A = TypeVar("A")
B = TypeVar("B")


def with_config(
    step: Callable[[A], B], config: RunConfig | None = None, /, **more: Unpack[RunConfig]
) -> Runnable[A, B]:
    """The step with a config of its own. The caller's config wins over it, an outer one over an inner one.

    Args:
        step: What to run.
        config: What to say of its run.
        more: The same, by keyword; wins over ``config``.

    Raises:
        TypeError: An unknown key, or a value of a wrong type.
        ValueError: A value out of range.

    >>> from runlaw import with_config
    >>> with_config(len, run_name="size", tags=["text"]).name
    'size'
    """
    said = check_config(config, "with_config").merge(check_config(more, "with_config"))
    return runnable(normal.configured(to_node(step, "the step of with_config"), said))


def with_listeners(
    step: Callable[[A], B],
    /,
    *,
    on_start: Callable[[RunStarted], object] | None = None,
    on_end: Callable[[RunEnded], object] | None = None,
    on_error: Callable[[RunFailed], object] | None = None,
) -> Runnable[A, B]:
    """The step, with callbacks told of its own run (not of runs inside).

    Args:
        step: What to run.
        on_start: Told the ``RunStarted`` event.
        on_end: Told the ``RunEnded`` event.
        on_error: Told the ``RunFailed`` event.

    >>> from runlaw import with_listeners
    >>> with_listeners(len, on_end=lambda event: print(event.output)).invoke("abc")
    3
    3
    """
    node = to_node(step, "the step of with_listeners")
    return runnable(normal.listening(node, on_start=on_start, on_end=on_end, on_error=on_error))
