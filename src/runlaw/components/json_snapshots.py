"""JSON in a text that arrives in pieces: ever more complete values of a type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import PydanticSchemaGenerationError, PydanticUndefinedAnnotation, TypeAdapter, ValidationError
from pydantic_core import from_json

from runlaw.components.messages import AIMessage
from runlaw.components.model_text import text_of_output
from runlaw.kernel.signature import Signature

_OPENING_FENCE = re.compile(r"^[ \t]*```(?:[ \t]*(?:json\w*[ \t]*)?(?=[\[{\"])|[^\n]*\n)", re.MULTILINE | re.IGNORECASE)
_TO_CLOSING_FENCE = re.compile(r'(?:[^"`]++|"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|`(?!``))*+', re.DOTALL)
_NUMBER_AT_END = re.compile(r"-?[0-9][-+.0-9eE]*\Z|-\Z")
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_NOTHING = object()


@dataclass(frozen=True)
class JsonSnapshots:
    """From pieces of a text to values of a type: all that fit so far, the last one validated in full.

    Args:
        kind: A type, or a pydantic ``TypeAdapter``.
    """

    kind: Any  # Any: any type form

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:  # Any: of whatever type was given
        """What validates the values."""
        return self.kind if isinstance(self.kind, TypeAdapter) else TypeAdapter(self.kind)

    def check(self) -> None:
        """Check the type, as far as what it names is defined by now.

        Raises:
            TypeError: Pydantic cannot describe it.
        """
        with suppress(PydanticUndefinedAnnotation):
            try:
                self.adapter  # noqa: B018  # made here
            except PydanticSchemaGenerationError as error:
                given = f"{type(self.kind).__name__}: {self.kind!r:.200}"
                raise TypeError(f"json_parser takes a type or a TypeAdapter; got {given}") from error

    def __runlaw_signature__(self, strict: bool = False) -> Signature:
        kind = self.adapter._type if isinstance(self.kind, TypeAdapter) else self.kind  # pydantic tells it nowhere else
        return Signature(AIMessage | str, kind)

    def __call__(self, outputs: Iterator[AIMessage | str], /) -> Iterator[object]:
        """Yield the snapshots of the text that comes in."""
        text = ""
        shown, value = "", _NOTHING  # the JSON and the value of the last snapshot
        for output in outputs:
            piece = text_of_output(output)
            if not piece:
                continue
            text += piece
            try:
                body = settled(json_part(text))
                found = repr(from_json(body, allow_partial="trailing-strings"))
                if found == shown:
                    continue
                snapshot = self.adapter.validate_json(body, experimental_allow_partial="trailing-strings")
            except ValueError:  # no JSON yet, or none that fits the type; a ValidationError is one
                continue
            if value is _NOTHING or snapshot != value:
                shown, value = found, snapshot
                yield value
        final = self._whole(text)
        if value is _NOTHING or final != value or repr(from_json(json_part(text))) != shown:
            yield final

    def _whole(self, text: str) -> object:
        try:
            return self.adapter.validate_json(json_part(text))
        except ValidationError as error:
            shown = text if len(text) <= 500 else f"{text[:500]}..."
            error.add_note(f"the model's output was: {shown!r}")
            raise

    def __getstate__(self) -> dict[str, object]:
        return {"kind": self.kind}


def json_part(text: str) -> str:
    """The part of a text that is JSON: what stands inside its first code fence, or all of it.

    >>> json_part('Here it is: \\n```json\\n{"a": 1}\\n```\\nAnything else?')
    '{"a": 1}\\n'
    >>> json_part('```json {"a": "```"}```')
    '{"a": "```"}'
    """
    opening = _OPENING_FENCE.search(text)
    if opening is None:
        return text
    body = _TO_CLOSING_FENCE.match(text, opening.end())
    return body[0] if body else ""


def settled(body: str) -> str:
    """The part of a piece of JSON that more text will only add to: a number at its end may not be whole yet.

    >>> settled('{"a": 1, "b": 2'), settled('{"a": "route 6')
    ('{"a": 1, "b": ', '{"a": "route 6')
    """
    number = _NUMBER_AT_END.search(body)
    if number is None or _ESCAPE.sub("", body).count('"') % 2:
        return body
    return body[: number.start()]
