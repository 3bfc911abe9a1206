"""Nothing of the public surface is ``Any`` in a user's hands, and every public type is known."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.typesafety.checkers import mypy, pyright
from tests.typesafety.programs import FOLDER, ROOT

SAMPLE = (FOLDER / "sample.py").relative_to(ROOT).as_posix()
NO_ANY = "disallow_any_expr = True\ndisallow_any_decorated = True\n"
VERIFY = ("--verifytypes", "runlaw", "--ignoreexternal", "--outputjson")
SURFACE = ("runlaw.combinators.", "runlaw.runnable.", "runlaw.extend.", "runlaw.mypy_plugin.")
LEAST = 1


@pytest.mark.parametrize("plugins", [(), ("runlaw.mypy_plugin",)], ids=["plain", "plugin"])
def test_no_expression_of_a_users_program_is_any(plugins: tuple[str, ...], tmp_path: Path) -> None:
    only_here = f"{NO_ANY}[mypy-runlaw.*]\nignore_errors = True\n"
    assert mypy([SAMPLE], tmp_path, plugins=plugins, extra=only_here) == []


def test_pyright_knows_every_type_of_a_users_program(tmp_path: Path) -> None:
    assert pyright([SAMPLE], tmp_path) == []


@cache
def _completeness() -> dict[str, Any]:
    """What pyright tells of the types. It asks the first Python on the path where the packages are."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "pyright", *VERIFY],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "src")},
    )
    found: dict[str, Any] = json.loads(done.stdout)["typeCompleteness"]
    assert Path(found["packageRootDirectory"]) == ROOT / "src" / "runlaw"
    return found


def test_every_type_of_the_surface_is_said() -> None:
    """No annotation is missing in the modules of the surface; what they take from elsewhere is known there."""
    missing = [
        f"{symbol['name']}: {told['message']}"
        for symbol in _completeness()["symbols"]
        if symbol["isExported"] and symbol["name"].startswith(SURFACE) and not symbol["isTypeKnown"]
        for told in symbol["diagnostics"]
        if "partially unknown" not in told["message"]
    ]
    assert missing == []


def test_the_types_of_the_library_are_complete() -> None:
    assert len(_completeness()["symbols"]) > 1000
    assert _completeness()["completenessScore"] >= LEAST
