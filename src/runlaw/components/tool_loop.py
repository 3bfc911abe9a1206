"""A model with tools: it is asked, the tools it asks for are run, and so on until it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from runlaw.algebra.leaf import to_node
from runlaw.combinators.attempt import attempt
from runlaw.combinators.batch import map_batch
from runlaw.combinators.branch import branch
from runlaw.combinators.identity import identity
from runlaw.combinators.lift import lift
from runlaw.combinators.parallel import parallel
from runlaw.combinators.pipe import pipe
from runlaw.components.merge import ToolCall
from runlaw.components.messages import AIMessage, Message, ToolMessage
from runlaw.components.prompt_values import ChatInput, to_messages
from runlaw.components.tool_answers import (
    asks_for_tools,
    failure_message,
    invalid_message,
    result_message,
    unknown_message,
    with_ids,
)
from runlaw.components.tool_arguments import Arguments
from runlaw.components.tool_binding import schemas_of, told_of
from runlaw.components.tools import AnyTool, tool_function
from runlaw.extend import Node, rule
from runlaw.interpret.blame import blame, uncatchable
from runlaw.interpret.program import Program
from runlaw.interpret.requests import Collect, Emit, Flow, Invoke, Open, PerValue, Pull, Shut, Where
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import END, Stream, once
from runlaw.kernel.config import check_limit
from runlaw.kernel.nodes import Node as KernelNode
from runlaw.runnable import Runnable, runnable


class TooManyTurns(RuntimeError):
    """A model asked for tools once more than it was allowed to.

    Attributes:
        messages: What was said, up to the model's last request.
    """

    def __init__(self, turns: int, messages: Sequence[Message]) -> None:
        times = "turn" if turns == 1 else "turns"
        super().__init__(
            f"the model still asked for tools after {turns} {times}, as many as max_turns allows: "
            "give a higher max_turns, or see in the error's `messages` why it does not answer"
        )
        self.turns = turns
        self.messages = tuple(messages)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.turns, self.messages), self.__dict__


def tool_loop(
    model: Callable[[ChatInput], AIMessage],
    tools: Sequence[AnyTool],
    /,
    *,
    max_turns: int = 10,
    name: str = "ToolLoop",
) -> Runnable[ChatInput, AIMessage]:
    """A model with tools, as one Runnable: what comes out is the first reply that asks for no tool.

    Each turn asks the model, with all that was said so far; the tools that it asks for are run, several at one
    time, and their results are what is said next. A tool's failure, a tool that there is not, and arguments that
    are not right are told to the model, which may try again. A model that takes tools (``with_tools``) is told of
    them; any other must know them. The runs of the model and of the tools are children of the loop's run. Which
    reply is the last is known at its end, so the loop's own chunks come then; the model's run tells them at once.

    Args:
        model: From messages to the model's reply.
        tools: Tools, made by ``tool``; with a retry, a timeout and the like around them too.
        max_turns: How often the model is asked at most.
        name: The run's name in events.

    Raises:
        TypeError: One of the tools is none, or ``max_turns`` is no whole number.
        ValueError: Two tools have the same name, or ``max_turns`` is below 1.

    When run, a model that does not answer in ``max_turns`` turns raises ``TooManyTurns``.

    >>> from runlaw.components import scripted_chat_model, tool
    >>> @tool
    ... def add(x: int, y: int) -> int:
    ...     return x + y
    >>> asks = AIMessage(content="", tool_calls=[{"name": "add", "args": {"x": 1, "y": 2}, "id": "a"}])
    >>> tool_loop(scripted_chat_model([asks, "It is 3."]), [add]).invoke("what is 1 + 2?")
    AIMessage(content='It is 3.')
    """
    check_limit("max_turns", max_turns)
    told = runnable(told_of(to_node(model, "the model of a tool loop"), schemas_of(tools)))
    return ToolLoop(told, tuple(tools), max_turns).with_config(run_name=name)


@dataclass(frozen=True)
class ToolLoop(Node[ChatInput, AIMessage]):
    """A model with tools. ``lower`` says what it means; the rules below do the same with fewer runs in between."""

    model: Runnable[ChatInput, AIMessage]
    tools: tuple[AnyTool, ...]
    max_turns: int

    __hash__ = KernelNode.__hash__

    def lower(self) -> Runnable[ChatInput, AIMessage]:
        """As many turns as are allowed, one after another; those after the answer do nothing."""
        ask = pipe(parallel(identity, pipe(_messages_of, self.model)), _replied)
        answer = pipe(_calls_of, map_batch(_answering(self.tools)))
        turn = branch((_has_answered, identity), default=pipe(parallel(identity, answer), _told, ask))
        loop: Runnable[ChatInput, Conversation] = pipe(_begin, ask)
        for _ in range(self.max_turns - 1):
            loop = pipe(loop, turn)
        return pipe(loop, _end)


@rule(ToolLoop, "call_flow")
def call_loop(program: Program, value: Any) -> Flow:  # Any: a user's values
    """Ask the model by calls."""

    def ask(messages: list[Message]) -> Flow:
        return (yield Invoke(program.child("model", _loop(program).model.node, None), messages))

    return (yield from turns(program, value, ask))


@rule(ToolLoop, "stream_flow")
def stream_loop(program: Program, source: Stream) -> Flow:
    """Ask the model by streams, and send on the chunks of its answer once it is known to be that."""
    chunks: list[AIMessage] = []

    def ask(messages: list[Message]) -> Flow:
        model = program.child("model", _loop(program).model.node, None)
        out: Stream = yield Open(model, once(messages, program.mode.asynchronous))
        chunks.clear()
        while (chunk := (yield Pull(out))) is not END:
            chunks.append(chunk)
        yield Shut(out)
        return out.total(chunks)

    yield from turns(program, (yield Collect(source)), ask)
    for chunk in chunks:
        yield Emit(chunk)


def turns(program: Program, value: Any, ask: Callable[[list[Message]], Flow]) -> Flow:  # Any: a user's values
    """Ask, run the tools that are asked for, and so on; gives the answer."""
    try:
        conversation = _begin(value)
        while True:
            reply = yield from ask(_messages_of(conversation))
            conversation = _replied((conversation, reply))
            if _has_answered(conversation):
                return reply
            if conversation.turns == _loop(program).max_turns:
                raise TooManyTurns(conversation.turns, conversation.messages)
            conversation = _told((conversation, (yield from answers(program, conversation))))
    except Exception as error:
        blame(error, program)
        raise


def answers(program: Program, conversation: Conversation) -> Flow:
    """Run the tools that the model asked for, all at one time; gives what to tell it."""
    loop = _loop(program)
    tools = {
        name: program.child(f"tool {name}", tool.node, None)
        for name, tool in zip(names_of(loop.tools), loop.tools, strict=True)
    }

    def run_tool(call: ToolCall, run: Run) -> Any:  # Any: a result, or what is awaited for it
        return tools[call["name"]].call(_arguments_of(call), run)

    run = yield Where()
    calls = _calls_of(conversation)
    known = [call for call in calls if call["name"] in tools]
    outcomes = iter((yield PerValue((run_tool,), [(call, run) for call in known], None)))
    told = []
    for call in calls:
        if call["name"] not in tools:
            told.append(unknown_message(call, tools))
            continue
        result, error = next(outcomes)
        if error is None:
            told.append(result_message(call, result))
        elif uncatchable(error):
            raise error
        else:
            told.append(failure_message(call, error))
    return told


def _loop(program: Program) -> ToolLoop:
    node = program.node
    assert isinstance(node, ToolLoop)
    return node


def names_of(tools: Sequence[AnyTool]) -> list[str]:
    """The names that a model asks for tools by."""
    return [tool_function(each).name for each in tools]


class Conversation(NamedTuple):
    """What was said in a loop, how often the model was asked, and its newest reply."""

    messages: tuple[Message, ...]
    turns: int = 0
    reply: AIMessage | None = None


def _begin(value: ChatInput) -> Conversation:
    return Conversation(tuple(to_messages(value)))


def _messages_of(conversation: Conversation) -> list[Message]:
    return list(conversation.messages)


def _replied(both: tuple[Conversation, AIMessage]) -> Conversation:
    (messages, turns, _), reply = both
    if not isinstance(reply, AIMessage):
        raise TypeError(f"the model of a tool loop must give an AIMessage; got {type(reply).__name__}: {reply!r:.200}")
    said = with_ids(reply, turns) if asks_for_tools(reply) else reply
    return Conversation((*messages, said), turns + 1, reply)


def _has_answered(conversation: Conversation) -> bool:
    return conversation.reply is not None and not asks_for_tools(conversation.reply)


def _calls_of(conversation: Conversation) -> list[ToolCall]:
    request = conversation.messages[-1]
    return list(request.tool_calls) if isinstance(request, AIMessage) else []


def _told(both: tuple[Conversation, list[ToolMessage]]) -> Conversation:
    (messages, turns, reply), told = both
    request = messages[-1]
    unread = request.invalid_tool_calls if isinstance(request, AIMessage) else []
    return Conversation((*messages, *told, *map(invalid_message, unread)), turns, reply)


def _end(conversation: Conversation) -> AIMessage:
    if conversation.reply is None or not _has_answered(conversation):
        raise TooManyTurns(conversation.turns, conversation.messages)
    return conversation.reply


def _arguments_of(call: ToolCall) -> Arguments:
    return Arguments(call["args"])


@dataclass(frozen=True)
class _IsCalled:
    name: str

    def __call__(self, call: ToolCall, /) -> bool:
        return call["name"] == self.name


@dataclass(frozen=True)
class _NoSuchTool:
    known: tuple[str, ...]

    def __call__(self, call: ToolCall, /) -> ToolMessage:
        return unknown_message(call, self.known)


def _answering(tools: Sequence[AnyTool]) -> Runnable[ToolCall, ToolMessage]:
    names = names_of(tools)
    unknown = lift(_NoSuchTool(tuple(names)))
    if not tools:
        return unknown
    cases = [
        (_IsCalled(name), pipe(parallel(identity, attempt(pipe(_arguments_of, tool))), _result))
        for name, tool in zip(names, tools, strict=True)
    ]
    return branch(*cases, default=unknown)


def _result(both: tuple[ToolCall, Any]) -> ToolMessage:  # Any: a Result of whatever the tool gives
    from returns.result import Failure

    call, result = both
    if isinstance(result, Failure):
        return failure_message(call, result.failure())
    return result_message(call, result.unwrap())
