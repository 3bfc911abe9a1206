"""What the functions of the proof kit are told, checked."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from threading import TIMEOUT_MAX
from typing import TypeVar

from runlaw.algebra.normal import check_delay
from runlaw.kernel.semigroup import Semigroup
from runlaw.laws.law import Law
from runlaw.laws.needs import hypothesis

T = TypeVar("T")
MOST_READ = 10_000
"""How many values are read of an iterable that may never end."""


def checked_laws(where: str, laws: Iterable[Law]) -> tuple[Law, ...]:
    """Several laws.

    Raises:
        TypeError: They come as one, or one of them is no law.
    """
    given: object = laws
    if isinstance(given, Law):
        raise TypeError(f"{where}: laws must be a list of laws; got a single one, {given!r}: put it in a list")
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise TypeError(f"{where}: laws must be a list of laws, such as LAWS; got {given!r:.200}")
    chosen = tuple(laws)
    for number, law in enumerate(chosen):
        _check_law(f"{where}: laws[{number}]", law)
    return chosen


def check_one_law(where: str, law: object) -> None:
    """Refuse what is no law."""
    _check_law(f"{where}: law", law)


def _check_law(where: str, law: object) -> None:
    if not isinstance(law, Law):
        found = f": law_named({law!r:.200}) gives the law of a name" if isinstance(law, str) else ""
        raise TypeError(f"{where} must be a Law; got {law!r:.200}{found}")


def check_deadline(where: str, deadline: object) -> None:
    """Refuse what is no time that a law may take.

    Raises:
        TypeError: It is no number.
        ValueError: It is not above 0, or more than can be waited for.
    """
    seconds = check_delay(f"{where}: deadline", deadline)
    if not 0 < seconds <= TIMEOUT_MAX:
        raise ValueError(f"{where}: deadline must be above 0 and at most {TIMEOUT_MAX:g} seconds; got {deadline}")


def check_size(where: str, max_size: object) -> None:
    """Refuse what is no number of combinators.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is below 0.
    """
    if isinstance(max_size, bool) or not isinstance(max_size, int):
        raise TypeError(f"{where}: max_size must be an int; got {max_size!r}")
    if max_size < 0:
        raise ValueError(f"{where}: max_size must be at least 0; got {max_size}")


def check_strategy(where: str, given: object, example: str) -> None:
    """Refuse what is no Hypothesis strategy."""
    if not isinstance(given, hypothesis(where.partition(":")[0]).strategies.SearchStrategy):
        raise TypeError(f"{where} must be a Hypothesis strategy, such as {example}; got {given!r:.200}")


def check_settings(where: str, settings: object) -> None:
    """Refuse what are no settings, or such as would check nothing.

    Raises:
        TypeError: They are no Hypothesis settings.
        ValueError: They do not have the phase in which inputs are generated.
    """
    hypo = hypothesis(where)
    if settings is None:
        return
    if not isinstance(settings, hypo.settings):
        raise TypeError(
            f"{where}: settings must be Hypothesis settings, such as hypothesis.settings(max_examples=100); "
            f"got {settings!r:.200}"
        )
    if hypo.Phase.generate not in settings.phases:
        raise ValueError(f"{where}: settings must have the phase generate, else nothing is checked; got {settings!r}")


def check_function(where: str, f: object) -> None:
    """Refuse what is no function."""
    if not callable(f):
        raise TypeError(f"{where} must be a function; got {f!r:.200}")


def check_sum(where: str, given: object) -> None:
    """Refuse what does not say how chunks add up."""
    if not isinstance(given, Semigroup):
        raise TypeError(
            f"{where} must be a Monoid or a Semigroup, such as STR or Monoid(0, operator.add); got {given!r:.200}"
        )


def some_values(where: str, what: str, values: Iterable[T], most: int) -> list[T]:
    """At most so many of the values: of more, the first, the last, and others evenly between.

    Raises:
        TypeError: They are no values to go through, such as a strategy.
        ValueError: There are none.
    """
    given: object = values
    if not isinstance(given, Iterable):
        raise TypeError(f"{where}: {what}s must be a list of values, such as ['a', 'b']; got {given!r:.200}")
    every = list(islice(values, MOST_READ))
    if not every:
        raise ValueError(f"{where} needs at least one {what}")
    if len(every) <= most:
        return every
    return [every[index * (len(every) - 1) // (most - 1)] for index in range(most)]
