"""Signatures are small values."""

from __future__ import annotations

from typing import Any

from runlaw.kernel.signature import UNKNOWN, Provisional, Signature


def test_signatures_are_pairs() -> None:
    taken, given = Signature(int, str)
    assert (taken, given) == (int, str)
    assert Signature(int, str) == Signature(int, str)
    assert Signature() == UNKNOWN == (Any, Any)


def test_provisional_signatures_compare_as_others() -> None:
    assert Provisional(int, Any) == Signature(int, Any)
    assert isinstance(Provisional(int, Any), Signature)
    assert type(Provisional(int)._replace(output=str)) is Provisional
