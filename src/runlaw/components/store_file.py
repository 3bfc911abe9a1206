"""The file of a store: JSON Lines, a header with the number of documents and their checksum, then the documents."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from runlaw.components.documents import Document

_VERSION = 1


def write_store(path: Path, kind: str, stored: Iterable[tuple[str, Document]]) -> None:
    """Write documents with their ids; the file appears whole, or not at all.

    Raises:
        OSError: The file cannot be written.
        TypeError: A document's metadata cannot be written as JSON and read back the same.
    """
    lines = [_line(given, document) for given, document in stored]
    body = "".join(lines).encode()
    header = {"format": kind, "version": _VERSION, "documents": len(lines), "sha256": sha256(body).hexdigest()}
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(header).encode() + b"\n" + body)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def read_store(path: Path, kind: str) -> list[tuple[str, Document]]:
    """Read what ``write_store`` wrote.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no such file, or it is damaged.
    """
    first, _, body = path.read_bytes().partition(b"\n")
    try:
        header = json.loads(first)
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("format") != kind:
        raise ValueError(f"{path} is no file of a {kind}")
    if header.get("version") != _VERSION:
        raise ValueError(f"{path} is of version {header.get('version')!r}; this release reads version {_VERSION}")
    if header.get("sha256") != sha256(body).hexdigest():
        raise ValueError(f"{path} is damaged: its contents do not fit its checksum")
    try:
        rows = [json.loads(line) for line in body.splitlines()]
        return [(row["key"], Document.model_validate(row["document"])) for row in rows]
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error


def _line(given: str, document: Document) -> str:
    fields = document.model_dump()
    try:
        text = json.dumps({"key": given, "document": fields}, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise TypeError(f"the metadata of document {given!r} cannot be written as JSON: {error}") from error
    if json.loads(text)["document"] != fields:
        raise TypeError(f"the metadata of document {given!r} would not be the same after JSON: {document.metadata!r}")
    return f"{text}\n"
