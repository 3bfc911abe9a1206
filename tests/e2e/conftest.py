"""Real servers for the tests, on free loopback ports: started when first needed, ended with the session."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.e2e.scripted_model import write_model

HERE = Path(__file__).parent
PATIENCE = 60.0  # seconds: far above what a server takes to start


def need(package: str) -> None:
    """Skip where a package of the extra ``e2e`` is not installed."""
    if find_spec(package) is None:
        pytest.skip(f"the {package} package is not installed: pip install 'runlaw[e2e,openai]'")


@contextmanager
def running(command: Sequence[str], marker: str, log: Path) -> Iterator[str]:
    """A server process; gives the rest of the first line of its output that has the marker."""
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    timer = threading.Timer(PATIENCE, process.kill)
    timer.start()
    try:
        found = next((line for line in process.stdout if marker in line), None)
        if found is None:
            pytest.fail(f"{command[0]} did not start: {log.read_text(errors='replace')[-2000:]}")
        timer.cancel()
        reader = threading.Thread(target=process.stdout.read, daemon=True)  # so that its output never fills the pipe
        reader.start()
        yield found.partition(marker)[2].strip()
    finally:
        timer.cancel()
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("gguf")
    need("openai")
    path = tmp_path_factory.mktemp("model") / "scripted.gguf"
    write_model(path)
    return path


@contextmanager
def llama(model: Path, kind: str) -> Iterator[str]:
    need("xllamacpp")
    command = [sys.executable, str(HERE / "llama_server.py"), str(model), kind]
    with running(command, "listening on ", model.with_name(f"{kind}.log")) as address:
        yield f"{address}/v1"


@pytest.fixture(scope="session")
def chat_url(model_file: Path) -> Iterator[str]:
    """llama.cpp with a scripted model, for chat and completions."""
    with llama(model_file, "chat") as url:
        yield url


@pytest.fixture(scope="session")
def embeddings_url(model_file: Path) -> Iterator[str]:
    """llama.cpp with a scripted model, for embeddings."""
    with llama(model_file, "embeddings") as url:
        yield url


@pytest.fixture(scope="session")
def aimock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The mock server of the npm package ``@copilotkit/aimock``, with the answers of ``aimock/answers.json``."""
    need("openai")
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed: the mock server runs on them")
    folder = tmp_path_factory.mktemp("aimock")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "aimock" / name, folder)
    install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)]
    done = subprocess.run(install, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        pytest.skip(f"npm cannot install the mock server: {done.stderr.strip()[-300:]}")
    script = folder / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
    command = [node, str(script), "--port", "0", "--fixtures", str(HERE / "aimock" / "answers.json"), "--strict"]
    with running(command, "listening on ", folder / "log") as address:
        yield f"{address}/v1"


def journal(url: str) -> list[dict[str, object]]:
    """The requests that the mock server has seen."""
    from urllib.request import urlopen

    with urlopen(f"{url.removesuffix('/v1')}/__aimock/journal", timeout=10) as answer:
        found: list[dict[str, object]] = json.load(answer)
    return found


@pytest.fixture(autouse=True)
def no_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("OPENAI_")]:
        monkeypatch.delenv(name)
