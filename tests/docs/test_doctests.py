"""The examples in the docstrings of the source hold."""

import doctest
import importlib
import types

import pytest

from tests.architecture.source import SOURCE, read_modules

MODULES = [name for name in read_modules(SOURCE) if not name.endswith("__main__")]


def run_doctests(module: types.ModuleType) -> str:
    """The report of what fails; empty when all holds."""
    report: list[str] = []
    for test in doctest.DocTestFinder().find(module):
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=report.append)
    return "".join(report)


@pytest.mark.parametrize("name", MODULES)
def test_docstrings_hold(name: str) -> None:
    assert run_doctests(importlib.import_module(name)) == ""


@pytest.mark.parametrize(("answer", "holds"), [("2", True), ("3", False)])
def test_a_failing_docstring_is_found(answer: str, holds: bool) -> None:
    module = types.ModuleType("made_up")
    module.__doc__ = f">>> 1 + 1\n{answer}\n"
    assert (run_doctests(module) == "") is holds
