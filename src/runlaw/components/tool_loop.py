"""A model with tools: it is asked, the tools it asks for are run, and so on until it answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing
from contextvars import copy_context
from dataclasses import dataclass
from typing import Final, NamedTuple

from runlaw.algebra.facts import facts
from runlaw.algebra.leaf import to_node
from runlaw.algebra.leaves import Said, stream_node
from runlaw.components.either import in_async_run
from runlaw.components.merge import ToolCall
from runlaw.components.messages import AI_MESSAGES, AIMessage, AIMessageChunk, Message, ToolMessage
from runlaw.components.prompt_values import ChatInput, to_messages
from runlaw.components.tool_answers import failure_message, invalid_message, result_message, unknown_message, with_ids
from runlaw.components.tool_arguments import Arguments
from runlaw.components.tool_binding import checked_tools, schemas_of, told_of
from runlaw.components.tools import AnyTool, tool_function
from runlaw.interpret.blame import uncatchable
from runlaw.interpret.bridge import refuse_in_loop
from runlaw.interpret.current import CURRENT
from runlaw.kernel.config import check_limit
from runlaw.kernel.signature import Signature
from runlaw.runnable import Runnable, runnable

MOST_THREADS: Final = 32
PARAGRAPH: Final = AIMessageChunk(content="\n\n")


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
        self.messages: tuple[Message, ...] = tuple(messages)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.turns, self.messages), self.__dict__


def tool_loop(
    model: Callable[[ChatInput], AIMessage],
    tools: Sequence[AnyTool],
    /,
    *,
    max_turns: int = 10,
    at_once: bool = False,
    name: str = "ToolLoop",
) -> Runnable[ChatInput, AIMessage]:
    """A model with tools, as one Runnable: what comes out is the first reply that asks for no tool.

    Each turn asks the model, with all that was said so far; the tools that it asks for are run, several at one
    time, and their results are what is said next. A tool's failure, a tool that there is not, and arguments that
    are not right are told to the model, which may try again. A model that takes tools (``with_tools``) is told of
    them; any other must know them. The runs of the model and of the tools are children of the loop's run.

    Whether a reply is the last one is known at its end, as a model may say something before it asks for a tool. So
    the loop's own chunks come then, while events of the model's run tell them at once. With ``at_once`` all that the
    model says is part of the answer, also what it says while it asks for tools, with a blank line after it, and each
    chunk leaves when it comes; the tokens used in all turns are summed.

    Args:
        model: From messages to the model's reply.
        tools: Tools, made by ``tool``; with a retry, a timeout and the like around them too.
        max_turns: How often the model is asked at most.
        at_once: Whether all that the model says is part of the answer, so that it need not be held back.
        name: The run's name in events.

    Raises:
        TypeError: The tools are no list, one of them is none, ``max_turns`` is no whole number, or ``at_once`` no bool.
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
    if not isinstance(at_once, bool):
        raise TypeError(f"at_once must be a bool; got {at_once!r}")
    known = checked_tools("tool_loop", tools)
    told = runnable(told_of(to_node(model, "the model of a tool loop"), schemas_of(known, "tool_loop")))
    function = ToolLoop(told, known, max_turns, at_once)
    made: Runnable[ChatInput, AIMessage] = runnable(stream_node(function, Said(name), AI_MESSAGES))
    return made


@dataclass(frozen=True)
class ToolLoop:
    """The loop as a function that streams, by an iterator in sync runs and by an async one in async runs."""

    model: Runnable[ChatInput, AIMessage]
    tools: tuple[AnyTool, ...]
    max_turns: int
    at_once: bool = False

    def __runlaw_signature__(self, strict: bool = False) -> Signature:
        return Signature(ChatInput, AIMessage)

    def __call__(self, value: ChatInput, /) -> object:
        """The chunks of the answer."""
        whole = not wants_chunks()
        return self._asynchronously(value, whole) if in_async_run() else self._synchronously(value, whole)

    def _synchronously(self, value: ChatInput, whole: bool) -> Iterator[AIMessage]:
        if any(facts(each.node).asynchronous for each in (self.model, *self.tools)):
            refuse_in_loop("the tool loop", "ainvoke(...)")
        conversation = begin(value)
        while True:
            messages = list(conversation.messages)
            chunks: list[AIMessage] = []
            with closing(self._reply(messages, whole)) as reply:
                for chunk in reply:
                    chunks.append(checked_reply(chunk))
                    if self.at_once:
                        yield said_in(chunk)
            conversation = replied(conversation, chunks)
            if has_answered(conversation):
                if not self.at_once:
                    yield from chunks
                return
            calls = self._calls(conversation)
            if self.at_once and conversation.request.text:
                yield PARAGRAPH
            conversation = told(conversation, list(map(answer, calls, run_all([each.run for each in calls]))))

    async def _asynchronously(self, value: ChatInput, whole: bool) -> AsyncIterator[AIMessage]:
        conversation = begin(value)
        while True:
            messages = list(conversation.messages)
            chunks: list[AIMessage] = []
            async with aclosing(self._areply(messages, whole)) as reply:
                async for chunk in reply:
                    chunks.append(checked_reply(chunk))
                    if self.at_once:
                        yield said_in(chunk)
            conversation = replied(conversation, chunks)
            if has_answered(conversation):
                if not self.at_once:
                    for chunk in chunks:
                        yield chunk
                return
            calls = self._calls(conversation)
            if self.at_once and conversation.request.text:
                yield PARAGRAPH
            conversation = told(conversation, list(map(answer, calls, await arun_all([each.arun for each in calls]))))

    def _reply(self, messages: list[Message], whole: bool) -> Generator[AIMessage, None, None]:
        if whole:
            yield self.model.invoke(messages)
        else:
            with closing(self.model.stream(messages)) as chunks:
                yield from chunks

    async def _areply(self, messages: list[Message], whole: bool) -> AsyncGenerator[AIMessage, None]:
        if whole:
            yield await self.model.ainvoke(messages)
        else:
            async with aclosing(self.model.astream(messages)) as chunks:
                async for chunk in chunks:
                    yield chunk

    def _calls(self, conversation: Conversation) -> list[Call]:
        """The calls that the model asks for now. Raises ``TooManyTurns`` where it has asked too often."""
        if conversation.turns == self.max_turns:
            raise TooManyTurns(conversation.turns, conversation.messages)
        tools = {tool_function(each).name: each for each in self.tools}
        return [Call(call, tools.get(call["name"]), tuple(tools)) for call in conversation.request.tool_calls]


class Call(NamedTuple):
    """A tool call of a model, with the tool, if there is one, and the names of all tools."""

    asked: ToolCall
    tool: AnyTool | None
    known: tuple[str, ...]

    def run(self) -> object:
        """Run the tool; gives its result, or its error."""
        try:
            return None if self.tool is None else self.tool.invoke(Arguments(self.asked["args"]))
        except Exception as error:
            return Failed(kept(error))

    async def arun(self) -> object:
        """``run`` on the running event loop."""
        try:
            return None if self.tool is None else await self.tool.ainvoke(Arguments(self.asked["args"]))
        except Exception as error:
            return Failed(kept(error))


class Failed(NamedTuple):
    """A tool's error, in the place of its result."""

    error: Exception


def kept(error: Exception) -> Exception:
    """An error that may be told to the model. What must never be caught is raised again."""
    if uncatchable(error):
        raise error
    return error


def answer(call: Call, result: object) -> ToolMessage:
    """What the model is told of a call."""
    if call.tool is None:
        return unknown_message(call.asked, call.known)
    return (
        failure_message(call.asked, result.error) if isinstance(result, Failed) else result_message(call.asked, result)
    )


def run_all(runs: Sequence[Callable[[], object]]) -> list[object]:
    """What several functions give that run at one time, in threads if they are several."""
    if len(runs) < 2:
        return [run() for run in runs]
    with ThreadPoolExecutor(min(len(runs), MOST_THREADS), "runlaw-tools") as pool:
        futures = [pool.submit(copy_context().run, run) for run in runs]
        return [future.result() for future in futures]


async def arun_all(runs: Sequence[Callable[[], Awaitable[object]]]) -> list[object]:
    """``run_all`` on the running event loop, in tasks."""
    tasks = [asyncio.ensure_future(run()) for run in runs]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()


class Conversation(NamedTuple):
    """What was said in a loop, how often the model was asked, and its newest reply."""

    messages: tuple[Message, ...]
    turns: int
    request: AIMessage


def begin(value: ChatInput) -> Conversation:
    """A conversation in which the model has said nothing yet."""
    return Conversation(tuple(to_messages(value)), 0, AIMessage(content=""))


def replied(conversation: Conversation, chunks: Sequence[AIMessage]) -> Conversation:
    """The conversation with the model's reply."""
    reply = with_ids(AI_MESSAGES.join(list(chunks)) if chunks else AIMessage(content=""), conversation.turns)
    return Conversation((*conversation.messages, reply), conversation.turns + 1, reply)


def checked_reply(reply: object) -> AIMessage:
    """What a model gave. Raises ``TypeError`` where it is no message of a model."""
    if not isinstance(reply, AIMessage):
        given = f"{type(reply).__name__}: {reply!r:.200}"
        raise TypeError(f"the model of a tool loop must give an AIMessage; got {given}")
    return reply


def said_in(chunk: AIMessage) -> AIMessage:
    """A chunk without the tool calls in it, which are the loop's own business."""
    if not chunk.tool_calls and not chunk.invalid_tool_calls and not getattr(chunk, "tool_call_chunks", None):
        return chunk
    fields: dict[str, object] = {"tool_calls": [], "invalid_tool_calls": []}
    return chunk.model_copy(update=fields | ({"tool_call_chunks": []} if isinstance(chunk, AIMessageChunk) else {}))


def has_answered(conversation: Conversation) -> bool:
    """Whether the model's reply asks for no tool."""
    return not conversation.request.tool_calls and not conversation.request.invalid_tool_calls


def told(conversation: Conversation, answers: Sequence[ToolMessage]) -> Conversation:
    """The conversation with the answers to the model's calls, also to those that could not be read."""
    unread = map(invalid_message, conversation.request.invalid_tool_calls)
    return conversation._replace(messages=(*conversation.messages, *answers, *unread))


def wants_chunks() -> bool:
    """Whether the run that the calling code is in is read chunk by chunk."""
    run = CURRENT.get()
    if run is None or run.env is None:
        return run is None
    return run.env.streaming
