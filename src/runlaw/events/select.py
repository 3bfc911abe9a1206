"""Which runs are told of: by name, type, tag and metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypedDict, get_args

from runlaw.kernel.nodes import RunType

if TYPE_CHECKING:
    from runlaw.events.event import Event
    from runlaw.events.run_info import RunInfo


class Filters(TypedDict, total=False):
    """The arguments of ``Selection``, for signatures."""

    include_names: Sequence[str] | None
    include_types: Sequence[RunType] | None
    include_tags: Sequence[str] | None
    include_metadata: Mapping[str, object] | None
    exclude_names: Sequence[str] | None
    exclude_types: Sequence[RunType] | None
    exclude_tags: Sequence[str] | None
    exclude_metadata: Mapping[str, object] | None


class Selection:
    """Runs to include and to exclude.

    A run is selected when it matches any of the ``include`` criteria (or none is given), and none of the
    ``exclude`` criteria. Its children are judged by themselves. ``None`` is no criterion; an empty sequence is
    one that no run matches.

    Args:
        include_names: Runs of one of these names.
        include_types: Runs of one of these run types.
        include_tags: Runs with at least one of these tags.
        include_metadata: Runs whose metadata have all of these items; an empty mapping is no criterion.
        exclude_names: As above, for runs to leave out.
        exclude_types: As above, for runs to leave out.
        exclude_tags: As above, for runs to leave out.
        exclude_metadata: As above, for runs to leave out.

    Raises:
        TypeError: An argument is a bare ``str``, or no sequence of ``str``; metadata that are no mapping.
        ValueError: A run type that does not exist.

    >>> from uuid import UUID
    >>> from runlaw.events.run_info import RunInfo
    >>> docs = RunInfo(UUID(int=1), (), "Docs", "retriever", ("seq:step:1",), {})
    >>> Selection(include_names=["Docs"], include_types=["llm"]).selects(docs)
    True
    >>> Selection(include_names=["Docs"], exclude_tags=["seq:step:1"]).selects(docs)
    False
    """

    __slots__ = ("_exclude", "_include")

    def __init__(
        self,
        *,
        include_names: Sequence[str] | None = None,
        include_types: Sequence[RunType] | None = None,
        include_tags: Sequence[str] | None = None,
        include_metadata: Mapping[str, object] | None = None,
        exclude_names: Sequence[str] | None = None,
        exclude_types: Sequence[RunType] | None = None,
        exclude_tags: Sequence[str] | None = None,
        exclude_metadata: Mapping[str, object] | None = None,
    ) -> None:
        self._include = _Criteria("include", include_names, include_types, include_tags, include_metadata)
        self._exclude = _Criteria("exclude", exclude_names, exclude_types, exclude_tags, exclude_metadata)

    @property
    def is_total(self) -> bool:
        """Whether every run is selected."""
        return self._include.is_empty and self._exclude.is_empty

    def selects(self, run: RunInfo) -> bool:
        """Whether the run is told of."""
        return self._selects(run, run.name)

    def tells(self, event: Event) -> bool:
        """Whether the event is told: its run is selected. One of the user's own goes by its own name as well."""
        return self._selects(event.run, event.name)

    def _selects(self, run: RunInfo, name: str) -> bool:
        return (self._include.is_empty or self._include.match(run, name)) and not self._exclude.match(run, name)


class _Criteria:
    """Names, types, tags and metadata, of which one is enough."""

    __slots__ = ("is_empty", "metadata", "names", "tags", "types")

    def __init__(
        self,
        side: str,
        names: Sequence[str] | None,
        types: Sequence[str] | None,
        tags: Sequence[str] | None,
        metadata: Mapping[str, object] | None,
    ) -> None:
        self.names = _texts(f"{side}_names", names)
        self.types = _texts(f"{side}_types", types)
        self.tags = _texts(f"{side}_tags", tags)
        self.metadata = _items(f"{side}_metadata", metadata)
        self.is_empty = names is None and types is None and tags is None and not metadata
        for run_type in sorted(self.types - _RUN_TYPES):
            known = ", ".join(sorted(_RUN_TYPES))
            raise ValueError(f"{side}_types has the unknown run type {run_type!r}; the run types are {known}")

    def match(self, run: RunInfo, name: str) -> bool:
        if self.is_empty:
            return False
        return (
            run.name in self.names
            or name in self.names
            or run.run_type in self.types
            or not self.tags.isdisjoint(run.tags)
            or (bool(self.metadata) and _has_items(run.metadata, self.metadata))
        )


def keep(events: Iterable[Event], selection: Selection) -> Iterator[Event]:
    """The events of the selected runs, and of the first run of all, which a log is about."""
    root = None
    for event in events:
        root = event.run if root is None else root
        if event.run is root or selection.selects(event.run) or event.run.run_id == root.run_id:
            yield event


def _texts(where: str, value: object) -> frozenset[str]:
    if value is None:
        return frozenset()
    if isinstance(value, str):
        raise TypeError(f"{where} must be a sequence of str, not one str; write [{value!r}]")
    if not isinstance(value, (Sequence, set, frozenset)):
        raise TypeError(f"{where} must be a sequence of str; got {value!r}")
    for item in value:
        if not isinstance(item, str):
            raise TypeError(f"{where} must be a sequence of str; got {item!r} in it")
    return frozenset(value)


def _items(where: str, value: object) -> dict[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError(f"{where} must be a mapping, whose items a run must have; got {value!r}")
    return dict(value)


def _has_items(metadata: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    return all(key in metadata and bool(metadata[key] == value) for key, value in wanted.items())


_RUN_TYPES: Final[frozenset[str]] = frozenset(get_args(RunType))
EVERYTHING: Final = Selection()
