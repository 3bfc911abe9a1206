"""What the caller of ``stream_events`` and ``stream_log`` is given of each event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from runlaw.events.event import Custom, Event
from runlaw.events.patch import LogPatches
from runlaw.events.reduce import reduce
from runlaw.events.run_info import RunInfo
from runlaw.events.select import Selection
from runlaw.events.state import RunLog, RunLogPatch
from runlaw.events.stream_event import stream_event

if TYPE_CHECKING:
    from runlaw.events.entry import FinalOutput
    from runlaw.events.stream_types import StreamEvent, StreamVersion

FILTERS = frozenset(
    f"{side}_{what}" for side in ("include", "exclude") for what in ("names", "types", "tags", "metadata")
)


def selection_of(where: str, filters: Mapping[str, object]) -> Selection:
    """The selection that the keyword arguments of a method say.

    Raises:
        TypeError: There is an unknown one, or one has a value of a wrong type.
        ValueError: A run type does not exist.
    """
    for key in filters:
        if key not in FILTERS:
            raise TypeError(f"{where} has no argument {key!r}; its filters are {', '.join(sorted(FILTERS))}")
    return Selection(**filters)  # type: ignore[arg-type]  # the selection checks the values


def stream_events(version: object, selection: Selection) -> Callable[[], Callable[[Event], StreamEvent | None]]:
    """A teller of stream events.

    Raises:
        ValueError: The version is neither of the two.
    """
    if version not in ("v1", "v2"):
        raise ValueError(f'version must be "v1" or "v2"; got {version!r}')
    known: StreamVersion = "v1" if version == "v1" else "v2"

    def teller() -> Callable[[Event], StreamEvent | None]:
        root: RunInfo | None = None
        judged: RunInfo | None = None
        selected = False

        def told(event: Event) -> StreamEvent | None:
            nonlocal root, judged, selected
            run = event._run
            if run is not judged:
                root = root or run
                judged, selected = run, selection.selects(run)
            if type(event) is Custom:
                return stream_event(event, known) if selection.tells(event) else None
            return stream_event(event, known, root=run is root) if selected else None

        return told

    return teller


def log(
    where: str, diff: object, final_output: object, filters: Mapping[str, object]
) -> Callable[[], Callable[[Event], RunLogPatch | RunLog | None]]:
    """A teller of patches, or of whole logs.

    Raises:
        TypeError: ``diff`` is no ``bool``, or a filter is wrong; see ``selection_of``.
        ValueError: ``final_output`` is neither of the two, or a run type does not exist.
    """
    if not isinstance(diff, bool):
        raise TypeError(f"diff must be a bool; got {diff!r}")
    if final_output not in ("each", "end"):
        raise ValueError(f'final_output must be "each" or "end"; got {final_output!r}')
    known: FinalOutput = "each" if final_output == "each" else "end"
    selection = selection_of(where, filters)

    def patches() -> Callable[[Event], RunLogPatch | None]:
        return LogPatches(known, selection).patch

    def states() -> Callable[[Event], RunLog | None]:
        so_far = RunLog()

        def told(event: Event) -> RunLog | None:
            nonlocal so_far
            before, so_far = so_far, reduce(so_far, event, final_output=known, selection=selection)
            return None if so_far is before else so_far

        return told

    return patches if diff else states
