"""``identity``: the neutral program of ``pipe``, for values of every type."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, cast, overload

from runlaw.kernel.config import RunConfig
from runlaw.kernel.nodes import Identity
from runlaw.runnable import Runnable, runnable

if TYPE_CHECKING:
    from typing_extensions import Unpack

A = TypeVar("A")
B = TypeVar("B")


class IdentityRunnable(Protocol):
    """The type of ``identity``. Its methods are generic, so that each use keeps the type of its value."""

    @property
    def name(self) -> str:
        """The name of its run."""

    def __call__(self, value: A, /) -> A: ...
    def invoke(self, value: A, /, config: RunConfig | None = None) -> A:
        """The value itself."""
        ...

    async def ainvoke(self, value: A, /, config: RunConfig | None = None) -> A:
        """The value itself."""
        ...

    def stream(self, value: A, /, config: RunConfig | None = None) -> Generator[A, None, None]:
        """The value as one chunk."""
        ...

    def astream(self, value: A, /, config: RunConfig | None = None) -> AsyncGenerator[A, None]:
        """The value as one chunk."""
        ...

    def transform(self, chunks: Iterable[A], /, config: RunConfig | None = None) -> Generator[A, None, None]:
        """The chunks as they are."""
        ...

    def atransform(
        self, chunks: AsyncIterable[A] | Iterable[A], /, config: RunConfig | None = None
    ) -> AsyncGenerator[A, None]:
        """The chunks as they are."""
        ...

    def batch(
        self, values: Iterable[A], /, config: RunConfig | Sequence[RunConfig] | None = None
    ) -> list[A]:
        """The values as they are."""
        ...

    async def abatch(
        self, values: Iterable[A], /, config: RunConfig | Sequence[RunConfig] | None = None
    ) -> list[A]:
        """The values as they are."""
        ...

    def __or__(self, other: Callable[[A], B], /) -> Runnable[A, B]: ...
    def __ror__(self, other: Callable[[A], B], /) -> Runnable[A, B]: ...
    def pipe(self, other: Callable[[A], B], /) -> Runnable[A, B]:
        """``other``."""
        ...

    def map_batch(self) -> Runnable[Sequence[A], list[A]]:
        """A list of the items as they are."""
        ...

    def with_config(self, config: RunConfig | None = None, /, **more: Unpack[RunConfig]) -> IdentityRunnable:
        """The identity with a config of its own."""
        ...


identity: Final[IdentityRunnable] = cast(IdentityRunnable, runnable(Identity()))  # a Runnable has all these methods
