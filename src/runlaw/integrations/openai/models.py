"""Which models a server has."""

from __future__ import annotations

from collections.abc import Callable

from runlaw.integrations.openai.endpoint import endpoint
from runlaw.integrations.openai.errors import Translated


def openai_models(
    *, base_url: str | None = None, api_key: str | Callable[[], str] | None = None, timeout: float = 60.0
) -> list[str]:
    """The names of the models of OpenAI, or of any server that speaks its protocol, as the server orders them.

    Args:
        base_url: The server's address; without it that of ``OPENAI_BASE_URL``, or OpenAI's own.
        api_key: The key, or a function that gives it; without it that of ``OPENAI_API_KEY``.
        timeout: The seconds to wait for the answer.

    Raises:
        ImportError: The openai package is not installed.
        TypeError: A value is of a wrong type.
        ValueError: There is no key for OpenAI, or the timeout is not above zero.
        ApiError: The request failed.
    """
    where = endpoint(base_url, api_key, timeout, None)
    client = where.client()
    return [model.id for model in Translated(where).call(client.models.list).data]
