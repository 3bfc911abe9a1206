"""An ``__init__.py`` re-exports and holds no logic; every folder of modules has one."""

import ast
from collections.abc import Mapping
from pathlib import Path

from tests.architecture.source import SOURCE, Module, is_type_checking, made_up, read_modules


def find_logic(module: Module) -> list[str]:
    """The statements of the module that are more than a docstring, an import or ``__all__``."""
    return [
        f"{module.name}/__init__.py:{statement.lineno}: {ast.unparse(statement).splitlines()[0]}"
        for number, statement in enumerate(module.tree.body)
        if not _reexports(statement, first=number == 0)
    ]


def _reexports(statement: ast.stmt, first: bool) -> bool:
    match statement:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant(value=str())):
            return first
        case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=names) | ast.Tuple(elts=names)):
            return all(isinstance(name, ast.Constant) and isinstance(name.value, str) for name in names)
        case ast.If(test=test, body=body, orelse=[]) if is_type_checking(test):
            return all(isinstance(inner, ast.Import | ast.ImportFrom) for inner in body)
        case _:
            return False


def find_missing(modules: Mapping[str, Module]) -> list[str]:
    """The packages that have modules and no ``__init__.py``."""
    packages = {name.rpartition(".")[0] for name in modules if "." in name}
    return sorted(package for package in packages if package not in modules or not modules[package].is_package)


def test_packages_hold_no_logic() -> None:
    packages = [module for module in read_modules(SOURCE).values() if module.is_package]
    assert [line for module in packages for line in find_logic(module)] == []


def test_every_folder_is_a_package() -> None:
    assert find_missing(read_modules(SOURCE)) == []


def test_reexports_are_no_logic(tmp_path: Path) -> None:
    text = '''
        """What it is."""
        from typing import TYPE_CHECKING
        from a.b import c
        if TYPE_CHECKING:
            from a.b import d
        __all__ = ["c", "d"]
        '''
    assert find_logic(made_up(tmp_path, {"a/__init__.py": text})["a"]) == []


def test_logic_is_found(tmp_path: Path) -> None:
    text = """
        x = 1
        def __getattr__(name):
            return x
        __all__ = [name for name in dir()]
        if x:
            import json
        """
    assert find_logic(made_up(tmp_path, {"a/__init__.py": text})["a"]) == [
        "a/__init__.py:2: x = 1",
        "a/__init__.py:3: def __getattr__(name):",
        "a/__init__.py:5: __all__ = [name for name in dir()]",
        "a/__init__.py:6: if x:",
    ]


def test_a_folder_without_init_is_found(tmp_path: Path) -> None:
    assert find_missing(made_up(tmp_path, {"a/__init__.py": "", "a/b/c.py": "", "a/d/__init__.py": ""})) == ["a.b"]
