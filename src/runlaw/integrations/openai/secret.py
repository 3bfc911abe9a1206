"""What must not be shown: keys, headers, passwords in an address."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit, urlunsplit

VARIABLE = "OPENAI_API_KEY"
_SECRET = re.compile(r"auth|key|token|secret|password|cookie|credential", re.IGNORECASE)


class ApiKey:
    """A key that shows itself nowhere: not in a ``repr``, and not in a pickle.

    Args:
        given: The key, or a function that gives it; ``None`` for that of the environment, read at each request.
    """

    __slots__ = ("_given",)

    def __init__(self, given: str | Callable[[], str] | None) -> None:
        self._given = given

    def value(self) -> str | None:
        """The key, if there is one."""
        given = self._given
        if callable(given):
            return given()
        return os.environ.get(VARIABLE) or None if given is None else given

    def __repr__(self) -> str:
        return "ApiKey(***)"

    def __eq__(self, other: object) -> bool:
        return self._given == other._given if isinstance(other, ApiKey) else NotImplemented

    def __hash__(self) -> int:
        return hash((ApiKey, self._given))

    def __reduce__(self) -> tuple[object, ...]:
        return ApiKey, (self._given if callable(self._given) else None,)


class Headers(dict[str, str]):
    """Headers of requests. Their ``repr`` has no values, and their pickle no header whose name tells of a secret."""

    def secrets(self) -> list[str]:
        """The values that may be secret."""
        return [value for name, value in self.items() if _SECRET.search(name)]

    def __repr__(self) -> str:
        return repr(dict.fromkeys(self, "***"))

    def __reduce__(self) -> tuple[object, ...]:
        return Headers, ({name: value for name, value in self.items() if not _SECRET.search(name)},)


def shown_address(url: str) -> str:
    """An address without what may be secret in it: its user, its password and its query.

    >>> shown_address("https://me:word@example.test:8443/v1?key=1")
    'https://example.test:8443/v1'
    """
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def hidden(text: str, key: ApiKey, headers: Mapping[str, str], url: str) -> str:
    """A text without the key, the values of secret headers and the password of the address."""
    secrets = [key.value(), urlsplit(url).password, *(headers.secrets() if isinstance(headers, Headers) else ())]
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***").replace(secret.rpartition(" ")[2], "***")
    return text
