"""``Any``, ``cast``, ``type: ignore`` and ``noqa`` say on their own line why they are needed."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from tests.architecture.source import ROOT, SOURCE, Module, made_up, read_modules

_SILENCERS = re.compile(
    r"#\s*(type:\s*ignore|pyright:\s*ignore|noqa)(\[[\w\-, ]*\]|:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)?"
)


def find_unexplained(module: Module, *, types: bool) -> list[str]:
    """Lines that step out of the type system, or silence a checker, without saying why.

    With ``types`` the uses of ``Any`` and ``cast`` count too, not only the comments that silence.
    """
    comments = _comments(module.text)
    steps = {line: "silences a checker" for line, text in comments.items() if _SILENCERS.search(text)}
    if types:
        steps |= {line: f"uses {name}" for name, line in _escapes(module.tree)}
    return [
        f"{module.name}:{line} {what} without a reason on the same line"
        for line, what in sorted(steps.items())
        if not _explains(comments.get(line, ""))
    ]


def _comments(text: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


def _escapes(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="cast") | ast.Attribute(value=ast.Name(id="typing"), attr="cast")):
                yield "cast", node.lineno
            case _:
                yield from (
                    ("Any", part.lineno) for form in _type_forms(node) for part in ast.walk(form) if _is_any(part)
                )


def _type_forms(node: ast.AST) -> list[ast.expr]:
    """What a type checker reads as types in the node; ``Any`` elsewhere is a value like any other."""
    match node:
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias"), value=ast.expr() as form):
            return [form]
        case ast.arg(annotation=ast.expr() as form) | ast.AnnAssign(annotation=form):
            return [form]
        case ast.FunctionDef(returns=ast.expr() as form) | ast.AsyncFunctionDef(returns=ast.expr() as form):
            return [form]
        case ast.ClassDef(bases=forms):
            return forms
        case ast.Subscript(slice=form) if not any(isinstance(part, ast.Call) for part in ast.walk(form)):
            return [form]
        case _:
            return []


def _is_any(node: ast.AST) -> TypeGuard[ast.expr]:
    match node:
        case ast.Name(id="Any") | ast.Attribute(attr="Any"):
            return True
        case ast.Constant(value=str(text)):
            return re.search(r"\bAny\b", text) is not None
        case _:
            return False


def _explains(comment: str) -> bool:
    return len(re.findall(r"\w+", _SILENCERS.sub("", comment))) >= 2


def test_the_source_explains_itself() -> None:
    modules = read_modules(SOURCE).values()
    assert [line for module in modules for line in find_unexplained(module, types=True)] == []


@pytest.mark.parametrize("folder", ["tests", "property_tests", "benchmarks"])
def test_the_tests_explain_what_they_silence(folder: str) -> None:
    modules = read_modules(ROOT / folder)
    checked = [module for name, module in modules.items() if not name.startswith(("typing.", "typesafety."))]
    assert [line for module in checked for line in find_unexplained(module, types=False)] == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("x: Any", "uses Any"),
        ("x: typing.Any = f(1)", "uses Any"),
        ("x: Any  # Any", "uses Any"),
        ("x: 'list[Any]'", "uses Any"),
        ("F: TypeAlias = Callable[..., Any]", "uses Any"),
        ("F: TypeAlias = Any", "uses Any"),
        ("async def f(*x: Any): ...", "uses Any"),
        ("def f(x: int) -> list[Any]: ...", "uses Any"),
        ("class C(Generic[Any]): ...", "uses Any"),
        ("class C(Any): ...", "uses Any"),
        ("x = cast(int, y)", "uses cast"),
        ("x = typing.cast('int', y)", "uses cast"),
        ("x = f(1)  # type: ignore", "silences a checker"),
        ("x = f(1)  # type: ignore[arg-type]", "silences a checker"),
        ("x = f(1)  # pyright: ignore[reportCall]", "silences a checker"),
        ("x = f(1)  # noqa: E501, B008", "silences a checker"),
    ],
)
def test_a_missing_reason_is_found(tmp_path: Path, line: str, what: str) -> None:
    module = made_up(tmp_path, {"a.py": line})["a"]
    assert find_unexplained(module, types=True) == [f"a:1 {what} without a reason on the same line"]


@pytest.mark.parametrize(
    "line",
    [
        "from typing import Any, cast",
        "x = Any if form is Any else get(form, Any)",
        "x = form[tuple(get(one, Any) for one in y)]",
        "x: Any  # Any: of whatever type the chunks are",
        "x = cast(int, y)  # cast: checked above",
        "x = f(1)  # type: ignore[arg-type]  # every node kind is a dataclass",
        "x = f(1)  # noqa: B008  # the default is immutable",
        "x = '# type: ignore'",
    ],
)
def test_a_reason_is_enough(tmp_path: Path, line: str) -> None:
    assert find_unexplained(made_up(tmp_path, {"a.py": line})["a"], types=True) == []
