"""What a caller gives a program to run on: many inputs, or the chunks of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def check_inputs(where: str, values: Iterable[T], return_exceptions: object) -> list[T]:
    """The inputs of a batch.

    Raises:
        TypeError: They cannot be iterated, or ``return_exceptions`` is no bool.
    """
    if not isinstance(return_exceptions, bool):
        raise TypeError(f"{where}: return_exceptions must be a bool; got {return_exceptions!r}")
    if type(values) is not list and not _iterates(type(values)):
        raise TypeError(f"{where} takes an iterable of inputs, such as a list; got {values!r:.200}")
    return list(values)


def check_chunks(where: str, chunks: object, *, asynchronous: bool = False) -> None:
    """Refuse what gives no chunks; ``asynchronous`` says that they may come by ``async for`` too.

    Raises:
        TypeError: The chunks cannot be iterated.
    """
    kind = type(chunks)
    if _iterates(kind) or (asynchronous and hasattr(kind, "__aiter__")):
        return
    wanted = "an iterable, sync or async," if asynchronous else "an iterable"
    advice = f", which is async: use a{where}(...)" if hasattr(kind, "__aiter__") else ""
    raise TypeError(f"{where} takes {wanted} of the chunks of one input; got {chunks!r:.200}{advice}")


def _iterates(kind: type) -> bool:
    return hasattr(kind, "__iter__") or hasattr(kind, "__getitem__")
