"""The extractive model, and the words and sentences it works on."""

import pytest

from runlaw.components import AIMessageChunk, Document, HumanMessage, Message, SystemMessage, extractive_chat_model
from runlaw.components.extractive import nearest_sentence, question_and_context
from runlaw.components.words import sentences, stems, words_with_spaces

PROMPT = """Answer the question based only on the following context:
{context}

Question: {question}
"""


@pytest.mark.parametrize(
    "context",
    [
        [Document(page_content="harrison worked at kensho")],
        [
            Document(page_content="bears eat honey", metadata={"source": "a (b).md", "n": [1]}),
            Document(page_content="harrison worked at kensho", metadata={"source": 'it\'s "x".md'}, id="7"),
        ],
        "Bears eat honey.\n\nharrison worked at kensho",
    ],
)
def test_it_answers_from_documents_and_from_text(context: object) -> None:
    model = extractive_chat_model()
    text = PROMPT.format(context=context, question="where did harrison work?")
    assert model.invoke(text).content == "harrison worked at kensho"
    assert list(model.stream(text)) == [
        AIMessageChunk(content=word) for word in ("harrison", " worked", " at", " kensho")
    ]


def test_document_texts_with_quotes_and_line_breaks() -> None:
    tricky = Document(page_content="""It's "the" bear's\ncave. (Cats) don't care.""")
    text = PROMPT.format(context=[tricky], question="whose cave is it?")
    assert extractive_chat_model().invoke(text).text == """It's "the" bear's cave."""


def test_the_question_may_stand_in_other_places() -> None:
    facts = "Bears sleep in winter. Cats never do."
    talks: list[list[Message]] = [
        [SystemMessage(content=facts), HumanMessage(content="When do bears sleep?")],
        [HumanMessage(content=f"{facts} When do bears sleep?")],
        [HumanMessage(content=f"Question: When do bears sleep?\n\nContext: {facts}\n\nAnswer:")],
        [HumanMessage(content=f"{facts}\n\nbears winter sleep")],
    ]
    for talk in talks:
        assert extractive_chat_model().invoke(talk).text == "Bears sleep in winter."


def test_without_an_answer() -> None:
    model = extractive_chat_model()
    assert model.invoke("Question: what?").text == "I do not know."
    assert model.invoke("").text == "I do not know."
    assert model.invoke(PROMPT.format(context="Bears eat honey.", question="why fly?")).text == "I do not know."


def test_the_question_and_instructions_are_no_answers() -> None:
    talk: list[Message] = [HumanMessage(content=PROMPT.format(context="Bears!", question="what question?"))]
    question, context = question_and_context(talk)
    assert question == "what question?"
    assert context.split() == ["Bears!"]


def test_rare_shared_words_count_more_and_length_less() -> None:
    candidates = ["the bear and the bear", "a bear eats honey", "a bear eats honey and so do many other animals"]
    assert nearest_sentence("what do bears eat?", candidates) == "a bear eats honey"
    assert nearest_sentence("what is it?", ["it is", "none"]) == "it is"


def test_sentences_of_markdown() -> None:
    text = """
# Title

A *first* line
goes on. See [the page](https://example.org/a.md)! "Yes." And `code`: x * y, 2.5 kg.

```python
no = "sentence. Here."
```

1. One
   goes on
2. Two. Three
> quoted

| name | meaning |
|---|---|
| a | b |
"""
    assert sentences(text) == [
        "A first line goes on.",
        "See the page!",
        '"Yes."',
        "And code: x * y, 2.5 kg.",
        "One goes on",
        "Two.",
        "Three",
        "quoted",
        "name: meaning",
        "a: b",
    ]


def test_sentences_of_unspaced_scripts() -> None:
    assert sentences("東京は首都です。大きい？はい。") == ["東京は首都です。", "大きい？", "はい。"]


def test_stems() -> None:
    assert stems("Working works WORKED work") == ["work"] * 4
    assert stems("bears bear, is") == ["bear", "bear", "is"]
    assert stems("猫は眠る cats") == ["猫", "は", "眠", "る", "cat"]


def test_it_answers_in_scripts_without_spaces() -> None:
    asked = "日本は島国です。猫はよく眠る。\n\nQuestion: 猫は?"
    assert extractive_chat_model().invoke(asked).text == "猫はよく眠る。"


@pytest.mark.parametrize("text", ["", " ", "a", " a  b\n c ", "\n"])
def test_words_with_spaces_join_to_the_text(text: str) -> None:
    assert "".join(words_with_spaces(text)) == text


def test_a_sentence_that_says_what_it_is_answers_what_it_is() -> None:
    candidates = ["Bear: see cat", "Of bears much is told.", "A bear is an animal that sleeps through the winter."]
    assert nearest_sentence("What is a bear?", candidates) == candidates[2]
    assert (
        nearest_sentence("what are bears", ["Bears!", "Bears are animals that sleep."])
        == "Bears are animals that sleep."
    )


def test_no_sentence_ends_inside_code() -> None:
    assert sentences('Write `prompt("Hello. {Name}")` or so. Then `A. B`.') == [
        'Write prompt("Hello. {Name}") or so.',
        "Then A. B.",
    ]
