"""The entry point of the command ``runlaw``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command with the arguments of the process.

    Without the packages of the extra ``cli`` it says so, and exits with code 2.
    """
    try:
        from runlaw.cli.app import app
    except ModuleNotFoundError as error:
        package = str(error.name).split(".")[0]
        if package not in ("typer", "rich"):
            raise
        print(f'error: the command needs the {package} package: pip install "runlaw[cli]"', file=sys.stderr)
        sys.exit(2)
    app()
