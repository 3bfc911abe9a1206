"""``import runlaw`` is cheap: it loads nothing of the packages it can use."""

import json
import subprocess
import sys
from pathlib import Path

ALLOWED = {"runlaw", "typing_extensions"}
_PROGRAM = """
import json, sys
before = set(sys.modules)
import {name}
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def find_loaded(name: str, folder: Path | None = None) -> set[str]:
    """The top-level modules outside the standard library that importing ``name`` loads."""
    program = _PROGRAM.format(name=name)
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded: list[str] = json.loads(done.stdout)
    return {module.split(".")[0] for module in loaded} - sys.stdlib_module_names


def test_importing_runlaw_loads_no_other_package() -> None:
    assert find_loaded("runlaw") - ALLOWED == set()


def test_a_loaded_package_is_found(tmp_path: Path) -> None:
    (tmp_path / "heavy.py").write_text("import pydantic\n")
    assert {"heavy", "pydantic", "pydantic_core"} <= find_loaded("heavy", tmp_path)
