"""A full-text index in memory: from words to the keys of texts, by the tantivy package."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tantivy

_ANALYZER = "runlaw"
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")


class FullText:
    """An index from words to keys, ranked by BM25. Searches may run in any thread; changes, one at a time.

    Words are compared in lower case, without accents and without English endings. In Chinese and Japanese, which
    put no spaces between words, every character is a word.

    Raises:
        ImportError: The tantivy package is not installed.
    """

    def __init__(self) -> None:
        try:
            import tantivy
        except ImportError as error:
            raise ImportError(
                "a lexical store needs the tantivy package: install runlaw with its extra `search`, "
                'pip install "runlaw[search]"'
            ) from error
        self._tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
        builder.add_integer_field("key", indexed=True, fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        filters = tantivy.Filter
        self._analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(filters.remove_long(200))
            .filter(filters.lowercase())
            .filter(filters.ascii_fold())
            .filter(filters.stemmer("english"))
            .build()
        )
        self._index.register_tokenizer(_ANALYZER, self._analyzer)
        self._searcher = self._index.searcher()

    def change(self, texts: Iterable[tuple[int, str]], deleted: Iterable[int]) -> None:
        """Take in texts under new keys, and forget other keys. Searches see all of it, or nothing."""
        writer = self._index.writer(64_000_000, 1)
        try:
            for key in deleted:
                writer.delete_documents_by_term("key", key)
            for key, text in texts:
                document = self._tantivy.Document()
                document.add_text("text", text if text.isascii() else _spaced(text))
                document.add_integer("key", key)
                writer.add_document(document)
            writer.commit()
        finally:
            writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(self, query: str, limit: int) -> list[tuple[int, float]]:
        """The keys of the texts that share words with the query, with their scores, the best first."""
        words = dict.fromkeys(self._analyzer.analyze(_spaced(query)))
        if not words:
            return []
        searcher = self._searcher
        hits = searcher.search(self._query(words), limit, count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        found = [(int(key), float(score)) for key, (score, _) in zip(keys, hits, strict=True) if key is not None]
        found.sort(key=lambda hit: (-hit[1], hit[0]))
        return found

    def _query(self, words: Iterable[str]) -> tantivy.Query:
        should = self._tantivy.Occur.Should
        one = self._tantivy.Query.term_query
        return self._tantivy.Query.boolean_query([(should, one(self._schema, "text", word, "freq")) for word in words])


def _spaced(text: str) -> str:
    return _UNSPACED.sub(r" \1 ", _SURROGATE.sub(" ", text))
