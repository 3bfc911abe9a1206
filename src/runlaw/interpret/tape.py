"""What a policy has read of its input, kept for the next try."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from runlaw.interpret.stream_value import Stream


class Tape:
    """Records the chunks of a source while they are read, and plays them again from the start."""

    def __init__(self, source: Stream) -> None:
        self._source = source
        self._chunks: list[Any] = []  # Any: a user's values
        self._recording = True
        self._ended = False
        self._error: BaseException | None = None

    def replay(self) -> Stream:
        """The input from its start; what was not read yet is read from the source."""
        return self._source.read_by(self._again(self._source))

    def stop(self) -> None:
        """Keep nothing from now on: there will be no further try."""
        self._recording = False

    def broke(self, error: BaseException) -> bool:
        """Whether the error is one of the source, which is not the policy's to catch."""
        return self._error is error

    def _again(self, source: Stream) -> Any:  # Any: a sync or async iterator
        return self._aplay(source) if hasattr(source.chunks, "__anext__") else self._play(source)

    def _play(self, source: Stream) -> Iterator[Any]:  # Any: a user's values
        yield from self._chunks[:]
        while not self._ended:
            if self._error is not None:
                raise self._error
            try:
                chunk = next(source.chunks)
            except StopIteration:
                self._ended = True
                return
            except BaseException as error:
                self._error = error
                raise
            if self._recording:
                self._chunks.append(chunk)
            yield chunk

    async def _aplay(self, source: Stream) -> AsyncIterator[Any]:  # Any: a user's values
        for chunk in self._chunks[:]:
            yield chunk
        while not self._ended:
            if self._error is not None:
                raise self._error
            try:
                chunk = await anext(source.chunks)
            except StopAsyncIteration:
                self._ended = True
                return
            except BaseException as error:
                self._error = error
                raise
            if self._recording:
                self._chunks.append(chunk)
            yield chunk
