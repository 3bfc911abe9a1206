"""The files of exact versions: complete, hashed, within the ranges, and the same for every index."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = (ROOT / "constraints/run.txt").read_text(encoding="utf-8")
TEST = (ROOT / "constraints/test.txt").read_text(encoding="utf-8")


def find_faults(text: str) -> list[str]:
    """What keeps the file from giving the same packages wherever it is used."""
    faults = [f"{entry.split()[0]} has no hash" for entry in _entries(text) if "--hash=sha256:" not in entry]
    faults += [f"{entry.split()[0]} has no exact version" for entry in _entries(text) if not _pins(entry)]
    faults += [f"an address: {line.strip()}" for line in text.splitlines() if re.search(r"://|--\w*index|--find", line)]
    return faults


def find_unmet(text: str, wanted: list[str]) -> list[str]:
    """The requirements that no version of the file meets."""
    pins = {name: version for entry in _entries(text) for name, version in _pins(entry).items()}
    requirements = [Requirement(line) for line in wanted]
    return [
        str(requirement)
        for requirement in requirements
        if not requirement.specifier.contains(pins.get(canonicalize_name(requirement.name), "0"))
    ]


def _entries(text: str) -> list[str]:
    """The logical lines: a requirement with its hashes."""
    lines = text.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _pins(entry: str) -> dict[str, str]:
    found = re.match(r"([A-Za-z0-9._-]+)==(\S+)", entry)
    return {canonicalize_name(found[1]): found[2]} if found else {}


def _declared(*extras: str) -> list[str]:
    optional = PROJECT["project"]["optional-dependencies"]
    lines = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    lines += [line for extra in extras for line in optional[extra]]
    return [line for line in lines if not line.startswith("runlaw[")]


@pytest.mark.parametrize("text", [RUN, TEST], ids=["run", "test"])
def test_versions_are_exact_and_hashed(text: str) -> None:
    assert find_faults(text) == []


def test_every_requirement_is_met() -> None:
    assert find_unmet(RUN, _declared("cli", "search")) == []
    assert find_unmet(TEST, _declared(*PROJECT["project"]["optional-dependencies"])) == []


def test_running_and_testing_use_the_same_versions() -> None:
    assert set(_entries(RUN)) <= set(_entries(TEST))


def test_faults_are_found() -> None:
    text = """
--extra-index-url https://example.org/simple
a==1.0 \\
    --hash=sha256:00
b==2.0
c>=1 --hash=sha256:00
"""
    assert find_faults(text) == [
        "--extra-index-url has no hash",
        "b==2.0 has no hash",
        "--extra-index-url has no exact version",
        "c>=1 has no exact version",
        "an address: --extra-index-url https://example.org/simple",
    ]


def test_an_unmet_requirement_is_found() -> None:
    text = "a==1.0 --hash=sha256:00\nb-b==2.0 ; sys_platform == 'win32' --hash=sha256:00\n"
    assert find_unmet(text, ["a>=1,<2", "A>1", "b.b[x]==2.*", "c>=1"]) == ["A>1", "c>=1"]
