"""The states of a log over time, sharing what they have in common.

Every addition is stamped with the version it came with, in lists that only ever grow. A ``History`` is such
lists and a version, so a new one costs the same however long the log is, and an older one never changes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from runlaw.events.shape import check_entry, check_state
from runlaw.events.sums import NOTHING, grow, value_of
from runlaw.kernel.value import fresh

if TYPE_CHECKING:
    from runlaw.events.run_info import RunInfo
    from runlaw.kernel.semigroup import Semigroup

_SUM: Final = object()  # in a track of final outputs: the sum of all chunks


class Track:
    """A list that only grows; each item bears the version it came with."""

    __slots__ = ("items", "versions")

    def __init__(self, items: list[object], versions: list[int]) -> None:
        self.items: list[object] = items
        self.versions: list[int] = versions

    def add(self, item: object, version: int) -> None:
        """Add an item that comes with the version, which is at least that of the last one."""
        self.items.append(item)
        self.versions.append(version)

    def count(self, version: int) -> int:
        """How many items there were at the version."""
        versions = self.versions
        return len(versions) if not versions or versions[-1] <= version else bisect_right(versions, version)

    def at(self, version: int) -> list[object]:
        """The items there were at the version."""
        return self.items[: self.count(version)]

    def last(self, version: int, default: object) -> object:
        """The last item there was at the version."""
        count = self.count(version)
        return self.items[count - 1] if count else default

    def cut(self, version: int) -> Track:
        """A track of its own, as this one was at the version."""
        count = self.count(version)
        return Track(self.items[:count], self.versions[:count])


class Entry:
    """One sub-run: the fields it started with, its lists, and the fields set later."""

    __slots__ = ("chunks", "fields", "later", "started", "texts")

    def __init__(self, started: int, fields: dict[str, object], chunks: Track, texts: Track, later: Track) -> None:
        self.started: int = started
        self.fields: dict[str, object] = fields
        self.chunks: Track = chunks
        self.texts: Track = texts
        self.later: Track = later

    def at(self, version: int) -> dict[str, object]:
        """The entry as it was at the version, made anew."""
        state = {key: fresh(value) for key, value in self.fields.items()}
        state["streamed_output_str"] = self.texts.at(version)
        state["streamed_output"] = self.chunks.at(version)
        for fields in self.later.at(version):
            state.update(fields)  # type: ignore[call-overload]  # a track of mappings
        if "error" in state:
            state["error"] = fresh(state["error"])
        return state

    def cut(self, version: int) -> Entry:
        """An entry of its own, as this one was at the version."""
        return Entry(
            self.started, self.fields, self.chunks.cut(version), self.texts.cut(version), self.later.cut(version)
        )


class Journal:
    """What the histories of one log share."""

    __slots__ = (
        "chunks",
        "entries",
        "fields",
        "finals",
        "keys",
        "latest",
        "lock",
        "next_number",
        "root",
        "summed",
        "sums",
    )

    def __init__(self, fields: dict[str, object], chunks: Track, finals: Track, latest: int) -> None:
        self.fields: dict[str, object] = fields
        self.chunks: Track = chunks
        self.finals: Track = finals
        self.latest: int = latest
        self.entries: dict[str, Entry] = {}
        self.keys: dict[object, str] = {}  # of each entry, by its id
        self.next_number: dict[str, int] = {}
        self.root: RunInfo | None = None
        self.sums: Semigroup[Any] | None = None  # Any: of whatever type the chunks are
        self.summed: tuple[int, object] = (0, NOTHING)  # how many chunks, and their sum: a memory, not a state
        self.lock: Lock = Lock()

    def cut(self, version: int) -> Journal:
        """A journal of its own that ends with the version."""
        journal = Journal(self.fields, self.chunks.cut(version), self.finals.cut(version), version)
        journal.entries = {key: e.cut(version) for key, e in list(self.entries.items()) if e.started <= version}
        journal.keys = {run_id: key for run_id, key in list(self.keys.items()) if key in journal.entries}
        journal.root = self.root
        journal.sums = self.sums
        return journal

    def sum_of(self, count: int) -> object:
        """The value of the sum of the first chunks, from the sum asked for last where that helps."""
        known, total = self.summed
        if known > count:
            known, total = 0, NOTHING
        if known < count:
            total = grow(self.sums, total, self.chunks.items[known:count])
            self.summed = (count, total)
        return value_of(self.sums, total)


class History:
    """The state of a log at one moment. Every method gives another history or a value, and changes nothing."""

    __slots__ = ("_journal", "_version")

    def __init__(self, journal: Journal, version: int) -> None:
        self._journal = journal
        self._version = version

    @staticmethod
    def of(state: object, root: RunInfo | None = None) -> History:
        """The history that begins with the state; what the state holds is copied, chunks and outputs aside.

        Raises:
            ValueError: It has not the shape of a ``RunState``.
        """
        whole = check_state(state)
        fields = {"id": whole["id"], "name": whole["name"], "type": whole["type"]}
        journal = Journal(fields, _first(whole["streamed_output"]), _first([whole["final_output"]]), 0)
        journal.root = root
        journal.sums = None if root is None else root.sums
        for key, entry in whole["logs"].items():
            _enter(journal, key, entry, 0)
        return History(journal, 0)

    def with_chunk(self, chunk: object, sums: Semigroup[Any] | None) -> History:  # Any: of whatever type chunks are
        """With a chunk of the root, whose final output is then the sum of its chunks."""
        journal, version = self._grow()
        journal.sums = sums
        finals, chunks = journal.finals, journal.chunks
        if not finals.items or finals.items[-1] is not _SUM:
            finals.add(_SUM, version)
        chunks.add(chunk, version)
        return History(journal, version)

    def with_chunk_alone(self, chunk: object) -> History:
        """With a chunk of the root, whose final output stays as it is."""
        summed = self._journal.finals.last(self._version, None) is _SUM
        known = self.final_output if summed else None
        journal, version = self._grow()
        if summed:
            journal.finals.add(known, version)
        journal.chunks.add(chunk, version)
        return History(journal, version)

    def with_final_output(self, value: object) -> History:
        """With another final output of the root."""
        journal, version = self._grow()
        journal.finals.add(value, version)
        return History(journal, version)

    def with_entry(self, key: str, entry: object) -> History:
        """With an entry, whose key must be new.

        Raises:
            ValueError: It has not the shape of a ``LogEntry``.
        """
        journal, version = self._grow()
        _enter(journal, key, entry, version)
        return History(journal, version)

    def with_entry_chunk(self, key: str, chunk: object) -> History:
        """With a chunk in the entry."""
        journal, version = self._grow()
        journal.entries[key].chunks.add(chunk, version)
        return History(journal, version)

    def with_entry_text(self, key: str, text: object) -> History:
        """With the text of a chunk in the entry."""
        journal, version = self._grow()
        journal.entries[key].texts.add(text, version)
        return History(journal, version)

    def with_entry_fields(self, key: str, fields: Mapping[str, object]) -> History:
        """With other values of some fields of the entry."""
        journal, version = self._grow()
        journal.entries[key].later.add(fields, version)
        return History(journal, version)

    @property
    def root(self) -> RunInfo | None:
        """The run the log is about, where it was made from events."""
        return self._journal.root

    @property
    def run_id(self) -> object:
        """The id of the run the log is about, as text."""
        return self._journal.fields.get("id")

    @property
    def final_output(self) -> object:
        """The final output of the root, or the sum so far."""
        final = self._journal.finals.last(self._version, None)
        return fresh(self._journal.sum_of(self._journal.chunks.count(self._version))) if final is _SUM else final

    @property
    def has_chunks(self) -> bool:
        """Whether the root has given any."""
        return self._journal.chunks.count(self._version) > 0

    def has(self, key: str) -> bool:
        """Whether there is an entry of that key."""
        entry = self._journal.entries.get(key)
        return entry is not None and entry.started <= self._version

    def key_of(self, run_id: str) -> str | None:
        """The key of the entry of a run; ``None`` where it has none."""
        key = self._journal.keys.get(run_id)
        return key if key is not None and self.has(key) else None

    def free_key(self, name: str) -> str:
        """The key of the next entry of that name."""
        from runlaw.events.entry import log_key

        journal = self._journal
        if journal.latest == self._version:
            return log_key(name, journal.entries, journal.next_number)
        return log_key(name, {key for key in list(journal.entries) if self.has(key)}, {})

    def state(self) -> dict[str, object]:
        """The state, made anew: the caller may change it."""
        journal, version = self._journal, self._version
        state: dict[str, object] = journal.fields.copy()
        state["streamed_output"] = journal.chunks.at(version)
        state["final_output"] = self.final_output
        entries = list(journal.entries.items())
        state["logs"] = {key: entry.at(version) for key, entry in entries if entry.started <= version}
        return state

    def _grow(self) -> tuple[Journal, int]:
        """A journal to write the next version in: the shared one for the first that asks, else a copy."""
        journal = self._journal
        with journal.lock:
            if journal.latest == self._version:
                journal.latest += 1
                return journal, journal.latest
        journal = journal.cut(self._version)
        journal.latest += 1
        return journal, journal.latest


def _enter(journal: Journal, key: str, entry: object, version: int) -> None:
    known = check_entry(key, entry)
    fields = {
        "id": known["id"],
        "name": known["name"],
        "type": known["type"],
        "tags": list(known["tags"]),
        "metadata": fresh(known["metadata"]),
        "start_time": known["start_time"],
    }
    later = {"final_output": known["final_output"], "end_time": known["end_time"]}
    if "error" in known:
        later["error"] = known["error"]
    chunks, texts = _first(known["streamed_output"], version), _first(known["streamed_output_str"], version)
    journal.entries[key] = Entry(version, fields, chunks, texts, _first([later], version))
    journal.keys[known["id"]] = key


def _first(items: list[object], version: int = 0) -> Track:
    return Track(list(items), [version] * len(items))
