"""Stores beside the libraries they stand on, called directly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any

from benchmarks.bench import Bench
from benchmarks.checks import agree
from benchmarks.figures import Figure
from benchmarks.measure import calls
from runlaw import Runnable, lift_batch, map_batch
from runlaw.components import LexicalStore, VectorStore

PASSAGES = 20_000
DIMENSION = 384
QUERIES = 20
WORDS = ("bears", "cats", "sleep", "winter", "honey", "rivers", "stones", "often", "never", "small", "green", "night")


def passages(count: int) -> list[str]:
    """Texts of about forty words, no two alike."""
    sides = [
        " ".join(WORDS[(number * step + place) % len(WORDS)] for place in range(20))
        for number in range(24)
        for step in (1, 5)
    ]
    return [
        f"{sides[number % len(sides)]} number{number} {sides[(number * 7) % len(sides)]}" for number in range(count)
    ]


def lexical(bench: Bench) -> Iterator[Figure]:
    """Full text: building, and searching with a few words, common and rare ones."""
    texts = passages(bench.size(PASSAGES))
    queries = [f"bears often sleep, says number{number * 7 % len(texts)}" for number in range(QUERIES)]
    direct = Tantivy(texts)
    store = LexicalStore(texts)
    agree([store.search(query, 4)[0].page_content for query in queries], [direct.search(query)[0] for query in queries])
    name = f"{len(texts):,} passages, beside tantivy"
    yield bench.beside_plain(
        f"lexical search of {name}",
        calls(each(store.search), queries),
        calls(each(direct.search), queries),
        1.5,
        per=QUERIES,
    )
    yield bench.beside_plain(f"lexical store of {name}", calls(LexicalStore, texts), calls(Tantivy, texts), 1.5)


class Tantivy:
    """A full-text index as one would build it by hand, with stored texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        tantivy: Any = import_module("tantivy")
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", stored=True, tokenizer_name="en_stem")
        self.index = tantivy.Index(builder.build())
        writer = self.index.writer(64_000_000, 1)
        for text in texts:
            writer.add_document(tantivy.Document(text=text))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()

    def search(self, query: str) -> list[str]:
        searcher = self.index.searcher()
        hits = searcher.search(self.index.parse_query(query, ["text"]), 4).hits
        return [searcher.doc(address)["text"][0] for _, address in hits]


def vectors(bench: Bench) -> Iterator[Figure]:
    """Vectors: building, and searching; both sides have their vectors from the same embeddings."""
    numpy: Any = import_module("numpy")
    count = bench.size(PASSAGES)
    rows = numpy.random.default_rng(0).normal(size=(count, DIMENSION)).astype(numpy.float32)
    texts = [str(number) for number in range(count)]

    def look_up(group: Sequence[str]) -> list[Any]:
        return [rows[int(text)] for text in group]

    embeddings: Runnable[str, Any] = lift_batch(look_up, max_batch_size=2048, blocking=False)
    queries = [str(number * 7 % count) for number in range(QUERIES)]
    direct = Faiss(texts, embeddings)
    store = VectorStore(texts, embeddings)
    agree([store.search(query, 4)[0].page_content for query in queries], [direct.search(query)[0] for query in queries])
    name = f"{count:,} vectors of {DIMENSION}, beside faiss"
    yield bench.beside_plain(
        f"search of {name}", calls(each(store.search), queries), calls(each(direct.search), queries), 1.5, per=QUERIES
    )
    ours = calls(lambda given: VectorStore(given, embeddings), texts)
    yield bench.beside_plain(f"store of {name}", ours, calls(lambda given: Faiss(given, embeddings), texts), 1.5)


class Faiss:
    """An index of vectors as one would build it by hand, the texts beside it."""

    def __init__(self, texts: Sequence[str], embeddings: Runnable[str, Any]) -> None:
        self.faiss: Any = import_module("faiss")
        self.numpy: Any = import_module("numpy")
        self.texts, self.embeddings = [*texts], embeddings
        self.index = self.faiss.IndexFlatIP(DIMENSION)
        self.index.add(self.rows(map_batch(embeddings).invoke(texts)))

    def rows(self, made: Sequence[Any]) -> Any:
        rows = self.numpy.array(made, dtype=self.numpy.float32)
        self.faiss.normalize_L2(rows)
        return rows

    def search(self, query: str) -> list[str]:
        _, places = self.index.search(self.rows([self.embeddings.invoke(query)]), 4)
        return [self.texts[place] for place in places[0]]


def each(search: Callable[[str], object]) -> Callable[[Sequence[str]], None]:
    def run(queries: Sequence[str]) -> None:
        for query in queries:
            search(query)

    return run
