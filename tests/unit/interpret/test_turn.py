"""Who closes a stream that one thread reads and another ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from runlaw.interpret.stream_value import Opened, Turn

PATIENCE = 20.0


class Steps:
    """A step that can be held up in the middle of a chunk."""

    def __init__(self) -> None:
        self.reading = threading.Event()
        self.release = threading.Event()
        self.closed = threading.Event()

    def chunks(self) -> Iterator[int]:
        try:
            while True:
                self.reading.set()
                assert self.release.wait(PATIENCE)
                yield 1
        finally:
            self.closed.set()


def test_what_nobody_reads_is_closed_at_once() -> None:
    steps = Steps()
    steps.release.set()
    chunks = steps.chunks()
    turn = Turn()
    with turn:
        assert next(chunks) == 1
    turn.end([Opened(chunks, None)])
    assert steps.closed.is_set()
    assert turn.over()


def test_what_is_being_read_is_closed_when_the_reader_comes_back() -> None:
    steps = Steps()
    chunks = steps.chunks()
    turn = Turn()

    def read() -> None:
        with turn:
            next(chunks)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    assert steps.reading.wait(PATIENCE)
    opened = [Opened(chunks, None)]
    turn.end(opened)
    assert not steps.closed.is_set()
    assert len(opened) == 1
    steps.release.set()
    assert steps.closed.wait(PATIENCE)
    reader.join(PATIENCE)
    assert opened == []


def test_one_of_the_two_closes_it_however_they_meet() -> None:
    for _ in range(300):
        steps = Steps()
        steps.release.set()
        chunks = steps.chunks()
        turn = Turn()

        def read(turn: Turn = turn, chunks: Iterator[int] = chunks) -> None:
            with turn:
                if not turn.over():
                    next(chunks)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        turn.end([Opened(chunks, None)])
        reader.join(PATIENCE)
        assert steps.closed.is_set() or not steps.reading.is_set()
