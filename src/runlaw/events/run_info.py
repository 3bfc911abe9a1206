"""Which run an event is of: its id, the ids of the runs around it, and what all runs of its step have in common."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from runlaw.kernel.value import fresh

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from runlaw.kernel.nodes import RunType
    from runlaw.kernel.semigroup import Semigroup


class RunKind:
    """What all runs of one step of a program have in common: part of a ``RunInfo``."""

    __slots__ = ("metadata", "name", "run_type", "sums", "tags")

    def __init__(
        self,
        name: str,
        run_type: RunType,
        tags: tuple[str, ...],
        metadata: Mapping[str, object],
        sums: Semigroup[Any] | None,  # Any: of whatever type the chunks are
    ) -> None:
        self.name: str = name
        self.run_type = run_type
        self.tags: tuple[str, ...] = tags
        self.metadata: Mapping[str, object] = MappingProxyType({key: fresh(value) for key, value in metadata.items()})
        self.sums: Semigroup[Any] | None = sums  # Any: as above


class RunInfo:
    """What all events of one run have in common. Frozen; equal by value.

    ``sums`` and ``cache`` (what ``stream_event`` derives from the run, once) are not part of equality, and not pickled.
    Ids may be given as the ``int`` of a UUID, which is made when it is asked for.
    """

    __slots__ = ("_kind", "_parent_ids", "_run_id", "cache")

    _kind: RunKind
    _parent_ids: tuple[UUID | int, ...]
    _run_id: UUID | int
    cache: Any  # Any: of a type of a module above this one

    def __init__(
        self,
        run_id: UUID | int,
        parent_ids: tuple[UUID | int, ...],
        name: str,
        run_type: RunType,
        tags: tuple[str, ...],
        metadata: Mapping[str, object],
        sums: Semigroup[Any] | None = None,  # Any: of whatever type the chunks are
    ) -> None:
        self._run_id = run_id
        self._parent_ids = parent_ids
        self._kind = RunKind(name, run_type, tags, metadata, sums)
        self.cache: Any = None  # Any: as in RunInfo

    @property
    def run_id(self) -> UUID:
        """The id of the run."""
        run_id = self._run_id
        if isinstance(run_id, int):
            run_id = self._run_id = _uuid(run_id)
        return run_id

    @property
    def id_text(self) -> str:
        """The run id as text."""
        return id_text(self._run_id)

    @property
    def parent_ids(self) -> tuple[UUID, ...]:
        """The ids of the runs around it, outermost first."""
        if any(isinstance(one, int) for one in self._parent_ids):
            self._parent_ids = tuple([_uuid(one) if isinstance(one, int) else one for one in self._parent_ids])
        return self._parent_ids  # type: ignore[return-value]  # there is no int left

    @property
    def path(self) -> tuple[UUID | int, ...]:
        """The ids of the runs around it, outermost first, and its own; as they were given."""
        return (*self._parent_ids, self._run_id)

    @property
    def parent_texts(self) -> list[str]:
        """The ids of the runs around it as texts."""
        return [id_text(one) for one in self._parent_ids]

    @property
    def name(self) -> str:
        """The name of the run."""
        return self._kind.name

    @property
    def run_type(self) -> RunType:
        """The kind of the run."""
        return self._kind.run_type

    @property
    def tags(self) -> tuple[str, ...]:
        """The labels of the run, in order."""
        return self._kind.tags

    @property
    def metadata(self) -> Mapping[str, object]:
        """The key-value pairs of the run; they cannot be changed."""
        return self._kind.metadata

    @property
    def sums(self) -> Semigroup[Any] | None:  # Any: of whatever type the chunks are
        """How the chunks of the run add up, where it is known."""
        return self._kind.sums

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RunInfo):
            return NotImplemented
        return self is other or (
            self.run_id == other.run_id
            and self.parent_ids == other.parent_ids
            and self.name == other.name
            and self.run_type == other.run_type
            and self.tags == other.tags
            and self.metadata == other.metadata
        )

    def __hash__(self) -> int:
        return hash(self._run_id)

    def __repr__(self) -> str:
        return f"RunInfo({self.name!r}, {self.run_type!r}, run_id={self.id_text!r})"

    def __reduce__(self) -> tuple[type[RunInfo], tuple[object, ...]]:
        return RunInfo, (self.run_id, self.parent_ids, self.name, self.run_type, self.tags, dict(self.metadata))


class NextInfo(RunInfo):
    """The info of one more run of a step, whose kind is known."""

    __slots__ = ()

    def __init__(self, kind: RunKind, run_id: UUID | int, parent_ids: tuple[UUID | int, ...]) -> None:
        self._run_id = run_id
        self._parent_ids = parent_ids
        self._kind = kind
        self.cache: Any = None  # Any: as in RunInfo


def _uuid(bits: int) -> UUID:
    from uuid import UUID

    return UUID(int=bits)


@lru_cache(maxsize=1024)
def id_text(run_id: UUID | int) -> str:
    """A run id as text; the id of a run is asked for by each of its events and children."""
    if not isinstance(run_id, int):
        return str(run_id)
    digits = f"{run_id:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
