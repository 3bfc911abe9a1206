"""``identity``: the neutral program of ``pipe``, for values of every type."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeVar, cast, overload

from runlaw.algebra.policies import DEFAULT_DELAYS
from runlaw.kernel.config import RunConfig
from runlaw.kernel.nodes import Identity
from runlaw.runnable import Runnable, runnable

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from typing_extensions import Unpack

    from runlaw.events.entry import FinalOutput
    from runlaw.events.event import RunEnded, RunFailed, RunStarted
    from runlaw.events.select import Filters
    from runlaw.events.state import RunLog, RunLogPatch
    from runlaw.events.stream_types import StreamEvent, StreamEventV1, StreamEventV2, StreamVersion
    from runlaw.interpret.graph import Graph

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
Record = TypeVar("Record", bound=Mapping[str, object])


class IdentityRunnable(Protocol):
    """The type of ``identity``: a Runnable whose methods are generic, so that each use keeps the type of its value."""

    @property
    def name(self) -> str:
        """The name of its run."""

    @property
    def input_type(self) -> Any:  # Any: a type form, for which Python has no type
        """A type variable."""

    @property
    def output_type(self) -> Any:  # Any: a type form, for which Python has no type
        """The same type variable."""

    @property
    def input_schema(self) -> TypeAdapter[object]:
        """The adapter of every value."""
        ...

    @property
    def output_schema(self) -> TypeAdapter[object]:
        """The adapter of every value."""
        ...

    def get_graph(self) -> Graph:
        """The picture of one step."""
        ...

    def __call__(self, value: A, /) -> A:
        """The value itself."""
        ...

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

    @overload
    def batch(
        self,
        values: Iterable[A],
        /,
        config: RunConfig | Sequence[RunConfig] | None = None,
        *,
        return_exceptions: Literal[False] = False,
    ) -> list[A]: ...
    @overload
    def batch(
        self, values: Iterable[A], /, config: RunConfig | Sequence[RunConfig] | None = None, *, return_exceptions: bool
    ) -> list[A | Exception]: ...
    @overload
    async def abatch(
        self,
        values: Iterable[A],
        /,
        config: RunConfig | Sequence[RunConfig] | None = None,
        *,
        return_exceptions: Literal[False] = False,
    ) -> list[A]: ...
    @overload
    async def abatch(
        self, values: Iterable[A], /, config: RunConfig | Sequence[RunConfig] | None = None, *, return_exceptions: bool
    ) -> list[A | Exception]: ...
    @overload
    def batch_as_completed(
        self,
        values: Iterable[A],
        /,
        config: RunConfig | Sequence[RunConfig] | None = None,
        *,
        return_exceptions: Literal[False] = False,
    ) -> Generator[tuple[int, A], None, None]: ...
    @overload
    def batch_as_completed(
        self, values: Iterable[A], /, config: RunConfig | Sequence[RunConfig] | None = None, *, return_exceptions: bool
    ) -> Generator[tuple[int, A | Exception], None, None]: ...
    @overload
    def abatch_as_completed(
        self,
        values: Iterable[A],
        /,
        config: RunConfig | Sequence[RunConfig] | None = None,
        *,
        return_exceptions: Literal[False] = False,
    ) -> AsyncGenerator[tuple[int, A], None]: ...
    @overload
    def abatch_as_completed(
        self, values: Iterable[A], /, config: RunConfig | Sequence[RunConfig] | None = None, *, return_exceptions: bool
    ) -> AsyncGenerator[tuple[int, A | Exception], None]: ...

    @overload
    def stream_events(
        self,
        value: A,
        /,
        config: RunConfig | None = None,
        *,
        version: Literal["v2"] = "v2",
        **filters: Unpack[Filters],
    ) -> Generator[StreamEventV2, None, None]: ...
    @overload
    def stream_events(
        self, value: A, /, config: RunConfig | None = None, *, version: Literal["v1"], **filters: Unpack[Filters]
    ) -> Generator[StreamEventV1, None, None]: ...
    @overload
    def stream_events(
        self, value: A, /, config: RunConfig | None = None, *, version: StreamVersion, **filters: Unpack[Filters]
    ) -> Generator[StreamEvent, None, None]: ...
    @overload
    def astream_events(
        self,
        value: A,
        /,
        config: RunConfig | None = None,
        *,
        version: Literal["v2"] = "v2",
        **filters: Unpack[Filters],
    ) -> AsyncGenerator[StreamEventV2, None]: ...
    @overload
    def astream_events(
        self, value: A, /, config: RunConfig | None = None, *, version: Literal["v1"], **filters: Unpack[Filters]
    ) -> AsyncGenerator[StreamEventV1, None]: ...
    @overload
    def astream_events(
        self, value: A, /, config: RunConfig | None = None, *, version: StreamVersion, **filters: Unpack[Filters]
    ) -> AsyncGenerator[StreamEvent, None]: ...
    @overload
    def stream_log(
        self,
        value: A,
        /,
        config: RunConfig | None = None,
        *,
        diff: Literal[True] = True,
        final_output: FinalOutput = "each",
        **filters: Unpack[Filters],
    ) -> Generator[RunLogPatch, None, None]: ...
    @overload
    def stream_log(
        self,
        value: A,
        /,
        config: RunConfig | None = None,
        *,
        diff: Literal[False],
        final_output: FinalOutput = "each",
        **filters: Unpack[Filters],
    ) -> Generator[RunLog, None, None]: ...
    @overload
    def stream_log(
        self,
        value: A,
        /,
        config: RunConfig | None = None,
        *,
        diff: bool,
        final_output: FinalOutput = "each",
        **filters: Unpack[Filters],
    ) -> Generator[RunLogPatch, None, None] | Generator[RunLog, None, None]: ...
    @overload
    def astream_log(
        self,
        value: A,
        /,
        config: RunConfig | None = None,
        *,
        diff: Literal[True] = True,
        final_output: FinalOutput = "each",
        **filters: Unpack[Filters],
    ) -> AsyncGenerator[RunLogPatch, None]: ...
    @overload
    def astream_log(
        self,
        value: A,
        /,
        config: RunConfig | None = None,
        *,
        diff: Literal[False],
        final_output: FinalOutput = "each",
        **filters: Unpack[Filters],
    ) -> AsyncGenerator[RunLog, None]: ...
    @overload
    def astream_log(
        self,
        value: A,
        /,
        config: RunConfig | None = None,
        *,
        diff: bool,
        final_output: FinalOutput = "each",
        **filters: Unpack[Filters],
    ) -> AsyncGenerator[RunLogPatch, None] | AsyncGenerator[RunLog, None]: ...

    @overload
    def __or__(self, other: Callable[[A], B], /) -> Runnable[A, B]: ...
    @overload
    def __or__(self, other: Mapping[str, Callable[[A], B]], /) -> Runnable[A, Mapping[str, B]]: ...
    @overload
    def __ror__(self, other: Callable[[A], B], /) -> Runnable[A, B]: ...
    @overload
    def __ror__(self, other: Mapping[str, Callable[[A], B]], /) -> Runnable[A, Mapping[str, B]]: ...
    @overload
    def pipe(self, s1: Callable[[A], B], /) -> Runnable[A, B]: ...
    @overload
    def pipe(self, s1: Callable[[A], B], s2: Callable[[B], C], /) -> Runnable[A, C]: ...
    @overload
    def pipe(self, s1: Callable[[A], B], s2: Callable[[B], C], s3: Callable[[C], D], /) -> Runnable[A, D]: ...
    @overload
    def pipe(
        self, s1: Callable[[A], B], s2: Callable[[B], C], s3: Callable[[C], D], s4: Callable[[D], E], /
    ) -> Runnable[A, E]: ...
    def map_batch(
        self, *, max_concurrency: int | None = None, executor: Executor | None = None
    ) -> Runnable[Sequence[A], list[A]]:
        """A list of the items as they are."""
        ...

    def assign(self, **branches: Callable[[Record], object]) -> Runnable[Record, Mapping[str, object]]:
        """The record that comes in, with more keys."""
        ...

    @overload
    def pick(self, key: str, /) -> Runnable[Mapping[str, object], object]: ...
    @overload
    def pick(self, key: str, second: str, /, *more: str) -> Runnable[Mapping[str, object], Mapping[str, object]]: ...

    def with_config(self, config: RunConfig | None = None, /, **more: Unpack[RunConfig]) -> IdentityRunnable:
        """The identity with a config of its own."""
        ...

    def with_retry(
        self, *, on: tuple[type[Exception], ...] = (Exception,), delays: Iterable[float] = DEFAULT_DELAYS
    ) -> IdentityRunnable:
        """The identity, which never fails."""
        ...

    def with_fallbacks(
        self, *others: Callable[[A], A], on: tuple[type[Exception], ...] = (Exception,)
    ) -> Runnable[A, A]:
        """The identity, which never fails."""
        ...

    def with_timeout(self, seconds: float, /) -> IdentityRunnable:
        """The identity with a bound on its time."""
        ...

    @overload
    def with_types(self, *, input: type[A] | TypeAdapter[A], output: type[A] | TypeAdapter[A]) -> Runnable[A, A]: ...
    @overload
    def with_types(self, *, input: type[A] | TypeAdapter[A]) -> Runnable[A, A]: ...
    @overload
    def with_types(self, *, output: type[A] | TypeAdapter[A]) -> Runnable[A, A]: ...

    def with_validation(self, strict: bool = False) -> IdentityRunnable:
        """The identity, which takes and gives every value."""
        ...

    def with_listeners(
        self,
        *,
        on_start: Callable[[RunStarted], object] | None = None,
        on_end: Callable[[RunEnded], object] | None = None,
        on_error: Callable[[RunFailed], object] | None = None,
    ) -> IdentityRunnable:
        """The identity, with callbacks told of its run."""
        ...


identity: Final[IdentityRunnable] = cast(IdentityRunnable, runnable(Identity()))  # a Runnable has all these methods
