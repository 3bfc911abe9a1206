"""The log of the seed: its patches and its states, word for word, ids and times aside."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import jsonpatch
import pytest

from runlaw import RunLog, RunLogPatch
from runlaw.events import replay

from .test_events_shapes import CHUNKS, QUESTION, retrieval_chain
from .watching import Way, every_way

PATCHES = [
    """RunLogPatch({'op': 'replace',
  'path': '',
  'value': {'final_output': None,
            'id': ID,
            'logs': {},
            'name': 'RunnableSequence',
            'streamed_output': [],
            'type': 'chain'}})""",
    """RunLogPatch({'op': 'add',
  'path': '/logs/Docs',
  'value': {'end_time': None,
            'final_output': None,
            'id': ID,
            'metadata': {},
            'name': 'Docs',
            'start_time': TIME,
            'streamed_output': [],
            'streamed_output_str': [],
            'tags': ['map:key:context', 'FAISS', 'OpenAIEmbeddings'],
            'type': 'retriever'}})""",
    """RunLogPatch({'op': 'add',
  'path': '/logs/Docs/final_output',
  'value': {'documents': [Document(page_content='harrison worked at kensho')]}},
 {'op': 'add',
  'path': '/logs/Docs/end_time',
  'value': TIME})""",
    """RunLogPatch({'op': 'add', 'path': '/streamed_output/-', 'value': ''},
 {'op': 'replace', 'path': '/final_output', 'value': ''})""",
    """RunLogPatch({'op': 'add', 'path': '/streamed_output/-', 'value': 'H'},
 {'op': 'replace', 'path': '/final_output', 'value': 'H'})""",
    """RunLogPatch({'op': 'add', 'path': '/streamed_output/-', 'value': 'arrison'},
 {'op': 'replace', 'path': '/final_output', 'value': 'Harrison'})""",
    """RunLogPatch({'op': 'add', 'path': '/streamed_output/-', 'value': ' worked'},
 {'op': 'replace', 'path': '/final_output', 'value': 'Harrison worked'})""",
    """RunLogPatch({'op': 'add', 'path': '/streamed_output/-', 'value': ' at'},
 {'op': 'replace', 'path': '/final_output', 'value': 'Harrison worked at'})""",
    """RunLogPatch({'op': 'add', 'path': '/streamed_output/-', 'value': ' Kens'},
 {'op': 'replace', 'path': '/final_output', 'value': 'Harrison worked at Kens'})""",
    """RunLogPatch({'op': 'add', 'path': '/streamed_output/-', 'value': 'ho'},
 {'op': 'replace',
  'path': '/final_output',
  'value': 'Harrison worked at Kensho'})""",
    """RunLogPatch({'op': 'add', 'path': '/streamed_output/-', 'value': '.'},
 {'op': 'replace',
  'path': '/final_output',
  'value': 'Harrison worked at Kensho.'})""",
    "RunLogPatch({'op': 'add', 'path': '/streamed_output/-', 'value': ''})",
]
LAST_STATE = """RunLog({'final_output': 'Harrison worked at Kensho.',
 'id': ID,
 'logs': {'Docs': {'end_time': TIME,
                   'final_output': {'documents': [Document(page_content='harrison worked at kensho')]},
                   'id': ID,
                   'metadata': {},
                   'name': 'Docs',
                   'start_time': TIME,
                   'streamed_output': [],
                   'streamed_output_str': [],
                   'tags': ['map:key:context', 'FAISS', 'OpenAIEmbeddings'],
                   'type': 'retriever'}},
 'name': 'RunnableSequence',
 'streamed_output': ['',
                     'H',
                     'arrison',
                     ' worked',
                     ' at',
                     ' Kens',
                     'ho',
                     '.',
                     ''],
 'type': 'chain'})"""


def anonymous(told: object) -> str:
    """Its repr without ids and times."""
    text = re.sub(r"'[0-9a-f]{8}-[0-9a-f-]{27}'", "ID", repr(told))
    return re.sub(r"'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00'", "TIME", text)


@every_way
def test_the_patches_of_the_seed(way: Way) -> None:
    assert [anonymous(patch) for patch in way.log(retrieval_chain(), QUESTION, include_names=["Docs"])] == PATCHES


@every_way
def test_the_states_of_the_seed(way: Way) -> None:
    logs = way.log(retrieval_chain(), QUESTION, include_names=["Docs"], diff=False)
    assert len(logs) == len(PATCHES)
    assert all(isinstance(log, RunLog) for log in logs)
    assert anonymous(logs[-1]) == LAST_STATE
    streamed = [log.state["streamed_output"] for log in logs]
    assert streamed == [[], [], [], *(CHUNKS[:number] for number in range(1, 10))]
    finals = [log.state["final_output"] for log in logs]
    assert finals == [None, None, None, *("".join(CHUNKS[:number]) for number in range(1, 10))]
    ends = [log.state["logs"]["Docs"]["end_time"] is not None for log in logs[1:]]
    assert ends == [False, *[True] * 10]


@every_way
def test_states_are_the_sums_of_patches(way: Way) -> None:
    log = RunLog()
    document: Any = {}
    for patch in way.log(retrieval_chain(), QUESTION):
        assert isinstance(patch, RunLogPatch)
        log = log + patch
        document = jsonpatch.apply_patch(document, patch.ops)
        assert log.state == document
    assert set(log.state["logs"]) == {
        "RunnableParallel<context,question>",
        "Docs",
        "RunnablePassthrough",
        "ChatPromptTemplate",
        "my_llm",
        "StrOutputParser",
    }
    assert log.state["logs"]["my_llm"]["type"] == "chat_model"
    assert log.state["logs"]["my_llm"]["streamed_output_str"] == CHUNKS
    assert all(entry["end_time"] for entry in log.state["logs"].values())


@every_way
def test_a_log_handed_out_never_changes(way: Way) -> None:
    logs: list[RunLog] = []
    before: list[str] = []
    with way.read_log(retrieval_chain(), QUESTION, diff=False) as reader:
        for _ in range(14):
            logs.append(reader.next())
            before.append(repr(logs[-1]))
    assert [repr(log) for log in logs] == before


@every_way
def test_the_final_output_at_the_end_alone(way: Way) -> None:
    patches = way.log(retrieval_chain(), QUESTION, final_output="end")
    finals = [op["value"] for patch in patches for op in patch.ops if op["path"] == "/final_output"]
    assert finals == ["Harrison worked at Kensho."]
    assert patches[-1].ops[-1]["path"] == "/final_output"
    assert replay(patches).state["final_output"] == "Harrison worked at Kensho."
    logs = way.log(retrieval_chain(), QUESTION, final_output="end", diff=False)
    assert [log.state["final_output"] for log in logs] == [None] * (len(logs) - 1) + ["Harrison worked at Kensho."]


WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"final_output": "never"}, ValueError, "final_output"),
    ({"diff": "no"}, TypeError, "diff"),
    ({"include_names": "Docs"}, TypeError, "include_names"),
    ({"include_types": ["model"]}, ValueError, "include_types"),
    ({"version": "v2"}, TypeError, "version"),
]


@every_way
@pytest.mark.parametrize(("options", "error", "message"), WRONG)
def test_wrong_options_are_refused_at_the_call(
    way: Way, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        way.read_log(retrieval_chain(), QUESTION, **options)


FILTERS: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = {
    "names": ({"include_names": ["Docs", "my_llm"]}, lambda entry: entry["name"] in ("Docs", "my_llm")),
    "types": ({"exclude_types": ["chain"]}, lambda entry: entry["type"] != "chain"),
    "tags": ({"include_tags": ["FAISS"]}, lambda entry: "FAISS" in entry["tags"]),
}


@every_way
@pytest.mark.parametrize(("filters", "stays"), list(FILTERS.values()), ids=list(FILTERS))
def test_filters_leave_out_entries_and_never_the_run_itself(
    way: Way, filters: dict[str, Any], stays: Callable[[dict[str, Any]], bool]
) -> None:
    whole = replay(way.log(retrieval_chain(), QUESTION)).state
    some = replay(way.log(retrieval_chain(), QUESTION, **filters)).state
    assert some["streamed_output"] == whole["streamed_output"]
    wanted = {key for key, entry in whole["logs"].items() if stays(dict(entry))}
    assert set(some["logs"]) == wanted
    for key in wanted:
        assert some["logs"][key]["final_output"] == whole["logs"][key]["final_output"]
        assert some["logs"][key]["streamed_output"] == whole["logs"][key]["streamed_output"]
