"""Signatures of builtins, and of what else has no annotations."""

from __future__ import annotations

from types import NoneType
from typing import Annotated, Any, NamedTuple

import pytest

from runlaw.algebra.bases import named_tuple_items
from runlaw.algebra.known_builtins import builtin_signature
from runlaw.algebra.leaf import to_node
from runlaw.algebra.normal import typed


@pytest.mark.parametrize(
    ("builtin", "given"),
    [
        (all, bool), (any, bool), (ascii, str), (bin, str), (bool, bool), (callable, bool), (chr, str), (hash, int),
        (hex, str), (id, int), (len, int), (oct, str), (ord, int), (print, NoneType), (repr, str), (str, str),
        (type, type),
    ],
)  # fmt: skip
def test_what_builtins_give(builtin: Any, given: type) -> None:  # Any: a builtin, with overloads or without
    known = builtin_signature(builtin)
    assert known is not None
    assert known.output is given


@pytest.mark.parametrize("builtin", [ascii, bool, callable, hash, id, print, repr, str, type])
def test_what_takes_anything(builtin: Any) -> None:  # Any: as above
    known = builtin_signature(builtin)
    assert known is not None
    assert known.input is object


class Pair(NamedTuple):
    """Two fields, one with more to say."""

    first: Annotated[int, "more"]
    second: str


def test_fields_of_a_named_tuple_keep_what_else_is_said_of_them() -> None:
    assert named_tuple_items(Pair) == (Annotated[int, "more"], str)


def test_keys_of_branches_must_be_text() -> None:
    with pytest.raises(TypeError, match=r"^step 2 is a dict of branches, whose keys must be str; got the key 3$"):
        to_node({3: len}, "step 2")


@pytest.mark.parametrize("side", ["input", "output"])
def test_what_is_said_of_types_must_be_a_type(side: str) -> None:
    said: dict[str, object] = {"input": None, "output": None, side: 3}
    with pytest.raises(TypeError, match=f"{side}.* 3"):
        typed(to_node(len, "it"), said["input"], said["output"])
