"""Record types: TypedDicts without a name."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mypy.checker import TypeChecker
from mypy.types import Type, TypedDictType, get_proper_type


def record(
    api: TypeChecker, fields: Mapping[str, Type], optional: Collection[str] = (), *, read_only: bool = False
) -> TypedDictType:
    """The type of a record with these keys; where it is only read, its values may be of narrower types."""
    fallback = api.named_generic_type("typing._TypedDict", [])
    required = {key for key in fields if key not in optional}
    return TypedDictType(dict(fields), required, set(fields) if read_only else set(), fallback)


def as_record(type: Type) -> TypedDictType | None:
    """The type as that of a record whose keys are known."""
    proper = get_proper_type(type)
    return proper if isinstance(proper, TypedDictType) else None


def extended(api: TypeChecker, base: TypedDictType, fields: Mapping[str, Type]) -> TypedDictType:
    """The type of a record with more keys, or other values under its keys."""
    optional = [key for key in base.items if key not in base.required_keys and key not in fields]
    return record(api, {**base.items, **fields}, optional)
