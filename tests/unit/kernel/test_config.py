"""Configs: read and merged."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest

from runlaw.events import Event
from runlaw.kernel.config import NO_CONFIG, Config, add_tags, check_config, check_configs, check_listener

ID = UUID(int=1)


def hear(event: Event) -> None: ...


def listen(event: Event) -> None: ...


async def await_it(event: Event) -> None: ...


async def give_later(event: Event) -> AsyncIterator[Event]:
    yield event


def give(event: Event) -> Iterator[Event]:
    yield event


class Hearer:
    async def __call__(self, event: Event) -> None: ...

    async def hear(self, event: Event) -> None: ...

    def listen(self, event: Event) -> None: ...


class Listener:
    def __call__(self, event: Event) -> None: ...


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


def test_tags_stand_in_order_and_once() -> None:
    assert add_tags(("b", "a"), ("a", "c"), ("b", "d")) == ("b", "a", "c", "d")
    assert check_config({"tags": ["b", "a", "b"]}).tags == ("b", "a")


def test_what_is_read_is_kept() -> None:
    said = {"run_name": "n", "run_id": ID, "tags": ("t",), "metadata": {"k": [1]}, "max_concurrency": 1}
    assert check_config({**said, "listeners": (hear,)}) == Config("n", ID, ("t",), {"k": [1]}, 1, (hear,))


def test_metadata_is_copied() -> None:
    inner: list[int] = []
    read = check_config({"metadata": {"k": inner}})
    inner.append(1)
    assert read.metadata == {"k": []}


WRONG: list[tuple[str, Any, type[Exception], str]] = [  # Any: values of all types
    ("run_name", 3, TypeError, r"c\['run_name'\] must be a str; got 3"),
    ("run_id", "x", TypeError, r"c\['run_id'\] must be a uuid.UUID; got 'x'"),
    ("tags", "t", TypeError, r"c\['tags'\] must be a list of str; got 't'"),
    ("tags", {"t"}, TypeError, r"c\['tags'\] must be a list of str; got {'t'}"),
    ("tags", ["t", 3], TypeError, r"c\['tags'\]\[1\] must be a str; got 3"),
    ("metadata", [], TypeError, r"c\['metadata'\] must be a dict with str keys; got \[\]"),
    ("metadata", {3: 1}, TypeError, r"c\['metadata'\] must have str keys; got the key 3"),
    ("max_concurrency", True, TypeError, r"c\['max_concurrency'\] must be an int; got True"),
    ("max_concurrency", 1.0, TypeError, r"c\['max_concurrency'\] must be an int; got 1.0"),
    ("max_concurrency", 0, ValueError, r"c\['max_concurrency'\] must be at least 1; got 0"),
    ("listeners", "hear", TypeError, r"c\['listeners'\] must be a list of callables; got 'hear'"),
    ("listeners", hear, TypeError, r"c\['listeners'\] must be a list of callables; got <function hear"),
    ("listeners", [hear, 3], TypeError, r"c\['listeners'\]\[1\] must be a callable that takes an Event; got 3"),
    ("name", 3, TypeError, r"c has an unknown key 'name'; the keys are run_name, run_id, tags"),
]


@pytest.mark.parametrize(("key", "value", "error", "message"), WRONG)
def test_what_is_wrong_is_named(key: str, value: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"^{message}"):
        check_config({key: value}, "c")


@pytest.mark.parametrize("listener", [await_it, give_later, partial(await_it), Hearer(), Hearer().hear])
def test_a_listener_that_is_async_is_refused(listener: object) -> None:
    message = r"^c\['listeners'\]\[1\] must be a plain function that takes an Event; got .*, which is async, so that a "
    with pytest.raises(TypeError, match=message):
        check_config({"listeners": [hear, listener]}, "c")


def test_a_listener_that_is_a_generator_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^c\['listeners'\]\[0\] must be .*, which is a generator, so that a call"):
        check_config({"listeners": [give]}, "c")


@pytest.mark.parametrize("listener", [hear, partial(hear), print, [].append, Hearer().listen, Listener(), Listener])
def test_whatever_a_call_runs_is_a_listener(listener: Callable[[Event], None]) -> None:
    check_listener("here", listener)
    assert check_config({"listeners": [listener]}).listeners == (listener,)


def test_a_batch_has_one_config_for_all_or_one_each() -> None:
    assert check_configs(None, 2) == [NO_CONFIG] * 2
    assert check_configs({"run_name": "n"}, 2) == [Config("n")] * 2
    assert check_configs([{"run_name": "n"}, {}], 2) == [Config("n"), NO_CONFIG]
    assert check_configs({"run_id": ID}, 1) == [Config(run_id=ID)]
    assert check_configs([{"run_id": ID}, {"run_id": UUID(int=2)}, {}], 3)[0].run_id == ID


def test_a_run_id_belongs_to_one_run() -> None:
    with pytest.raises(ValueError, match=r"^config\['run_id'\] belongs to one run; the batch has 2 inputs: give one"):
        check_configs({"run_id": ID}, 2)
    with pytest.raises(ValueError, match=r"^config: the same run_id was given for two inputs"):
        check_configs([{"run_id": ID}, {}, {"run_id": ID}], 3)


def test_configs_of_a_batch_that_are_wrong() -> None:
    with pytest.raises(TypeError, match=r"^config must be a mapping, or a list of one mapping per input; got str$"):
        check_configs("ab", 2)
    with pytest.raises(TypeError, match=r"^config must be a mapping, or a list of one mapping per input; got int$"):
        check_configs(3, 2)
    with pytest.raises(ValueError, match=r"^config must be one mapping, or one per input; got 1 for 2 inputs$"):
        check_configs([{}], 2)
    with pytest.raises(TypeError, match=r"^config\[1\]\['run_name'\] must be a str; got 3$"):
        check_configs([{}, {"run_name": 3}], 2)
