"""What stores of documents share: their documents and ids, metadata filters, and the search as a function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from runlaw.components.base import quick_maker
from runlaw.components.documents import Document

_document = quick_maker(Document, "page_content")


class Placement(NamedTuple):
    """Where added documents go.

    Attributes:
        ids: The id of each of them.
        fresh: Those to be taken in, by their new keys; of several with one id the last.
        keys: The keys of all documents after that, by their ids.
        replaced: The keys of documents that the new ones replace.
    """

    ids: list[str]
    fresh: dict[int, Document]
    keys: dict[str, int]
    replaced: list[int]


def documents_of(given: Iterable[str | Document]) -> list[Document]:
    """Texts and documents, all as documents.

    Raises:
        TypeError: One of them is neither a text nor a ``Document``, or they come as one.
    """
    if isinstance(given, str | Document):
        raise TypeError(f"a store adds a sequence of texts or documents; got one {type(given).__name__}")
    return [each if isinstance(each, Document) else _text_document(each) for each in given]


def _text_document(given: object) -> Document:
    if isinstance(given, str):
        return _document(given)
    raise TypeError(f"a store takes texts and documents; got {type(given).__name__}: {given!r}")


def place(added: Sequence[Document], keys: Mapping[str, int], first: int) -> Placement:
    """Find ids for added documents, whose keys are numbers from ``first`` on; one with a known id replaces it."""
    found = Placement([], {}, dict(keys), [])
    for key, document in enumerate(added, first):
        given = _new_id(key, found.keys) if document.id is None else document.id
        known = found.keys.get(given)
        if known is not None and found.fresh.pop(known, None) is None:
            found.replaced.append(known)
        found.keys[given] = key
        found.fresh[key] = document
        found.ids.append(given)
    return found


def _new_id(key: int, taken: Mapping[str, int]) -> str:
    given = str(key)
    while given in taken:
        given = f"{given}-{key}"
    return given


def taken_out(ids: Iterable[str], keys: Mapping[str, int]) -> dict[str, int]:
    """The keys of the documents with these ids.

    Raises:
        KeyError: An id is not known.
        TypeError: The ids come as one text.
    """
    if isinstance(ids, str):
        raise TypeError(f"delete takes a sequence of ids; got the single text {ids!r}")
    wanted = dict.fromkeys(ids)
    unknown = [each for each in wanted if each not in keys]
    if unknown:
        raise KeyError(f"the store has no document with the id {', '.join(map(repr, unknown))}")
    return {given: keys[given] for given in wanted}


def has_metadata(document: Document, where: Mapping[str, object] | None) -> bool:
    """Whether a document has these metadata, key by key."""
    if not where:
        return True
    metadata = document.metadata
    return all(key in metadata and metadata[key] == value for key, value in where.items())


def check_query(query: object) -> None:
    """Check a query. Raises ``TypeError`` where it is no text."""
    if not isinstance(query, str):
        raise TypeError(f"a query must be a str; got {type(query).__name__}: {query!r}")


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
