"""What a policy has read of its input is replayed to the next try, an error of the input included."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from runlaw import Runnable, lift_transform, pipe, with_fallbacks, with_retry


def breaks(chunks: Iterator[str]) -> Iterator[str]:
    yield next(chunks)
    raise ValueError("above")


def converts(chunks: Iterator[str]) -> Iterator[str]:
    try:
        yield "".join(chunks)
    except ValueError as error:
        raise LookupError("converted") from error


def passes(chunks: Iterator[str]) -> Iterator[str]:
    yield from chunks


def read(program: Runnable[str, str]) -> None:
    for _ in program.transform(iter("abc")):
        pass


def aread(program: Runnable[str, str]) -> None:
    async def main() -> None:
        async for _ in program.atransform(iter("abc")):
            pass

    asyncio.run(main())


@pytest.mark.parametrize("way", [read, aread])
def test_an_error_of_the_input_is_repeated_to_the_next_try(way: Callable[[Runnable[str, str]], None]) -> None:
    above, converting, passing = map(lift_transform, (breaks, converts, passes))
    with pytest.raises(ValueError, match="above"):
        way(pipe(above, with_fallbacks(converting, passing)))
    with pytest.raises(LookupError, match="converted"):
        way(pipe(above, with_retry(converting, delays=[0])))
