"""Nothing of the public surface is ``Any`` in a user's hands, and every public type is known."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.typesafety.checkers import mypy, pyright
from tests.typesafety.programs import FOLDER, ROOT

SAMPLE = (FOLDER / "sample.py").relative_to(ROOT).as_posix()
NO_ANY = "disallow_any_expr = True\ndisallow_any_decorated = True\ndisallow_any_explicit = True\n"
PUBLIC = ("runlaw.combinators.", "runlaw.runnable.", "runlaw.extend.", "runlaw.mypy_plugin.")


@pytest.mark.parametrize("plugins", [(), ("runlaw.mypy_plugin",)], ids=["plain", "plugin"])
def test_no_expression_of_a_users_program_is_any(plugins: tuple[str, ...], tmp_path: Path) -> None:
    only_here = f"{NO_ANY}[mypy-runlaw.*]\nignore_errors = True\n"
    assert mypy([SAMPLE], tmp_path, plugins=plugins, extra=only_here) == []


def test_pyright_knows_every_type_of_a_users_program(tmp_path: Path) -> None:
    assert pyright([SAMPLE], tmp_path) == []


def test_the_type_of_every_public_name_is_known() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--verifytypes", "runlaw", "--ignoreexternal", "--outputjson"],
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)["typeCompleteness"]
    exported: list[dict[str, Any]] = [each for each in report["symbols"] if each["isExported"]]
    public = [each for each in exported if each["name"].startswith(PUBLIC) or each["name"].count(".") == 1]
    assert len(public) > 100
    assert [each["name"] for each in public if not each["isTypeKnown"]] == []
