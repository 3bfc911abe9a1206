"""A store of documents that are found by their meaning: by vectors that embeddings give, on the faiss package."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from runlaw.algebra.facts import facts
from runlaw.algebra.leaf import to_node
from runlaw.combinators.batch import map_batch
from runlaw.components.documents import Document
from runlaw.components.faiss_index import FaissIndex, Vector
from runlaw.components.readers_writer import ReadersWriter
from runlaw.components.retrievers import retriever
from runlaw.components.store_file import StoreParts, read_store, write_store
from runlaw.components.stored import (
    AsyncStoreSearch,
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
    texts_of,
)
from runlaw.interpret.bridge import refuse_in_loop
from runlaw.runnable import Runnable, runnable

_FORMAT = "runlaw vector store"


class VectorStore:
    """Documents, found by the nearness of their vectors to that of a query: by the cosine of the angle.

    Searching is safe in any thread, also while documents are added. It pickles with its documents and vectors, and
    its embeddings. Inside an event loop ``aadd`` and ``asearch`` do the same without blocking it; async embeddings
    need them there.

    Args:
        documents: Texts or documents.
        embeddings: From a text to its vector. What takes whole groups (``lift_batch``) is given them.

    Raises:
        ImportError: The faiss package is not installed.
        RuntimeError: The embeddings are async and an event loop runs: start with no documents, and ``aadd`` them.
        TypeError: One of the documents is neither a text nor a ``Document``; or see ``add``.
        ValueError: See ``add``.

    >>> def count_letters(text: str) -> list[float]:
    ...     return [text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"]
    >>> store = VectorStore(["bears sleep in winter", "cats never sleep"], count_letters)
    >>> store.search("cat", k=1)
    [Document(page_content='cats never sleep')]
    """

    def __init__(self, documents: Iterable[str | Document], embeddings: Callable[[str], Vector]) -> None:
        self._set_up(runnable(to_node(embeddings, "the embeddings of a vector store")))
        self.add(documents)

    def _set_up(self, embeddings: Runnable[str, Vector]) -> None:
        self._embeddings = embeddings
        self._waits = facts(embeddings.node).asynchronous
        self._embed_all = map_batch(embeddings)
        self._lock = ReadersWriter()
        self._documents: dict[int, Stored] = {}
        self._keys: dict[str, int] = {}
        self._next = 0
        self._index = FaissIndex()

    def _refuse_in_loop(self, use: str) -> None:
        if self._waits:
            refuse_in_loop(f"a vector store on {self._embeddings.name}", f"store.{use}")

    def __len__(self) -> int:
        return len(self._documents)

    def __repr__(self) -> str:
        return f"VectorStore(<{len(self)} documents>, {self._embeddings!r})"

    def add(self, documents: Iterable[str | Document]) -> list[str]:
        """Add texts or documents; one whose ``id`` is known replaces the one that had it.

        Returns:
            The id of each, to delete it by: its own, or a new one.

        Raises:
            TypeError: One of them is neither a text nor a ``Document``, or the embeddings gave no list of numbers.
            ValueError: The embeddings gave a vector of another length, or a number that is not finite.
            Exception: What the embeddings raised. In each of these cases nothing is added.
        """
        added = documents_of(documents)
        if not added:
            return []
        self._refuse_in_loop("aadd(...)")
        return self._take_in(added, self._embed_all(texts_of(added)))

    async def aadd(self, documents: Iterable[str | Document]) -> list[str]:
        """``add`` on the running event loop, where async embeddings are awaited."""
        added = documents_of(documents)
        if not added:
            return []
        vectors = await self._embed_all.ainvoke(texts_of(added))
        return await asyncio.to_thread(self._take_in, added, vectors)

    def _take_in(self, added: Sequence[Stored], vectors: Sequence[Vector]) -> list[str]:
        with self._lock.writing():
            rows = self._index.unit(self._index.checked(vectors, self._embeddings.name))
            placed = place(added, self._keys, self._next)
            if len(placed.fresh) < len(added):
                rows = rows[[key - self._next for key in placed.fresh]]
            self._index.delete(placed.replaced)
            self._index.add(list(placed.fresh), rows)
            for key in placed.replaced:
                del self._documents[key]
            self._documents.update(placed.fresh)
            self._keys.update(placed.keys)
            self._next += len(added)
        return placed.ids

    def delete(self, ids: Iterable[str]) -> None:
        """Delete the documents with these ids.

        Raises:
            KeyError: An id is not known; nothing is deleted then.
        """
        with self._lock.writing():
            gone = taken_out(ids, self._keys)
            self._index.delete(gone.values())
            for given, key in gone.items():
                del self._keys[given], self._documents[key]

    def search(self, query: str, k: int = 4, *, where: Mapping[str, object] | None = None) -> list[Document]:
        """The documents nearest to a query, the best first.

        Args:
            query: A text.
            k: How many at most.
            where: Metadata that a document must have, key by key.

        Raises:
            TypeError: ``query`` is no text, ``k`` no whole number, or the embeddings gave no list of numbers.
            ValueError: ``k`` is below 1, or the embeddings gave a vector of another length than the documents'.
            Exception: What the embeddings raised.
        """
        return [document for document, _ in self.search_with_scores(query, k, where=where)]

    def search_with_scores(
        self, query: str, k: int = 4, *, where: Mapping[str, object] | None = None
    ) -> list[tuple[Document, float]]:
        """As ``search``, with the score of each: the cosine, from -1 to 1, higher for a better one."""
        _check(query, k, where)
        self._refuse_in_loop("asearch(...)")
        return self._nearest(self._embeddings(query), k, where) if self._documents else []

    async def asearch(self, query: str, k: int = 4, *, where: Mapping[str, object] | None = None) -> list[Document]:
        """``search`` on the running event loop, where async embeddings are awaited."""
        return [document for document, _ in await self.asearch_with_scores(query, k, where=where)]

    async def asearch_with_scores(
        self, query: str, k: int = 4, *, where: Mapping[str, object] | None = None
    ) -> list[tuple[Document, float]]:
        """``search_with_scores`` on the running event loop, where async embeddings are awaited."""
        _check(query, k, where)
        if not self._documents:
            return []
        vector = await self._embeddings.ainvoke(query)
        return await asyncio.to_thread(self._nearest, vector, k, where)

    def search_by_vector(
        self, vector: Vector, k: int = 4, *, where: Mapping[str, object] | None = None
    ) -> list[tuple[Document, float]]:
        """As ``search_with_scores``, by a vector that is there already."""
        check_k(k)
        check_where(where)
        return self._nearest(vector, k, where) if self._documents else []

    def _nearest(self, vector: Vector, k: int, where: Mapping[str, object] | None) -> list[tuple[Document, float]]:
        with self._lock.reading():
            documents = self._documents
            row = self._index.unit(self._index.checked([vector], self._embeddings.name))
            among = [key for key, each in documents.items() if has_metadata(each, where)] if where else None
            return [(document_of(documents[key]), score) for key, score in self._index.search(row, k, among)]

    def as_retriever(
        self, k: int = 4, *, where: Mapping[str, object] | None = None, name: str = "Retriever"
    ) -> Runnable[str, list[Document]]:
        """The store as a Runnable from a query to documents; its tags are the names of index and embeddings."""
        check_k(k)
        check_where(where)
        tags = (self._index.name, self._embeddings.name)
        search = (AsyncStoreSearch if self._waits else StoreSearch)(self, k, dict(where or {}))
        return retriever(search, name=name, tags=tags)

    def save(self, path: str | PathLike[str]) -> None:
        """Write documents and vectors to a file, in place of what is there.

        Raises:
            OSError: The file cannot be written; what was there is left as it was.
            TypeError: A document's metadata cannot be written as JSON and read back the same.
        """
        stored, vectors = self._parts()
        facts = {"dimension": self._index.dimension}
        numbers = vectors.astype("<f4", copy=False).reshape(-1).view("u1")
        write_store(Path(path), _FORMAT, stored, facts, memoryview(numbers))

    @classmethod
    def load(cls, path: str | PathLike[str], embeddings: Callable[[str], Vector]) -> VectorStore:
        """The store that was saved to a file.

        Args:
            path: The file.
            embeddings: Those that the store was built with, to find the vectors of queries.

        Raises:
            OSError: The file cannot be read.
            ValueError: It is no file of a vector store, or it is damaged.
        """
        store = cls((), embeddings)
        store._restore(*_read(Path(path), read_store(Path(path), _FORMAT)))
        return store

    def _restore(self, stored: Sequence[tuple[str, Document]], vectors: Any) -> None:  # Any: an array
        self._documents = {key: each for key, (_, each) in enumerate(stored)}
        self._keys = {given: key for key, (given, _) in enumerate(stored)}
        self._next = len(stored)
        self._index.add(range(len(stored)), vectors)

    def _parts(self) -> tuple[list[tuple[str, Document]], Any]:  # Any: an array
        with self._lock.reading():
            stored = [(given, document_of(self._documents[key])) for given, key in self._keys.items()]
            return stored, self._index.vectors(list(self._keys.values()))

    def __getstate__(self) -> tuple[object, ...]:
        return self._embeddings, *self._parts()

    def __setstate__(self, state: tuple[Any, ...]) -> None:  # Any: as __getstate__ gave it
        embeddings, stored, vectors = state
        self._set_up(embeddings)
        self._restore(stored, vectors)


def _check(query: object, k: object, where: object) -> None:
    check_query(query)
    check_k(k)
    check_where(where)


def _read(path: Path, parts: StoreParts) -> tuple[list[tuple[str, Document]], Any]:  # Any: an array
    import numpy as np

    count, dimension = len(parts.stored), parts.facts.get("dimension") or 0
    if not isinstance(dimension, int) or len(parts.tail) != 4 * count * dimension or bool(dimension) < bool(count):
        raise ValueError(f"{path} is damaged: its vectors do not fit its documents")
    numbers = np.frombuffer(parts.tail, dtype="<f4").astype(np.float32, copy=False)
    if not np.isfinite(numbers).all():
        raise ValueError(f"{path} is damaged: a vector holds what is no finite number")
    return parts.stored, numbers.reshape(count, dimension)


def vector_store(documents: Iterable[str | Document], embeddings: Callable[[str], Vector]) -> VectorStore:
    """A store of documents that are found by their meaning. See ``VectorStore``.

    >>> def count_letters(text: str) -> list[float]:
    ...     return [text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"]
    >>> search = vector_store(["harrison worked at kensho", "bears like honey"], count_letters).as_retriever(k=1)
    >>> search.invoke("where did harrison work?")
    [Document(page_content='harrison worked at kensho')]
    """
    return VectorStore(documents, embeddings)
