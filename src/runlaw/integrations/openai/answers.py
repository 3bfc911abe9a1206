"""Answers as they come: the parts of a stream, with its request's id, and what is wrong when it breaks off."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import aclosing, closing
from typing import Any, TypeAlias

from runlaw.integrations.openai.endpoint import Endpoint
from runlaw.integrations.openai.errors import StreamBroken, Translated

Part: TypeAlias = Any  # Any: what the package makes of a part, by the kind of request
Create: TypeAlias = Callable[[Any], Any]  # Any: from a client of the package to an answer


def parts_of(endpoint: Endpoint, create: Create) -> Generator[tuple[Part, str | None], None, None]:
    """The parts of a streamed answer, each with the request's id.

    Raises:
        ApiError: The request failed, or the answer broke off.
    """
    calls = Translated(endpoint)
    client = endpoint.client()
    answer = calls.call(lambda: create(client))
    calls.request_id = answer.response.headers.get("x-request-id")
    finished = False
    with closing(answer), closing(calls.each(iter(answer))) as parts:
        for part in parts:
            finished = finished or _is_last(part)
            yield part, calls.request_id
    _check_finished(finished, calls.request_id)


async def aparts_of(
    endpoint: Endpoint,
    create: Callable[[Any], Awaitable[Any]],  # Any: from a client of the package to an answer
) -> AsyncGenerator[tuple[Part, str | None], None]:
    """``parts_of`` on the running event loop."""
    calls = Translated(endpoint)
    client = await endpoint.aclient()
    answer = await calls.acall(lambda: create(client))
    calls.request_id = answer.response.headers.get("x-request-id")
    finished = False
    try:
        async with aclosing(calls.aeach(aiter(answer))) as parts:
            async for part in parts:
                finished = finished or _is_last(part)
                yield part, calls.request_id
    finally:
        await answer.close()
    _check_finished(finished, calls.request_id)


def _is_last(part: Part) -> bool:
    return bool(part.choices) and part.choices[0].finish_reason is not None


def _check_finished(finished: bool, request_id: str | None) -> None:
    if not finished:
        raise StreamBroken("the answer broke off: it ended without a finish reason", request_id=request_id)
