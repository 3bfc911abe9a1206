"""The file of a store: JSON Lines, a header with a checksum, then the documents, then bytes of the store's own."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from runlaw.components.documents import Document

_VERSION = 1


class StoreParts(NamedTuple):
    """What a store's file holds: documents with their ids, facts from the header, and the store's own bytes."""

    stored: list[tuple[str, Document]]
    facts: Mapping[str, object]
    tail: bytes


def write_store(
    path: Path,
    kind: str,
    stored: Iterable[tuple[str, Document]],
    facts: Mapping[str, object] | None = None,
    tail: bytes | memoryview = b"",
) -> None:
    """Write documents with their ids, and bytes of the store's own; the file appears whole, or not at all.

    Raises:
        OSError: The file cannot be written.
        TypeError: A document's metadata cannot be written as JSON and read back the same.
    """
    lines = [_line(given, document) for given, document in stored]
    body = "".join(lines).encode()
    checksum = sha256(body)
    checksum.update(tail)
    header: dict[str, object] = {"format": kind, "version": _VERSION, "documents": len(lines)}
    if facts is not None:
        header |= {**facts, "text_bytes": len(body)}
    header["sha256"] = checksum.hexdigest()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(header).encode() + b"\n")
            file.write(body)
            file.write(tail)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def read_store(path: Path, kind: str) -> StoreParts:
    """Read what ``write_store`` wrote.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no such file, or it is damaged.
    """
    first, _, rest = path.read_bytes().partition(b"\n")
    try:
        header = json.loads(first)
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("format") != kind:
        raise ValueError(f"{path} is no file of a {kind}")
    if header.get("version") != _VERSION:
        raise ValueError(f"{path} is of version {header.get('version')!r}; this release reads version {_VERSION}")
    if header.get("sha256") != sha256(rest).hexdigest():
        raise ValueError(f"{path} is damaged: its contents do not fit its checksum")
    try:
        size = int(header.get("text_bytes", len(rest)))
        rows = [json.loads(line) for line in rest[:size].splitlines()]
        stored = [(row["key"], Document.model_validate(row["document"])) for row in rows]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    return StoreParts(stored, header, rest[size:])


def _line(given: str, document: Document) -> str:
    fields = document.model_dump()
    try:
        text = json.dumps({"key": given, "document": fields}, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise TypeError(f"the metadata of document {given!r} cannot be written as JSON: {error}") from error
    if json.loads(text)["document"] != fields:
        raise TypeError(f"the metadata of document {given!r} would not be the same after JSON: {document.metadata!r}")
    return f"{text}\n"
