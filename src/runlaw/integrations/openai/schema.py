"""JSON Schema as the protocol asks for it, so that an answer is sure to fit."""

from __future__ import annotations

import re
from typing import Any

from pydantic import TypeAdapter


def response_format(output: type[Any] | TypeAdapter[Any]) -> dict[str, object]:  # Any: of whatever type
    """What asks a server for JSON of a type.

    Raises:
        ValueError: The type's values are no JSON objects.
    """
    adapter = output if isinstance(output, TypeAdapter) else TypeAdapter(output)
    schema = adapter.json_schema()
    if schema.get("type") != "object" and "$ref" not in schema:
        raise ValueError(
            f"an answer must be a JSON object, as of a model, a dataclass or a TypedDict; got {output!r}: "
            "give it a field in one of these"
        )
    name = re.sub(r"[^a-zA-Z0-9_-]+", "_", str(schema.get("title", "answer")))[:64]
    return {"type": "json_schema", "json_schema": {"name": name, "schema": strict(schema), "strict": True}}


def strict(schema: Any) -> Any:  # Any: JSON
    """The schema with every key of its objects required, no other keys, and no defaults."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {
        key: {name: strict(each) for name, each in value.items()} if key in ("properties", "$defs") else strict(value)
        for key, value in schema.items()
        if key != "default"
    }
    if made.get("type") == "object" and "properties" in made:
        made |= {"required": [*made["properties"]], "additionalProperties": False}
    return made
