"""What the functions of the proof kit are told, checked."""

from __future__ import annotations

from collections.abc import Iterable
from threading import TIMEOUT_MAX

from runlaw.algebra.normal import check_delay
from runlaw.laws.law import Law


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
