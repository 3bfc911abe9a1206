"""The demo: questions about text files, answered by a retrieval chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from runlaw.cli.answering import EXTRACTIVE, Answering
from runlaw.combinators.identity import identity
from runlaw.components import (
    AIMessage,
    ChatInput,
    Document,
    LexicalStore,
    chat_prompt,
    join_documents,
    lexical_store,
    str_parser,
)
from runlaw.components.loading import NoText, passages_of, text_files
from runlaw.runnable import Runnable

TEMPLATE = """Answer the question based only on the following context:
{context}

Question: {question}
"""


def retrieval_chain(
    store: LexicalStore,
    model: Runnable[ChatInput, AIMessage] = EXTRACTIVE.model,
    beginning: Sequence[Document] = (),
) -> Runnable[str, str]:
    """From a question to an answer out of the store's documents, streamed word by word.

    Args:
        store: The documents.
        model: What answers.
        beginning: The documents to answer from where none shares a word with the question.
    """
    inputs: dict[str, Callable[[str], object]] = {
        "context": store.as_retriever(k=32) | (lambda found: join_documents(found or [*beginning])),
        "question": identity,
    }
    return inputs | chat_prompt(TEMPLATE) | model | str_parser()


def default_sources(folder: Path) -> list[Path]:
    """``README.md`` and ``docs`` of a folder, those that are there.

    Raises:
        FileNotFoundError: Neither is there.
    """
    found = [path for path in (folder / "README.md", folder / "docs") if path.exists()]
    if not found:
        raise FileNotFoundError(
            f"there is neither README.md nor docs in {str(folder.absolute())!r}; name a folder or a file with --in"
        )
    return found


class Loaded(NamedTuple):
    """The passages of all sources, and why files in their folders were left out."""

    documents: list[Document]
    left_out: list[str]


def load_all(sources: Sequence[Path]) -> Loaded:
    """The passages of all sources; of a folder those of the files that are texts.

    Raises:
        FileNotFoundError: There is nothing at a path.
        ValueError: There is no text at a path.
        OSError: A file cannot be read.
    """
    found = Loaded([], [])
    for source in sources:
        before = len(found.documents)
        for file in text_files(source):
            try:
                found.documents.extend(passages_of(file))
            except NoText as error:
                found.left_out.append(str(error))
        if len(found.documents) == before:
            raise ValueError(found.left_out[-1] if found.left_out else f"there is no text in {str(source)!r}")
    return found


def ask_all(questions: Sequence[str], loaded: Loaded, console: Console, answering: Answering = EXTRACTIVE) -> None:
    """Answer the questions one by one, each streamed, and then all of them as a batch."""
    documents, left_out = loaded
    files = {str(document.metadata["source"]) for document in documents}
    console.print(f"{_count(len(documents), 'passage')} from {_count(len(files), 'file')}", style="dim")
    for reason in left_out:
        console.print(f"left out: {reason}", style="dim", markup=False)
    console.print(f"answers by {answering.description}", style="dim", markup=False)
    chain = retrieval_chain(lexical_store(documents), answering.model, documents[:4])
    for question in questions:
        console.print(f"\n{question}", style="bold", markup=False)
        for word in chain.stream(question):
            console.print(word, end="", markup=False)
            console.file.flush()
        console.print()
    console.print("\nThe same as a batch:", style="bold")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    answers: dict[int, str] = {}
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("answering", total=len(questions))
        for number, answer in chain.batch_as_completed(questions):
            answers[number] = answer
            progress.advance(task)
    for number, question in enumerate(questions):
        console.print(f"{number + 1}. {question}  {answers[number]}", markup=False)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
