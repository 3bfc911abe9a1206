"""What code inside a leaf may ask of its run, and tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from uuid import UUID


class CurrentRun(NamedTuple):
    """The run that the code is in.

    Attributes:
        run_id: Its id.
        name: Its name.
        tags: Its labels.
        metadata: Its key-value pairs.
        path: The names and step numbers from the outermost run to it, as in the notes on errors.
    """

    run_id: UUID
    name: str
    tags: tuple[str, ...]
    metadata: Mapping[str, object]
    path: str


def current_run() -> CurrentRun | None:
    """The nearest run around the calling code, or ``None`` outside one.

    >>> from runlaw import current_run, lift
    >>> lift(lambda _: current_run().name, name="step").invoke(0)
    'step'
    """
    from runlaw.interpret.locate import locate

    here = locate()
    if here is None:
        return None
    return CurrentRun(here.ids()[-1], here.name(), here.tags(), here.metadata(), here.path())


def emit(name: str, data: object = None) -> None:
    """Tell an event of one's own, from inside a leaf; where nobody watches it does nothing.

    Args:
        name: The name of the event.
        data: Whatever it says.

    Raises:
        TypeError: ``name`` is no ``str``.
    """
    if not isinstance(name, str):
        raise TypeError(f"emit: name must be a str; got {name!r}")
    from runlaw.interpret.locate import locate

    here = locate()
    if here is not None:
        here.run.custom(name, data)


def gives_at_once() -> None:
    """Say, from inside a streaming leaf, that its next chunk is its whole output, which is then told as such only."""
    from runlaw.interpret.locate import locate

    here = locate()
    if here is not None:
        here.run.at_once()
