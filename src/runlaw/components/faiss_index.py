"""An index of vectors in memory: from a vector to the keys of those nearest to it, by the faiss package."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors: TypeAlias = NDArray[np.float32]

Vector: TypeAlias = Sequence[float]


class FaissIndex:
    """Vectors of one length, found by the cosine of the angle between them; exactly, not by approximation.

    Searches may run at the same time; nothing else may while the index changes.

    Raises:
        ImportError: The faiss package is not installed.
    """

    name = "FAISS"

    def __init__(self) -> None:
        try:
            import faiss
        except ImportError as error:
            raise ImportError(
                "a vector store needs the faiss package: install runlaw with its extra `faiss`, "
                'pip install "runlaw[faiss]"'
            ) from error
        self._faiss: Any = faiss  # Any: the package has no types
        self._index: Any = None  # Any: as above
        self._keys: list[int] = []
        self.dimension: int | None = None

    def add(self, keys: Sequence[int], vectors: Vectors) -> None:
        """Take in vectors (``checked``, ``unit``), one for each key; keys grow from one to the next."""
        if not len(keys):
            return
        if self._index is None:
            self.dimension = int(vectors.shape[1])
            self._index = self._faiss.IndexFlatIP(self.dimension)
        self._index.add(vectors)
        self._keys.extend(keys)

    def delete(self, keys: Iterable[int]) -> None:
        """Forget the vectors of these keys."""
        gone = set(keys)
        if gone:
            self._index.remove_ids(self._faiss.IDSelectorBatch(self._places(gone)))
            self._keys = [key for key in self._keys if key not in gone]

    def search(self, vector: Vectors, limit: int, among: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The keys of the vectors nearest to this one, with the cosines, the nearest first.

        Args:
            vector: One row.
            limit: How many at most.
            among: The keys of those to be looked at; all of them without it.
        """
        if self._index is None or (among is not None and not among):
            return []
        limit = min(limit, self._index.ntotal if among is None else len(among))
        if limit == 0:
            return []
        options: Any = {}  # Any: the package has no types
        if among is not None:
            chosen = self._faiss.IDSelectorBatch(self._places(among))
            options["params"] = self._faiss.SearchParameters(sel=chosen)
        scores, places = self._index.search(vector, limit, **options)
        hits = zip(places[0].tolist(), scores[0].tolist(), strict=True)
        found = [(self._keys[place], score) for place, score in hits if place >= 0]
        found.sort(key=lambda hit: (-hit[1], hit[0]))
        return found

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """The vectors of these keys, in their order."""
        import numpy as np

        if not len(keys):
            return np.zeros((0, self.dimension or 0), dtype=np.float32)
        made: Vectors = self._index.reconstruct_batch(self._places(keys))
        return made

    def checked(self, vectors: Sequence[Vector], name: str) -> Vectors:
        """Vectors as one array.

        Args:
            vectors: At least one.
            name: What made them, for the errors.

        Raises:
            TypeError: One of them is no sequence of numbers.
            ValueError: One of them is empty, holds what is no finite number, or is not as long as the others.
        """
        import numpy as np

        try:
            made: Vectors = np.array(vectors, dtype=np.float32)
        except (TypeError, ValueError) as error:
            self._look_for_fault(vectors, name)
            raise TypeError(f"{name} must give lists of numbers: {error}") from error
        if made.ndim != 2 or made.shape[1] != (self.dimension or made.shape[1]) or not made.shape[1]:
            self._look_for_fault(vectors, name)
            raise TypeError(f"{name} must give lists of numbers; got an array of {made.ndim - 1} dimensions")
        with np.errstate(all="ignore"):
            known = np.isfinite(made.sum())  # so all of them are; a sum that is too large says nothing
        if not known and not np.isfinite(made).all():
            number = int(np.argmin(np.isfinite(made).all(axis=1)))
            raise ValueError(f"{name} gave a vector with a number that is not finite, as vector {number}")
        return made

    def _look_for_fault(self, vectors: Sequence[Vector], name: str) -> None:
        wanted = self.dimension
        for number, vector in enumerate(vectors):
            if not hasattr(vector, "__len__") or isinstance(vector, str | bytes):
                raise TypeError(f"{name} must give a list of numbers; got {type(vector).__name__}: {vector!r:.200}")
            wanted = wanted or len(vector)
            if len(vector) != wanted or not wanted:
                raise ValueError(
                    f"{name} gave a vector of {len(vector)} numbers, as vector {number}; "
                    f"expected {wanted or 'at least one'}, as all vectors of a store have the same length"
                )

    def unit(self, vectors: Vectors) -> Vectors:
        """Vectors at length 1, changed in place; one of zeros stays as it is."""
        self._faiss.normalize_L2(vectors)
        return vectors

    def _places(self, keys: Iterable[int]) -> NDArray[np.int64]:
        """Where the vectors of these keys are in the index; keys grow with their places."""
        import numpy as np

        wanted = np.fromiter(keys, dtype=np.int64)
        return np.searchsorted(np.array(self._keys, dtype=np.int64), wanted)
