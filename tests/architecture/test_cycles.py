"""No modules import each other in a circle, and no packages do."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.architecture.source import SOURCE, Module, find_dependencies, made_up, read_modules

Graph = dict[str, set[str]]


def find_cycle(graph: Graph) -> list[str]:
    """The names along one cycle, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [str(name) for name in error.args[1]]
    return []


def import_graph(modules: Mapping[str, Module]) -> Graph:
    return {
        name: {needed.target for needed in find_dependencies(module, modules) if not needed.type_only}
        for name, module in modules.items()
    }


def package_graph(modules: Mapping[str, Module]) -> Graph:
    """The same between the parts of the top package: what ``runlaw.a`` needs of ``runlaw.b``."""
    graph: Graph = {}
    for name, needed in import_graph(modules).items():
        part = _part(name)
        graph.setdefault(part, set()).update(_part(other) for other in needed if _part(other) != part)
    return graph


def _part(name: str) -> str:
    return ".".join(name.split(".")[:2])


def test_no_modules_import_each_other() -> None:
    assert find_cycle(import_graph(read_modules(SOURCE))) == []


def test_no_packages_import_each_other() -> None:
    assert find_cycle(package_graph(read_modules(SOURCE))) == []


def test_a_cycle_of_modules_is_found(tmp_path: Path) -> None:
    files = {
        "runlaw/kernel/a.py": "from runlaw.kernel.b import x",
        "runlaw/kernel/b.py": "def f():\n    import runlaw.kernel.c",
        "runlaw/kernel/c.py": "from runlaw.kernel import a",
    }
    cycle = find_cycle(import_graph(made_up(tmp_path, files)))
    assert set(cycle) == {"runlaw.kernel.a", "runlaw.kernel.b", "runlaw.kernel.c"}


def test_a_cycle_of_packages_without_one_of_modules_is_found(tmp_path: Path) -> None:
    files = {
        "runlaw/algebra/a.py": "import runlaw.events.a",
        "runlaw/events/a.py": "",
        "runlaw/events/b.py": "import runlaw.algebra.b",
        "runlaw/algebra/b.py": "",
    }
    modules = made_up(tmp_path, files)
    assert find_cycle(import_graph(modules)) == []
    assert set(find_cycle(package_graph(modules))) == {"runlaw.algebra", "runlaw.events"}


def test_type_only_imports_make_no_cycle(tmp_path: Path) -> None:
    files = {
        "runlaw/kernel/a.py": "import typing\nif typing.TYPE_CHECKING:\n    import runlaw.kernel.b",
        "runlaw/kernel/b.py": "import runlaw.kernel.a",
    }
    assert find_cycle(import_graph(made_up(tmp_path, files))) == []
