"""Section 9: a leaf that raises GeneratorExit, with which generators are closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from runlaw import Runnable, lift, lift_stream, lift_transform, map_chunks, pipe

from .support import alist, run, shout, upper_chunks, within, wrong

ASKED: dict[str, Callable[[Runnable[str, object]], object]] = {
    "invoke": lambda program: program.invoke("a"),
    "stream": lambda program: list(program.stream("a")),
    "stream_events": lambda program: list(program.stream_events("a")),
    "ainvoke": lambda program: run(program.ainvoke("a")),
    "astream": lambda program: run(alist(program.astream("a"))),
    "astream_events": lambda program: run(alist(program.astream_events("a"))),
    "astream_log": lambda program: run(alist(program.astream_log("a"))),
}
every_asked = pytest.mark.parametrize("asked", list(ASKED.values()), ids=list(ASKED))


def leaves(text: str) -> str:
    raise GeneratorExit("by a leaf")


def leaves_early(text: str) -> Iterator[str]:
    yield text
    raise GeneratorExit("by a leaf")


async def aleaves_early(text: str) -> AsyncIterator[str]:
    yield text
    raise GeneratorExit("by a leaf")


def leaves_unsaid(text: str) -> object:
    return leaves_early(text)


LEAVING: dict[str, Runnable[str, object]] = {
    "call": lift(leaves),
    "stream": lift_stream(leaves_early),
    "async stream": lift_stream(aleaves_early),
    "unsettled": lift_stream(wrong(leaves_unsaid)),
    "long pipe": pipe(lift_stream(leaves_early), *[map_chunks(shout), lift_transform(upper_chunks)] * 120),
}


@every_asked
@pytest.mark.parametrize("program", list(LEAVING.values()), ids=list(LEAVING))
def test_a_generator_exit_of_a_leaf_is_raised_as_it_is(
    asked: Callable[[Runnable[str, object]], object],
    program: Runnable[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(GeneratorExit, match="by a leaf"):
        within(lambda: asked(program))
    assert caplog.records == []
