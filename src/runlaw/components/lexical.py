"""A store of documents that are found by their words, on the full-text index of the tantivy package."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path

from runlaw.components.documents import Document
from runlaw.components.full_text import FullText
from runlaw.components.retrievers import retriever
from runlaw.components.store_file import read_store, write_store
from runlaw.components.stored import (
    Stored,
    StoreSearch,
    check_k,
    check_query,
    check_where,
    document_of,
    documents_of,
    has_metadata,
    place,
    taken_out,
    text_of,
)
from runlaw.runnable import Runnable

_FORMAT = "runlaw lexical store"


class LexicalStore:
    """Documents, found by the words they share with a query: rare words count more (BM25).

    English endings and upper case make no difference; a query is plain text, and has no syntax. Searching is
    safe in any thread, also while documents are added. It pickles with its documents.

    Args:
        documents: Texts or documents.

    Raises:
        ImportError: The tantivy package is not installed.
        TypeError: One of them is neither a text nor a ``Document``.

    >>> store = LexicalStore(["bears sleep in winter", "cats never sleep"])
    >>> store.search("a sleeping bear", k=1)
    [Document(page_content='bears sleep in winter')]
    """

    def __init__(self, documents: Iterable[str | Document] = ()) -> None:
        self._lock = threading.Lock()
        self._documents: dict[int, Stored] = {}
        self._keys: dict[str, int] = {}
        self._next = 0
        self._index = FullText()
        self.add(documents)

    def __len__(self) -> int:
        return len(self._documents)

    def __repr__(self) -> str:
        return f"LexicalStore(<{len(self)} documents>)"

    def add(self, documents: Iterable[str | Document]) -> list[str]:
        """Add texts or documents; one whose ``id`` is known replaces the one that had it.

        Returns:
            The id of each, to delete it by: its own, or a new one.

        Raises:
            TypeError: One of them is neither a text nor a ``Document``; nothing is added then.
        """
        added = documents_of(documents)
        with self._lock:
            placed = place(added, self._keys, self._next)
            self._next += len(added)
            self._change(self._keys | placed.keys, placed.fresh, placed.replaced)
        return placed.ids

    def delete(self, ids: Iterable[str]) -> None:
        """Delete the documents with these ids.

        Raises:
            KeyError: An id is not known; nothing is deleted then.
        """
        with self._lock:
            gone = taken_out(ids, self._keys)
            keys = {given: key for given, key in self._keys.items() if given not in gone}
            self._change(keys, {}, list(gone.values()))

    def _change(self, keys: dict[str, int], fresh: Mapping[int, Stored], gone: Sequence[int]) -> None:
        """Change documents and index so that a search at the same time finds each document before or after."""
        self._documents.update(fresh)
        try:
            self._index.change(((key, text_of(document)) for key, document in fresh.items()), gone)
        except BaseException:
            gone = list(fresh)
            raise
        else:
            self._keys = keys
        finally:
            for key in gone:
                self._documents.pop(key, None)

    def search(self, query: str, k: int = 4, *, where: Mapping[str, object] | None = None) -> list[Document]:
        """The documents that share words with the query, the best first.

        Args:
            query: Plain text.
            k: How many at most.
            where: Metadata that a document must have, key by key.

        Raises:
            TypeError: ``query`` is no text, or ``k`` no whole number.
            ValueError: ``k`` is below 1.
        """
        return [document for document, _ in self.search_with_scores(query, k, where=where)]

    def search_with_scores(
        self, query: str, k: int = 4, *, where: Mapping[str, object] | None = None
    ) -> list[tuple[Document, float]]:
        """As ``search``, with the score of each: positive, higher for a better one; only good for comparing."""
        check_query(query)
        check_k(k)
        check_where(where)
        found: list[tuple[Document, float]] = []
        limit = k
        while True:
            hits = self._index.search(query, limit)
            known = ((self._documents.get(key), score) for key, score in hits)
            found = [
                (document_of(each), score) for each, score in known if each is not None and has_metadata(each, where)
            ]
            if len(found) >= k or len(hits) < limit:
                return found[:k]
            limit *= 4

    def as_retriever(
        self, k: int = 4, *, where: Mapping[str, object] | None = None, name: str = "Retriever"
    ) -> Runnable[str, list[Document]]:
        """The store as a Runnable from a query to documents; its tag is the index's name, ``Tantivy``."""
        check_k(k)
        check_where(where)
        return retriever(StoreSearch(self, k, dict(where or {})), name=name, tags=("Tantivy",), blocking=False)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the documents to a file (JSON Lines), in place of what is there.

        Raises:
            OSError: The file cannot be written; what was there is left as it was.
            TypeError: A document's metadata cannot be written as JSON and read back the same.
        """
        write_store(Path(path), _FORMAT, self._stored())

    @classmethod
    def load(cls, path: str | PathLike[str]) -> LexicalStore:
        """The store that was saved to a file, indexed anew.

        Raises:
            OSError: The file cannot be read.
            ValueError: It is no file of a lexical store, or it is damaged.
        """
        store = cls()
        store._restore(read_store(Path(path), _FORMAT).stored)
        return store

    def _restore(self, stored: Sequence[tuple[str, Document]]) -> None:
        self._documents = {key: each for key, (_, each) in enumerate(stored)}
        self._keys = {given: key for key, (given, _) in enumerate(stored)}
        self._next = len(stored)
        self._index.change(((key, text_of(document)) for key, document in self._documents.items()), ())

    def _stored(self) -> list[tuple[str, Document]]:
        with self._lock:
            return [(given, document_of(self._documents[key])) for given, key in self._keys.items()]

    def __getstate__(self) -> list[tuple[str, Document]]:
        return self._stored()

    def __setstate__(self, stored: list[tuple[str, Document]]) -> None:
        self._lock = threading.Lock()
        self._index = FullText()
        self._restore(stored)


def lexical_store(documents: Iterable[str | Document] = ()) -> LexicalStore:
    """A store of documents that are found by their words; it needs no model. See ``LexicalStore``.

    >>> search = lexical_store(["harrison worked at kensho", "bears like to eat honey"]).as_retriever(k=1)
    >>> search.invoke("where did harrison work?")
    [Document(page_content='harrison worked at kensho')]
    """
    return LexicalStore(documents)
