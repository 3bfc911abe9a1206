"""Leaves that are pickled by the name of the Runnable that a decorator made of them."""

from __future__ import annotations

import pickle
import sys
from types import ModuleType

import pytest

from runlaw import Runnable, lift
from runlaw.kernel.monoid import BY_VALUE
from runlaw.kernel.nodes import Leaf


@lift
def shout(text: str) -> str:
    return text.upper()


class Holder:
    """A Runnable may stand in a class."""

    @staticmethod
    @lift
    def whisper(text: str) -> str:
        return text.lower()


def plain(text: str) -> str:
    return text


def leaf(program: Runnable[str, str]) -> Leaf:
    node = program.node
    assert isinstance(node, Leaf)
    return node


def test_the_name_that_stands_for_a_leaf() -> None:
    assert leaf(shout).public_name() == (__name__, "shout")
    assert leaf(Holder.whisper).public_name() == (__name__, "Holder.whisper")
    assert leaf(lift(plain)).public_name() is None
    assert leaf(lift(plain, name="shout")).public_name() is None
    assert leaf(lift(str.upper)).public_name() is None


def test_a_leaf_is_read_back_by_its_name() -> None:
    for program in (shout, Holder.whisper):
        again = pickle.loads(pickle.dumps(program))
        assert again == program
        assert again.node is program.node
    assert pickle.loads(pickle.dumps(lift(plain))) == lift(plain)


def test_a_name_that_stands_for_no_runnable_any_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pickled = pickle.dumps(shout)
    monkeypatch.setattr(sys.modules[__name__], "shout", plain)
    with pytest.raises(ImportError, match=rf"^{__name__}\.shout is no Runnable any more$"):
        pickle.loads(pickled)
    monkeypatch.setitem(sys.modules, __name__, ModuleType(__name__))
    with pytest.raises(ImportError, match=r"shout is no Runnable any more"):
        pickle.loads(pickled)


def test_two_chunks_add_up_by_what_they_are() -> None:
    assert BY_VALUE.combine("a", "b") == "ab"
    assert BY_VALUE.combine([1], [2]) == [1, 2]
    assert BY_VALUE.combine({"a": "x"}, {"a": "y"}) == {"a": "xy"}
