"""What can go wrong with a request, as types: what a policy may try again is a ``TransientError``."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from runlaw.integrations.openai.endpoint import Endpoint

T = TypeVar("T")


class ApiError(Exception):
    """A request that failed.

    Attributes:
        status: The HTTP status of the answer; ``None`` where there was none.
        code: The server's own word for what is wrong.
        request_id: The server's name of the request, to find it in its logs.
        retry_after: The seconds that the server asks to wait before the next try.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        facts = [f"{name} {value}" for name, value in self._facts() if value is not None]
        return f"{self.args[0]} ({', '.join(facts)})" if facts else str(self.args[0])

    def _facts(self) -> list[tuple[str, object]]:
        return [("status", self.status), ("code", self.code), ("request id", self.request_id)]


class TransientError(ApiError):
    """A failure that may not come again: ``with_retry(model, on=(TransientError,))``."""


class RateLimited(TransientError):
    """Too many requests (429); ``retry_after`` says how long to wait, where the server told."""


class ServerFailed(TransientError):
    """The server failed (5xx), or asks to try again (408, 409)."""


class ConnectionFailed(TransientError):
    """The server was not reached."""


class StreamBroken(ConnectionFailed):
    """The answer broke off in the middle."""


class TimedOut(TransientError, TimeoutError):
    """The answer took longer than the timeout."""


class BadRequest(ApiError):
    """The server does not take the request (400, 422 and the like)."""


class NotAllowed(ApiError):
    """The key is missing or wrong (401), or does not allow the request (403)."""


class NotFound(ApiError):
    """There is no such model, or no such path (404)."""


class InvalidAnswer(ApiError):
    """The server gave what is no answer of its protocol."""


class Refused(ApiError):
    """The model refused to answer, or its answer was held back by a content filter."""


class CutOff(ApiError):
    """The answer reached its greatest length before it was whole."""


_BY_STATUS: dict[int, type[ApiError]] = {
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    408: ServerFailed,
    409: ServerFailed,
    429: RateLimited,
}


class Translated:
    """Runs calls of the ``openai`` package, and raises their errors as ours.

    The package's errors hold the request with its key, so ours neither cause nor follow from them.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.request_id: str | None = None

    def call(self, request: Callable[[], T]) -> T:
        """What the request gives."""
        failure: Exception
        try:
            return request()
        except Exception as error:
            failure = self._told(error)
        raise failure

    async def acall(self, request: Callable[[], Awaitable[T]]) -> T:
        """What the request gives, once it is awaited."""
        failure: Exception
        try:
            return await request()
        except Exception as error:
            failure = self._told(error)
        raise failure

    def each(self, chunks: Iterator[T]) -> Generator[T, None, None]:
        """The chunks of an answer."""
        end = _End()
        while not isinstance(chunk := self.call(lambda: next(chunks, end)), _End):
            yield chunk

    async def aeach(self, chunks: AsyncIterator[T]) -> AsyncGenerator[T, None]:
        """The chunks of an answer, as they are awaited."""
        end = _End()
        while not isinstance(chunk := await self.acall(lambda: anext(chunks, end)), _End):
            yield chunk

    def _told(self, error: Exception) -> Exception:
        told = self._translated(error)
        return error if told is None else told

    def _translated(self, error: Exception) -> ApiError | None:
        import openai

        if isinstance(error, openai.APIStatusError):
            kind = _BY_STATUS.get(error.status_code, BadRequest if error.status_code < 500 else ServerFailed)
            return kind(
                self._clean(_reason(error.message, error.status_code)),
                status=error.status_code,
                code=error.code,
                request_id=error.request_id or self.request_id,
                retry_after=_seconds(error.response.headers.get("retry-after")),
            )
        if isinstance(error, openai.APITimeoutError) or _is_of_transport(error, "Timeout"):
            return TimedOut(f"no answer from {self._endpoint.where} within the timeout", request_id=self.request_id)
        if isinstance(error, openai.APIConnectionError) or _is_of_transport(error, ""):
            if self.request_id is not None:
                return StreamBroken("the answer broke off: the connection was lost", request_id=self.request_id)
            cause = error.__cause__ or error
            return ConnectionFailed(self._clean(f"{self._endpoint.where} was not reached: {cause}"))
        if isinstance(error, openai.APIError):
            return ServerFailed(self._clean(error.message), code=error.code, request_id=self.request_id)
        if isinstance(error, json.JSONDecodeError | UnicodeDecodeError | openai.APIResponseValidationError):
            text = f"{self._endpoint.where} gave what is no JSON: {error}"
            return InvalidAnswer(self._clean(text), request_id=self.request_id)
        return None

    def _clean(self, text: str) -> str:
        """The text without the key, should the server have repeated it."""
        return self._endpoint.hidden(text)


class _End:
    """What stands for the end of an iterator."""


def _is_of_transport(error: Exception, word: str) -> bool:
    return any(kind.__module__.startswith("httpx") and word in kind.__name__ for kind in type(error).__mro__)


def _reason(message: str, status: int) -> str:
    """What the server said, without the status, which the error tells anyway."""
    return message.removeprefix(f"Error code: {status}").removeprefix(" - ") or "the server told no reason"


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
