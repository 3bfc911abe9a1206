"""The plugin says in one line that it does not know a version of mypy."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from runlaw.mypy_plugin.checked_version import WrongMypy, check_version


@pytest.mark.parametrize("version", ["2.4.0", "2.4.1", "2.4.9+dev.abc"])
def test_a_known_version(version: str) -> None:
    check_version(version)


@pytest.mark.parametrize("version", ["1.18.2", "2.3.9", "2.5.0", "3.0", "what"])
def test_another_version(version: str) -> None:
    with pytest.raises(WrongMypy) as caught:
        check_version(version)
    assert str(caught.value) == (
        f'this is mypy {version}, and the plugin needs "mypy>=2.4,<2.5": install that, or take the plugin out of '
        "the configuration (all types stay, some get wider)"
    )


def test_mypy_shows_one_line(tmp_path: Path) -> None:
    config = tmp_path / "mypy.ini"
    config.write_text("[mypy]\nplugins = runlaw.mypy_plugin\n", encoding="utf-8")
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    code = "import mypy.version, mypy.main\nmypy.version.__version__ = '1.18.2'\nmypy.main.main(args=['a.py'])\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    errors = [line for line in (done.stdout + done.stderr).splitlines() if "error" in line and "Found" not in line]
    assert len(errors) == 1
    assert re.match('mypy.ini:2: error: Error importing plugin "runlaw.mypy_plugin": this is mypy 1.18.2, ', errors[0])
    assert "Traceback" not in done.stdout + done.stderr
