"""The command line: ``main`` is the command ``runlaw``."""

from runlaw.cli.entry import main

__all__ = ["main"]
