"""``Runnable[In, Out]``: an immutable program from ``In`` to ``Out``. Its methods delegate; they decide nothing."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Never, NoReturn, TypeVar, overload

from runlaw.algebra import normal
from runlaw.algebra.expression import expression
from runlaw.algebra.leaf import to_node
from runlaw.algebra.policies import DEFAULT_DELAYS, retry
from runlaw.algebra.signatures import signature
from runlaw.algebra.walk import name as name_of_node
from runlaw.interpret.current import CURRENT, ROOTS
from runlaw.interpret.graph import Graph, graph_of
from runlaw.interpret.schema import schema_of
from runlaw.kernel.config import NO_CONFIG, RunConfig, check_config
from runlaw.kernel.given import check_chunks, check_inputs
from runlaw.kernel.nodes import Leaf, Node

if TYPE_CHECKING:
    from typing import Self

    from pydantic import TypeAdapter
    from typing_extensions import Unpack

    from runlaw.events.entry import FinalOutput
    from runlaw.events.event import RunEnded, RunFailed, RunStarted
    from runlaw.events.select import Filters
    from runlaw.events.state import RunLog, RunLogPatch
    from runlaw.events.stream_types import StreamEvent, StreamEventV1, StreamEventV2, StreamVersion
    from runlaw.interpret.machine import Machine

In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)
A = TypeVar("A")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
G = TypeVar("G")
H = TypeVar("H")
I = TypeVar("I")  # noqa: E741  # one of a row of letters
J = TypeVar("J")
K = TypeVar("K")
L = TypeVar("L")
M = TypeVar("M")
N = TypeVar("N")
O = TypeVar("O")  # noqa: E741  # one of a row of letters
P = TypeVar("P")
Q = TypeVar("Q")
R = TypeVar("R")
Record = TypeVar("Record", bound=Mapping[str, object])

_frame = sys._getframe
_current = CURRENT.get
_enter = CURRENT.set
_leave = CURRENT.reset


class Runnable(Generic[In, Out]):
    """A program made of pure functions: a value that can be called, streamed, batched, composed and compared.

    It is made by the leaves (``lift``, ``lift_stream``, ...) and the combinators (``pipe``, ``parallel``, ...),
    never by calling the class. Two Runnables built from the same functions in the same way are equal.

    >>> from runlaw import lift
    >>> shout = lift(str.upper) | (lambda text: text + "!")
    >>> shout.invoke("hello")
    'HELLO!'
    >>> shout.batch(["a", "b"])
    ['A!', 'B!']
    """

    _made: Machine | None = None
    """What runs the program: a cache, made when it first runs, and no part of the value."""
    _quick: Callable[[Any], Any] | None = None  # Any: programs are untyped inside
    """What ``invoke`` calls where nothing but the value matters; made along with it."""
    _nests: ClassVar[bool] = True
    """Its node may hold others to any depth; see ``Value``."""

    if TYPE_CHECKING:
        node: Node

        def __new__(cls, made_by_lift_and_its_like: Never, /) -> Self:
            """There is no value to call it with, so that a checker refuses every call."""

    else:  # a checker would take every attribute for known, and what follows a call for unreachable

        def __new__(cls, *args: object, **options: object) -> NoReturn:
            """Refuse to be called."""
            raise TypeError("a Runnable is made by lift(function), pipe(...), parallel(...) and their like")

        def __setattr__(self, attribute: str, value: object) -> NoReturn:
            raise AttributeError(f"a Runnable cannot be changed: build another one to set {attribute!r}")

        def __delattr__(self, attribute: str) -> NoReturn:
            raise AttributeError(f"a Runnable cannot be changed: {attribute!r} cannot be deleted")

    @property
    def _engine(self) -> Machine:
        machine = self._made
        if machine is None:
            from runlaw.interpret.locate import marked
            from runlaw.interpret.machine import Machine

            machine = self.__dict__["_made"] = Machine.of(self.node)
            self.__dict__["_quick"] = machine.quick
            marked(Runnable.invoke, "call")
        return machine

    def __eq__(self, other: object) -> bool:
        return self.node == other.node if isinstance(other, Runnable) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.node)

    def __reduce__(self) -> str | tuple[object, ...]:
        return runnable, (self.node,)

    def __repr__(self) -> str:
        return expression(self.node)

    @property
    def name(self) -> str:
        """The name of its run in events: its ``run_name``, else that of its function or combinator."""
        return name_of_node(self.node)

    @property
    def input_type(self) -> Any:  # Any: a type form, for which Python has no type
        """The type of its input as it is at run time, type variables solved."""
        return signature(self.node).input

    @property
    def output_type(self) -> Any:  # Any: a type form, for which Python has no type
        """The type of its output as it is at run time, type variables solved."""
        return signature(self.node).output

    @property
    def input_schema(self) -> TypeAdapter[In]:
        """The pydantic adapter of its input type, made once; its JSON schema is titled ``<Name>Input``.

        In strict mode it accepts a Python value exactly when the type does.

        Raises:
            NameError: An annotation names what is not defined.
            TypeError: Pydantic cannot describe the type: say it by ``with_types``.

        >>> from runlaw import lift
        >>> def double(x: int) -> int:
        ...     return 2 * x
        >>> lift(double).input_schema.json_schema()
        {'title': 'doubleInput', 'type': 'integer'}
        """
        return schema_of(self.node, "input")

    @property
    def output_schema(self) -> TypeAdapter[Out]:
        """The pydantic adapter of its output type; see ``input_schema``."""
        return schema_of(self.node, "output")

    def get_graph(self) -> Graph:
        """The picture of the program: its steps and the ways between them, to be drawn or looked through."""
        return graph_of(self.node)

    # ------------------------------------------------------------------ running

    def __call__(self, value: In, /) -> Out:
        """``invoke`` inside the surrounding run, if there is one: the run becomes its child."""
        return self.invoke(value)

    def invoke(self, value: In, /, config: RunConfig | None = None) -> Out:
        """One value in, one value out.

        Raises:
            RuntimeError: The program has an async step and an event loop runs: use ``ainvoke``.
            Exception: What a step raised, with a note that names the step.
        """
        quick = self._quick
        if quick is None or config is not None:
            machine = self._made or self._engine
            quick = self._quick
            if quick is None or config is not None:
                return machine.invoke(value, check_config(config))  # type: ignore[no-any-return]  # an Out
        outer = _current()
        if outer is not None and not outer.quick:
            return self._engine.invoke(value, NO_CONFIG)  # type: ignore[no-any-return]  # an Out
        try:
            return quick(value)  # type: ignore[no-any-return]  # an Out
        except Exception as error:
            self._engine.failed(error, outer is not None)
            raise
        finally:
            if ROOTS:
                ROOTS.pop(_frame(), None)

    async def ainvoke(self, value: In, /, config: RunConfig | None = None) -> Out:
        """``invoke`` on the running event loop; blocking sync steps go to threads."""
        machine = self._made or self._engine
        quick = machine.aquick
        if quick is None or config is not None:
            return await machine.ainvoke(value, check_config(config))  # type: ignore[no-any-return]  # an Out
        outer = _current()
        if outer is not None and not outer.quick:
            return await machine.ainvoke(value, NO_CONFIG)  # type: ignore[no-any-return]  # an Out
        token = _enter(machine.quick_run)
        try:
            return await quick(value, machine.quick_run)  # type: ignore[no-any-return]  # an Out
        except Exception as error:
            machine.failed(error, outer is not None)
            raise
        finally:
            _leave(token)

    def stream(self, value: In, /, config: RunConfig | None = None) -> Generator[Out, None, None]:
        """The output in chunks, made while they are read; they add up to what ``invoke`` gives."""
        return self._engine.stream(value, check_config(config))

    def astream(self, value: In, /, config: RunConfig | None = None) -> AsyncGenerator[Out, None]:
        """``stream`` on the running event loop."""
        return self._engine.astream(value, check_config(config))

    def transform(self, chunks: Iterable[In], /, config: RunConfig | None = None) -> Generator[Out, None, None]:
        """Chunks of one input in, chunks of its output out, lazily."""
        check_chunks("transform", chunks)
        return self._engine.transform(chunks, check_config(config))

    def atransform(
        self, chunks: AsyncIterable[In] | Iterable[In], /, config: RunConfig | None = None
    ) -> AsyncGenerator[Out, None]:
        """``transform`` on the running event loop."""
        check_chunks("atransform", chunks, asynchronous=True)
        return self._engine.atransform(chunks, check_config(config))

    @overload
    def batch(
        self,
        values: Iterable[In],
        /,
        config: RunConfig | Sequence[RunConfig] | None = None,
        *,
        return_exceptions: Literal[False] = False,
    ) -> list[Out]: ...
    @overload
    def batch(
        self, values: Iterable[In], /, config: RunConfig | Sequence[RunConfig] | None = None, *, return_exceptions: bool
    ) -> list[Out | Exception]: ...
    def batch(
        self,
        values: Iterable[In],
        /,
        config: RunConfig | Sequence[RunConfig] | None = None,
        *,
        return_exceptions: bool = False,
    ) -> list[Out] | list[Out | Exception]:
        """Many values, each in a run of its own, at most ``max_concurrency`` leaves at one time; order is kept.

        Args:
            values: The inputs.
            config: One for all inputs, or a sequence of exactly one per input.
            return_exceptions: Give an input's ``Exception`` in the place of its output.

        Raises:
            TypeError: The inputs cannot be iterated, or ``return_exceptions`` is no bool.
        """
        listed = check_inputs("batch", values, return_exceptions)
        return self._engine.batch(listed, self._engine.configs(config, len(listed)), return_exceptions)

    @overload
    async def abatch(
        self,
        values: Iterable[In],
        /,
        config: RunConfig | Sequence[RunConfig] | None = None,
        *,
        return_exceptions: Literal[False] = False,
    ) -> list[Out]: ...
    @overload
    async def abatch(
        self, values: Iterable[In], /, config: RunConfig | Sequence[RunConfig] | None = None, *, return_exceptions: bool
    ) -> list[Out | Exception]: ...
    async def abatch(
        self,
        values: Iterable[In],
        /,
        config: RunConfig | Sequence[RunConfig] | None = None,
        *,
        return_exceptions: bool = False,
    ) -> list[Out] | list[Out | Exception]:
        """``batch`` on the running event loop."""
        listed = check_inputs("abatch", values, return_exceptions)
        return await self._engine.abatch(listed, self._engine.configs(config, len(listed)), return_exceptions)

    @overload
    def batch_as_completed(
        self,
        values: Iterable[In],
        /,
        config: RunConfig | Sequence[RunConfig] | None = None,
        *,
        return_exceptions: Literal[False] = False,
    ) -> Generator[tuple[int, Out], None, None]: ...
    @overload
    def batch_as_completed(
        self, values: Iterable[In], /, config: RunConfig | Sequence[RunConfig] | None = None, *, return_exceptions: bool
    ) -> Generator[tuple[int, Out | Exception], None, None]: ...
    def batch_as_completed(
        self,
        values: Iterable[In],
        /,
        config: RunConfig | Sequence[RunConfig] | None = None,
        *,
        return_exceptions: bool = False,
    ) -> Generator[tuple[int, Out], None, None] | Generator[tuple[int, Out | Exception], None, None]:
        """``batch``, but each output with the index of its input as soon as it is there."""
        listed = check_inputs("batch_as_completed", values, return_exceptions)
        return self._engine.batch_as_completed(listed, self._engine.configs(config, len(listed)), return_exceptions)

    @overload
    def abatch_as_completed(
        self,
        values: Iterable[In],
        /,
        config: RunConfig | Sequence[RunConfig] | None = None,
        *,
        return_exceptions: Literal[False] = False,
    ) -> AsyncGenerator[tuple[int, Out], None]: ...
    @overload
    def abatch_as_completed(
        self, values: Iterable[In], /, config: RunConfig | Sequence[RunConfig] | None = None, *, return_exceptions: bool
    ) -> AsyncGenerator[tuple[int, Out | Exception], None]: ...
    def abatch_as_completed(
        self,
        values: Iterable[In],
        /,
        config: RunConfig | Sequence[RunConfig] | None = None,
        *,
        return_exceptions: bool = False,
    ) -> AsyncGenerator[tuple[int, Out], None] | AsyncGenerator[tuple[int, Out | Exception], None]:
        """``batch_as_completed`` on the running event loop."""
        listed = check_inputs("abatch_as_completed", values, return_exceptions)
        return self._engine.abatch_as_completed(listed, self._engine.configs(config, len(listed)), return_exceptions)

    # ------------------------------------------------------------------ watching

    @overload
    def stream_events(
        self,
        value: In,
        /,
        config: RunConfig | None = None,
        *,
        version: Literal["v2"] = "v2",
        **filters: Unpack[Filters],
    ) -> Generator[StreamEventV2, None, None]: ...
    @overload
    def stream_events(
        self, value: In, /, config: RunConfig | None = None, *, version: Literal["v1"], **filters: Unpack[Filters]
    ) -> Generator[StreamEventV1, None, None]: ...
    @overload
    def stream_events(
        self, value: In, /, config: RunConfig | None = None, *, version: StreamVersion, **filters: Unpack[Filters]
    ) -> Generator[StreamEvent, None, None]: ...
    def stream_events(
        self,
        value: In,
        /,
        config: RunConfig | None = None,
        *,
        version: StreamVersion = "v2",
        **filters: Unpack[Filters],
    ) -> Generator[Any, None, None]:  # Any: the overloads carry the types
        """The run as events, while it happens: of the program and of all it runs.

        The program runs in a thread, at most 16 events ahead. Closing the generator stops it.

        Args:
            value: The input.
            config: As for ``invoke``.
            version: The shape of the events.
            **filters: The runs to tell of: those that match any of ``include_names``, ``include_types``,
                ``include_tags`` (sequences of ``str``) and ``include_metadata`` (items that a run must have), or
                all if none is given; without those that match any ``exclude_...`` of the same four.

        Raises:
            TypeError: A filter is no sequence of ``str``, metadata are no mapping.
            ValueError: There is no such version or run type.
            RuntimeError: The program has an async step and an event loop runs: use ``astream_events``.
            Exception: What a step raised, after its error event.

        >>> from runlaw import lift
        >>> [event["event"] for event in lift(str.upper).stream_events("hello")]
        ['on_chain_start', 'on_chain_stream', 'on_chain_end']
        """
        from runlaw.interpret import telling, watched_ways

        chosen = telling.selection_of("stream_events", filters)
        teller = telling.stream_events(version, chosen)
        return watched_ways.watch(self._engine, value, check_config(config), teller)

    @overload
    def astream_events(
        self,
        value: In,
        /,
        config: RunConfig | None = None,
        *,
        version: Literal["v2"] = "v2",
        **filters: Unpack[Filters],
    ) -> AsyncGenerator[StreamEventV2, None]: ...
    @overload
    def astream_events(
        self, value: In, /, config: RunConfig | None = None, *, version: Literal["v1"], **filters: Unpack[Filters]
    ) -> AsyncGenerator[StreamEventV1, None]: ...
    @overload
    def astream_events(
        self, value: In, /, config: RunConfig | None = None, *, version: StreamVersion, **filters: Unpack[Filters]
    ) -> AsyncGenerator[StreamEvent, None]: ...
    def astream_events(
        self,
        value: In,
        /,
        config: RunConfig | None = None,
        *,
        version: StreamVersion = "v2",
        **filters: Unpack[Filters],
    ) -> AsyncGenerator[Any, None]:  # Any: the overloads carry the types
        """``stream_events`` on the running event loop, in a task of its own."""
        from runlaw.interpret import telling, watched_ways

        chosen = telling.selection_of("astream_events", filters)
        teller = telling.stream_events(version, chosen)
        return watched_ways.awatch(self._engine, value, check_config(config), teller)

    @overload
    def stream_log(
        self,
        value: In,
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
        value: In,
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
        value: In,
        /,
        config: RunConfig | None = None,
        *,
        diff: bool,
        final_output: FinalOutput = "each",
        **filters: Unpack[Filters],
    ) -> Generator[RunLogPatch, None, None] | Generator[RunLog, None, None]: ...
    def stream_log(
        self,
        value: In,
        /,
        config: RunConfig | None = None,
        *,
        diff: bool = True,
        final_output: FinalOutput = "each",
        **filters: Unpack[Filters],
    ) -> Generator[Any, None, None]:  # Any: the overloads carry the types
        """The run as a log: JSON Patch (RFC 6902) operations that, applied in order, give its state.

        It runs as with ``stream_events``.

        Args:
            value: The input.
            config: As for ``invoke``.
            diff: ``False`` gives a ``RunLog``, the whole state, after each patch.
            final_output: ``"each"`` tells the sum of the chunks so far with each of them, ``"end"`` the whole
                output once, so that the size of a log is linear in the output.
            **filters: The runs inside to tell of; see ``stream_events``.

        Raises:
            TypeError: As ``stream_events`` does.
            ValueError: ``final_output`` is neither of the two; there is no such run type.
            RuntimeError: As ``stream_events`` does.
            Exception: What a step raised.

        >>> from runlaw import lift
        >>> for patch in lift(str.upper).stream_log("hello", {"run_name": "shout"}, final_output="end"):
        ...     print([op["path"] for op in patch.ops])
        ['']
        ['/streamed_output/-']
        ['/final_output']
        """
        from runlaw.interpret import telling, watched_ways

        teller = telling.log("stream_log", diff, final_output, filters)
        return watched_ways.watch(self._engine, value, check_config(config), teller)

    @overload
    def astream_log(
        self,
        value: In,
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
        value: In,
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
        value: In,
        /,
        config: RunConfig | None = None,
        *,
        diff: bool,
        final_output: FinalOutput = "each",
        **filters: Unpack[Filters],
    ) -> AsyncGenerator[RunLogPatch, None] | AsyncGenerator[RunLog, None]: ...
    def astream_log(
        self,
        value: In,
        /,
        config: RunConfig | None = None,
        *,
        diff: bool = True,
        final_output: FinalOutput = "each",
        **filters: Unpack[Filters],
    ) -> AsyncGenerator[Any, None]:  # Any: the overloads carry the types
        """``stream_log`` on the running event loop, in a task of its own."""
        from runlaw.interpret import telling, watched_ways

        teller = telling.log("astream_log", diff, final_output, filters)
        return watched_ways.awatch(self._engine, value, check_config(config), teller)

    # ------------------------------------------------------------------ composing

    @overload
    def __or__(self, other: Callable[[Out], C], /) -> Runnable[In, C]: ...
    @overload
    def __or__(self, other: Mapping[str, Callable[[Out], C]], /) -> Runnable[In, Mapping[str, C]]: ...
    def __or__(self, other: object, /) -> Runnable[Any, Any]:  # Any: the overloads carry the types
        """``pipe(self, other)``; ``other`` may be a plain function or a dict of Runnables."""
        if not (callable(other) or isinstance(other, Mapping)):
            return NotImplemented
        return runnable(normal.pipe([self.node, to_node(other, "the step after |")]))

    @overload
    def __ror__(self, other: Callable[[A], In], /) -> Runnable[A, Out]: ...
    @overload
    def __ror__(self: Runnable[Record, Out], other: Mapping[str, Callable[[A], object]], /) -> Runnable[A, Out]: ...
    def __ror__(self, other: object, /) -> Runnable[Any, Any]:  # Any: the overloads carry the types
        """``pipe(other, self)``; ``other`` may be a plain function or a dict of Runnables."""
        if not (callable(other) or isinstance(other, Mapping)):
            return NotImplemented
        return runnable(normal.pipe([to_node(other, "the step before |"), self.node]))

    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        /,
    ) -> Runnable[In, C]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        /,
    ) -> Runnable[In, D]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        /,
    ) -> Runnable[In, E]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        s4: Callable[[E], F],
        /,
    ) -> Runnable[In, F]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        s4: Callable[[E], F],
        s5: Callable[[F], G],
        /,
    ) -> Runnable[In, G]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        s4: Callable[[E], F],
        s5: Callable[[F], G],
        s6: Callable[[G], H],
        /,
    ) -> Runnable[In, H]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        s4: Callable[[E], F],
        s5: Callable[[F], G],
        s6: Callable[[G], H],
        s7: Callable[[H], I],
        /,
    ) -> Runnable[In, I]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        s4: Callable[[E], F],
        s5: Callable[[F], G],
        s6: Callable[[G], H],
        s7: Callable[[H], I],
        s8: Callable[[I], J],
        /,
    ) -> Runnable[In, J]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        s4: Callable[[E], F],
        s5: Callable[[F], G],
        s6: Callable[[G], H],
        s7: Callable[[H], I],
        s8: Callable[[I], J],
        s9: Callable[[J], K],
        /,
    ) -> Runnable[In, K]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        s4: Callable[[E], F],
        s5: Callable[[F], G],
        s6: Callable[[G], H],
        s7: Callable[[H], I],
        s8: Callable[[I], J],
        s9: Callable[[J], K],
        s10: Callable[[K], L],
        /,
    ) -> Runnable[In, L]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        s4: Callable[[E], F],
        s5: Callable[[F], G],
        s6: Callable[[G], H],
        s7: Callable[[H], I],
        s8: Callable[[I], J],
        s9: Callable[[J], K],
        s10: Callable[[K], L],
        s11: Callable[[L], M],
        /,
    ) -> Runnable[In, M]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        s4: Callable[[E], F],
        s5: Callable[[F], G],
        s6: Callable[[G], H],
        s7: Callable[[H], I],
        s8: Callable[[I], J],
        s9: Callable[[J], K],
        s10: Callable[[K], L],
        s11: Callable[[L], M],
        s12: Callable[[M], N],
        /,
    ) -> Runnable[In, N]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        s4: Callable[[E], F],
        s5: Callable[[F], G],
        s6: Callable[[G], H],
        s7: Callable[[H], I],
        s8: Callable[[I], J],
        s9: Callable[[J], K],
        s10: Callable[[K], L],
        s11: Callable[[L], M],
        s12: Callable[[M], N],
        s13: Callable[[N], O],
        /,
    ) -> Runnable[In, O]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        s4: Callable[[E], F],
        s5: Callable[[F], G],
        s6: Callable[[G], H],
        s7: Callable[[H], I],
        s8: Callable[[I], J],
        s9: Callable[[J], K],
        s10: Callable[[K], L],
        s11: Callable[[L], M],
        s12: Callable[[M], N],
        s13: Callable[[N], O],
        s14: Callable[[O], P],
        /,
    ) -> Runnable[In, P]: ...
    @overload
    def pipe(
        self,
        s1: Callable[[Out], C],
        s2: Callable[[C], D],
        s3: Callable[[D], E],
        s4: Callable[[E], F],
        s5: Callable[[F], G],
        s6: Callable[[G], H],
        s7: Callable[[H], I],
        s8: Callable[[I], J],
        s9: Callable[[J], K],
        s10: Callable[[K], L],
        s11: Callable[[L], M],
        s12: Callable[[M], N],
        s13: Callable[[N], O],
        s14: Callable[[O], P],
        s15: Callable[[P], Q],
        /,
    ) -> Runnable[In, Q]: ...
    def pipe(self, *steps: Callable[[Any], Any]) -> Runnable[Any, Any]:  # Any: the overloads carry the types
        """This program, and more steps after it; see ``runlaw.pipe``."""
        nodes = [to_node(step, f"step {number} of pipe") for number, step in enumerate(steps, 2)]
        return runnable(normal.pipe([self.node, *nodes]))

    def map_batch(
        self, *, max_concurrency: int | None = None, executor: Executor | None = None
    ) -> Runnable[Sequence[In], list[Out]]:
        """This program for every item of a sequence; see ``runlaw.map_batch``."""
        return runnable(normal.each(self.node, max_concurrency, executor))

    def assign(
        self: Runnable[In, Mapping[str, object]], **branches: Callable[[Out], object]
    ) -> Runnable[In, Mapping[str, object]]:
        """The record that this program gives, with more keys; see ``runlaw.assign``."""
        nodes = {key: to_node(branch, f"assign({key}=...)") for key, branch in branches.items()}
        return runnable(normal.pipe([self.node, normal.assign(nodes)]))

    @overload
    def pick(self: Runnable[In, Mapping[str, C]], key: str, /) -> Runnable[In, C]: ...
    @overload
    def pick(
        self: Runnable[In, Mapping[str, C]], key: str, second: str, /, *more: str
    ) -> Runnable[In, Mapping[str, C]]: ...
    def pick(self, *keys: str) -> Runnable[Any, Any]:  # Any: the overloads carry the types
        """A part of the record that this program gives; see ``runlaw.pick``."""
        return runnable(normal.pipe([self.node, normal.pick(keys)]))

    def with_config(self, config: RunConfig | None = None, /, **more: Unpack[RunConfig]) -> Runnable[In, Out]:
        """This program with a config of its own; see ``runlaw.with_config``."""
        said = check_config(config, "with_config").merge(check_config(more, "with_config"))
        return runnable(normal.configured(self.node, said))

    def with_retry(
        self, *, on: tuple[type[Exception], ...] = (Exception,), delays: Iterable[float] = DEFAULT_DELAYS
    ) -> Runnable[In, Out]:
        """This program, tried again after failures; see ``runlaw.with_retry``."""
        return runnable(retry(self.node, on, delays))

    def with_fallbacks(
        self, *others: Callable[[In], Out], on: tuple[type[Exception], ...] = (Exception,)
    ) -> Runnable[In, Out]:
        """This program, and others for when it fails; see ``runlaw.with_fallbacks``."""
        nodes = [to_node(other, f"fallback {number}") for number, other in enumerate(others, 1)]
        return runnable(normal.fallbacks([self.node, *nodes], on))

    def with_timeout(self, seconds: float, /) -> Runnable[In, Out]:
        """This program with a bound on its time; see ``runlaw.with_timeout``."""
        return runnable(normal.timeout(self.node, seconds))

    @overload
    def with_types(self, *, input: type[A] | TypeAdapter[A], output: type[C] | TypeAdapter[C]) -> Runnable[A, C]: ...
    @overload
    def with_types(self, *, input: type[A] | TypeAdapter[A]) -> Runnable[A, Out]: ...
    @overload
    def with_types(self, *, output: type[C] | TypeAdapter[C]) -> Runnable[In, C]: ...
    def with_types(self, *, input: object = None, output: object = None) -> Runnable[Any, Any]:  # Any: see overloads
        """This program with its types said by hand; see ``runlaw.with_types``."""
        return runnable(normal.typed(self.node, input, output))

    def with_validation(self, strict: bool = False) -> Runnable[In, Out]:
        """This program with its values checked against its types; see ``runlaw.with_validation``."""
        return runnable(normal.validated(self.node, strict))

    def with_listeners(
        self,
        *,
        on_start: Callable[[RunStarted], object] | None = None,
        on_end: Callable[[RunEnded], object] | None = None,
        on_error: Callable[[RunFailed], object] | None = None,
    ) -> Runnable[In, Out]:
        """This program, with callbacks told of its run; see ``runlaw.with_listeners``."""
        return runnable(normal.listening(self.node, on_start=on_start, on_end=on_end, on_error=on_error))


def runnable(node: Node) -> Runnable[Any, Any]:  # Any: the caller's signature says the types
    """The Runnable of a node."""
    made: Runnable[Any, Any] = object.__new__(Runnable)  # Any: as above
    made.__dict__["node"] = node
    if isinstance(node, Leaf) and node.fn.__doc__:
        made.__dict__["__doc__"] = node.fn.__doc__
    return made
