"""Documents from files: texts, cut into passages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path

from runlaw.components.documents import Document
from runlaw.components.passages import passages

MARKDOWN = (".md", ".markdown", ".mdx")
TEXTS = (*MARKDOWN, ".txt", ".rst", ".py", ".pyi", ".toml", ".cfg", ".ini", ".yaml", ".yml", ".json", ".csv")
_NOT_OWN = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})


def load_texts(path: str | PathLike[str], *, suffixes: Iterable[str] = TEXTS, max_chars: int = 1000) -> list[Document]:
    """The passages of a text file, or of all text files in a folder and the folders in it.

    Hidden files and folders are left out, and folders of installed packages. The metadata of each document are
    its ``source``, the file's path as a text, and its first ``line``, from 1.

    Args:
        path: A file, or a folder.
        suffixes: The ends of the names of files to read from a folder.
        max_chars: The most characters of a passage.

    Raises:
        FileNotFoundError: There is nothing at the path.
        ValueError: The folder has no such files, they are all empty, or a file is no UTF-8 text; it is named.
        OSError: A file cannot be read.
    """
    documents = [document for file in text_files(path, suffixes) for document in passages_of(file, max_chars)]
    if not documents:
        raise ValueError(f"there is no text in {str(Path(path))!r}")
    return documents


def text_files(path: str | PathLike[str], suffixes: Iterable[str] = TEXTS) -> list[Path]:
    """The file at a path, or the text files in a folder and the folders in it, sorted; see ``load_texts``."""
    root = Path(path)
    if not root.exists():
        raise FileNotFoundError(f"there is no file or folder {str(root)!r}")
    wanted = tuple(suffixes)
    files = sorted(_files(root, wanted)) if root.is_dir() else [root]
    if not files:
        raise ValueError(f"the folder {str(root)!r} has no text files ({', '.join(wanted)})")
    return files


def _files(root: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    for folder, inner, names in os.walk(root, onerror=_raise):
        inner[:] = [name for name in inner if not name.startswith(".") and name not in _NOT_OWN]
        for name in names:
            if not name.startswith(".") and name.lower().endswith(suffixes):
                yield Path(folder, name)


def _raise(error: OSError) -> None:
    raise error


class NoText(ValueError):
    """A file holds something else than text in UTF-8."""


def passages_of(file: Path, max_chars: int = 1000) -> list[Document]:
    """The passages of a text file.

    Raises:
        NoText: It is no UTF-8 text.
        OSError: It cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoText(f"{str(file)!r} is no UTF-8 text: {error}") from error
    if "\0" in text:
        raise NoText(f"{str(file)!r} is no text: it holds zero bytes")
    markdown = file.name.lower().endswith(MARKDOWN)
    found = passages(text, max_chars=max_chars, markdown=markdown)
    return [
        Document(page_content=passage.text, metadata={"source": file.as_posix(), "line": passage.line})
        for passage in found
        if passage.text.strip()
    ]
