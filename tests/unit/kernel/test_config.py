"""Configs: read and merged."""

from __future__ import annotations

from types import MappingProxyType
from uuid import UUID

import pytest

from runlaw.events import Event
from runlaw.kernel.config import NO_CONFIG, Config, check_config

ID = UUID(int=1)


def hear(event: Event) -> None: ...


def listen(event: Event) -> None: ...


def test_any_mapping_is_a_config() -> None:
    assert check_config(MappingProxyType({"run_name": "n"})) == Config(run_name="n")
    assert check_config(None) is NO_CONFIG
    assert check_config({}) is NO_CONFIG
    with pytest.raises(TypeError, match=r"^here must be a mapping of run_name, .*; got list$"):
        check_config([], "here")


def test_the_winner_wins_and_the_smallest_limit_holds() -> None:
    one = Config("n", ID, ("t", "u"), {"k": 1, "l": 1}, 3, (hear,))
    two = Config("m", None, ("u", "v"), {"k": 2}, 2, (listen,))
    assert one.merge(two) == Config("m", ID, ("t", "u", "v"), {"k": 2, "l": 1}, 2, (hear, listen))
    assert two.merge(one) == Config("n", ID, ("u", "v", "t"), {"k": 1, "l": 1}, 2, (listen, hear))
    assert one.merge(NO_CONFIG) is one
    assert NO_CONFIG.merge(one) is one
