"""A model whose function streams in two ways: by an iterator in sync runs, by an async one in async runs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from runlaw.algebra.leaves import Said, stream_node
from runlaw.components.adapted import ROLES, Adapted, Output, Role
from runlaw.interpret.current import CURRENT
from runlaw.runnable import Runnable, runnable


class BothWays(Protocol):
    """What a client of a server offers: the same chunks in two ways."""

    def __call__(self, given: Any, /) -> Iterator[Output]:  # Any: what its role takes
        """The chunks, for sync runs."""
        ...

    def asynchronously(self, given: Any, /) -> AsyncIterator[Output]:  # Any: what its role takes
        """The chunks, for async runs."""
        ...


@dataclass(frozen=True)
class EitherCall(Adapted):
    """A function that streams in two ways; the run it is called in decides."""

    fn: BothWays

    def __call__(self, value: object, /) -> object:
        """An iterator or an async iterator of chunks; see ``check`` for what is raised."""
        given = ROLES[self.role].convert(value)
        if in_async_run():
            return self._asynchronously(self.fn.asynchronously(given))
        return self._synchronously(self.fn(given))

    def _synchronously(self, chunks: Iterator[Output]) -> Iterator[Output]:
        try:
            for chunk in chunks:
                yield self.check(chunk)
        finally:
            if isinstance(chunks, Generator):
                chunks.close()

    async def _asynchronously(self, chunks: AsyncIterator[Output]) -> AsyncIterator[Output]:
        try:
            async for chunk in chunks:
                yield self.check(chunk)
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()


def either(
    fn: BothWays, role: Role, name: str, tags: Sequence[str], metadata: Mapping[str, object] | None
) -> Runnable[Any, Any]:  # Any: the caller knows the role's types
    """The Runnable of a function that streams in two ways."""
    return runnable(stream_node(EitherCall(fn, role), Said(name, role, tags, metadata), ROLES[role].monoid))


def in_async_run() -> bool:
    """Whether the calling code is called by an async run, on its event loop."""
    run = CURRENT.get()
    return run is not None and run.env is not None and run.env.asynchronous
