"""The demo: questions about text files, answered by a retrieval chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from runlaw.combinators.identity import identity
from runlaw.components import (
    Document,
    LexicalStore,
    chat_prompt,
    extractive_chat_model,
    join_documents,
    lexical_store,
    load_texts,
    str_parser,
)
from runlaw.runnable import Runnable

TEMPLATE = """Answer the question based only on the following context:
{context}

Question: {question}
"""


def retrieval_chain(store: LexicalStore) -> Runnable[str, str]:
    """From a question to an answer out of the store's documents, streamed word by word."""
    inputs: dict[str, Callable[[str], object]] = {
        "context": store.as_retriever(k=4) | join_documents,
        "question": identity,
    }
    return inputs | chat_prompt(TEMPLATE) | extractive_chat_model() | str_parser()


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


def load_all(sources: Sequence[Path]) -> list[Document]:
    """The passages of all sources. Raises what ``load_texts`` raises."""
    return [document for source in sources for document in load_texts(source)]


def ask_all(questions: Sequence[str], documents: Sequence[Document], console: Console) -> None:
    """Answer the questions one by one, each streamed, and then all of them as a batch."""
    files = {str(document.metadata["source"]) for document in documents}
    console.print(f"{_count(len(documents), 'passage')} from {_count(len(files), 'file')}", style="dim")
    chain = retrieval_chain(lexical_store(documents))
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
