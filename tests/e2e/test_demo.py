"""The demo as a new user has it, with a server and without."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("openai", reason="the openai package is not installed")


def demo(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with these variables and no others that name a model."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    source = Path(__file__).parents[2] / "src"
    return subprocess.run(
        [sys.executable, "-m", "runlaw.cli", "demo", *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(source), "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text("# Cats\n\nCats sleep all day.\n", encoding="utf-8")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return tmp_path


def test_with_a_server(folder: Path, chat_url: str) -> None:
    done = demo(folder, "--ask", "When do cats sleep?", OPENAI_BASE_URL=chat_url)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    address = chat_url.removeprefix("http://").removesuffix("/v1")
    assert lines[0] == "1 passage from 1 file"
    assert lines[1].startswith("answers by ")
    assert lines[1].endswith(f" at {address}")
    assert lines[3:5] == ["When do cats sleep?", "Bears sleep in winter."]
    assert lines[-1] == "1. When do cats sleep?  Bears sleep in winter."


def test_without_a_server(folder: Path) -> None:
    done = demo(folder, "--ask", "When do cats sleep?")
    assert (done.returncode, done.stderr) == (0, "")
    assert "answers by the extractive model" in done.stdout
    assert "1. When do cats sleep?  Cats sleep all day." in done.stdout


def test_with_a_server_that_is_not_there(folder: Path) -> None:
    done = demo(folder, OPENAI_BASE_URL="http://127.0.0.1:9/v1", OPENAI_MODEL="m")
    assert done.returncode == 2
    assert "http://127.0.0.1:9/v1 was not reached" in done.stderr
    assert "Traceback" not in done.stderr
