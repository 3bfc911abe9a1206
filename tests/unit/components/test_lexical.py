"""The lexical store: search, change, files."""

import builtins
import json
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runlaw.components import Document, LexicalStore, lexical_store

FACTS = [
    Document(page_content="Bears sleep in winter.", metadata={"about": "bears", "page": 1}),
    Document(page_content="Bears eat honey and fish.", metadata={"about": "bears", "page": 2}, id="honey"),
    Document(page_content="Cats sleep all day.", metadata={"about": "cats", "page": 1}),
]


def texts(documents: list[Document]) -> list[str]:
    return [document.page_content for document in documents]


def test_the_best_comes_first() -> None:
    store = lexical_store(FACTS)
    assert texts(store.search("what do bears eat?")) == ["Bears eat honey and fish.", "Bears sleep in winter."]
    assert store.search("honey") == [FACTS[1]]
    assert texts(store.search("sleeping", k=1)) == ["Bears sleep in winter."]
    assert store.search("nothing of that kind") == []
    assert (len(store), repr(store)) == (3, "LexicalStore(<3 documents>)")


def test_plain_texts_become_documents() -> None:
    assert lexical_store(["harrison worked at kensho"]).search("where did Harrison work?") == [
        Document(page_content="harrison worked at kensho")
    ]


@pytest.mark.parametrize(
    "query", ['a "b', "x NOT", "OR", "text:honey^2 +(", "[a TO", "*", "", "   ", "\\", "honey~", "-honey", "?!", "\0"]
)
def test_no_query_is_a_syntax_error(query: str) -> None:
    assert lexical_store(FACTS).search(query) == ([FACTS[1]] if "honey" in query else [])


def test_case_accents_endings_and_unspaced_scripts_make_no_difference() -> None:
    store = lexical_store(["Le CAFÉ noir", "東京は日本の首都です", "運転免許の更新"])
    assert texts(store.search("cafe")) == ["Le CAFÉ noir"]
    assert texts(store.search("首都はどこ？"))[0] == "東京は日本の首都です"


def test_scores_fall() -> None:
    found = lexical_store(FACTS).search_with_scores("bears sleep", k=3)
    assert texts([document for document, _ in found])[0] == "Bears sleep in winter."
    scores = [score for _, score in found]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_equal_scores_keep_the_order_of_adding() -> None:
    store = lexical_store([f"same words {number}" for number in range(20)])
    assert texts(store.search("words", k=20)) == [f"same words {number}" for number in range(20)]


def test_metadata_filters_look_as_far_as_needed() -> None:
    many = [Document(page_content="bears", metadata={"page": number}) for number in range(200)]
    store = lexical_store(many)
    assert store.search("bears", k=1, where={"page": 199}) == [many[199]]
    assert store.search("bears", k=5, where={"page": 200}) == []
    assert store.search("bears", k=5, where={"pages": 1}) == []
    assert lexical_store(FACTS).search("sleep", where={"about": "cats", "page": 1}) == [FACTS[2]]


def test_add_gives_ids_to_delete_by() -> None:
    store = lexical_store()
    assert store.search("bears") == []
    ids = store.add(FACTS)
    assert ids[1] == "honey"
    assert len(set(ids)) == 3
    store.delete([ids[0]])
    assert store.search("bears") == [FACTS[1]]
    with pytest.raises(KeyError, match="no document with the id '"):
        store.delete(["honey", ids[0]])
    assert store.search("bears") == [FACTS[1]]
    assert store.add(["new"]) != ids[:1]
    assert len(store) == 3


def test_a_known_id_is_replaced() -> None:
    store = lexical_store(FACTS)
    newer = Document(page_content="Bears eat berries.", id="honey")
    assert store.add([newer]) == ["honey"]
    assert store.search("eat") == [newer]
    assert store.search("fish") == []
    assert len(store) == 3
    store.add([Document(page_content="first", id="x"), Document(page_content="second", id="x")])
    assert (texts(store.search("first second")), len(store)) == (["second"], 4)


def test_made_up_ids_keep_clear_of_given_ones() -> None:
    store = lexical_store([Document(page_content="a", id="1")])
    ids = store.add(["b", "c"])
    assert len({"1", *ids}) == 3
    assert len(store) == 3


def test_as_retriever() -> None:
    found = lexical_store(FACTS).as_retriever(k=1)
    assert found.invoke("what do bears eat?") == [FACTS[1]]
    assert found.name == "Retriever"
    assert lexical_store(FACTS).as_retriever(where={"about": "cats"}).invoke("sleep") == [FACTS[2]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda store: store.search(3), TypeError, "a query must be a str; got int: 3"),
        (lambda store: store.search("x", k=0), ValueError, "must be at least 1; got 0"),
        (lambda store: store.search("x", k=True), TypeError, "must be an int; got True"),
        (lambda store: store.search("x", where=["about"]), TypeError, "where must be a mapping of the metadata"),
        (lambda store: store.as_retriever(where="about"), TypeError, "where must be a mapping of the metadata"),
        (lambda store: store.as_retriever(k=-1), ValueError, "must be at least 1; got -1"),
        (lambda store: store.add("text"), TypeError, "a store adds a sequence of texts or documents; got one str"),
        (lambda store: store.add(["a", 3]), TypeError, "a store takes texts and documents; got int: 3"),
        (lambda store: store.delete("honey"), TypeError, "delete takes a sequence of ids; got the single text"),
    ],
)
def test_wrong_arguments(call: Callable[[Any], object], error: type[Exception], message: str) -> None:
    store = lexical_store(FACTS)
    with pytest.raises(error) as caught:
        call(store)
    assert message in str(caught.value)
    assert len(store) == 3


def test_save_and_load(tmp_path: Path) -> None:
    store = lexical_store(FACTS)
    store.delete([store.add(["gone"])[0]])
    path = tmp_path / "facts.store"
    store.save(path)
    store.save(path)
    loaded = LexicalStore.load(path)
    assert loaded.search("bears") == store.search("bears")
    assert loaded.search("gone") == []
    assert len(loaded) == 3
    loaded.delete(["honey"])
    assert loaded.search("honey") == []
    assert [each.name for each in tmp_path.iterdir()] == ["facts.store"]


def test_metadata_that_json_cannot_hold(tmp_path: Path) -> None:
    path = tmp_path / "store"
    values: list[object] = [{1, 2}, (1, 2), float("nan"), {1: 2}]
    for value in values:
        store = lexical_store([Document(page_content="a", metadata={"x": value}, id="7")])
        with pytest.raises(TypeError, match="the metadata of document '7'"):
            store.save(path)
        assert list(tmp_path.iterdir()) == []


def test_files_of_another_kind_and_damaged_files(tmp_path: Path) -> None:
    path = tmp_path / "store"
    lexical_store(FACTS).save(path)
    good = path.read_bytes()
    header, _, body = good.partition(b"\n")
    newer = json.dumps({**json.loads(header), "version": 9}).encode()
    wrong = {
        b"": "is no file of a runlaw lexical store",
        b"\x80\x04pickle": "is no file of a runlaw lexical store",
        b"[1]\n": "is no file of a runlaw lexical store",
        newer + b"\n" + body: "is of version 9; this release reads version 1",
        good[:-5]: "is damaged: its contents do not fit its checksum",
        good.replace(b"honey", b"money"): "is damaged",
    }
    for contents, message in wrong.items():
        path.write_bytes(contents)
        with pytest.raises(ValueError) as caught:
            LexicalStore.load(path)
        assert message in str(caught.value)
        assert str(path) in str(caught.value)
    with pytest.raises(FileNotFoundError):
        LexicalStore.load(tmp_path / "missing")


def test_half_characters_are_no_words(tmp_path: Path) -> None:
    store = lexical_store(["a\ud800 bear", "a cat"])
    assert texts(store.search("bear\udfff", k=1)) == ["a\ud800 bear"]
    store.save(tmp_path / "store")
    assert LexicalStore.load(tmp_path / "store").search("bear", k=1) == store.search("bear", k=1)


def test_a_hundred_thousand_documents() -> None:
    store = lexical_store(f"number{number} of many bears" for number in range(100_000))
    assert len(store) == 100_000
    assert texts(store.search("number77777", k=1)) == ["number77777 of many bears"]
    assert len(store.search("bears", k=500)) == 500
    store.delete(["77777"])
    assert store.search("number77777") == []


def test_it_pickles_with_its_documents() -> None:
    again = pickle.loads(pickle.dumps(lexical_store(FACTS)))
    assert again.search("honey") == [FACTS[1]]
    assert again.add(["x"]) not in ([], ["honey"])


def test_searches_run_while_documents_change() -> None:
    store = lexical_store(["bears 0"])
    failures: list[BaseException] = []
    done = threading.Event()

    def search() -> None:
        try:
            while not done.is_set():
                assert len(store.search("bears", k=100)) >= 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 20):
        added = store.add([f"bears {number}", "bears"])
        store.delete(added[1:])
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(store.search("bears", k=100)) == 20


def test_without_the_index_package(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def no_tantivy(name: str, *rest: Any) -> Any:  # Any: a module
        if name == "tantivy":
            raise ImportError("No module named 'tantivy'")
        return real_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", no_tantivy)
    with pytest.raises(ImportError, match=r"install runlaw with its extra `search`, pip install \"runlaw\[search\]\""):
        lexical_store()
