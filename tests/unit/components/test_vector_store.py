"""The vector store: search, change, files."""

import asyncio
import builtins
import json
import pickle
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from runlaw import lift, lift_batch
from runlaw.components import Document, VectorStore, vector_store
from runlaw.events import Event, RunStarted

pytest.importorskip("faiss", reason="the faiss package is not installed")

FACTS = [
    Document(page_content="bears sleep", metadata={"about": "bears", "page": 1}),
    Document(page_content="bears eat honey", metadata={"about": "bears", "page": 2}, id="honey"),
    Document(page_content="cats sleep", metadata={"about": "cats", "page": 1}),
]
WORDS = ["bears", "cats", "sleep", "eat", "honey", "dogs"]


def bag(text: str) -> list[float]:
    """One number for each known word, and a little for all others."""
    return [*(float(text.split().count(word)) for word in WORDS), 0.01]


class Groups:
    """Embeddings of groups that remember their sizes."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        self.sizes.append(len(texts))
        return [bag(text) for text in texts]


def texts(documents: list[Document]) -> list[str]:
    return [document.page_content for document in documents]


def test_the_nearest_comes_first() -> None:
    store = vector_store(FACTS, bag)
    assert texts(store.search("sleep cats", k=2)) == ["cats sleep", "bears sleep"]
    assert store.search("honey", k=1) == [FACTS[1]]
    assert len(store.search("honey")) == 3
    assert (len(store), repr(store)) == (3, "VectorStore(<3 documents>, lift(bag))")


def test_scores_are_cosines() -> None:
    found = vector_store(["bears sleep", "bears", "cats"], bag).search_with_scores("bears", k=3)
    assert texts([document for document, _ in found]) == ["bears", "bears sleep", "cats"]
    assert [round(score, 2) for _, score in found] == [1.0, 0.71, 0.0]


def test_search_by_a_vector() -> None:
    ((document, score),) = vector_store(FACTS, bag).search_by_vector(bag("cats sleep"), k=1)
    assert document == FACTS[2]
    assert score == pytest.approx(1.0)


def test_equal_scores_keep_the_order_of_adding() -> None:
    store = vector_store([f"dogs {number}" for number in range(50)], bag)
    assert texts(store.search("dogs", k=50)) == [f"dogs {number}" for number in range(50)]


def test_metadata_filters_are_exact() -> None:
    many = [Document(page_content="bears", metadata={"page": number}) for number in range(200)]
    store = vector_store([*many, "bears"], bag)
    assert store.search("bears", k=1, where={"page": 199}) == [many[199]]
    assert store.search("bears", k=5, where={"page": 200}) == []
    assert store.search("bears", k=5, where={"pages": 1}) == []
    assert vector_store(FACTS, bag).search("sleep", where={"about": "cats", "page": 1}) == [FACTS[2]]


def test_groups_are_embedded_at_once() -> None:
    groups = Groups()
    store = vector_store([f"text {number}" for number in range(250)], lift_batch(groups, max_batch_size=100))
    assert sorted(groups.sizes) == [50, 100, 100]
    store.search("text")
    assert groups.sizes[3:] == [1]
    assert store.add([]) == []
    assert groups.sizes[4:] == []


def test_add_and_delete() -> None:
    store = vector_store([], bag)
    assert store.search("bears") == []
    ids = store.add(FACTS)
    assert ids[1] == "honey"
    assert len(set(ids)) == 3
    store.delete([ids[0]])
    assert store.search("bears", k=1) == [FACTS[1]]
    assert len(store.search("bears", k=9)) == len(store) == 2
    with pytest.raises(KeyError, match="no document with the id"):
        store.delete(["honey", ids[0]])
    assert len(store) == 2
    assert store.add(["dogs"]) != ids[:1]
    assert store.search("dogs", k=1) == [Document(page_content="dogs")]
    store.delete(["honey", ids[2]])
    assert texts(store.search("bears", k=9)) == ["dogs"]


def test_a_known_id_is_replaced() -> None:
    store = vector_store(FACTS, bag)
    newer = Document(page_content="dogs", id="honey")
    assert store.add([newer]) == ["honey"]
    assert store.search("dogs", k=1) == [newer]
    assert "bears eat honey" not in texts(store.search("honey", k=9))
    assert len(store) == 3
    store.add([Document(page_content="cats", id="x"), "bears", Document(page_content="dogs", id="x")])
    assert len(store) == len(store.search("x", k=9)) == 5
    assert texts(store.search("cats", k=1)) == ["cats sleep"]


def test_made_up_ids_keep_clear_of_given_ones() -> None:
    store = vector_store([Document(page_content="a", id="1")], bag)
    ids = store.add(["b", "c"])
    assert len({"1", *ids}) == 3
    assert len(store) == 3


def test_as_retriever_is_tagged_as_in_the_seed() -> None:
    found = vector_store(FACTS, lift(bag, name="OpenAIEmbeddings")).as_retriever(k=1)
    events: list[Event] = []
    assert found.invoke("honey", {"listeners": [events.append]}) == [FACTS[1]]
    start = events[0]
    assert isinstance(start, RunStarted)
    assert (start.name, start.run_type, start.tags) == ("Retriever", "retriever", ("FAISS", "OpenAIEmbeddings"))
    assert asyncio.run(found.ainvoke("honey")) == [FACTS[1]]
    assert vector_store(FACTS, bag).as_retriever(where={"about": "cats"}).invoke("sleep") == [FACTS[2]]


def test_async_embeddings() -> None:
    async def abag(text: str) -> list[float]:
        return bag(text)

    store = vector_store(FACTS, lift(abag))
    assert store.search("honey", k=1) == [FACTS[1]]
    assert store.as_retriever(k=1).invoke("honey") == [FACTS[1]]
    assert asyncio.run(store.as_retriever(k=1).ainvoke("honey")) == [FACTS[1]]


def test_a_filter_must_be_a_mapping() -> None:
    store = vector_store(FACTS, bag)
    calls: list[Any] = [store.search, store.search_with_scores]  # Any: wrong on purpose
    for call in calls:
        with pytest.raises(TypeError, match="where must be a mapping of the metadata"):
            call("bears", where=["about"])
    with pytest.raises(TypeError, match="where must be a mapping of the metadata"):
        store.search_by_vector(bag("x"), where="about")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(TypeError, match="where must be a mapping of the metadata"):
        store.as_retriever(where="about")  # type: ignore[arg-type]  # wrong on purpose


def test_in_async_runs_embeddings_are_awaited_on_the_running_loop() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    async def abag(text: str) -> list[float]:
        loops.append(asyncio.get_running_loop())
        return bag(text)

    async def main() -> None:
        store = vector_store((), lift(abag))
        assert await store.asearch("honey") == []
        assert await store.aadd([]) == []
        assert await store.aadd(FACTS) == ["0", "honey", "2"]
        assert await store.asearch("honey", k=1) == [FACTS[1]]
        ((found, score),) = await store.asearch_with_scores("bears sleep", k=1, where={"page": 1})
        assert (found, round(score, 2)) == (FACTS[0], 1.0)
        assert await store.as_retriever(k=1).ainvoke("honey") == [FACTS[1]]
        assert [chunk async for chunk in store.as_retriever(k=1).astream("honey")] == [[FACTS[1]]]
        assert set(loops) == {asyncio.get_running_loop()}
        with pytest.raises(TypeError, match="a query must be a str"):
            await store.asearch(3)  # type: ignore[arg-type]  # wrong on purpose

    asyncio.run(main())
    assert len(loops) == 7


def test_async_embeddings_are_not_run_by_sync_methods_inside_an_event_loop() -> None:
    async def abag(text: str) -> list[float]:
        return bag(text)

    async def main() -> None:
        with pytest.raises(RuntimeError, match=r"a vector store on abag .* use `await store\.aadd\(\.\.\.\)`"):
            vector_store(FACTS, lift(abag))
        store = vector_store((), lift(abag))
        await store.aadd(FACTS)
        with pytest.raises(RuntimeError, match=r"use `await store\.asearch\(\.\.\.\)`"):
            store.search("honey")

    asyncio.run(main())


def test_sync_embeddings_in_async_runs_are_called_in_threads() -> None:
    threads: list[threading.Thread] = []

    def kept(text: str) -> list[float]:
        threads.append(threading.current_thread())
        return bag(text)

    async def main() -> None:
        store = vector_store((), kept)
        await store.aadd(FACTS)
        assert await store.asearch("honey", k=1) == [FACTS[1]]
        assert await store.as_retriever(k=1).ainvoke("honey") == [FACTS[1]]

    asyncio.run(main())
    assert threading.main_thread() not in threads
    assert vector_store(FACTS, kept).search("honey", k=1) == [FACTS[1]]


def test_retrievers_on_async_embeddings_are_values() -> None:
    store = vector_store(FACTS, lift(_abag))
    assert store.as_retriever(k=1) == store.as_retriever(k=1) != store.as_retriever(k=2)
    assert hash(store.as_retriever(k=1)) == hash(store.as_retriever(k=1))
    again = pickle.loads(pickle.dumps(store.as_retriever(k=1)))
    assert again.invoke("honey") == [FACTS[1]]


async def _abag(text: str) -> list[float]:
    return bag(text)


@pytest.mark.parametrize(
    ("embeddings", "error", "message"),
    [
        (lambda text: "abc", TypeError, "must give a list of numbers; got str: 'abc'"),
        (lambda text: 3, TypeError, "must give a list of numbers; got int: 3"),
        (lambda text: ["a"], TypeError, "must give lists of numbers"),
        (lambda text: [[1.0]], TypeError, "must give lists of numbers; got an array of 2 dimensions"),
        (lambda text: [], ValueError, "gave a vector of 0 numbers, as vector 0; expected at least one"),
        (lambda text: [1.0] * len(text), ValueError, "gave a vector of 2 numbers, as vector 1; expected 1"),
        (lambda text: [float("nan")], ValueError, "a number that is not finite, as vector 0"),
        (lambda text: [float("inf")], ValueError, "a number that is not finite, as vector 0"),
    ],
)
def test_embeddings_that_are_none(embeddings: Any, error: type[Exception], message: str) -> None:
    store = vector_store([], embeddings)
    with pytest.raises(error) as caught:
        store.add(["a", "bb"])
    assert message in str(caught.value)
    assert len(store) == 0


def test_large_numbers_are_finite() -> None:
    store = vector_store(["a", "b"], lambda text: [3e38, 3e38 if text == "a" else -3e38])
    assert len(store) == 2


def test_a_query_with_another_length_is_refused() -> None:
    store = vector_store(FACTS, bag)
    with pytest.raises(ValueError, match="gave a vector of 2 numbers, as vector 0; expected 7"):
        store.search_by_vector([1.0, 2.0])


def test_an_error_of_the_embeddings_adds_nothing() -> None:
    def broken(text: str) -> list[float]:
        if text == "bad":
            raise ConnectionError("lost")
        return bag(text)

    store = vector_store(["bears"], broken)
    with pytest.raises(ConnectionError):
        store.add(["cats", "bad"])
    assert (len(store), texts(store.search("cats", k=9))) == (1, ["bears"])


@pytest.mark.parametrize(
    ("method", "arguments", "error", "message"),
    [
        ("search", (3,), TypeError, "a query must be a str; got int: 3"),
        ("search", ("x", 0), ValueError, "must be at least 1; got 0"),
        ("search", ("x", True), TypeError, "must be an int; got True"),
        ("search_by_vector", (bag("x"), 0), ValueError, "must be at least 1; got 0"),
        ("as_retriever", (-1,), ValueError, "must be at least 1; got -1"),
        ("add", ("text",), TypeError, "a store adds a sequence of texts or documents; got one str"),
        ("add", (["a", 3],), TypeError, "a store takes texts and documents; got int: 3"),
        ("delete", ("honey",), TypeError, "delete takes a sequence of ids; got the single text"),
    ],
)
def test_wrong_arguments(method: str, arguments: tuple[object, ...], error: type[Exception], message: str) -> None:
    store = vector_store(FACTS, bag)
    with pytest.raises(error) as caught:
        getattr(store, method)(*arguments)
    assert message in str(caught.value)
    assert len(store) == 3


def test_embeddings_must_be_a_function() -> None:
    with pytest.raises(TypeError, match="the embeddings of a vector store must be a Runnable, a function or a dict"):
        vector_store([], 3)  # type: ignore[arg-type]  # refused by the checker too


def test_save_and_load(tmp_path: Path) -> None:
    store = vector_store(FACTS, bag)
    store.delete([store.add(["dogs"])[0]])
    path = tmp_path / "facts.store"
    store.save(path)
    store.save(path)
    loaded = VectorStore.load(path, bag)
    assert loaded.search_with_scores("bears", k=9) == store.search_with_scores("bears", k=9)
    assert len(loaded) == 3
    loaded.delete(["honey"])
    assert FACTS[1] not in loaded.search("honey", k=9)
    assert loaded.add(["dogs"])[0] not in ("honey",)
    assert [each.name for each in tmp_path.iterdir()] == ["facts.store"]
    assert b"pickle" not in path.read_bytes()


def test_an_empty_store_is_saved(tmp_path: Path) -> None:
    vector_store([], bag).save(tmp_path / "s")
    loaded = VectorStore.load(tmp_path / "s", bag)
    assert loaded.search("x") == []
    loaded.add(["bears"])
    assert texts(loaded.search("bears")) == ["bears"]


def test_loading_embeds_nothing(tmp_path: Path) -> None:
    vector_store(FACTS, bag).save(tmp_path / "s")
    groups = Groups()
    VectorStore.load(tmp_path / "s", lift_batch(groups))
    assert groups.sizes == []


def test_files_of_another_kind_and_damaged_files(tmp_path: Path) -> None:
    path = tmp_path / "store"
    vector_store(FACTS, bag).save(path)
    good = path.read_bytes()
    header, _, body = good.partition(b"\n")
    newer = json.dumps({**json.loads(header), "version": 9}).encode()
    shorter = json.dumps({**json.loads(header), "dimension": 6}).encode()
    wrong = {
        b"": "is no file of a runlaw vector store",
        b"\x80\x04pickle": "is no file of a runlaw vector store",
        good.replace(b"vector store", b"lexical store"): "is no file of a runlaw vector store",
        newer + b"\n" + body: "is of version 9; this release reads version 1",
        shorter + b"\n" + body: "is damaged: its vectors do not fit its documents",
        good[:-5]: "is damaged: its contents do not fit its checksum",
        good[:-1] + bytes([good[-1] ^ 1]): "is damaged: its contents do not fit its checksum",
        good.replace(b"honey", b"money"): "is damaged",
    }
    for contents, message in wrong.items():
        path.write_bytes(contents)
        with pytest.raises(ValueError) as caught:
            VectorStore.load(path, bag)
        assert message in str(caught.value)
        assert str(path) in str(caught.value)
    with pytest.raises(FileNotFoundError):
        VectorStore.load(tmp_path / "missing", bag)


def test_it_pickles_with_its_documents() -> None:
    again = pickle.loads(pickle.dumps(vector_store(FACTS, bag)))
    assert again.search("honey", k=1) == [FACTS[1]]
    again.add(["dogs"])
    assert len(again) == 4


def test_searches_run_while_documents_change() -> None:
    store = vector_store(["bears 0"], bag)
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


def test_a_hundred_thousand_documents() -> None:
    def numbered(group: Sequence[str]) -> list[list[float]]:
        return [[float(number % 317), float(number % 331), 1.0] for number in map(int, group)]

    store = vector_store(map(str, range(100_000)), lift_batch(numbered, max_batch_size=10_000))
    assert len(store) == 100_000
    (found,) = store.search("0", k=1)
    assert found.page_content == "0"
    store.delete(["0"])
    assert store.search("0", k=1) != [found]


def test_without_the_index_package(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def no_faiss(name: str, *rest: Any) -> Any:  # Any: a module
        if name == "faiss":
            raise ImportError("No module named 'faiss'")
        return real_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", no_faiss)
    with pytest.raises(ImportError, match=r"install runlaw with its extra `faiss`, pip install \"runlaw\[faiss\]\""):
        vector_store([], bag)
