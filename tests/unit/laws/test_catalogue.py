"""The laws as values, and the page that is written from them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from runlaw.laws import LAWS, law_named
from tests.architecture.source import ROOT


def test_there_are_at_least_thirty_laws_in_every_family() -> None:
    assert len(LAWS) >= 30
    assert [*dict.fromkeys(law.family for law in LAWS)] == [
        "category", "products", "choice", "batches", "config", "chunks", "streams", "policies", "events", "state",
        "schema", "round trips", "coherence",
    ]  # fmt: skip


def test_names_are_unique_and_statements_are_one_line() -> None:
    assert len({law.name for law in LAWS}) == len(LAWS)
    assert [law for law in LAWS if "\n" in law.statement or not law.statement] == []


def test_a_law_is_found_by_its_name() -> None:
    law = law_named("left identity")
    assert (law.name, law.statement, law.family) == ("left identity", "identity | r == r", "category")
    assert repr(law) == "<Law left identity: identity | r == r>"
    with pytest.raises(KeyError, match="there is no law named 'gravity'"):
        law_named("gravity")


def test_the_page_of_laws_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("write_laws", ROOT / "scripts" / "write_laws.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.main(["--check"]) == 0, "run scripts/write_laws.py"


def test_the_laws_are_values_without_hypothesis() -> None:
    program = (
        "import sys\n"
        "sys.modules['hypothesis'] = None\n"
        "import runlaw.laws as laws\n"
        "assert len(laws.LAWS) >= 30\n"
        "try:\n    laws.programs()\n"
        "except ModuleNotFoundError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == (
        "programs() makes random inputs with Hypothesis, which is not installed: pip install hypothesis\n"
    )
