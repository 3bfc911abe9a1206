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
        self.dimension: int | None = None

    def add(self, keys: Sequence[int], vectors: Vectors) -> None:
        """Take in vectors, one for each key; see ``checked`` and ``unit`` for what they must be."""
        if not len(keys):
            return
        if self._index is None:
            self.dimension = int(vectors.shape[1])
            self._index = self._faiss.IndexIDMap2(self._faiss.IndexFlatIP(self.dimension))
        self._index.add_with_ids(vectors, self._keys(keys))

    def delete(self, keys: Iterable[int]) -> None:
        """Forget the vectors of these keys."""
        gone = self._keys(list(keys))
        if gone.size:
            self._index.remove_ids(self._faiss.IDSelectorBatch(gone))

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
            chosen = self._faiss.IDSelectorBatch(self._keys(among))
            options["params"] = self._faiss.SearchParameters(sel=chosen)
        scores, keys = self._index.search(vector, limit, **options)
        found = [(key, score) for key, score in zip(keys[0].tolist(), scores[0].tolist(), strict=True) if key >= 0]
        found.sort(key=lambda hit: (-hit[1], hit[0]))
        return found

    def vectors(self, keys: Sequence[int]) -> Vectors:
        """The vectors of these keys, in their order."""
        import numpy as np

        if not len(keys):
            return np.zeros((0, self.dimension or 0), dtype=np.float32)
        made: Vectors = self._index.reconstruct_batch(self._keys(keys))
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

        for number, vector in enumerate(vectors):
            if not hasattr(vector, "__len__") or isinstance(vector, str | bytes):
                raise TypeError(f"{name} must give a list of numbers; got {type(vector).__name__}: {vector!r:.200}")
            wanted = self.dimension or len(vectors[0])
            if len(vector) != wanted or not wanted:
                raise ValueError(
                    f"{name} gave a vector of {len(vector)} numbers as vector {number}; "
                    f"expected {wanted or 'at least one'}, as all vectors of a store have the same length"
                )
        try:
            made: Vectors = np.array(vectors, dtype=np.float32)
        except (TypeError, ValueError) as error:
            raise TypeError(f"{name} must give lists of numbers: {error}") from error
        if not np.isfinite(made).all():
            number = int(np.isfinite(made).all(axis=1).argmin())
            raise ValueError(f"{name} gave a vector with a number that is not finite as vector {number}")
        return made

    def unit(self, vectors: Vectors) -> Vectors:
        """Vectors at length 1, changed in place; one of zeros stays as it is."""
        self._faiss.normalize_L2(vectors)
        return vectors

    def _keys(self, keys: Sequence[int]) -> NDArray[np.int64]:
        import numpy as np

        return np.fromiter(keys, dtype=np.int64, count=len(keys))
