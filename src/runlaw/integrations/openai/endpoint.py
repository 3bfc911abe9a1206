"""Where requests go, and with which key."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, finalize

from runlaw.integrations.openai.secret import VARIABLE, ApiKey, Headers, hidden, shown_address

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

_OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Endpoint:
    """Where requests go. A value; the clients that it makes are no part of it.

    Args:
        base_url: The server's address; without it ``OPENAI_BASE_URL``, or OpenAI's own.
        key: The key.
        timeout: The seconds to wait for a connection, for an answer to begin, and for each further part of it.
        headers: Sent with each request.
    """

    base_url: str | None
    key: ApiKey
    timeout: float
    headers: Mapping[str, str] = field(default_factory=Headers, hash=False)

    def __repr__(self) -> str:
        where = None if self.base_url is None else shown_address(self.base_url)
        return f"Endpoint(base_url={where!r}, key={self.key}, timeout={self.timeout!r}, headers={self.headers!r})"

    @property
    def where(self) -> str:
        """The address, without what may be secret in it."""
        return shown_address(self._url)

    def hidden(self, text: str) -> str:
        """The text with what must not be shown left out."""
        return hidden(text, self.key, self.headers, self._url)

    @property
    def _url(self) -> str:
        return self.base_url or os.environ.get("OPENAI_BASE_URL") or _OPENAI

    def client(self) -> OpenAI:
        """The client of sync runs; one for each key."""
        key = self._current_key()
        made = self._clients.get(key)
        if made is None:
            from openai import OpenAI

            made = self._clients[key] = OpenAI(
                api_key=key, base_url=self._url, timeout=self.timeout, max_retries=0, default_headers=self.headers
            )
            finalize(self, made.close)
        return made

    async def aclient(self) -> AsyncOpenAI:
        """The client of async runs on this event loop; it is closed when the loop ends its async generators."""
        key = self._current_key()
        loop = asyncio.get_running_loop()
        open_here = self._async_clients.setdefault(loop, {})
        if key not in open_here:
            holder = self._held(key)
            open_here[key] = (await anext(holder), holder)
        return open_here[key][0]

    async def _held(self, key: str) -> AsyncGenerator[AsyncOpenAI, None]:
        from openai import AsyncOpenAI

        client = AsyncOpenAI(
            api_key=key, base_url=self._url, timeout=self.timeout, max_retries=0, default_headers=self.headers
        )
        try:
            yield client
        finally:
            self._async_clients.pop(asyncio.get_running_loop(), None)
            await client.close()

    def _current_key(self) -> str:
        key = self.key.value()
        if key is not None:
            return key
        if self._url == _OPENAI:
            raise ValueError(f"there is no API key: set {VARIABLE}, or give api_key=..., or base_url=... of a server")
        return "none"

    @cached_property
    def _clients(self) -> dict[str, OpenAI]:
        return {}

    @cached_property
    def _async_clients(
        self,
    ) -> WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, tuple[AsyncOpenAI, AsyncGenerator[AsyncOpenAI, None]]]]:
        return WeakKeyDictionary()

    def __reduce__(self) -> tuple[object, ...]:
        where = None if self.base_url is None else shown_address(self.base_url)
        return Endpoint, (where, self.key, self.timeout, self.headers)


def endpoint(
    base_url: str | None,
    api_key: str | Callable[[], str] | None,
    timeout: float,
    headers: Mapping[str, str] | None,
) -> Endpoint:
    """Where requests go, checked.

    Raises:
        ImportError: The openai package is not installed.
        TypeError: A value is of a wrong type.
        ValueError: The timeout is not above zero.
    """
    from importlib.util import find_spec

    if find_spec("openai") is None:
        raise ImportError(
            "models of this kind need the openai package: install runlaw with its extra `openai`, "
            'pip install "runlaw[openai]"'
        )
    if base_url is not None and not isinstance(base_url, str):
        raise TypeError(f"base_url must be a str; got {base_url!r}")
    if api_key is not None and not isinstance(api_key, str) and not callable(api_key):
        raise TypeError(f"api_key must be a str, or a function that gives one; got {type(api_key).__name__}")
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be a number of seconds; got {timeout!r}")
    if not timeout > 0:
        raise ValueError(f"timeout must be above zero seconds; got {timeout!r}")
    return Endpoint(base_url, ApiKey(api_key), timeout, Headers(headers or {}))
