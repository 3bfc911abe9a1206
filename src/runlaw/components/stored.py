"""What stores of documents share: their documents and ids, metadata filters, and the search as a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol, TypeAlias

from runlaw.components.base import quick_maker
from runlaw.components.documents import Document

text_document: Final[Callable[[str], Document]] = quick_maker(Document, "page_content")
Stored: TypeAlias = Document | str
"""A document as a store keeps it: a plain text becomes a document when it is found."""


class Placement(NamedTuple):
    """Where added documents go.

    Attributes:
        ids: The id of each of them.
        fresh: Those to be taken in, by their new keys; of several with one id the last.
        keys: Their keys, by their ids.
        replaced: The keys of documents that the new ones replace.
    """

    ids: list[str]
    fresh: dict[int, Stored]
    keys: dict[str, int]
    replaced: list[int]


def documents_of(given: Iterable[str | Document]) -> list[Stored]:
    """Texts and documents, as a store takes them.

    Raises:
        TypeError: One of them is neither a text nor a ``Document``, or they come as one.
    """
    if isinstance(given, str | Document):
        raise TypeError(f"a store adds a sequence of texts or documents; got one {type(given).__name__}")
    if not isinstance(given, Iterable):
        raise TypeError(f"a store adds a sequence of texts or documents; got {given!r:.200}")
    added = list(given)
    if {*map(type, added)} <= {str, Document}:
        return added
    for each in added:
        if not isinstance(each, str | Document):
            raise TypeError(f"a store takes texts and documents; got {type(each).__name__}: {each!r}")
    return added


def document_of(stored: Stored) -> Document:
    """The document that a store keeps."""
    return text_document(stored) if isinstance(stored, str) else stored


def text_of(stored: Stored) -> str:
    """The text of a document that a store keeps."""
    return stored if isinstance(stored, str) else stored.page_content


def texts_of(stored: Sequence[Stored]) -> list[str]:
    """The texts of documents that a store keeps."""
    return [each if isinstance(each, str) else each.page_content for each in stored]


def place(added: Sequence[Stored], known: Mapping[str, int], first: int) -> Placement:
    """Find ids for added documents, whose keys are numbers from ``first`` on; one with a known id replaces it.

    Args:
        added: The documents.
        known: The keys of those that are there already, by their ids.
        first: The first free key.
    """
    if {*map(type, added)} <= {str}:
        ids = [*map(str, range(first, first + len(added)))]
    else:
        ids = [
            str(key) if isinstance(each, str) or each.id is None else each.id for key, each in enumerate(added, first)
        ]
    keys = dict(zip(ids, range(first, first + len(ids)), strict=True))
    if len(keys) == len(ids) and known.keys().isdisjoint(keys.keys()):
        return Placement(ids, dict(enumerate(added, first)), keys, [])
    return _place_one_by_one(added, known, first)


def _place_one_by_one(added: Sequence[Stored], known: Mapping[str, int], first: int) -> Placement:
    found = Placement([], {}, {}, [])
    for key, stored in enumerate(added, first):
        given = None if isinstance(stored, str) else stored.id
        if given is None:
            given = str(key)
            while given in known or given in found.keys:
                given = f"{given}-{key}"
        elif given in found.keys:
            del found.fresh[found.keys[given]]
        elif given in known:
            found.replaced.append(known[given])
        found.keys[given] = key
        found.fresh[key] = stored
        found.ids.append(given)
    return found


def taken_out(ids: Iterable[str], keys: Mapping[str, int]) -> dict[str, int]:
    """The keys of the documents with these ids.

    Raises:
        KeyError: An id is not known.
        TypeError: The ids come as one text.
    """
    if isinstance(ids, str):
        raise TypeError(f"delete takes a sequence of ids; got the single text {ids!r}")
    if not isinstance(ids, Iterable):
        raise TypeError(f"delete takes a sequence of ids; got {ids!r:.200}")
    wanted = dict.fromkeys(ids)
    unknown = [each for each in wanted if each not in keys]
    if unknown:
        raise KeyError(f"the store has no document with the id {', '.join(map(repr, unknown))}")
    return {given: keys[given] for given in wanted}


def has_metadata(stored: Stored, where: Mapping[str, object] | None) -> bool:
    """Whether a document has these metadata, key by key."""
    if not where:
        return True
    if isinstance(stored, str):
        return False
    metadata = stored.metadata
    return all(key in metadata and metadata[key] == value for key, value in where.items())


def check_query(query: object) -> None:
    """Check a query. Raises ``TypeError`` where it is no text."""
    if not isinstance(query, str):
        raise TypeError(f"a query must be a str; got {type(query).__name__}: {query!r}")


def check_where(where: object) -> None:
    """Check a filter. Raises ``TypeError`` where it is neither a mapping nor ``None``."""
    if where is not None and not isinstance(where, Mapping):
        raise TypeError(f"where must be a mapping of the metadata that documents must have; got {where!r:.200}")


def check_k(k: object) -> None:
    """Check how many documents are asked for.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is below 1.
    """
    if not isinstance(k, int) or isinstance(k, bool):
        raise TypeError(f"k, the number of documents, must be an int; got {k!r}")
    if k < 1:
        raise ValueError(f"k, the number of documents, must be at least 1; got {k}")


class Searchable(Protocol):
    """A store that can be searched."""

    def search(self, query: str, k: int = ..., *, where: Mapping[str, object] | None = ...) -> list[Document]:
        """The documents nearest to the query, the best first."""
        ...


@dataclass(frozen=True)
class StoreSearch:
    """The search of a store as a function of the query."""

    store: Searchable
    k: int
    where: Mapping[str, object]

    def __hash__(self) -> int:
        return hash((id(self.store), self.k))

    def __call__(self, query: str, /) -> list[Document]:
        """Search the store."""
        return self.store.search(query, self.k, where=self.where or None)


class AsyncSearchable(Protocol):
    """A store that can be searched on the running event loop."""

    async def asearch(self, query: str, k: int = ..., *, where: Mapping[str, object] | None = ...) -> list[Document]:
        """The documents nearest to the query, the best first."""
        ...


@dataclass(frozen=True)
class AsyncStoreSearch:
    """The search of a store as an async function of the query."""

    store: AsyncSearchable
    k: int
    where: Mapping[str, object]

    def __hash__(self) -> int:
        return hash((id(self.store), self.k))

    async def __call__(self, query: str, /) -> list[Document]:
        """Search the store."""
        return await self.store.asearch(query, self.k, where=self.where or None)
