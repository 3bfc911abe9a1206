"""Nothing is timed before it was seen to do the same work."""

from __future__ import annotations

from collections.abc import AsyncIterable


class WrongAnswerError(Exception):
    """The work that is to be timed does not give what plain Python gives."""


def agree(ours: object, plain: object) -> None:
    if ours != plain:
        raise WrongAnswerError(f"expected {plain!r:.200}, as from plain Python, got {ours!r:.200}")


async def joined(chunks: AsyncIterable[str]) -> str:
    return "".join([chunk async for chunk in chunks])
