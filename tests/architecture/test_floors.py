"""Imports go downward, from floor to floor; the ground floor stands on the standard library alone."""

import sys
from collections.abc import Mapping
from pathlib import Path

from tests.architecture.source import SOURCE, Module, find_dependencies, find_imports, made_up, read_modules

FLOORS = {
    "errors": 0,
    "kernel": 0,
    "algebra": 1,
    "events": 1,
    "interpret": 2,
    "runnable": 3,
    "combinators": 4,
    "extend": 4,
    "components": 5,
    "laws": 5,
    "cli": 6,
    "integrations": 6,
    "mypy_plugin": 6,
    "serve": 6,
}
TOP = max(FLOORS.values()) + 1  # runlaw/__init__.py


def find_upward_imports(modules: Mapping[str, Module]) -> list[str]:
    complaints = []
    for module in modules.values():
        here = _floor(module.name)
        if here is None:
            complaints.append(f"{module.name} is on no floor: say in FLOORS of tests/architecture on which it is")
            continue
        for needed in find_dependencies(module, modules):
            there = _floor(needed.target)
            if there is not None and there > here and not needed.type_only:
                complaints.append(
                    f"{module.path.name}:{needed.line}: {module.name} (floor {here}) imports "
                    f"{needed.target} (floor {there}); imports go downward"
                )
    return complaints


def _floor(name: str) -> int | None:
    package = name.split(".")
    return TOP if len(package) == 1 else FLOORS.get(package[1])


def find_foreign_imports(modules: Mapping[str, Module], package: str) -> list[str]:
    """Imports of ``package`` that lead out of this tree and of the standard library."""
    roots = {name.split(".")[0] for name in modules}
    return [
        f"{module.path.name}:{imported.line}: {module.name} imports {imported.target}; "
        f"{package} needs the standard library only"
        for module in modules.values()
        if f"{module.name}.".startswith(f"{package}.")
        for imported in find_imports(module)
        if imported.target.split(".")[0] not in roots | sys.stdlib_module_names and not imported.type_only
    ]


def test_imports_go_downward() -> None:
    assert find_upward_imports(read_modules(SOURCE)) == []


def test_the_kernel_needs_the_standard_library_only() -> None:
    assert find_foreign_imports(read_modules(SOURCE), "runlaw.kernel") == []


def test_an_upward_import_is_found_wherever_it_stands(tmp_path: Path) -> None:
    modules = made_up(
        tmp_path,
        {
            "runlaw/__init__.py": "from runlaw.runnable import Runnable\n",
            "runlaw/runnable.py": "from runlaw.kernel import nodes\n",
            "runlaw/kernel/nodes.py": """
                def late() -> object:
                    from runlaw.runnable import Runnable
                    return Runnable
                """,
            "runlaw/kernel/walk.py": "import importlib\nimportlib.import_module('runlaw.interpret.call')\n",
            "runlaw/interpret/call.py": "from runlaw import Runnable\n",
        },
    )
    assert find_upward_imports(modules) == [
        "call.py:1: runlaw.interpret.call (floor 2) imports runlaw (floor 7); imports go downward",
        "nodes.py:3: runlaw.kernel.nodes (floor 0) imports runlaw.runnable (floor 3); imports go downward",
        "walk.py:2: runlaw.kernel.walk (floor 0) imports runlaw.interpret.call (floor 2); imports go downward",
    ]


def test_a_type_only_import_may_point_upward(tmp_path: Path) -> None:
    text = """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from runlaw.runnable import Runnable
        """
    modules = made_up(tmp_path, {"runlaw/kernel/nodes.py": text, "runlaw/runnable.py": ""})
    assert find_upward_imports(modules) == []


def test_a_package_on_no_floor_is_named(tmp_path: Path) -> None:
    (complaint,) = find_upward_imports(made_up(tmp_path, {"runlaw/helpers/text.py": ""}))
    assert complaint.startswith("runlaw.helpers.text is on no floor")


def test_a_foreign_import_of_the_kernel_is_found(tmp_path: Path) -> None:
    files = {"runlaw/kernel/nodes.py": "import json\nimport pydantic\n", "runlaw/runnable.py": "import pydantic\n"}
    assert find_foreign_imports(made_up(tmp_path, files), "runlaw.kernel") == [
        "nodes.py:2: runlaw.kernel.nodes imports pydantic; runlaw.kernel needs the standard library only"
    ]
