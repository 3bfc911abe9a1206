"""The ids of runs: of version 4, from a random one on."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from uuid import RFC_4122, UUID

import pytest

from runlaw.interpret.run import IDS, Ids


@pytest.mark.parametrize(
    ("random", "first", "second"),
    [
        (b"\x00", "00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"),
        (b"\xff", "ffffffff-ffff-4fff-8000-00003fffffff", "ffffffff-ffff-4fff-8000-000040000000"),
    ],
)
def test_what_is_not_random_leaves_room_to_count(
    random: bytes, first: str, second: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.urandom", lambda size: random * size)
    ids = Ids()
    made = [UUID(int=ids.next()) for _ in range(2)]
    assert [str(one) for one in made] == [first, second]
    assert {(one.version, one.variant) for one in made} == {(4, RFC_4122)}


def test_another_beginning_is_another_id() -> None:
    ids = Ids()
    before = ids.next()
    assert ids.next() == before + 1
    ids.reset()
    assert ids.next() not in range(before, before + 100)


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="processes cannot be forked here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_process_begins_anew() -> None:
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    before = IDS.next()
    child = context.Process(target=send_id, args=(sender,))
    child.start()
    assert receiver.poll(20)
    assert receiver.recv() not in range(before, before + 100)
    child.join(20)


def send_id(sender: Connection) -> None:
    sender.send(IDS.next())
