"""The patch of each event of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from runlaw.events.entry import (
    FinalOutput,
    check_inside,
    escaped,
    gives_at_once,
    iso_time,
    log_key,
    logged_output,
    new_entry,
    new_state,
    not_started,
    text_of,
)
from runlaw.events.event import Custom, Event, RunEnded, RunFailed, RunStarted, RunStreamed, describe_error
from runlaw.events.run_info import RunInfo
from runlaw.events.select import EVERYTHING
from runlaw.events.state import RunLogPatch, patch_of
from runlaw.events.sums import NOTHING, grow, same, value_of

if TYPE_CHECKING:
    from runlaw.events.select import Selection


class LogPatches:
    """Tells the events of one run as patches; the patches, in order, give what ``fold`` makes of the events.

    It keeps the keys of the runs going on, the keys taken, and the sum so far, and neither chunks nor events.

    Args:
        final_output: ``"each"``: every chunk of the root comes with the sum so far; ``"end"``: the output comes
            once, when the root ends, so that the size of all patches is linear in the output.
        selection: The sub-runs that are told of.

    >>> from uuid import UUID
    >>> run = RunInfo(UUID(int=1), (), "greet", "chain", (), {})
    >>> patches = LogPatches()
    >>> patch = patches.patch(RunStarted(run, 0.0, "you"))
    >>> patches.patch(RunStreamed(run, 0.1, "Hi"))
    RunLogPatch({'op': 'add', 'path': '/streamed_output/-', 'value': 'Hi'},
     {'op': 'replace', 'path': '/final_output', 'value': 'Hi'})
    """

    __slots__ = (
        "_each",
        "_final",
        "_keys",
        "_next_number",
        "_paths",
        "_root",
        "_root_id",
        "_selection",
        "_streamed",
        "_total",
    )

    def __init__(self, final_output: FinalOutput = "each", selection: Selection = EVERYTHING) -> None:
        self._each = final_output == "each"
        self._selection = selection
        self._root: RunInfo | None = None
        self._root_id = ""
        self._total: object = NOTHING
        self._final: object = None
        self._streamed = False
        self._keys: set[str] = set()
        self._next_number: dict[str, int] = {}
        self._paths: dict[str, str] = {}  # of the entry of each run that goes on, by its id

    def patch(self, event: Event) -> RunLogPatch | None:
        """The patch of the next event; ``None`` where it changes nothing.

        Raises:
            ValueError: The first event is no start, or a run starts outside of the root run.
        """
        run = event.run
        if isinstance(event, RunStarted):
            return self._started(event)
        if run is self._root or run.id_text == self._root_id:
            return self._chunk(event) if isinstance(event, RunStreamed) else self._of_root(event)
        if self._root is None:
            raise not_started(run)
        path = self._paths.get(run.id_text)
        return None if path is None else self._of_sub_run(event, path)

    def _started(self, event: RunStarted) -> RunLogPatch | None:
        run = event.run
        if self._root is None:
            self._root, self._root_id = run, run.id_text
            return patch_of({"op": "replace", "path": "", "value": new_state(run)})
        check_inside(self._root, run)
        if not self._selection.selects(run):
            return None
        key = log_key(run.name, self._keys, self._next_number)
        self._keys.add(key)
        path = self._paths[run.id_text] = f"/logs/{escaped(key)}"
        return patch_of({"op": "add", "path": path, "value": new_entry(event)})

    def _chunk(self, event: RunStreamed) -> RunLogPatch:
        chunk = event.chunk
        self._streamed = True
        add: dict[str, object] = {"op": "add", "path": "/streamed_output/-", "value": chunk}
        if not self._each:
            return patch_of(add)
        sums = event.run.sums
        self._total = grow(sums, self._total, (chunk,))
        final = value_of(sums, self._total)
        if same(final, self._final):
            return patch_of(add)
        self._final = final
        return patch_of(add, {"op": "replace", "path": "/final_output", "value": final})

    def _of_root(self, event: RunEnded | RunFailed | Custom) -> RunLogPatch | None:
        match event:
            case RunEnded():
                if same(event.output, self._final):
                    return None
                self._final = event.output
                final: dict[str, object] = {"op": "replace", "path": "/final_output", "value": event.output}
                if self._streamed or not gives_at_once(event.run):
                    return patch_of(final)
                return patch_of({"op": "add", "path": "/streamed_output/-", "value": event.output}, final)
            case RunFailed() | Custom():
                return None
            case _:
                assert_never(event)

    def _of_sub_run(self, event: RunStreamed | RunEnded | RunFailed | Custom, path: str) -> RunLogPatch | None:
        match event:
            case RunStreamed():
                add: dict[str, object] = {"op": "add", "path": f"{path}/streamed_output/-", "value": event.chunk}
                text = text_of(event.run, event.chunk)
                if text is None:
                    return patch_of(add)
                return patch_of(add, {"op": "add", "path": f"{path}/streamed_output_str/-", "value": text})
            case RunEnded():
                output = logged_output(event.run, event.output)
                return self._last(event, path, {"op": "add", "path": f"{path}/final_output", "value": output})
            case RunFailed():
                error = describe_error(event.error)
                return self._last(event, path, {"op": "add", "path": f"{path}/error", "value": error})
            case Custom():
                return None
            case _:
                assert_never(event)

    def _last(self, event: RunEnded | RunFailed, path: str, op: dict[str, object]) -> RunLogPatch:
        del self._paths[event.run.id_text]
        return patch_of(op, {"op": "add", "path": f"{path}/end_time", "value": iso_time(event.timestamp)})
