"""The versions of mypy that the plugin is written for. Its internals differ from one to the next."""

from __future__ import annotations

from mypy.version import __version__

FIRST = (2, 4)
BEYOND = (2, 5)


class WrongMypy(ImportError):
    """mypy is of a version that the plugin does not know."""


def check_version(version: str) -> None:
    """Refuse a mypy that the plugin does not know. mypy shows the text of the error as one line.

    Raises:
        WrongMypy: It is older or newer.
    """
    number = tuple(int(part) for part in version.split("+")[0].split(".")[:2] if part.isdigit())
    if not FIRST <= number < BEYOND:
        wanted = f"mypy>={'.'.join(map(str, FIRST))},<{'.'.join(map(str, BEYOND))}"
        raise WrongMypy(
            f'this is mypy {version}, and the plugin needs "{wanted}": install that, or take the plugin out of '
            "the configuration (all types stay, some get wider)"
        )


check_version(__version__)
