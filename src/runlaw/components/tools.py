"""Tools: functions that a model may ask to be called, as Runnables from their arguments."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, ParamSpec, Protocol, TypeAlias, TypeVar, cast, overload

from typing_extensions import TypedDict

from runlaw.algebra.leaf import name_of
from runlaw.algebra.leaves import MISSING, Missing, Said, fn_node
from runlaw.components.adapted import shape_of
from runlaw.components.docstrings import read_docstring
from runlaw.components.tool_arguments import Arguments, ArgumentTypes, signature_of_call
from runlaw.kernel.nodes import Configured, Leaf, Listening, Node, Retry, Timeout, Typed
from runlaw.kernel.signature import Provisional, Signature
from runlaw.runnable import Runnable

A = TypeVar("A")
B = TypeVar("B")
P = ParamSpec("P")
In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)
Result = TypeVar("Result", covariant=True)
Value = TypeVar("Value", contravariant=True)
NamedArguments: TypeAlias = Mapping[str, object]


AnyTool: TypeAlias = Runnable[Any, object]  # Any: whatever the tool takes
"""A tool, or one with a config, a retry or the like around it; for lists of tools, ``tools: list[AnyTool] = [...]``."""


class ToolSchema(TypedDict):
    """A tool as model APIs describe it; ``parameters`` is a JSON Schema."""

    name: str
    description: str
    parameters: dict[str, object]


@dataclass(frozen=True)
class ToolFunction:
    """A function that is called with its arguments in one mapping. A value: equal for equal functions."""

    fn: Callable[..., Any]  # Any: whatever the function gives
    name: str
    description: str | None = None

    def __post_init__(self) -> None:
        for attribute in ("__module__", "__qualname__", "__doc__"):  # a decorated function pickles by its name
            if isinstance(found := getattr(self.fn, attribute, None), str):
                self.__dict__[attribute] = found

    @cached_property
    def types(self) -> ArgumentTypes:
        """What the tool takes. Raises ``NameError`` while an annotation names what is not defined."""
        return ArgumentTypes(self.fn, self.name)

    def __call__(self, value: object, /) -> Any:  # Any: whatever the function gives
        """Call the function; see ``ArgumentTypes.bind`` for what is raised."""
        positional, named = self.types.bind(value)
        return self.fn(*positional, **named)

    def event_input(self, value: object, /) -> object:
        """What events show for an input: the arguments by name."""
        return dict(self.types.given(value))

    def schema(self) -> ToolSchema:
        """The tool as model APIs describe it."""
        said = read_docstring(self.fn.__doc__).description if self.description is None else self.description
        return {"name": self.name, "description": said, "parameters": self.types.json_schema()}

    def __runlaw_signature__(self, strict: bool = False) -> Signature:
        try:
            return Signature(self.types.form, self.types.output)
        except NameError:
            if strict:
                raise
            return Provisional()

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.fn, self.name, self.description)


@dataclass(frozen=True)
class AsyncToolFunction(ToolFunction):
    """An async function that is called with its arguments in one mapping."""

    async def __call__(self, value: object, /) -> object:
        """Call the function; see ``ArgumentTypes.bind`` for what is raised."""
        positional, named = self.types.bind(value)
        return await self.fn(*positional, **named)


class Tool(Runnable[In, Out], Generic[P, Result, In, Out]):
    """A function that a model may ask to be called: a Runnable from a mapping of its arguments.

    It is made by ``tool``. A tool that one argument is enough for also takes that argument as it is.
    """

    def call(self, *args: P.args, **kwargs: P.kwargs) -> Result:
        """Run the tool with the arguments of its function; of an async function the result is awaited.

        >>> @tool
        ... def add(x: int, y: int) -> int:
        ...     return x + y
        >>> add.call(1, y=2)
        3
        """
        function = tool_function(self)
        bound = signature_of_call(function.fn).bind(*args, **kwargs)
        run = self.ainvoke if isinstance(function, AsyncToolFunction) else self.invoke
        return cast("Result", run(cast("In", Arguments(bound.arguments))))  # what the function takes and gives

    def __reduce__(self) -> tuple[object, ...]:
        return _tool_of, (self.node,)


class OneArgument(Protocol[P, Value, Out]):
    """A function that one argument is enough for, and its parameters."""

    @overload
    def __call__(self, value: Value, /) -> Out: ...
    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Out: ...


class ToolMaker(Protocol):
    """``tool`` with its options said: a decorator."""

    @overload
    def __call__(
        self,
        fn: OneArgument[P, A, Coroutine[Any, Any, B]],  # Any: of a coroutine only its result matters
        /,
    ) -> Tool[P, Coroutine[Any, Any, B], NamedArguments | A, B]: ...  # Any: as above
    @overload
    def __call__(self, fn: OneArgument[P, A, B], /) -> Tool[P, B, NamedArguments | A, B]: ...
    @overload
    def __call__(
        self,
        fn: Callable[P, Coroutine[Any, Any, B]],  # Any: as above
        /,
    ) -> Tool[P, Coroutine[Any, Any, B], NamedArguments, B]: ...  # Any: as above
    @overload
    def __call__(self, fn: Callable[P, B], /) -> Tool[P, B, NamedArguments, B]: ...


@overload
def tool(
    fn: OneArgument[P, A, Coroutine[Any, Any, B]],  # Any: of a coroutine only its result matters
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Tool[P, Coroutine[Any, Any, B], NamedArguments | A, B]: ...  # Any: as above
@overload
def tool(
    fn: OneArgument[P, A, B],
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Tool[P, B, NamedArguments | A, B]: ...
@overload
def tool(
    fn: Callable[P, Coroutine[Any, Any, B]],  # Any: of a coroutine only its result matters
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Tool[P, Coroutine[Any, Any, B], NamedArguments, B]: ...  # Any: as above
@overload
def tool(
    fn: Callable[P, B],
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Tool[P, B, NamedArguments, B]: ...
@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> ToolMaker: ...
def tool(
    fn: Callable[..., Any] | Missing = MISSING,  # Any: the overloads carry the types
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    tags: Sequence[str] = (),
    metadata: Mapping[str, object] | None = None,
    blocking: bool = True,
) -> Any:  # Any: the overloads carry the types
    """A tool from a function: a Runnable from a mapping of its arguments, which pydantic checks.

    A tool that one argument is enough for, as all others have defaults, also takes that argument as it is. If it
    has only one parameter, a mapping is the arguments when its only key is the parameter's name, else that argument.

    Args:
        fn: A function with named parameters, sync or async. What its docstring says of it and of its arguments,
            in the style of Google, NumPy or Sphinx, is what a model is told.
        name: The tool's name, for models and in events; the function's own without it.
        description: What the tool is for; what the docstring says without it.
        tags: Tags of the run.
        metadata: Facts about the run.
        blocking: ``False`` says that the function is quick pure compute, never worth a thread.

    Raises:
        TypeError: ``fn`` is no function, takes ``*args`` or ``**kwargs``, or yields its result; or an option is of
            a wrong type. When run: the input is a single value and the tool needs several.
        pydantic.ValidationError: When run: an argument is missing, unknown or of a wrong type.

    >>> @tool
    ... def search(query: str, limit: int = 3) -> list[str]:
    ...     '''Search the library.
    ...
    ...     Args:
    ...         query: What to look for.
    ...     '''
    ...     return [query] * limit
    >>> search.invoke({"query": "bears", "limit": "2"})
    ['bears', 'bears']
    >>> search.invoke("bears")
    ['bears', 'bears', 'bears']
    >>> search.call("bears", limit=1)
    ['bears']
    """

    def make(function: object) -> Any:  # Any: the overloads carry the types
        return _tool_of(_tool_node(function, name, description, tags, metadata, blocking))

    return make if isinstance(fn, Missing) else make(fn)


def tool_schema(
    tool: AnyTool,
    /,
) -> ToolSchema:
    """What model APIs are told of a tool: its name, its description, and the JSON Schema of its arguments.

    Args:
        tool: A tool, or one with a config, a retry, a timeout or the like around it.

    Raises:
        TypeError: It is none.
        NameError: An annotation of the function names what is not defined.

    >>> @tool(description="Doubles a number.")
    ... def double(x: int) -> int:
    ...     return 2 * x
    >>> tool_schema(double)["parameters"]
    {'additionalProperties': False, 'properties': {'x': {'type': 'integer'}}, 'required': ['x'], 'type': 'object'}
    """
    return tool_function(tool).schema()


def tool_function(
    tool: AnyTool,
) -> ToolFunction:
    """The function of a tool, also of one with a config, a retry, a timeout or the like around it.

    Raises:
        TypeError: It is no tool.
    """
    node: object = getattr(tool, "node", None)
    while isinstance(node, Configured | Listening | Typed | Retry | Timeout):
        node = node.inner
    function = node.fn if isinstance(node, Leaf) else None
    if not isinstance(function, ToolFunction):
        raise TypeError(f"expected a tool, made by tool(function); got {type(tool).__name__}: {tool!r:.200}")
    return function


def _tool_of(node: Node) -> Tool[..., Any, Any, Any]:  # Any: the overloads of tool carry the types
    made: Tool[..., Any, Any, Any] = object.__new__(Tool)  # Any: as above
    made.__dict__["node"] = node
    if isinstance(node, Leaf) and node.fn.__doc__:
        made.__dict__["__doc__"] = node.fn.__doc__
    return made


def _tool_node(
    fn: object,
    name: str | None,
    description: str | None,
    tags: Sequence[str],
    metadata: Mapping[str, object] | None,
    blocking: bool,
) -> Node:
    if not callable(fn) or isinstance(fn, Runnable):
        raise TypeError(f"tool takes a function; got {type(fn).__name__}: {fn!r:.200}")
    if description is not None and not isinstance(description, str):
        raise TypeError(f"description must be a str; got {description!r}")
    called = name_of(fn) if name is None else name
    shape = shape_of(fn)
    if shape.streams:
        raise TypeError(f"a tool gives one value, and {called} yields: let it return what it has collected")
    function = (AsyncToolFunction if shape.asynchronous else ToolFunction)(fn, called, description)
    signature_of_call(fn)
    return fn_node(function, Said(called, "tool", tags, metadata, blocking))
