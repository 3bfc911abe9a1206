"""A module holds one concept: at most 400 lines of code, docstrings and overloads not counted."""

import ast
import io
import tokenize
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, SOURCE, Module, made_up, read_modules

MOST_LINES = 400
_NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def count_code(module: Module) -> int:
    """Lines that hold code: not blank, no comment, docstring or ``@overload``."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type not in _NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(module.tree):
        lines.difference_update(_docstring(node))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_is_overload, node.decorator_list)):
            first = min(decorator.lineno for decorator in node.decorator_list)
            lines.difference_update(range(first, (node.end_lineno or first) + 1))
    return len(lines)


def _docstring(node: ast.AST) -> range:
    match node:
        case (
            ast.Module(body=[ast.Expr(value=ast.Constant(value=str())) as first, *_])
            | ast.ClassDef(body=[ast.Expr(value=ast.Constant(value=str())) as first, *_])
            | ast.FunctionDef(body=[ast.Expr(value=ast.Constant(value=str())) as first, *_])
            | ast.AsyncFunctionDef(body=[ast.Expr(value=ast.Constant(value=str())) as first, *_])
        ):
            return range(first.lineno, (first.end_lineno or first.lineno) + 1)
        case _:
            return range(0)


def _is_overload(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).split(".")[-1] == "overload"


@pytest.mark.parametrize("folder", [SOURCE, ROOT / "tests", ROOT / "property_tests", ROOT / "benchmarks"], ids=str)
def test_no_module_is_too_long(folder: Path) -> None:
    sizes = {
        name: count_code(module)
        for name, module in read_modules(folder).items()
        if not name.startswith("typing.")  # programs for the type checkers, long lists by nature
    }
    assert {name: size for name, size in sizes.items() if size > MOST_LINES} == {}


def test_only_lines_of_code_are_counted(tmp_path: Path) -> None:
    text = '''
        """A docstring
        of two lines."""

        # a comment
        from typing import overload

        @overload
        def f(x: int) -> int: ...
        @overload
        def f(
            x: str,
        ) -> str: ...
        def f(x):
            """A docstring."""
            return (
                x  # with a comment
            )

        class C:
            """Two lines, and

            another."""

            text = """counted
            twice"""
        '''
    assert count_code(made_up(tmp_path, {"a.py": text})["a"]) == 8


def test_a_long_module_is_long(tmp_path: Path) -> None:
    assert count_code(made_up(tmp_path, {"a.py": "x = 1\n\n" * 401})["a"]) == 401
