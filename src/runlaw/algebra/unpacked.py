"""A function of several arguments as one of a tuple."""

from __future__ import annotations

from typing import Any

from runlaw.algebra.annotations import signature_of
from runlaw.algebra.callables import display_name
from runlaw.kernel.nodes import Function
from runlaw.kernel.signature import Signature
from runlaw.kernel.value import hash_of, same_parts


class Unpacked:
    """A function of several arguments as one of a tuple. A value: equal where the functions are."""

    __slots__ = ("fn",)

    def __init__(self, fn: Function) -> None:
        self.fn: Function = fn

    @property
    def __name__(self) -> str:
        return display_name(self.fn)

    @property
    def __wrapped__(self) -> Function:
        return self.fn

    def __call__(self, arguments: tuple[Any, ...]) -> Any:  # Any: whatever the function takes and gives
        return self.fn(*arguments)

    def __runlaw_signature__(self, strict: bool) -> Signature:
        return signature_of(self.fn, "unpack", strict=strict)

    def __eq__(self, other: object) -> bool:
        return same_parts(self.fn, other.fn) if isinstance(other, Unpacked) else NotImplemented

    def __hash__(self) -> int:
        return hash((Unpacked, hash_of(self.fn)))
