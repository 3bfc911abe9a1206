"""The modules of a package as the architecture tests see them: names, syntax trees, imports."""

import ast
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"


@dataclass(frozen=True)
class Module:
    """A file of source. ``name`` is dotted; that of an ``__init__.py`` is its package's."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"


@dataclass(frozen=True)
class Import:
    """One imported name. ``type_only`` when it stands under ``if TYPE_CHECKING:``."""

    target: str
    line: int
    type_only: bool


def read_modules(folder: Path) -> dict[str, Module]:
    """Every Python file below ``folder``, by dotted name."""
    modules = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        modules[name] = Module(name, path, text, ast.parse(text, str(path)))
    return modules


def made_up(folder: Path, files: Mapping[str, str]) -> dict[str, Module]:
    """The modules of a small tree written for a test, by path and text."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return read_modules(folder)


def find_imports(module: Module) -> list[Import]:
    """Every import of the module, wherever it stands; ``from a import b`` has the target ``a.b``."""
    return list(_walk(module.tree, type_only=False))


def _walk(node: ast.AST, type_only: bool) -> Iterator[Import]:
    match node:
        case ast.Import(names=names):
            yield from (Import(alias.name, node.lineno, type_only) for alias in names)
        case ast.ImportFrom(module=str(source), names=names):
            yield from (Import(f"{source}.{alias.name}", node.lineno, type_only) for alias in names)
        case ast.Call(
            func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(target)), *_],
        ):
            yield Import(target, node.lineno, type_only)
        case ast.If(test=test, body=body, orelse=orelse) if is_type_checking(test):
            for statement in body:
                yield from _walk(statement, type_only=True)
            for statement in orelse:
                yield from _walk(statement, type_only)
            return
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, type_only)


def is_type_checking(test: ast.expr) -> bool:
    """Whether it is ``TYPE_CHECKING`` or ``typing.TYPE_CHECKING``."""
    return ast.unparse(test).split(".")[-1] == "TYPE_CHECKING"


def find_dependencies(module: Module, modules: Mapping[str, Module]) -> list[Import]:
    """The imports that lead to other modules of the same tree, each with the module's name as target."""
    found = []
    for imported in find_imports(module):
        target = imported.target
        if target not in modules:
            target = target.rpartition(".")[0]
        if target in modules and target != module.name:
            found.append(Import(target, imported.line, imported.type_only))
    return found
