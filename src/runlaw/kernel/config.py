"""What a caller may say about a run, and how two such sayings merge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_ITERABLE_COROUTINE
from types import CodeType
from typing import TYPE_CHECKING, Any, TypedDict

from runlaw.kernel.value import Value, fresh

if TYPE_CHECKING:
    from uuid import UUID

    from runlaw.events.event import Event


class RunConfig(TypedDict, total=False):
    """What the caller of a run may say about it; every key is optional.

    Attributes:
        run_name: The name of the run in events; it does not pass to children.
        run_id: The id of this one run. A batch of several inputs refuses it.
        tags: Labels of the run and of its children, in order, without repeats.
        metadata: Key-value pairs of the run and of its children.
        max_concurrency: How many leaves may run at one time, in the whole run; at least 1.
        listeners: Functions that are told every event of the run and of its children.
    """

    run_name: str
    run_id: UUID
    tags: list[str]
    metadata: dict[str, object]
    max_concurrency: int
    listeners: Sequence[Callable[[Event], None]]


NO_METADATA: Mapping[str, object] = {}
"""Never changed: what is said of no metadata."""


class Config(Value):
    """A checked ``RunConfig``. Merging is associative, and the empty ``Config()`` is neutral."""

    run_name: str | None = None
    run_id: UUID | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, object] = NO_METADATA
    max_concurrency: int | None = None
    listeners: tuple[Callable[[Event], None], ...] = ()

    def merge(self, winner: Config) -> Config:
        """This config with ``winner`` on top: its scalars win, tags and listeners add up in order."""
        if self is NO_CONFIG:
            return winner
        if winner is NO_CONFIG:
            return self
        limits = [n for n in (self.max_concurrency, winner.max_concurrency) if n is not None]
        return Config(
            run_name=self.run_name if winner.run_name is None else winner.run_name,
            run_id=self.run_id if winner.run_id is None else winner.run_id,
            tags=add_tags(self.tags, winner.tags),
            metadata={**self.metadata, **winner.metadata},
            max_concurrency=min(limits, default=None),
            listeners=self.listeners + winner.listeners,
        )

    def without_id(self) -> Config:
        """What of it holds when the program runs again: all but the id."""
        if self.run_id is None:
            return self
        return Config(self.run_name, None, self.tags, self.metadata, self.max_concurrency, self.listeners)


NO_CONFIG = Config()


def add_tags(first: tuple[str, ...], *more: tuple[str, ...]) -> tuple[str, ...]:
    """All tags in order, each once."""
    return tuple(dict.fromkeys(first + sum(more, ())))


def check_config(config: object, where: str = "config") -> Config:
    """Read a ``RunConfig``; an unknown key or a wrong value is an error that names the key.

    Raises:
        TypeError: The config is no mapping, has an unknown key, or a value of a wrong type.
        ValueError: A value is of the right type and out of range.
    """
    if config is None:
        return NO_CONFIG
    if type(config) is not dict and not isinstance(config, Mapping):
        raise TypeError(f"{where} must be a mapping of {', '.join(_CHECKS)}; got {type(config).__name__}")
    if not config:
        return NO_CONFIG
    made = object.__new__(Config)  # measured: it is made for every call, and the constructor takes three times as long
    fields = made.__dict__
    fields.update(Config._defaults)
    for key, value in config.items():
        check = _CHECKS.get(key)
        if check is None:
            raise TypeError(f"{where} has an unknown key {key!r}; the keys are {', '.join(_CHECKS)}")
        fields[key] = check(_AT[key] if where == "config" else f"{where}[{key!r}]", value)
    return made


def _text(where: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{where} must be a str; got {value!r}")
    return value


def _uuid(where: str, value: object) -> UUID:
    from uuid import UUID

    if not isinstance(value, UUID):
        raise TypeError(f"{where} must be a uuid.UUID; got {value!r}")
    return value


def check_tags(where: str, value: object) -> tuple[str, ...]:
    """A sequence of strings, as a tuple without repeats; a bare ``str`` is refused."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"{where} must be a list of str; got {value!r}")
    return tuple(dict.fromkeys(_text(f"{where}[{i}]", tag) for i, tag in enumerate(value)))


def check_metadata(where: str, value: object) -> dict[str, object]:
    """A mapping with string keys, copied, with the plain dicts and lists in it."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{where} must be a dict with str keys; got {value!r}")
    for key in value:
        if not isinstance(key, str):
            raise TypeError(f"{where} must have str keys; got the key {key!r}")
    return {key: fresh(item) for key, item in value.items()}


def check_limit(where: str, value: object) -> int:
    """A whole number of at least one."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{where} must be an int; got {value!r}")
    if value < 1:
        raise ValueError(f"{where} must be at least 1; got {value}")
    return value


def _listeners(where: str, value: object) -> tuple[Callable[[Event], None], ...]:
    if type(value) is not list and (isinstance(value, str) or not isinstance(value, Sequence)):
        raise TypeError(f"{where} must be a list of callables; got {value!r}")
    for i, listener in enumerate(value):
        check_listener(where, listener, i)
    return tuple(value)


_SUSPENDED = CO_COROUTINE | CO_ITERABLE_COROUTINE | CO_ASYNC_GENERATOR | CO_GENERATOR


def check_listener(where: str, listener: object, number: int | None = None) -> None:
    """A callable whose code a call runs; ``number`` is its place in a list of them.

    Raises:
        TypeError: It cannot be called, or is an async or a generator function, of which a call runs nothing.
    """
    code = getattr(listener, "__code__", None)
    if code is None:
        code = _code(listener)
    suspended = isinstance(code, CodeType) and code.co_flags & _SUSPENDED
    if not suspended and callable(listener):
        return
    where = where if number is None else f"{where}[{number}]"
    if not suspended:
        raise TypeError(f"{where} must be a callable that takes an Event; got {listener!r}")
    raise TypeError(
        f"{where} must be a plain function that takes an Event; got {listener!r}, which is "
        f"{'a generator' if suspended == CO_GENERATOR else 'async'}, so that a call runs nothing of it: write a plain "
        "function, which may hand the event to async code by a queue, or by loop.call_soon_threadsafe(...)"
    )


def _code(listener: Any) -> object:  # Any: whatever was given
    """The code of what a partial function calls, or of an object's ``__call__``; ``None`` where there is none."""
    while isinstance(listener, partial):
        listener = listener.func
    if not hasattr(listener, "__code__") and callable(listener):
        listener = type(listener).__call__
    return getattr(listener, "__code__", None)


_CHECKS: dict[str, Callable[[str, object], object]] = {
    "run_name": _text,
    "run_id": _uuid,
    "tags": check_tags,
    "metadata": check_metadata,
    "max_concurrency": check_limit,
    "listeners": _listeners,
}
_AT: dict[str, str] = {key: f"config[{key!r}]" for key in _CHECKS}


def check_configs(config: object, size: int) -> list[Config]:
    """The config of each of ``size`` inputs: one for all, or a sequence of exactly one each.

    Raises:
        TypeError: It is neither a config nor a sequence of them.
        ValueError: There are not as many configs as inputs, or a ``run_id`` is given for several inputs.
    """
    if config is None or isinstance(config, Mapping):
        one = check_config(config)
        if one.run_id is not None and size > 1:
            raise ValueError(f"config['run_id'] belongs to one run; the batch has {size} inputs: give one config each")
        return [one] * size
    if isinstance(config, str) or not isinstance(config, Sequence):
        raise TypeError(f"config must be a mapping, or a list of one mapping per input; got {type(config).__name__}")
    if len(config) != size:
        raise ValueError(f"config must be one mapping, or one per input; got {len(config)} for {size} inputs")
    configs = [check_config(each, f"config[{index}]") for index, each in enumerate(config)]
    ids = [each.run_id for each in configs if each.run_id is not None]
    if len(set(ids)) < len(ids):
        raise ValueError("config: the same run_id was given for two inputs; a run_id belongs to one run")
    return configs
