"""The type checkers, each run once over many files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from tests.typesafety.programs import ROOT

SOURCES = (ROOT / "src", ROOT)


class Complaint(NamedTuple):
    """An error of a checker."""

    file: str
    line: int
    text: str


class Broken(Exception):
    """A checker did not do its work."""


def _run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode not in (0, 1):
        raise Broken(f"{module} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done


def _named(path: str) -> str:
    found = (ROOT / path).resolve()
    return (found.relative_to(ROOT) if found.is_relative_to(ROOT) else found).as_posix()


def mypy_config(folder: Path, *, plugins: Sequence[str] = (), extra: str = "") -> Path:
    """A configuration of its own, strict, with or without plugins."""
    path = ":".join(map(str, (*SOURCES, ROOT / "typings")))
    config = folder / "mypy.ini"
    config.write_text(
        f"[mypy]\npython_version = 3.11\nmypy_path = {path}\nexplicit_package_bases = True\nstrict = True\n"
        f"show_error_code_links = False\nplugins = {', '.join(plugins)}\n{extra}",
        encoding="utf-8",
    )
    return config


def mypy(
    files: Sequence[str], folder: Path, *, python: str = sys.executable, plugins: Sequence[str] = (), extra: str = ""
) -> list[Complaint]:
    config = mypy_config(folder, plugins=plugins, extra=extra)
    marks = ["typing", "peer" * (python != sys.executable), "plugin" * bool(plugins), "extra" * bool(extra)]
    kind = "-".join(filter(None, marks))
    cache = ROOT / ".mypy_cache" / kind  # one for each configuration, as mypy reads anew what another has left
    options = ["--config-file", str(config), "--cache-dir", str(cache), "--python-executable", python]
    done = _run("mypy", *options, "--no-pretty", "--no-error-summary", *files)
    if done.stderr:
        raise Broken(done.stderr)
    pattern = re.compile(r"(?P<file>[^:\n]+):(?P<line>\d+): error: (?P<text>.*)")
    found = map(pattern.match, done.stdout.splitlines())
    return [Complaint(_named(match["file"]), int(match["line"]), match["text"]) for match in found if match]


def pyright(
    files: Sequence[str], folder: Path, *, python: str = sys.executable, mode: str = "strict"
) -> list[Complaint]:
    config = folder / "pyrightconfig.json"
    settings = {
        "typeCheckingMode": mode,
        "pythonVersion": "3.11",
        "extraPaths": list(map(str, SOURCES)),
        "stubPath": str(ROOT / "typings"),
        "reportUnusedExpression": "none",
        "reportUnusedCoroutine": "none",
    }
    config.write_text(json.dumps(settings), encoding="utf-8")
    done = _run("pyright", "-p", str(config), "--pythonpath", python, "--outputjson", *files)
    return [
        Complaint(_named(each["file"]), each["range"]["start"]["line"] + 1, each["message"])
        for each in json.loads(done.stdout)["generalDiagnostics"]
        if each["severity"] == "error"
    ]


def ty(files: Sequence[str], folder: Path, *, python: str = sys.executable) -> list[Complaint]:
    paths = [option for source in SOURCES for option in ("--extra-search-path", str(source))]
    done = _run(
        "ty", "check", "--python", python, "--python-version", "3.11", *paths, "--output-format", "gitlab", *files
    )
    return [
        Complaint(_named(each["location"]["path"]), each["location"]["positions"]["begin"]["line"], each["description"])
        for each in json.loads(done.stdout)
        if each["severity"] in ("major", "critical", "blocker")
    ]


def pyrefly(files: Sequence[str], folder: Path, *, python: str = sys.executable) -> list[Complaint]:
    config = folder / "pyrefly.toml"
    paths = json.dumps(list(map(str, SOURCES)))
    config.write_text(f'preset = "default"\npython-version = "3.11"\nsearch-path = {paths}\n', encoding="utf-8")
    done = _run(
        "pyrefly",
        "check",
        "-c",
        str(config),
        "--python-interpreter-path",
        python,
        "--output-format",
        "json",
        *files,
    )
    return [
        Complaint(_named(each["path"]), each["line"], each["description"])
        for each in json.loads(done.stdout)["errors"]
        if each["severity"] == "error"
    ]


def with_plugin(files: Sequence[str], folder: Path, *, python: str = sys.executable) -> list[Complaint]:
    return mypy(files, folder, python=python, plugins=["runlaw.mypy_plugin"])


class Checker(Protocol):
    """Reads files with the packages of an interpreter."""

    def __call__(self, files: Sequence[str], folder: Path, *, python: str = ...) -> list[Complaint]: ...


CHECKERS: Mapping[str, Checker] = {
    "mypy": mypy,
    "pyright": pyright,
    "ty": ty,
    "pyrefly": pyrefly,
    "plugin": with_plugin,
}
