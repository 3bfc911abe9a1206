"""Any number of steps that pickle by their names, as those of a written module do."""

from __future__ import annotations

from runlaw import Runnable, lift


def increment(x: int) -> int:
    return x + 1


def define(number: int) -> Runnable[int, int]:
    def step(x: int) -> int:
        return x + 1

    step.__name__ = step.__qualname__ = name(number)
    return lift(step)


def name(number: int) -> str:
    return f"step_{number}"


def define_all(count: int) -> list[Runnable[int, int]]:
    """As if so many functions stood in this module, each under ``@lift``."""
    return [globals().setdefault(name(number), define(number)) for number in range(count)]


def forget_all(count: int) -> None:
    for number in range(count):
        globals().pop(name(number), None)
