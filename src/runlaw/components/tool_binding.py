"""Telling a model of tools: a model that can be told of them is found inside a program, and told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

from runlaw.algebra.leaf import to_node
from runlaw.components.adapted import Adapted
from runlaw.components.messages import AIMessage
from runlaw.components.models import ChatFunction
from runlaw.components.prompt_values import ChatInput
from runlaw.components.tools import AnyTool, ToolSchema, tool_schema
from runlaw.kernel.nodes import (
    Branch,
    Configured,
    Fallbacks,
    Leaf,
    Listening,
    Node,
    Pipe,
    Retry,
    Timeout,
    Typed,
)
from runlaw.runnable import Runnable, runnable


@runtime_checkable
class TakesTools(Protocol):
    """A function of a chat model that can be told of tools, as it sends their schemas with its messages."""

    def with_tools(self, tools: Sequence[ToolSchema], /) -> ChatFunction:
        """The same function, told of these tools too; one of a known name replaces the one that had it."""
        ...


def with_tools(
    model: Callable[[ChatInput], AIMessage],
    tools: Sequence[AnyTool],
    /,
) -> Runnable[ChatInput, AIMessage]:
    """A model that knows the tools, so that it may ask for them; ``tool_loop`` calls them too.

    Args:
        model: A chat model that takes tools, such as one of ``runlaw.integrations.openai``; it may stand in a pipe,
            have fallbacks, or have a config, a retry and the like around it.
        tools: Tools, made by ``tool``.

    Raises:
        TypeError: No model in it takes tools, or one of the tools is none.
        ValueError: Two tools have the same name.
    """
    node = to_node(model, "the model")
    told = told_of(node, schemas_of(tools, "with_tools"))
    if told is node:
        raise TypeError(f"no model in {model!r:.200} takes tools: a chat model made from a function gets messages only")
    made: Runnable[ChatInput, AIMessage] = runnable(told)
    return made


def checked_tools(where: str, tools: Sequence[AnyTool]) -> tuple[AnyTool, ...]:
    """Several tools. Raises ``TypeError`` where they come as one, or as what cannot be iterated."""
    given: object = tools
    if isinstance(given, str) or not isinstance(given, Iterable):
        advice = ": put it in a list" if isinstance(given, Runnable) else ""
        raise TypeError(f"{where}: tools must be a list of tools; got {given!r:.200}{advice}")
    return tuple(tools)


def schemas_of(tools: Sequence[AnyTool], where: str = "a chat model") -> list[ToolSchema]:
    """The schemas of tools. Raises ``TypeError`` where one is no tool, ``ValueError`` where two have one name."""
    schemas = [tool_schema(each) for each in checked_tools(where, tools)]
    names = [schema["name"] for schema in schemas]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise ValueError(f"two tools are called {twice[0]!r}; a model asks for tools by name: tool(name=...)")
    return schemas


def told_of(node: Node, tools: Sequence[ToolSchema]) -> Node:
    """The program with each of its models that takes tools told of them; the same node where there is none."""
    match node:
        case Leaf():
            told_fn = _told(node.fn, tools)
            return node if told_fn is None else _with(node, fn=told_fn)
        case Configured() | Listening() | Typed() | Retry() | Timeout():
            inner = told_of(node.inner, tools)
            return node if inner is node.inner else _with(node, inner=inner)
        case Fallbacks(alternatives):
            told = tuple(told_of(each, tools) for each in alternatives)
            return node if _same(told, alternatives) else _with(node, alternatives=told)
        case Pipe(steps):
            told = tuple(told_of(each, tools) for each in steps)
            return node if _same(told, steps) else _with(node, steps=told)
        case Branch(cases, default):
            chosen = tuple((predicate, told_of(step, tools)) for predicate, step in cases)
            last = told_of(default, tools)
            same = last is default and _same([step for _, step in chosen], [step for _, step in cases])
            return node if same else _with(node, cases=chosen, default=last)
        case _:
            return node


def _told(fn: object, tools: Sequence[ToolSchema]) -> Any:  # Any: the function of a leaf
    """The function of a model's leaf, told of tools; ``None`` where it takes none."""
    function: object = getattr(fn, "fn", None) if isinstance(fn, Adapted) else None
    return replace(fn, fn=function.with_tools(tools)) if isinstance(function, TakesTools) else None  # type: ignore[type-var]  # a call object is a dataclass


def _with(node: Node, **changed: object) -> Node:
    fields = {name: value for name, value in vars(node).items() if not name.startswith("_")}
    return type(node)(**{**fields, **changed})


def _same(told: Sequence[Node], before: Sequence[Node]) -> bool:
    return all(new is old for new, old in zip(told, before, strict=True))
